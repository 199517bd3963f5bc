"""What each of many teams should do next, for the start page: facts, without texts."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from assessment.domain.next_step import (
    BY_NEED,
    ROUND_EVERY_DAYS,
    NextStep,
    PlanState,
    RoundCounts,
    step_before_publication,
    step_of_plan,
    step_without_result,
)
from assessment.domain.plans.meetings import meeting_on
from assessment.domain.plans.proposal import due_on
from assessment.domain.rounds import RoundMode
from assessment.infra.clock import local_date
from assessment.services.plan_meetings import meetings_due
from assessment.store.latest_rounds import RoundGlance, TeamGlance
from assessment.store.plan_states import PlanGlance, glances_of_plans
from assessment.store.recipients import rounds_with_recipients
from assessment.store.repetitions import days_of_repetitions
from assessment.store.responses import count_by_round
from assessment.store.round_scores import rounds_without_pillars
from assessment.store.workshops import rounds_with_running


@dataclass(frozen=True, slots=True)
class TeamStep:
    """A team's next step; `round` is the one it is about. `late` counts the actions that are past their date, `stuck`
    those that cannot go on."""

    team: TeamGlance
    step: NextStep
    round: RoundGlance | None = None
    answered: int = 0
    needed: int = 0
    late: int = 0
    stuck: int = 0
    done: int = 0
    actions: int = 0
    """Of the plan, those that were given up left out."""
    meeting: int = 0
    """Which meeting of the plan is near: 30, 60 or 90; 0 where none is to be held now."""
    meeting_on: dt.date | None = None
    """On which day that meeting is planned."""
    next_due_on: dt.date | None = None
    plan_ends_on: dt.date | None = None
    """When the plan is over, and the next round is due."""
    repeats_on: dt.date | None = None
    """When the next round opens by itself, where that is the step."""
    surplus: int = 0
    """How many more answers an unpublished round has than the team has people."""
    has_workshop: bool = False
    """Whether a workshop of the round goes on or is paused."""
    is_invited_by_mail: bool = False
    """Whether somebody was invited by e-mail to a round that waits for answers, or to open."""

    @property
    def need(self) -> tuple[bool, int, int, int]:
        """Orders teams by how much they need somebody; within a need, by how much is late or stuck."""
        return not self.surplus, BY_NEED.index(self.step), -self.late, -self.stuck


def next_round_on(step: TeamStep, today: dt.date) -> dt.date:
    """The first day that is proposed for rounds that open by themselves: on which the next round is due, as the pages
    say it. Today where it is due already; as long after today as a plan lasts where no plan decides it yet."""
    if step.step is NextStep.OPEN_NEXT_ROUND:
        return today
    return max(today, step.plan_ends_on or due_on(today, ROUND_EVERY_DAYS))


def next_steps(session: Session, teams: Sequence[tuple[str, TeamGlance]], now: dt.datetime) -> list[TeamStep]:
    """What each of these teams should do next, in their order, each with the time zone of its organisation; as many
    queries for one team as for a thousand.

    Answers are counted of rounds that are not published yet or gave no result, and plans read of those that are.
    """
    latest = [team.latest for _, team in teams if team.latest is not None]
    counted = [round_.id for round_ in latest if round_.published_at is None or round_.is_withheld]
    counts = count_by_round(session, counted)
    published = [round_.id for round_ in latest if round_.published_at is not None]
    today = {time_zone: local_date(now, time_zone) for time_zone in {time_zone for time_zone, _team in teams}}
    plans = _plans_of(session, teams, today)
    unplanned = rounds_without_pillars(session, [id_ for id_ in published if id_ not in plans])
    meetings = meetings_due(
        session,
        [
            (plans[team.latest.id], today[time_zone], time_zone)
            for time_zone, team in teams
            if team.latest is not None and team.latest.id in plans
        ],
    )
    steps = []
    for time_zone, team in teams:
        round_ = team.latest
        if round_ is None:
            steps.append(TeamStep(team, NextStep.OPEN_FIRST_ROUND))
            continue
        answered, plan = counts.get(round_.id, 0), plans.get(round_.id)
        if round_.published_at is None:
            earlier = plans.get(team.published_id) if team.published_id else None
            steps.append(_before_publication(team, round_, answered, earlier, now, today[time_zone]))
        elif round_.is_withheld:
            needed = round_.least_answers
            steps.append(TeamStep(team, step_without_result(answered, needed), round_, answered, needed))
        elif plan is None:
            has_nothing = round_.id in unplanned
            steps.append(TeamStep(team, NextStep.READ_RESULTS if has_nothing else NextStep.MAKE_PLAN, round_))
        else:
            steps.append(_with_plan(team, round_, plan, today[time_zone], meetings.get(plan.id, 0)))
    return _held(session, _invited(session, _waiting(session, steps, now)))


def _plans_of(
    session: Session, teams: Sequence[tuple[str, TeamGlance]], today: Mapping[str, dt.date]
) -> dict[uuid.UUID, PlanGlance]:
    """The plan of the last published round of each team, where there is one, by its round."""
    by_day: defaultdict[dt.date, list[uuid.UUID]] = defaultdict(list)
    for time_zone, team in teams:
        if team.published_id is not None:
            by_day[today[time_zone]].append(team.published_id)
    plans: dict[uuid.UUID, PlanGlance] = {}
    for day, round_ids in by_day.items():  # one day or two, wherever the organisations are
        plans |= glances_of_plans(session, round_ids, day)
    return plans


def _before_publication(
    team: TeamGlance,
    round_: RoundGlance,
    answered: int,
    plan: PlanGlance | None,
    now: dt.datetime,
    today: dt.date,
) -> TeamStep:
    """What the round waits for; `plan` is that of the round before, which goes on meanwhile."""
    counts = RoundCounts(round_.facts, answered, round_.team_size, round_.minimum_group)
    state = plan.state if plan else PlanState(today)
    return TeamStep(
        team,
        step_before_publication(counts, now),
        round_,
        answered,
        counts.needed,
        late=state.late,
        stuck=state.stuck,
        done=state.done,
        actions=state.actions,
        surplus=counts.surplus,
    )


def _with_plan(team: TeamGlance, round_: RoundGlance, plan: PlanGlance, today: dt.date, meeting: int) -> TeamStep:
    state = plan.state
    # Those who answered here were told of an address; answers that came in a file may be of anybody.
    may_be_shared = round_.mode is not RoundMode.IMPORTED and round_.plan_shared_at is None
    step = step_of_plan(state, today, is_meeting_near=bool(meeting), may_be_shared=may_be_shared)
    return TeamStep(
        team,
        step,
        round_,
        late=state.late,
        stuck=state.stuck,
        done=state.done,
        actions=state.actions,
        meeting=meeting if step is NextStep.HOLD_MEETING else 0,
        meeting_on=meeting_on(plan.drawn_on, meeting) if step is NextStep.HOLD_MEETING else None,
        next_due_on=None if step is NextStep.OPEN_NEXT_ROUND else state.next_due_on,
        plan_ends_on=due_on(plan.drawn_on, ROUND_EVERY_DAYS),
    )


def _waiting(session: Session, steps: list[TeamStep], now: dt.datetime) -> list[TeamStep]:
    """Nobody has to open a round that opens by itself."""
    ending = [step.team.id for step in steps if step.step is NextStep.OPEN_NEXT_ROUND]
    days = days_of_repetitions(session, ending) if ending else {}
    return [
        replace(step, step=NextStep.WAIT_FOR_REPETITION, repeats_on=day)
        if step.step is NextStep.OPEN_NEXT_ROUND and (day := days.get(step.team.id)) and day > now.date()
        else step
        for step in steps
    ]


def _invited(session: Session, steps: list[TeamStep]) -> list[TeamStep]:
    """Nobody has to be sent a link who was invited by e-mail."""
    asked = (NextStep.INVITE_MORE, NextStep.WAIT_FOR_OPENING)
    round_ids = [step.round.id for step in steps if step.round is not None and step.step in asked]
    invited = rounds_with_recipients(session, round_ids) if round_ids else frozenset()
    return [
        replace(step, is_invited_by_mail=True) if step.round is not None and step.round.id in invited else step
        for step in steps
    ]


def _held(session: Session, steps: list[TeamStep]) -> list[TeamStep]:
    """An open round of one sheet waits for its workshop, where there is one that nobody has ended."""
    asked = [
        step.round.id
        for step in steps
        if step.round is not None and step.step is NextStep.INVITE_MORE and step.round.mode is RoundMode.CONSENSUS
    ]
    held = rounds_with_running(session, asked) if asked else frozenset()
    return [
        replace(step, has_workshop=True) if step.round is not None and step.round.id in held else step for step in steps
    ]
