"""The last rows of a file that are totals or averages of those above them, not people."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from assessment.intake.columns import Columns
from assessment.intake.grid import Row
from assessment.intake.table import Table
from assessment.intake.text import trim, words

_WORD = (
    r"total(?:es)?|sub ?total(?:es)?|suma"
    r"|promedios?|medias?|medianas?|modas?|desviacion(?: estandar)?|varianza|minimo|maximo"
    r"|totals?|sum|averages?|avg|means?|medians?|modes?|standard deviation|std(?: dev)?|minimum|maximum"
)
_LABEL = re.compile(
    rf"(?:gran |grand )?(?:{_WORD})(?: (?:general|global|final|overall|del equipo|de (?:respuestas|la empresa)))?"
    r"|overall(?: average| mean)?"
)
_DECIMAL = re.compile(r"[0-9]+[.,][0-9]*[1-9][0-9]*")


def totals_at_the_end(table: Table, columns: Columns) -> dict[int, str]:
    """The lines of the last rows that are totals, each with the word that says so.

    Such a word stands where no answer does: as the team, the person, or under a header of its own.
    """
    answers = {cell.index for cell in (*columns.items.values(), *columns.ladder.values())}
    texts = {cell.index for target, cell in columns.fixed.items() if target not in ("team", "respondent")}
    labels = [cell.index for cell in table.header if cell.index not in answers | texts]
    team = columns.fixed.get("team")
    found: dict[int, str] = {}
    for row in reversed(table.rows):
        has_team = team is not None and bool(trim(row.cells[team.index]))
        label = _label(row, labels, table, has_team=has_team) or (None if has_team else _mostly_decimals(row, answers))
        if label is None:
            break
        found[row.line] = label
    return found if len(found) < len(table.rows) else {}


def _label(row: Row, labels: Iterable[int], table: Table, *, has_team: bool) -> str | None:
    """The word for a total in a row: nobody else's, and before all others where the row names a team."""
    for index in labels:
        text = trim(row.cells[index])
        if _LABEL.fullmatch(words(text)) and sum(trim(other.cells[index]) == text for other in table.rows) == 1:
            return text
        if text and has_team:
            return None
    return None


def _mostly_decimals(row: Row, answers: Iterable[int]) -> str | None:
    """The first of the decimals of a row that has no whole answers to speak of: nobody answers so."""
    cells: Sequence[str] = [text for index in answers if (text := trim(row.cells[index]))]
    decimals = [text for text in cells if _DECIMAL.fullmatch(text)]
    return decimals[0] if len(decimals) * 2 > len(cells) else None
