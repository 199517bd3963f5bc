"""A plan that is shared: read by whoever has its link, and by nobody before."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask

from assessment.domain.answers import Role
from assessment.domain.rounds import RoundMode
from assessment.infra.clock import utc_now
from assessment.infra.logging import configure_logging
from assessment.services.publication import publish_round
from assessment.services.rounds import open_round, stop_round
from assessment.store.rounds import Round
from tests.printing import words_of_pdf
from tests.services.build import DAY, make_sheet
from tests.web.client import PageClient
from tests.web.conftest import all_databases
from tests.web.round_answers import answer_round
from tests.web.test_plans import fields, open_plan, pillars, press
from tests.web.test_results import publish, publish_once, sheets
from tests.web.world import World


@pytest.fixture
def address(world: World) -> str:
    return publish_once(world)


def link_of(world: World, address: str) -> str:
    """Where the plan of a round is read."""
    with world.app.extensions["escala_database"].reading() as session:
        rounds = {str(round_.id): round_.plan_token for round_ in session.query(Round)}
    return f"/p/{rounds[address.rpartition('/')[2]]}"


def share(world: World, address: str) -> str:
    client = open_plan(world, address)
    press(client, "share")
    assert "El plan está compartido" in client.page.text
    return link_of(world, address)


def reader(world: World, link: str, language: str = "es") -> PageClient:
    client = world.client(language=language)
    assert client.get(link).status_code == 200
    return client


@all_databases
@pytest.mark.parametrize("language", ["es", "en"])
def test_whoever_has_the_link_reads_the_shared_plan(world: World, address: str, language: str) -> None:
    manager = open_plan(world, address)
    place = pillars(manager)[0]
    press(manager, "share", **{f"owner-{place}-0": "Ana María", f"done-{place}-0": "y"})
    link = link_of(world, address)
    page = reader(world, link, language).page
    assert page.lang.startswith(language)
    for words in {
        "es": ("Plan de Mesa de ayuda", "Clínica del Valle", "Prioridad 1", "Responsable", "Hecha", "Lo que sigue"),
        "en": ("Plan for Mesa de ayuda", "Clínica del Valle", "Priority 1", "Owner", "Done", "What comes next"),
    }[language]:
        assert words in page.text
    assert "Ana María" in page.text
    assert not [one for one in page.links if "organisations" in one or "sign" in one], "nothing leads further in"


def test_it_is_the_plan_as_it_is_now(world: World, address: str) -> None:
    link = share(world, address)
    manager = open_plan(world, address)
    press(manager, "save", **{f"owner-{pillars(manager)[0]}-0": "Luis"})
    assert "Luis" in reader(world, link).page.text
    press(manager, f"remove:{pillars(manager)[0]}:1")
    press(manager, f"own:{pillars(manager)[0]}")
    page = reader(world, link).page
    assert "Todavía se está escribiendo" in page.text
    assert "El plan se está cambiando" in page.text


def test_sharing_stops_and_begins_again_at_the_same_address(world: World, address: str) -> None:
    link = share(world, address)
    manager = open_plan(world, address)
    press(manager, "unshare")
    assert "El plan ya no está compartido." in manager.page.text
    page = reader(world, link).page
    assert page.h1 == "Por ahora el plan no está aquí"
    assert "Prioridad" not in page.text
    assert "El equipo tiene un plan" in page.text
    assert "El equipo los mira y decide" not in page.text, "as if it had not decided yet"
    assert share(world, address) == link
    assert "Prioridad 1" in reader(world, link).page.text


@pytest.mark.parametrize("language", ["es", "en"])
def test_a_shared_plan_leads_to_the_newer_one_as_soon_as_that_is_shared(
    world: World, address: str, language: str
) -> None:
    link, words = share(world, address), {"es": "Hay un plan más nuevo", "en": "There is a newer plan"}[language]
    second = publish(world, *sheets(12))
    press(open_plan(world, second), "save")
    newer = link_of(world, second)
    before = reader(world, link, language).page
    assert words not in before.text
    assert newer not in before.links
    share(world, second)
    after = reader(world, link, language).page
    assert words in after.text
    assert newer in after.links
    assert words not in reader(world, newer, language).page.text
    press(open_plan(world, address), "unshare")
    assert newer not in reader(world, link, language).page.links, "whoever may not read this plan learns no address"


def test_an_unfinished_plan_is_not_shared_and_what_was_written_is_kept(world: World, address: str) -> None:
    manager = open_plan(world, address)
    place = pillars(manager)[0]
    press(manager, f"remove:{place}:1")
    press(manager, f"own:{place}")
    press(manager, "share", **{f"owner-{place}-0": "Ana"})
    assert "Todavía falta algo" in manager.page.text
    assert fields(manager)[f"owner-{place}-0"] == "Ana"
    assert reader(world, link_of(world, address)).page.h1 == "Por ahora el plan no está aquí"


def test_the_manager_is_given_link_code_and_message(world: World, address: str) -> None:
    manager = open_plan(world, address)
    assert "Comparta el plan con su equipo" in manager.page.text
    link = share(world, address)
    html = manager.get(f"{address}/plan").get_data(as_text=True)
    assert f'value="http://localhost{link}"' in html
    assert "data-copy" in html
    assert "<svg" in html[html.index('id="share"') :]
    (whatsapp,) = [one for one in manager.page.links if one.startswith("https://wa.me/")]
    assert link.rpartition("/")[2] in whatsapp


def test_a_viewer_reads_the_plan_but_neither_shares_nor_stops_sharing_it(world: World, address: str) -> None:
    link = share(world, address)
    viewer = open_plan(world, address, "viewer")
    assert "Comparta el plan" not in viewer.page.text
    viewer.get("/account")
    token = viewer.page.forms[0]["data"]["csrf_token"]
    for act in ("share", "unshare"):
        answer = viewer.post(f"{address}/plan", data={"act": act, "version": "1", "csrf_token": token})
        assert answer.status_code == 403
    assert "Prioridad 1" in reader(world, link).page.text
    assert reader(world, link).page.text == _as(world, "viewer", link).page.text, "who is signed in is nobody there"


def _as(world: World, person: str, link: str) -> PageClient:
    client = world.client(person, "es")
    assert client.get(link).status_code == 200
    return client


def test_an_unknown_link_is_told_kindly(world: World, address: str) -> None:
    client = world.client(language="es")
    for token in ("not-a-token", "", "x" * 500, "á", "."):
        assert client.get(f"/p/{token}").status_code == 404
    client.get("/p/nothing")
    assert client.page.h1 == "No conocemos este enlace"
    client.get("/p/nothing?lang=en")
    assert client.page.h1 == "We do not know this link"


@all_databases
def test_before_it_is_shared_the_page_says_how_far_the_round_is_and_nothing_of_it(app: Flask, world: World) -> None:
    database, now = app.extensions["escala_database"], utc_now()
    where: dict[str, Any] = {"organisation_id": world.organisation}
    with database.writing() as session:
        opened = open_round(
            session, **where, team_id=world.team, name="Ronda", opens_at=now - DAY, closes_at=None, now=now - DAY
        )
        token, link, round_id = opened.link_token, f"/p/{opened.plan_token}", opened.id

    def current() -> str:
        client = reader(world, link)
        html = client.get(link).get_data(as_text=True)
        marked = re.findall(r'<li aria-current="step"><div>\s*<h2>(.*?) <span', html)
        assert len(marked) == 1
        assert not re.search(r"\d", client.page.text), "no number of anything"
        return str(marked[0])

    assert current() == "Se reúnen las respuestas"
    answer_round(app, token, 7)
    assert current() == "Se reúnen las respuestas"
    with database.writing() as session:
        stop_round(session, **where, round_id=round_id, now=now)
    assert current() == "Se calculan los resultados"
    with database.writing() as session:
        publish_round(session, **where, round_id=round_id, now=now)
    assert current() == "El equipo los mira y decide"


def test_a_round_without_a_plan_stays_quiet(world: World) -> None:
    address = publish(world, *sheets(3))
    assert reader(world, link_of(world, address)).page.h1 == "Por ahora el plan no está aquí"


def test_a_team_that_answered_together_shares_its_plan_as_well(world: World) -> None:
    address = publish(world, make_sheet(1, role=Role.CONSENSUS), mode=RoundMode.CONSENSUS)
    assert "Prioridad 1" in reader(world, share(world, address)).page.text


def test_the_page_sets_no_cookie_reads_no_session_and_is_in_no_index(world: World, address: str) -> None:
    link = share(world, address)
    for path in (link, f"{link}?lang=en", "/p/nothing"):
        for person in (None, "manager"):
            answer = world.client(person, "es").get(path)
            assert "Set-Cookie" not in answer.headers, path
            assert answer.headers["Referrer-Policy"] == "same-origin"
            assert "no-store" in answer.headers["Cache-Control"]
            assert 'name="robots" content="noindex, nofollow"' in answer.get_data(as_text=True)


def test_the_language_changes_in_place(world: World, address: str) -> None:
    link = share(world, address)
    client = reader(world, link)
    assert [one for one in client.page.links if "lang" in one] == ["?lang=en"]
    client.get(f"{link}?lang=en")
    assert client.page.h1 == "Plan for Mesa de ayuda"


def test_nothing_is_logged_of_who_reads_a_plan(world: World, address: str, capsys: pytest.CaptureFixture[str]) -> None:
    link = share(world, address)
    configure_logging("json")
    capsys.readouterr()
    reader(world, link)
    world.client().get(f"{link}/calendar.ics")
    world.client().get("/p/nothing")
    assert capsys.readouterr().err == ""


def test_home_says_that_a_plan_may_be_shared_until_it_is(world: World, address: str) -> None:
    press(open_plan(world, address), "save")
    words = "El plan está hecho."
    manager, viewer = world.client("manager", "es"), world.client("viewer", "es")
    manager.get("/")
    assert words in manager.page.text
    assert f"{address}/plan#share" in manager.page.links
    viewer.get("/")
    assert words not in viewer.page.text
    share(world, address)
    manager.get("/")
    assert words not in manager.page.text


@pytest.mark.parametrize("language", ["es", "en"])
def test_an_action_that_is_stuck_is_told_to_whoever_reads_what_comes_next(
    world: World, address: str, language: str
) -> None:
    link = share(world, address)
    client = world.client("manager")
    client.get(f"{address}/plan/follow")
    statuses = [name for name in fields(client) if name.startswith("status-")]
    client.fill({statuses[0]: "blocked"})  # what is due first comes first
    text = reader(world, link, language).page.text
    assert {"es": "1 está atascada.", "en": "1 is stuck."}[language] in text
    first = text.partition({"es": "Lo que sigue", "en": "What comes next"}[language])[2][:300]
    assert {"es": "· Atascada", "en": "· Stuck"}[language] in first
    client.get(f"{address}/plan/follow")
    client.fill({statuses[0]: "doing"})
    assert {"es": "tascada", "en": "tuck"}[language] not in reader(world, link, language).page.text


def at_home(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The server has an address that phones can open."""
    settings = replace(world.app.extensions["escala_settings"], base_url="https://escala.example.com")
    monkeypatch.setitem(world.app.extensions, "escala_settings", settings)


