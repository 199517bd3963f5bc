"""A choice: one of several vignettes, such as how a team learns. The distribution is the result."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from assessment.domain import conventions as c
from assessment.domain.answers import AnswerSheet, InvalidAnswer
from assessment.domain.paper import PaperBlock, PaperQuestion, lettered
from assessment.domain.people import Person
from assessment.domain.result import ChoiceResult, ChoiceSummary, SectionResult
from assessment.domain.sections.section import OutlineLine, Section, pair
from assessment.domain.texts import NO_TEXT, Text


@dataclass(frozen=True, slots=True)
class Option:
    """One vignette: `name` for results, `text` as respondents read it."""

    id: str
    name: Text
    text: Text


@dataclass(frozen=True, kw_only=True)
class ChoiceSection(Section):
    kind: ClassVar[str] = "choice"

    question: Text
    options: tuple[Option, ...]

    @property
    def asked_ids(self) -> frozenset[str]:
        return frozenset({self.id})

    @property
    def description_count(self) -> int:
        return 1

    @property
    def is_scored_apart(self) -> bool:
        return True

    def check(self, sheet: AnswerSheet) -> None:
        chosen = sheet.choices.get(self.id)
        if chosen is not None and chosen not in {option.id for option in self.options}:
            raise InvalidAnswer(self.id, chosen)

    def score(
        self, people: Sequence[Person], *, minimum_group: int, is_consensus: bool = False
    ) -> SectionResult | None:
        """Counts per vignette; with fewer answers than the minimum only n. An agreed choice is its `most`."""
        minimum = self.minimum(minimum_group)
        chosen = [option for person in people if (option := person.sheet.choices.get(self.id)) is not None]
        n = len(chosen)
        if is_consensus:
            return ChoiceResult(minimum_group=minimum, n=None, summary="agreed", most=chosen[0]) if n else None
        if n < minimum or n == 0:
            return ChoiceResult(minimum_group=minimum, n=n)
        counts = {option.id: chosen.count(option.id) for option in self.options}
        most = max(counts, key=lambda option: counts[option])
        is_majority = 2 * counts[most] > n
        summary: ChoiceSummary
        if n < c.CHOICE_N:
            summary = "most" if is_majority else "spread"
        else:
            summary = "nearly all" if counts[most] / n >= c.CHOICE_NEARLY_ALL - c.TOLERANCE else "counts"
        return ChoiceResult(
            minimum_group=minimum, n=n, summary=summary, most=most if is_majority else None, counts=counts
        )

    def release(self, result: SectionResult) -> SectionResult:
        """Counts only where the method's section 8 lets them show: from ten answers, never where nearly all agree."""
        if not isinstance(result, ChoiceResult) or result.summary == "counts":
            return result
        return replace(result, counts=None)

    def on_paper(
        self, pillars: Sequence[tuple[str, Text]], points: Sequence[tuple[str, Text]]
    ) -> tuple[PaperBlock, ...]:
        options = lettered((option.id, option.text) for option in self.options)
        asked = PaperQuestion("choices", self.id, self.question, options)
        return (PaperBlock((asked,), self.title or NO_TEXT, describes=True),)

    @property
    def outline(self) -> Sequence[OutlineLine]:
        options = [OutlineLine(1, f"{option.id}:", option.text) for option in self.options]
        return [OutlineLine(0, "–", self.question, self.id), *options]

    @property
    def content(self) -> object:
        return [pair(self.question), [[option.id, pair(option.text)] for option in self.options]]
