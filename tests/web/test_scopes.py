"""Members of some teams: what they are shown, what they may do, and that the other teams do not exist for them."""

from __future__ import annotations

import re
import uuid

import pytest
from sqlalchemy import select

from assessment.catalogue.catalogue import load_team_kinds
from assessment.domain.access import OrganisationRole, Permission
from assessment.infra.clock import utc_now
from assessment.services.access import Access
from assessment.services.members import accept_with_new_account, invite_member
from assessment.store.members import MemberInvitationTeam
from assessment.store.organisations import Membership, MembershipTeam
from assessment.store.teams import Team
from assessment.web.access import requires
from assessment.web.transactions import separate_read
from assessment.web.transactions import session as request_session
from tests.web.conftest import all_databases
from tests.web.round_answers import answer_round
from tests.web.test_members import invite, member_address
from tests.web.world import World

HIDDEN = "Bodega del norte"


@pytest.fixture
def hidden(world: World) -> uuid.UUID:
    """Another team of our organisation; some of our people are of the first team only."""
    world.add_people_of_one_team()
    return world.add_team(HIDDEN)


def teams_of(world: World, email: str) -> set[uuid.UUID] | None:
    with world.app.extensions["escala_database"].reading() as session:
        account = world.app.extensions["security"].datastore.user_model
        membership = session.scalars(
            select(Membership).join(account, account.id == Membership.user_id).where(account.email == email)
        ).one()
        if membership.has_all_teams:
            return None
        return set(session.scalars(select(MembershipTeam.team_id).where(MembershipTeam.membership_id == membership.id)))


@all_databases
@pytest.mark.parametrize("person", ["own-manager", "own-viewer"])
def test_lists_counts_and_searches_show_only_ones_own_teams(world: World, hidden: uuid.UUID, person: str) -> None:
    client = world.client(person)
    for path in ("/", world.address, f"/?name={HIDDEN}", f"{world.address}?name=bodega", f"{world.address}?page=2"):
        assert client.get(path).status_code == 200
        assert str(hidden) not in client.get(path).get_data(as_text=True), path
        assert "Bodega" not in client.page.text.replace(f"No team has “{HIDDEN}”", "").replace("“bodega”", ""), path
    client.get(world.address)
    assert "Mesa de ayuda" in client.page.text


def test_a_search_finds_among_ones_own_teams_as_if_there_were_no_others(world: World, hidden: uuid.UUID) -> None:
    client = world.client("own-viewer")
    client.get(f"{world.address}?name={HIDDEN}")
    found_hidden = client.page.text.replace(HIDDEN, "X")
    client.get(f"{world.address}?name=Zzz")
    assert client.page.text.replace("Zzz", "X") == found_hidden


@pytest.mark.parametrize("person", ["administrator", "manager", "viewer", "leadership"])
def test_whoever_is_of_all_teams_sees_those_added_later_too(world: World, hidden: uuid.UUID, person: str) -> None:
    client = world.client(person)
    for path in ("/", world.address):
        client.get(path)
        assert HIDDEN in client.page.text
    assert client.get(f"{world.address}/teams/{hidden}").status_code == 200


def test_an_organisation_beside_shows_all_its_teams_to_whoever_is_of_one_team_here(world: World, hidden) -> None:
    """One account, two organisations: what is limited in one is not in the other."""
    with world.app.extensions["escala_database"].writing() as session:
        account = session.scalars(
            select(Membership.user_id).where(Membership.has_all_teams.is_(False), Membership.role == "viewer")
        ).one()
        session.add(Membership(user_id=account, organisation_id=world.other_organisation, role=OrganisationRole.VIEWER))
    client = world.client("own-viewer")
    client.get("/")
    assert "Secret team" in client.page.text
    assert "Mesa de ayuda" in client.page.text
    assert HIDDEN not in client.page.text


def test_a_team_that_somebody_of_some_teams_adds_becomes_one_of_theirs(world: World, hidden: uuid.UUID) -> None:
    client = world.client("own-manager")
    client.get(f"{world.address}/teams/new")
    made = client.fill({"name": "Ventas", "size": "9", "kind": load_team_kinds()[0].id}).headers["Location"]
    assert client.get(made).status_code == 200
    client.get(world.address)
    assert "Ventas" in client.page.text
    assert HIDDEN not in client.page.text
    assert world.client("own-viewer").get(made).status_code == 404
    assert world.client("viewer").get(made).status_code == 200


def test_ids_of_another_team_in_forms_and_addresses_change_nothing(world: World, hidden: uuid.UUID) -> None:
    client, database = world.client("own-manager"), world.app.extensions["escala_database"]
    client.get(f"{world.team_address}/edit")
    token = client.page.forms[-1]["data"]["csrf_token"]
    before = "SELECT name, size FROM teams ORDER BY name"
    with database.reading() as session:
        was = session.connection().exec_driver_sql(before).all()
    for path in ("edit", "points", "targets", "delete", "rounds/new", "rounds/import", "rounds/import/confirm"):
        data = {"csrf_token": token, "name": "Mine", "size": "3", "team_id": str(world.team)}
        assert client.post(f"{world.address}/teams/{hidden}/{path}", data=data).status_code == 404, path
    with database.reading() as session:
        assert session.connection().exec_driver_sql(before).all() == was
    for ids in (f"team_id={hidden}", f"team={hidden}", f"teams={hidden}"):  # nothing takes a team from there
        assert HIDDEN not in client.get(f"{world.team_address}/edit?{ids}").get_data(as_text=True)


