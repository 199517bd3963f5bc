"""Matches the headers of a table with what a questionnaire asks, and says how."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from assessment.domain.questionnaire import Questionnaire
from assessment.intake.codes import NoteCode, ProblemCode
from assessment.intake.grid import Cell
from assessment.intake.headers import HeaderIndex, MatchedBy, Meaning, is_survey_code, point_in
from assessment.intake.notes import Note
from assessment.intake.options import FocusOptions
from assessment.intake.problems import Problem, ProblemLog
from assessment.intake.recognise import Recogniser
from assessment.intake.sections.column import SectionColumn, columns_of
from assessment.intake.sections.ladder import LADDER_PREFIX
from assessment.intake.table import Table
from assessment.intake.text import fold, has_control_characters, one_line, printable
from assessment.intake.wording import is_of_something_else, may_name_team

__all__ = ["Columns", "Match", "MatchedBy", "match_columns"]

MAX_POINT = 80
MAX_LISTED = 5
"""If more columns than this are recognised by their text, a single note lists them all."""
_MAX_SUGGESTIONS = 50
_SHORT_RUN = 2
_MAX_TEAM_COLUMNS = 3
_VALUES_NAMED = 4


@dataclass(frozen=True, slots=True)
class Match:
    """What one column was read as, and by what; `target` is a fixed column, a section's column or `ladder:<point>`."""

    cell: Cell
    target: str
    matched_by: MatchedBy


@dataclass(slots=True)
class Columns:
    """Which column holds what. `items` and `ladder` map item ids and perception points to cells of the header.

    `items` is in the questionnaire's order, `ladder` in the file's; every other column is in `fixed`. `focus_options`
    has the pillars that have a column each, `lost_options` such columns whose cells say nothing; `team_maybe` names
    columns that could be the team's, `maybe` those that could be another, where there is none.
    """

    fixed: dict[str, Cell] = field(default_factory=dict)
    items: dict[str, Cell] = field(default_factory=dict)
    ladder: dict[str, Cell] = field(default_factory=dict)
    matches: list[Match] = field(default_factory=list)
    ignored: list[Cell] = field(default_factory=list)
    ignored_answers: list[Cell] = field(default_factory=list)
    index: Cell | None = None
    focus_options: dict[str, Cell] = field(default_factory=dict)
    lost_options: list[Cell] = field(default_factory=list)
    repeats_focus: bool = False
    team_maybe: list[str] = field(default_factory=list)
    maybe: list[tuple[Cell, str]] = field(default_factory=list)
    empty_twins: list[Note] = field(default_factory=list)

    @property
    def all_cells(self) -> tuple[Cell, ...]:
        """The headers of all columns that are read."""
        return (*self.fixed.values(), *self.items.values(), *self.ladder.values(), *self.focus_options.values())

    @property
    def asks_focus(self) -> bool:
        return "focus" in self.fixed or bool(self.focus_options)

    def notes(self) -> tuple[Note, ...]:
        """How the columns were recognised, what was guessed or lost first: nothing happens silently."""
        notes = [*self._lost(), *self._guessed(), *self._recognised()]
        if self.ladder:
            notes.append(Note(NoteCode.POINTS_IN_ORDER, {"points": "\n".join(self.ladder)}))
        notes.extend(self.empty_twins)
        if self.repeats_focus:
            notes.append(Note(NoteCode.FOCUS_OPTIONS_REPEAT, {"letter": self.fixed["focus"].letter}))
        if self.ignored:
            columns = "\n".join(one_line(cell.text) or cell.letter for cell in self.ignored)
            notes.append(Note(NoteCode.COLUMNS_IGNORED, {"columns": columns}))
        if self.index is not None:
            notes.append(Note(NoteCode.INDEX_IGNORED, {"letter": self.index.letter}))
        return tuple(notes)

    def _lost(self) -> Iterator[Note]:
        """Columns that may be missed."""
        if self.team_maybe:
            yield Note(NoteCode.TEAM_COLUMN_MAYBE, {"columns": "\n".join(self.team_maybe)})
        if self.ignored_answers:
            values = {"columns": _names(self.ignored_answers), "example": _point_header(self.ignored_answers[0])}
            yield Note(NoteCode.ANSWERS_IGNORED, values)
        if self.lost_options:
            yield Note(NoteCode.FOCUS_OPTIONS_IGNORED, {"columns": _names(self.lost_options)})
        for cell, target in self.maybe:
            yield _note(NoteCode.COLUMN_MAYBE, cell, target)

    def _guessed(self) -> Iterator[Note]:
        """Columns that were read for what they hold, or by the code of a form."""
        by_answers = [match for match in self.matches if match.matched_by is MatchedBy.ANSWERS]
        if points := [match.cell for match in by_answers if match.target.startswith(LADDER_PREFIX)]:
            yield Note(NoteCode.POINTS_BY_ANSWERS, {"columns": _names(points)})
        for match in by_answers:
            if match.cell not in points:
                yield _note(NoteCode.COLUMN_BY_ANSWERS, match.cell, match.target)
        if by_code := [match for match in self.matches if match.matched_by is MatchedBy.SURVEY_CODE]:
            yield Note(NoteCode.COLUMNS_BY_SURVEY_CODE, {"pairs": self._pairs(by_code)})

    def _recognised(self) -> Iterator[Note]:
        """The team's column by itself: on it depends whose answers they are."""
        if "team" in self.fixed:
            yield _note(NoteCode.TEAM_COLUMN, self.fixed["team"], "team")
        if self.focus_options:
            yield Note(NoteCode.FOCUS_BY_OPTIONS, {"columns": _range(self.focus_options.values())})
        named = [match for match in self.matches if match.target != "team"]
        if by_id := [match for match in named if match.matched_by is MatchedBy.ID]:
            yield Note(NoteCode.COLUMNS_BY_ID, {"count": str(len(by_id))})
        others = [match for match in named if match.matched_by in _NOTE_CODES]
        if len(others) > MAX_LISTED:
            yield Note(NoteCode.COLUMNS_BY_TEXT, {"pairs": self._pairs(others)})
        else:
            yield from (_note(_NOTE_CODES[match.matched_by], match.cell, match.target) for match in others)

    def _pairs(self, matches: Iterable[Match]) -> str:
        """Which column is what; statements that follow each other are one pair, "C–F = voice-1 … voice-4"."""
        places = {item: place for place, item in enumerate(self.items)}
        runs: list[list[Match]] = []
        for match in matches:
            last = runs[-1][-1] if runs else None
            if (
                last is not None
                and _step(runs[-1]) in (0, match.cell.index - last.cell.index)
                and places.get(match.target, -1) == places.get(last.target, -9) + 1
            ):
                runs[-1].append(match)
            else:
                runs.append([match])
        return "\n".join(_pair(run) for run in runs)


