"""Matches the headers of a table with what a questionnaire asks, and says how."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from assessment.domain.questionnaire import Questionnaire
from assessment.intake.codes import NoteCode, ProblemCode
from assessment.intake.grid import Cell
from assessment.intake.headers import HeaderIndex, MatchedBy, Meaning, is_survey_code
from assessment.intake.notes import Note
from assessment.intake.problems import Problem, ProblemLog
from assessment.intake.recognise import Recogniser
from assessment.intake.sections.column import SectionColumn, columns_of
from assessment.intake.sections.ladder import LADDER_PREFIX
from assessment.intake.table import Table
from assessment.intake.text import fold, has_control_characters, one_line, printable

__all__ = ["Columns", "Match", "MatchedBy", "match_columns"]

MAX_POINT = 80
MAX_LISTED = 5
"""If more columns than this are recognised by their text, a single note lists them all."""
_MAX_SUGGESTIONS = 50
_SHORT_RUN = 2


@dataclass(frozen=True, slots=True)
class Match:
    """What one column was read as, and by what; `target` is a fixed column, a section's column or `ladder:<point>`."""

    cell: Cell
    target: str
    matched_by: MatchedBy


@dataclass(slots=True)
class Columns:
    """Which column holds what. `items` and `ladder` map item ids and perception points to cells of the header.

    `items` is in the questionnaire's order, `ladder` in the file's; every other column is in `fixed`.
    """

    fixed: dict[str, Cell] = field(default_factory=dict)
    items: dict[str, Cell] = field(default_factory=dict)
    ladder: dict[str, Cell] = field(default_factory=dict)
    matches: list[Match] = field(default_factory=list)
    ignored: list[Cell] = field(default_factory=list)
    ignored_answers: list[Cell] = field(default_factory=list)
    index: Cell | None = None

    @property
    def all_cells(self) -> tuple[Cell, ...]:
        """The headers of all columns that are read."""
        return (*self.fixed.values(), *self.items.values(), *self.ladder.values())

    def notes(self) -> tuple[Note, ...]:
        """How the columns were recognised, what was guessed or lost first: nothing happens silently."""
        by_id = [match for match in self.matches if match.matched_by is MatchedBy.ID]
        by_answers = [match.cell for match in self.matches if match.matched_by is MatchedBy.ANSWERS]
        by_code = [match for match in self.matches if match.matched_by is MatchedBy.SURVEY_CODE]
        others = [match for match in self.matches if match.matched_by in _NOTE_CODES]
        notes: list[Note] = []
        if self.ignored_answers:
            notes.append(Note(NoteCode.ANSWERS_IGNORED, {"columns": _names(self.ignored_answers)}))
        if by_answers:
            notes.append(Note(NoteCode.POINTS_BY_ANSWERS, {"columns": _names(by_answers)}))
        if by_code:
            notes.append(Note(NoteCode.COLUMNS_BY_SURVEY_CODE, {"pairs": self._pairs(by_code)}))
        if by_id:
            notes.append(Note(NoteCode.COLUMNS_BY_ID, {"count": str(len(by_id))}))
        if len(others) > MAX_LISTED:
            notes.append(Note(NoteCode.COLUMNS_BY_TEXT, {"pairs": self._pairs(others)}))
        else:
            notes.extend(_note_of(match) for match in others)
        if self.ladder:
            notes.append(Note(NoteCode.POINTS_IN_ORDER, {"points": "\n".join(self.ladder)}))
        if self.ignored:
            columns = "\n".join(one_line(cell.text) or cell.letter for cell in self.ignored)
            notes.append(Note(NoteCode.COLUMNS_IGNORED, {"columns": columns}))
        if self.index is not None:
            notes.append(Note(NoteCode.INDEX_IGNORED, {"letter": self.index.letter}))
        return tuple(notes)

    def _pairs(self, matches: Iterable[Match]) -> str:
        """Which column is what; statements side by side in their order are one pair, "C–F = voice-1 … voice-4"."""
        places = {item: place for place, item in enumerate(self.items)}
        runs: list[list[Match]] = []
        for match in matches:
            last = runs[-1][-1] if runs else None
            if (
                last is not None
                and match.cell.index == last.cell.index + 1
                and places.get(match.target, -1) == places.get(last.target, -9) + 1
            ):
                runs[-1].append(match)
            else:
                runs.append([match])
        return ", ".join(_pair(run) for run in runs)


