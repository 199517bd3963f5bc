"""The service-level ladder: six ordinal steps, judged per perception point of the team's own sequence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from assessment.domain import agreement
from assessment.domain import conventions as c
from assessment.domain.answers import AnswerSheet, InvalidAnswer
from assessment.domain.as_read import for_experts, share_as_read
from assessment.domain.paper import PaperBlock, PaperOption, PaperQuestion
from assessment.domain.result import LadderChange, PointResult
from assessment.domain.sections.groups import answer_counts, may_draw
from assessment.domain.sections.section import OutlineLine, Section, is_on_scale, pair
from assessment.domain.summary import interpolated_median, median
from assessment.domain.texts import NO_TEXT, Text


@dataclass(frozen=True, slots=True)
class Step:
    """One step (*peldaño*) of the service-level ladder."""

    value: int
    id: str
    name: Text
    label: Text
    lived: Text


@dataclass(frozen=True, kw_only=True)
class LadderSection(Section):
    """Its result is the team's `ladder`. The points that are judged come with the round, not with the questionnaire."""

    kind: ClassVar[str] = "ladder"

    question: Text
    point_gloss: Text
    dont_know: Text
    steps: tuple[Step, ...]

    @property
    def size(self) -> int:
        return len(self.steps)

    @property
    def asked_ids(self) -> frozenset[str]:
        return frozenset()

    def check(self, sheet: AnswerSheet) -> None:
        for point, answer in sheet.ladder.items():
            if not is_on_scale(answer, self.size):
                raise InvalidAnswer(point, answer)

    def on_paper(
        self, pillars: Sequence[tuple[str, Text]], points: Sequence[tuple[str, Text]]
    ) -> tuple[PaperBlock, ...]:
        options = tuple(PaperOption(str(step.value), step.value, step.label, step.lived) for step in self.steps)
        rows = tuple(PaperQuestion("ladder", id_, name, options, has_dont_know=True) for id_, name in points)
        return (PaperBlock(rows, question=self.question, dont_know=self.dont_know),) if rows else ()

    @property
    def outline(self) -> Sequence[OutlineLine]:
        steps = [OutlineLine(1, f"{step.value}.", step.label) for step in self.steps]
        return [OutlineLine(0, "–", self.question, self.id), *steps]

    @property
    def content(self) -> object:
        return [
            pair(self.question),
            pair(self.dont_know),
            [[step.id, pair(step.label), pair(step.lived)] for step in self.steps],
        ]


NO_LADDER = LadderSection(id="", question=NO_TEXT, point_gloss=NO_TEXT, dont_know=NO_TEXT, steps=())
"""Where no ladder is asked: it accepts no answer."""


def score_point(
    point: str, sheets: Sequence[AnswerSheet], *, steps: int, minimum_group: int, is_consensus: bool = False
) -> PointResult:
    """One perception point; with fewer than `minimum_group` answers only its id and n remain.

    A consensus rating keeps `median`, the agreed step, alone.
    """
    counts = answer_counts((sheet.ladder.get(point) for sheet in sheets), steps)
    n = sum(counts)
    if is_consensus:
        return PointResult(point, n=None, median=median(counts) if n else None)
    if n < minimum_group or n == 0:
        return PointResult(point, n=n)
    figure = agreement.consensus(counts)
    return PointResult(
        point=point,
        n=n,
        counts=counts,
        median=median(counts),
        interpolated_median=interpolated_median(counts),
        consensus=figure,
        agreement=agreement.point_agreement(n, figure),
        share_low=sum(counts[:2]) / n,
        share_high=sum(counts[3:]) / n,
    )


def release_point(result: PointResult) -> PointResult:
    """Without its counts where they may not show, nor what is worked out from them: shares, consensus, the
    interpolated median. The median and the word for agreement stay."""
    if result.counts is None or result.share_low is None or result.share_high is None or not may_draw(result.counts):
        return PointResult(point=result.point, n=result.n, median=result.median, agreement=result.agreement)
    return replace(
        result,
        interpolated_median=for_experts(result.interpolated_median),
        consensus=for_experts(result.consensus),
        share_low=share_as_read(result.share_low),
        share_high=share_as_read(result.share_high),
    )


def release_point_change(change: LadderChange) -> LadderChange:
    """Cliff's δ and p tell the steps that people chose, as a distribution does, and need as many answers.

    Of linked people, only where the point moved: their medians beside everybody's would be about those left out.
    """
    if change.linked:
        change = replace(change, median1=None, median2=None)
    if min(change.n1, change.n2) < c.DISTRIBUTION_N:
        return replace(change, cliffs_delta=None, p=None)
    return replace(change, cliffs_delta=for_experts(change.cliffs_delta), p=for_experts(change.p, decimals=3))
