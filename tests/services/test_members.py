"""People of an organisation: invited, joined, changed, gone; never without an administrator."""

from __future__ import annotations

import datetime as dt
import uuid
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest

from assessment.domain.access import OrganisationRole
from assessment.services.access import get_access
from assessment.services.accounts import EmailTaken, InvalidEmail
from assessment.services.members import (
    INVITATION_LASTS,
    AlreadyMember,
    LastAdministrator,
    NoTeams,
    UnknownInvitation,
    UnknownMember,
    WrongAccount,
    accept_invitation,
    accept_with_new_account,
    change_role,
    get_own_membership,
    invite_member,
    leave_organisation,
    list_invitations,
    list_members,
    read_invitation,
    remove_member,
    withdraw_invitation,
)
from assessment.store.accounts import User
from assessment.store.organisations import Membership, role_in
from assessment.store.teams import Team
from tests.services.build import DAY, NOW, make_home

ADMINISTRATOR, MANAGER, LEADERSHIP, VIEWER = OrganisationRole


def make_account(database, email="ana@example.org"):
    with database.writing() as session:
        account = User(email=email, active=True, fs_uniquifier=uuid.uuid4().hex)
        session.add(account)
        session.flush()
        return account.id


def make_member(database, home, role=MANAGER):
    user = make_account(database, f"{uuid.uuid4().hex}@example.org")
    with database.writing() as session:
        membership = Membership(user_id=user, organisation_id=home.organisation, role=role)
        session.add(membership)
        session.flush()
        return user, membership.id


def invite(database, home, email="ana@example.org", role=MANAGER, now=NOW):
    with database.writing() as session:
        return invite_member(session, organisation_id=home.organisation, email=email, role=role, now=now).token


def join(database, token, user, now=NOW):
    with database.writing() as session:
        return accept_invitation(session, token=token, user_id=user, now=now).id


def role_of(database, home, user):
    with database.reading() as session:
        return role_in(session, user, home.organisation)


def own_id(database, home, user=None):
    with database.reading() as session:
        own = get_own_membership(session, organisation_id=home.organisation, user_id=user or home.user)
        return own.id


def test_somebody_new_joins_with_an_account_of_their_own(database):
    home = make_home(database)
    token = invite(database, home, " Ana@Example.ORG ", VIEWER)
    with database.reading() as session:
        invitation = read_invitation(session, token=token, now=NOW)
        assert (invitation.organisation_name, invitation.email, invitation.role) == (
            "Alegra",
            "ana@example.org",
            VIEWER,
        )
    with database.writing() as session:
        account, organisation = accept_with_new_account(session, token=token, password_hash="x", now=NOW)  # noqa: S106
        assert organisation.id == home.organisation
    assert role_of(database, home, account.id) is VIEWER


def test_a_link_works_once(database):
    home, user = make_home(database), make_account(database)
    token = invite(database, home)
    assert join(database, token, user) == home.organisation
    with database.writing() as session:
        leave_organisation(session, organisation_id=home.organisation, user_id=user)
    with pytest.raises(UnknownInvitation):
        join(database, token, user)
    assert role_of(database, home, user) is None


def test_a_link_ends_after_a_week(database):
    home, user = make_home(database), make_account(database)
    token = invite(database, home)
    with pytest.raises(UnknownInvitation):
        join(database, token, user, now=NOW + INVITATION_LASTS)
    with database.reading() as session:
        assert not list_invitations(session, organisation_id=home.organisation, now=NOW + INVITATION_LASTS)
    assert join(database, token, user, now=NOW + INVITATION_LASTS - dt.timedelta(seconds=1))


def test_a_new_link_ends_the_one_before(database):
    home, user = make_home(database), make_account(database)
    old, new = invite(database, home), invite(database, home, role=VIEWER)
    with pytest.raises(UnknownInvitation):
        join(database, old, user)
    join(database, new, user)
    assert role_of(database, home, user) is VIEWER


def test_a_withdrawn_link_leads_nowhere(database):
    home, other, user = make_home(database), make_home(database, "Otra"), make_account(database)
    token = invite(database, home)
    with database.reading() as session:
        (invitation,) = list_invitations(session, organisation_id=home.organisation, now=NOW)
    with pytest.raises(UnknownInvitation), database.writing() as session:
        withdraw_invitation(session, organisation_id=other.organisation, invitation_id=invitation.id)
    with database.writing() as session:
        withdraw_invitation(session, organisation_id=home.organisation, invitation_id=invitation.id)
    with pytest.raises(UnknownInvitation):
        join(database, token, user)


def test_an_invitation_is_for_its_address_only(database):
    home, stranger = make_home(database), make_account(database, "other@example.org")
    token = invite(database, home)
    with pytest.raises(WrongAccount):
        join(database, token, stranger)
    assert role_of(database, home, stranger) is None


def test_an_account_that_exists_is_not_taken_over_by_an_invitation(database):
    home, user = make_home(database), make_account(database)
    token = invite(database, home)
    with pytest.raises(EmailTaken), database.writing() as session:
        accept_with_new_account(session, token=token, password_hash="x", now=NOW)  # noqa: S106
    with database.reading() as session:
        assert session.get_one(User, user).password is None
    join(database, token, user)


def test_what_is_no_address_and_who_belongs_already_are_refused(database):
    home, user = make_home(database), make_account(database)
    with pytest.raises(InvalidEmail):
        invite(database, home, "ana")
    join(database, invite(database, home), user)
    with pytest.raises(AlreadyMember):
        invite(database, home, "ANA@example.org")