def _pair(run: list[Match]) -> str:
    first, last = run[0], run[-1]
    if len(run) <= _SHORT_RUN:
        return ", ".join(f"{match.cell.letter} = {match.target}" for match in run)
    return f"{first.cell.letter}–{last.cell.letter} = {first.target} … {last.target}"


def _names(cells: Iterable[Cell]) -> str:
    """One name a line: a column's letter and header."""
    return "\n".join(f"{cell.letter}: {one_line(cell.text)}" if cell.text else cell.letter for cell in cells)


_NOTE_CODES = {
    MatchedBy.NAME: NoteCode.COLUMN_BY_NAME,
    MatchedBy.SPANISH: NoteCode.COLUMN_BY_SPANISH_TEXT,
    MatchedBy.ENGLISH: NoteCode.COLUMN_BY_ENGLISH_TEXT,
}


def _note_of(match: Match) -> Note:
    values = {"letter": match.cell.letter, "header": match.cell.text, "target": match.target}
    return Note(_NOTE_CODES[match.matched_by], values)


def match_columns(
    table: Table, questionnaire: Questionnaire, log: ProblemLog, *, ignore_unknown: bool, needs_team: bool = True
) -> Columns:
    """Matches every header; problems are added to `log`."""
    return _Matcher(table, questionnaire, log, ignore_unknown=ignore_unknown, needs_team=needs_team).match()


