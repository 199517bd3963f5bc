"""Did it work? Written when a round is published, for each action that was done early enough before; and read again."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence
from functools import cache
from itertools import count, groupby
from typing import Any

from sqlalchemy.orm import Session

from assessment.catalogue.catalogue import load_action_library
from assessment.domain.answers import TeamAnswers
from assessment.domain.plans import outcomes
from assessment.domain.plans.choices import ActionStatus
from assessment.domain.plans.outcomes import (
    MOST_COMPARED_LATER,
    FinishedAction,
    OpenAction,
    PastEvent,
    PlanOutcomes,
    Unanswered,
    finished_at,
    is_answered_by,
    of_similar_start,
)
from assessment.domain.privacy import release
from assessment.domain.result import Change, ChangeLabel, LadderChange, TeamResult
from assessment.domain.rounds import RoundMode, RoundPurpose
from assessment.domain.texts import Text
from assessment.infra.clock import local_date
from assessment.services.comparison import NoChange, compare_with, compared, stored_answers, why_not_compared
from assessment.services.questionnaires import QuestionnaireChanged, pinned_questionnaire
from assessment.services.snapshots import result_from_snapshot
from assessment.store.action_outcomes import (
    ActionOutcome,
    OutcomeRow,
    PlanAndRound,
    actions_in_other_words,
    answered_actions,
    outcomes_of_round,
    plans_before,
    rounds_without_outcomes,
)
from assessment.store.database import Database
from assessment.store.plan_actions import PlanAction, ServedKind, events_of_actions
from assessment.store.plans import Plan, carried_from, plan_before
from assessment.store.round_scores import ScoreKind, scores_of_round
from assessment.store.rounds import Round, find_round_for_update

AT_ONCE = 20
"""Rounds a transaction, where outcomes are written for rounds that were published before there were any."""

LABELS: tuple[ChangeLabel, ...] = ("improved", "worse", "same", "unclear")
"""What a round may say; "withheld" is none of it."""

REASONS = {
    NoChange.OTHER_WORDING: Unanswered.OTHER_WORDING,
    NoChange.CONSENSUS: Unanswered.CONSENSUS,
    NoChange.TOO_FEW: Unanswered.TOO_FEW,
    NoChange.ANSWERS_DELETED: Unanswered.ANSWERS_DELETED,
}


def write_action_outcomes(
    session: Session, published: Round, result: TeamResult, answers: TeamAnswers | None = None
) -> None:
    """Writes what a round says of actions that were done before it opened; once, with its publication.

    `result` is the frozen one, not released; the answers are read where they are needed and not given. A pulse says
    nothing, and a round only what no earlier one has said.
    """
    published.has_outcomes = True
    if published.purpose is not RoundPurpose.ASSESSMENT:
        return
    earlier = plans_before(session, published)
    ids = [plan.id for plan, _ in earlier]
    answered, told = answered_actions(session, ids), actions_in_other_words(session, ids)
    positions = count()
    for plan, plan_round in earlier:
        due = [one for one in _due_actions(session, plan, published) if one[0].id not in answered]
        if not due:
            continue
        for outcome in _outcomes_of(session, published, result, answers, PlanAndRound(plan, plan_round), due):
            if outcome.reason is Unanswered.OTHER_WORDING and outcome.action_id in told:
                continue  # said once already; a round that asks as the plan's did may still come
            outcome.organisation_id, outcome.round_id = published.organisation_id, published.id
            outcome.plan_id, outcome.position = plan.id, next(positions)
            session.add(outcome)
    session.flush()


def write_missing_outcomes(database: Database) -> int:
    """Writes what rounds say that were published before this was kept, as far as the answers are still there; returns
    of how many rounds. It may be stopped at any time, and goes on where it was."""
    with database.reading() as session:
        missing = rounds_without_outcomes(session)
    for start in range(0, len(missing), AT_ONCE):
        with database.writing() as session:
            for round_id in missing[start : start + AT_ONCE]:
                _write_if_missing(session, round_id)
    return len(missing)


def _write_if_missing(session: Session, round_id: uuid.UUID) -> None:
    round_ = find_round_for_update(session, round_id)
    if round_ is None or round_.snapshot is None or round_.has_outcomes:
        return
    write_action_outcomes(session, round_, result_from_snapshot(round_.snapshot))


Due = tuple[PlanAction, "dt.datetime | None"]
"""An action that is done, and when; `None` where nobody knows."""


def _due_actions(session: Session, plan: Plan, published: Round) -> Sequence[Due]:
    """The plan's actions that were done early enough before a round opened, or nobody knows when; with when."""
    done = [action for action in plan.current_actions if action.status is ActionStatus.DONE and action.ref_id]
    opened_at = published.opens_at or published.created_at
    due: list[Due] = []
    for action, at in _finished(session, done):
        if at is None or is_answered_by(at, opened_at):
            due.append((action, at))
    return due


