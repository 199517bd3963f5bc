"""Links by which owners without an account update their own actions: made, withdrawn, read, used.

A link is for the actions that it was made for, as long as their owner is the same: it never comes to more (decision
0032). Reading it changes nothing.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from assessment.domain.plans.choices import ActionChoice, ActionStatus, PlanChoices
from assessment.domain.plans.edits import with_progress
from assessment.domain.plans.faults import LONGEST_SPAN
from assessment.infra.clock import local_date
from assessment.infra.tokens import new_token, token_hash
from assessment.services.plans import RoundPlan, change_plan, draft_plan, read_plan
from assessment.services.rounds import lock_round
from assessment.store.organisations import Organisation
from assessment.store.owner_links import (
    OwnerLink,
    OwnerLinkAction,
    find_owner_link,
    find_owner_link_by_hash,
    has_later_plan,
    links_of_plan,
    round_of_plan,
)
from assessment.store.plans import find_plan
from assessment.store.rounds import Round
from assessment.store.teams import Team

DAYS_AFTER_PLAN = 14
"""So long after the plan's last day a link still works; and at least so long after it was made."""
MOST_DAYS = 180
OWNERS_MAY_SAY = (ActionStatus.TODO, ActionStatus.DOING, ActionStatus.BLOCKED, ActionStatus.DONE)
"""How far an owner may say that an action is. To give one up is for whoever leads the plan."""


class UnknownOwnerLink(LookupError):
    """No link of an owner has this token or id."""


class OwnerLinkEnded(Exception):
    """The link was withdrawn, or another one took its place."""


class OwnerLinkExpired(Exception):
    """The link's last day is over."""


class OwnerLinkOfEarlierPlan(Exception):
    """The team has a later plan: nobody follows this one any more."""


class NotOfOwner(LookupError):
    """An action that is not in the plan, or that the link is not for."""


@dataclass(frozen=True, slots=True)
class MadeLink:
    """A link with its token, of which only the hash is stored."""

    link: OwnerLink
    token: str


@dataclass(frozen=True, slots=True)
class OwnersActions:
    """What a link leads to. `action_ids` are those that it is for by now, in the order of the plan."""

    organisation: Organisation
    team: Team
    round: Round
    round_plan: RoundPlan
    link: OwnerLink
    action_ids: tuple[uuid.UUID, ...]


@dataclass(frozen=True, slots=True)
class OwnerSays:
    """How far an owner says that one of their actions is, with a note and with what shows it; that stays where none is
    given."""

    action_id: uuid.UUID
    status: ActionStatus
    note: str
    evidence: str | None = None


def last_day_of_link(drawn_on: dt.date, today: dt.date) -> dt.date:
    """The last day on which a link that is made today works, for a plan that was drawn up on a day."""
    after_plan = drawn_on + dt.timedelta(days=LONGEST_SPAN + DAYS_AFTER_PLAN)
    earliest, latest = (today + dt.timedelta(days=days) for days in (DAYS_AFTER_PLAN, MOST_DAYS))
    return max(earliest, min(after_plan, latest))


def list_owner_links(session: Session, *, organisation_id: uuid.UUID, round_id: uuid.UUID) -> Sequence[OwnerLink]:
    """All links that were made for a round's plan, the newest first, also those that no longer work."""
    plan = find_plan(session, organisation_id, round_id)
    return links_of_plan(session, plan.id) if plan else ()


def make_owner_link(
    session: Session,
    *,
    organisation_id: uuid.UUID,
    round_id: uuid.UUID,
    owner: str,
    action_ids: Collection[uuid.UUID],
    now: dt.datetime,
) -> MadeLink:
    """A link to some actions of the plan for their owner, `owner` being the name that people read there. It takes the
    place of earlier ones for the same name, or for one of these actions. A plan that nobody had begun begins with the
    proposal.

    Raises what `read_plan` raises, or `NotOfOwner` for no action, one that is not in the plan, one without an owner or
    several people's.
    """
    lock_round(session, organisation_id=organisation_id, round_id=round_id)
    today = local_date(now, session.get_one(Organisation, organisation_id).time_zone)
    plan = draft_plan(session, organisation_id=organisation_id, round_id=round_id, drawn_on=today, now=now)
    chosen = [action for action in plan.current_actions if action.id in action_ids]
    named = {_same_name(action.owner) for action in chosen if action.owner is not None}
    if not owner or not chosen or len(chosen) != len(set(action_ids)) or len(named) > 1 or "" in named:
        raise NotOfOwner
    for earlier in links_of_plan(session, plan.id):
        is_same = _same_name(earlier.owner) == _same_name(owner) or not earlier.action_ids.isdisjoint(action_ids)
        if earlier.ended_at is None and is_same:
            earlier.ended_at = now
    token = new_token()
    link = OwnerLink(
        organisation_id=organisation_id,
        plan_id=plan.id,
        owner=owner,
        token_hash=token_hash(token),
        made_at=now,
        expires_on=last_day_of_link(plan.drawn_on, today),
        actions=[
            OwnerLinkAction(organisation_id=organisation_id, action_id=action.id, owner=action.owner)
            for action in chosen
        ],
    )
    session.add(link)
    session.flush()
    return MadeLink(link, token)


