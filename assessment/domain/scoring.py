"""Answers → TeamResult: the method's sections 1 to 5 and 7, as pure functions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from assessment.domain import agreement, change
from assessment.domain import conventions as c
from assessment.domain.answers import DK, AnswerSheet, TeamAnswers
from assessment.domain.between_teams import between_teams
from assessment.domain.priorities import Targets, rank_priorities
from assessment.domain.questionnaire import Pillar, Questionnaire
from assessment.domain.reliability import reliability
from assessment.domain.respondents import Person, scored_people
from assessment.domain.result import (
    BetweenTeams,
    Gaps,
    LeadersStaffGap,
    OverallResult,
    PillarResult,
    PointResult,
    Reliability,
    RoundResult,
    SelfCustomerGap,
    TeamResult,
)
from assessment.domain.summary import (
    cliffs_delta,
    interpolated_median,
    mean,
    mean_interval,
    median,
    variance,
)


def maturity_level(score: float) -> int:
    """The nearest of the five anchors; a score on a cut takes the higher level."""
    return 1 + sum(score >= cut - c.TOLERANCE for cut in c.LEVEL_CUTS)


def percent(score: float, scale_points: int) -> float:
    """0–100 for machines only: people see one scale."""
    return 100 * (score - 1) / (scale_points - 1)


def _standard_deviation(scores: Sequence[Fraction]) -> float | None:
    return variance(scores) ** 0.5 if len(scores) > 1 else None


def _counts(answers: Iterable[object], scale_points: int) -> tuple[int, ...]:
    counts = [0] * scale_points
    for answer in answers:
        if isinstance(answer, int):
            counts[answer - 1] += 1
    return tuple(counts)


def _dk_share(counts: Sequence[int], dont_know: int, minimum_group: int) -> float | None:
    """DK/(answered + DK), given where enough people said either."""
    said = sum(counts) + dont_know
    return dont_know / said if said and said >= minimum_group else None


def _level(score: float, counts_by_item: Iterable[Sequence[int]]) -> int:
    """The maturity level, capped at 3 where the median of any item is 2 or less."""
    level = maturity_level(score)
    capped = any(sum(counts) and median(counts) <= c.CAPPING_MEDIAN for counts in counts_by_item)
    return min(level, c.CAPPED_LEVEL) if capped else level


def score_pillar(
    pillar: Pillar, people: Sequence[Person], *, scale_points: int, minimum_group: int, is_consensus: bool = False
) -> PillarResult:
    """One pillar of one team; with fewer than `minimum_group` person scores only its id and n remain.

    A consensus rating keeps `mean` (the agreed value) and `level` alone: it is agreed, not estimated.
    """
    scores = [person.scores[pillar.id] for person in people if pillar.id in person.scores]
    n = len(scores)
    counts = {
        item.id: _counts((person.sheet.items.get(item.id) for person in people), scale_points) for item in pillar.items
    }
    if is_consensus:
        if not scores:
            return PillarResult(pillar.id, n=None)
        score = mean(scores)
        return PillarResult(pillar.id, n=None, mean=score, level=_level(score, counts.values()))
    if n < minimum_group or n == 0:
        return PillarResult(pillar.id, n=n)
    score = mean(scores)
    interval = mean_interval(scores)
    rows = _complete_rows(pillar, people)
    ad = agreement.average_deviation(list(counts.values())) if n >= 3 else None
    uniform = agreement.uniform_variance(scale_points)
    dont_know = {item.id: sum(person.sheet.items.get(item.id) is DK for person in people) for item in pillar.items}
    return PillarResult(
        pillar=pillar.id,
        n=n,
        mean=score,
        sd=_standard_deviation(scores),
        ci95=interval,
        level=_level(score, counts.values()),
        level_low=maturity_level(interval[0]) if interval else None,
        level_high=maturity_level(interval[1]) if interval else None,
        percent=percent(score, scale_points),
        ad_md=ad,
        r_wg_j=agreement.r_wg_j(rows, uniform),
        r_wg_j_star=agreement.r_wg_j_star(rows, uniform),
        r_wg_j_skew=agreement.r_wg_j(rows, agreement.SLIGHT_SKEW_VARIANCE),
        a_wg=agreement.a_wg(rows, scale_points),
        agreement=agreement.pillar_agreement(n, ad, scale_points),
        dk_share={item.id: _dk_share(counts[item.id], dont_know[item.id], minimum_group) for item in pillar.items},
        answer_counts=counts,
    )


def _complete_rows(pillar: Pillar, people: Sequence[Person]) -> list[tuple[int, ...]]:
    """One row per person who answered every item of the pillar."""
    ids = [item.id for item in pillar.items]
    rows = []
    for person in people:
        row = tuple(answer for id_ in ids if isinstance(answer := person.sheet.items.get(id_), int))
        if len(row) == len(ids):
            rows.append(row)
    return rows


def score_overall(
    people: Sequence[Person], *, scale_points: int, minimum_group: int, is_consensus: bool = False
) -> OverallResult:
    """The mean over persons of the mean of their pillars."""
    scores = [person.overall for person in people if person.overall is not None]
    n = len(scores)
    if is_consensus:
        if not scores:
            return OverallResult(n=None)
        return OverallResult(n=None, mean=mean(scores), level=maturity_level(mean(scores)))
    if n < minimum_group or n == 0:
        return OverallResult(n=n)
    score = mean(scores)
    return OverallResult(
        n=n,
        mean=score,
        sd=_standard_deviation(scores),
        ci95=mean_interval(scores),
        level=maturity_level(score),
        percent=percent(score, scale_points),
    )


def score_point(
    point: str, sheets: Sequence[AnswerSheet], *, steps: int, minimum_group: int, is_consensus: bool = False
) -> PointResult:
    """One perception point; with fewer than `minimum_group` answers only its id and n remain.

    A consensus rating keeps `median`, the agreed step, alone.
    """
    counts = _counts((sheet.ladder.get(point) for sheet in sheets), steps)
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


def weakest_point(ladder: Sequence[PointResult]) -> str | None:
    """The point with the lowest interpolated median (in consensus: median); a tie goes to the earlier one."""

    heights = {
        result.point: result.median if result.interpolated_median is None else result.interpolated_median
        for result in ladder
        if result.median is not None
    }
    return min(heights, key=lambda point: heights[point] or 0.0) if heights else None


def criminal_alarms(ladder: Sequence[PointResult]) -> tuple[str, ...]:
    """Points that 10 % or more judged "criminal", from ten answers."""
    return tuple(
        result.point
        for result in ladder
        if result.counts
        and result.n
        and result.n >= c.CRIMINAL_N
        and result.counts[0] / result.n >= c.CRIMINAL_SHARE - c.TOLERANCE
    )


def focus_shares(people: Sequence[Person], questionnaire: Questionnaire, *, was_asked: bool) -> dict[str, float]:
    """Per pillar, the share of those who picked any that picked it; 0 for all where nobody did, {} where not asked."""
    if not was_asked:
        return {}
    chose = [person.sheet.focus for person in people if person.sheet.focus]
    return {
        pillar.id: sum(pillar.id in chosen for chosen in chose) / len(chose) if chose else 0.0
        for pillar in questionnaire.pillars
    }


def _leaders_staff(
    people: Sequence[Person], questionnaire: Questionnaire, minimum_group: int
) -> tuple[LeadersStaffGap, ...]:
    gaps = []
    for pillar in questionnaire.pillars:
        leaders = [p.scores[pillar.id] for p in people if p.is_leader and pillar.id in p.scores]
        staff = [p.scores[pillar.id] for p in people if not p.is_leader and pillar.id in p.scores]
        if not leaders or not staff or min(len(leaders), len(staff)) < minimum_group:
            continue
        gaps.append(
            LeadersStaffGap(
                pillar=pillar.id,
                n_leaders=len(leaders),
                n_staff=len(staff),
                difference=mean(leaders) - mean(staff),
                ci95=change.welch_interval(staff, leaders),
                cliffs_delta=cliffs_delta(leaders, staff),
            )
        )
    return tuple(gaps)


def _self_customer(
    ladder: Sequence[PointResult], people: Sequence[Person], customers: Sequence[AnswerSheet], steps: int
) -> tuple[SelfCustomerGap, ...]:
    gaps = []
    for result in ladder:
        if result.is_withheld or result.n is None:
            continue
        own = _steps(result.point, (person.sheet for person in people))
        theirs = _steps(result.point, customers)
        if len(theirs) < c.CUSTOMERS_N:
            continue
        gaps.append(
            SelfCustomerGap(
                point=result.point,
                n_self=len(own),
                n_customers=len(theirs),
                median_self=median(_counts(own, steps)),
                median_customers=median(_counts(theirs, steps)),
                cliffs_delta=cliffs_delta(own, theirs),
            )
        )
    return tuple(gaps)


def _steps(point: str, sheets: Iterable[AnswerSheet]) -> list[int]:
    return [answer for sheet in sheets if isinstance(answer := sheet.ladder.get(point), int)]


def score_team(
    answers: TeamAnswers,
    questionnaire: Questionnaire,
    *,
    minimum_group: int = c.MINIMUM_GROUP,
    targets: Targets | None = None,
    previous: TeamAnswers | None = None,
    focus_pillars: Sequence[str] = (),
    link_rounds: bool | None = None,
) -> TeamResult:
    """Everything that the answers of one team say.

    `previous` is the team's earlier round with the same questionnaire; `focus_pillars` are those its plan took on.
    `link_rounds` overrides whether change compares linked people only. A team with fewer than `minimum_group` scored
    people is withheld, unless it agreed its answers by consensus. Raises `InvalidAnswer`.
    """
    is_consensus = answers.mode == "consensus"
    people = scored_people(answers, questionnaire)
    respondents = len(answers.own_sheets)
    if not people or (len(people) < minimum_group and not is_consensus):
        return TeamResult(answers.team, answers.mode, respondents, len(people), withheld=True)
    size, steps = questionnaire.scale.size, questionnaire.ladder.size
    pillars = tuple(
        score_pillar(pillar, people, scale_points=size, minimum_group=minimum_group, is_consensus=is_consensus)
        for pillar in questionnaire.pillars
    )
    sheets = [person.sheet for person in people]
    ladder = tuple(
        score_point(point, sheets, steps=steps, minimum_group=minimum_group, is_consensus=is_consensus)
        for point in answers.points
    )
    focus = focus_shares(people, questionnaire, was_asked=answers.asked_focus and not is_consensus)
    result = TeamResult(
        team=answers.team,
        mode=answers.mode,
        respondents=respondents,
        scored=len(people),
        withheld=False,
        overall=score_overall(people, scale_points=size, minimum_group=minimum_group, is_consensus=is_consensus),
        pillars=pillars,
        ladder=ladder,
        weakest_point=weakest_point(ladder),
        alarms=criminal_alarms(ladder),
        focus=focus,
        priorities=rank_priorities(
            pillars,
            focus,
            people,
            questionnaire,
            targets=targets or {},
            is_consensus=is_consensus,
            minimum_group=minimum_group,
        ),
        gaps=Gaps()
        if is_consensus
        else Gaps(
            leaders_staff=_leaders_staff(people, questionnaire, minimum_group),
            self_customer=_self_customer(ladder, people, answers.customer_sheets, steps),
        ),
    )
    if previous is None or is_consensus or previous.mode == "consensus":
        return result
    rounds = change.link(scored_people(previous, questionnaire), people)
    return replace(
        result,
        change=change.team_change(
            rounds, questionnaire, minimum_group=minimum_group, focus_pillars=focus_pillars, linked=link_rounds
        ),
        ladder_change=change.ladder_change(
            rounds, answers.points, questionnaire, minimum_group=minimum_group, linked=link_rounds
        ),
    )


def score_round(
    teams: Sequence[TeamAnswers],
    questionnaire: Questionnaire,
    *,
    minimum_group: int = c.MINIMUM_GROUP,
    targets: Targets | None = None,
    previous: Mapping[str, TeamAnswers] | None = None,
    on_team: Callable[[str], None] = lambda team: None,
) -> RoundResult:
    """All teams of a round, in their order, and what can be said of them together. Raises `InvalidAnswer`.

    `previous` maps team names to their earlier round (a team that it lacks is new: nobody
    answered); `on_team` is told of each team that is done.
    Withheld teams take no part between teams or in reliability.
    """
    results = []
    for team in teams:
        results.append(
            score_team(
                team,
                questionnaire,
                minimum_group=minimum_group,
                targets=targets,
                previous=None if previous is None else previous.get(team.team, _nobody(team)),
            )
        )
        on_team(team.team)
    released = {
        team.team: scored_people(team, questionnaire)
        for team, result in zip(teams, results, strict=True)
        if not result.withheld and result.mode == "individual"
    }
    return RoundResult(
        minimum_group=minimum_group,
        teams=tuple(results),
        between_teams=_between(released, questionnaire, minimum_group),
        reliability=_reliability(released, questionnaire),
    )


def _nobody(team: TeamAnswers) -> TeamAnswers:
    """The earlier round of a team that is new."""
    return TeamAnswers(team.team, team.points, ())


def _between(
    released: Mapping[str, Sequence[Person]], questionnaire: Questionnaire, minimum_group: int
) -> tuple[BetweenTeams, ...]:
    found = (
        between_teams(
            pillar.id,
            {
                team: [person.scores[pillar.id] for person in people if pillar.id in person.scores]
                for team, people in released.items()
            },
            minimum_group=minimum_group,
        )
        for pillar in questionnaire.pillars
    )
    return tuple(result for result in found if result is not None)


def _reliability(released: Mapping[str, Sequence[Person]], questionnaire: Questionnaire) -> tuple[Reliability, ...]:
    everybody = [person for people in released.values() for person in people]
    if not everybody:
        return ()
    return tuple(reliability(pillar.id, _complete_rows(pillar, everybody)) for pillar in questionnaire.pillars)
