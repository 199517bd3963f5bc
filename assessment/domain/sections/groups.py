"""Items in groups, rated on one scale: what statements and rubrics have in common, the pillars among them.

A group of any such section is scored as a pillar is: half rule, t interval, maturity level, agreement.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property

from assessment.domain import agreement
from assessment.domain import conventions as c
from assessment.domain.answers import DK, AnswerSheet, InvalidAnswer
from assessment.domain.as_read import as_read, for_experts, interval_as_read
from assessment.domain.change import Linking, Rounds, group_changes
from assessment.domain.paper import PaperBlock, PaperOption, PaperQuestion
from assessment.domain.people import Person
from assessment.domain.result import Change, GroupsResult, PillarResult, SectionResult
from assessment.domain.scale import Bound, Scale
from assessment.domain.sections.section import OutlineLine, Section, is_on_scale, pair
from assessment.domain.summary import mean, mean_interval, median, standard_deviation
from assessment.domain.texts import Text

ScoreOf = Callable[[Person], Fraction | None]


@dataclass(frozen=True, slots=True)
class Item:
    """One statement, or one rubric where `levels` describes what each value means."""

    id: str
    text: Text
    levels: tuple[Text, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """Items that are scored together; where the groups of a section are the pillars, one pillar."""

    id: str
    name: Text
    short_name: Text
    summary: Text
    items: tuple[Item, ...]


@dataclass(frozen=True, kw_only=True)
class GroupedSection(Section):
    """`are_pillars` marks the one section whose groups are the pillars: priorities and the plan stand on them."""

    scale: Scale
    groups: tuple[Group, ...]
    are_pillars: bool = False

    @cached_property
    def items(self) -> tuple[Item, ...]:
        return tuple(item for group in self.groups for item in group.items)

    @cached_property
    def asked_ids(self) -> frozenset[str]:
        return frozenset(item.id for item in self.items)

    @property
    def column_ids(self) -> tuple[str, ...]:
        return tuple(item.id for item in self.items)

    @property
    def group_ids(self) -> tuple[str, ...]:
        return tuple(group.id for group in self.groups)

    @property
    def statement_count(self) -> int:
        return sum(not item.levels for item in self.items)

    @property
    def description_count(self) -> int:
        return sum(bool(item.levels) for item in self.items)

    @property
    def is_scored_apart(self) -> bool:
        return not self.are_pillars

    def check(self, sheet: AnswerSheet) -> None:
        own, size = self.asked_ids, self.scale.size
        for question, answer in sheet.items.items():
            if question in own and not is_on_scale(answer, size):
                raise InvalidAnswer(question, answer)

    def score(
        self, people: Sequence[Person], *, minimum_group: int, is_consensus: bool = False
    ) -> SectionResult | None:
        """Every group, as a pillar is scored."""
        minimum = self.minimum(minimum_group)
        return GroupsResult(
            kind=self.kind,
            minimum_group=minimum,
            groups=tuple(
                score_group(
                    group,
                    people,
                    scale=self.scale,
                    minimum_group=minimum,
                    score_of=_score_of(group),
                    is_consensus=is_consensus,
                )
                for group in self.groups
            ),
        )

    def compare(
        self, result: SectionResult, rounds: Rounds, *, minimum_group: int, linking: Linking = Linking.MATCHED
    ) -> SectionResult:
        if not isinstance(result, GroupsResult):
            return result
        changes = group_changes(
            rounds,
            [(group.id, _score_of(group)) for group in self.groups],
            minimum_group=self.minimum(minimum_group),
            smallest=self.scale.smallest_change,
            linking=linking,
        )
        return replace(result, change=changes)

    def release(self, result: SectionResult) -> SectionResult:
        if not isinstance(result, GroupsResult):
            return result
        means = {group.pillar: group.mean for group in result.groups}
        return replace(
            result,
            groups=tuple(self.release_group(group) for group in result.groups),
            change=tuple(self.release_change(entry, means.get(entry.pillar)) for entry in result.change),
        )

    def release_group(self, result: PillarResult) -> PillarResult:
        """As people read it: the mean and its level; an interval from eight answers; agreement in a word.

        A mean near an end leaves as its bound, with its level and nothing more. The figures behind the interval and the
        word leave where distributions may; those are drawn from ten answers, and only where no item of the group was
        answered alike by nearly all: the mean would tell how. Of a single item, mean and interval give all answers.
        """
        if result.mean is None or result.n is None:
            return result
        scale, n, mean = self.scale, result.n, as_read(result.mean)
        dk_share = _released_dk_shares(result.dk_share)
        if self.bound_of(result.mean):
            sure = result.level if n >= c.INTERVAL_N else None
            return PillarResult(
                pillar=result.pillar,
                n=n,
                mean=scale.at_bound(mean),
                level=result.level,
                level_low=sure,
                level_high=sure,
                dk_share=dk_share,
            )
        interval = None if self.is_single(result.pillar) else interval_as_read(result.ci95, [n], scale)
        counts = result.answer_counts or {}
        released = PillarResult(
            pillar=result.pillar,
            n=n,
            mean=mean,
            ci95=interval,
            # Of what is read: that of the exact mean would tell on which side of a cut it lay.
            level=_level(mean, counts.values(), scale) if counts else result.level,
            level_low=scale.level(interval[0]) if interval else None,
            level_high=scale.level(interval[1]) if interval else None,
            percent=None if result.percent is None else for_experts(scale.percent(mean)),
            agreement=result.agreement,
            dk_share=dk_share,
            answer_counts=counts if counts and all(may_draw(answers) for answers in counts.values()) else None,
        )
        if interval is None or n < c.DISTRIBUTION_N:
            return released
        return replace(
            released,
            sd=None if result.sd is None else as_read(result.sd),
            ad_md=for_experts(result.ad_md),
            r_wg_j=for_experts(result.r_wg_j),
            r_wg_j_star=for_experts(result.r_wg_j_star),
            r_wg_j_skew=for_experts(result.r_wg_j_skew),
            a_wg=for_experts(result.a_wg),
        )

    def release_change(self, change: Change, now: float | None) -> Change:
        """A change is withheld where this mean or the earlier one is only shown as a bound: it would tell it."""
        if self.bound_of(now) or is_earlier_at_bound(change, now, self.scale):
            return withheld_change(change)
        return change_as_read(change, self.scale, may_bracket=not self.is_single(change.pillar))

    def is_single(self, group: str) -> bool:
        """Whether a group has one item only."""
        return any(known.id == group and len(known.items) == 1 for known in self.groups)

    def bound_of(self, mean: float | None) -> Bound | None:
        """Whether a mean, as people read it, is shown as a bound."""
        return bound_as_read(mean, self.scale)

    def on_paper(
        self, pillars: Sequence[tuple[str, Text]], points: Sequence[tuple[str, Text]]
    ) -> tuple[PaperBlock, ...]:
        """A block a group; where levels are described, each item has its own words for the values."""
        return tuple(
            PaperBlock(
                tuple(self._item_on_paper(item) for item in group.items),
                group.name,
                self.scale.question,
                self.scale.dont_know,
                describes=any(item.levels for item in group.items),
            )
            for group in self.groups
        )

    def _item_on_paper(self, item: Item) -> PaperQuestion:
        words = item.levels or tuple(point.label for point in self.scale.points)
        options = tuple(
            PaperOption(str(point.value), point.value, text)
            for point, text in zip(self.scale.points, words, strict=True)
        )
        return PaperQuestion("items", item.id, item.text, options, has_dont_know=True)

    @property
    def outline(self) -> Sequence[OutlineLine]:
        lines = []
        for number, group in enumerate(self.groups, start=1):
            lines.append(OutlineLine(0, f"{number}.", group.name, group.id))
            for item in group.items:
                lines.append(OutlineLine(1, f"{item.id}:", item.text))
                lines += [OutlineLine(2, f"{value}.", level) for value, level in enumerate(item.levels, start=1)]
        return lines

    @property
    def content(self) -> object:
        return {
            "scale": [
                pair(self.scale.question),
                [pair(point.label) for point in self.scale.points],
                pair(self.scale.dont_know),
            ],
            "groups": [
                [group.id, [[item.id, pair(item.text), [pair(level) for level in item.levels]] for item in group.items]]
                for group in self.groups
            ],
        }


def may_draw(counts: Sequence[int]) -> bool:
    """A distribution is drawn from ten answers, and never where nine in ten chose one option: were it missing only
    where all did, that it is missing would tell what each of them chose."""
    answers = sum(counts)
    return answers >= c.DISTRIBUTION_N and max(counts) < c.BOUND_SHARE * answers - c.TOLERANCE


def _released_dk_shares(shares: Mapping[str, float | None] | None) -> dict[str, float | None] | None:
    """Only whether it is a quarter or more (`UNSEEN_SHARE`, else 0): "all of them" would tell what each one chose."""
    if shares is None:
        return None
    return {
        item: None if share is None else c.UNSEEN_SHARE if share >= c.UNSEEN_SHARE - c.TOLERANCE else 0.0
        for item, share in shares.items()
    }


def bound_as_read(mean: float | None, scale: Scale) -> Bound | None:
    """Whether a mean, or what people read of it, is so near an end that it is shown as a bound."""
    return None if mean is None else scale.bound_of(mean) or scale.bound_of(as_read(mean))


def is_earlier_at_bound(change: Change, now: float | None, scale: Scale) -> bool:
    """Whether the mean of the round before, which a change tells beside this one's, was near an end: in truth, or
    worked out from what people read."""
    if now is None or change.difference is None:
        return False
    readable = as_read(now) - as_read(change.difference)
    return bound_as_read(now - change.difference, scale) is not None or bound_as_read(readable, scale) is not None


def withheld_change(change: Change) -> Change:
    return Change(change.pillar, change.n1, change.n2, change.linked, family=change.family)


def change_as_read(change: Change, scale: Scale, *, may_bracket: bool = True, is_coarse: bool = False) -> Change:
    """A change as its words tell it: an interval from eight answers in both rounds, and with fewer the difference only
    where it is clear. Test and effect sizes leave from ten, where distributions may; not where the change is coarse.
    """
    sizes, fewest = (change.n1, change.n2), min(change.n1, change.n2)
    ci95 = interval_as_read(change.ci95, sizes, scale) if may_bracket else None
    has_figures = ci95 is not None and fewest >= c.DISTRIBUTION_N and not is_coarse
    is_told = fewest >= c.INTERVAL_N or change.label in ("improved", "worse")
    return replace(
        change,
        difference=as_read(change.difference) if change.difference is not None and is_told else None,
        ci95=ci95,
        ci90=interval_as_read(change.ci90, sizes, scale) if has_figures else None,
        p=for_experts(change.p, decimals=3) if has_figures else None,
        p_adjusted=for_experts(change.p_adjusted, decimals=3) if has_figures else None,
        hedges_g=for_experts(change.hedges_g) if has_figures else None,
        cliffs_delta=for_experts(change.cliffs_delta) if has_figures else None,
    )


# Scoring


def group_score(sheet: AnswerSheet, group: Group) -> Fraction | None:
    """The mean of the answered items if at least half of them were answered, else `None` (half rule)."""
    answered = [value for item in group.items if isinstance(value := sheet.items.get(item.id), int)]
    if not answered or 2 * len(answered) < len(group.items):
        return None
    return Fraction(sum(answered), len(answered))


def _score_of(group: Group) -> ScoreOf:
    return lambda person: group_score(person.sheet, group)


def score_group(
    group: Group,
    people: Sequence[Person],
    *,
    scale: Scale,
    minimum_group: int,
    score_of: ScoreOf,
    is_consensus: bool = False,
) -> PillarResult:
    """One group of one team; with fewer than `minimum_group` person scores only its id and n remain.

    A consensus rating keeps `mean` (the agreed value) and `level` alone: it is agreed, not estimated.
    """
    scores = [score for person in people if (score := score_of(person)) is not None]
    n = len(scores)
    counts = {
        item.id: answer_counts((person.sheet.items.get(item.id) for person in people), scale.size)
        for item in group.items
    }
    if is_consensus:
        if not scores:
            return PillarResult(group.id, n=None)
        agreed = mean(scores)
        return PillarResult(group.id, n=None, mean=agreed, level=_level(agreed, counts.values(), scale))
    if n < minimum_group or n == 0:
        return PillarResult(group.id, n=n)
    average = mean(scores)
    interval = mean_interval(scores)
    rows = complete_rows(group, people)
    ad = agreement.average_deviation(list(counts.values())) if n >= 3 else None
    dont_know = {item.id: sum(person.sheet.items.get(item.id) is DK for person in people) for item in group.items}
    skew = scale.slight_skew_variance
    return PillarResult(
        pillar=group.id,
        n=n,
        mean=average,
        sd=standard_deviation(scores),
        ci95=interval,
        level=_level(average, counts.values(), scale),
        level_low=scale.level(interval[0]) if interval else None,
        level_high=scale.level(interval[1]) if interval else None,
        percent=scale.percent(average),
        ad_md=ad,
        r_wg_j=agreement.r_wg_j(rows, scale.uniform_variance),
        r_wg_j_star=agreement.r_wg_j_star(rows, scale.uniform_variance),
        r_wg_j_skew=None if skew is None else agreement.r_wg_j(rows, skew),
        a_wg=agreement.a_wg(rows, scale.size),
        agreement=agreement.pillar_agreement(n, ad, scale.size),
        dk_share={item.id: _dk_share(counts[item.id], dont_know[item.id], minimum_group) for item in group.items},
        answer_counts=counts,
    )


def answer_counts(answers: Iterable[object], scale_points: int) -> tuple[int, ...]:
    """How often each value 1…A was answered."""
    counts = [0] * scale_points
    for answer in answers:
        if isinstance(answer, int):
            counts[answer - 1] += 1
    return tuple(counts)


def complete_rows(group: Group, people: Sequence[Person]) -> list[tuple[int, ...]]:
    """One row per person who answered every item of the group."""
    ids = [item.id for item in group.items]
    rows = []
    for person in people:
        row = tuple(answer for id_ in ids if isinstance(answer := person.sheet.items.get(id_), int))
        if len(row) == len(ids):
            rows.append(row)
    return rows


def _dk_share(counts: Sequence[int], dont_know: int, minimum_group: int) -> float | None:
    """DK/(answered + DK), given where enough people said either."""
    said = sum(counts) + dont_know
    return dont_know / said if said and said >= minimum_group else None


def _level(score: float, counts_by_item: Iterable[Sequence[int]], scale: Scale) -> int:
    """The maturity level, capped at 3 where an item rarely happens."""
    level = scale.level(score)
    capped = any(sum(counts) and scale.is_capping(median(counts)) for counts in counts_by_item)
    return min(level, c.CAPPED_LEVEL) if capped else level
