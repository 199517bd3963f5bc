"""Exploring with sample data on the first visit: one click there, one confirmed click back."""

from __future__ import annotations

import os
import re
import threading
from collections import Counter
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask

from assessment.catalogue.samples import load_samples
from assessment.domain.access import OrganisationRole
from assessment.infra.clock import utc_now
from assessment.services.accounts import create_account
from assessment.services.sample_data import make_sample_data
from assessment.services.setup_code import prepare_setup_code
from assessment.store.accounts import SAMPLE_EMAIL
from assessment.store.organisations import Membership
from tests.databases import KINDS
from tests.web.applications import application, made_once
from tests.web.client import PageClient
from tests.web.conftest import all_databases
from tests.web.world import PASSWORD, World

IN_CI = bool(os.environ.get("CI"))
MOST, FEW = (1_000, 2) if IN_CI else (2, 1)
"""Pages of each kind that the first person looks at, and every other one."""
ELSEWHERE = {"REMOTE_ADDR": "192.168.1.20"}
NAMES = {"es": "Clínica Aguaclara (ejemplo)", "en": "Harbor Lane Repairs (sample)"}


def visitor(app: Flask, language: str = "en") -> PageClient:
    client = app.test_client()
    assert isinstance(client, PageClient)
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = language
    return client


def form_to(client: PageClient, action: str) -> int:
    return next(at for at, form in enumerate(client.page.forms) if form["action"] == action)


def explore(client: PageClient, **kwargs: Any) -> None:
    client.get("/", **kwargs)
    answer = client.fill(form=form_to(client, "/set-up/sample"), **kwargs)
    assert answer.status_code == 303
    client.get(answer.headers["Location"], **kwargs)


def explored(client: PageClient) -> None:
    """As somebody who has clicked: their page, their session, and the database. The click itself: the next test."""

    def make() -> tuple[Any, ...]:
        explore(client)
        return dict(client._cookies), client.page, client.at

    cookies, client.page, client.at = made_once(client.application, "sample data", make)
    client._cookies = dict(cookies)


def test_the_sample_account_is_not_invited_to_begin_what_would_go_with_it(client: PageClient) -> None:
    explored(client)
    client.get("/")
    assert "/organisations/new" not in client.page.links
    assert "/sample-data/remove" in client.page.links


@pytest.mark.parametrize(
    ("database_kind", "language"), [*zip(KINDS, ("es", "en"), strict=True)], indirect=["database_kind"]
)
def test_one_click_makes_sample_data_in_the_visitors_language_and_signs_in(app: Flask, language: str) -> None:
    client = visitor(app, language)
    explore(client)
    assert NAMES[language] in client.page.text
    assert set(NAMES.values()) & set(client.page.texts) == {NAMES[language]}
    assert {"es": "datos de ejemplo", "en": "sample data"}[language] in client.page.text
    assert SAMPLE_EMAIL in client.page.text


def test_the_password_that_is_shown_once_opens_the_sample_again(client: PageClient) -> None:
    explored(client)
    said = re.search(rf"{re.escape(SAMPLE_EMAIL)} and the password (\w+)", client.page.text)
    assert said
    client.get("/")
    assert said[1] not in client.page.text
    another = visitor(client.application)
    another.get("/sign-in")
    assert another.fill({"email": SAMPLE_EMAIL, "password": said[1]}).status_code == 302
    another.get("/")
    assert "These are sample data" in another.page.text


def test_every_page_of_the_sample_account_says_so_and_nobody_elses_does(client: PageClient, app: Flask) -> None:
    explored(client)
    for link in ("/", "/account", "/organisations/new"):
        client.get(link)
        assert "These are sample data" in client.page.text
    with app.extensions["escala_database"].writing() as session:
        create_account(session, email="ana@example.com", password=PASSWORD, now=utc_now())
    other = visitor(app)
    other.get("/sign-in")
    assert other.fill({"email": "ana@example.com", "password": PASSWORD}).status_code == 302
    other.get("/")
    assert "sample data" not in other.page.text
    assert other.get("/sample-data/remove").status_code == 404
    assert client.get("/sample-data/remove").status_code == 200


