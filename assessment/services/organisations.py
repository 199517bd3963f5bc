"""Set up an organisation, and find what an account may work on."""

from __future__ import annotations

import datetime as dt
import uuid

from sqlalchemy.orm import Session

from assessment.domain.access import OrganisationRole, Permission, may
from assessment.domain.conventions import MINIMUM_GROUP_FLOOR
from assessment.domain.questionnaire import Language
from assessment.infra.countries import Country
from assessment.store.accounts import User
from assessment.store.organisations import Membership, Organisation, role_in


class NotAllowed(Exception):
    """The account's role in the organisation does not grant this; an outsider's never does."""


class MinimumGroupTooSmall(ValueError):
    """No organisation may show results of a group under `MINIMUM_GROUP_FLOOR`."""


def create_organisation(
    session: Session, *, name: str, country: Country, language: Language, founder_id: int, now: dt.datetime
) -> Organisation:
    """A new organisation, with its founder as administrator. What the sample account founds is sample data."""
    founder = session.get_one(User, founder_id)
    organisation = Organisation(
        name=name,
        country=country.code,
        language=language,
        time_zone=country.time_zone,
        is_sample=founder.is_sample,
        created_at=now,
    )
    session.add(organisation)
    session.flush()
    session.add(Membership(user_id=founder_id, organisation_id=organisation.id, role=OrganisationRole.ADMINISTRATOR))
    return organisation


def require_permission(
    session: Session, *, user_id: int, organisation_id: uuid.UUID, permission: Permission
) -> Organisation:
    """The organisation, for an account that may do this in it. Raises `NotAllowed`, also where it does not exist."""
    role = role_in(session, user_id, organisation_id)
    organisation = session.get(Organisation, organisation_id)
    if organisation is None or not may(role, permission):
        raise NotAllowed
    return organisation


def change_organisation(
    session: Session, *, organisation: Organisation, name: str, country: Country, language: Language, minimum_group: int
) -> Organisation:
    """Another name, country, language or minimum group; rounds keep the minimum that they were opened with.

    A new country brings its time zone. Raises `MinimumGroupTooSmall`.
    """
    if minimum_group < MINIMUM_GROUP_FLOOR:
        raise MinimumGroupTooSmall(minimum_group)
    held = session.get_one(Organisation, organisation.id)
    if country.code != held.country:
        held.country, held.time_zone = country.code, country.time_zone
    held.name, held.language, held.minimum_group = name, language, minimum_group
    return held
