"""What matters most with a column for each pillar, as forms export a question of several answers."""

from __future__ import annotations

import re

from assessment.domain.questionnaire import LANGUAGES, Questionnaire
from assessment.intake.sections.column import columns_of
from assessment.intake.sections.focus import FocusCells
from assessment.intake.text import fold, trim, words

_NAMES = ("prioridades", "priorities")
_NUMBER = re.compile(r"^(?:(?:q|p) ?)?\d{1,3} (?=\S)")
_BETWEEN = re.compile(r"^(?:selected choice|opcion seleccionada|seleccion) (?=\S)")
"""What Qualtrics writes between question and option."""
_YES = frozenset(
    {
        *("1", "1.0", "1,0", "x", "✓", "✔", "☑", "y", "s", "yes", "si", "true", "verdadero", "checked", "selected"),
        *("marcado", "marcada", "seleccionado", "seleccionada", "elegido", "elegida"),
    }
)
_NO = frozenset(
    {
        *("", "0", "0.0", "0,0", "n", "no", "false", "falso", "unchecked", "not selected", "-", "☐"),
        *("no marcado", "no marcada", "no seleccionado", "no seleccionada", "{question_not_shown}"),
    }
)


class FocusOptions:
    """Knows the columns of single pillars by their headers, and what their cells say."""

    def __init__(self, questionnaire: Questionnaire) -> None:
        column = next((column for column in columns_of(questionnaire) if column.part == "focus"), None)
        self.id = column.id if column is not None else ""
        self._cells = column.cells if column is not None and isinstance(column.cells, FocusCells) else None
        asked = [column.question.in_language(language) for language in LANGUAGES] if column is not None else []
        self._questions = {words(text) for text in asked} - {""}
        self._short = {words(name) for name in (self.id, *_NAMES)} - {""}

    def pillar_asked(self, header: str) -> str | None:
        """The pillar that a header names below the question for what matters most: "question [pillar]"."""
        if self._cells is None:
            return None
        in_group = words(header.rpartition("/")[0].rpartition("/")[2] + " " + header.rpartition("/")[2])
        for text in (words(header), in_group):
            for question in self._questions:
                _, found, after = f" {text} ".partition(f" {question} ")
                if found and (pillar := self._pillar(after)):
                    return pillar
            for name in self._short:
                if text.startswith(f"{name} ") and (pillar := self._pillar(text.removeprefix(name))):
                    return pillar
        return None

    def pillar_named(self, header: str) -> str | None:
        """The pillar whose name is the header."""
        return self._pillar(_NUMBER.sub("", words(header)))

    def _pillar(self, text: str) -> str | None:
        return self._cells.pillar(_BETWEEN.sub("", text.strip())) if self._cells is not None else None

    def is_chosen(self, cell: str, pillar: str) -> bool | None:
        """Whether a cell of a pillar's column chooses it; `None` where it says neither."""
        text = fold(trim(cell))
        if text in _NO:
            return False
        if text in _YES or self._pillar(words(text)) == pillar:
            return True
        return None
