"""Following a plan up: evidence, what is given up, the board, and what became of each action."""

from __future__ import annotations

import re

import pytest

from assessment.store.accounts import User
from assessment.web.plan_reading import web_address
from tests.printing import words_of_pdf
from tests.web.client import PageClient
from tests.web.test_plans import fields, follow, followed, open_follow_up, open_plan, pillars, press
from tests.web.test_results import publish_once
from tests.web.test_shared_plans import link_of, reader, share
from tests.web.world import World

WHY = {"es": "Escriba aquí por qué se descarta", "en": "Write here why it is given up"}


@pytest.fixture
def address(world: World) -> str:
    return publish_once(world)


def open_board(world: World, address: str, language: str = "en") -> PageClient:
    client = world.client("manager", language)
    assert client.get(f"{address}/plan/follow?view=board").status_code == 200
    return client


def card_of(client: PageClient, action: str) -> int:
    """Which form of the page is the action's card."""
    return next(at for at, form in enumerate(client.page.forms) if f"note-{action}" in form["data"])


def move(client: PageClient, action: str, status: str, **values: str) -> int:
    """Presses a button of a card, and goes where that leads."""
    sent = {f"status-{action}": status} | {f"{name}-{action}": value for name, value in values.items()}
    if f"note-{action}" in "".join(name for form in client.page.forms for name in form["data"]):
        answer = client.fill(sent, form=card_of(client, action))
    else:
        at = next(at for at, form in enumerate(client.page.forms) if action in form["data"].get("page_showed", ""))
        answer = client.fill(sent, form=at)
    status_code = answer.status_code
    if status_code == 303:
        client.get(answer.headers["Location"].partition("#")[0])
    return status_code


def columns(html: str) -> dict[str, list[str]]:
    """The actions of each column of the board, by its status."""
    parts = re.split(r'<section class="column" aria-labelledby="column-(\w+)">', html)
    return {
        name: re.findall(r'<article class="card[^"]*" id="at-([\w-]+)">', part.partition("</section>")[0])
        for name, part in zip(parts[1::2], parts[2::2], strict=True)
    }


def board(client: PageClient, address: str) -> dict[str, list[str]]:
    return columns(client.get(f"{address}/plan/follow?view=board").get_data(as_text=True))


# What shows it


@pytest.mark.parametrize(
    ("words", "address"),
    [
        ("https://example.org/acta.pdf?a=1#b", "https://example.org/acta.pdf?a=1#b"),
        ("http://intranet/fotos", "http://intranet/fotos"),
        ("HTTPS://EXAMPLE.org", "HTTPS://EXAMPLE.org"),
        ("javascript:alert(1)", ""),
        ("data:text/html,<b>x", ""),
        ("ftp://example.org", ""),
        ("//example.org", ""),
        ("https://", ""),
        ("https://bank.example@evil.example/", ""),
        ("see https://example.org", ""),
        ("https://example.org see it", ""),
        ('https://example.org/"onmouseover=x', ""),
        ("https://example.org\\@evil.example", ""),
        ("https://[::1", ""),
        ("https://example.org/\u202egpj.exe", ""),
        ("", ""),
    ],
)
def test_only_a_whole_address_of_the_web_is_a_link(words: str, address: str) -> None:
    assert web_address(words) == address


@pytest.mark.parametrize("view", ["", "?view=board"])
def test_evidence_stays_with_its_action_as_a_link_that_tells_nobody_where_it_was_followed(
    world: World, address: str, view: str
) -> None:
    client = open_follow_up(world, address)
    one, two, three, *_others = followed(client)
    said = {
        f"evidence-{one}": f"https://example.org/acta?a=1&b={'2' * 260}",
        f"evidence-{two}": "javascript:alert(document.cookie)",
        f"evidence-{three}": "<b>Foto</b> en el tablero",
    }
    assert client.fill(said).status_code == 303
    html = world.client("manager", "en").get(f"{address}/plan/follow{view}").get_data(as_text=True)
    [link] = re.findall(r'<a href="https://example.org[^>]*>', html)
    assert 'rel="noopener noreferrer"' in link
    assert 'href="javascript' not in html
    assert "&lt;b&gt;Foto&lt;/b&gt;" in html
    shared = share(world, address)
    for words in ("example.org", "alert(document", "Foto"):
        assert words not in reader(world, shared).page.text
        assert words not in open_plan(world, address, "viewer").page.text
        assert words not in words_of_pdf(press(open_plan(world, address), "print").data)


def test_evidence_survives_what_is_changed_of_the_plan_elsewhere(world: World, address: str) -> None:
    client = open_follow_up(world, address)
    action = followed(client)[0]
    follow(client, action, evidence="Acta del lunes", note="Va bien")
    client = open_plan(world, address)
    press(client, "save", **{f"owner-{pillars(client)[1]}-0": "Ana"})
    board_client = open_board(world, address)
    assert move(board_client, action, "done") == 303
    client = open_follow_up(world, address)
    said = [fields(client)[f"{name}-{action}"] for name in ("status", "note", "evidence")]
    assert said == ["done", "Va bien", "Acta del lunes"]