def _finished(session: Session, done: Sequence[PlanAction]) -> Iterable[Due]:
    """Each action that is done, with when; without where no event tells."""
    events: dict[uuid.UUID, list[PastEvent]] = {}
    for event in events_of_actions(session, [action.id for action in done]):
        events.setdefault(event.action_id, []).append(PastEvent(event.happened_at, event.changes))
    for action in done:
        yield action, finished_at(action.status, events.get(action.id, ()))


def _outcomes_of(
    session: Session,
    published: Round,
    result: TeamResult,
    answers: TeamAnswers | None,
    planned: PlanAndRound,
    due: Sequence[Due],
) -> Iterable[ActionOutcome]:
    plan, plan_round = planned
    found = _compared(session, published, result, answers, plan_round)
    starts: dict[tuple[ScoreKind, str], float | None] = {
        (score.kind, score.ref_id): score.score
        for score in scores_of_round(session, plan_round.organisation_id, plan_round.id)
        if score.kind in (ScoreKind.PILLAR, ScoreKind.POINT)
    }
    begun = []
    for action, at in due:
        kind = ScoreKind.POINT if action.serves is ServedKind.POINT else ScoreKind.PILLAR
        start = starts.get((kind, action.ref_id))
        reason = Unanswered.UNKNOWN_DAY if at is None else found if isinstance(found, Unanswered) else None
        outcome = _outcome(action.serves, action.ref_id, start, None if reason else found)
        outcome.action_id, outcome.finished_at = action.id, at
        outcome.reason = reason or outcome.reason
        if outcome.label and kind is ScoreKind.PILLAR and start is not None:
            begun.append(start)
        yield outcome
    if isinstance(found, Unanswered):
        return
    taken = {one.ref_id for one in plan.current_actions if one.status is not ActionStatus.DROPPED}
    others = {
        ref_id: score
        for (kind, ref_id), score in starts.items()
        if kind is ScoreKind.PILLAR and ref_id not in taken and score is not None
    }
    within = pinned_questionnaire(session, published).scale.smallest_change
    for ref_id in of_similar_start(others, begun, within=within):
        outcome = _outcome(ServedKind.PILLAR, ref_id, others[ref_id], found)
        if outcome.label:
            yield outcome


def _compared(
    session: Session, published: Round, result: TeamResult, answers: TeamAnswers | None, plan_round: Round
) -> TeamResult | Unanswered:
    """The round's released result with its change since the plan's round, or why there is none."""
    if published.mode is RoundMode.IMPORTED:
        return Unanswered.FROM_FILE
    reason = why_not_compared(session, plan_round, published, result)
    if reason is NoChange.CONSENSUS and result.mode != "consensus":
        return Unanswered.PLAN_OF_CONSENSUS
    if reason:
        return REASONS[reason]
    if published.answers_deleted_at:
        return Unanswered.ANSWERS_DELETED
    try:
        questionnaire = pinned_questionnaire(session, published)
    except QuestionnaireChanged:
        return Unanswered.OTHER_WORDING
    before = compare_with(session, published, result).earlier
    if before is None or before.id != plan_round.id:
        if plan_round.compared_later >= MOST_COMPARED_LATER:
            return Unanswered.COMPARED_BEFORE
        plan_round.compared_later += 1
        result = compared(session, published, result, answers or stored_answers(session, published), plan_round)
    minimum = max(published.minimum_group, plan_round.minimum_group)
    return release(result, questionnaire, minimum_group=minimum)


def _outcome(
    serves: ServedKind, ref_id: str, start: float | None, found: TeamResult | Unanswered | None
) -> ActionOutcome:
    """A row about a pillar or point, from a released result; without one, it says nothing yet."""
    outcome = ActionOutcome(serves=serves, ref_id=ref_id, before=start)
    if found is None or isinstance(found, Unanswered):
        return outcome
    change: Change | LadderChange | None
    if serves is ServedKind.POINT:
        change = next((one for one in found.ladder_change if one.point == ref_id), None)
        outcome.after = next((one.median for one in found.ladder if one.point == ref_id), None)
    else:
        change = next((one for one in found.change if one.pillar == ref_id), None)
        outcome.after = next((one.mean for one in found.pillars if one.pillar == ref_id), None)
    if change is None or start is None:
        outcome.reason = Unanswered.NOT_ASKED
    elif change.label not in LABELS:
        outcome.reason = Unanswered.TOO_FEW
    else:
        outcome.label, outcome.n_before, outcome.n_after = change.label, change.n1, change.n2
        if isinstance(change, Change):
            outcome.change = change.difference
            outcome.low, outcome.high = change.ci95 or (None, None)
    return outcome


