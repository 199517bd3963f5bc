"""What is wrong with a responses file: facts in no language, and the sentence that describes each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from assessment.infra.languages import Localisation
from assessment.intake.codes import ProblemCode
from assessment.intake.notes import Note, printable_list
from assessment.intake.sentences import PROBLEM_SENTENCES, target_name
from assessment.intake.text import printable

__all__ = [
    "MAX_PROBLEMS",
    "UNKNOWN_COLUMNS",
    "InvalidFile",
    "Problem",
    "ProblemCode",
    "ProblemLog",
    "UnreadableTable",
    "describe",
]

MAX_PROBLEMS = 10_000
"""Further problems are only counted, so that 200,000 rows full of errors do not fill the memory."""

UNKNOWN_COLUMNS = frozenset(
    {ProblemCode.COLUMN_UNKNOWN, ProblemCode.COLUMN_UNKNOWN_SIMILAR, ProblemCode.COLUMNS_UNKNOWN}
)
"""What goes away where unknown columns are ignored."""

_QUOTED = frozenset({"value", "statement", "other", "team", "targets", "example"})
_TARGETS = frozenset({"target", "suggestion"})
_NUMBERS = frozenset({"limit", "found", "expected", "count", "more"})
_LISTS = frozenset({"columns"})


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

    `problems` are in reading order, at most `MAX_PROBLEMS` of them; `count` counts all. `notes` say where in the file
    they are: in which sheet, or below which rows.
    """

    def __init__(
        self, file: str, problems: Iterable[Problem], count: int | None = None, notes: Iterable[Note] = ()
    ) -> None:
        self.file = file
        self.notes = tuple(note for note in notes if note.says_where)
        self.problems = tuple(sorted(problems, key=lambda problem: problem.position))
        self.count = len(self.problems) if count is None else count
        super().__init__(f"{file}: {', '.join(sorted({problem.code for problem in self.problems}))}")

    def __reduce__(self) -> tuple[type[InvalidFile], tuple[str, tuple[Problem, ...], int, tuple[Note, ...]]]:
        """It comes from a process that read the file."""
        return InvalidFile, (self.file, self.problems, self.count, self.notes)


