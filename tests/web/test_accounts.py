"""Signing in and out, the password, the second step."""

from __future__ import annotations

import datetime as dt
import re
import time

import pytest
from argon2 import PasswordHasher
from passlib.totp import TOTP

from assessment.infra.clock import utc_now
from assessment.infra.passwords import HASH_COST, hash_password
from assessment.services.accounts import EmailTaken, create_account
from assessment.store.accounts import find_account
from assessment.web.accounts import sign_in as sign_in_module
from tests.web.client import PageClient
from tests.web.world import PASSWORD, World


def sign_in(client: PageClient, person: str) -> None:
    client.get("/sign-in")
    assert client.fill({"email": f"{person}@example.com", "password": PASSWORD}).status_code == 302


@pytest.mark.parametrize("language", ["es", "en"])
def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(world: World, language: str) -> None:
    client = world.client(language=language)
    seen = set()
    for email, password in (("manager@example.com", "not the password"), ("nobody@example.com", PASSWORD)):
        client.get("/sign-in")
        assert client.fill({"email": email, "password": password}).status_code == 200
        seen.add(client.page.text)
    assert len(seen) == 1
    words = {"en": "The e-mail or the password is not right", "es": "El correo o la contraseña no son correctos"}
    assert words[language] in seen.pop()


def test_signing_in_ignores_capitals_of_the_address(world: World) -> None:
    client = world.client()
    client.get("/sign-in")
    answer = client.fill({"email": "Manager@Example.COM", "password": PASSWORD})
    assert answer.status_code == 302
    client.get("/")
    assert client.page.h1 == "Your teams"


def test_a_password_that_was_hashed_with_other_parameters_is_hashed_anew_at_the_next_sign_in(world: World) -> None:
    """On SQLite the form's own transaction only reads: writing in it would wait for itself, or fail once."""
    database = world.app.extensions["escala_database"]
    with database.writing() as session:
        old = PasswordHasher(time_cost=2, memory_cost=2 * HASH_COST["memory_cost"], parallelism=1).hash(PASSWORD)
        account = find_account(session, "manager@example.com")
        assert account
        account.password = old
    sign_in(world.client(), "manager")
    with database.reading() as session:
        account = find_account(session, "manager@example.com")
        assert account
        assert account.password != old
        renewed = account.password
    sign_in(world.client(), "manager")
    with database.reading() as session:
        account = find_account(session, "manager@example.com")
        assert account
        assert account.password == renewed


@pytest.mark.parametrize("email", ["ｍanager@example.com", "manager@ＥXAMPLE.com", "viewer@example.com"])
def test_an_address_has_one_spelling(world: World, email: str) -> None:
    """The attack: an account whose address only looks like somebody else's (`boſs@…`)."""
    client = world.client()
    client.get("/sign-in")
    assert client.fill({"email": email, "password": PASSWORD}).status_code == 302
    administrator = world.client("administrator")
    administrator.get(f"{world.address}/members/invite")
    assert administrator.fill({"email": email, "role": "viewer"}).status_code == 200
    assert "belongs to the organisation already" in administrator.page.text


def test_nobody_gets_an_account_that_looks_like_another(world: World) -> None:
    with world.app.extensions["escala_database"].writing() as session:
        made = create_account(session, email="boſs@example.com", password=PASSWORD, now=utc_now())
        assert made.email == "boss@example.com"
        with pytest.raises(EmailTaken):
            create_account(session, email="Ｂoss@example.com", password=PASSWORD, now=utc_now())


def test_signing_in_leads_where_one_wanted_to_go_but_never_elsewhere(world: World) -> None:
    client = world.client()
    asked = client.get(world.team_address)
    assert asked.status_code == 303
    client.get(asked.headers["Location"])
    answer = client.fill({"email": "viewer@example.com", "password": PASSWORD})
    assert answer.headers["Location"] == world.team_address
    other = world.client()
    other.get("/sign-in?next=https://evil.example.com/")
    answer = other.fill({"email": "viewer@example.com", "password": PASSWORD})
    assert "evil" not in answer.headers.get("Location", "")


