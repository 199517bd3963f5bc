"""Limits hold in all processes of a server, and a count never waits for the request that is counted."""

from __future__ import annotations

import math
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from sqlalchemy import select

from assessment.infra.clock import utc_now
from assessment.infra.passwords import PLACES, STRANGERS, Lane, TooManyPasswords
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
def test_the_code_of_the_first_visit_opens_every_process_whatever_was_guessed(app: Flask) -> None:
    code = prepare_setup_code(app.extensions["escala_database"])
    with beside(app) as other:
        clients = [visitor_from_elsewhere(app), visitor_from_elsewhere(other)]
        for number in range(19):
            assert clients[number % 2].fill({"code": "wrong"}).status_code == 200
        assert clients[0].fill({"code": code}).status_code == 303
        assert clients[0].get("/set-up").status_code == 200
        assert clients[0].page.h1 != "One-time code"
        assert clients[1].fill({"code": code}).status_code == 303


@pytest.mark.parametrize(("language", "words"), [("en", "in %s minutes."), ("es", "en %s minutos.")])
def test_who_has_tried_too_often_reads_for_how_long(world: World, language: str, words: str) -> None:
    client = world.client(language=language)
    for _ in range(10):
        client.get("/sign-in")
        client.fill({"email": "manager@example.com", "password": "a wrong password"})
    client.get("/sign-in")
    answer = client.fill({"email": "manager@example.com", "password": "a wrong password"})
    assert answer.status_code == 429
    assert 13 * 60 < int(answer.headers["Retry-After"]) <= 17 * 60
    assert words % math.ceil(int(answer.headers["Retry-After"]) / 60) in client.page.text
    administrator = world.client("administrator", language)
    administrator.get(f"{world.address}/members/invite")
    data = administrator.page.forms[-1]["data"] | {"role": "viewer"}
    path = f"{world.address}/members/invite"
    for number in range(40):
        administrator.post(path, data=data | {"email": f"a{number}@example.org"})
    answer = administrator.post(path, data=data | {"email": "a@example.org"})
    assert answer.status_code == 429
    assert 55 * 60 < int(answer.headers["Retry-After"]) <= 66 * 60
    assert words % math.ceil(int(answer.headers["Retry-After"]) / 60) in administrator.page.text


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


class SlowHashes:
    """Passwords that nobody has finished looking at before `go_on` is called."""

    def __init__(self, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
        self._library = app.extensions["security"].pwd_context._library
        self._may_go_on = threading.Event()
        self._changed = threading.Condition()
        self.begun = self.over = 0
        for name in ("verify", "hash"):
            monkeypatch.setattr(self._library, name, self._slow(getattr(self._library, name)))

    def _slow(self, work):
        def wait_and_work(*given, **named):
            with self._changed:
                self.begun += 1
                self._changed.notify_all()
            assert self._may_go_on.wait(30)
            return work(*given, **named)

        return wait_and_work

    def go_on(self) -> None:
        self._may_go_on.set()

    def wait_until(self, is_so) -> None:
        with self._changed:
            assert self._changed.wait_for(lambda: is_so(self), 30)

    def answered(self) -> None:
        with self._changed:
            self.over += 1
            self._changed.notify_all()


def attempt(
    world: World, slow: SlowHashes, email: str = "manager@example.com", client: PageClient | None = None
) -> int:
    client = client or world.client()
    client.get("/sign-in")
    try:
        return client.fill({"email": email, "password": WRONG}).status_code
    finally:
        slow.answered()


@all_databases
def test_many_guesses_at_once_are_no_more_than_one_by_one(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The attack: forty wrong passwords, all sent before the first one was found to be wrong."""
    monkeypatch.setattr(Lane, "do", lambda _lane, work, *given, **named: work(*given, **named))
    slow = SlowHashes(world.app, monkeypatch)
    with ThreadPoolExecutor(40) as attackers:
        tries = [attackers.submit(attempt, world, slow) for _ in range(40)]
        try:
            slow.wait_until(lambda slow: slow.begun + slow.over >= 40)
        finally:
            slow.go_on()
        statuses = sorted(one.result() for one in tries)
    assert statuses == [200] * 10 + [429] * 30
    assert slow.begun == 10


@all_databases
def test_a_flood_of_passwords_leaves_the_server_to_everybody_else(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The attack: addresses that nobody has tried before, so that no account's limit is met."""
    own = world.client()
    assert sign_in(own, PASSWORD) == 302
    own.get("/")
    own.fill(form=0)
    own.get("/sign-in")
    slow = SlowHashes(world.app, monkeypatch)
    with ThreadPoolExecutor(PLACES + 5) as attackers:
        tries = [attackers.submit(attempt, world, slow, f"nobody{n}@example.com") for n in range(PLACES + 5)]
        try:
            slow.wait_until(lambda slow: slow.over >= 5)
            assert slow.begun == 1, "one at a time"
            stranger = world.client()
            assert sign_in(stranger, PASSWORD) == 503
            assert stranger.page.h1 == "Too many people are signing in at once"
            assert world.client("viewer").get(world.team_address).status_code == 200
            with ThreadPoolExecutor(1) as home:
                owner = home.submit(own.fill, {"email": "manager@example.com", "password": PASSWORD})
                slow.wait_until(lambda slow: slow.begun == 2)
                slow.go_on()
                assert owner.result().status_code == 302, "a device that the account knows has its own turn"
        finally:
            slow.go_on()
        statuses = sorted(one.result() for one in tries)
    assert statuses == [200] * PLACES + [503] * 5
    assert sign_in(world.client(), PASSWORD) == 302


def test_a_password_that_was_not_looked_at_does_not_count(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_given: object, **_named: object) -> None:
        raise TooManyPasswords

    monkeypatch.setattr(STRANGERS, "do", refuse)
    assert [sign_in(world.client(), PASSWORD) for _ in range(12)] == [503] * 12
    monkeypatch.undo()
    assert sign_in(world.client(), PASSWORD) == 302


def test_a_password_that_is_right_does_not_count(world: World) -> None:
    assert [sign_in(world.client(), PASSWORD) for _ in range(12)] == [302] * 12


@all_databases
@pytest.mark.parametrize(
    ("person", "path"), [("manager", "/account/password"), ("manager", "/account/password-again"), (None, "/sign-in")]
)
def test_nobodys_change_waits_for_the_hash_of_somebody_elses_password(
    world: World, monkeypatch: pytest.MonkeyPatch, person: str | None, path: str
) -> None:
    client = world.client(person)
    client.get(path)
    new = "otra frase que nadie adivina"
    slow = SlowHashes(world.app, monkeypatch)
    with ThreadPoolExecutor(1) as thread:
        form = {"email": "viewer@example.com", "password": PASSWORD, "new_password": new, "new_password_confirm": new}
        change = thread.submit(lambda: client.fill(form).status_code)
        try:
            slow.wait_until(lambda slow: slow.begun == 1)
            with world.app.extensions["escala_database"].writing() as writing:
                writing.add(Attempt(key_hash="a", count=1, expires_at=utc_now()))
        finally:
            slow.go_on()
        assert change.result() == 302
