"""What a column holds, by its cells: steps of the ladder, answers, or only the numbers of the rows."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from assessment.domain.answers import DK, Role
from assessment.domain.questionnaire import Questionnaire
from assessment.intake.cells import InvalidCell, ladder_cells, role_of
from assessment.intake.codes import ProblemCode
from assessment.intake.grid import Cell
from assessment.intake.options import FocusOptions
from assessment.intake.sections.column import columns_of
from assessment.intake.table import Table
from assessment.intake.text import trim

_MANY = 200
"""No column of answers has more different texts, those of a few who wrote something else included."""
_MOST = 0.5
_NEARLY_ALL = 0.7
"""One person in four may have written something else: nobody reads a column of others as answers for that."""
_MANY_TEAMS = 40
_LONGEST_NAME = 60
_YES_OR_NO = re.compile(r"s[ií]|no|yes|true|false|verdadero|falso|y|n", re.IGNORECASE)
_PILLARS_ALL_THE_SAME = frozenset({ProblemCode.FOCUS_TOO_MANY, ProblemCode.FOCUS_REPEATED})


class Recogniser:
    """Looks into the columns whose header says nothing."""

    def __init__(self, table: Table, questionnaire: Questionnaire) -> None:
        self._table = table
        self._flawed = Counter(index for row in table.rows for index in row.flaws)
        self._seen: dict[int, Counter[str]] = {}
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
        values = [trim(row.cells[cell.index]) for row in self._table.rows]
        return any(values) and all(_is_number(value) for value in values if value)

    def holds_steps(self, cell: Cell) -> bool:
        """Whether nearly every cell is a step, and some by their names: numbers alone could be anything."""
        return self._fit(cell, lambda value: _is_answer(self._steps, value)) >= _NEARLY_ALL and any(
            not _is_number(value)
            and _is_answer(self._steps, value)
            and self._steps[value] is not DK
            and not any(_is_answer(scale, value) for scale in self._scales)
            for value in self._values(cell)
        )

    def holds_answers(self, cell: Cell) -> bool:
        """Whether most cells would be answers to a statement or a point, and one at least is not "I don't know".

        One number alone is none, nor are numbers that go on: forms also write pages, versions and rows.
        """
        values = self._values(cell)
        if all(map(_is_number, values)) and (len(values) == 1 or self.numbers_the_rows(cell)):
            return False
        return any(self._holds(cell, scale) for scale in (*self._scales, self._steps))

    def _holds(self, cell: Cell, scale: Mapping[str, Any]) -> bool:
        values = self._values(cell)
        if not any(_is_answer(scale, value) and scale[value] is not DK for value in values):
            return False
        is_numeric = all(_is_number(value) for value in values)
        share = self._fit(cell, lambda value: _is_answer(scale, value))
        return share >= _NEARLY_ALL if is_numeric else share > _MOST

    def holds_roles(self, cell: Cell) -> bool:
        """Whether nearly every cell is a role, and one at least another than staff, who are asked of everything."""
        return self._fit(cell, lambda value: role_of(value) is not None) >= _NEARLY_ALL and any(
            role_of(value) not in (None, Role.STAFF) for value in self._values(cell)
        )

    def holds_pillars(self, cell: Cell, cells: Mapping[str, Any]) -> bool:
        """Whether most cells name pillars; `cells` reads them. Too many are pillars, too."""

        def names_pillars(value: str) -> bool:
            read = cells[value]
            return read.code in _PILLARS_ALL_THE_SAME if isinstance(read, InvalidCell) else bool(read)

        return self._fit(cell, names_pillars) > _MOST

    def hold_marks(self, options: Sequence[tuple[Cell, str]], marks: FocusOptions) -> bool:
        """Whether most cells of pillars' columns say whether the pillar is chosen; empty ones do."""
        shares = [
            self._fit(cell, lambda value, pillar=pillar: marks.is_chosen(value, pillar) is not None)  # type: ignore[misc]
            for cell, pillar in options
            if self._values(cell)
        ]
        return all(share > _MOST for share in shares)

    def names_in(self, cell: Cell) -> list[str]:
        """What stands in a column that could name teams: a few short texts that come again; none if it could not."""
        values = self._values(cell)
        repeated = len(values) <= _MANY_TEAMS and (len(values) == 1 or len(values) < sum(values.values()))
        is_text = all(any(sign.isalpha() for sign in value) and "@" not in value for value in values)
        return list(values) if repeated and is_text and all(len(value) <= _LONGEST_NAME for value in values) else []

    def divides_the_rows(self, cell: Cell) -> list[str]:
        """The same of a column whose header says nothing of teams: each text comes twice at least."""
        names = self.names_in(cell)
        values = self._values(cell)
        is_group = len(names) > 1 and min(values.values()) > 1 and sum(values.values()) == len(self._table.rows)
        return names if is_group and not any(_YES_OR_NO.fullmatch(name) for name in names) else []

    def is_filled_beside(self, first: Cell, second: Cell) -> bool:
        """Whether a row has a value in both columns."""
        return any(trim(row.cells[first.index]) and trim(row.cells[second.index]) for row in self._table.rows)

    def _fit(self, cell: Cell, is_one: Callable[[str], bool]) -> float:
        """The share of the cells with a value that are what is asked for."""
        values = self._values(cell)
        count = sum(values.values()) + self._flawed[cell.index]
        return sum(times for value, times in values.items() if is_one(value)) / count if count else 0.0

    def _values(self, cell: Cell) -> Counter[str]:
        """The different texts in the column, and how often each comes; none where most are different."""
        if cell.index not in self._seen:
            values: Counter[str] = Counter()
            count = 0
            for row in self._table.rows:
                if cell.index not in row.flaws and (value := trim(row.cells[cell.index])):
                    values[value] += 1
                    count += 1
                    if len(values) > _MANY and len(values) > count * _MOST:
                        values.clear()
                        break
            self._seen[cell.index] = values
        return self._seen[cell.index]


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
