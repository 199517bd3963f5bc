"""People of an organisation: invite them, change what they may do, let them go.

Nobody is added without having accepted: an invitation is a link, used up by whoever owns the address. What an
administrator sees is the same whether or not the address has an account somewhere (decision 0012).
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from assessment.domain.access import OrganisationRole, is_of_all_teams
from assessment.domain.audit import Action, Details, ObjectKind
from assessment.domain.questionnaire import Language
from assessment.infra.languages import language_of
from assessment.infra.tokens import new_token, token_hash
from assessment.services.accounts import add_account, checked_email
from assessment.services.audit import Deed, record
from assessment.store.accounts import User
from assessment.store.audit import name_invited
from assessment.store.engagements import delete_files_of as delete_engagement_files_of
from assessment.store.latest_rounds import names_of_teams
from assessment.store.members import (
    MemberInvitation,
    count_administrators,
    find_invitation,
    find_invitation_by_hash,
    find_member,
    forget_expired_invitations,
    forget_invitation,
    has_member,
    invitations_of,
    limited_invitations,
    lock_members,
    members_of,
    membership_of,
    roles_of,
    set_teams_of_invitation,
    set_teams_of_membership,
    teams_of_invitation,
    teams_of_invitations,
    teams_of_members,
)
from assessment.store.organisations import Membership, Organisation
from assessment.store.portfolio_files import delete_files_of

INVITATION_LASTS = dt.timedelta(days=7)


class UnknownMember(LookupError):
    """Nobody in this organisation has this membership."""


class UnknownInvitation(LookupError):
    """No invitation has this link or id: never made, used up, withdrawn, replaced or too old."""


class AlreadyMember(Exception):
    """Somebody with this address belongs to the organisation."""


class LastAdministrator(Exception):
    """An organisation always has somebody who administers it."""


class NoTeams(ValueError):
    """A member who is not of all teams is of one at least."""


class WrongAccount(Exception):
    """The invitation is for another address than that of the account which is signed in."""


TeamNames = Sequence[tuple[uuid.UUID, str]]
"""Ids and names of teams, by name."""


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who belongs to an organisation; `teams` are those that they are of, `None` all."""

    id: uuid.UUID
    user_id: int
    email: str
    role: OrganisationRole
    is_last_administrator: bool
    teams: TeamNames | None


@dataclass(frozen=True, slots=True)
class Invited:
    """An invitation with its link's token, of which only the hash is stored."""

    invitation: MemberInvitation
    token: str


@dataclass(frozen=True, slots=True)
class InvitationToRead:
    """What an invitation says to whoever opens it."""

    organisation_id: uuid.UUID
    organisation_name: str
    language: Language
    email: str
    role: OrganisationRole
    expires_at: dt.datetime


def list_members(session: Session, *, organisation_id: uuid.UUID) -> list[Member]:
    """The organisation's members, by address."""
    is_alone = count_administrators(session, organisation_id) == 1
    teams = teams_of_members(session, organisation_id)
    members = members_of(session, organisation_id)
    return [_member(membership, email, is_alone, teams.get(membership.id, ())) for membership, email in members]


def list_team_names(session: Session, *, organisation_id: uuid.UUID) -> TeamNames:
    """The teams that a member may be of: all of the organisation, by name."""
    return names_of_teams(session, organisation_id)


def get_member(session: Session, *, organisation_id: uuid.UUID, membership_id: uuid.UUID) -> Member:
    """One member. Raises `UnknownMember`."""
    member = find_member(session, organisation_id, membership_id)
    if member is None:
        raise UnknownMember(membership_id)
    membership, email = member
    teams = teams_of_members(session, organisation_id).get(membership_id, ())
    return _member(membership, email, count_administrators(session, organisation_id) == 1, teams)


def get_own_membership(session: Session, *, organisation_id: uuid.UUID, user_id: int) -> Member:
    """The account's own membership. Raises `UnknownMember`."""
    own = membership_of(session, organisation_id, user_id)
    if own is None:
        raise UnknownMember(user_id)
    return get_member(session, organisation_id=organisation_id, membership_id=own.id)


def list_roles(session: Session, *, user_id: int) -> list[tuple[Organisation, OrganisationRole]]:
    """The account's organisations by name, with its role in each."""
    return [(organisation, role) for organisation, role in roles_of(session, user_id)]