def test_there_is_no_way_in_but_the_forms(world: World) -> None:
    """Flask-Security also speaks JSON, and hands out tokens that open pages without a visit."""
    client = world.client()
    client.get("/sign-in")
    given = {**client.page.forms[-1]["data"], "email": "manager@example.com", "password": PASSWORD}
    token = {"X-CSRFToken": given["csrf_token"]}
    assert client.post("/sign-in", json=given, headers=token).status_code == 400
    scripted = {"headers": {"Accept": "application/json"}}
    for path in ("/sign-in", "/account/password", "/account/second-step", "/account/password-again", "/sign-out"):
        assert "json" not in client.get(f"{path}?include_auth_token", **scripted).mimetype
    client.get("/sign-in")
    answer = client.post("/sign-in?include_auth_token", data=given, **scripted)
    assert (answer.status_code, answer.mimetype) == (302, "text/html")
    assert "token" not in answer.text
    with world.app.test_request_context():
        handed_out = world.app.extensions["security"].datastore.find_user(email="manager@example.com").get_auth_token()
    stranger = world.client()
    assert stranger.get("/account", headers={"Authentication-Token": handed_out}).status_code == 303
    assert stranger.get("/account", query_string={"auth_token": handed_out}).status_code == 303


def test_what_is_too_long_for_a_password_is_refused_alike_for_known_and_unknown_addresses(world: World) -> None:
    client = world.client()
    for email in ("manager@example.com", "nobody@example.com"):
        for password in ("x" * 5_000, "\ufdfa" * 900):  # which is eighteen letters once it is normal
            client.get("/sign-in")
            assert client.fill({"email": email, "password": password}).status_code == 413
            assert client.page.h1 == "That is too large"


def test_signing_out_ends_the_visit(world: World) -> None:
    client = world.client("manager")
    client.get("/")
    assert client.fill(form=0).status_code == 302
    assert client.get("/account").status_code == 303


def test_signing_out_needs_a_form_of_ours(world: World) -> None:
    client = world.client("manager")
    assert client.post("/sign-out").status_code == 400
    assert client.get("/account").status_code == 200


def test_a_password_cannot_be_guessed_by_trying(world: World) -> None:
    client = world.client()
    client.get("/sign-in")
    token = client.page.forms[-1]["data"]["csrf_token"]

    def try_password(email: str, password: str) -> int:
        data = {"csrf_token": token, "email": email, "password": password}
        return client.post("/sign-in", data=data).status_code

    answers = [try_password("manager@example.com", f"guess number {number}") for number in range(11)]
    assert answers == [200] * 10 + [429]
    assert try_password("MANAGER@example.com ", PASSWORD) == 429
    assert try_password("manager@ｅxample.com", PASSWORD) == 429
    assert try_password("viewer@example.com", PASSWORD) == 302


def test_somebody_who_guesses_does_not_lock_the_owner_out_of_their_own_device(world: World) -> None:
    own, thief = world.client(), world.client()
    sign_in(own, "manager")
    own.get("/")
    own.fill(form=0)
    thief.get("/sign-in")
    for number in range(11):
        thief.fill({"email": "manager@example.com", "password": f"guess number {number}"})
    new_device = world.client()
    new_device.get("/sign-in")
    assert new_device.fill({"email": "manager@example.com", "password": PASSWORD}).status_code == 429
    own.get("/sign-in")
    assert own.fill({"email": "manager@example.com", "password": PASSWORD}).status_code == 302


