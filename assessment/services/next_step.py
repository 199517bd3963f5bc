"""What a team should do next, for the start page: facts, without texts."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from sqlalchemy.orm import Session

from assessment.domain.outcome import Outcome, nothing_of
from assessment.domain.plans.choices import ActionStatus
from assessment.domain.plans.faults import is_within_plan
from assessment.domain.rounds import RoundMode, RoundState
from assessment.infra.clock import local_date
from assessment.services.plan_meetings import meetings_due
from assessment.store.latest_rounds import TeamAndRound
from assessment.store.organisations import Organisation
from assessment.store.plans import Plan, carried_from, plans_by_round
from assessment.store.repetitions import days_of_repetitions
from assessment.store.responses import count_by_round
from assessment.store.round_scores import rounds_without_pillars
from assessment.store.rounds import Round
from assessment.store.teams import Team

ENOUGH_SHARE = 0.8
"""A round is ready to stop when this share of the team has answered and the minimum is reached. Our convention."""

ROUND_EVERY_DAYS = 90
"""After so many days the plan is over, and the questionnaire is answered again."""

SHARE_WITHIN_DAYS = 14
"""So long after a plan was drawn up its sharing is the next step; who has not shared it by then does not want to."""


class NextStep(StrEnum):
    """What a team should do now."""

    OPEN_FIRST_ROUND = "open-first-round"
    FINISH_DRAFT = "finish-draft"
    WAIT_FOR_OPENING = "wait-for-opening"
    INVITE_MORE = "invite-more"
    """The round is open, with fewer answers than a result needs."""
    WAIT_FOR_ANSWERS = "wait-for-answers"
    """Enough for a result; more of the team may still answer."""
    STOP_ROUND = "stop-round"
    REOPEN_ROUND = "reopen-round"
    """The round has stopped with too few answers for a result."""
    PUBLISH_ROUND = "publish-round"
    AGREE_TOGETHER = "agree-together"
    """The round was published with too few answers: a consensus round is still possible."""
    TALK_ABOUT_IT = "talk-about-it"
    """Enough people answered, and too few of them could say how things are: a finding that is worth a conversation."""
    MAKE_PLAN = "make-plan"
    READ_RESULTS = "read-results"
    """The round was published with nothing on pillars, on which a plan would stand."""
    HOLD_MEETING = "hold-meeting"
    """A short meeting about the plan is near (30, 60 or 90 days after it), and was not held yet."""
    CATCH_UP_PLAN = "catch-up-plan"
    """An action of the plan is past its date and not done."""
    UNBLOCK_PLAN = "unblock-plan"
    """Nothing of the plan is late, and an action of it cannot go on."""
    SHARE_PLAN = "share-plan"
    """The plan is made, and those who answered cannot read it yet."""
    FOLLOW_PLAN = "follow-plan"
    OPEN_NEXT_ROUND = "open-next-round"
    WAIT_FOR_REPETITION = "wait-for-repetition"
    """The plan is over, and the next round opens by itself."""


BY_NEED = (
    NextStep.HOLD_MEETING,
    NextStep.CATCH_UP_PLAN,
    NextStep.UNBLOCK_PLAN,
    NextStep.STOP_ROUND,
    NextStep.PUBLISH_ROUND,
    NextStep.REOPEN_ROUND,
    NextStep.INVITE_MORE,
    NextStep.TALK_ABOUT_IT,
    NextStep.AGREE_TOGETHER,
    NextStep.MAKE_PLAN,
    NextStep.READ_RESULTS,
    NextStep.OPEN_NEXT_ROUND,
    NextStep.FINISH_DRAFT,
    NextStep.SHARE_PLAN,
    NextStep.OPEN_FIRST_ROUND,
    NextStep.WAIT_FOR_ANSWERS,
    NextStep.WAIT_FOR_OPENING,
    NextStep.WAIT_FOR_REPETITION,
    NextStep.FOLLOW_PLAN,
)
"""The steps in the order in which they need somebody: what is late or waits for a decision, then what goes on by
itself."""


class Stage(StrEnum):
    """The path that a team goes round by round."""

    PREPARE = "prepare"
    ANSWER = "answer"
    SEE = "see"
    ACT = "act"
    REPEAT = "repeat"


STAGES: dict[NextStep, Stage] = {
    NextStep.OPEN_FIRST_ROUND: Stage.PREPARE,
    NextStep.FINISH_DRAFT: Stage.PREPARE,
    NextStep.WAIT_FOR_OPENING: Stage.PREPARE,
    NextStep.INVITE_MORE: Stage.ANSWER,
    NextStep.WAIT_FOR_ANSWERS: Stage.ANSWER,
    NextStep.STOP_ROUND: Stage.ANSWER,
    NextStep.REOPEN_ROUND: Stage.ANSWER,
    NextStep.PUBLISH_ROUND: Stage.SEE,
    NextStep.AGREE_TOGETHER: Stage.SEE,
    NextStep.TALK_ABOUT_IT: Stage.SEE,
    NextStep.READ_RESULTS: Stage.SEE,
    NextStep.MAKE_PLAN: Stage.ACT,
    NextStep.HOLD_MEETING: Stage.ACT,
    NextStep.CATCH_UP_PLAN: Stage.ACT,
    NextStep.UNBLOCK_PLAN: Stage.ACT,
    NextStep.SHARE_PLAN: Stage.ACT,
    NextStep.FOLLOW_PLAN: Stage.ACT,
    NextStep.OPEN_NEXT_ROUND: Stage.REPEAT,
    NextStep.WAIT_FOR_REPETITION: Stage.REPEAT,
}


@dataclass(frozen=True, slots=True)
class PlanState:
    """How far a plan is. `actions` are those that were not given up; `late` and `stuck` count what is still open there,
    `open` those that are neither done nor go on in a later plan."""

    actions: int
    done: int
    open: int
    late: int
    stuck: int
    next_due_on: dt.date | None


def plan_state(plan: Plan, today: dt.date, gone_on: Container[uuid.UUID]) -> PlanState:
    """`gone_on` are actions that go on in a later plan: they are nobody's task here any more."""
    followed = [action for action in plan.current_actions if action.id not in gone_on]
    actions = [action for action in followed if action.status is not ActionStatus.DROPPED]
    undone = sorted(
        action.due_on
        for action in followed
        if action.due_on and action.is_open and is_within_plan(action.due_on, plan.drawn_on)
    )
    return PlanState(
        actions=len(actions),
        done=sum(action.status is ActionStatus.DONE for action in actions),
        open=sum(action.is_open for action in followed),
        late=sum(due_on < today for due_on in undone),
        stuck=sum(action.is_stuck for action in followed),
        next_due_on=next((day for day in undone if day >= today), None),
    )


