"""A visit that ends while somebody writes: nothing that was typed is lost, on any form."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest
from flask import Flask

from assessment.web import visits
from tests.web.client import PageClient
from tests.web.test_plans import fields, open_plan, pillars
from tests.web.test_results import publish_once
from tests.web.world import PASSWORD, World


def end_visit(client: PageClient) -> None:
    """As after the last hour of a session."""
    client.delete_cookie("session")


def language_links(client: PageClient) -> list[str]:
    return [link for link in client.page.links if link.startswith("/language/")]


def sign_in_in_another_tab(client: PageClient, person: str = "manager") -> None:
    page, at = client.page, client.at
    client.get("/sign-in")
    assert client.fill({"email": f"{person}@example.com", "password": PASSWORD}).status_code == 302
    client.page, client.at = page, at


@pytest.mark.parametrize("language", ["es", "en"])
def test_a_form_sent_after_the_visit_ended_keeps_what_was_written_until_it_can_be_saved(
    world: World, language: str
) -> None:
    client = world.client("manager", language)
    client.get(f"{world.team_address}/edit")
    end_visit(client)
    assert client.fill({"name": "Mesa de ayuda y soporte", "size": "14"}).status_code == 403
    assert client.page.h1 == {"es": "Su sesión ha terminado", "en": "You are no longer signed in"}[language]
    assert client.fill().status_code == 403, "too early: still nothing is lost"
    sign_in_in_another_tab(client)
    assert client.fill().status_code == 303
    client.get(f"{world.team_address}/edit")
    assert client.page.forms[-1]["data"]["name"] == "Mesa de ayuda y soporte"


def test_a_page_left_open_is_saved_as_it_is_after_signing_in_again(world: World) -> None:
    client = world.client("manager")
    client.get(f"{world.team_address}/edit")
    end_visit(client)
    sign_in_in_another_tab(client)
    assert client.fill({"size": "14"}).status_code == 303


def test_the_plan_says_that_the_visit_has_ended_and_goes_on_saving_once_one_is_back(world: World) -> None:
    client = open_plan(world, publish_once(world))
    owner = f"owner-{pillars(client)[0]}-0"
    sent = {**fields(client), "act": "autosave", owner: "Ana"}
    script = {"Accept": "application/json"}
    end_visit(client)
    answer = client.fill(sent, headers=script)
    assert (answer.status_code, answer.json) == (403, {"visit_ended": True})
    sign_in_in_another_tab(client)
    assert client.fill(sent, headers=script).status_code == 200
    client.get(client.at)
    assert fields(client)[owner] == "Ana"


def after(monkeypatch: pytest.MonkeyPatch, **passed: float) -> None:
    """Time passes."""
    at = getattr(visits, "utc_now")() + dt.timedelta(**passed)  # noqa: B009 - which may have passed before
    monkeypatch.setattr(visits, "utc_now", lambda: at)


@pytest.mark.parametrize("language", ["es", "en"])
def test_a_visit_that_is_not_used_ends_and_the_page_to_sign_in_says_so(
    world: World, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    client = world.client("manager", language)
    for _ in range(2):
        after(monkeypatch, hours=3.9)
        assert client.get("/account").status_code == 200, "it was used in between"
    after(monkeypatch, hours=4.1)
    answer = client.get("/account")
    assert answer.status_code == 303
    client.get(answer.headers["Location"])
    words = {"es": "Se cerró su sesión porque Escala no se usó durante 4 horas.", "en": "was not used for 4 hours."}
    assert words[language] in client.page.text
    assert client.get("/account").status_code == 303


@pytest.mark.own_app
def test_how_long_a_visit_lasts_without_use_is_a_setting(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    app.extensions["escala_settings"] = dataclasses.replace(app.extensions["escala_settings"], idle_hours=1)
    client = World.make(app).client("manager")
    after(monkeypatch, hours=1.1)
    client.get(client.get("/account").headers["Location"])
    assert "was not used for 1 hour." in client.page.text


def test_a_visit_ends_after_a_working_day_however_often_it_was_used(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = world.client("manager")
    for _ in range(5):
        after(monkeypatch, hours=2.3)
        client.get(f"{world.team_address}/edit")
        assert client.fill({"size": "14"}).status_code == 303, "which says “Saved”, by a new cookie"
    after(monkeypatch, hours=0.6)
    client.get(client.get("/account").headers["Location"])
    assert "a visit lasts twelve hours at most" in client.page.text


def test_a_remembered_device_begins_another_visit(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    client = world.client()
    client.get("/sign-in")
    client.fill({"email": "manager@example.com", "password": PASSWORD, "remember": "y"})
    for _ in range(2):
        after(monkeypatch, hours=20)
        assert client.get("/account").status_code == 200
        assert "signed out" not in client.page.text


def test_what_was_written_before_a_long_pause_is_not_lost(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    client = world.client("manager")
    client.get(f"{world.team_address}/edit")
    after(monkeypatch, hours=5)
    assert client.fill({"size": "14"}).status_code == 403
    assert client.page.h1 == "You are no longer signed in"
    assert "was not used for 4 hours" in client.page.text
    sign_in_in_another_tab(client)
    assert client.fill().status_code == 303


def test_nobody_else_sends_the_form_that_somebody_left_open(world: World) -> None:
    client = world.client("manager")
    client.get(f"{world.team_address}/edit")
    end_visit(client)
    sign_in_in_another_tab(client, "administrator")
    assert client.fill({"size": "14"}).status_code == 400


@pytest.mark.parametrize("forged", ["", "x", "é" * 40])
def test_a_form_that_no_page_of_ours_made_is_refused(world: World, forged: str) -> None:
    client = world.client("manager")
    client.get(f"{world.team_address}/edit")
    page = client.page
    assert client.fill({"csrf_token": forged, "size": "14"}).status_code == 400
    end_visit(client)
    client.page = page
    assert client.fill({"csrf_token": forged, "size": "14"}).status_code == 400


def test_a_form_of_the_day_before_yesterday_is_refused(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    client = world.client("manager")
    client.get(f"{world.team_address}/edit")
    end_visit(client)
    sign_in_in_another_tab(client)
    monkeypatch.setattr(visits, "FORM_LIFETIME", -visits.FORM_LIFETIME)
    assert client.fill({"size": "14"}).status_code == 400


def test_a_password_is_not_kept_on_a_page(world: World) -> None:
    client = world.client("manager")
    client.get("/account/password")
    end_visit(client)
    answer = client.fill({"password": PASSWORD, "new_password": "otra frase", "new_password_confirm": "otra frase"})
    assert answer.status_code == 400
    assert PASSWORD not in answer.text


@pytest.mark.parametrize("language", ["es", "en"])
def test_the_page_that_keeps_what_was_written_has_no_link_that_drops_it(world: World, language: str) -> None:
    client = world.client("manager", language)
    client.get(f"{world.team_address}/edit")
    assert language_links(client)
    assert client.fill({"name": ""}).status_code == 200
    assert not language_links(client), "of a form that was refused, too"
    client.get(f"{world.team_address}/edit")
    end_visit(client)
    client.fill({"name": "Mesa de ayuda y soporte"})
    assert not language_links(client)
    [away] = [link for link in client.page.links if link.startswith("/sign-in")]
    assert away, "which opens in another tab"
