"""Reads a responses file into the answers of its teams, or says everything that is wrong with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from assessment.domain.answers import AnswerSheet, Role, TeamAnswers
from assessment.domain.questionnaire import Questionnaire
from assessment.intake.answer_sheets import RowReader
from assessment.intake.codes import NoteCode, ProblemCode
from assessment.intake.columns import Columns, match_columns
from assessment.intake.grid import Cell
from assessment.intake.headers import HeaderIndex
from assessment.intake.notes import Note
from assessment.intake.problems import Problem, ProblemLog
from assessment.intake.table import name_of, read_table
from assessment.intake.text import fold
from assessment.intake.totals import totals_at_the_end

__all__ = ["Responses", "UnknownTeamInFile", "read_responses"]

_MAX_LINES = 5

_Rows = list[tuple[int, AnswerSheet]]


class UnknownTeamInFile(LookupError):
    """The file has no team of this name; `known` lists those that it has."""

    def __init__(self, team: str, known: tuple[str, ...]) -> None:
        super().__init__(team)
        self.team = team
        self.known = known


@dataclass(frozen=True, slots=True)
class Responses:
    """Teams in the file's order of first appearance, and how the file was read."""

    teams: tuple[TeamAnswers, ...]
    notes: tuple[Note, ...] = ()

    def team(self, name: str) -> TeamAnswers:
        """The answers of the team with exactly this name. Raises `UnknownTeamInFile`."""
        for team in self.teams:
            if team.team == name:
                return team
        raise UnknownTeamInFile(name, tuple(team.team for team in self.teams))


def read_responses(
    source: Path | bytes,
    questionnaire: Questionnaire,
    *,
    ignore_unknown: bool = False,
    team: str = "",
    max_unpacked_mb: int | None = None,
    max_cells: int | None = None,
) -> Responses:
    """Reads a CSV or XLSX file of answers to `questionnaire`, from a path or as bytes; one respondent per row.

    `ignore_unknown` leaves out columns that are not part of the questionnaire instead of refusing them. `team` is the
    team of a file in which no column names one. Raises `InvalidFile` with all problems that one pass finds.
    """
    log = ProblemLog()
    known = HeaderIndex(questionnaire)
    table = read_table(
        source,
        log,
        lambda header: bool(known.meanings(header)),
        max_unpacked_mb=max_unpacked_mb,
        max_cells=max_cells,
    )
    columns = match_columns(table, questionnaire, log, ignore_unknown=ignore_unknown, needs_team=not team)
    reader = RowReader(columns, questionnaire, log, team=team)
    teams: dict[str, _Rows] = {}
    totals = totals_at_the_end(table, columns)
    for row in table.rows:
        if row.line in totals:
            log.add(Problem(ProblemCode.ROW_IS_TOTAL, row.line, values={"value": totals[row.line]}))
            continue
        name, sheet = reader.read(row)
        if name is not None:
            teams.setdefault(name, []).append((row.line, sheet))
    _check_respondents(teams, columns.fixed.get("respondent"), log)
    _check_consensus(teams, columns.fixed.get("role"), log)
    log.drop(ProblemCode.OUT_OF_RANGE, because_of=ProblemCode.FOCUS_IS_NUMBER)
    log.raise_if_any(name_of(source), table.notes)
    notes = [*columns.notes(), *_team_notes(team, columns), *_cell_notes(reader), *_similar_names(teams)]
    warnings = [note for note in (*table.notes, *notes) if note.is_warning]
    others = [note for note in (*table.notes, *notes) if not note.is_warning]
    return Responses(tuple(_team_answers(name, rows, columns) for name, rows in teams.items()), (*warnings, *others))


def _team_notes(team: str, columns: Columns) -> list[Note]:
    if not team:
        return []
    code = NoteCode.TEAM_NAME_NOT_USED if "team" in columns.fixed else NoteCode.TEAM_GIVEN
    return [Note(code, {"team": team})]


def _cell_notes(reader: RowReader) -> list[Note]:
    counts = {NoteCode.ROWS_COMPLETED: reader.completed, NoteCode.SIGNS_REMOVED: reader.cleaned}
    return [Note(code, {"count": str(count)}) for code, count in counts.items() if count]


def _team_answers(team: str, rows: _Rows, columns: Columns) -> TeamAnswers:
    sheets = tuple(sheet for _, sheet in rows)
    points = tuple(point for point in columns.ladder if any(point in sheet.ladder for sheet in sheets))
    return TeamAnswers(team, points, sheets, asked_focus=columns.asks_focus)


def _check_respondents(teams: dict[str, _Rows], cell: Cell | None, log: ProblemLog) -> None:
    """A code is used once in a team; customers may share codes."""
    if cell is None:
        return
    for team, rows in teams.items():
        seen: dict[str, int] = {}
        for line, sheet in rows:
            code = sheet.respondent
            if code is None or sheet.role is Role.CUSTOMER:
                continue
            if seen.setdefault(code, line) != line:
                values = {"value": code, "team": team, "other": str(seen[code]), "letter": cell.letter}
                log.add(Problem(ProblemCode.RESPONDENT_TWICE, line, cell.text, values))


def _check_consensus(teams: dict[str, _Rows], cell: Cell | None, log: ProblemLog) -> None:
    """A team with agreed answers has no other row, except those of its customers."""
    if cell is None:
        return
    for team, rows in teams.items():
        own = [(line, sheet.role) for line, sheet in rows if sheet.role is not Role.CUSTOMER]
        agreed = next((line for line, role in own if role is Role.CONSENSUS), None)
        others = [line for line, _ in own if line != agreed]
        if agreed is not None and others:
            values = {"team": team, "others": _line_numbers(others), "letter": cell.letter}
            log.add(Problem(ProblemCode.CONSENSUS_NOT_ALONE, agreed, cell.text, values))


def _line_numbers(lines: Sequence[int]) -> str:
    listed = ", ".join(str(line) for line in lines[:_MAX_LINES])
    return listed if len(lines) <= _MAX_LINES else f"{listed}, …"


def _similar_names(teams: dict[str, _Rows]) -> list[Note]:
    """Teams whose names differ only in capitals, accents or spaces: they are kept apart, but it may be a mistake."""
    names: dict[str, list[str]] = {}
    for team in teams:
        names.setdefault(fold(team).replace(" ", ""), []).append(team)
    return [Note(NoteCode.TEAMS_ALIKE, {"teams": "\n".join(similar)}) for similar in names.values() if len(similar) > 1]