@pytest.mark.parametrize("language", ["es", "en"])
def test_page_one_carries_the_address_while_the_plan_is_shared(
    world: World, address: str, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    at_home(world, monkeypatch)
    manager = open_plan(world, address, language=language)
    before = press(manager, "print").data
    assert "/p/" not in words_of_pdf(before)
    manager.get(f"{address}/plan")
    press(manager, "share")
    path = link_of(world, address)
    assert f"escala.example.com{path}" in words_of_pdf(press(manager, "print").data).replace(" ", "")
    preview = manager.get(f"{address}/plan/preview").get_data(as_text=True)
    assert path.rpartition("/")[2] in preview
    manager.get(f"{address}/plan")
    press(manager, "unshare")
    words = {"es": "Las copias impresas siguen llevando su dirección", "en": "Printed copies still carry its address"}
    assert words[language] in manager.page.text
    assert press(manager, "print").data == before, "the very document that was printed before"


def test_an_address_that_no_phone_can_open_is_not_printed(world: World, address: str) -> None:
    share(world, address)
    manager = open_plan(world, address)
    assert "La página 1 se imprime sin código y sin esta dirección" in manager.page.text
    assert "la página 1 lleva el código" not in manager.page.text
    assert "/p/" not in words_of_pdf(press(manager, "print").data)
    assert "/p/" not in manager.get(f"{address}/plan/preview").get_data(as_text=True)


def test_a_moment_with_an_alarm_stands_first_in_the_editor_and_on_the_shared_plan_as_on_page_1(
    world: World, address: str
) -> None:
    link = share(world, address)
    editor = world.client("manager", "en")
    pages = [editor.get(f"{address}/plan").get_data(as_text=True), world.client(language="en").get(link).text]
    pages.append(editor.get(f"{address}/plan/preview").get_data(as_text=True))
    assert all("The moment to fix first" in page for page in pages)
    for page in pages:
        assert page.index("The moment to fix first") < page.index("Priority 1")
