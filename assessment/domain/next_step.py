"""What a team should do now, decided from facts in one place: start page, home of a team and portfolio say the same."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from assessment.domain.outcome import Outcome, nothing_of
from assessment.domain.rounds import RoundFacts, RoundMode, RoundState

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
class RoundCounts:
    """A round that is not published: when it opens and closes, of how many, how many have answered, and from how many
    on a group may be shown."""

    facts: RoundFacts
    answered: int
    team_size: int
    minimum_group: int

    @property
    def is_agreed(self) -> bool:
        return self.facts.mode is RoundMode.CONSENSUS

    @property
    def needed(self) -> int:
        """From how many answers on there can be a result: one agreed sheet, or the smallest group."""
        return 1 if self.is_agreed else self.minimum_group

    @property
    def surplus(self) -> int:
        """How many more answers there are than people."""
        return 0 if self.is_agreed else max(0, self.answered - self.team_size)


def enough_answers(mode: RoundMode, team_size: int, minimum_group: int) -> int:
    """From how many answers on a round is ready to stop: one agreed sheet, or nearly all of the team."""
    if mode is RoundMode.CONSENSUS:
        return 1
    return max(minimum_group, round(ENOUGH_SHARE * team_size))


def step_before_publication(counts: RoundCounts, now: dt.datetime) -> NextStep:
    """What an unpublished round waits for."""
    state = counts.facts.state(now)
    if state is RoundState.DRAFT:
        return NextStep.FINISH_DRAFT
    if state is RoundState.SCHEDULED:
        return NextStep.WAIT_FOR_OPENING
    if state is RoundState.OPEN:
        if counts.answered >= enough_answers(counts.facts.mode, counts.team_size, counts.minimum_group):
            return NextStep.STOP_ROUND
        return NextStep.INVITE_MORE if counts.answered < counts.needed else NextStep.WAIT_FOR_ANSWERS
    if counts.facts.mode is not RoundMode.IMPORTED and counts.answered < counts.needed:
        return NextStep.REOPEN_ROUND
    return NextStep.PUBLISH_ROUND


def step_without_result(answered: int, needed: int) -> NextStep:
    """What comes after a round that was published with nothing to show."""
    is_of_few = nothing_of(answered, needed) is Outcome.TOO_FEW_ANSWERED
    return NextStep.AGREE_TOGETHER if is_of_few else NextStep.TALK_ABOUT_IT


@dataclass(frozen=True, slots=True)
class PlanState:
    """How far a plan is: its actions without those that were given up, those done, open, late and stuck; and when the
    next open one is due. A day that no plan can have says nothing about being late."""

    drawn_on: dt.date
    actions: int = 0
    done: int = 0
    open: int = 0
    late: int = 0
    stuck: int = 0
    next_due_on: dt.date | None = None


def step_of_plan(plan: PlanState, today: dt.date, *, is_meeting_near: bool, may_be_shared: bool) -> NextStep:
    """What a plan needs. `may_be_shared` is whether those who answered could read it and cannot yet."""
    is_meeting = is_meeting_near and plan.done < plan.actions
    if (today - plan.drawn_on).days >= ROUND_EVERY_DAYS and not is_meeting:
        return NextStep.OPEN_NEXT_ROUND
    if is_meeting:
        return NextStep.HOLD_MEETING
    if plan.late:
        return NextStep.CATCH_UP_PLAN
    if plan.stuck:
        return NextStep.UNBLOCK_PLAN
    is_recent = (today - plan.drawn_on).days < SHARE_WITHIN_DAYS
    return NextStep.SHARE_PLAN if may_be_shared and is_recent else NextStep.FOLLOW_PLAN
