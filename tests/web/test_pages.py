"""Every page in both languages; language, errors and headers."""

from __future__ import annotations

import re

import pytest
from flask import Flask, abort
from sqlalchemy import text

from assessment.domain.rounds import RoundAlreadyPublished, RoundState
from assessment.web.safe_redirect import safe_path
from tests.web.client import PageClient
from tests.web.conftest import all_databases
from tests.web.world import World

SIGNED_IN = (
    "/",
    "/account",
    "/account/password",
    "/account/second-step",
    "/account/password-again",
    "/organisations/new",
    "/organisations/{organisation}",
    "/organisations/{organisation}/edit",
    "/organisations/{organisation}/look",
    "/organisations/{organisation}/teams/new",
    "/organisations/{organisation}/teams/{team}",
    "/organisations/{organisation}/teams/{team}/edit",
    "/organisations/{organisation}/teams/{team}/points",
    "/organisations/{organisation}/teams/{team}/targets",
    "/styleguide",
)


@pytest.mark.parametrize("language", ["es", "en"])
def test_every_page_is_sound_in_both_languages(world: World, language: str) -> None:
    client = world.client("administrator", language)
    for pattern in SIGNED_IN:
        path = pattern.format(organisation=world.organisation, team=world.team)
        assert client.get(path).status_code == 200, path
        assert client.page.lang.partition("-")[0] == language, path


def test_a_spanish_page_holds_no_english(world: World) -> None:
    """The words of a page differ between the languages, apart from names."""
    spanish, english = world.client("administrator", "es"), world.client("administrator", "en")
    for pattern in SIGNED_IN[:-1]:
        path = pattern.format(organisation=world.organisation, team=world.team)
        spanish.get(path)
        english.get(path)
        own = {"Clínica del Valle", "Mesa de ayuda"}
        assert spanish.page.h1 != english.page.h1 or english.page.h1 in own, path


def test_a_page_of_an_organisation_is_in_its_country(world: World) -> None:
    client = world.client("administrator", "es")
    client.get(world.team_address)
    assert client.page.lang == "es-CO"


def test_changing_the_language_comes_back_to_the_page(client: PageClient, world: World) -> None:
    client.get("/sign-in?next=/account")
    link = next(link for link in client.page.links if link.startswith("/language/es"))
    answer = client.get(link)
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/sign-in?next=/account"
    client.get("/sign-in")
    assert client.page.lang == "es"
    assert client.page.h1 == "Iniciar sesión"


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example.com",
        "//evil.example.com",
        "/\\evil.example.com",
        "javascript:alert(1)",
        "/\tx",
        "/\n/evil.example.com",
        "",
        None,
        "evil",
    ],
)
def test_a_redirect_never_leaves_the_server(client: PageClient, target: str | None) -> None:
    assert safe_path(target) == "/"
    answer = client.get("/language/es", query_string={"next": target} if target else {})
    assert answer.headers["Location"] == "/"


def test_a_language_that_does_not_exist_is_not_found(client: PageClient) -> None:
    assert client.get("/language/fr").status_code == 404


@pytest.mark.own_app
@pytest.mark.parametrize("language", ["es", "en"])
@pytest.mark.parametrize("status", [400, 403, 404, 405, 409, 413, 429, 500])
def test_every_error_has_a_page_in_both_languages(app: Flask, status: int, language: str) -> None:
    def refuse() -> None:
        if status == 409:
            raise RoundAlreadyPublished(RoundState.PUBLISHED)
        if status == 500:
            raise RuntimeError("secret of the house")
        abort(status)

    app.before_request_funcs.setdefault(None, []).insert(0, refuse)
    client = app.test_client()
    assert isinstance(client, PageClient)
    assert client.get("/", headers={"Accept-Language": language}).status_code == status
    assert client.page.lang == language
    assert "secret" not in client.page.text
    assert "RuntimeError" not in client.page.text


@all_databases
def test_a_database_that_fails_is_told_on_our_page_and_the_next_request_is_served(world: World) -> None:
    client = world.client("manager")
    with world.app.extensions["escala_database"].engine.begin() as connection:
        connection.execute(text("ALTER TABLE users RENAME TO away"))
    assert client.get(world.address).status_code == 500
    assert client.page.h1 == "Something went wrong on our side"
    with world.app.extensions["escala_database"].engine.begin() as connection:
        connection.execute(text("ALTER TABLE away RENAME TO users"))
    assert client.get(world.address).status_code == 200


def test_too_much_is_refused_kindly(client: PageClient) -> None:
    assert client.post("/sign-in", data={"email": "x" * 2_100_000}).status_code == 413
    assert client.page.h1 == "That is too large"