def test_a_known_device_guesses_no_faster_and_is_known_to_its_own_account_only(world: World) -> None:
    own = world.client()
    sign_in(own, "manager")
    own.get("/")
    own.fill(form=0)
    for email in ("manager@example.com", "viewer@example.com"):
        own.get("/sign-in")
        answers = [own.fill({"email": email, "password": f"guess {number}"}).status_code for number in range(10)]
        assert answers == [200] * 10
        assert own.post("/sign-in", data=own.page.forms[-1]["data"] | {"email": email}).status_code == 429
    cookie = own.get_cookie("escala_device", path="/sign-in")
    assert cookie
    assert "manager" not in cookie.value
    forged = world.client()
    forged.set_cookie("escala_device", cookie.value[:-2] + "xx", path="/sign-in")
    forged.get("/sign-in")
    assert forged.fill({"email": "viewer@example.com", "password": PASSWORD}).status_code == 429
    forged.get("/sign-in")
    assert forged.fill({"email": "administrator@example.com", "password": PASSWORD}).status_code == 302


def test_signing_in_gives_forms_another_token(world: World) -> None:
    client = world.client()
    client.get("/sign-in")
    before = client.page.forms[-1]["data"]["csrf_token"]
    client.fill({"email": "manager@example.com", "password": PASSWORD})
    assert client.post("/sign-out", data={"csrf_token": before}).status_code == 400
    client.get("/")
    assert client.fill(form=0).status_code == 302


def test_the_command_line_and_pages_keep_passwords_alike(world: World) -> None:
    """Else a sign-in would write a new hash, in a transaction that is there to read."""
    passwords, browser = world.app.extensions["security"].pwd_context, hash_password(PASSWORD)
    assert not passwords.needs_update(browser)
    assert passwords.verify(PASSWORD, browser)


def test_the_password_is_changed_by_whoever_knows_it(world: World) -> None:
    client = world.client("manager")
    client.get("/account/password")
    changed = {"password": PASSWORD, "new_password": "otra frase muy larga", "new_password_confirm": "otra frase"}
    client.fill(changed)
    assert "The two new passwords are not the same." in client.page.text
    answer = client.fill({**changed, "new_password_confirm": "otra frase muy larga"})
    assert answer.status_code == 302
    client.get("/account")
    assert "Your password has been changed." in client.page.text
    again = world.client()
    again.get("/sign-in")
    filled = {"email": "manager@example.com", "password": "otra frase muy larga"}
    assert again.fill(filled).status_code == 302


def test_a_new_password_ends_every_other_visit(world: World) -> None:
    client, elsewhere = world.client("manager"), world.client("manager")
    assert elsewhere.get("/account").status_code == 200
    client.get("/account/password")
    new = "otra frase muy larga"
    client.fill({"password": PASSWORD, "new_password": new, "new_password_confirm": new})
    assert client.get("/account").status_code == 200
    assert elsewhere.get("/account").status_code == 303


def test_a_short_new_password_is_refused(world: World) -> None:
    client = world.client("manager")
    client.get("/account/password")
    client.fill({"password": PASSWORD, "new_password": "corta", "new_password_confirm": "corta"})
    assert "at least 10 characters" in client.page.text


def test_the_second_step_is_set_up_asked_for_and_good_once(world: World) -> None:
    client = world.client("manager")
    client.get("/account/second-step")
    client.fill({"setup": "authenticator"})
    client.fill({"setup": "authenticator"})
    key = re.search(r"([A-Z2-7]{4}-){7}[A-Z2-7]{4}", client.page.text)
    assert key
    codes = TOTP(key=key.group().replace("-", ""))
    assert client.fill({"code": "000000"}).status_code == 200
    assert "That code is not right" in client.page.text
    assert key.group() in client.page.text  # the one that the app has already
    assert client.fill({"code": codes.generate(time.time() - 30).token}).status_code == 302
    client.get("/account")
    assert "Two-step verification is on" in client.page.text

    other = world.client()
    other.get("/sign-in")
    answer = other.fill({"email": "manager@example.com", "password": PASSWORD}, follow_redirects=True)
    assert answer.status_code == 200
    assert other.page.h1 == "The code from your app"
    assert other.get("/account").status_code == 303
    other.get("/sign-in/code")
    other.fill({"code": "000000"})
    assert "That code is not right" in other.page.text
    code = codes.generate(time.time()).token
    assert other.fill({"code": code}).status_code == 302
    assert other.get("/account").status_code == 200

    with world.beside() as beside:
        thief = beside.client()
        thief.get("/sign-in")
        thief.fill({"email": "manager@example.com", "password": PASSWORD}, follow_redirects=True)
        thief.fill({"code": code})
        assert "That code is not right" in thief.page.text


