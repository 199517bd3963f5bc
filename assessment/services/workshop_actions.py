"""Actions that were written down in a workshop, offered to the plan of its round as the team's own."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

from sqlalchemy.orm import Session

from assessment.domain.plans.choices import ActionChoice
from assessment.domain.plans.edits import with_written
from assessment.domain.questionnaire import Questionnaire
from assessment.domain.rounds import RoundMode
from assessment.domain.workshops import PRIORITIES
from assessment.services.plans import RoundPlan, change_plan
from assessment.services.workshops import all_questions_of
from assessment.store.rounds import Round
from assessment.store.workshops import NoteKind, agreements_of, ended_of, notes_of


class UnknownNotedAction(LookupError):
    """No action of this id was written down, or it is in the plan already."""


@dataclass(frozen=True, slots=True)
class NotedAction:
    """An action as it was written down; `pillar` is the one that was talked about, empty with a moment or before."""

    id: uuid.UUID
    words: str
    owner: str
    due_on: dt.date | None
    pillar: str


def noted_actions(session: Session, round_plan: RoundPlan) -> tuple[NotedAction, ...]:
    """What the round's workshops wrote down and the plan does not hold yet, in these words."""
    round_ = round_plan.results.round
    if round_.mode is not RoundMode.CONSENSUS:
        return ()
    there = {action.title for action in round_plan.choices.remembered}
    pillars = _pillars_of(round_plan.results.questionnaire)
    return tuple(
        NotedAction(note.id, note.words, note.owner, note.due_on, pillars.get(note.question, ""))
        for workshop in ended_of(session, round_.organisation_id, round_.id)
        for note in notes_of(session, workshop.id)
        if note.kind is NoteKind.ACTION and note.words not in there
    )


@dataclass(frozen=True, slots=True)
class RoomPriorities:
    """The pillars that the round's last workshop agreed on as those that matter most now, by their ids; `able` are
    those among them that a plan can take, since they have a result."""

    pillars: tuple[str, ...]
    able: tuple[str, ...]
    is_in_plan: bool
    """Whether the plan takes `able` already, and says why it does."""


def room_priorities(session: Session, round_plan: RoundPlan) -> RoomPriorities:
    """What the room decided, beside the plan as it stands; no pillars where it did not decide."""
    pillars = _agreed_priorities(session, round_plan.results.round, round_plan.results.questionnaire)
    judged = {one.pillar for one in round_plan.results.result.pillars if not one.is_withheld and one.level is not None}
    able = tuple(pillar for pillar in pillars if pillar in judged)
    chosen = round_plan.choices.pillars
    is_in_plan = {one.pillar for one in chosen} == set(able) and all(one.reason != "" for one in chosen)
    return RoomPriorities(pillars, able, is_in_plan)


def _agreed_priorities(session: Session, round_: Round, questionnaire: Questionnaire) -> tuple[str, ...]:
    if round_.mode is not RoundMode.CONSENSUS:
        return ()
    for workshop in reversed(ended_of(session, round_.organisation_id, round_.id)):
        for agreement in agreements_of(session, workshop.id):
            if agreement.question == PRIORITIES:
                asked = next((one for one in all_questions_of(session, round_) if one.key == PRIORITIES), None)
                return tuple(questionnaire.pillars[at - 1].id for at in asked.chosen(agreement.level)) if asked else ()
    return ()


def take_noted(
    session: Session,
    round_plan: RoundPlan,
    note_id: uuid.UUID,
    *,
    pillar: str = "",
    instead_of: uuid.UUID | None = None,
    now: dt.datetime,
    base_version: int,
    user_id: int | None,
) -> RoundPlan:
    """The plan with such an action as one more of a pillar, or instead of another; it can be undone.

    Raises `UnknownNotedAction`, `UnknownHeading`, `InvalidPlan` where there is no room, or `PlanChangedMeanwhile`.
    """
    noted = next((one for one in noted_actions(session, round_plan) if one.id == note_id), None)
    if noted is None:
        raise UnknownNotedAction(note_id)
    written = ActionChoice(title=noted.words, owner=noted.owner, due_on=noted.due_on)
    choices = with_written(round_plan.choices, written, pillar=pillar, instead_of=instead_of)
    return change_plan(session, round_plan, choices, now=now, base_version=base_version, may_undo=True, user_id=user_id)


def _pillars_of(questionnaire: Questionnaire) -> dict[str, str]:
    """The pillar of each question that a room votes on."""
    return {f"items:{item.id}": pillar.id for pillar in questionnaire.pillars for item in pillar.items}
