"""What matters most now: each respondent picks up to so many pillars. Its result is the team's `focus`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from assessment.domain import conventions as c
from assessment.domain.answers import AnswerSheet, InvalidAnswer
from assessment.domain.as_read import share_as_read
from assessment.domain.paper import PaperBlock, PaperQuestion, lettered
from assessment.domain.people import Person
from assessment.domain.sections.section import OutlineLine, Section, pair
from assessment.domain.texts import NO_TEXT, Text


@dataclass(frozen=True, kw_only=True)
class FocusSection(Section):
    """The pillars that may be chosen are those of the questionnaire."""

    kind: ClassVar[str] = "focus"

    question: Text
    at_most: int

    @property
    def asked_ids(self) -> frozenset[str]:
        return frozenset()

    def check(self, sheet: AnswerSheet) -> None:
        chosen = sheet.focus
        if len(set(chosen)) != len(chosen) or len(chosen) > self.at_most:
            raise InvalidAnswer("focus", chosen)

    def on_paper(
        self, pillars: Sequence[tuple[str, Text]], points: Sequence[tuple[str, Text]]
    ) -> tuple[PaperBlock, ...]:
        """The pillars by letters, so that no number stands for two things on a sheet."""
        asked = PaperQuestion("focus", self.id, self.question, lettered(pillars), at_most=self.at_most)
        return (PaperBlock((asked,)),)

    @property
    def outline(self) -> Sequence[OutlineLine]:
        return [OutlineLine(0, "–", self.question, self.id)]

    @property
    def content(self) -> object:
        return [pair(self.question), self.at_most]


NO_FOCUS = FocusSection(id="", question=NO_TEXT, at_most=0)
"""Where the question is not asked: it accepts no answer."""


def focus_shares(people: Sequence[Person], pillars: Sequence[str], *, was_asked: bool) -> dict[str, float]:
    """Per pillar, the share of those who picked any that picked it; 0 for all where nobody did, {} where not asked."""
    if not was_asked:
        return {}
    chose = [person.sheet.focus for person in people if person.sheet.focus]
    return {pillar: sum(pillar in chosen for chosen in chose) / len(chose) if chose else 0.0 for pillar in pillars}


def count_choosers(people: Sequence[Person]) -> int:
    """How many chose anything: what the shares are of."""
    return sum(bool(person.sheet.focus) for person in people)


def release_share(share: float) -> float:
    """As people read it; near an end, where it would tell what nearly all chose or left, it stops at its bound. What
    nobody chose is not listed at all."""
    if not share:
        return 0.0
    return min(max(share_as_read(share), share_as_read(1 - c.BOUND_SHARE)), c.BOUND_SHARE)
