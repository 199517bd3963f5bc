"""Inviting somebody, joining, changing a role, removing, leaving: as people do it."""

from __future__ import annotations

import re
import uuid

import pytest

from assessment.domain.access import OrganisationRole
from assessment.store.accounts import User
from assessment.store.organisations import Membership
from tests.web.client import PageClient
from tests.web.conftest import all_databases
from tests.web.mailing import link_in, mailing_world, words_of
from tests.web.world import PASSWORD, World

NEW = "frase nueva y muy larga"


def invite(client: PageClient, world: World, email: str, role: str = "manager") -> str:
    """The path of the link that is shown once."""
    client.get(f"{world.address}/members/invite")
    answer = client.fill({"email": email, "role": role})
    assert answer.status_code == 200, client.page.text
    match = re.search(r"/join/[\w-]{22}", answer.get_data(as_text=True))
    assert match, client.page.text
    return match.group()


def member_address(client: PageClient, world: World, email: str) -> str:
    """Where the member's role is changed."""
    html = client.get(f"{world.address}/members").get_data(as_text=True)
    match = re.search(rf'href="([^"]+)" aria-label="Change what {re.escape(email)} may do"', html)
    assert match
    return match.group(1)


@all_databases
def test_somebody_new_is_invited_and_joins(world: World) -> None:
    administrator = world.client("administrator")
    link = invite(administrator, world, "Ana@Example.org")
    assert "shown only once" in administrator.page.text
    administrator.get(f"{world.address}/members")
    assert "ana@example.org" in administrator.page.text
    assert link not in administrator.page.text
    ana = world.client()
    for _again in range(3):  # chat programs open links to show a preview
        ana.get(link)
    assert ana.page.h1 == "Join Clínica del Valle"
    assert "Manager: runs the rounds and plans of all teams, or of some" in ana.page.text
    ana.fill({"password": "corta"})
    assert "at least 10 characters" in ana.page.text
    answer = ana.fill({"password": NEW}, follow_redirects=True)
    assert answer.request.path == world.address
    assert "Welcome to Clínica del Valle." in ana.page.text
    assert ana.get(f"{world.team_address}/edit").status_code == 200
    assert world.client().get(link).status_code == 404
    again = world.client()
    again.get("/sign-in")
    assert again.fill({"email": "ana@example.org", "password": NEW}).status_code == 302


def test_somebody_with_an_account_signs_in_and_joins(world: World) -> None:
    """A consultant works for several organisations with one account."""
    link = invite(world.client("administrator"), world, "outsider@example.com", "viewer")
    consultant = world.client()
    consultant.get(link)
    sign_in = next(one for one in consultant.page.links if "next=" in one and "join" in one and "sign-in" in one)
    consultant.get(sign_in)
    answer = consultant.fill({"email": "outsider@example.com", "password": PASSWORD})
    assert answer.headers["Location"] == link
    consultant.get(link)
    consultant.fill()
    consultant.get("/")
    assert "Clínica del Valle" in consultant.page.text
    assert "Other" in consultant.page.text
    assert consultant.get(f"{world.address}/edit").status_code == 403


@pytest.mark.parametrize("language", ["es", "en"])
def test_what_an_administrator_sees_does_not_tell_who_has_an_account(world: World, language: str) -> None:
    administrator, seen = world.client("administrator", language), set()
    for email in ("outsider@example.com", "nobody12@example.com"):
        link = invite(administrator, world, email)
        pages = [administrator.page.text]
        administrator.get(f"{world.address}/members")
        pages.append(administrator.page.text)
        stranger = world.client(language=language)
        stranger.get(link)
        pages.append(stranger.page.text)
        seen.add("\n".join(pages).replace(email, "X").replace(link, "L"))
        administrator.fill(form=-1)  # withdrawn, so that both lists have one
    assert len(seen) == 1


def test_an_account_is_never_taken_over_by_a_link(world: World) -> None:
    link = invite(world.client("administrator"), world, "outsider@example.com")
    thief = world.client()
    thief.get(link)
    thief.fill({"password": NEW})
    assert "has an account in Escala already" in thief.page.text
    assert thief.get("/account").status_code == 303
    owner = world.client("outsider")
    assert owner.get(link).status_code == 200


