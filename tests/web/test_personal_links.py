"""Personal links: shown once, never more than asked for, and in the place of the shared one."""

from __future__ import annotations

import re

from sqlalchemy import func, select

from assessment.infra.clock import utc_now
from assessment.services.respond import resolve_link, save_draft
from assessment.store.responses import Invitation
from tests.services.build import make_sheet
from tests.web.round_answers import answer_round
from tests.web.test_rounds import link_of, open_round, send
from tests.web.world import World


def test_personal_links_are_shown_once_and_take_the_place_of_the_shared_one(world: World) -> None:
    client = world.client("manager")
    address = open_round(client, world)
    shared = link_of(client, address)
    assert send(client, f"{address}/links", how_many="0").status_code == 200
    assert "Write a whole number from 1 to 500." in client.page.text
    page = send(client, f"{address}/links", how_many="3").get_data(as_text=True)
    assert "escala serve --lan" in client.page.text, "such links are printed, too, and no phone could follow them"
    tokens = set(re.findall(r"/r/([\w-]{22})", page))
    assert len(tokens) == 3
    assert shared not in tokens
    answer_round(world.app, tokens.pop(), 1)
    page = client.get(address).get_data(as_text=True)
    assert "1 of 12 people has answered" in client.page.text
    assert "/r/" not in page
    assert not tokens & set(re.findall(r"[\w-]{22}", client.get(f"{address}/links").get_data(as_text=True)))


def test_links_asked_for_twice_by_one_page_are_made_once(world: World) -> None:
    client = world.client("manager")
    address = open_round(client, world)

    def links_made() -> list[str]:
        return re.findall(r"/r/([\w-]{22})", client.fill({"how_many": "3"}).get_data(as_text=True))

    client.get(f"{address}/links")
    asked = client.page
    first = links_made()
    client.page = asked  # the second click, before the answer to the first
    assert links_made() == first
    client.get(f"{address}/links")
    others = links_made()
    assert len(set(first)) == 3
    assert not set(first) & set(others)
    with world.app.extensions["escala_database"].reading() as session:
        assert session.scalar(select(func.count()).select_from(Invitation)) == 6


def test_a_second_batch_of_personal_links_proposes_only_those_that_are_missing(world: World) -> None:
    client = world.client("manager")
    address = open_round(client, world)
    first = send(client, f"{address}/links", how_many="10").get_data(as_text=True)
    client.get(f"{address}/links")
    assert "10 links have been made for this round. The team has 12 people." in client.page.text
    assert client.page.forms[-1]["data"]["how_many"] == "2"
    second = client.fill({"how_many": "1"}).get_data(as_text=True)
    links = [re.findall(r"/r/([\w-]{22})", page) for page in (first, second)]
    assert [len(set(found)) for found in links] == [10, 1]
    for token in (links[0][0], links[1][0]):
        answer_round(world.app, token, 1)
    client.get(address)
    assert "2 of 12 people have answered" in client.page.text


def test_a_round_answered_by_the_shared_link_keeps_to_it(world: World) -> None:
    client = world.client("manager")
    address = open_round(client, world)
    answer_round(world.app, link_of(client, address), 1)
    assert f"{address}/links" not in client.get(address).get_data(as_text=True), "nobody is offered what is refused"
    client.get(f"{address}/links")
    assert "this round keeps to it" in client.page.text
    token = client.page.forms[0]["data"]["csrf_token"]
    page = client.post(f"{address}/links", data={"csrf_token": token, "how_many": "3"}).get_data(as_text=True)
    assert "this round keeps to it" in client.page.text
    assert "/r/" not in page


def test_making_personal_links_warns_of_those_who_have_begun_with_the_shared_one(world: World) -> None:
    client = world.client("manager")
    address = open_round(client, world)
    warning = "Some people have already begun with the shared link."
    client.get(f"{address}/links")
    assert warning not in client.page.text
    begin(world, link_of(client, address))
    client.get(f"{address}/links")
    assert warning in client.page.text
    assert "they go on where they stopped" in client.page.text
    assert not re.search(r"\d+ (people|person)", client.page.text), "not how many"
    send(client, f"{address}/links", how_many="12")
    assert "Give a personal link also to those who had begun" in client.page.text
    client.get(f"{address}/links")
    assert warning not in client.page.text


def test_nobody_is_warned_where_personal_links_can_no_longer_be_made(world: World) -> None:
    client = world.client("manager")
    address = open_round(client, world)
    token = link_of(client, address)
    begin(world, token)
    answer_round(world.app, token, 1)
    client.get(f"{address}/links")
    assert "already begun" not in client.page.text


def begin(world: World, token: str) -> None:
    """Somebody begins to answer by the shared link, and sends nothing."""
    with world.app.extensions["escala_database"].writing() as session:
        access = resolve_link(session, token=token, cookie="begun")
        save_draft(session, access, cookie="begun", sheet=make_sheet(1), now=utc_now())
