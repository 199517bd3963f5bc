"""What is wrong with a responses file: facts in no language, and the sentence that describes each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from assessment.infra.languages import Localisation
from assessment.intake.codes import ProblemCode
from assessment.intake.sentences import PROBLEM_SENTENCES
from assessment.intake.text import printable

__all__ = ["MAX_PROBLEMS", "InvalidFile", "Problem", "ProblemCode", "ProblemLog", "UnreadableTable", "describe"]

MAX_PROBLEMS = 10_000
"""Further problems are only counted, so that 200,000 rows full of errors do not fill the memory."""

_QUOTED = frozenset({"value", "statement", "suggestion", "other", "team", "targets"})
_NUMBERS = frozenset({"limit", "found", "expected"})


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, and where.

    `line` is the row as a spreadsheet numbers it (the header is row 1) and `column` the column's header; `None` if
    the problem does not concern a single row or column. `values` fills the sentence; `letter` in it is the column's
    letter, and a text of the questionnaire is there once per language, as `statement.es` and `statement.en`.
    """

    code: ProblemCode
    line: int | None = None
    column: str | None = None
    values: dict[str, str] = field(default_factory=dict)

    @property
    def position(self) -> tuple[int, int, str]:
        """The sort key in reading order: by line, then by column."""
        letter = self.values.get("letter", "")
        return self.line or 0, len(letter), letter


class InvalidFile(Exception):
    """A responses file that cannot be used.

    `problems` are in reading order, at most `MAX_PROBLEMS` of them; `count` counts all.
    """

    def __init__(self, file: str, problems: Iterable[Problem], count: int | None = None) -> None:
        self.file = file
        self.problems = tuple(sorted(problems, key=lambda problem: problem.position))
        self.count = len(self.problems) if count is None else count
        super().__init__(f"{file}: {', '.join(sorted({problem.code for problem in self.problems}))}")

    def __reduce__(self) -> tuple[type[InvalidFile], tuple[str, tuple[Problem, ...], int]]:
        """It comes from a process that read the file."""
        return InvalidFile, (self.file, self.problems, self.count)


class UnreadableTable(Exception):
    """A file cannot be read any further because of `problem`. Caught inside this package."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        super().__init__(problem.code)


class ProblemLog:
    """Collects problems while reading goes on, so that one pass reports them all."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.count = 0

    def add(self, problem: Problem) -> None:
        self.count += 1
        if len(self.problems) < MAX_PROBLEMS:
            self.problems.append(problem)

    def extend(self, problems: Iterable[Problem], count: int) -> None:
        """Adds the problems that another log holds, and the `count` of all that it has seen."""
        before = self.count
        for problem in problems:
            self.add(problem)
        self.count = before + count

    def raise_if_any(self, file: str) -> None:
        """Raises `InvalidFile` if anything was added."""
        if self.count:
            raise InvalidFile(file, self.problems, self.count)


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
        column=printable(problem.column),
        sentence=sentence,
    )


def _values(problem: Problem, reader: Localisation) -> dict[str, str]:
    values: dict[str, str] = {}
    for key, value in problem.values.items():
        name, _, language = key.partition(".")
        if language in {"", reader.language}:
            values[name] = _format_value(name, value, reader)
    return values


def _format_value(name: str, value: str, reader: Localisation) -> str:
    if name in _NUMBERS:
        return reader.number(int(value))
    return printable(value) if name in _QUOTED else value
