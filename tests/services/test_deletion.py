"""Teams, organisations and accounts, deleted by their names: all that goes along is gone, all else stays."""

from __future__ import annotations

import uuid

import pytest
from sqlalchemy import String, cast, func, select

from assessment.domain.access import OrganisationRole
from assessment.services.deletion import (
    WrongName,
    contents_of_team,
    delete_account,
    delete_organisation,
    delete_team,
    list_deletions,
    organisations_in_the_way,
)
from assessment.services.later_work import request_job
from assessment.services.members import LastAdministrator, invite_member, list_members
from assessment.services.outbox import queue_mail
from assessment.services.plans import draft_plan
from assessment.services.publication import publish_round
from assessment.services.respond import UnknownLink, resolve_link
from assessment.services.rounds import stop_round
from assessment.services.teams import create_team, points_of_kind
from assessment.store.accounts import User
from assessment.store.deletions import Deletion
from assessment.store.models import METADATA
from assessment.store.organisations import Organisation
from assessment.store.plan_actions import ActionEvent
from assessment.store.rounds import Round
from tests.services.build import NOW, Home, answer, kind_of_team, make_home, make_round, make_sheet
from tests.services.test_members import make_account, make_member
from tests.services.test_printed_plans import keep

pytestmark = pytest.mark.both_databases


def lived(database, home):
    """A published round with comments, a plan and a printed version, whose job is still listed; and an open one."""
    round_id, link = make_round(database, home)
    for number in range(11):
        answer(database, link, make_sheet(number, comment=f"comment {number}"))
    own = {"organisation_id": home.organisation, "round_id": round_id}
    with database.writing() as session:
        stop_round(session, **own, now=NOW)
        publish_round(session, **own, now=NOW)
        draft_plan(session, **own, drawn_on=NOW.date(), now=NOW)
        request_job(
            session,
            kind="print-plan",
            arguments={"round_id": str(round_id)},
            now=NOW,
            organisation_id=home.organisation,
        )
    keep(database, own, "a", f"%PDF {home.team}".encode())
    _, link = make_round(database, home, name="Ronda 2")
    answer(database, link, make_sheet(1, comment="comment of the second round"))
    return round_id, link


def rows(database):
    """How many rows each table has."""
    with database.reading() as session:
        return {
            name: session.scalar(select(func.count()).select_from(table)) for name, table in METADATA.tables.items()
        }


def second_team(database, home):
    with database.writing() as session:
        kind = kind_of_team()
        team = create_team(
            session,
            organisation_id=home.organisation,
            name="Otra",
            size=12,
            kind=kind.id,
            points=points_of_kind(kind, "es"),
            now=NOW,
        )
        return Home(home.user, home.organisation, team.id)


def remove_team(database, home, typed="Mesa de ayuda"):
    with database.writing() as session:
        delete_team(
            session,
            organisation_id=home.organisation,
            team_id=home.team,
            typed=typed,
            user_id=home.user,
            now=NOW,
        )


def test_a_team_goes_with_all_that_belongs_to_it_and_its_neighbour_stays_whole(database):
    home = make_home(database)
    other = second_team(database, home)
    lived(database, other)
    before = rows(database)
    _, link = lived(database, home)
    remove_team(database, home)
    changed = {name for name, count in rows(database).items() if count != before[name]}
    # The questionnaire that both asked is the product's; the team itself was there before.
    assert changed == {"teams", "deletions", "owed_compactions"}
    assert rows(database)["teams"] == before["teams"] - 1
    with database.reading() as session, pytest.raises(UnknownLink):
        resolve_link(session, token=link, cookie="device")


def test_what_goes_along_with_a_team_is_counted_beforehand(database):
    home = make_home(database)
    lived(database, home)
    with database.reading() as session:
        counted = contents_of_team(session, organisation_id=home.organisation, team_id=home.team)
    assert counted == {"rounds": 2, "answers": 12, "plans": 1, "printed": 1}


@pytest.mark.parametrize("typed", ["", "Mesa", "Alegra", "Mesa de ayuda 2"])
def test_nothing_is_deleted_without_its_name(database, typed):
    home = make_home(database)
    lived(database, home)
    before = rows(database)
    with pytest.raises(WrongName):
        remove_team(database, home, typed)
    with database.reading() as session:
        organisation = session.get_one(Organisation, home.organisation)
    if typed != "Alegra":
        with pytest.raises(WrongName), database.writing() as session:
            delete_organisation(session, organisation=organisation, typed=typed, user_id=home.user, now=NOW)
    assert rows(database) == before