def test_evidence_that_is_too_long_stays_in_its_form(world: World, address: str) -> None:
    client = open_follow_up(world, address)
    action = followed(client)[0]
    assert follow(client, action, evidence="a" * 301).status_code == 422
    assert fields(client)[f"evidence-{action}"] == "a" * 301


# Given up


@pytest.mark.parametrize("language", ["es", "en"])
def test_an_action_is_given_up_with_a_reason_and_nothing_that_was_typed_is_lost(
    world: World, address: str, language: str
) -> None:
    client = open_follow_up(world, address, language)
    one, two, *_others = followed(client)
    answer = client.fill({f"status-{one}": "dropped", f"note-{two}": "Espera a compras"})
    assert answer.status_code == 422
    assert WHY[language] in client.page.text
    assert (fields(client)[f"status-{one}"], fields(client)[f"note-{two}"]) == ("dropped", "Espera a compras")
    assert client.fill({f"note-{one}": "No hay presupuesto"}).status_code == 303
    client = open_follow_up(world, address, language)
    assert followed(client)[-1] == one, "below the others"
    assert fields(client)[f"note-{one}"] == "No hay presupuesto"
    assert {"es": "Acciones hechas: 0 de 4.", "en": "Actions done: 0 of 4."}[language] in client.page.text


def test_it_leaves_the_shared_plan_page_1_and_the_calendar_but_is_named_to_members(world: World, address: str) -> None:
    client = open_plan(world, address, language="en")
    place = pillars(client)[0]
    card = client.get(f"{address}/plan").get_data(as_text=True).partition(f'id="at-{place}"')[2]
    title = re.findall(r"<h3>([^<]+)</h3>", card)[0]
    action = fields(client)[f"id-{place}-0"]
    link = share(world, address)
    english = reader(world, link, "en")
    assert title in english.page.text
    client = open_follow_up(world, address)
    follow(client, action, status="dropped", note="Marta no quiere")
    assert title not in reader(world, link, "en").page.text
    assert title not in world.client("viewer", "en").get(f"{address}/plan/preview").get_data(as_text=True)
    assert title.encode() not in world.client("viewer", "en").get(f"{address}/plan/calendar.ics").data
    viewer = open_plan(world, address, "viewer", "en")
    assert title in viewer.page.text.partition("Given up")[2]
    for person in (viewer, reader(world, link, "en")):
        assert "Marta" not in person.page.text, "why it was given up is for those who follow the plan"


def test_its_place_is_free_for_another_and_it_comes_back_only_while_there_is_room(world: World, address: str) -> None:
    client = open_plan(world, address, language="en")
    place = pillars(client)[0]
    action = fields(client)[f"id-{place}-0"]
    assert "there are five" in client.page.text
    client = open_follow_up(world, address)
    follow(client, action, status="dropped", note="No hay presupuesto")
    client = open_plan(world, address, language="en")
    assert "there are five" not in client.page.text
    press(client, f"own:{place}", **{f"owner-{place}-0": "Ana"})
    press(client, "save", **{f"title-{place}-1": "Otra cosa"})
    assert "there are five" in client.page.text
    client = open_follow_up(world, address)
    assert follow(client, action, status="todo").status_code == 422
    assert "There is no place for it" in client.page.text
    assert follow(client, action, status="dropped", note="De verdad no hay").status_code == 303
    client = open_plan(world, address)
    press(client, f"remove:{place}:1")
    client = open_follow_up(world, address)
    assert follow(client, action, status="todo").status_code == 303
    assert action in [value for name, value in fields(open_plan(world, address)).items() if name.startswith("id-")]


def test_what_was_given_up_stays_while_the_plan_is_changed_and_is_taken_away_for_good(
    world: World, address: str
) -> None:
    client = open_follow_up(world, address)
    action = followed(client)[0]
    follow(client, action, status="dropped", note="No hay presupuesto")
    client = open_plan(world, address, language="en")
    press(client, "save", **{f"owner-{pillars(client)[0]}-0": "Ana"})
    assert action in followed(open_follow_up(world, address))
    press(client, f"forget:{action}")
    assert action not in followed(open_follow_up(world, address))
    client = open_plan(world, address, language="en")
    press(client, "undo")
    assert action in followed(open_follow_up(world, address))
    for strange in ("x", "", "5e3f0f4e-6f0a-4f43-9d3c-3f7d1f6a9d55"):
        open_plan(world, address)
        assert open_plan(world, address).fill({"act": f"forget:{strange}"}).status_code == 404


def test_an_editor_that_was_open_meanwhile_is_told_and_may_take_it_up_again(world: World, address: str) -> None:
    press(open_plan(world, address), "save")
    editor = open_plan(world, address, language="en")
    place = pillars(editor)[0]
    action = fields(editor)[f"id-{place}-0"]
    client = open_follow_up(world, address)
    follow(client, action, status="dropped", note="No hay presupuesto")
    assert editor.fill({"act": "save", f"owner-{place}-0": "Ana"}).status_code == 409
    assert "Given up" in editor.page.text
    assert press(editor, "save").status_code == 200
    client = open_follow_up(world, address)
    assert (fields(client)[f"status-{action}"], fields(client)[f"note-{action}"]) == ("todo", "No hay presupuesto")
    assert len(followed(client)) == 5