# Reading


def read_action_outcomes(session: Session, round_: Round, *, time_zone: str) -> tuple[PlanOutcomes, ...]:
    """What a round says of finished actions, plan by plan."""
    rows = outcomes_of_round(session, round_.organisation_id, round_.id)
    plans = []
    for _plan, group in groupby(rows, key=lambda row: row.outcome.plan_id):
        listed = list(group)
        actions = tuple(_action_outcome(row, row.action, time_zone) for row in listed if row.action is not None)
        if actions:
            others = tuple(_pillar_change(row.outcome) for row in listed if row.action is None)
            plans.append(PlanOutcomes(listed[0].round_name, actions, others))
    return tuple(plans)


def _action_outcome(row: OutcomeRow, action: PlanAction, time_zone: str) -> outcomes.ActionOutcome:
    outcome = row.outcome
    done_on = local_date(outcome.finished_at, time_zone) if outcome.finished_at else None
    change: Change | LadderChange | None = None
    if outcome.label is not None:
        change = _point_change(outcome) if outcome.serves is ServedKind.POINT else _pillar_change(outcome)
    return outcomes.ActionOutcome(_finished_action(action, done_on, row.points), change, outcome.reason)


def _finished_action(action: PlanAction, done_on: dt.date | None, points: Sequence[dict[str, Any]]) -> FinishedAction:
    """`points` are those of the plan's round."""
    return FinishedAction(
        title=title_of(action),
        ref_id=action.ref_id,
        is_point=action.serves is ServedKind.POINT,
        finished_on=done_on,
        library_id=action.library_id,
        point_name=next((point["name"] for point in points if point["id"] == action.ref_id), ""),
    )


def _pillar_change(outcome: ActionOutcome) -> Change:
    has_range = outcome.low is not None and outcome.high is not None
    return Change(
        outcome.ref_id,
        outcome.n_before or 0,
        outcome.n_after or 0,
        linked=False,
        difference=outcome.change,
        ci95=(outcome.low, outcome.high) if has_range else None,  # type: ignore[arg-type]
        label=outcome.label or "withheld",  # type: ignore[arg-type]
    )


def _point_change(outcome: ActionOutcome) -> LadderChange:
    return LadderChange(
        outcome.ref_id,
        outcome.n_before or 0,
        outcome.n_after or 0,
        linked=False,
        median1=outcome.before,
        median2=outcome.after,
        label=outcome.label or "withheld",  # type: ignore[arg-type]
    )


def finished_actions(
    session: Session, round_: Round, *, since: Round, time_zone: str
) -> tuple[tuple[FinishedAction, ...], tuple[FinishedAction, ...]]:
    """The actions that were done before this round was published: all of the plans from an earlier round on, and of any
    plan before those so recent that only the next round says what came of them."""
    done, recent = [], []
    for plan, plan_round in plans_before(session, round_):
        is_since = plan_round.id == since.id or not _is_before(plan_round, since)
        listed = [action for action in plan.current_actions if action.status is ActionStatus.DONE and action.ref_id]
        for action, at in _finished(session, listed):
            if at and round_.published_at and at > round_.published_at:
                continue
            day = local_date(at, time_zone) if at else None
            finished = _finished_action(action, day, plan_round.points)
            if is_since:
                done.append(finished)
            if at and not is_answered_by(at, round_.opens_at or round_.created_at):
                recent.append(finished)
    return tuple(done), tuple(recent)


def _is_before(one: Round, other: Round) -> bool:
    return bool(one.published_at and other.published_at and one.published_at < other.published_at)


def open_actions(session: Session, round_: Round) -> tuple[OpenAction, ...]:
    """What is still open in the plan of the round before this one, and goes on in no other."""
    found = plan_before(session, round_)
    if found is None:
        return ()
    plan, plan_round = found
    gone_on = carried_from(session, [plan.id])
    return tuple(
        OpenAction(
            title=title_of(action),
            ref_id=action.ref_id,
            is_point=action.serves is ServedKind.POINT,
            library_id=action.library_id,
            point_name=next((point["name"] for point in plan_round.points if point["id"] == action.ref_id), ""),
        )
        for action in plan.current_actions
        if action.is_open and action.ref_id and action.id not in gone_on
    )


def title_of(action: PlanAction) -> Text:
    """What an action is called: the library's words, or the team's own."""
    return library_titles().get(action.library_id) or Text(action.title, action.title)


@cache
def library_titles() -> dict[str, Text]:
    library = load_action_library()
    titles = {}
    for pillar in library.pillars.values():
        for action in (pillar.conversation, *(one for level in pillar.by_level.values() for one in level)):
            titles[action.id] = action.title
    for moves in library.moves.by_step_and_phase.values():
        titles |= {move.id: move.title for move in moves}
    return titles