def list_invitations(session: Session, *, organisation_id: uuid.UUID, now: dt.datetime) -> Sequence[MemberInvitation]:
    """The invitations that may still be accepted, by address."""
    return invitations_of(session, organisation_id, now)


def list_invited_teams(session: Session, *, organisation_id: uuid.UUID) -> dict[uuid.UUID, TeamNames]:
    """By invitation, the teams that whoever accepts will be of; an invitation for all teams is not among them."""
    teams = teams_of_invitations(session, organisation_id)
    limited = limited_invitations(session, organisation_id)
    return {invitation_id: teams.get(invitation_id, ()) for invitation_id in limited}


def invite_member(
    session: Session,
    *,
    organisation_id: uuid.UUID,
    email: str,
    role: OrganisationRole,
    teams: Collection[uuid.UUID] | None = None,
    now: dt.datetime,
) -> Invited:
    """An invitation by a link that works once; an earlier one of the same address stops working.

    It is for these teams, or for all (`None`). Raises `InvalidEmail`, `AlreadyMember` or `NoTeams`.
    """
    address = checked_email(email)
    own = _checked_teams(session, organisation_id, role, teams)
    lock_members(session, organisation_id)
    if has_member(session, organisation_id, address):
        raise AlreadyMember(address)
    forget_invitation(session, organisation_id, address)
    forget_expired_invitations(session, organisation_id, now)
    token = new_token()
    invitation = MemberInvitation(
        organisation_id=organisation_id,
        email=address,
        role=role,
        token_hash=token_hash(token),
        expires_at=now + INVITATION_LASTS,
        has_all_teams=own is None,
    )
    session.add(invitation)
    session.flush()
    set_teams_of_invitation(session, invitation, own or ())
    return Invited(invitation, token)


def withdraw_invitation(session: Session, *, organisation_id: uuid.UUID, invitation_id: uuid.UUID) -> str:
    """Deletes the invitation, and so its link. Returns the address it was for. Raises `UnknownInvitation`."""
    lock_members(session, organisation_id)
    invitation = find_invitation(session, organisation_id, invitation_id)
    if invitation is None:
        raise UnknownInvitation(invitation_id)
    session.delete(invitation)
    return invitation.email


def read_invitation(session: Session, *, token: str, now: dt.datetime) -> InvitationToRead:
    """What the invitation of a link says; reading does not use it up. Raises `UnknownInvitation`."""
    invitation = _valid(find_invitation_by_hash(session, token_hash(token)), now)
    organisation = session.get_one(Organisation, invitation.organisation_id)
    return InvitationToRead(
        organisation_id=organisation.id,
        organisation_name=organisation.name,
        language=language_of(organisation.language),
        email=invitation.email,
        role=invitation.role,
        expires_at=invitation.expires_at,
    )


def accept_invitation(session: Session, *, token: str, user_id: int, now: dt.datetime) -> Organisation:
    """The account joins, and the link is used up. Raises `UnknownInvitation` or `WrongAccount`."""
    invitation = _claim(session, token, now)
    account = session.get_one(User, user_id)
    if account.email.lower() != invitation.email:
        raise WrongAccount(account.email)
    return _join(session, invitation, account, now)


def accept_with_new_account(
    session: Session, *, token: str, password_hash: str, now: dt.datetime
) -> tuple[User, Organisation]:
    """An account is made for the address that was invited, and joins.

    Raises `UnknownInvitation`, or `EmailTaken` where the address has an account: its owner signs in first.
    """
    invitation = _claim(session, token, now)
    account = add_account(session, email=invitation.email, password_hash=password_hash, now=now)
    return account, _join(session, invitation, account, now)


def change_role(
    session: Session,
    *,
    organisation_id: uuid.UUID,
    membership_id: uuid.UUID,
    role: OrganisationRole,
    teams: Collection[uuid.UUID] | None = None,
) -> Member:
    """Another role, for these teams or for all (`None`).

    Raises `UnknownMember`, `NoTeams`, or `LastAdministrator` where nobody else administers.
    """
    membership, _email = _locked_member(session, organisation_id, membership_id)
    own = _checked_teams(session, organisation_id, role, teams)
    if role is not OrganisationRole.ADMINISTRATOR:
        _require_another(session, organisation_id, membership)
    membership.role, membership.has_all_teams = role, own is None
    set_teams_of_membership(session, membership, own or ())
    delete_engagement_files_of(session, organisation_id)
    delete_files_of(session, organisation_id)  # one may tell of teams that the member is no longer of
    return get_member(session, organisation_id=organisation_id, membership_id=membership_id)


