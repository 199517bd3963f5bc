"""Limits hold in all processes of a server, and a count never waits for the request that is counted."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import select

from assessment.services.setup_code import prepare_setup_code
from assessment.store.attempts import Attempt
from assessment.web import limits
from assessment.web.transactions import session
from tests.web.client import PageClient
from tests.web.conftest import all_databases
from tests.web.world import PASSWORD, World, beside

WRONG = "no es la contraseña"


def sign_in(client: PageClient, password: str) -> int:
    client.get("/sign-in")
    return client.fill({"email": "manager@example.com", "password": password}).status_code


@all_databases
def test_two_processes_count_wrong_passwords_together(world: World) -> None:
    with world.beside() as other:
        clients = [world.client(), other.client()]
        assert [sign_in(clients[n % 2], WRONG) for n in range(10)] == [200] * 10
        assert [sign_in(client, PASSWORD) for client in clients] == [429, 429]


@all_databases
def test_a_form_that_writes_is_counted_after_its_transaction(world: World) -> None:
    client = world.client("manager")
    for _ in range(2):
        client.get("/account/password")
        answer = client.fill({"password": WRONG, "new_password": PASSWORD, "new_password_confirm": PASSWORD})
        assert answer.status_code == 200
    assert [row.count for row in counted(world.app)] == [2]


@all_databases
def test_what_is_counted_in_the_middle_of_a_request_waits_for_nothing(world: World) -> None:
    with world.app.test_request_context("/", method="POST"):
        session().connection()  # a transaction that may write
        assert [limits.hit("2 per hour", "a") for _ in range(3)] == [True, True, False]
        assert limits.hit("2 per hour", "b")
        session().connection()  # and the request goes on


def test_whoever_is_beyond_the_limit_is_not_counted_any_more(world: World) -> None:
    client = world.client()
    for _ in range(12):
        sign_in(client, WRONG)
    assert [row.count for row in counted(world.app)] == [10]


@all_databases
def test_the_code_of_the_first_visit_opens_every_process_and_is_guessed_at_once_for_all(app: Flask) -> None:
    code = prepare_setup_code(app.extensions["escala_database"])
    with beside(app) as other:
        clients = [visitor_from_elsewhere(app), visitor_from_elsewhere(other)]
        for number in range(19):
            assert clients[number % 2].fill({"code": "wrong"}).status_code == 200
        assert clients[0].fill({"code": code}).status_code == 303
        assert clients[0].get("/set-up").status_code == 200
        assert clients[0].page.h1 != "One-time code"
        assert clients[1].fill({"code": code}).status_code == 429


def visitor_from_elsewhere(app: Flask) -> PageClient:
    client = app.test_client()
    assert isinstance(client, PageClient)
    client.environ_base["REMOTE_ADDR"] = "192.168.1.20"
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    client.get("/set-up")
    assert client.page.h1 == "One-time code"
    return client


def counted(app: Flask) -> list[Attempt]:
    with app.extensions["escala_database"].reading() as reading:
        return list(reading.scalars(select(Attempt)))