@pytest.mark.parametrize(
    "path", ["/register", "/tf-rescue", "/tf-select", "/login", "/forgotten-password", "/fs-static/x"]
)
def test_what_is_not_offered_is_not_there(world: World, path: str) -> None:
    assert world.client("manager").get(path).status_code == 404


@pytest.mark.parametrize("password", ["1234567890", "qwertyuiop", "contraseña123", "manager2026", "servicio123"])
def test_a_password_that_is_soon_guessed_is_refused(world: World, password: str) -> None:
    client = world.client("manager")
    client.get("/account/password")
    client.fill({"password": PASSWORD, "new_password": password, "new_password_confirm": password})
    assert "This password is easy to guess." in client.page.text


def test_signing_out_everywhere_ends_remembered_visits_too(world: World) -> None:
    lost = world.client()
    lost.get("/sign-in")
    lost.fill({"email": "manager@example.com", "password": PASSWORD, "remember": "y"})
    lost.delete_cookie("session")
    assert lost.get("/account").status_code == 200
    client = world.client("manager")
    client.get("/account/sign-out-everywhere")
    client.fill(follow_redirects=True)
    assert "You are signed out on every device." in client.page.text
    assert client.get("/account").status_code == 303
    lost.delete_cookie("session")
    assert lost.get("/account").status_code == 303


def test_the_account_says_when_it_was_signed_in(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    client = world.client()
    for day in (3, 21):
        monkeypatch.setattr(
            sign_in_module, "utc_now", lambda day=day: dt.datetime(2026, 11, day, 14, 30, tzinfo=dt.UTC)
        )
        client.delete_cookie("session")
        sign_in(client, "manager")
        client.get("/account")
    assert "Last sign-in November 21, 2026, 9:30" in client.page.text
    assert "The one before November 3, 2026, 9:30" in client.page.text


def test_the_second_step_is_changed_by_whoever_has_just_shown_the_password(world: World) -> None:
    client = world.client("manager")
    with client.session_transaction() as browser:
        browser["fs_paa"] = time.time() - 3600
        browser.pop("fs_gexp", None)
    asked = client.get("/account/second-step")
    assert asked.headers["Location"].startswith("/account/password-again")
    client.get(asked.headers["Location"])
    assert client.fill({"password": PASSWORD}).status_code == 302
    assert client.get("/account/second-step").status_code == 200


@pytest.mark.parametrize("path", ["/account/password", "/account/password-again"])
def test_at_a_screen_left_open_the_password_cannot_be_guessed_either(world: World, path: str) -> None:
    client = world.client("manager")
    client.get(path)
    data = client.page.forms[-1]["data"] | {"new_password": "otra frase muy larga"}
    data["new_password_confirm"] = data["new_password"]
    answers = [client.post(path, data=data | {"password": f"guess number {n}"}).status_code for n in range(11)]
    assert answers == [200] * 10 + [429]
    assert client.post(path, data=data | {"password": PASSWORD}).status_code == 429


def test_an_address_without_account_takes_as_long_to_refuse(world: World) -> None:
    """Its password is hashed, too: the answer's time tells nothing."""
    client = world.client()

    def seconds(email: str) -> float:
        tries = []
        for number in range(3):
            client.get("/sign-in")
            began = time.perf_counter()
            client.fill({"email": email, "password": f"guess number {number}"})
            tries.append(time.perf_counter() - began)
        return min(tries)

    assert seconds("nobody@example.com") > seconds("manager@example.com") / 3