def test_an_invitation_does_not_tell_whether_the_address_has_an_account(database):
    home = make_home(database)
    make_account(database, "known@example.org")
    for email in ("known@example.org", "nobody@example.org"):
        invite(database, home, email)
    with database.reading() as session:
        facts = [
            (one.role, one.expires_at) for one in list_invitations(session, organisation_id=home.organisation, now=NOW)
        ]
    assert facts[0] == facts[1]


@pytest.mark.both_databases
def test_of_two_who_use_a_link_at_once_one_comes_second(database):
    home, user = make_home(database), make_account(database)
    token, together = invite(database, home), Barrier(4)

    def use(number):
        together.wait()
        try:
            if number % 2:
                join(database, token, user)
            else:
                with database.writing() as session:
                    invite_member(
                        session, organisation_id=home.organisation, email="ana@example.org", role=VIEWER, now=NOW
                    )
        except (UnknownInvitation, AlreadyMember) as refused:
            return type(refused)
        return None

    with ThreadPoolExecutor(4) as threads:
        results = list(threads.map(use, range(4)))
    assert role_of(database, home, user) in (MANAGER, None)
    assert results.count(None) >= 1


def test_the_last_administrator_stays(database):
    home = make_home(database)
    make_member(database, home)
    own = own_id(database, home)
    where: dict[str, Any] = {"organisation_id": home.organisation}
    with pytest.raises(LastAdministrator), database.writing() as session:
        change_role(session, **where, membership_id=own, role=MANAGER)
    with pytest.raises(LastAdministrator), database.writing() as session:
        remove_member(session, **where, membership_id=own)
    with pytest.raises(LastAdministrator), database.writing() as session:
        leave_organisation(session, **where, user_id=home.user)
    with database.reading() as session:
        assert [one.is_last_administrator for one in list_members(session, **where) if one.id == own] == [True]


@pytest.mark.parametrize("act", ["remove", "change", "leave"])
@pytest.mark.both_databases
def test_of_two_administrators_who_go_at_once_one_stays(database, act):
    home = make_home(database)
    user, other = make_member(database, home, ADMINISTRATOR)
    people, together = [(home.user, own_id(database, home)), (user, other)], Barrier(2)
    where: dict[str, Any] = {"organisation_id": home.organisation}

    def go(number):
        together.wait()
        try:
            with database.writing() as session:
                if act == "leave":
                    leave_organisation(session, **where, user_id=people[number][0])
                elif act == "remove":  # each the other one
                    remove_member(session, **where, membership_id=people[1 - number][1])
                else:
                    change_role(session, **where, membership_id=people[number][1], role=VIEWER)
        except LastAdministrator:
            return 1
        return 0

    with ThreadPoolExecutor(2) as threads:
        assert sum(threads.map(go, range(2))) == 1
    with database.reading() as session:
        assert [one.role for one in list_members(session, **where)].count(ADMINISTRATOR) == 1


def test_members_of_one_organisation_are_nobody_in_another(database):
    home, other = make_home(database), make_home(database, "Otra")
    _, member = make_member(database, home)
    for act in (
        lambda session: change_role(
            session, organisation_id=other.organisation, membership_id=member, role=ADMINISTRATOR
        ),
        lambda session: remove_member(session, organisation_id=other.organisation, membership_id=member),
        lambda session: leave_organisation(session, organisation_id=other.organisation, user_id=home.user),
    ):
        with pytest.raises(UnknownMember), database.writing() as session:
            act(session)


def test_whoever_is_removed_cannot_come_back_by_an_older_invitation(database):
    home = make_home(database)
    user, member = make_member(database, home)
    with database.reading() as session:
        email = session.get_one(User, user).email
    with database.writing() as session:
        remove_member(session, organisation_id=home.organisation, membership_id=member)
    token = invite(database, home, email, now=NOW - DAY)
    join(database, token, user)
    assert role_of(database, home, user) is MANAGER


def test_a_member_is_of_the_teams_that_the_invitation_named(database):
    home, now = make_home(database), NOW
    with database.writing() as session:
        token = invite_member(
            session, organisation_id=home.organisation, email="ana@example.org", role=VIEWER, teams=[home.team], now=now
        ).token
    with database.writing() as session:
        account, _organisation = accept_with_new_account(session, token=token, password_hash="-", now=now)  # noqa: S106
        account_id = account.id
    with database.reading() as session:
        access = get_access(session, user_id=account_id, organisation_id=home.organisation)
        assert access.team_ids == {home.team}
        assert not access.covers(uuid.uuid4())


def test_a_role_of_all_teams_takes_no_teams_and_others_at_least_one(database):
    home, now = make_home(database), NOW
    where: dict[str, Any] = {"organisation_id": home.organisation, "email": "ana@example.org", "now": now}
    for teams in ([], [uuid.uuid4()], [make_home(database, "Otra").team]):
        with pytest.raises(NoTeams), database.writing() as session:
            invite_member(session, **where, role=MANAGER, teams=teams)
    with database.writing() as session:
        for role in (ADMINISTRATOR, LEADERSHIP):
            assert invite_member(session, **where, role=role, teams=[home.team]).invitation.has_all_teams


def test_a_deleted_team_is_nobodys_any_more(database):
    home = make_home(database)
    user, membership = make_member(database, home, VIEWER)
    with database.writing() as session:
        where = {"organisation_id": home.organisation, "membership_id": membership}
        assert change_role(session, **where, role=VIEWER, teams=[home.team]).teams == [(home.team, "Mesa de ayuda")]
    with database.writing() as session:
        session.delete(session.get(Team, home.team))
    with database.reading() as session:
        assert get_own_membership(session, organisation_id=home.organisation, user_id=user).teams == ()
        assert get_access(session, user_id=user, organisation_id=home.organisation).team_ids == frozenset()