class UnreadableTable(Exception):
    """A file cannot be read any further because of `problem`. Caught inside this package."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        super().__init__(problem.code)


class ProblemLog:
    """Collects problems while reading goes on, so that one pass reports them all.

    What is wrong in the same way in many cells has one cause: it is reported once, with how often it occurs.
    """

    def __init__(self) -> None:
        self._problems: list[Problem] = []
        self._alike: dict[tuple[str, ...], list[Problem]] = {}
        self._times: Counter[tuple[str, ...]] = Counter()
        self._count = 0

    def add(self, problem: Problem) -> None:
        kind = _kind_of(problem)
        if kind is None:
            self._count += 1
            if len(self._problems) < MAX_PROBLEMS:
                self._problems.append(problem)
            return
        self._times[kind] += 1
        alike = self._alike.setdefault(kind, [])
        if len(alike) < _MAX_ALIKE:
            alike.append(problem)

    def drop(self, code: ProblemCode, *, because_of: ProblemCode) -> None:
        """Leaves out what another problem causes, where there is that one."""
        if any(kind[0] == because_of for kind in self._alike):
            self._alike = {kind: alike for kind, alike in self._alike.items() if kind[0] != code}

    def problems(self) -> tuple[list[Problem], int]:
        """What is to be reported, and how much there is, beyond `MAX_PROBLEMS` as well."""
        problems, count = list(self._problems), self._count
        for kind, alike in self._alike.items():
            times = self._times[kind]
            is_one = times > len(alike) or (kind[0] in _ALWAYS_ONE and times > 1)
            told = [replace(alike[0], values={**alike[0].values, "more": str(times - 1)})] if is_one else alike
            problems.extend(told)
            count += len(told)
        return sorted(problems, key=lambda problem: problem.position)[:MAX_PROBLEMS], count

    def raise_if_any(self, file: str, notes: Iterable[Note] = ()) -> None:
        """Raises `InvalidFile` if anything was added."""
        problems, count = self.problems()
        if count:
            raise InvalidFile(file, problems, count, notes)


_MAX_ALIKE = 5
"""So many cells that are wrong alike are worth a sentence each: they can be found and mended one by one."""
_ALWAYS_ONE = frozenset({ProblemCode.ANSWER_IS_CODE, ProblemCode.FOCUS_IS_NUMBER})
_ALIKE = frozenset(
    {
        *(ProblemCode.APOSTROPHE, ProblemCode.DECIMAL, ProblemCode.OUT_OF_RANGE, ProblemCode.FOREIGN_DIGITS),
        *(ProblemCode.NOT_AN_ANSWER, ProblemCode.NOT_A_STEP, ProblemCode.ROLE_UNKNOWN, ProblemCode.NOT_AN_OPTION),
        *(ProblemCode.FOCUS_UNKNOWN, ProblemCode.FOCUS_IS_NUMBER, ProblemCode.FOCUS_REPEATED),
        *(ProblemCode.FOCUS_TOO_MANY, ProblemCode.NOT_A_MARK, ProblemCode.CELL_IS_TRUTH_VALUE),
        *(ProblemCode.CELL_IS_ERROR, ProblemCode.FORMULA_WITHOUT_VALUE, ProblemCode.CELL_IS_DATE),
        *(ProblemCode.TEAM_EMPTY, ProblemCode.ROW_TOO_SHORT, ProblemCode.ROW_TOO_LONG, ProblemCode.ANSWER_IS_CODE),
        *(ProblemCode.RESPONDENT_TWICE, ProblemCode.CONTROL_CHARACTER, ProblemCode.TEXT_TOO_LONG),
        ProblemCode.ROW_IS_TOTAL,
    }
)
_WITHOUT_VALUE = frozenset(
    {
        *(ProblemCode.CELL_IS_DATE, ProblemCode.FORMULA_WITHOUT_VALUE, ProblemCode.ANSWER_IS_CODE, ProblemCode.DECIMAL),
        *(ProblemCode.FOCUS_UNKNOWN, ProblemCode.FOCUS_IS_NUMBER, ProblemCode.FOCUS_REPEATED),
        *(ProblemCode.FOCUS_TOO_MANY, ProblemCode.NOT_A_MARK, ProblemCode.RESPONDENT_TWICE),
        *(ProblemCode.CONTROL_CHARACTER, ProblemCode.TEXT_TOO_LONG, ProblemCode.ROW_IS_TOTAL),
    }
)
"""Their values differ from cell to cell, and their cause is the same."""


def _kind_of(problem: Problem) -> tuple[str, ...] | None:
    """What problems with one cause have in common; `None` for one that is a cause of its own."""
    if problem.code not in _ALIKE:
        return None
    if problem.code in _WITHOUT_VALUE:
        return (problem.code,)
    return problem.code, problem.values.get("value", ""), problem.values.get("found", "")


def describe(problem: Problem, reader: Localisation) -> str:
    """Where, what is wrong and what to do, and how often it occurs. The caller prints the file's name."""
    values = _values(problem, reader)
    sentence = reader.gettext(PROBLEM_SENTENCES[problem.code], **values)
    if more := int(problem.values.get("more", "0")):
        again = reader.ngettext(
            "The same is wrong in %(n)s more place.", "The same is wrong in %(n)s more places.", more
        )
        sentence = f"{sentence} {again}"
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
    if name in _LISTS:
        return printable_list(value.split("\n"), reader)
    if name == "separator":
        return reader.gettext("spaces") if value == " " else reader.gettext("“%(text)s”", text=value)
    if name in _TARGETS:
        return printable(target_name(value, reader))
    return printable(value) if name in _QUOTED else value