class _Matcher:
    def __init__(
        self, table: Table, questionnaire: Questionnaire, log: ProblemLog, *, ignore_unknown: bool, needs_team: bool
    ) -> None:
        self._table = table
        columns = columns_of(questionnaire)
        self._items: dict[str, SectionColumn] = {column.id: column for column in columns if column.is_required}
        self._others = [column.id for column in columns if not column.is_required]
        self._index = HeaderIndex(questionnaire)
        self._recogniser = Recogniser(table, questionnaire)
        self._log = log
        self._ignore_unknown = ignore_unknown
        self._needs_team = needs_team
        self._columns = Columns()
        self._taken: dict[str, Cell] = {}
        self._unknown: list[Cell] = []

    def match(self) -> Columns:
        for cell in self._table.header:
            if cell.text:
                self._assign(cell, self._index.meanings(cell.text))
            else:
                self._take_without_header(cell)
        self._take_points_by_answers()
        columns = self._columns
        columns.ladder = dict(sorted(columns.ladder.items(), key=lambda point: point[1].index))
        columns.items = {item: columns.items[item] for item in self._items if item in columns.items}
        self._report_unknown()
        self._report_missing()
        return columns

    def _problem(self, code: ProblemCode, cell: Cell | None, /, **values: str) -> None:
        if cell is None:
            self._log.add(Problem(code, self._table.header_line, values=values))
        else:
            values["letter"] = cell.letter
            self._log.add(Problem(code, self._table.header_line, cell.text, values))

    def _assign(self, cell: Cell, meanings: list[Meaning]) -> None:
        if not meanings:
            self._unknown.append(cell)
            return
        if len(meanings) > 1:
            targets = ", ".join(meaning.target for meaning in meanings)
            self._problem(ProblemCode.COLUMN_AMBIGUOUS, cell, targets=targets)
            self._taken |= {meaning.target: cell for meaning in meanings if meaning.target not in self._taken}
            return
        meaning = meanings[0]
        target = meaning.target
        point = target.removeprefix(LADDER_PREFIX) if target.startswith(LADDER_PREFIX) else None
        if point is not None and not self._is_valid_point(cell, point):
            return
        key = target if point is None else LADDER_PREFIX + fold(point)
        if key in self._taken:
            first = self._taken[key]
            self._problem(
                ProblemCode.COLUMN_TWICE, cell, other_letter=first.letter, other=first.text, target=printable(target)
            )
            return
        self._taken[key] = cell
        self._columns.matches.append(Match(cell, target, meaning.matched_by))
        if point is not None:
            self._columns.ladder[point] = cell
        elif target in self._items:
            self._columns.items[target] = cell
        else:
            self._columns.fixed[target] = cell

    def _is_valid_point(self, cell: Cell, point: str) -> bool:
        if not point:
            self._problem(ProblemCode.POINT_EMPTY, cell)
        elif len(point) > MAX_POINT:
            self._problem(ProblemCode.TEXT_TOO_LONG, cell, value=point, limit=str(MAX_POINT))
        elif has_control_characters(point):
            self._problem(ProblemCode.CONTROL_CHARACTER, cell, value=point)
        else:
            return True
        return False

    def _take_without_header(self, cell: Cell) -> None:
        """A column without a header is left out if it only numbers the rows; any other with values is a problem."""
        if self._columns.index is None and self._recogniser.numbers_the_rows(cell):
            self._columns.index = cell
            return
        first = self._recogniser.first_line_with_value(cell)
        if first is None:
            return
        if self._ignore_unknown and self._recogniser.holds_numbers(cell):
            self._columns.ignored.append(cell)
        else:
            self._problem(ProblemCode.HEADER_EMPTY, cell, first=str(first))

    def _take_points_by_answers(self) -> None:
        """Unknown columns full of steps are perception points: forms export them without the ladder's question."""
        unknown = []
        for cell in self._unknown:
            if self._recogniser.holds_steps(cell):
                target = LADDER_PREFIX + self._index.point_named_by(cell.text)
                self._assign(cell, [Meaning(target, MatchedBy.ANSWERS)])
            else:
                unknown.append(cell)
        self._unknown = unknown

    def _report_unknown(self) -> None:
        with_answers = [cell for cell in self._unknown if self._recogniser.holds_answers(cell)]
        if self._ignore_unknown:
            self._columns.ignored_answers = with_answers
            self._columns.ignored = [
                *self._columns.ignored,
                *(cell for cell in self._unknown if cell not in with_answers),
            ]
            return
        if not any(item in self._taken for item in self._items) and self._items:
            return  # another questionnaire, or another export of it: one cause, which `_report_missing` names
        taken = frozenset(self._taken)
        nameless: list[Cell] = []
        lost: list[Cell] = []
        for number, cell in enumerate(self._unknown):
            suggestion = self._index.nearest(cell.text, taken) if number < _MAX_SUGGESTIONS else None
            if suggestion is not None:
                self._problem(ProblemCode.COLUMN_UNKNOWN_SIMILAR, cell, suggestion=suggestion)
            else:
                (lost if cell in with_answers else nameless).append(cell)
        if lost:
            self._problem(ProblemCode.COLUMNS_HOLD_ANSWERS, None, columns=_names(lost))
        if len(nameless) == 1:
            self._problem(ProblemCode.COLUMN_UNKNOWN, nameless[0])
        elif nameless:
            self._problem(ProblemCode.COLUMNS_UNKNOWN, None, columns=_names(nameless), count=str(len(nameless)))

    def _report_missing(self) -> None:
        missing = [item for item in self._items.values() if item.id not in self._taken]
        expected = [*self._items, *self._others]
        if not any(column in self._taken for column in (self._items or expected)):
            code = next((cell.text for cell in self._unknown if is_survey_code(cell.text)), None)
            if code is not None:
                self._problem(ProblemCode.SURVEY_CODES, None, value=code)
            else:
                self._problem(ProblemCode.NO_ITEM_COLUMN, None, item=expected[0] if expected else "")
            if "team" not in self._taken and self._needs_team:
                self._problem(ProblemCode.TEAM_COLUMN_MISSING, None)
            return
        if "team" not in self._taken and self._needs_team:
            self._problem(ProblemCode.TEAM_COLUMN_MISSING, None)
        if len(missing) > MAX_LISTED:
            ids = "\n".join(item.id for item in missing)
            self._problem(ProblemCode.ITEM_COLUMNS_MISSING, None, columns=ids, count=str(len(missing)))
            return
        for item in missing:
            statement = {"statement.es": item.question.es, "statement.en": item.question.en}
            self._problem(ProblemCode.ITEM_COLUMN_MISSING, None, item=item.id, **statement)