def test_a_link_opened_by_somebody_else_says_whom_it_is_for(world: World) -> None:
    link = invite(world.client("administrator"), world, "ana@example.org")
    other = world.client("outsider")
    other.get(link)
    assert "This invitation is for ana@example.org, and you are signed in as outsider@example.com." in other.page.text
    assert other.post(link, data=other.page.forms[-1]["data"]).status_code == 200
    assert other.get(world.address).status_code == 404


def test_an_invitation_is_sent_by_mail_in_the_organisations_language() -> None:
    with mailing_world() as (world, server):
        administrator = world.client("administrator")
        administrator.get(f"{world.address}/members/invite")
        administrator.fill({"email": "ana@example.org", "role": "viewer"}, follow_redirects=True)
        assert "The invitation will be sent to ana@example.org in a moment." in administrator.page.text
        message = server.next_message()
        assert message["To"] == "ana@example.org"
        assert message["Subject"] == "Su invitación a Clínica del Valle en Escala"
        assert "Le invitaron a trabajar con Clínica del Valle" in words_of(message)
        link = link_in(message)
        assert link not in administrator.page.text
        ana = world.client()
        ana.get(link)
        assert ana.fill({"password": NEW}).status_code == 303


def test_a_mail_server_that_refuses_loses_nothing() -> None:
    with mailing_world() as (world, server):
        administrator = world.client("administrator")
        server.refuses = True
        administrator.get(f"{world.address}/members/invite")
        administrator.fill({"email": "ana@example.org", "role": "viewer"})
        administrator.get(f"{world.address}/members")
        assert "The e-mail could not be sent" in administrator.page.text
        server.refuses = False
        again = next(number for number, form in enumerate(administrator.page.forms) if "email" in form["data"])
        administrator.fill(form=again, follow_redirects=True)
        assert "will be sent" in administrator.page.text
        assert server.next_message()["To"] == "ana@example.org"


def test_invitations_are_not_sent_without_end(world: World) -> None:
    administrator = world.client("administrator")
    administrator.get(f"{world.address}/members/invite")
    data = administrator.page.forms[-1]["data"] | {"role": "viewer"}
    answers = [
        administrator.post(f"{world.address}/members/invite", data=data | {"email": f"a{n}@example.org"}).status_code
        for n in range(41)
    ]
    assert answers == [200] * 40 + [429]


def test_neither_a_second_administrator_nor_a_second_organisation_sends_more_invitations(world: World) -> None:
    """The attack: forty strangers an hour, and forty more with each account or organisation that is made for it."""
    first, second = world.client("administrator"), world.client("manager")
    first.get(member_address(first, world, "manager@example.com"))
    first.fill({"role": "administrator"})

    def send(client: PageClient, address: str, count: int) -> list[int]:
        client.get(f"{address}/members/invite")
        data = client.page.forms[-1]["data"] | {"role": "viewer"}
        numbers = [uuid.uuid4().hex for _ in range(count)]
        path = f"{address}/members/invite"
        return [client.post(path, data=data | {"email": f"{one}@example.org"}).status_code for one in numbers]

    assert send(first, world.address, 25) + send(second, world.address, 15) == [200] * 40
    assert send(first, world.address, 1) + send(second, world.address, 1) == [429] * 2
    for still in (25, 0):
        second.get("/organisations/new")
        made = second.fill({"name": f"Another {uuid.uuid4()}", "country": "CO"}).headers["Location"]
        its_own = "/".join(made.split("/")[:3])
        assert send(second, its_own, 27) == [200] * still + [429] * (27 - still)


def test_a_role_is_changed_and_holds_at_once(world: World) -> None:
    administrator, viewer = world.client("administrator"), world.client("viewer")
    assert viewer.get(f"{world.team_address}/edit").status_code == 403
    administrator.get(member_address(administrator, world, "viewer@example.com"))
    assert administrator.fill({"role": "manager"}).status_code == 303
    assert viewer.get(f"{world.team_address}/edit").status_code == 200


def test_somebody_is_removed_by_name_and_sees_nothing_from_then_on(world: World) -> None:
    administrator, viewer = world.client("administrator"), world.client("viewer")
    address = member_address(administrator, world, "viewer@example.com")
    administrator.get(f"{address}/remove")
    assert administrator.page.h1 == "Remove viewer@example.com?"
    assert viewer.get(world.address).status_code == 200
    administrator.fill(follow_redirects=True)
    assert "viewer@example.com no longer belongs to the organisation." in administrator.page.text
    assert viewer.get(world.address).status_code == 404
    viewer.get("/")
    assert "You do not belong to any organisation at the moment." in viewer.page.text


