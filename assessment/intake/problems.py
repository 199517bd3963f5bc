"""What is wrong with a responses file: facts without language, and their sentence for a reader."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from assessment.infra.languages import Localisation
from assessment.intake.codes import ProblemCode
from assessment.intake.sentences import PROBLEM_SENTENCES
from assessment.intake.text import shown

__all__ = ["KEPT_AT_MOST", "InvalidFile", "Problem", "ProblemCode", "ProblemLog", "UnreadableTable", "describe"]

KEPT_AT_MOST = 10_000
"""A hopeless file of 200,000 rows is not kept in memory twice: problems beyond these are only counted."""

_QUOTED = frozenset({"value", "statement", "suggestion", "other", "team", "targets"})
_NUMBERS = frozenset({"limit", "found", "expected"})


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, and where.

    `line` is the row as a spreadsheet numbers it (the header is row 1) and `column` the column's header; `None` where
    the problem is not of one row or column. `values` fills the sentence; `letter` in it is the column's letter, and a
    text of the questionnaire stands there once a language, as `statement.es` and `statement.en`.
    """

    code: ProblemCode
    line: int | None = None
    column: str | None = None
    values: dict[str, str] = field(default_factory=dict)

    @property
    def place(self) -> tuple[int, int, str]:
        """Sorts problems as one reads a table: by line, then by column."""
        letter = self.values.get("letter", "")
        return self.line or 0, len(letter), letter


class InvalidFile(Exception):
    """A responses file that cannot be used.

    `problems` are all that were found, by line and column (at most `KEPT_AT_MOST`); `found` counts them all.
    """

    def __init__(self, file: str, problems: Iterable[Problem], found: int | None = None) -> None:
        self.file = file
        self.problems = tuple(sorted(problems, key=lambda problem: problem.place))
        self.found = len(self.problems) if found is None else found
        super().__init__(f"{file}: {', '.join(sorted({problem.code for problem in self.problems}))}")

    def __reduce__(self) -> tuple[type[InvalidFile], tuple[str, tuple[Problem, ...], int]]:
        """It comes from a process that read the file."""
        return InvalidFile, (self.file, self.problems, self.found)


class UnreadableTable(Exception):
    """Nothing more can be read of a file, because of `problem`; it never leaves this package."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        super().__init__(problem.code)


class ProblemLog:
    """Collects problems while a file is read on, so that one pass reports them all."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.found = 0

    def add(self, problem: Problem) -> None:
        self.found += 1
        if len(self.problems) < KEPT_AT_MOST:
            self.problems.append(problem)

    def extend(self, problems: Iterable[Problem], found: int) -> None:
        """Adds the problems that another log has kept, of the `found` that it has counted."""
        before = self.found
        for problem in problems:
            self.add(problem)
        self.found = before + found

    def raise_if_any(self, file: str) -> None:
        """Raises `InvalidFile` if anything was added."""
        if self.found:
            raise InvalidFile(file, self.problems, self.found)


def describe(problem: Problem, reader: Localisation) -> str:
    """One complete sentence: where, what is wrong and what to do. The caller prints the file's name."""
    values = _values(problem, reader)
    sentence = reader.gettext(PROBLEM_SENTENCES[problem.code], **values)
    if problem.line is None:
        return sentence
    letter = problem.values.get("letter")
    if letter is None:
        return reader.gettext("Line %(line)s: %(sentence)s", line=problem.line, sentence=sentence)
    if not problem.column:
        return reader.gettext(
            "Line %(line)s, column %(letter)s: %(sentence)s", line=problem.line, letter=letter, sentence=sentence
        )
    return reader.gettext(
        "Line %(line)s, column %(letter)s (“%(column)s”): %(sentence)s",
        line=problem.line,
        letter=letter,
        column=shown(problem.column),
        sentence=sentence,
    )


def _values(problem: Problem, reader: Localisation) -> dict[str, str]:
    values: dict[str, str] = {}
    for key, value in problem.values.items():
        name, _, language = key.partition(".")
        if language in {"", reader.language}:
            values[name] = _written(name, value, reader)
    return values


def _written(name: str, value: str, reader: Localisation) -> str:
    if name in _NUMBERS:
        return reader.number(int(value))
    return shown(value) if name in _QUOTED else value
