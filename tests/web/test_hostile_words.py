"""What people write may be anything: it stays a text, on every page, on paper and in what goes to strangers."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from assessment.store.organisations import Organisation
from assessment.store.teams import Team
from tests.mail_server import MailServer
from tests.web.client import PageClient
from tests.web.conftest import all_databases
from tests.web.mailing import link_in, mailing_world, words_of
from tests.web.test_plans import open_plan, pillars, press
from tests.web.test_results import publish_once
from tests.web.test_shared_plans import link_of
from tests.web.world import World

MARKUP = "<script>alert(1)</script><img src=//evil.example/x onerror=alert(1)> {{ 7 * 7 }} ' & ]]>"
SHORT = "<script>alert(1)</script>{{ 7 * 7 }}"


@pytest.fixture
def post() -> Iterator[tuple[World, MailServer]]:
    with mailing_world() as world_:
        yield world_


def tags(html: str) -> set[str]:
    return set(re.findall(r"<(script|img|iframe|svg|object)\b[^>]*(?:evil|alert|onerror)[^>]*>", html))


@all_databases
def test_an_action_of_the_teams_own_stays_a_text_wherever_it_is_read(world: World) -> None:
    address = publish_once(world)
    manager = open_plan(world, address)
    place = pillars(manager)[0]
    press(manager, f"remove:{place}:1")
    press(manager, f"own:{place}")
    press(manager, "share", **{f"{part}-{place}-1": SHORT for part in ("title", "what", "owner", "measure")})
    anybody = world.client(language="es")
    for client, page in (
        (manager, f"{address}/plan"),
        (manager, f"{address}/plan/preview"),
        (manager, f"{address}/results"),
        (anybody, link_of(world, address)),
    ):
        html = client.get(page).get_data(as_text=True)
        assert not tags(html), page
        assert "alert(1)" in html or page.endswith("/results")
    assert anybody.page.text.count(SHORT) >= 3
    assert manager.get(f"{address}/plan.pdf").data.startswith(b"%PDF")


def invite(world: World, name: str) -> PageClient:
    with world.app.extensions["escala_database"].writing() as session:
        session.get_one(Organisation, world.organisation).name = name
    client = world.client("administrator")
    client.get(f"{world.address}/members/invite")
    client.fill({"email": "ana@example.org", "role": "viewer"})
    return client


@pytest.mark.parametrize(
    ("name", "seen"),
    [
        (MARKUP, "<script>alert(1)"),
        ("Clínica\nBcc: everybody@example.org", "Clínica"),
        ("Clínica\r\n\r\nBuy this", "Clínica"),
        ("You have won https://evil.example/prize today", "You have won today"),
        ("www.evil.example", "…"),
        ("Prize at evil.example/now", "Prize at"),
        ("A. B. Ltd. / Acme.com", "A. B. Ltd. / Acme. com"),
    ],
)
def test_an_invitation_says_a_name_and_has_no_link_but_ours(
    post: tuple[World, MailServer], name: str, seen: str
) -> None:
    """The attack: an organisation whose name is an advertisement, and forty strangers an hour to invite."""
    world, server = post
    invite(world, name)
    message = server.next_message()
    assert message["To"] == "ana@example.org"
    assert (message["Bcc"], message["Cc"], message.get_content_type()) == (None, None, "text/plain")
    assert seen in words_of(message)
    assert link_in(message).startswith("/join/")
    assert "evil.example/" not in message["Subject"]


def test_a_hostile_name_stays_a_text_on_the_page_of_its_invitation(world: World) -> None:
    client = invite(world, MARKUP)
    assert not tags(client.get(f"{world.address}/members").get_data(as_text=True))
    assert "alert(1)" in client.page.text


def test_names_read_from_the_right_stand_apart_in_headings_breadcrumbs_and_cards(world: World) -> None:
    team, organisation = "فريق الخدمة", "שירות"
    with world.app.extensions["escala_database"].writing() as session:
        session.get_one(Organisation, world.organisation).name = organisation
        session.get_one(Team, world.team).name = team
    client = world.client("administrator")
    team_pages = ("", "/rounds", "/rounds/new", "/edit")
    organisation_pages = ("", "/members", "/edit")
    for path in (
        "/",
        "/account",
        *(world.team_address + page for page in team_pages),
        *(world.address + page for page in organisation_pages),
    ):
        html = client.get(path).get_data(as_text=True)
        seen = re.sub(r'(?:value|aria-label)="[^"]*"', "", html[html.index("<body") :])
        for name in (team, organisation):
            bare = re.sub(rf"(?:<bdi>|\u2068){name}(?:</bdi>|\u2069)", "", seen)
            assert name not in bare, path
