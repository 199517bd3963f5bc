"""Who belongs to an organisation, and who is invited to."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import ForeignKey, Row, String, UniqueConstraint, delete, func, select, true
from sqlalchemy.orm import Mapped, Session, mapped_column

from assessment.domain.access import OrganisationRole
from assessment.store.accounts import User
from assessment.store.base import Base, Moment, RandomKey, belongs_to, tenant_key, text_enum
from assessment.store.organisations import Membership, MembershipTeam, Organisation
from assessment.store.teams import Team


class MemberInvitation(RandomKey, Base):
    """Somebody asked to join with a role; only the hash of the link is kept. One for each address."""

    __tablename__ = "member_invitations"
    __table_args__ = (UniqueConstraint("organisation_id", "email"), tenant_key("member_invitations"))

    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisations.id", ondelete="CASCADE"), index=True)
    email: Mapped[str] = mapped_column(String(255))
    role: Mapped[OrganisationRole] = mapped_column(text_enum(OrganisationRole))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    expires_at: Mapped[Moment]
    has_all_teams: Mapped[bool] = mapped_column(default=True, server_default=true())


class MemberInvitationTeam(Base):
    """A team of those that whoever accepts will work with."""

    __tablename__ = "member_invitation_teams"
    __table_args__ = (belongs_to("member_invitations", "invitation_id"), belongs_to("teams", "team_id"))

    invitation_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    team_id: Mapped[uuid.UUID] = mapped_column(primary_key=True, index=True)
    organisation_id: Mapped[uuid.UUID]


def members_of(session: Session, organisation_id: uuid.UUID) -> Sequence[Row[Membership, str]]:
    """The organisation's members with their addresses, by address."""
    return session.execute(
        select(Membership, User.email)
        .join(User, User.id == Membership.user_id)
        .where(Membership.organisation_id == organisation_id)
        .order_by(func.lower(User.email), Membership.id)
    ).all()


def find_member(session: Session, organisation_id: uuid.UUID, membership_id: uuid.UUID) -> Row[Membership, str] | None:
    """A member of this organisation, never another's, with their address; as the database has it now."""
    return session.execute(
        select(Membership, User.email)
        .join(User, User.id == Membership.user_id)
        .where(Membership.organisation_id == organisation_id, Membership.id == membership_id)
        .execution_options(populate_existing=True)
    ).one_or_none()


def membership_of(session: Session, organisation_id: uuid.UUID, user_id: int) -> Membership | None:
    return session.scalar(
        select(Membership).where(Membership.organisation_id == organisation_id, Membership.user_id == user_id)
    )


def has_member(session: Session, organisation_id: uuid.UUID, email: str) -> bool:
    """Whether somebody with this address belongs to the organisation."""
    return (
        session.scalar(
            select(Membership.id)
            .join(User, User.id == Membership.user_id)
            .where(Membership.organisation_id == organisation_id, func.lower(User.email) == email.lower())
        )
        is not None
    )


def count_administrators(session: Session, organisation_id: uuid.UUID) -> int:
    return (
        session.scalar(
            select(func.count())
            .select_from(Membership)
            .where(Membership.organisation_id == organisation_id, Membership.role == OrganisationRole.ADMINISTRATOR)
        )
        or 0
    )


def roles_of(session: Session, user_id: int) -> Sequence[Row[Organisation, OrganisationRole]]:
    """The account's organisations by name, with its role in each."""
    return session.execute(
        select(Organisation, Membership.role)
        .join(Membership, Membership.organisation_id == Organisation.id)
        .where(Membership.user_id == user_id)
        .order_by(Organisation.name, Organisation.id)
    ).all()


def names_of_organisations(
    session: Session, user_id: int, at_most: int | None = None
) -> Sequence[Row[uuid.UUID, str, OrganisationRole]]:
    """The ids and names of the account's organisations by name, with its role in each."""
    return session.execute(
        select(Organisation.id, Organisation.name, Membership.role)
        .join(Membership, Membership.organisation_id == Organisation.id)
        .where(Membership.user_id == user_id)
        .order_by(Organisation.name, Organisation.id)
        .limit(at_most)
    ).all()


def lock_members(session: Session, organisation_id: uuid.UUID) -> None:
    """Nobody else changes this organisation's members until the transaction ends (on SQLite, writers are alone)."""
    session.execute(select(Organisation.id).where(Organisation.id == organisation_id).with_for_update())