def end_owner_link(
    session: Session, *, organisation_id: uuid.UUID, round_id: uuid.UUID, link_id: uuid.UUID, now: dt.datetime
) -> OwnerLink:
    """The link no longer works. One that has ended already stays as it is. Raises `UnknownRound` or
    `UnknownOwnerLink`."""
    lock_round(session, organisation_id=organisation_id, round_id=round_id)
    plan = find_plan(session, organisation_id, round_id)
    link = find_owner_link(session, plan.id, link_id) if plan else None
    if link is None:
        raise UnknownOwnerLink(link_id)
    link.ended_at = link.ended_at or now
    return link


def read_owners_actions(session: Session, *, token: str, now: dt.datetime) -> OwnersActions:
    """What a link leads to; nothing is written.

    Raises `UnknownOwnerLink`, `OwnerLinkEnded`, `OwnerLinkExpired` or `OwnerLinkOfEarlierPlan`; or what `read_plan`
    raises.
    """
    link = find_owner_link_by_hash(session, token_hash(token))
    if link is None:
        raise UnknownOwnerLink
    return _actions_of(session, link, round_of_plan(session, link.plan_id), now)


def say_how_far(session: Session, *, token: str, said: Sequence[OwnerSays], now: dt.datetime) -> OwnersActions:
    """Keeps what an owner says of their actions, and the day. What else of the plan was changed meanwhile stays.

    Raises what `read_owners_actions` raises, or `NotOfOwner` for an action that the link is not for, for one that was
    given up, and for a status that is not an owner's to give; nothing is kept then.
    """
    found = find_owner_link_by_hash(session, token_hash(token))
    if found is None:
        raise UnknownOwnerLink
    own = round_of_plan(session, found.plan_id)
    lock_round(session, organisation_id=own.organisation_id, round_id=own.id)
    link = find_owner_link_by_hash(session, token_hash(token))  # anew: it may have been withdrawn before the lock
    if link is None:
        raise UnknownOwnerLink
    actions = _actions_of(session, link, own, now)
    choices = actions.round_plan.choices
    known = {action.id: action for action in choices.actions}
    for one in said:
        is_theirs = one.action_id in actions.action_ids and one.status in OWNERS_MAY_SAY
        if not is_theirs or known[one.action_id].status is ActionStatus.DROPPED:
            raise NotOfOwner(one.action_id)
        choices = with_progress(choices, one.action_id, status=one.status, note=one.note, evidence=one.evidence)
    change_plan(session, actions.round_plan, choices, now=now, link_owner=link.owner)
    link.used_on = local_date(now, actions.organisation.time_zone)
    return actions


def actions_of_link(link: OwnerLink, choices: PlanChoices) -> tuple[ActionChoice, ...]:
    """The actions that a link is for by now: those it was made for that are in the plan and have the same owner."""
    made_for = {action.action_id: action.owner for action in link.actions}
    return tuple(
        action
        for action in choices.actions
        if action.id in made_for and _same_name(action.owner) == _same_name(made_for[action.id])
    )


def _actions_of(session: Session, link: OwnerLink, round_: Round, now: dt.datetime) -> OwnersActions:
    organisation = session.get_one(Organisation, link.organisation_id)
    today = local_date(now, organisation.time_zone)
    if link.ended_at is not None:
        raise OwnerLinkEnded
    if link.expires_on < today:
        raise OwnerLinkExpired
    if has_later_plan(session, round_):
        raise OwnerLinkOfEarlierPlan
    round_plan = read_plan(session, organisation_id=organisation.id, round_id=round_.id, drawn_on=today)
    ids = tuple(action.id for action in actions_of_link(link, round_plan.choices))
    return OwnersActions(organisation, session.get_one(Team, round_.team_id), round_, round_plan, link, ids)


def _same_name(owner: str | None) -> str | None:
    """Capitals may differ. `None` stands for the library's words, which are a name of their own."""
    return None if owner is None else owner.casefold()
