"""Turns one row of a table into an answer sheet, and says what is wrong with its cells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from assessment.domain.answers import COMMENT, AnswerSheet, Role
from assessment.domain.questionnaire import Questionnaire
from assessment.intake.cells import InvalidCell, code_of, ladder_cells, role_of
from assessment.intake.codes import ProblemCode
from assessment.intake.columns import Columns
from assessment.intake.grid import Cell, Row
from assessment.intake.options import FocusOptions
from assessment.intake.problems import Problem, ProblemLog
from assessment.intake.sections.column import columns_of
from assessment.intake.sections.focus import FocusCells
from assessment.intake.text import (
    has_control_characters,
    has_invisible_signs,
    is_spreadsheet_error,
    many_lines,
    one_line,
    trim,
)

MAX_TEAM = 120
MAX_RESPONDENT = 80
MAX_COMMENT = 4_000


class RowReader:
    """Reads rows for one questionnaire; a bad cell is added to `log` as a problem, and reading goes on.

    `team` is the team of all rows where no column names it. `cleaned` counts the cells from which invisible signs were
    taken out, `completed` the rows whose last cells were missing.
    """

    def __init__(self, columns: Columns, questionnaire: Questionnaire, log: ProblemLog, *, team: str = "") -> None:
        self._log = log
        self._fixed = columns.fixed
        self._given_team = one_line(team) or None
        self._last_item = max((cell.index for cell in columns.items.values()), default=-1)
        self._width = max((cell.index for cell in columns.all_cells), default=-1) + 1
        self.cleaned = 0
        self.completed = 0
        asked = {column.id: column for column in columns_of(questionnaire)}
        self._items = [(cell.index, item, asked[item].cells) for item, cell in columns.items.items()]
        steps = ladder_cells(questionnaire.ladder)
        self._ladder = [(cell.index, point, steps) for point, cell in columns.ladder.items()]
        others = [(cell, asked[id_]) for id_, cell in columns.fixed.items() if id_ in asked]
        self._choices = [(cell.index, column.id, column.cells) for cell, column in others if column.part == "choices"]
        self._focus = [(cell.index, column.id, column.cells) for cell, column in others if column.part == "focus"]
        self._options = [(cell.index, pillar) for pillar, cell in columns.focus_options.items()]
        self._option_cells = frozenset(index for index, _ in self._options)
        self._marks = FocusOptions(questionnaire)
        self._focus_cells = next((column.cells for column in asked.values() if column.part == "focus"), None)
        self._texts = [column.id for _, column in others if column.part == "texts"]
        self._used: Mapping[int, Cell] = {cell.index: cell for cell in columns.all_cells}

    def read(self, row: Row) -> tuple[str | None, AnswerSheet]:
        """The row's team and sheet; a cell with a problem counts as skipped.

        The team is `None` if the team or the role is unknown: the row is then not used any further.
        """
        if row.given is not None:
            if row.given <= self._last_item:
                values = {"found": str(row.given), "expected": str(self._width)}
                self._log.add(Problem(ProblemCode.ROW_TOO_SHORT, row.line, values=values))
                return None, AnswerSheet(Role.STAFF)
            self.completed += 1
        if row.flaws:
            row = self._without_flaws(row)
        role = self._role(row)
        texts = {
            section: words for section in self._texts if (words := self._text(row, section, MAX_COMMENT, lines=True))
        }
        sheet = AnswerSheet(
            role=role if role is not None else Role.STAFF,
            items=self._answers(row, self._items),
            ladder=self._answers(row, self._ladder),
            focus=self._chosen(row) if self._options else next(iter(self._answers(row, self._focus).values()), ()),
            comment=texts.pop(COMMENT, ""),
            respondent=code_of(self._text(row, "respondent", MAX_RESPONDENT) or "") or None,
            choices=self._answers(row, self._choices),
            texts=texts,
        )
        team = self._team(row)
        return team if role is not None else None, sheet

    def _report(self, code: ProblemCode, row: Row, index: int, values: Mapping[str, str]) -> None:
        cell = self._used[index]
        self._log.add(Problem(code, row.line, cell.text, {**values, "letter": cell.letter}))

    def _without_flaws(self, row: Row) -> Row:
        """The row with its bad cells emptied; those in columns that are used are reported."""
        cells = list(row.cells)
        for index, flaw in row.flaws.items():
            if index in self._option_cells and flaw.code is ProblemCode.CELL_IS_TRUTH_VALUE:
                continue  # TRUE is how a form says that a pillar was chosen
            cells[index] = ""
            if index in self._used:
                self._report(flaw.code, row, index, {"value": flaw.text})
        return Row(row.line, tuple(cells), row.flaws)

    def _answers(self, row: Row, columns: Sequence[tuple[int, str, Mapping[str, Any]]]) -> dict[str, Any]:
        answers: dict[str, Any] = {}
        cells = row.cells
        for index, key, meanings in columns:
            answer = meanings[cells[index]]
            if answer is None:
                continue
            if isinstance(answer, InvalidCell):
                self._report(answer.code, row, index, answer.values)
            else:
                answers[key] = answer
        return answers

    def _chosen(self, row: Row) -> tuple[str, ...]:
        """The pillars whose columns are marked."""
        chosen: list[str] = []
        for index, pillar in self._options:
            text = row.cells[index]
            is_chosen = self._marks.is_chosen(text, pillar)
            if is_chosen is None:
                self._report(ProblemCode.NOT_A_MARK, row, index, {"value": trim(text)})
            elif is_chosen:
                chosen.append(pillar)
        if isinstance(self._focus_cells, FocusCells) and len(chosen) > self._focus_cells.at_most:
            too_many = self._focus_cells.too_many(len(chosen))
            self._report(too_many.code, row, self._options[0][0], too_many.values)
            return ()
        return tuple(chosen)

    def _role(self, row: Row) -> Role | None:
        cell = self._fixed.get("role")
        if cell is None:
            return Role.STAFF
        text = row.cells[cell.index]
        role = role_of(text)
        if role is None:
            self._report(ProblemCode.ROLE_UNKNOWN, row, cell.index, {"value": trim(text)})
        return role

    def _team(self, row: Row) -> str | None:
        cell = self._fixed.get("team")
        if cell is None:
            return self._given_team
        team = self._text(row, "team", MAX_TEAM)
        if team == "" and cell.index not in row.flaws:
            self._report(ProblemCode.TEAM_EMPTY, row, cell.index, {})
        return team or None

    def _text(self, row: Row, column: str, at_most: int, *, lines: bool = False) -> str | None:
        """A text cell; `None` if the column is missing or the text is refused."""
        cell = self._fixed.get(column)
        if cell is None:
            return None
        written = row.cells[cell.index]
        self.cleaned += has_invisible_signs(written)
        text = many_lines(written) if lines else one_line(written)
        if is_spreadsheet_error(text):
            self._report(ProblemCode.CELL_IS_ERROR, row, cell.index, {"value": text})
            return None
        if len(text) > at_most:
            self._report(ProblemCode.TEXT_TOO_LONG, row, cell.index, {"value": text, "limit": str(at_most)})
            return None
        if has_control_characters(text):
            self._report(ProblemCode.CONTROL_CHARACTER, row, cell.index, {"value": text})
            return None
        return text
