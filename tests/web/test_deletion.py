"""Deleting a team, an organisation or an account on its page, by typing its name."""

from __future__ import annotations

import time

import pytest

from assessment.store.accounts import find_account
from assessment.store.organisations import Organisation
from assessment.store.teams import Team
from tests.web.client import PageClient
from tests.web.round_answers import answer_round
from tests.web.test_accounts import sign_in
from tests.web.world import PASSWORD, World


def open_with_answers(world: World, how_many: int) -> str:
    token = world.open_round()
    answer_round(world.app, token, how_many)
    return token


def forget_password_time(client: PageClient) -> None:
    """As if the password had been written long ago."""
    with client.session_transaction() as browser:
        browser["fs_paa"] = time.time() - 3600
        browser.pop("fs_gexp", None)


def is_there(world: World, model: type, key: object) -> bool:
    with world.app.extensions["escala_database"].reading() as session:
        return session.get(model, key) is not None


def test_a_team_is_deleted_by_its_name_and_what_goes_along_is_said_before(world: World) -> None:
    token = open_with_answers(world, 3)
    client = world.client("administrator")
    client.get(world.team_address)
    assert f"{world.team_address}/delete" in client.page.links
    client.get(f"{world.team_address}/delete")
    for words in ("Mesa de ayuda", "1 round", "the answers of 3 people", "is not published yet", "Backups"):
        assert words in client.page.text
    assert client.fill({"typed": "Mesa"}).status_code == 200
    assert "That is not the name" in client.page.text
    assert is_there(world, Team, world.team)
    answer = client.fill({"typed": "mesa de ayuda"})
    assert answer.headers["Location"] == world.address
    client.get(world.address)
    assert "“Mesa de ayuda” has been deleted" in client.page.text
    assert not is_there(world, Team, world.team)
    assert world.client().get(f"/r/{token}").status_code == 404


def test_only_an_administrator_is_offered_to_delete_a_team(world: World) -> None:
    client = world.client("manager")
    client.get(world.team_address)
    assert f"{world.team_address}/delete" not in client.page.links


def test_an_organisation_is_deleted_by_its_name_after_the_password(world: World) -> None:
    client = world.client("administrator")
    forget_password_time(client)
    address = f"{world.address}/delete"
    asked = client.get(address)
    assert asked.headers["Location"].startswith("/account/password-again")
    assert client.post(address, data={"typed": "Clínica del Valle"}).status_code in (303, 400)
    assert is_there(world, Organisation, world.organisation)
    client.get(asked.headers["Location"])
    back = client.fill({"password": PASSWORD})
    assert back.headers["Location"].endswith(address)
    client.get(address)
    for words in ("1 team", "2 other people"):
        assert words in client.page.text
    client.fill({"typed": "Other"})
    assert is_there(world, Organisation, world.organisation)
    assert client.fill({"typed": "Clínica del Valle"}).headers["Location"] == "/"
    assert not is_there(world, Organisation, world.organisation)
    assert is_there(world, Organisation, world.other_organisation)
    assert client.get(world.address).status_code == 404


def test_an_account_is_deleted_by_its_address_and_the_visit_ends(world: World) -> None:
    client = world.client()
    sign_in(client, "manager")
    client.get("/account")
    assert "/account/delete" in client.page.links
    client.get("/account/delete")
    assert "Clínica del Valle" in client.page.text
    client.fill({"typed": "viewer@example.com"})
    assert "not the address" in client.page.text
    assert client.fill({"typed": "manager@example.com"}).headers["Location"] == "/"
    assert client.get("/account").headers["Location"].startswith("/sign-in")
    with world.app.extensions["escala_database"].reading() as session:
        assert find_account(session, "manager@example.com") is None
    client.get("/sign-in")
    assert client.fill({"email": "manager@example.com", "password": PASSWORD}).status_code == 200


def test_whoever_alone_administers_is_told_what_to_do_first(world: World) -> None:
    client = world.client("administrator")
    client.get("/account/delete")
    assert f"{world.address}/members" in client.page.links
    assert f"{world.address}/delete" in client.page.links
    token = client.page.forms[0]["data"]["csrf_token"]
    client.post("/account/delete", data={"csrf_token": token, "typed": "administrator@example.com"})
    with world.app.extensions["escala_database"].reading() as session:
        assert find_account(session, "administrator@example.com") is not None


@pytest.mark.parametrize("path", ["/account/delete"])
def test_an_account_is_not_deleted_at_a_screen_left_open(world: World, path: str) -> None:
    client = world.client("manager")
    forget_password_time(client)
    assert client.get(path).headers["Location"].startswith("/account/password-again")