def remove_member(session: Session, *, organisation_id: uuid.UUID, membership_id: uuid.UUID) -> str:
    """Ends the membership; the account stays. Returns their address.

    Raises `UnknownMember`, or `LastAdministrator` where nobody else administers.
    """
    membership, email = _locked_member(session, organisation_id, membership_id)
    _require_another(session, organisation_id, membership)
    session.delete(membership)
    delete_engagement_files_of(session, organisation_id)
    delete_files_of(session, organisation_id)  # whoever comes back may be of fewer teams
    forget_invitation(session, organisation_id, email.lower())
    session.flush()
    return email


def leave_organisation(session: Session, *, organisation_id: uuid.UUID, user_id: int) -> None:
    """The account leaves by itself. Raises `UnknownMember`, or `LastAdministrator`."""
    own = membership_of(session, organisation_id, user_id)
    if own is None:
        raise UnknownMember(user_id)
    remove_member(session, organisation_id=organisation_id, membership_id=own.id)


def _member(membership: Membership, email: str, is_alone: bool, teams: TeamNames) -> Member:
    is_last = is_alone and membership.role is OrganisationRole.ADMINISTRATOR
    is_of_all = is_of_all_teams(membership.role, membership.has_all_teams)
    return Member(membership.id, membership.user_id, email, membership.role, is_last, None if is_of_all else teams)


def _checked_teams(
    session: Session, organisation_id: uuid.UUID, role: OrganisationRole, teams: Collection[uuid.UUID] | None
) -> list[uuid.UUID] | None:
    """Those of the teams that the organisation has; `None` for all, as for a role that always has all.

    Raises `NoTeams`.
    """
    if is_of_all_teams(role, teams is None):
        return None
    own = [team_id for team_id, _name in names_of_teams(session, organisation_id, only=teams)]
    if not own:
        raise NoTeams
    return own


def _valid(invitation: MemberInvitation | None, now: dt.datetime) -> MemberInvitation:
    if invitation is None or invitation.expires_at <= now:
        raise UnknownInvitation
    return invitation


def _claim(session: Session, token: str, now: dt.datetime) -> MemberInvitation:
    """The invitation, with the organisation's members locked, so that two cannot use it at once."""
    invitation = _valid(find_invitation_by_hash(session, token_hash(token)), now)
    lock_members(session, invitation.organisation_id)
    return _valid(find_invitation_by_hash(session, token_hash(token)), now)


def _locked_member(session: Session, organisation_id: uuid.UUID, membership_id: uuid.UUID) -> tuple[Membership, str]:
    """The member, read after the organisation's members were locked."""
    lock_members(session, organisation_id)
    member = find_member(session, organisation_id, membership_id)
    if member is None:
        raise UnknownMember(membership_id)
    return member[0], member[1]


def _require_another(session: Session, organisation_id: uuid.UUID, membership: Membership) -> None:
    is_administrator = membership.role is OrganisationRole.ADMINISTRATOR
    if is_administrator and count_administrators(session, organisation_id) < 2:
        raise LastAdministrator


def _join(session: Session, invitation: MemberInvitation, account: User, now: dt.datetime) -> Organisation:
    """Makes the account a member. One that is a member already keeps its role."""
    organisation_id = invitation.organisation_id
    if membership_of(session, organisation_id, account.id) is None:
        membership = Membership(
            user_id=account.id,
            organisation_id=organisation_id,
            role=invitation.role,
            has_all_teams=invitation.has_all_teams,
        )
        session.add(membership)
        session.flush()
        set_teams_of_membership(session, membership, teams_of_invitation(session, invitation.id))
        told = Details(role=invitation.role)
        record(session, Deed(organisation_id, account.id, Action.JOINED, ObjectKind.MEMBER, details=told), now=now)
        name_invited(session, organisation_id, invitation.id, account.id)
    session.delete(invitation)
    session.flush()
    return session.get_one(Organisation, organisation_id)