@all_databases
def test_a_manager_of_one_team_runs_its_round_to_the_printed_plan(world: World, hidden: uuid.UUID) -> None:
    client = world.client("own-manager")
    client.get(f"{world.team_address}/rounds/new")
    address = client.fill({}).headers["Location"]
    client.get(address)
    link = next(word for word in client.page.text.split() if "/r/" in word)
    answer_round(world.app, link.rpartition("/r/")[2], 12)
    client.get(f"{address}/close")
    with client.fill({"confirmed": "y"}) as response:
        assert response.headers["Location"] == f"{address}/results"
    assert client.get(f"{address}/results").status_code == 200
    client.get(f"{address}/plan")
    assert client.fill({"act": "save"}).status_code == 303
    assert client.get(f"{address}/plan.pdf").mimetype == "application/pdf"
    assert client.get(f"{address}/feedback").status_code == 200


@all_databases
def test_the_name_of_another_team_is_refused_like_any_that_is_taken(world: World, hidden: uuid.UUID) -> None:
    """It is the one thing that remains to be learnt, by guessing the very name."""
    client = world.client("own-manager")
    client.get(f"{world.address}/teams/new")
    assert client.fill({"name": HIDDEN, "size": "9", "kind": load_team_kinds()[0].id}).status_code == 200
    assert "Another team has this name already." in client.page.text
    client.get(f"{world.team_address}/edit")
    assert client.fill({"name": HIDDEN}).status_code == 200
    assert "Another team has this name already." in client.page.text


@pytest.mark.own_app
@all_databases
def test_any_query_of_a_request_finds_only_the_teams_of_whoever_asks(world: World, hidden: uuid.UUID) -> None:
    """Also of a page that was written without thinking of members of some teams."""
    found: list[list[str]] = []

    @requires(Permission.SEE_TEAMS)
    def page(access: Access) -> str:
        names = select(Team.name).where(Team.organisation_id == access.organisation_id)
        found.append([*request_session().scalars(names)])
        assert request_session().get(Team, hidden) is None
        with separate_read() as aside:
            found.append([*aside.scalars(names)])
        return ""

    world.app.view_functions["organisations.organisation"] = page
    world.client("own-manager").open(world.address)
    assert found == [["Mesa de ayuda"]] * 2


def test_somebody_whose_last_team_is_deleted_sees_a_kind_page(world: World, hidden: uuid.UUID) -> None:
    administrator = world.client("administrator")
    administrator.get(f"{world.team_address}/delete")
    administrator.fill({"typed": "Mesa de ayuda"})
    for person in ("own-viewer", "own-manager"):
        client = world.client(person)
        for path in ("/", world.address):
            assert client.get(path).status_code == 200
            assert "You have no team here at the moment." in client.page.text
            assert HIDDEN not in client.page.text
    assert teams_of(world, "own-viewer@example.com") == set()
    administrator.get(f"{world.address}/members")
    assert "no team at the moment" in administrator.page.text


@all_databases
def test_an_invitation_carries_its_role_and_teams(world: World, hidden: uuid.UUID) -> None:
    administrator = world.client("administrator")
    administrator.get(f"{world.address}/members/invite")
    answer = administrator.fill({"email": "ana@example.org", "role": "manager", "scope": "some", f"team-{hidden}": "y"})
    link = re.search(r"/join/[\w-]{22}", answer.get_data(as_text=True))
    assert link
    administrator.get(f"{world.address}/members")
    assert f"ana@example.org Manager · {HIDDEN}" in administrator.page.text
    ana = world.client()
    ana.get(link.group())
    ana.fill({"password": "frase nueva y muy larga"})
    assert teams_of(world, "ana@example.org") == {hidden}
    assert ana.get(f"{world.address}/teams/{hidden}/edit").status_code == 200
    assert ana.get(world.team_address).status_code == 404


def test_an_invitation_that_is_sent_again_is_for_the_same_teams(world: World, hidden: uuid.UUID) -> None:
    administrator = world.client("administrator")
    administrator.get(f"{world.address}/members/invite")
    administrator.fill({"email": "ana@example.org", "role": "viewer", "scope": "some", f"team-{hidden}": "y"})
    administrator.get(f"{world.address}/members")
    again = next(form for form in administrator.page.forms if form["data"].get("email") == "ana@example.org")
    administrator.post(again["action"], data=again["data"])
    with world.app.extensions["escala_database"].reading() as session:
        assert list(session.scalars(select(MemberInvitationTeam.team_id))) == [hidden]


