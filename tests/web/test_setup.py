"""The first visit."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from flask import Flask

from assessment.app import close_app, create_app
from assessment.infra.settings import Settings
from assessment.services.setup_code import CODE_LETTERS, prepare_setup_code
from tests.web.client import PageClient
from tests.web.conftest import all_databases

ANSWERS = {
    "email": "Ana@Example.com",
    "password": "una frase que nadie adivina",
    "organisation": "Clínica del Valle",
    "country": "CO",
    "language": "es",
    "team": "Mesa de ayuda",
    "size": "12",
    "kind": "service-desk",
}
ELSEWHERE = {"REMOTE_ADDR": "192.168.1.20"}


@all_databases
def test_one_form_makes_account_organisation_and_team_and_signs_in(client: PageClient) -> None:
    assert "Nobody has an account here yet" in client.get("/").get_data(as_text=True)
    client.get("/set-up")
    assert client.fill(ANSWERS).status_code == 303
    client.get("/")
    assert client.page.h1 == "Your teams"
    assert "Clínica del Valle" in client.page.text
    assert "Mesa de ayuda" in client.page.text
    assert "Open the first round" in client.page.text


def test_set_up_is_there_once(client: PageClient) -> None:
    client.get("/set-up")
    client.fill(ANSWERS)
    assert client.get("/set-up").status_code == 404
    assert client.post("/set-up", data=ANSWERS).status_code in (400, 404)


@pytest.mark.parametrize("language", ["es", "en"])
def test_an_incomplete_form_says_what_is_missing_and_keeps_the_rest(app: Flask, language: str) -> None:
    client = app.test_client()
    assert isinstance(client, PageClient)
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = language
    client.get("/set-up")
    client.fill({**ANSWERS, "email": "no-address", "password": "corta", "size": "many"})
    summary = {"en": "Please check this", "es": "Por favor, revise esto"}[language]
    assert summary in client.page.text
    assert client.page.forms[-1]["data"]["organisation"] == "Clínica del Valle"
    assert client.page.lang.startswith(language)
    assert client.get("/").status_code == 200
    client.get("/set-up")
    client.fill({**ANSWERS, "email": "no-address"})
    assert summary in client.page.text


@pytest.mark.parametrize(
    "changes",
    [
        {"REMOTE_ADDR": "192.168.1.20"},
        {"HTTP_X_FORWARDED_FOR": "127.0.0.1"},
        {"HTTP_HOST": "evil.example.com"},
        {"HTTP_FORWARDED": "for=1.2.3.4"},
        {"HTTP_X_FORWARDED_PROTO": "https"},
        {"HTTP_CF_CONNECTING_IP": "1.2.3.4"},
        {"HTTP_TRUE_CLIENT_IP": "1.2.3.4"},
        {"SERVER_PROTOCOL": "HTTP/1.0"},
    ],
)
def test_whoever_is_not_at_the_machine_needs_the_code(client: PageClient, changes: dict[str, str]) -> None:
    client.get("/set-up", environ_overrides=changes)
    assert client.page.h1 == "One-time code"
    client.fill({**ANSWERS}, environ_overrides=changes)
    assert client.page.h1 == "One-time code"


def test_the_code_opens_set_up_from_another_device(app: Flask, client: PageClient) -> None:
    client.get("/", environ_overrides=ELSEWHERE)
    assert "one-time code" in client.page.text
    client.get("/set-up", environ_overrides=ELSEWHERE)
    client.fill({"code": "wrong"}, environ_overrides=ELSEWHERE)
    assert "That is not the code" in client.page.text
    code = prepare_setup_code(app.extensions["escala_database"])
    assert code
    spelled = f" {code[:5].upper()}-{code[5:]} "
    assert client.fill({"code": spelled}, environ_overrides=ELSEWHERE).status_code == 303
    client.get("/set-up", environ_overrides=ELSEWHERE)
    assert client.fill(ANSWERS, environ_overrides=ELSEWHERE).status_code == 303


def test_whoever_guesses_the_code_does_not_keep_out_the_one_who_has_it(client: PageClient, app: Flask) -> None:
    """The attack: wrong codes without end, so that the owner of a new server cannot set it up."""
    code = prepare_setup_code(app.extensions["escala_database"])
    assert code is not None
    assert len(CODE_LETTERS) ** len(code) > 5e14, "ten thousand tries a second take a thousand years"
    client.get("/set-up", environ_overrides=ELSEWHERE)
    token = client.page.forms[-1]["data"]["csrf_token"]

    def send(written: str) -> int:
        data = {"csrf_token": token, "code": written}
        return client.post("/set-up", data=data, environ_overrides=ELSEWHERE).status_code

    assert [send(f"wrong{number}") for number in range(60)] == [200] * 60
    assert send(code) == 303


@all_databases
def test_two_people_who_set_up_at_once_make_one_account(app: Flask) -> None:
    clients = [app.test_client(), app.test_client()]
    for client in clients:
        client.get("/set-up")
    together = threading.Barrier(2)
    seen: list[int] = []

    def send(client: PageClient) -> None:
        together.wait()
        seen.append(client.fill(ANSWERS).status_code)

    threads = [threading.Thread(target=send, args=(client,)) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(seen) == [303, 404]


@pytest.mark.parametrize(("spoken", "country"), [("es-CO,es;q=0.9", "CO"), ("en-US", "US"), ("es", ""), ("es-419", "")])
def test_the_country_is_proposed_where_the_browser_names_one(client: PageClient, spoken: str, country: str) -> None:
    client.get("/set-up", headers={"Accept-Language": spoken})
    assert client.page.forms[-1]["data"]["country"] == country


def test_a_server_with_a_public_address_always_asks_for_the_code(tmp_path: Path) -> None:
    settings = Settings(
        tmp_path, f"sqlite:///{tmp_path / 'public.sqlite'}", "k" * 40, base_url="https://escala.example.com"
    )
    app = create_app(settings, testing=True)
    app.test_client_class = PageClient
    client = app.test_client()
    assert isinstance(client, PageClient)
    client.get("/set-up", headers={"Accept-Language": "en"}, base_url="https://localhost")
    assert client.page.h1 == "One-time code"
    close_app(app)


@pytest.mark.parametrize(
    ("language", "words"), [("es", "Lo que escribió sigue aquí"), ("en", "What you wrote is still here")]
)
def test_a_form_whose_cookie_was_lost_keeps_what_was_typed(app: Flask, language: str, words: str) -> None:
    client = app.test_client()
    assert isinstance(client, PageClient)
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = language
    client.get("/set-up")
    client.delete_cookie("session")
    assert client.fill(ANSWERS).status_code == 200
    assert words in client.page.text
    kept = client.page.forms[-1]["data"]
    assert {name: kept[name] for name in ANSWERS} == ANSWERS | {"password": ""}
    assert client.get("/").status_code == 200
    assert "/set-up" in client.page.links, "nothing was done"
    client.get("/set-up")
    client.delete_cookie("session")
    client.fill(ANSWERS)
    assert client.fill({"password": ANSWERS["password"]}).status_code == 303


def test_from_elsewhere_it_is_kept_until_the_code_is_written_again(app: Flask) -> None:
    code = prepare_setup_code(app.extensions["escala_database"])
    assert code
    client = app.test_client()
    assert isinstance(client, PageClient)
    client.environ_base.update({**ELSEWHERE, "HTTP_ACCEPT_LANGUAGE": "en"})
    client.get("/set-up")
    client.fill({"code": code}, follow_redirects=True)
    client.delete_cookie("session")
    assert client.fill(ANSWERS).status_code == 200
    assert client.page.h1 == "One-time code"
    assert ANSWERS["password"] not in client.page.forms[-1]["data"].values()
    assert client.fill({"code": code}).status_code == 200
    assert client.page.h1 == "Set up Escala"
    assert client.page.forms[-1]["data"]["organisation"] == ANSWERS["organisation"]
    assert client.fill({"password": ANSWERS["password"]}).status_code == 303


def test_a_refused_form_says_what_can_be_done_with_what_was_typed(client: PageClient) -> None:
    client.get("/sign-in")
    client.delete_cookie("session")
    assert client.fill({"email": "ana@example.com", "password": "x"}).status_code == 400
    assert "Copy what you need first" in client.page.text