def test_somebody_leaves_by_themselves(world: World) -> None:
    manager = world.client("manager")
    manager.get("/account")
    assert f"/organisations/{world.organisation}/leave" in manager.page.links
    manager.get(f"{world.address}/leave")
    manager.fill(follow_redirects=True)
    assert "You no longer belong to Clínica del Valle." in manager.page.text
    assert manager.get(world.address).status_code == 404


def test_the_only_administrator_is_told_what_to_do_first(world: World) -> None:
    administrator = world.client("administrator")
    administrator.get(f"{world.address}/members")
    assert "The only administrator" in administrator.page.text
    administrator.get(f"{world.address}/leave")
    assert "Give somebody else that role first." in administrator.page.text
    token = administrator.page.forms[0]["data"]["csrf_token"]
    assert administrator.post(f"{world.address}/leave", data={"csrf_token": token}).status_code == 409
    assert administrator.page.h1 == "Nobody else administers the organisation"
    assert administrator.get(world.address).status_code == 200


def test_an_administrator_gives_the_role_on_and_gives_it_up(world: World) -> None:
    administrator = world.client("administrator")
    administrator.get(member_address(administrator, world, "manager@example.com"))
    administrator.fill({"role": "administrator"})
    administrator.get(member_address(administrator, world, "administrator@example.com"))
    assert "This is your own account." in administrator.page.text
    answer = administrator.fill({"role": "viewer"}, follow_redirects=True)
    assert answer.request.path == world.address
    assert administrator.get(f"{world.address}/members").status_code == 403


@pytest.mark.parametrize(
    ("language", "words"),
    [("es", "Le damos la bienvenida a Repuestos El Cóndor S.A.S."), ("en", "Welcome to Repuestos El Cóndor S.A.S.")],
)
def test_a_name_that_ends_with_a_full_stop_ends_its_sentence(world: World, language: str, words: str) -> None:
    administrator = world.client("administrator")
    administrator.get(f"{world.address}/edit")
    administrator.fill({"name": "Repuestos El Cóndor S.A.S."})
    ana = world.client(language=language)
    ana.get(invite(administrator, world, "ana@example.org"))
    ana.fill({"password": NEW}, follow_redirects=True)
    assert "S.A.S." in ana.page.text
    assert ".." not in ana.page.text


def test_a_stale_page_does_not_give_a_role_back(world: World) -> None:
    first, second = world.client("administrator"), world.client("administrator")
    address = member_address(first, world, "manager@example.com")
    for client in (first, second):
        client.get(address)
    assert first.fill({"role": "viewer"}).status_code == 303
    assert second.fill({"role": "manager"}).status_code == 303, "not changed on this page"
    second.get(address)
    assert second.page.forms[-1]["data"]["role"] == "viewer"
    first.get(address)
    first.fill({"role": "manager"})
    assert second.fill({"role": "administrator"}).status_code == 200
    assert "This was changed while the page was open" in second.page.text


@pytest.mark.parametrize(("person", "is_offered"), [("administrator", True), ("manager", True), ("viewer", False)])
def test_the_start_page_offers_another_organisation_to_those_who_manage_one(
    world: World, person: str, is_offered: bool
) -> None:
    client = world.client(person, "es")
    client.get("/")
    assert ("Crear otra organización" in client.page.text) is is_offered
    client.get("/account")
    assert "/organisations/new" in client.page.links
    assert "Dejar la organización" in client.page.text


def test_many_people_are_shown_in_pages(world: World) -> None:
    organisation = uuid.UUID(world.address.rpartition("/")[2])
    with world.app.extensions["escala_database"].writing() as session:
        for number in range(30):
            account = User(
                email=f"zoe{number:02}@example.org", password="", active=True, fs_uniquifier=uuid.uuid4().hex
            )
            session.add(account)
            session.flush()
            session.add(Membership(organisation_id=organisation, user_id=account.id, role=OrganisationRole.MANAGER))
    client = world.client("administrator")
    client.get(f"{world.address}/members")
    assert "Page 1 of 2" in client.page.text
    assert "zoe29@example.org" not in client.page.text
    client.get(f"{world.address}/members?page=2")
    assert "zoe29@example.org" in client.page.text
