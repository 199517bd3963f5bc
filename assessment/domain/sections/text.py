"""An open question. What is written is never scored; it is shown under a minimum of its own, apart from answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from assessment.domain.answers import COMMENT, AnswerSheet
from assessment.domain.paper import PaperBlock, PaperQuestion
from assessment.domain.sections.section import OutlineLine, Section, pair
from assessment.domain.texts import NO_TEXT, Text


@dataclass(frozen=True, kw_only=True)
class TextSection(Section):
    """The section with the id `comment` is the one whose answer lies in a sheet's `comment`."""

    kind: ClassVar[str] = "text"

    question: Text
    warning: Text

    @property
    def asked_ids(self) -> frozenset[str]:
        return frozenset({self.id})

    def check(self, sheet: AnswerSheet) -> None:
        """Any text will do."""

    def on_paper(
        self, pillars: Sequence[tuple[str, Text]], points: Sequence[tuple[str, Text]]
    ) -> tuple[PaperBlock, ...]:
        part = COMMENT if self.id == COMMENT else "texts"
        return (PaperBlock((PaperQuestion(part, self.id, self.question),)),)

    @property
    def outline(self) -> Sequence[OutlineLine]:
        return [OutlineLine(0, "–", self.question, self.id)]

    @property
    def content(self) -> object:
        return [pair(self.question), pair(self.warning)]


NO_COMMENT = TextSection(id=COMMENT, question=NO_TEXT, warning=NO_TEXT)
"""Where no comment is asked for."""
