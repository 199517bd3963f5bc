"""Signing in and out, the password, the second step."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from passlib.totp import TOTP

from assessment.app import create_app
from assessment.infra.settings import Settings
from tests.web.client import PageClient
from tests.web.world import PASSWORD, World


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


@pytest.mark.parametrize(("language", "words"), [("es", "abra este enlace"), ("en", "open this link")])
def test_a_reset_by_mail_leads_to_our_own_address_only(tmp_path: Path, language: str, words: str) -> None:
    settings = Settings(
        tmp_path,
        f"sqlite:///{tmp_path / 'mail.sqlite'}",
        "k" * 40,
        base_url="https://escala.example.com",
        smtp_url="smtp://mail.example.com",
    )
    app = create_app(settings, testing=True)
    app.test_client_class = PageClient
    client = World.make(app).client(language=language)
    claimed = "https://evil.example.com"
    with app.extensions["mail"].record_messages() as sent:
        client.get("/forgotten-password", base_url=claimed)
        client.fill({"email": "manager@example.com"}, base_url=claimed)
        client.get("/forgotten-password", base_url=claimed)
        client.fill({"email": "nobody@example.com"}, base_url=claimed)
    assert len(sent) == 1
    assert words in sent[0].body
    assert "evil" not in sent[0].body
    link = re.search(r"https://escala\.example\.com(/forgotten-password/\S+)", sent[0].body)
    assert link
    client.get(link.group(1), base_url="https://escala.example.com")
    new = "otra frase muy larga"
    answer = client.fill({"password": new, "password_confirm": new}, base_url="https://escala.example.com")
    assert answer.status_code == 302
    app.extensions["escala_database"].engine.dispose()


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
    assert client.fill({"code": codes.generate(time.time() - 30).token}).status_code == 302
    client.get("/account")
    assert "The second step is on" in client.page.text

    other = world.client()
    other.get("/sign-in")
    answer = other.fill({"email": "manager@example.com", "password": PASSWORD}, follow_redirects=True)
    assert answer.status_code == 200
    assert other.page.h1 == "The code of your app"
    assert other.get("/account").status_code == 303
    other.get("/sign-in/code")
    other.fill({"code": "000000"})
    assert "That code is not right" in other.page.text
    code = codes.generate(time.time()).token
    assert other.fill({"code": code}).status_code == 302
    assert other.get("/account").status_code == 200

    thief = world.client()
    thief.get("/sign-in")
    thief.fill({"email": "manager@example.com", "password": PASSWORD}, follow_redirects=True)
    thief.fill({"code": code})
    assert "That code is not right" in thief.page.text


@pytest.mark.parametrize(
    "path", ["/register", "/tf-rescue", "/tf-select", "/login", "/forgotten-password", "/fs-static/x"]
)
def test_what_is_not_offered_is_not_there(world: World, path: str) -> None:
    assert world.client("manager").get(path).status_code == 404
