"""What an account may do in an organisation: looked up once, then passed on."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from sqlalchemy.orm import Session

from assessment.domain.access import OrganisationRole, Permission, may
from assessment.store.organisations import Organisation, role_in


class NotAllowed(Exception):
    """The account has no role in the organisation, or there is none of this id."""


@dataclass(frozen=True, slots=True)
class Access:
    """An organisation, and the role of one of its members in it."""

    organisation: Organisation
    role: OrganisationRole
    user_id: int

    @property
    def organisation_id(self) -> uuid.UUID:
        return self.organisation.id

    def may(self, permission: Permission) -> bool:
        return may(self.role, permission)


def get_access(session: Session, *, user_id: int, organisation_id: uuid.UUID) -> Access:
    """The account's access to an organisation. Raises `NotAllowed` for outsiders, as if it did not exist."""
    role = role_in(session, user_id, organisation_id)
    organisation = session.get(Organisation, organisation_id)
    if organisation is None or role is None:
        raise NotAllowed(organisation_id)
    return Access(organisation, role, user_id)