@dataclass(frozen=True, slots=True)
class TeamStep:
    """A team's next step; `round` is the one it is about. `late` counts the actions that are past their date, `stuck`
    those that cannot go on."""

    team: Team
    step: NextStep
    round: Round | None = None
    answered: int = 0
    needed: int = 0
    late: int = 0
    stuck: int = 0
    done: int = 0
    actions: int = 0
    """Of the plan, those that were given up left out."""
    meeting: int = 0
    """Which meeting of the plan is near: 30, 60 or 90; 0 where none is to be held now."""
    next_due_on: dt.date | None = None
    plan_ends_on: dt.date | None = None
    """When the plan is over, and the next round is due."""
    repeats_on: dt.date | None = None
    """When the next round opens by itself, where that is the step."""
    surplus: int = 0
    """How many more answers an unpublished round has than the team has people."""


def next_steps(
    session: Session, teams: Sequence[tuple[Organisation, TeamAndRound]], now: dt.datetime
) -> list[TeamStep]:
    """What each of these teams should do next, in their order; as many queries for one team as for a hundred.

    Answers are counted of rounds that are not published yet or gave no result, and plans read of those that are.
    """
    latest = [team.latest for _, team in teams if team.latest is not None]
    counted = [round_.id for round_ in latest if round_.published_at is None or round_.is_withheld]
    counts = count_by_round(session, counted)
    published = [round_.id for round_ in latest if round_.published_at is not None]
    plans, unplanned = plans_by_round(session, published), rounds_without_pillars(session, published)
    gone_on = carried_from(session, [plan.id for plan in plans.values()])
    meetings = meetings_due(session, _plans_with_days(plans, teams, now))
    steps = []
    for organisation, (team, round_) in teams:
        if round_ is None:
            steps.append(TeamStep(team, NextStep.OPEN_FIRST_ROUND))
        elif round_.published_at is None:
            steps.append(_before_publication(team, round_, counts.get(round_.id, 0), now))
        else:
            plan, today = plans.get(round_.id), local_date(now, organisation.time_zone)
            if round_.is_withheld:
                steps.append(_without_result(team, round_, counts.get(round_.id, 0)))
            else:
                days = meetings.get(plan.id, 0) if plan else 0
                has_pillars = round_.id not in unplanned
                steps.append(
                    _after_publication(
                        team, round_, plan, today, has_pillars=has_pillars, meeting=days, gone_on=gone_on
                    )
                )
    return _waiting(session, steps, now)


