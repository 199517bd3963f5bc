"""What a column holds, by its cells: steps of the ladder, answers, or only the numbers of the rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from assessment.domain.answers import DK
from assessment.domain.questionnaire import Questionnaire
from assessment.intake.cells import InvalidCell, ladder_cells
from assessment.intake.grid import Cell
from assessment.intake.sections.column import columns_of
from assessment.intake.table import Table
from assessment.intake.text import trim

_MANY = 60
"""No column of answers has more different texts: the values, their labels in two languages, and "I don't know"."""


class Recogniser:
    """Looks into the columns whose header says nothing."""

    def __init__(self, table: Table, questionnaire: Questionnaire) -> None:
        self._table = table
        scales = {id(column.cells): column.cells for column in columns_of(questionnaire) if column.part == "items"}
        self._scales: list[Mapping[str, Any]] = list(scales.values())
        self._steps: Mapping[str, Any] = ladder_cells(questionnaire.ladder) if questionnaire.ladder.steps else {}

    def first_line_with_value(self, cell: Cell) -> int | None:
        for row in self._table.rows:
            if trim(row.cells[cell.index]) or cell.index in row.flaws:
                return row.line
        return None

    def numbers_the_rows(self, cell: Cell) -> bool:
        """Whether it counts from 0 or 1, as programs that know tables write beside them."""
        values = [trim(row.cells[cell.index]) for row in self._table.rows]
        if not values or values[0] not in ("0", "1"):
            return False
        first = int(values[0])
        return values == [str(number) for number in range(first, first + len(values))]

    def holds_numbers(self, cell: Cell) -> bool:
        values = self._values(cell, at_most=None)
        return bool(values) and all(_is_number(value) for value in values)

    def holds_steps(self, cell: Cell) -> bool:
        """Whether every cell is a step by its name: numbers alone could be anything."""
        values = self._values(cell)
        return (
            bool(values)
            and all(_is_answer(self._steps, value) for value in values)
            and any(
                not _is_number(value)
                and self._steps[value] is not DK
                and not any(_is_answer(scale, value) for scale in self._scales)
                for value in values
            )
        )

    def holds_answers(self, cell: Cell) -> bool:
        """Whether every cell would be an answer to a statement, and one at least is not "I don't know".

        One number alone is none: forms also write pages and versions.
        """
        values = self._values(cell)
        if len(values) == 1 and all(_is_number(value) for value in values):
            return False
        return bool(values) and any(
            all(_is_answer(scale, value) for value in values) and any(scale[value] is not DK for value in values)
            for scale in self._scales
        )

    def _values(self, cell: Cell, at_most: int | None = _MANY) -> set[str]:
        """The different texts in the column; none where there are more than `at_most`, or a cell is no text."""
        values: set[str] = set()
        for row in self._table.rows:
            if cell.index in row.flaws:
                return set()
            if value := trim(row.cells[cell.index]):
                values.add(value)
                if at_most is not None and len(values) > at_most:
                    return set()
        return values


def _is_answer(meanings: Mapping[str, Any], value: str) -> bool:
    if not meanings:
        return False
    answer = meanings[value]
    return answer is not None and not isinstance(answer, InvalidCell)


def _is_number(text: str) -> bool:
    try:
        float(text.replace(",", "."))
    except ValueError:
        return False
    return True
