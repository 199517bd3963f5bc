"""Answers → TeamResult: the method's sections 1 to 5 and 7, as pure functions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from assessment.domain import change
from assessment.domain import conventions as c
from assessment.domain.answers import AnswerSheet, TeamAnswers
from assessment.domain.between_teams import between_teams
from assessment.domain.people import Person
from assessment.domain.priorities import Targets, rank_priorities
from assessment.domain.questionnaire import Pillar, Questionnaire
from assessment.domain.reliability import reliability
from assessment.domain.respondents import scored_people
from assessment.domain.result import (
    BetweenTeams,
    Gaps,
    LeadersStaffGap,
    OverallResult,
    PillarResult,
    PointResult,
    Reliability,
    RoundResult,
    SectionResult,
    SelfCustomerGap,
    TeamResult,
)
from assessment.domain.scale import Scale
from assessment.domain.sections.focus import count_choosers, focus_shares
from assessment.domain.sections.groups import answer_counts, complete_rows, score_group
from assessment.domain.sections.ladder import score_point
from assessment.domain.summary import cliffs_delta, mean, mean_interval, median, standard_deviation


def score_pillar(
    pillar: Pillar, people: Sequence[Person], *, scale: Scale, minimum_group: int, is_consensus: bool = False
) -> PillarResult:
    """One pillar of one team, from the scores that each person has already."""
    return score_group(
        pillar,
        people,
        scale=scale,
        minimum_group=minimum_group,
        score_of=lambda person: person.scores.get(pillar.id),
        is_consensus=is_consensus,
    )


def score_overall(
    people: Sequence[Person], *, scale: Scale, minimum_group: int, is_consensus: bool = False
) -> OverallResult:
    """The mean over persons of the mean of their pillars."""
    scores = [person.overall for person in people if person.overall is not None]
    n = len(scores)
    if is_consensus:
        if not scores:
            return OverallResult(n=None)
        return OverallResult(n=None, mean=mean(scores), level=scale.level(mean(scores)))
    if n < minimum_group or n == 0:
        return OverallResult(n=n)
    score = mean(scores)
    return OverallResult(
        n=n,
        mean=score,
        sd=standard_deviation(scores),
        ci95=mean_interval(scores),
        level=scale.level(score),
        percent=scale.percent(score),
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


def _leaders_staff(
    people: Sequence[Person], questionnaire: Questionnaire, minimum_group: int
) -> tuple[LeadersStaffGap, ...]:
    gaps = []
    for pillar in questionnaire.pillars:
        leaders = [p.scores[pillar.id] for p in people if p.is_leader and pillar.id in p.scores]
        staff = [p.scores[pillar.id] for p in people if not p.is_leader and pillar.id in p.scores]
        if not leaders or not staff or min(len(leaders), len(staff)) < minimum_group:
            continue
        difference, interval = mean(leaders) - mean(staff), change.welch_interval(staff, leaders)
        gaps.append(
            LeadersStaffGap(
                pillar=pillar.id,
                n_leaders=len(leaders),
                n_staff=len(staff),
                difference=difference,
                ci95=interval,
                cliffs_delta=cliffs_delta(leaders, staff),
                label=change.gap_label(difference, interval, smallest=questionnaire.scale.smallest_change),
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
                median_self=median(answer_counts(own, steps)),
                median_customers=median(answer_counts(theirs, steps)),
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
    previous_questionnaire: Questionnaire | None = None,
    previous_minimum_group: int = 0,
    focus_pillars: Sequence[str] = (),
    linking: change.Linking = change.Linking.MATCHED,
) -> TeamResult:
    """Everything that the answers of one team say.

    `previous` is the team's earlier round, `previous_questionnaire` what it asked, by default the same; only sections
    that asked the same are compared, and none under a smaller minimum than its answers were given under.
    `focus_pillars` are those that its plan took on. `linking` is whether
    change compares linked people only. A team with fewer than `minimum_group` scored people is withheld, unless it
    agreed its answers by consensus. Raises `InvalidAnswer`.
    """
    is_consensus = answers.mode == "consensus"
    people = scored_people(answers, questionnaire)
    respondents = len(answers.own_sheets)
    if not people or (len(people) < minimum_group and not is_consensus):
        return TeamResult(answers.team, answers.mode, respondents, len(people), withheld=True)
    scale, steps = questionnaire.scale, questionnaire.ladder.size
    minimum = questionnaire.pillars_section.minimum(minimum_group)
    pillars = tuple(
        score_pillar(pillar, people, scale=scale, minimum_group=minimum, is_consensus=is_consensus)
        for pillar in questionnaire.pillars
    )
    sheets = [person.sheet for person in people]
    ladder = tuple(
        score_point(
            point,
            sheets,
            steps=steps,
            minimum_group=questionnaire.ladder.minimum(minimum_group),
            is_consensus=is_consensus,
        )
        for point in (answers.points if steps else ())
    )
    asked_focus = answers.asked_focus and bool(questionnaire.focus.at_most) and not is_consensus
    focus = focus_shares(people, [pillar.id for pillar in questionnaire.pillars], was_asked=asked_focus)
    result = TeamResult(
        team=answers.team,
        mode=answers.mode,
        respondents=respondents,
        scored=len(people),
        withheld=False,
        overall=score_overall(people, scale=scale, minimum_group=minimum, is_consensus=is_consensus),
        pillars=pillars,
        ladder=ladder,
        weakest_point=weakest_point(ladder),
        alarms=criminal_alarms(ladder),
        focus=focus,
        focus_n=count_choosers(people) if asked_focus else None,
        priorities=rank_priorities(
            pillars,
            focus,
            people,
            questionnaire,
            targets=targets or {},
            is_consensus=is_consensus,
            minimum_group=minimum,
        ),
        gaps=Gaps()
        if is_consensus
        else Gaps(
            leaders_staff=_leaders_staff(people, questionnaire, minimum),
            self_customer=_self_customer(ladder, people, answers.customer_sheets, steps),
        ),
        sections=_score_sections(people, questionnaire, minimum_group=minimum_group, is_consensus=is_consensus),
    )
    if previous is None:
        return result
    return compare_team(
        result,
        answers,
        questionnaire,
        previous=previous,
        previous_questionnaire=previous_questionnaire,
        minimum_group=max(minimum_group, previous_minimum_group),
        focus_pillars=focus_pillars,
        linking=linking,
    )


def compare_team(
    result: TeamResult,
    answers: TeamAnswers,
    questionnaire: Questionnaire,
    *,
    previous: TeamAnswers,
    previous_questionnaire: Questionnaire | None = None,
    minimum_group: int = c.MINIMUM_GROUP,
    focus_pillars: Sequence[str] = (),
    linking: change.Linking = change.Linking.MATCHED,
) -> TeamResult:
    """The result that `score_team` gave of these answers, with its change from the team's earlier round.

    `minimum_group` is the larger one of the two rounds; the rest is as in `score_team`. Agreed answers have no change.
    Raises `InvalidAnswer`.
    """
    if result.withheld or "consensus" in (answers.mode, previous.mode):
        return result
    asked_before = previous_questionnaire or questionnaire
    rounds = change.link(scored_people(previous, asked_before), scored_people(answers, questionnaire))
    if linking is change.Linking.SAFE and rounds.has_leaders:
        linking = change.Linking.NEVER
    return replace(
        result,
        change=change.team_change(
            rounds,
            [pillar.id for pillar in questionnaire.pillars],
            minimum_group=questionnaire.pillars_section.minimum(minimum_group),
            smallest=questionnaire.scale.smallest_change,
            focus_pillars=focus_pillars,
            linking=linking,
        )
        if asked_before.pillars_section.fingerprint == questionnaire.pillars_section.fingerprint
        else (),
        ladder_change=change.ladder_change(
            rounds,
            [point.point for point in result.ladder],
            steps=questionnaire.ladder.size,
            minimum_group=questionnaire.ladder.minimum(minimum_group),
            linking=linking,
        )
        if asked_before.ladder.fingerprint == questionnaire.ladder.fingerprint
        else (),
        sections=_compare_sections(
            result.sections, rounds, questionnaire, asked_before, minimum_group=minimum_group, linking=linking
        ),
    )


def _score_sections(
    people: Sequence[Person], questionnaire: Questionnaire, *, minimum_group: int, is_consensus: bool
) -> dict[str, dict[str, SectionResult]]:
    """The result of each further section, by its kind."""
    results: dict[str, dict[str, SectionResult]] = {}
    for asked, section in questionnaire.sections_apart:
        scored = section.score(people, minimum_group=minimum_group, is_consensus=is_consensus)
        if scored is not None:
            results.setdefault(asked, {})[section.id] = scored
    return results


def _compare_sections(
    results: Mapping[str, Mapping[str, SectionResult]],
    rounds: change.Rounds,
    questionnaire: Questionnaire,
    asked_before: Questionnaire,
    *,
    minimum_group: int,
    linking: change.Linking,
) -> dict[str, dict[str, SectionResult]]:
    """The same results with their change, where the earlier round asked the section with the same wording."""
    before = {(asked, section.id): section.fingerprint for asked, section in asked_before.sections_apart}
    compared: dict[str, dict[str, SectionResult]] = {asked: dict(sections) for asked, sections in results.items()}
    for asked, section in questionnaire.sections_apart:
        result = results.get(asked, {}).get(section.id)
        if result is not None and before.get((asked, section.id)) == section.fingerprint:
            compared[asked][section.id] = section.compare(result, rounds, minimum_group=minimum_group, linking=linking)
    return compared


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
    compared = (
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
    return tuple(result for result in compared if result is not None)


def _reliability(released: Mapping[str, Sequence[Person]], questionnaire: Questionnaire) -> tuple[Reliability, ...]:
    everybody = [person for people in released.values() for person in people]
    if not everybody:
        return ()
    return tuple(reliability(pillar.id, complete_rows(pillar, everybody)) for pillar in questionnaire.pillars)