@all_databases
def test_removing_is_confirmed_and_leads_back_to_the_first_visit(client: PageClient) -> None:
    explore(client)
    client.get("/sample-data/remove")
    assert NAMES["en"] in client.page.text
    answer = client.fill()
    assert answer.status_code == 303
    client.get("/")
    assert client.page.h1 == "Welcome to Escala"
    assert "have been removed" in client.page.text
    assert client.get("/sample-data/remove").status_code == 303
    explore(client)
    assert NAMES["en"] in client.page.text


def test_removing_takes_nothing_without_the_forms_token(client: PageClient) -> None:
    explored(client)
    assert client.post("/sample-data/remove").status_code == 400
    client.get("/")
    assert NAMES["en"] in client.page.text


def test_from_another_device_the_code_comes_first(app: Flask, client: PageClient) -> None:
    client.get("/", environ_overrides=ELSEWHERE)
    assert "/set-up/sample" not in {form["action"] for form in client.page.forms}
    client.get("/set-up", environ_overrides=ELSEWHERE)
    token = client.page.forms[-1]["data"]["csrf_token"]
    answer = client.post("/set-up/sample", data={"csrf_token": token}, environ_overrides=ELSEWHERE)
    assert answer.headers["Location"] == "/set-up"
    client.get("/set-up", environ_overrides=ELSEWHERE)
    client.fill({"code": prepare_setup_code(app.extensions["escala_database"])}, environ_overrides=ELSEWHERE)
    explore(client, environ_overrides=ELSEWHERE)
    assert NAMES["en"] in client.page.text


def test_a_server_that_is_set_up_makes_no_sample_data(world: World) -> None:
    client = world.client()
    client.get("/sign-in")
    token = client.page.forms[-1]["data"]["csrf_token"]
    assert client.post("/set-up/sample", data={"csrf_token": token}).headers["Location"] == "/"
    client.get("/")
    assert client.page.h1 == "Service culture, seen by the team itself"


@all_databases
def test_two_clicks_at_once_make_one_sample(app: Flask) -> None:
    clients = [visitor(app) for _ in range(2)]
    for client in clients:
        client.get("/")
    together = threading.Barrier(2)

    def click(client: PageClient) -> None:
        together.wait()
        assert client.fill(form=form_to(client, "/set-up/sample")).status_code == 303

    threads = [threading.Thread(target=click, args=(client,)) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    pages = []
    for client in clients:
        client.get("/")
        pages.append(client.page.h1)
    assert sorted(pages) == ["Service culture, seen by the team itself", "Your teams"]


# Every page


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Both sample organisations, and people of every role in them; nobody here changes anything."""
    with application("sqlite") as app:
        yield make_sample(app)


def make_sample(app: Flask) -> World:
    with app.extensions["escala_database"].writing() as session:
        sample = make_sample_data(session, load_samples(), password=PASSWORD, now=utc_now())
        for role in OrganisationRole:
            person = create_account(session, email=f"{role}@example.com", password=PASSWORD, now=utc_now())
            for organisation in sample.organisations:
                session.add(Membership(user_id=person.id, organisation_id=organisation.id, role=role))
        return World(app, sample.organisations[0].id, sample.organisations[0].id, *[sample.organisations[1].id] * 2)


@pytest.mark.parametrize(
    ("person", "language"), [("administrator", "es"), ("administrator", "en"), ("manager", "en"), ("viewer", "en")]
)
def test_every_link_leads_to_a_sound_page(sample: World, person: str, language: str) -> None:
    """Of every kind of document one; of every kind of page a few, and in CI all by the first person."""
    client = sample.client(person, language)
    waiting, seen = ["/"], {"/"}
    looked_at: Counter[str] = Counter()
    while waiting:
        path = waiting.pop()
        answer = client.get(path)
        assert answer.status_code in (200, 302, 303), path
        links = client.page.links if answer.status_code == 200 and answer.mimetype == "text/html" else []
        for link in links:
            at = urlsplit(link)
            if at.netloc or not at.path.startswith("/") or at.path.startswith(("/language", "/r/", "/static")):
                continue
            address = at.path + (f"?{at.query}" if at.query else "")
            kind = re.sub(r"[0-9a-f-]{36}", "*", address)
            enough = 1 if ".pdf" in kind else MOST if language == "es" else FEW
            if address not in seen and looked_at[kind] < enough:
                looked_at[kind] += 1
                seen.add(address)
                waiting.append(address)
    assert looked_at["/organisations/*/teams/*/rounds/*/results"] >= (min(8, MOST) if language == "es" else FEW)
