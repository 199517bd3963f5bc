"""A list of teams, pasted or in a CSV or XLSX file: name, size, kind and tags of each, and line by line what is wrong.

Columns are found by their headers, in either language; a list without headers has them in that order, and whatever
stands after the kind is tags. What a line does not say is taken from what is given for all.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import islice
from types import MappingProxyType

from assessment.domain.plain_text import plain_line
from assessment.domain.questionnaire import LANGUAGES, TeamKind
from assessment.domain.team_tags import LONGEST_TAG, MOST_TAGS, split_tags
from assessment.infra.languages import N_, Localisation
from assessment.intake.codes import ProblemCode
from assessment.intake.files import read_grid
from assessment.intake.grid import Row
from assessment.intake.letters import damage_in
from assessment.intake.problems import InvalidFile, Problem, UnreadableTable
from assessment.intake.text import fold, has_control_characters, one_line, printable, trim, words
from assessment.intake.xlsx_rows import Limits

MOST_TEAMS = 200
LONGEST_NAME = 120
LARGEST_TEAM = 10_000
_LOOKED_AT = 10
"""Rows in which the header is looked for: some people write a title above it."""
_WHOLE = re.compile(r"([0-9]{1,9})(?:[.,]0+)?")
_SHORTEST_BEGINNING = 3
_OR = frozenset({"o", "or"})


class Column(StrEnum):
    NAME = "name"
    SIZE = "size"
    KIND = "kind"
    TAGS = "tags"
    """Of these there may be several columns, such as region and unit."""


_IN_ORDER = (Column.NAME, Column.SIZE, Column.KIND)
HEADERS: Mapping[str, Column] = MappingProxyType(
    {
        **dict.fromkeys(
            (
                "name",
                "team",
                "team name",
                "name of the team",
                "nombre",
                "equipo",
                "nombre del equipo",
                "teams",
                "equipos",
            ),
            Column.NAME,
        ),
        **dict.fromkeys(
            (
                *("size", "people", "team size", "number of people", "how many people", "headcount", "members"),
                *("tamano", "personas", "tamano del equipo", "numero de personas", "cuantas personas", "integrantes"),
            ),
            Column.SIZE,
        ),
        **dict.fromkeys(
            (
                *("kind", "type", "kind of team", "type of team", "what does the team do"),
                *("tipo", "clase", "tipo de equipo", "clase de equipo", "que hace el equipo"),
            ),
            Column.KIND,
        ),
        **dict.fromkeys(
            (
                *("tags", "tag", "label", "labels", "region", "regions", "zone", "area", "unit", "branch", "site"),
                *("city", "country", "location", "division", "department", "etiquetas", "etiqueta", "regiones", "zona"),
                *("unidad", "sucursal", "sede", "ciudad", "pais", "ubicacion", "departamento"),
            ),
            Column.TAGS,
        ),
    }
)


class LineProblem(StrEnum):
    """What is wrong with a line. Each has one sentence."""

    NAME_MISSING = "name-missing"
    NAME_TOO_LONG = "name-too-long"
    NAME_UNREADABLE = "name-unreadable"
    SIZE_MISSING = "size-missing"
    SIZE_WRONG = "size-wrong"
    KIND_MISSING = "kind-missing"
    KIND_UNKNOWN = "kind-unknown"
    KIND_AMBIGUOUS = "kind-ambiguous"
    TWICE_OTHERWISE = "twice-otherwise"
    TAG_TOO_LONG = "tag-too-long"
    TOO_MANY_TAGS = "too-many-tags"


SENTENCES: Mapping[LineProblem, str] = MappingProxyType(
    {
        LineProblem.NAME_MISSING: N_("The name is missing."),
        LineProblem.NAME_TOO_LONG: N_("The name is longer than 120 letters; write a shorter one."),
        LineProblem.NAME_UNREADABLE: N_("The name cannot be read (“%(value)s”); write it again."),
        LineProblem.SIZE_MISSING: N_("It does not say how many people are in the team."),
        LineProblem.SIZE_WRONG: N_("“%(value)s” is not how many people are in a team; write a number from 1 to 10000."),
        LineProblem.KIND_MISSING: N_("It does not say what the team does."),
        LineProblem.KIND_UNKNOWN: N_("“%(value)s” is none of the kinds of team; write one of those below the list."),
        LineProblem.KIND_AMBIGUOUS: N_("“%(value)s” may be more than one kind of team; write more of its name."),
        LineProblem.TWICE_OTHERWISE: N_("This team stands in line %(value)s with another size, kind or tags."),
        LineProblem.TAG_TOO_LONG: N_("“%(value)s” is long for a tag: 30 letters at most."),
        LineProblem.TOO_MANY_TAGS: N_("A team may have eight tags at most."),
    }
)


@dataclass(frozen=True, slots=True)
class LineFinding:
    """A problem with a line, and the text that it is about."""

    code: LineProblem
    value: str = ""


@dataclass(frozen=True, slots=True)
class TeamLine:
    """One line as it was understood; `line` is its number in the list, `kind` an id.

    `same_as` is an earlier line that says the same, so that this one is left out.
    """

    line: int
    name: str
    size: int | None
    kind: str
    tags: tuple[str, ...] = ()
    problems: tuple[LineFinding, ...] = ()
    same_as: int | None = None


@dataclass(frozen=True, slots=True)
class TeamList:
    """All lines in their order; `has_header` is whether columns were found by headers, `unread` the headers of the
    columns that mean nothing here."""

    lines: tuple[TeamLine, ...]
    has_header: bool
    unread: tuple[str, ...] = ()

    @property
    def has_problems(self) -> bool:
        return any(line.problems for line in self.lines)


@dataclass(frozen=True, slots=True)
class Usual:
    """What holds for lines that do not say it."""

    size: int | None = None
    kind: str = ""


class TooManyTeams(Exception):
    """More than `MOST_TEAMS` lines."""


class NoTeams(Exception):
    """Not a single line."""


def read_team_file(
    data: bytes, kinds: Sequence[TeamKind], usual: Usual, *, max_unpacked_mb: int, max_cells: int
) -> TeamList:
    """What a file says. Raises `InvalidFile`, `TooManyTeams` or `NoTeams`."""
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", module="openpyxl")
            grid = read_grid(data, lambda header: words(header) in HEADERS, Limits(max_unpacked_mb, max_cells))
            rows = [row for row in islice(grid.rows, 100 * MOST_TEAMS) if not row.is_empty]
            for row in rows:
                for cell in row.cells:
                    if damage_in(cell):
                        values = {"value": trim(cell)}
                        raise UnreadableTable(Problem(ProblemCode.LETTERS_DAMAGED, row.line, values=values))
    except UnreadableTable as unreadable:
        raise InvalidFile("", [unreadable.problem]) from unreadable.__cause__
    return _read(rows, kinds, usual)


def read_team_text(text: str, kinds: Sequence[TeamKind], usual: Usual) -> TeamList:
    """What was pasted: a line each, with tabs (as spreadsheets copy), else semicolons between name, size, kind and
    tags.

    Raises `TooManyTeams` or `NoTeams`.
    """
    lines = enumerate(text.splitlines(), start=1)
    rows = (Row(number, tuple(line.split("\t" if "\t" in line.strip() else ";"))) for number, line in lines)
    return _read([row for row in rows if not row.is_empty], kinds, usual)


def check_lines(lines: Iterable[TeamLine], kinds: Sequence[TeamKind]) -> TeamList:
    """Lines that were understood once, checked anew: they come back from a page."""
    rows = [
        Row(line.line, (line.name, "" if line.size is None else str(line.size), line.kind, *line.tags))
        for line in lines
    ]
    return _read(rows, kinds, Usual(), may_have_header=False)


def write_lines(lines: Iterable[TeamLine], kind_name: Callable[[str], str]) -> str:
    """The lines as somebody would paste them, with each kind by its name: `read_team_text` understands them."""
    return "\n".join(
        "; ".join((line.name, "" if line.size is None else str(line.size), kind_name(line.kind), *line.tags))
        for line in lines
    )


def describe_finding(finding: LineFinding, reader: Localisation) -> str:
    return reader.gettext(SENTENCES[finding.code], value=printable(finding.value))


def _read(rows: list[Row], kinds: Sequence[TeamKind], usual: Usual, *, may_have_header: bool = True) -> TeamList:
    columns, unread, body = _columns(rows) if may_have_header else (None, (), rows)
    if not body:
        raise NoTeams
    if len(body) > MOST_TEAMS:
        raise TooManyTeams
    names = _names_of_kinds(kinds)
    found = [_line(row, columns, names, usual) for row in body]
    return TeamList(tuple(_compared(found)), columns is not None, unread)


_Columns = Mapping[Column, Sequence[int]]


def _columns(rows: list[Row]) -> tuple[_Columns | None, tuple[str, ...], list[Row]]:
    """Where each column is, if a row says so; the headers that mean nothing; and the rows below."""
    for at, row in enumerate(rows[:_LOOKED_AT]):
        columns: dict[Column, list[int]] = {}
        unread = []
        for index, cell in enumerate(row.cells):
            column = HEADERS.get(words(cell))
            if column is not None and (column is Column.TAGS or column not in columns):
                columns.setdefault(column, []).append(index)
            elif trim(cell):
                unread.append(one_line(cell))
        if Column.NAME in columns and (not unread or len(columns) > 1):
            return columns, tuple(unread), rows[at + 1 :]
    return None, (), rows


def _line(row: Row, columns: _Columns | None, kinds: Mapping[str, str], usual: Usual) -> TeamLine:
    at: dict[Column, Sequence[int]] = dict(columns or {column: (index,) for index, column in enumerate(_IN_ORDER)})
    last = max(index for indexes in at.values() for index in indexes)
    if columns is None or last in at.get(Column.TAGS, ()):  # tags that are written like further columns
        at[Column.TAGS] = [*at.get(Column.TAGS, ()), *range(last + 1, len(row.cells))]
    cells = {column: _cell(row, next(iter(at.get(column, ())), None)) for column in _IN_ORDER}
    problems = []
    name = plain_line(one_line(cells[Column.NAME]))
    if at[Column.NAME][0] in row.flaws or has_control_characters(cells[Column.NAME]):
        problems.append(LineFinding(LineProblem.NAME_UNREADABLE, name))
    elif not name:
        problems.append(LineFinding(LineProblem.NAME_MISSING))
    elif len(name) > LONGEST_NAME:
        problems.append(LineFinding(LineProblem.NAME_TOO_LONG))
    size, wrong_size = _size(cells[Column.SIZE], usual)
    kind, wrong_kind = _kind(cells[Column.KIND], kinds, usual)
    tags, wrong_tags = _tags([_cell(row, index) for index in at.get(Column.TAGS, ())])
    problems += [finding for finding in (wrong_size, wrong_kind, wrong_tags) if finding is not None]
    return TeamLine(row.line, name[: LONGEST_NAME + 1], size, kind, tags, tuple(problems))


def _cell(row: Row, index: int | None) -> str:
    if index is None:
        return ""
    if index in row.flaws:
        return row.flaws[index].text or "?"
    return trim(row.cells[index]) if index < len(row.cells) else ""


def _size(cell: str, usual: Usual) -> tuple[int | None, LineFinding | None]:
    if not cell:
        return usual.size, None if usual.size is not None else LineFinding(LineProblem.SIZE_MISSING)
    whole = _WHOLE.fullmatch(cell)
    if whole is None or not 1 <= int(whole[1]) <= LARGEST_TEAM:
        return None, LineFinding(LineProblem.SIZE_WRONG, cell)
    return int(whole[1]), None


def _kind(cell: str, names: Mapping[str, str], usual: Usual) -> tuple[str, LineFinding | None]:
    """A kind by its name in either language, or by enough of its beginning, in the singular or the plural."""
    if not cell:
        return usual.kind, None if usual.kind else LineFinding(LineProblem.KIND_MISSING)
    said = words(cell)
    if said in names:
        return names[said], None
    beginnings = [said] if len(said) >= _SHORTEST_BEGINNING else []
    if said.endswith("s") and len(said) > _SHORTEST_BEGINNING:
        beginnings += [said[:-1], said.removesuffix("es")]
    for beginning in beginnings:
        meant = {kind for name, kind in names.items() if name.startswith(beginning)}
        if len(meant) == 1:
            return meant.pop(), None
        if meant:
            return "", LineFinding(LineProblem.KIND_AMBIGUOUS, cell)
    return "", LineFinding(LineProblem.KIND_UNKNOWN, cell)


def _tags(cells: Iterable[str]) -> tuple[tuple[str, ...], LineFinding | None]:
    tags = split_tags(";".join(map(one_line, cells)))
    too_long = next((tag for tag in tags if len(tag) > LONGEST_TAG), None)
    if too_long is not None:
        return (), LineFinding(LineProblem.TAG_TOO_LONG, too_long)
    if len(tags) > MOST_TAGS:
        return (), LineFinding(LineProblem.TOO_MANY_TAGS)
    return tags, None


def _names_of_kinds(kinds: Sequence[TeamKind]) -> dict[str, str]:
    """By id, by name in either language, and by each half of a name that says "or"."""
    names = {words(kind.id): kind.id for kind in kinds}
    for kind in kinds:
        for name in (words(kind.name.in_language(language)) for language in LANGUAGES):
            names[name] = kind.id
            parts = name.split()
            for at in (at for at, word in enumerate(parts) if word in _OR):
                names.setdefault(" ".join(parts[at + 1 :]), kind.id)
    return names


def _compared(lines: Iterable[TeamLine]) -> Iterable[TeamLine]:
    """With what an earlier line says already, and what it says otherwise."""
    seen: dict[str, TeamLine] = {}
    for line in lines:
        earlier = seen.setdefault(fold(line.name), line) if line.name else line
        if earlier is line:
            yield line
        elif (earlier.size, earlier.kind, earlier.tags) == (line.size, line.kind, line.tags) and not line.problems:
            yield replace(line, same_as=earlier.line)
        else:
            again = LineFinding(LineProblem.TWICE_OTHERWISE, str(earlier.line))
            yield replace(line, problems=(*line.problems, again))
