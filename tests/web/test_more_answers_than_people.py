"""A round with more answers than the team has people: what is told, and what it takes to publish it."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from assessment.store.rounds import Round
from tests.web.conftest import all_databases
from tests.web.round_answers import answer_round
from tests.web.test_rounds import link_of, open_round, send
from tests.web.world import World


def test_more_answers_than_people_are_told_with_what_can_be_done_until_the_size_is_right(world: World) -> None:
    client = world.client("manager")
    address = open_round(client, world)
    token = link_of(client, address)
    arrived = {address: "14 answers, in a team of 12 people"}
    for path in ("/stop", "/publish"):
        arrived[address + path] = "14 answers have arrived, and the team has 12 people."
    edit = f"{world.team_address}/edit"
    answer_round(world.app, token, 12)
    client.get(address)
    assert "personal links: each of them can be used once" not in client.page.text
    answer_round(world.app, token, 2, first=12)
    for path in (address, f"{address}/stop"):
        client.get(path)
        assert arrived[path] in client.page.text
        assert "the link has reached others" in client.page.text
        assert "personal links: each of them can be used once" in client.page.text
        assert edit in client.page.links
    client.get("/")
    assert "There are more answers than people in the team: 14." in client.page.text
    send(client, f"{address}/stop")
    for path in (address, f"{address}/publish"):
        client.get(path)
        assert arrived[path] in client.page.text
    assert send(client, edit, size="15").status_code == 303
    for path in (address, f"{address}/publish"):
        client.get(path)
        assert arrived[path] not in client.page.text
    client.get(address)
    assert "14 of 15 people have answered" in client.page.text
    assert send(client, f"{address}/publish", confirmed="y").status_code == 303
    send(client, edit, size="3")
    with world.app.extensions["escala_database"].reading() as session:
        assert session.scalars(select(Round.team_size)).all() == [15], "a published round keeps its size"


@all_databases
@pytest.mark.parametrize("language", ["es", "en"])
def test_results_of_more_answers_than_people_need_a_reason_which_stands_beside_them(
    world: World, language: str
) -> None:
    client = world.client("manager", language)
    address = open_round(client, world)
    answer_round(world.app, link_of(client, address), 14)
    send(client, f"{address}/stop")
    for reason in ("", "  ", "x" * 301):
        assert send(client, f"{address}/publish", confirmed="y", surplus_reason=reason).status_code == 200
        client.get(f"{address}/results")
        assert "14" not in client.page.text
    reason = "Dos practicantes respondieron también"
    assert send(client, f"{address}/publish", surplus_reason=reason).status_code == 200, "and the box"
    assert reason in client.page.forms[-1]["data"]["surplus_reason"]
    assert client.fill({"confirmed": "y"}).status_code == 303
    words = {
        "es": "Llegaron 14 respuestas, y el equipo tiene 12 personas.",
        "en": "14 answers came in, and the team has 12 people.",
    }
    viewer = world.client("viewer", language)
    viewer.get(f"{address}/results")
    assert words[language] in viewer.page.text
    assert reason in viewer.page.text
    client.get(f"{address}/plan")
    client.fill({"act": "share"})
    with world.app.extensions["escala_database"].reading() as session:
        link = session.scalars(select(Round.plan_token)).one()
    anybody = world.client(language=language)
    anybody.get(f"/p/{link}")
    assert words[language] in anybody.page.text
    assert reason not in anybody.page.text


def test_who_corrected_the_size_of_a_round_under_way_is_told_to_those_who_manage_rounds(world: World) -> None:
    client = world.client("manager")
    address = open_round(client, world)
    answer_round(world.app, link_of(client, address), 14)
    send(client, f"{address}/stop")
    send(client, f"{world.team_address}/edit", size="15")
    send(client, f"{address}/publish", confirmed="y")
    for person, is_named in (("administrator", True), ("viewer", False)):
        reader = world.client(person)
        reader.get(f"{address}/results")
        assert "the team's size was corrected from 12 to 15 people" in reader.page.text
        assert ("by manager@example.com" in reader.page.text) is is_named


def test_a_team_made_smaller_while_the_page_is_open_is_published_by_nobody(world: World) -> None:
    client = world.client("manager")
    address = open_round(client, world)
    answer_round(world.app, link_of(client, address), 12)
    send(client, f"{address}/stop")
    client.get(f"{address}/publish")
    form = client.page.forms[-1]["data"]
    send(world.client("administrator"), f"{world.team_address}/edit", size="9")
    assert client.post(f"{address}/publish", data={**form, "confirmed": "y"}).status_code == 200
    assert "12 answers have arrived, and the team has 9 people." in client.page.text


def test_more_answers_than_people_by_personal_links_are_told_as_such(world: World) -> None:
    client = world.client("manager", "es")
    address = open_round(client, world)
    page = send(client, f"{address}/links", how_many="13").get_data(as_text=True)
    for token in set(re.findall(r"/r/([\w-]{22})", page)):
        answer_round(world.app, token, 1)
    client.get(address)
    assert "13 respuestas, en un equipo de 12 personas" in client.page.text
    assert "Se crearon más enlaces que personas tiene el equipo" in client.page.text
    assert "La próxima vez, pregunte con enlaces personales" not in client.page.text
