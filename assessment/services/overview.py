"""What the start page shows to an account."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from assessment.domain.access import OrganisationRole, Permission, may
from assessment.services.next_step import TeamStep, next_steps
from assessment.store.organisations import Organisation, organisations_of, role_in


@dataclass(frozen=True, slots=True)
class OrganisationOverview:
    """An organisation as one account sees it: the next step of each team, by name, and what the account may do."""

    organisation: Organisation
    steps: Sequence[TeamStep]
    role: OrganisationRole | None

    @property
    def may_manage_teams(self) -> bool:
        return may(self.role, Permission.MANAGE_TEAMS)

    @property
    def may_manage_rounds(self) -> bool:
        return may(self.role, Permission.MANAGE_ROUNDS)

    @property
    def may_manage_organisation(self) -> bool:
        return may(self.role, Permission.MANAGE_ORGANISATION)

    @property
    def may_manage_members(self) -> bool:
        return may(self.role, Permission.MANAGE_MEMBERS)


def list_organisations(session: Session, *, user_id: int, now: dt.datetime) -> list[OrganisationOverview]:
    """The account's organisations by name."""
    return [
        overview_of(session, user_id=user_id, organisation=organisation, now=now)
        for organisation in organisations_of(session, user_id)
    ]


def overview_of(
    session: Session, *, user_id: int, organisation: Organisation, now: dt.datetime
) -> OrganisationOverview:
    """One organisation as the account sees it."""
    return OrganisationOverview(
        organisation,
        next_steps(session, organisation_id=organisation.id, now=now),
        role_in(session, user_id, organisation.id),
    )


def may_do(session: Session, *, user_id: int, organisation: Organisation, permission: Permission) -> bool:
    """Whether the account may do something in the organisation, for what a page offers."""
    return may(role_in(session, user_id, organisation.id), permission)