def test_the_moment_that_was_given_up_can_be_attended_to_again(world: World, address: str) -> None:
    client = open_plan(world, address, language="en")
    action = fields(client)["id-move-0"]
    follow(open_follow_up(world, address), action, status="dropped", note="No hay presupuesto")
    client = open_plan(world, address, language="en")
    assert "id-move-0" not in fields(client)
    press(client, "move")
    assert fields(open_plan(world, address))["id-move-0"] == action
    assert "Given up: " not in open_follow_up(world, address).page.text
    follow(open_follow_up(world, address), action, status="dropped", note="No hay presupuesto")
    press(open_plan(world, address), "restore")
    assert fields(open_plan(world, address))["id-move-0"] == action


# The board


@pytest.mark.parametrize("language", ["es", "en"])
def test_the_board_is_chosen_by_its_address_and_moves_one_card_at_a_time(
    world: World, address: str, language: str
) -> None:
    client = open_board(world, address, language)
    before = board(client, address)
    assert [len(before[name]) for name in ("todo", "doing", "blocked", "done")] == [5, 0, 0, 0]
    one, two, three, *_others = before["todo"]
    for action, status in ((one, "doing"), (two, "blocked"), (three, "done")):
        assert move(client, action, status) == 303
        assert "view=board" in client.at
    after = board(client, address)
    assert (after["doing"], after["blocked"], after["done"]) == ([one], [two], [three])
    assert client.get(f"{address}/plan/follow").status_code == 200
    assert "view=board" not in client.at


def test_two_who_move_the_same_card_are_told(world: World, address: str) -> None:
    ana, luis = open_board(world, address), open_board(world, address)
    one = board(ana, address)["todo"][0]
    luis.get(f"{address}/plan/follow?view=board")
    assert move(ana, one, "done") == 303
    assert move(luis, one, "blocked") == 422
    assert "It now says “Done”" in luis.page.text
    assert board(ana, address)["done"] == [one], "nothing is overwritten unseen"
    assert move(luis, one, "blocked") == 303, "sent again, it takes the other's place knowingly"
    assert board(ana, address)["blocked"] == [one]


def test_a_card_is_given_up_with_a_reason_and_taken_up_again(world: World, address: str) -> None:
    client = open_board(world, address)
    one = board(client, address)["todo"][0]
    assert move(client, one, "dropped") == 422
    assert WHY["en"] in client.page.text
    assert move(client, one, "dropped", note="No hay presupuesto") == 303
    assert one not in [action for column in board(client, address).values() for action in column]
    assert "Given up: 1" in client.page.text
    assert move(client, one, "doing") == 303
    assert board(client, address)["doing"] == [one]


# What became of it


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("es", ("manager@example.com", "¿Cómo va?", "Por hacer", "Hecha", "Pasó a formar parte del plan.")),
        ("en", ("manager@example.com", "How far is it?", "To do", "Done", "It came into the plan.")),
    ],
)
def test_the_history_says_who_changed_what_from_what_to_what(
    world: World, address: str, language: str, expected: tuple[str, ...]
) -> None:
    client = open_follow_up(world, address, language)
    follow(client, followed(client)[0], status="done", note="<i>Listo</i>")
    html = world.client("manager", language).get(f"{address}/plan/follow").get_data(as_text=True)
    past = html.partition('<details class="past">')[2]
    for words in expected:
        assert words in html
    assert "<i>Listo</i>" not in past
    for view in (reader(world, share(world, address)), open_plan(world, address, "viewer")):
        assert "manager@example.com" not in view.page.text


@pytest.mark.parametrize("language", ["es", "en"])
def test_somebody_whose_account_is_gone_is_named_no_more(world: World, address: str, language: str) -> None:
    client = open_follow_up(world, address, language)
    follow(client, followed(client)[0], status="done")
    with world.app.extensions["escala_database"].writing() as session:
        session.delete(session.query(User).filter_by(email="manager@example.com").one())
    text = _page(world, address, language)
    assert {"es": "alguien cuya cuenta ya no existe", "en": "somebody whose account is gone"}[language] in text
    assert "manager@example.com" not in text


def _page(world: World, address: str, language: str) -> str:
    client = world.client("administrator", language)
    client.get(f"{address}/plan/follow")
    return client.page.text


# Wherever the plan is shown


@pytest.mark.parametrize("language", ["es", "en"])
def test_how_far_the_plan_is_is_said_wherever_it_is_shown(world: World, address: str, language: str) -> None:
    share(world, address)
    client = open_follow_up(world, address, language)
    follow(client, followed(client)[0], status="done")
    words = {"es": "Acciones hechas: 1 de 5.", "en": "Actions done: 1 of 5."}[language]
    manager = world.client("manager", language)
    for page in ("/", world.team_address, f"{address}/plan", f"{address}/plan/follow"):
        manager.get(page)
        assert words in manager.page.text, page
    assert words in open_plan(world, address, "viewer", language).page.text
    assert words in reader(world, link_of(world, address), language).page.text
