"""Campaigns: rounds of several teams, from choosing them to their results."""

from __future__ import annotations

import dataclasses
import datetime as dt
import io
import re

import pypdf
import pytest
from sqlalchemy import func, select

from assessment.catalogue.catalogue import load_team_kinds
from assessment.infra.clock import utc_now
from assessment.services.teams import create_team, points_of_kind, set_tags
from assessment.store.campaigns import Campaign, CampaignRound
from assessment.store.rounds import Round
from tests.web.client import PageClient
from tests.web.conftest import all_databases
from tests.web.round_answers import answer_round
from tests.web.test_rounds import open_round
from tests.web.world import World


def add_team(world: World, name: str, size: int = 12) -> None:
    kind = load_team_kinds()[0]
    with world.app.extensions["escala_database"].writing() as session:
        create_team(
            session,
            organisation_id=world.organisation,
            name=name,
            size=size,
            kind=kind.id,
            points=points_of_kind(kind, "es"),
            now=utc_now(),
        )


def check(client: PageClient, world: World, **values: str) -> None:
    """The second page."""
    client.get(f"{world.address}/campaigns/new")
    data = client.page.forms[-1]["data"] | {"name": "Otoño", "which": "all", "act": "check"} | values
    assert client.post(f"{world.address}/campaigns/new", data=data).status_code == 200


def confirm(client: PageClient, world: World, **values: object):
    data = client.page.forms[-1]["data"] | {"act": "open"} | values
    return client.post(f"{world.address}/campaigns/new", data=data)


def opened(client: PageClient, world: World) -> str:
    check(client, world)
    answer = confirm(client, world)
    assert answer.status_code == 303, client.page.text
    return str(answer.headers["Location"])


def links_of(world: World) -> dict[str, str]:
    with world.app.extensions["escala_database"].reading() as session:
        return {str(round_.team_id): round_.link_token for round_ in session.scalars(select(Round))}


def count(world: World, model: type) -> int:
    with world.app.extensions["escala_database"].reading() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def send(client: PageClient, address: str, **values: str):
    client.get(address)
    return client.post(address, data=client.page.forms[-1]["data"] | values)


@all_databases
def test_a_campaign_from_choosing_teams_to_their_results(world: World) -> None:
    add_team(world, "Caja")
    client = world.client("manager")
    check(client, world)
    assert "2 teams answer, each person on their own" in client.page.text
    assert count(world, Round) == 0
    answer = confirm(client, world)
    address = answer.headers["Location"]
    client.get(address)
    assert client.page.h1 == "Otoño"
    assert "answers: 0 of 24" in client.page.text
    for token in links_of(world).values():
        answer_round(world.app, token, 6)
    client.get(address)
    assert "6 of 12" in client.page.text
    assert send(client, f"{address}/close").headers["Location"] == address
    client.get(f"{address}/publish")
    assert "2 rounds have closed and give a result." in client.page.text
    assert send(client, f"{address}/publish").status_code == 200 or "Please tick the box" in client.page.text
    assert send(client, f"{address}/publish", confirmed="y").headers["Location"] == address
    client.get(address)
    assert "2 rounds have been published." in client.page.text
    check(client, world)
    assert client.page.text.count("(12 people; it published a round today)") == 2
    with world.app.extensions["escala_database"].reading() as session:
        assert all(round_.published_at and not round_.is_withheld for round_ in session.scalars(select(Round)))


def test_without_the_confirmation_nothing_is_published(world: World) -> None:
    client = world.client("manager")
    address = opened(client, world)
    (token,) = links_of(world).values()
    answer_round(world.app, token, 6)
    send(client, f"{address}/close")
    assert send(client, f"{address}/publish").status_code == 200
    assert "Please tick the box to confirm." in client.page.text
    assert "1 round has closed and gives a result." in client.page.text
    with world.app.extensions["escala_database"].reading() as session:
        assert session.scalars(select(Round)).one().published_at is None


def test_what_was_not_listed_is_not_published(world: World) -> None:
    add_team(world, "Caja")
    client = world.client("manager")
    address = opened(client, world)
    tokens = list(links_of(world).values())
    answer_round(world.app, tokens[0], 6)
    send(client, f"{address}/close")
    client.get(f"{address}/publish")
    data = client.page.forms[-1]["data"] | {"confirmed": "y"}
    send(client, f"{address}/dates", closes_on=day(9), also_closed="y")
    answer_round(world.app, tokens[1], 6)
    send(client, f"{address}/close")
    client.post(f"{address}/publish", data=data)
    with world.app.extensions["escala_database"].reading() as session:
        states = {round_.link_token: round_.published_at is not None for round_ in session.scalars(select(Round))}
    assert states == {tokens[0]: True, tokens[1]: False}