def _pair(run: list[Match]) -> str:
    """A line for each column, or one for all: letters and what they are, with tabs between."""
    first, last = run[0], run[-1]
    if len(run) <= _SHORT_RUN:
        return "\n".join(f"{match.cell.letter}\t{match.target}" for match in run)
    letters = first.cell.letter + ("–" if _step(run) == 1 else f", {run[1].cell.letter} … ") + last.cell.letter
    return f"{letters}\t{first.target}\t{last.target}"


def _step(run: list[Match]) -> int:
    """How far apart the columns of a run stand: a quiz writes scores between them; 0 where there is but one."""
    return run[1].cell.index - run[0].cell.index if len(run) > 1 else 0


def _range(cells: Iterable[Cell]) -> str:
    """The letters of columns: the first and the last of those that stand side by side."""
    runs: list[list[Cell]] = []
    for cell in sorted(cells, key=lambda cell: cell.index):
        if runs and cell.index == runs[-1][-1].index + 1:
            runs[-1].append(cell)
        else:
            runs.append([cell])
    return "\n".join(run[0].letter if len(run) == 1 else f"{run[0].letter}–{run[-1].letter}" for run in runs)


def _names(cells: Iterable[Cell]) -> str:
    """One name a line: a column's letter and header."""
    return "\n".join(f"{cell.letter}: {one_line(cell.text)}" if cell.text else cell.letter for cell in cells)


def _point_header(cell: Cell) -> str:
    return LADDER_PREFIX + printable(point_in(cell.text), MAX_POINT)


