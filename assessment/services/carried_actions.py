"""Actions that were still open when the team planned anew: those that somebody chooses go on in the new plan.

They come with their owner, note and status, and with their history: what became of them before is copied, so that it
stays with them however long the earlier plan is kept. There, they are no longer open.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from assessment.domain.plans.carrying import EarlierAction, Offer, offers, with_carried
from assessment.domain.plans.choices import ActionChoice
from assessment.domain.plans.history import ActionChangeKind
from assessment.domain.plans.library import known_actions
from assessment.domain.plans.proposal import NothingToPlan
from assessment.domain.texts import Text
from assessment.infra.languages import Localisation
from assessment.services.plans import RoundPlan, change_plan, read_plan
from assessment.services.questionnaires import QuestionnaireChanged
from assessment.store.plan_actions import ActionEvent, CarriedAction, events_of_actions
from assessment.store.plans import came_from, carried_from, plan_before
from assessment.store.rounds import Round


@dataclass(frozen=True, slots=True)
class LookingBack:
    """The open actions of the team's plan before, and what may be done with them."""

    round: Round
    round_plan: RoundPlan
    offers: tuple[Offer, ...]


def is_something_left(session: Session, round_plan: RoundPlan) -> bool:
    """Whether actions of the plan before this one are still open there."""
    found = plan_before(session, round_plan.results.round)
    if found is None:
        return False
    gone_on = carried_from(session, [found[0].id])
    return any(action.is_open and action.id not in gone_on for action in found[0].current_actions)


def look_back(session: Session, round_plan: RoundPlan, reader: Localisation) -> LookingBack | None:
    """What is still open in the plan before this one; nothing where that is nothing. The reader's language is that in
    which actions are written out which the library no longer has."""
    found = plan_before(session, round_plan.results.round)
    if found is None or not is_something_left(session, round_plan):
        return None
    plan, round_ = found
    try:
        earlier = read_plan(session, organisation_id=plan.organisation_id, round_id=round_.id, drawn_on=plan.drawn_on)
    except (NothingToPlan, QuestionnaireChanged):  # nobody can read it any more
        return None
    gone_on = carried_from(session, [plan.id])
    still_open = [
        EarlierAction(action, heading, earlier.choices.point, _in_words(earlier, heading, action, reader))
        for heading in earlier.choices.headings
        for action in earlier.choices.actions_under(heading)
        if action.status.is_open and action.id not in gone_on and (action.library_id or action.title)
    ]
    if not still_open:
        return None
    return LookingBack(round_, earlier, offers(round_plan.basis, round_plan.choices, still_open))


def carry_over(
    session: Session,
    round_plan: RoundPlan,
    looking_back: LookingBack,
    *,
    kept: Collection[uuid.UUID],
    taken: Collection[uuid.UUID],
    today: dt.date,
    now: dt.datetime,
    base_version: int,
    user_id: int | None,
) -> RoundPlan:
    """The plan with those of its actions that are kept and those of the earlier one that are taken; it can be undone.

    Raises `PlanChangedMeanwhile`, or `InvalidPlan` for what does not fit.
    """
    chosen = [offer.earlier for offer in looking_back.offers if offer.earlier.id in taken]
    choices, came = with_carried(round_plan.basis, round_plan.choices, kept=kept, taken=chosen, today=today)
    changed = change_plan(
        session,
        round_plan,
        choices,
        now=now,
        base_version=base_version,
        may_undo=bool(came) or choices != round_plan.choices,
        user_id=user_id,
        has_new_actions=bool(came),
    )
    earlier = {one.id: one.action for one in chosen}
    plan = changed.plan
    assert plan is not None  # noqa: S101 - it begins with its first change
    plan.looked_back_at = now
    for new_id, from_id in came.items():
        session.add(CarriedAction(organisation_id=plan.organisation_id, action_id=new_id, from_id=from_id))
    _copy_history(session, plan.organisation_id, came)
    for action in choices.actions:
        if action.id in came and action.due_on != earlier[came[action.id]].due_on:
            days = [str(day or "") for day in (earlier[came[action.id]].due_on, action.due_on)]
            session.add(
                ActionEvent(
                    organisation_id=plan.organisation_id,
                    action_id=action.id,
                    happened_at=now + dt.timedelta(microseconds=1),
                    user_id=user_id,
                    kind=ActionChangeKind.CHANGED,
                    changes={"due_on": days},
                )
            )
    session.flush()
    return changed


def carried_names(session: Session, round_plan: RoundPlan) -> Mapping[uuid.UUID, str]:
    """The actions of a plan that came from an earlier one, by their ids, with the names of those plans' rounds."""
    return came_from(session, round_plan.plan.id) if round_plan.plan else {}


def _copy_history(session: Session, organisation_id: uuid.UUID, came: Mapping[uuid.UUID, uuid.UUID]) -> None:
    now_as = {from_id: new_id for new_id, from_id in came.items()}
    for event in events_of_actions(session, list(now_as)):
        session.add(
            ActionEvent(
                organisation_id=organisation_id,
                action_id=now_as[event.action_id],
                happened_at=event.happened_at,
                user_id=event.user_id,
                link_owner=event.link_owner,
                kind=event.kind,
                changes=event.changes,
            )
        )


def _in_words(earlier: RoundPlan, heading: str, action: ActionChoice, reader: Localisation) -> ActionChoice:
    """An action of the library as one of the team's own."""
    known = known_actions(earlier.basis, heading).get(action.library_id)
    if known is None:
        return replace(action, library_id="", title=action.title or action.library_id)

    def words(written: str | None, proposed: Text) -> str:
        return reader.text(proposed) if written is None else written

    return replace(
        action,
        library_id="",
        title=reader.text(known.title),
        what=reader.text(known.what),
        owner=words(action.owner, known.owner),
        measure=words(action.measure, known.measure),
    )