def test_a_name_may_be_typed_as_a_phone_writes_it(database):
    home = make_home(database)
    remove_team(database, home, " mesa de  Ayuda ")
    assert rows(database)["teams"] == 0


def test_an_organisation_goes_with_everything_and_others_stay(database):
    home, other = make_home(database), make_home(database, "Otra")
    lived(database, other)
    before = rows(database)
    lived(database, home)
    with database.writing() as session:
        invite_member(
            session, organisation_id=home.organisation, email="ana@example.org", role=OrganisationRole.VIEWER, now=NOW
        )
        organisation = session.get_one(Organisation, home.organisation)
        delete_organisation(session, organisation=organisation, typed="Alegra", user_id=home.user, now=NOW)
    gone = {name: before[name] - count for name, count in rows(database).items() if count != before[name]}
    assert {name: how_many for name, how_many in gone.items() if how_many > 0} == {
        "organisations": 1,
        "teams": 1,
        "memberships": 1,
    }
    assert set(gone) - {"organisations", "teams", "memberships"} == {"deletions", "owed_compactions"}


def test_what_was_deleted_is_remembered_without_names_or_content(database):
    home = make_home(database)
    lived(database, home)
    remove_team(database, home)
    with database.reading() as session:
        (listed,) = list_deletions(session, organisation_id=home.organisation)
        row = session.execute(select(*(cast(column, String) for column in Deletion.__table__.c))).one()
    kept = " ".join(map(str, row))
    assert (listed.kind, listed.deleted_at, listed.counts["answers"]) == ("team", NOW, 12)
    assert not any(word in kept for word in ("Mesa", "ayuda", "Ronda", "comment"))


def test_an_account_goes_with_its_roles_and_whatever_was_sent_to_its_address(database):
    home = make_home(database)
    round_id, _ = lived(database, home)
    user, _ = make_member(database, home)
    with database.writing() as session:
        email = session.get_one(User, user).email
        for event in session.scalars(select(ActionEvent)):
            event.user_id = user
        other = make_home_in(session)
        invite_member(session, organisation_id=other, email=email, role=OrganisationRole.VIEWER, now=NOW)
        queue_mail(session, message_id="<1>", to=email.upper(), subject="s", text="t", language="es", now=NOW)
        request_job(session, kind="reset", arguments={"email": email}, now=NOW)
    with database.writing() as session:
        delete_account(session, user_id=user, typed=f" {email.upper()}", now=NOW)
    there = rows(database)
    assert there["member_invitations"] == there["outbox"] == 0
    with database.reading() as session:
        assert session.get(User, user) is None
        assert [member.user_id for member in list_members(session, organisation_id=home.organisation)] == [home.user]
        assert set(session.scalars(select(ActionEvent.user_id))) == {None}
        assert session.get(Round, round_id) is not None


def make_home_in(session):
    """Another organisation, of the same transaction."""
    organisation = Organisation(
        name="Otra", country="CO", language="es", time_zone="America/Bogota", created_at=NOW, accent="#0b6b6b"
    )
    session.add(organisation)
    session.flush()
    return organisation.id


def test_nobody_goes_who_alone_administers_an_organisation(database):
    home = make_home(database)
    with database.writing() as session:
        email = session.get_one(User, home.user).email
    with pytest.raises(LastAdministrator), database.writing() as session:
        delete_account(session, user_id=home.user, typed=email, now=NOW)
    with database.reading() as session:
        assert [one.id for one in organisations_in_the_way(session, user_id=home.user)] == [home.organisation]
    make_member(database, home, OrganisationRole.ADMINISTRATOR)
    with database.writing() as session:
        assert organisations_in_the_way(session, user_id=home.user) == []
        delete_account(session, user_id=home.user, typed=email, now=NOW)


def test_an_account_is_not_deleted_by_another_address(database):
    user = make_account(database, f"{uuid.uuid4().hex}@example.org")
    with pytest.raises(WrongName), database.writing() as session:
        delete_account(session, user_id=user, typed="other@example.org", now=NOW)
