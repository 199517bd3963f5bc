"""A plan's days as a calendar: for members by their page, for everybody by the shared plan's address."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise

import pytest
from icalendar import Calendar, Event

from tests.web.client import PageClient
from tests.web.test_plans import open_plan, pillars, press
from tests.web.test_results import publish_once
from tests.web.test_shared_plans import link_of, share
from tests.web.world import World


@pytest.fixture
def address(world: World) -> str:
    return publish_once(world)


def events(client: PageClient, link: str) -> list[Event]:
    answer = client.get(link)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer.headers["Cache-Control"] == "private, no-store"
    return list(Calendar.from_ical(answer.data).events)


@pytest.mark.parametrize(
    ("language", "due", "meeting"), [("es", "Vence: ", "Quince minutos"), ("en", "Due: ", "Fifteen minutes")]
)
def test_it_holds_what_is_due_and_three_meetings(
    world: World, address: str, language: str, due: str, meeting: str
) -> None:
    client = open_plan(world, address, language=language)
    place = pillars(client)[0]
    press(client, "save", **{f"owner-{place}-0": "Ana María", f"due-{place}-0": ""})
    client.get(f"{address}/plan")
    planned = [str(value) for name, value in client.page.forms[-1]["data"].items() if name.startswith("due-") and value]
    found = events(client, f"{address}/plan/calendar.ics")
    starts = [event.start for event in found]
    assert all(type(start) is dt.date for start in starts), "days, the same in every time zone"
    assert sorted(map(str, starts[:-3])) == sorted(planned)
    assert all(str(event["SUMMARY"]).startswith(due) for event in found[:-3])
    assert all(str(event["SUMMARY"]).startswith(meeting) for event in found[-3:])
    gaps = [(later - sooner).days for sooner, later in pairwise(starts[-3:])]
    assert all(28 <= gap <= 32 for gap in gaps), "a month apart, on working days"
    assert len({str(event["UID"]) for event in found}) == len(found)
    assert not any("Ana María" in str(event["DESCRIPTION"]) for event in found), "its action has no day"


def test_what_is_done_or_dropped_is_no_longer_due_and_the_rest_keeps_its_name(world: World, address: str) -> None:
    client = open_plan(world, address)
    press(client, "save")
    link = f"{address}/plan/calendar.ics"
    before = events(client, link)
    place = pillars(open_plan(world, address))[0]
    client = open_plan(world, address)
    press(client, "save", **{f"done-{place}-0": "y"})
    after = events(client, link)
    assert len(after) == len(before) - 1
    assert {str(event["UID"]) for event in after} < {str(event["UID"]) for event in before}


def test_the_address_of_a_shared_plan_can_be_followed_until_it_is_shared_no_more(world: World, address: str) -> None:
    open_plan(world, address)
    link = f"{link_of(world, address)}/calendar.ics"
    assert world.client().get(link).status_code == 404
    share(world, address)
    client = world.client(language="es")
    client.get(link_of(world, address))
    assert any(one.endswith(link) for one in client.page.links)
    found = events(client, link)
    assert found == events(client, link), "the same plan is the same file"
    assert all(link.removesuffix("/calendar.ics") in str(event["DESCRIPTION"]) for event in found)
    press(open_plan(world, address), "unshare")
    assert world.client().get(link).status_code == 404


def test_words_of_people_cannot_add_lines_of_their_own(world: World, address: str) -> None:
    client = open_plan(world, address)
    place = pillars(client)[0]
    press(client, "save", **{f"owner-{place}-0": "Ana\r\nEND:VEVENT\r\nATTACH:https://evil.example"})
    data = client.get(f"{address}/plan/calendar.ics").data
    assert b"\r\nATTACH" not in data
    assert not any("ATTACH" in event for event in Calendar.from_ical(data).events)
