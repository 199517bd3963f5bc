"""The photograph of a signed plan: added, replaced, taken away. Names that people signed with are personal data."""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid

from sqlalchemy.orm import Session

from assessment.infra.clock import local_date
from assessment.infra.pictures import Picture
from assessment.services.plans import draft_plan
from assessment.services.rounds import get_round, lock_round
from assessment.store.compaction import owe_emptied_log
from assessment.store.organisations import Organisation
from assessment.store.plan_photographs import (
    PlanPhotograph,
    delete_photograph,
    find_photograph,
    find_photograph_facts,
)
from assessment.store.plans import find_plan

__all__ = ["PlanPhotograph"]


class NoPhotograph(LookupError):
    """The plan has no photograph."""


def set_photograph(
    session: Session, *, organisation_id: uuid.UUID, round_id: uuid.UUID, picture: Picture, now: dt.datetime
) -> PlanPhotograph:
    """The plan's photograph from now on, instead of the one before. It was drawn again from what was sent before this,
    while nobody waited to write. Raises what `draft_plan` raises."""
    lock_round(session, organisation_id=organisation_id, round_id=round_id)
    today = local_date(now, session.get_one(Organisation, organisation_id).time_zone)
    plan = draft_plan(session, organisation_id=organisation_id, round_id=round_id, drawn_on=today, now=now)
    photograph = find_photograph(session, organisation_id, plan.id)
    if photograph is None:
        photograph = PlanPhotograph(organisation_id=organisation_id, plan_id=plan.id)
        session.add(photograph)
    else:
        owe_emptied_log(session)
    photograph.media_type, photograph.width, photograph.height = picture.media_type, picture.width, picture.height
    photograph.picture, photograph.checksum = picture.data, hashlib.sha256(picture.data).hexdigest()
    photograph.added_at = now
    session.flush()
    return photograph


def remove_photograph(session: Session, *, organisation_id: uuid.UUID, round_id: uuid.UUID) -> None:
    """Takes the photograph away; on SQLite also out of the write-ahead log. Raises `UnknownRound`."""
    lock_round(session, organisation_id=organisation_id, round_id=round_id)
    plan = find_plan(session, organisation_id, round_id)
    if plan and delete_photograph(session, organisation_id, plan.id):
        owe_emptied_log(session)


def get_photograph(session: Session, *, organisation_id: uuid.UUID, round_id: uuid.UUID) -> PlanPhotograph:
    """The photograph with its picture. Raises `UnknownRound` or `NoPhotograph`."""
    get_round(session, organisation_id=organisation_id, round_id=round_id)
    plan = find_plan(session, organisation_id, round_id)
    photograph = find_photograph(session, organisation_id, plan.id) if plan else None
    if photograph is None:
        raise NoPhotograph
    return photograph


def photograph_facts(session: Session, *, organisation_id: uuid.UUID, round_id: uuid.UUID) -> PlanPhotograph | None:
    """The photograph without its bytes, for pages."""
    plan = find_plan(session, organisation_id, round_id)
    return find_photograph_facts(session, organisation_id, plan.id) if plan else None