def day(days: int) -> str:
    return (utc_now() + dt.timedelta(days=days)).date().isoformat()


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "Left out: they have a round that is not published"),
        ("es", "Quedan fuera: tienen una ronda sin publicar"),
    ],
)
def test_the_second_page_says_which_teams_cannot_and_why(world: World, language: str, words: str) -> None:
    add_team(world, "Noche", size=3)
    add_team(world, "Caja")
    client = world.client("manager", language)
    under_way = open_round(client, world, name="Ronda de mayo")
    check(client, world)
    assert words in client.page.text
    assert under_way in client.page.links
    assert "Noche" in client.page.text


def test_where_no_team_can_answer_nothing_is_offered_to_be_opened(world: World) -> None:
    client = world.client("manager")
    open_round(client, world)
    check(client, world)
    assert client.page.h1 == "No team can answer “Otoño” now"
    assert "Open the rounds" not in client.page.text
    assert "0 teams" not in client.page.text


def test_a_small_team_answers_together_if_that_is_ticked(world: World) -> None:
    add_team(world, "Noche", size=3)
    client = world.client("manager")
    check(client, world)
    data = client.page.forms[-1]["data"]
    assert data["together"]
    without = {name: value for name, value in data.items() if name != "together"} | {"act": "open"}
    assert client.post(f"{world.address}/campaigns/new", data=without).status_code == 303
    assert count(world, Round) == 1
    check(client, world)
    answer = confirm(client, world)
    client.get(answer.headers["Location"])
    assert "no sheet yet" in client.page.text


def test_a_double_click_opens_one_campaign(world: World) -> None:
    client = world.client("manager")
    check(client, world)
    data = client.page.forms[-1]["data"] | {"act": "open"}
    first = client.post(f"{world.address}/campaigns/new", data=data)
    second = client.post(f"{world.address}/campaigns/new", data=data)
    assert first.headers["Location"] == second.headers["Location"]
    assert (count(world, Campaign), count(world, Round)) == (1, 1)


def test_teams_that_changed_since_the_page_are_shown_again(world: World) -> None:
    add_team(world, "Caja")
    client = world.client("manager")
    check(client, world)
    data = client.page.forms[-1]["data"] | {"act": "open"}
    open_round(world.client("manager"), world)
    assert client.post(f"{world.address}/campaigns/new", data=data).status_code == 200
    assert "Teams have changed while the page was open" in client.page.text
    assert count(world, Campaign) == 0
    assert confirm(client, world).status_code == 303
    assert count(world, Round) == 2


def test_chosen_teams_alone_are_asked(world: World) -> None:
    add_team(world, "Caja")
    client = world.client("manager")
    check(client, world, which="some", teams=str(world.team))
    assert "1 team answers, each person on their own" in client.page.text
    confirm(client, world)
    assert list(links_of(world)) == [str(world.team)]


def test_teams_with_a_tag_are_asked_by_it(world: World) -> None:
    add_team(world, "Bodega")
    with world.app.extensions["escala_database"].writing() as session:
        set_tags(session, organisation_id=world.organisation, team_id=world.team, tags=["Región Norte"])
    client = world.client("manager")
    check(client, world, which="tag:region norte")
    assert "Mesa de ayuda" in client.page.text
    assert "Bodega" not in client.page.text
    assert confirm(client, world).status_code == 303
    assert count(world, CampaignRound) == 1


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"name": ""}, "Please write a name for the round."),
        ({"which": "some"}, "Please choose at least one team."),
        ({"which": "some", "teams": "6f1f4f0e-0000-4000-8000-000000000000"}, "One of these teams is no longer there."),
        ({"opens_on": "2020-01-01"}, "The first day has passed."),
        ({"closes_on": "2020-01-01"}, "The last day must be today or later"),
        ({"questionnaires": "nothing"}, "Please choose among the questionnaires shown."),
    ],
)
def test_what_cannot_be_is_said_on_the_first_page(world: World, values: dict[str, str], words: str) -> None:
    client = world.client("manager")
    check(client, world, **values)
    assert words in client.page.text
    assert count(world, Round) == 0