@pytest.mark.parametrize("digits", ["9" * 13, "9" * 400, "9" * 5_000, "-" + "9" * 400, "9" * 11])
def test_a_number_of_any_length_is_told_beside_its_field(world: World, digits: str) -> None:
    client = world.client("administrator")
    round_ = world.open_round()
    client.get(f"{world.team_address}/rounds")
    [address] = {link for link in client.page.links if re.fullmatch(rf"{world.team_address}/rounds/[0-9a-f-]+", link)}
    assert round_
    for path, field in (
        (f"{world.team_address}/edit", "size"),
        (f"{world.address}/teams/new", "size"),
        (f"{world.address}/edit", "minimum_group"),
        (f"{address}/links", "how_many"),
    ):
        client.get(path)
        [form] = [at for at, form in enumerate(client.page.forms) if field in form["data"]]
        assert client.fill({field: digits, "name": "N"}, form=form).status_code in (200, 422), path
        assert "whole number" in client.page.text, path
    for query in ("page", "comments", "at", "version"):
        for path in ("", "/members", "/outbox", f"/teams/{world.team}/rounds"):
            assert client.get(f"{world.address}{path}?{query}={digits}").status_code < 500


@pytest.mark.parametrize("path", ["/sign-in", "/account/password", "/organisations/new"])
@pytest.mark.parametrize(
    "form",
    [
        "&".join(f"{number:05x}=" for number in range(2_000)),
        "&" * 2_000,
        "a=" + "%41" * 150_000,
    ],
    ids=["fields", "separators", "escapes"],
)
def test_a_form_that_takes_long_to_read_is_refused_unread(client: PageClient, path: str, form: str) -> None:
    """The attack: nobody's account, and seconds of the process that everybody answers in."""
    encoded = "application/x-www-form-urlencoded"
    assert client.post(path, data=form, content_type=encoded).status_code == 413
    assert client.page.h1 == "That is too large"


def test_a_form_with_files_has_few_parts_too(client: PageClient) -> None:
    data = {f"{number:05x}": "" for number in range(1_100)}
    assert client.post("/sign-in", data=data, content_type="multipart/form-data").status_code == 413


def test_headers_forbid_what_pages_do_not_need(client: PageClient) -> None:
    for path in ("/", "/nowhere", "/static/app.css"):
        with client.get(path) as answer:
            headers = answer.headers
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert headers["Referrer-Policy"] == "same-origin"
        assert headers["X-Content-Type-Options"] == "nosniff"


def test_pages_of_an_account_are_not_kept_by_caches(world: World) -> None:
    client = world.client("manager")
    for path in ("/", "/account", world.team_address):
        assert "no-store" in client.get(path).headers["Cache-Control"]


def test_the_style_page_is_for_development_only(app: Flask) -> None:
    app.testing = False
    assert app.test_client().get("/styleguide").status_code == 404


def test_a_visitor_is_greeted_once_somebody_has_an_account(world: World) -> None:
    client = world.client()
    client.get("/")
    assert "Sign in" in client.page.text
    assert client.get("/set-up").status_code == 404


@all_databases
def test_control_characters_do_no_harm(world: World) -> None:
    for address in ("/r/%00", "/join/%00", "/static/%00", "/%00"):
        assert world.client().get(address).status_code == 404
    client = world.client("manager")
    client.get("/organisations/new")
    answer = client.fill({"name": "Hotel\x00 Sol\x1b", "country": "MX", "language": "es"})
    client.get(answer.headers["Location"])
    assert client.page.h1 == "Hotel Sol"
    visitor = world.client()
    visitor.get("/sign-in")
    assert visitor.fill({"email": "man\x00ager@example.com", "password": "\x00"}).status_code == 200
    visitor.get("/sign-in")
    assert visitor.fill({"email": "manager@example.com", "password": "\x00" * 20}).status_code == 200


def test_a_second_organisation_is_created_and_changed(world: World) -> None:
    client = world.client("manager")
    client.get("/organisations/new")
    answer = client.fill({"name": "Hotel Sol", "country": "MX", "language": "es"})
    address = answer.headers["Location"]
    client.get(address)
    assert "Add the first team" in client.page.text
    client.get(f"{address}/edit")
    client.fill({"minimum_group": "3"})
    assert "Write a whole number from 4 to 50." in client.page.text
    assert client.fill({"minimum_group": "6", "name": "Hotel Luna"}).status_code == 303
    client.get(address)
    assert client.page.h1 == "Hotel Luna"