def invitations_of(session: Session, organisation_id: uuid.UUID, now: dt.datetime) -> Sequence[MemberInvitation]:
    """Those that may still be accepted, by address."""
    return session.scalars(
        select(MemberInvitation)
        .where(MemberInvitation.organisation_id == organisation_id, MemberInvitation.expires_at > now)
        .order_by(MemberInvitation.email)
    ).all()


def limited_invitations(session: Session, organisation_id: uuid.UUID) -> Sequence[uuid.UUID]:
    """The ids of those that are not for all teams."""
    return session.scalars(
        select(MemberInvitation.id).where(
            MemberInvitation.organisation_id == organisation_id, MemberInvitation.has_all_teams.is_(False)
        )
    ).all()


def find_invitation(session: Session, organisation_id: uuid.UUID, invitation_id: uuid.UUID) -> MemberInvitation | None:
    """An invitation of this organisation, never another's."""
    return session.scalar(
        select(MemberInvitation).where(
            MemberInvitation.organisation_id == organisation_id, MemberInvitation.id == invitation_id
        )
    )


def find_invitation_by_hash(session: Session, token_hash: str) -> MemberInvitation | None:
    """As the database has it now."""
    return session.scalar(
        select(MemberInvitation)
        .where(MemberInvitation.token_hash == token_hash)
        .execution_options(populate_existing=True)
    )


def forget_invitation(session: Session, organisation_id: uuid.UUID, email: str) -> None:
    session.execute(
        delete(MemberInvitation).where(
            MemberInvitation.organisation_id == organisation_id, MemberInvitation.email == email
        )
    )


def forget_expired_invitations(session: Session, organisation_id: uuid.UUID, now: dt.datetime) -> None:
    session.execute(
        delete(MemberInvitation).where(
            MemberInvitation.organisation_id == organisation_id, MemberInvitation.expires_at <= now
        )
    )


def teams_of_members(session: Session, organisation_id: uuid.UUID) -> dict[uuid.UUID, list[tuple[uuid.UUID, str]]]:
    """The teams that memberships of the organisation name, by name: ids and names by membership."""
    return _teams_by(
        session,
        select(MembershipTeam.membership_id, Team.id, Team.name)
        .join(Team, Team.id == MembershipTeam.team_id)
        .where(MembershipTeam.organisation_id == organisation_id),
    )


def teams_of_invitations(session: Session, organisation_id: uuid.UUID) -> dict[uuid.UUID, list[tuple[uuid.UUID, str]]]:
    """The teams that invitations to the organisation name, by name: ids and names by invitation."""
    return _teams_by(
        session,
        select(MemberInvitationTeam.invitation_id, Team.id, Team.name)
        .join(Team, Team.id == MemberInvitationTeam.team_id)
        .where(MemberInvitationTeam.organisation_id == organisation_id),
    )


def _teams_by(session: Session, query: Any) -> dict[uuid.UUID, list[tuple[uuid.UUID, str]]]:
    teams: dict[uuid.UUID, list[tuple[uuid.UUID, str]]] = {}
    for owner, team_id, name in session.execute(query.order_by(Team.name, Team.id)):
        teams.setdefault(owner, []).append((team_id, name))
    return teams


def set_teams_of_membership(session: Session, membership: Membership, teams: Collection[uuid.UUID]) -> None:
    """These and no others; nothing happens to whether the member is of all teams."""
    session.execute(delete(MembershipTeam).where(MembershipTeam.membership_id == membership.id))
    for team_id in teams:
        add_team_to_membership(session, membership.organisation_id, membership.id, team_id)
    session.flush()


def add_team_to_membership(
    session: Session, organisation_id: uuid.UUID, membership_id: uuid.UUID, team_id: uuid.UUID
) -> None:
    session.add(MembershipTeam(organisation_id=organisation_id, membership_id=membership_id, team_id=team_id))


def set_teams_of_invitation(session: Session, invitation: MemberInvitation, teams: Collection[uuid.UUID]) -> None:
    """Of an invitation that names none yet."""
    for team_id in teams:
        session.add(
            MemberInvitationTeam(
                organisation_id=invitation.organisation_id, invitation_id=invitation.id, team_id=team_id
            )
        )
    session.flush()


def teams_of_invitation(session: Session, invitation_id: uuid.UUID) -> list[uuid.UUID]:
    return list(
        session.scalars(select(MemberInvitationTeam.team_id).where(MemberInvitationTeam.invitation_id == invitation_id))
    )
