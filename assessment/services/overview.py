"""What the start page shows to an account."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from assessment.domain.access import Permission
from assessment.services.access import Access, list_access
from assessment.services.next_step import TeamStep, next_steps
from assessment.store.organisations import Organisation


@dataclass(frozen=True, slots=True)
class OrganisationOverview:
    """An organisation as one account sees it: the next step of each team, by name, and what the account may do."""

    access: Access
    steps: Sequence[TeamStep]

    @property
    def organisation(self) -> Organisation:
        return self.access.organisation

    @property
    def may_manage_teams(self) -> bool:
        return self.access.may(Permission.MANAGE_TEAMS)

    @property
    def may_manage_rounds(self) -> bool:
        return self.access.may(Permission.MANAGE_ROUNDS)

    @property
    def may_manage_organisation(self) -> bool:
        return self.access.may(Permission.MANAGE_ORGANISATION)

    @property
    def may_manage_members(self) -> bool:
        return self.access.may(Permission.MANAGE_MEMBERS)


def list_organisations(session: Session, *, user_id: int, now: dt.datetime) -> list[OrganisationOverview]:
    """The account's organisations by name."""
    return [get_overview(session, access=access, now=now) for access in list_access(session, user_id=user_id)]


def get_overview(session: Session, *, access: Access, now: dt.datetime) -> OrganisationOverview:
    """One organisation as the account sees it."""
    return OrganisationOverview(access, next_steps(session, organisation_id=access.organisation_id, now=now))