_NOTE_CODES = {
    MatchedBy.NAME: NoteCode.COLUMN_BY_NAME,
    MatchedBy.SPANISH: NoteCode.COLUMN_BY_SPANISH_TEXT,
    MatchedBy.ENGLISH: NoteCode.COLUMN_BY_ENGLISH_TEXT,
}


def _note(code: NoteCode, cell: Cell, target: str) -> Note:
    return Note(code, {"letter": cell.letter, "header": one_line(cell.text), "target": target})


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
        self._options = FocusOptions(questionnaire)
        self._focus = next((column for column in columns if column.part == "focus"), None)
        self._texts = [column.id for column in columns if column.part == "texts"]
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
        self._take_by_wording()
        self._take_focus_options()
        self._take_points_by_answers()
        self._take_by_answers()
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
        if key in self._taken and not self._replaces_empty(self._taken[key], cell, target, meaning.matched_by):
            return
        self._taken[key] = cell
        self._columns.matches.append(Match(cell, target, meaning.matched_by))
        if point is not None:
            self._columns.ladder[point] = cell
        elif target in self._items:
            self._columns.items[target] = cell
        else:
            self._columns.fixed[target] = cell

    def _replaces_empty(self, first: Cell, second: Cell, target: str, matched_by: MatchedBy) -> bool:
        """Of two columns for one target, a form may have left one empty, where a question was deleted and asked anew.

        Two that are named by the code were written by somebody: they are a mistake, as two with answers are.
        """
        values = {"other_letter": first.letter, "other": first.text, "target": target}
        earlier = next((match for match in self._columns.matches if match.cell == first), None)
        if earlier is None or MatchedBy.ID in (matched_by, earlier.matched_by):
            self._problem(ProblemCode.COLUMN_TWICE, second, **values)
            return False
        empty = next((it for it in (second, first) if self._recogniser.first_line_with_value(it) is None), None)
        if empty is None:
            beside = self._recogniser.is_filled_beside(first, second)
            self._problem(ProblemCode.COLUMN_TWICE if beside else ProblemCode.COLUMNS_TO_JOIN, second, **values)
            return False
        full = first if empty is second else second
        letters = {"letter": empty.letter, "other_letter": full.letter, "target": target}
        self._columns.empty_twins.append(Note(NoteCode.EMPTY_COLUMN_LEFT_OUT, letters))
        if empty is first:
            self._columns.matches.remove(earlier)
        return empty is first

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
                target = LADDER_PREFIX + point_in(cell.text)
                self._assign(cell, [Meaning(target, MatchedBy.ANSWERS)])
            else:
                unknown.append(cell)
        self._unknown = unknown

    def _take_by_wording(self) -> None:
        """Unknown headers that say in usual words what they are; a column that says it in ours comes first."""
        already = frozenset(self._taken)
        unknown = []
        for cell in self._unknown:
            meaning = self._index.by_wording(cell.text)
            if meaning is None or meaning.target in already:
                unknown.append(cell)
            else:
                self._assign(cell, [meaning])
        self._unknown = unknown

    def _take_focus_options(self) -> None:
        """Columns of one pillar each; where a single column says the same, they are left out."""
        if self._focus is None:
            return
        asked = [(cell, pillar) for cell in self._unknown if (pillar := self._options.pillar_asked(cell.text))]
        named = [(cell, pillar) for cell in self._unknown if (pillar := self._options.pillar_named(cell.text))]
        options = asked or (named if len({pillar for _, pillar in named}) > 1 else [])
        if not options:
            return
        are_marks = self._recogniser.hold_marks(options, self._options)
        if not are_marks and not asked:
            return
        cells = [cell for cell, _ in options]
        self._unknown = [cell for cell in self._unknown if cell not in cells]
        single = self._columns.fixed.get(self._focus.id)
        if single is not None and (not are_marks or self._recogniser.first_line_with_value(single) is not None):
            self._columns.repeats_focus = True
        elif not are_marks:
            self._columns.lost_options = cells
        else:
            self._columns.fixed.pop(self._focus.id, None)
            for cell, pillar in options:
                if (first := self._columns.focus_options.setdefault(pillar, cell)) is not cell:
                    values = {"other_letter": first.letter, "other": first.text, "target": pillar}
                    self._problem(ProblemCode.COLUMN_TWICE, cell, **values)

    def _take_by_answers(self) -> None:
        """An unknown column of roles or of pillars is what it holds, where no other is."""
        for cell in list(self._unknown):
            target = self._target_by_answers(cell)
            if target is not None:
                self._unknown.remove(cell)
                self._assign(cell, [Meaning(target, MatchedBy.ANSWERS)])

    def _target_by_answers(self, cell: Cell) -> str | None:
        if "role" not in self._taken and self._recogniser.holds_roles(cell):
            return "role"
        focus = self._focus
        if focus is None or self._columns.asks_focus or focus.id in self._taken or self._columns.lost_options:
            return None
        return focus.id if self._recogniser.holds_pillars(cell, focus.cells) else None

    def _may_be_team(self) -> list[str]:
        """Columns that could name the team, each with what it holds, where no column does."""
        if "team" in self._taken:
            return []
        named = [(cell, self._recogniser.names_in(cell)) for cell in self._unknown if may_name_team(cell.text)]
        found = [(cell, names) for cell, names in named if names]
        if not found:
            others = [cell for cell in self._unknown if not is_of_something_else(cell.text)]
            divided = [(cell, self._recogniser.divides_the_rows(cell)) for cell in others]
            found = [(cell, names) for cell, names in divided if names and not self._recogniser.holds_answers(cell)]
        return [_with_values(cell, names) for cell, names in found[:_MAX_TEAM_COLUMNS]]

    def _may_be_another(self, cells: Iterable[Cell]) -> list[tuple[Cell, str]]:
        """Columns that look like a question of ours that no column answers."""
        wanted = [*self._texts, *([self._focus.id] if self._focus is not None else [])]
        wanted = [target for target in wanted if target not in self._taken]
        if self._columns.asks_focus or self._columns.lost_options:
            wanted = [target for target in wanted if self._focus is None or target != self._focus.id]
        found: list[tuple[Cell, str]] = []
        for cell in list(cells)[:_MAX_SUGGESTIONS] if wanted else ():
            target = self._index.resembling(cell.text, wanted)
            if target is not None and self._recogniser.first_line_with_value(cell) is not None:
                found.append((cell, target))
        return found

    def _report_unknown(self) -> None:
        with_answers = [cell for cell in self._unknown if self._recogniser.holds_answers(cell)]
        self._columns.team_maybe = self._may_be_team()
        if self._ignore_unknown:
            self._columns.ignored_answers = with_answers
            others = [cell for cell in self._unknown if cell not in with_answers]
            self._columns.maybe = self._may_be_another(others)
            self._columns.ignored = [*self._columns.ignored, *others]
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
            self._problem(ProblemCode.COLUMNS_HOLD_ANSWERS, None, columns=_names(lost), example=_point_header(lost[0]))
        if self._columns.lost_options:
            self._problem(ProblemCode.FOCUS_OPTIONS_UNCLEAR, None, columns=_names(self._columns.lost_options))
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
            self._report_team()
            return
        self._report_team()
        if len(missing) > MAX_LISTED:
            ids = "\n".join(item.id for item in missing)
            self._problem(ProblemCode.ITEM_COLUMNS_MISSING, None, columns=ids, count=str(len(missing)))
            return
        for item in missing:
            statement = {"statement.es": item.question.es, "statement.en": item.question.en}
            self._problem(ProblemCode.ITEM_COLUMN_MISSING, None, item=item.id, **statement)

    def _report_team(self) -> None:
        if "team" in self._taken or not self._needs_team:
            return
        if self._columns.team_maybe:
            columns = "\n".join(self._columns.team_maybe)
            self._problem(ProblemCode.TEAM_COLUMN_UNCERTAIN, None, columns=columns)
        else:
            self._problem(ProblemCode.TEAM_COLUMN_MISSING, None)


def _with_values(cell: Cell, names: list[str]) -> str:
    """A column and the first few texts in it."""
    values = ", ".join(printable(one_line(name)) for name in names[:_VALUES_NAMED])
    return f"{_names([cell])} ({values}{', …' if len(names) > _VALUES_NAMED else ''})"
