"""What an account may do in an organisation: looked up once, then passed on."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy.orm import Session

from assessment.domain.access import OrganisationRole, Permission, is_of_all_teams, may
from assessment.services.rounds import UnknownRound
from assessment.services.teams import UnknownTeam
from assessment.store.database import Database
from assessment.store.members import add_team_to_membership
from assessment.store.organisations import Organisation, membership_in, teams_of_membership
from assessment.store.rounds import find_round
from assessment.store.scope import limit_to_teams


class NotAllowed(Exception):
    """The account has no role in the organisation, or there is none of this id."""


@dataclass(frozen=True, slots=True)
class Access:
    """An organisation, and the role of one of its members in it.

    `team_ids` are the teams that the member is of; `None` is all of them, also those that come later.
    """

    organisation: Organisation
    role: OrganisationRole
    user_id: int
    team_ids: frozenset[uuid.UUID] | None = None

    @property
    def organisation_id(self) -> uuid.UUID:
        return self.organisation.id

    @property
    def is_of_all_teams(self) -> bool:
        return self.team_ids is None

    def may(self, permission: Permission) -> bool:
        return may(self.role, permission)

    def covers(self, team_id: uuid.UUID) -> bool:
        """Whether the member is of this team. For anybody else it does not exist."""
        return self.team_ids is None or team_id in self.team_ids


def get_access(session: Session, *, user_id: int, organisation_id: uuid.UUID) -> Access:
    """The account's access to an organisation. Raises `NotAllowed` for outsiders, as if it did not exist."""
    own = membership_in(session, user_id, organisation_id)
    organisation = session.get(Organisation, organisation_id)
    if organisation is None or own is None:
        raise NotAllowed(organisation_id)
    is_of_all = is_of_all_teams(own.role, own.has_all_teams)
    return Access(organisation, own.role, user_id, None if is_of_all else teams_of_membership(session, own.id))


def require_team(session: Session, access: Access, *, team_id: uuid.UUID | None, round_id: uuid.UUID | None) -> None:
    """That the member is of the team that is named, or whose round is. Raises `UnknownTeam` or `UnknownRound`, as where
    there is none."""
    if access.is_of_all_teams:
        return
    if team_id is not None and not access.covers(team_id):
        raise UnknownTeam(team_id)
    if team_id is None and round_id is not None:
        round_ = find_round(session, access.organisation_id, round_id)
        if round_ is None or not access.covers(round_.team_id):
            raise UnknownRound(round_id)


def stay_in_scope(session: Session, access: Access) -> None:
    """From now on the session finds nothing of teams that the member is not of, whatever it is asked."""
    limit_to_teams(session, access.team_ids)


@contextmanager
def reading_elsewhere(
    database: Database, *, user_id: int, organisation_id: uuid.UUID
) -> Iterator[tuple[Session, Access]]:
    """A session of its own, as the account may read in another organisation than the page's: what its membership
    there lets it see, and nothing of the page's. Raises `NotAllowed`."""
    with database.reading() as session:
        access = get_access(session, user_id=user_id, organisation_id=organisation_id)
        stay_in_scope(session, access)
        yield session, access


def add_own_team(session: Session, access: Access, *, team_id: uuid.UUID) -> None:
    """A team that a member who is not of all teams has just added becomes one of theirs."""
    own = membership_in(session, access.user_id, access.organisation_id)
    if not access.is_of_all_teams and own is not None:
        add_team_to_membership(session, access.organisation_id, own.id, team_id)
