"""Telling those who answered what came of it: for whom, in which words, with the plan's link once it is shared."""

from __future__ import annotations

import dataclasses
import io
import re

import pypdf
import pytest

from tests.web.client import PageClient
from tests.web.test_plans import open_plan, pillars, press
from tests.web.test_results import publish, publish_once, sheets
from tests.web.world import World


@pytest.fixture
def address(world: World) -> str:
    return publish_once(world)


def message_of(client: PageClient, address: str, query: str = "") -> str:
    page = client.get(f"{address}/feedback{query}").get_data(as_text=True)
    match = re.search(r"<textarea[^>]*>(.*?)</textarea>", page, re.DOTALL)
    assert match
    return match[1]


def printed(client: PageClient, address: str, query: str = "") -> str:
    answer = client.get(f"{address}/feedback.pdf{query}")
    assert answer.mimetype == "application/pdf"
    assert answer.headers["Cache-Control"] == "private, no-store"
    (page,) = pypdf.PdfReader(io.BytesIO(answer.data)).pages
    return re.sub(r"\s+", " ", page.extract_text())


@pytest.mark.parametrize(
    ("language", "said", "to_come"),
    [
        (
            "es",
            "Gracias a las 12 personas que respondieron.",
            "elegiremos dos o tres cosas",
        ),
        ("en", "Thank you to the 12 people who answered.", "we choose two or three things"),
    ],
)
def test_before_there_is_a_plan_the_words_say_what_was_said_and_what_comes_next(
    world: World, address: str, language: str, said: str, to_come: str
) -> None:
    client = world.client("manager", language)
    client.get(f"{address}/results")
    assert any(link.endswith("/feedback") for link in client.page.links)
    message = message_of(client, address)
    for words in (message, printed(client, address)):
        assert said in words
        assert to_come in words
    assert "/p/" not in message


@pytest.mark.own_app
def test_once_the_plan_is_shared_its_actions_and_its_link_are_told(world: World, address: str) -> None:
    settings = world.app.extensions["escala_settings"]
    world.app.extensions["escala_settings"] = dataclasses.replace(settings, base_url="https://escala.example.com")
    client = open_plan(world, address)
    place = pillars(client)[0]
    press(client, "share", **{f"owner-{place}-0": "Ana María"})
    message = message_of(client, address)
    assert "Ana María" in message
    assert re.search(r"https://escala\.example\.com/p/[\w-]{22}$", message)
    assert "Ana María" in printed(client, address)
    assert "What we will do:" in message_of(client, address, "?language=en")
    assert "What we will do" in printed(client, address, "?language=en&paper=a4")


def test_a_round_without_a_result_has_nothing_to_tell(world: World) -> None:
    address = publish(world, *sheets(2))
    client = world.client("manager")
    for path in ("feedback", "feedback.pdf"):
        assert client.get(f"{address}/{path}").headers["Location"] == f"{address}/results"


def test_the_words_are_for_those_who_run_rounds(world: World, address: str) -> None:
    for person, status in (("viewer", 403), ("outsider", 404), (None, 303)):
        for path in ("feedback", "feedback.pdf"):
            assert world.client(person).get(f"{address}/{path}").status_code == status
    client = world.client("viewer")
    client.get(f"{address}/results")
    assert not any(link.endswith("/feedback") for link in client.page.links)