def test_an_invitation_whose_teams_are_gone_leads_to_none(world: World, hidden: uuid.UUID) -> None:
    database, now = world.app.extensions["escala_database"], utc_now()
    with database.writing() as session:
        invited = invite_member(
            session,
            organisation_id=world.organisation,
            email="ana@example.org",
            role=OrganisationRole.VIEWER,
            teams=[hidden],
            now=now,
        )
    with database.writing() as session:
        session.delete(session.get(Team, hidden))
    with database.writing() as session:
        accept_with_new_account(session, token=invited.token, password_hash="-", now=now)  # noqa: S106
    assert teams_of(world, "ana@example.org") == set()


@pytest.mark.parametrize("role", ["manager", "viewer"])
def test_whoever_is_of_some_teams_is_of_one_at_least(world: World, hidden: uuid.UUID, role: str) -> None:
    administrator = world.client("administrator")
    administrator.get(f"{world.address}/members/invite")
    administrator.fill({"email": "ana@example.org", "role": role, "scope": "some"})
    assert "Tick at least one team, or choose all teams." in administrator.page.text


def test_who_ticks_teams_and_leaves_all_is_asked_which(world: World, hidden: uuid.UUID) -> None:
    administrator = world.client("administrator")
    administrator.get(f"{world.address}/members/invite")
    administrator.fill({"email": "ana@example.org", "role": "viewer", f"team-{hidden}": "y"})
    assert "You ticked teams." in administrator.page.text
    administrator.get(member_address(administrator, world, "own-viewer@example.com"))
    assert administrator.fill({"scope": "all"}).status_code == 303, "ticks that were there say nothing"
    assert teams_of(world, "own-viewer@example.com") is None


@pytest.mark.parametrize("role", ["administrator", "leadership"])
@pytest.mark.parametrize(
    ("language", "words"),
    [("es", "siempre ven todos los equipos"), ("en", "always see all teams")],
)
def test_who_ticks_teams_for_somebody_who_sees_all_is_told_so(
    world: World, hidden: uuid.UUID, role: str, language: str, words: str
) -> None:
    administrator = world.client("administrator", language)
    administrator.get(f"{world.address}/members/invite")
    who = {"email": "ana@example.org", "role": role}
    administrator.fill(who | {"scope": "some", f"team-{hidden}": "y"})
    assert words in administrator.page.text
    assert "ana@example.org" not in administrator.get(f"{world.address}/members").text


@pytest.mark.parametrize("role", ["administrator", "leadership"])
def test_administrators_and_leadership_are_of_all_teams_whatever_is_ticked(world: World, hidden, role: str) -> None:
    administrator = world.client("administrator")
    administrator.get(member_address(administrator, world, "own-viewer@example.com"))
    assert administrator.fill({"role": role}).status_code == 303
    assert teams_of(world, "own-viewer@example.com") is None
    assert world.client("own-viewer").get(f"{world.address}/teams/{hidden}").status_code == 200


def test_teams_are_changed_later_and_hold_at_once(world: World, hidden: uuid.UUID) -> None:
    administrator, viewer = world.client("administrator"), world.client("viewer")
    assert viewer.get(world.team_address).status_code == 200
    administrator.get(member_address(administrator, world, "viewer@example.com"))
    assert administrator.fill({"scope": "some", f"team-{hidden}": "y"}).status_code == 303
    assert viewer.get(world.team_address).status_code == 404
    assert viewer.get(f"{world.address}/teams/{hidden}").status_code == 200
    administrator.get(f"{world.address}/members")
    assert f"viewer@example.com Viewer · {HIDDEN}" in administrator.page.text


def test_two_pages_that_tick_different_teams_undo_nothing_of_each_other(world: World, hidden: uuid.UUID) -> None:
    first, second = world.client("administrator"), world.client("administrator")
    address = member_address(first, world, "own-viewer@example.com")
    for client in (first, second):
        client.get(address)
    later = world.add_team("Ventas")
    first.get(address)
    assert first.fill({f"team-{hidden}": "y", f"team-{later}": "y"}).status_code == 303
    assert second.fill({"role": "manager"}).status_code == 303
    assert teams_of(world, "own-viewer@example.com") == {world.team, hidden, later}


def test_a_team_of_another_organisation_is_nobodys_here(world: World, hidden: uuid.UUID) -> None:
    administrator = world.client("administrator")
    administrator.get(f"{world.address}/members/invite")
    administrator.fill({"email": "ana@example.org", "role": "viewer", "scope": "some", f"team-{world.other_team}": "y"})
    assert "Tick at least one team" in administrator.page.text


def test_leadership_reads_and_changes_nothing(world: World, hidden: uuid.UUID) -> None:
    client = world.client("leadership")
    assert client.get(world.team_address).status_code == 200
    for path in ("/edit", "/rounds/new", "/points"):
        assert client.get(f"{world.team_address}{path}").status_code == 403
    for path in ("/members", "/teams/new", "/log", "/edit"):
        assert client.get(f"{world.address}{path}").status_code == 403


def test_the_page_of_roles_explains_each_in_a_sentence(world: World) -> None:
    administrator = world.client("administrator")
    administrator.get(f"{world.address}/members/invite")
    for name in ("Administrator: ", "Manager: ", "Leadership: ", "Viewer: "):
        assert name in administrator.page.text
    assert invite(administrator, world, "ana@example.org", "leadership")