def test_more_teams_than_a_campaign_takes_are_refused(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assessment.web.campaigns.views.MOST_TEAMS", 1)
    add_team(world, "Caja")
    client = world.client("manager")
    check(client, world)
    assert "At most 1 teams in one campaign. Choose fewer." in client.page.text


def test_a_team_of_another_organisation_cannot_be_asked(world: World) -> None:
    client = world.client("manager")
    check(client, world, which="some", teams=str(world.other_team))
    assert "One of these teams is no longer there." in client.page.text


def test_one_changes_the_last_day_of_all(world: World) -> None:
    add_team(world, "Caja")
    client = world.client("manager")
    address = opened(client, world)
    assert send(client, f"{address}/dates", closes_on=day(20)).headers["Location"] == address
    assert send(client, f"{address}/dates", closes_on="2020-01-01").status_code == 200
    assert "The last day must be today or later" in client.page.text
    with world.app.extensions["escala_database"].reading() as session:
        last = {round_.closes_at for round_ in session.scalars(select(Round))}
    assert len(last) == 1


@pytest.mark.own_app
def test_all_posters_are_one_pdf_with_a_page_for_each_team(world: World) -> None:
    settings = world.app.extensions["escala_settings"]
    world.app.extensions["escala_settings"] = dataclasses.replace(settings, base_url="http://escala.example.com")
    add_team(world, "Caja")
    client = world.client("manager")
    address = opened(client, world)
    client.get(address)
    assert any(form["action"].endswith("/posters.pdf") for form in client.page.forms)
    answer = client.get(f"{address}/posters.pdf?language=es&paper=a4")
    assert answer.mimetype == "application/pdf"
    pdf = pypdf.PdfReader(io.BytesIO(answer.data))
    pages = [re.sub(r"\s+", " ", page.extract_text()) for page in pdf.pages]
    assert ["Caja" in page for page in pages] == [True, False]
    for page, team in zip(pages, ("Caja", "Mesa de ayuda"), strict=True):
        assert team in page
    for token in links_of(world).values():
        assert sum(token in page.replace(" ", "") for page in pages) == 1
    send(client, f"{address}/close")
    assert client.get(f"{address}/posters.pdf").headers["Location"] == address


def test_posters_of_very_many_teams_are_several_files(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assessment.web.campaigns.views.POSTERS_AT_ONCE", 1)
    add_team(world, "Caja")
    client = world.client("manager")
    address = opened(client, world)
    for part, team in (("1", "Caja"), ("2", "Mesa de ayuda"), ("99", "Mesa de ayuda"), ("x", "Caja")):
        answer = client.get(f"{address}/posters.pdf?part={part}")
        (page,) = pypdf.PdfReader(io.BytesIO(answer.data)).pages
        assert team in re.sub(r"\s+", " ", page.extract_text())


def test_each_team_has_its_own_message_and_the_round_leads_back(world: World) -> None:
    add_team(world, "Caja")
    client = world.client("manager")
    address = opened(client, world)
    html = client.get(address).get_data(as_text=True)
    for token in links_of(world).values():
        assert f"/r/{token}" in html
    client.get(f"{world.team_address}/rounds/{round_of(world)}")
    assert address in client.page.links
    client.get(f"{world.address}/campaigns")
    assert address in client.page.links


def round_of(world: World) -> object:
    with world.app.extensions["escala_database"].reading() as session:
        return session.scalars(select(Round.id).where(Round.team_id == world.team)).one()


def test_a_running_campaign_is_acted_upon_by_tag(world: World) -> None:
    add_team(world, "Caja")
    with world.app.extensions["escala_database"].writing() as session:
        set_tags(session, organisation_id=world.organisation, team_id=world.team, tags=["Región Norte"])
    client = world.client("manager")
    address = opened(client, world)
    client.get(f"{address}?tag=region norte")
    assert "For all teams with the tag “Región Norte” at once" in client.page.text
    assert "Caja" not in client.page.text
    assert client.get(f"{address}?tag=nothing").status_code == 200
    assert "No team matches." in client.page.text
    assert send(client, f"{address}/close?tag=region norte").headers["Location"] == f"{address}?tag=region+norte"
    client.get(f"{address}/posters.pdf?tag=region norte")
    client.get(address)
    assert "Closed, and not published: 1" in client.page.text
    assert "Open: 1" in client.page.text, "the other team goes on answering"