def enough_answers(round_: Round) -> int:
    """From how many answers on a round is ready to stop: one agreed sheet, or nearly all of the team."""
    if round_.mode is RoundMode.CONSENSUS:
        return 1
    return max(round_.minimum_group, round(ENOUGH_SHARE * round_.team_size))


def _before_publication(team: Team, round_: Round, answered: int, now: dt.datetime) -> TeamStep:
    is_consensus = round_.mode is RoundMode.CONSENSUS
    needed, enough = 1 if is_consensus else round_.minimum_group, enough_answers(round_)
    state = round_.facts.state(now)
    if state is RoundState.DRAFT:
        step = NextStep.FINISH_DRAFT
    elif state is RoundState.SCHEDULED:
        step = NextStep.WAIT_FOR_OPENING
    elif state is RoundState.OPEN and answered >= enough:
        step = NextStep.STOP_ROUND
    elif state is RoundState.OPEN:
        step = NextStep.INVITE_MORE if answered < needed else NextStep.WAIT_FOR_ANSWERS
    elif round_.mode is not RoundMode.IMPORTED and answered < needed:
        step = NextStep.REOPEN_ROUND
    else:
        step = NextStep.PUBLISH_ROUND
    surplus = 0 if is_consensus else max(0, answered - round_.team_size)
    return TeamStep(team, step, round_, answered, needed, surplus=surplus)


def _without_result(team: Team, round_: Round, answered: int) -> TeamStep:
    needed = round_.least_answers
    is_of_few = nothing_of(answered, needed) is Outcome.TOO_FEW_ANSWERED
    return TeamStep(team, NextStep.AGREE_TOGETHER if is_of_few else NextStep.TALK_ABOUT_IT, round_, answered, needed)


def _plans_with_days(
    plans: Mapping[uuid.UUID, Plan], teams: Sequence[tuple[Organisation, TeamAndRound]], now: dt.datetime
) -> list[tuple[Plan, dt.date, str]]:
    """Each plan with today and the time zone of its organisation."""
    return [
        (plans[round_.id], local_date(now, organisation.time_zone), organisation.time_zone)
        for organisation, (_team, round_) in teams
        if round_ is not None and round_.id in plans
    ]


def _after_publication(
    team: Team,
    round_: Round,
    plan: Plan | None,
    today: dt.date,
    *,
    has_pillars: bool,
    meeting: int,
    gone_on: Container[uuid.UUID],
) -> TeamStep:
    if plan is None:
        return TeamStep(team, NextStep.MAKE_PLAN if has_pillars else NextStep.READ_RESULTS, round_)
    state, plan_ends_on = plan_state(plan, today, gone_on), plan.drawn_on + dt.timedelta(days=ROUND_EVERY_DAYS)
    is_meeting = bool(meeting) and state.done < state.actions
    if is_meeting:
        step = NextStep.HOLD_MEETING
    elif today >= plan_ends_on:
        step = NextStep.OPEN_NEXT_ROUND
    elif state.late:
        step = NextStep.CATCH_UP_PLAN
    elif state.stuck:
        step = NextStep.UNBLOCK_PLAN
    else:
        step = NextStep.SHARE_PLAN if _is_to_be_shared(round_, plan, today) else NextStep.FOLLOW_PLAN
    return TeamStep(
        team,
        step,
        round_,
        late=state.late,
        stuck=state.stuck,
        done=state.done,
        actions=state.actions,
        meeting=meeting if is_meeting else 0,
        next_due_on=state.next_due_on if step is not NextStep.OPEN_NEXT_ROUND else None,
        plan_ends_on=plan_ends_on,
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


def _is_to_be_shared(round_: Round, plan: Plan, today: dt.date) -> bool:
    """Those who answered here were told of an address; answers that came in a file may be of anybody."""
    is_answered_here = round_.mode is not RoundMode.IMPORTED
    is_recent = (today - plan.drawn_on).days < SHARE_WITHIN_DAYS
    return is_answered_here and round_.plan_shared_at is None and is_recent
