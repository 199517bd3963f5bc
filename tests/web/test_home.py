"""The start page answers: what should I do next?"""

from __future__ import annotations

import datetime as dt
import re
import uuid

import pytest
from sqlalchemy import select

from assessment.catalogue.catalogue import load_team_kinds
from assessment.domain.answers import Role
from assessment.domain.next_step import BY_NEED, STAGES, NextStep
from assessment.domain.result import TeamResult
from assessment.domain.rounds import RoundMode
from assessment.infra.clock import utc_now
from assessment.infra.countries import COUNTRIES
from assessment.services.organisations import create_organisation
from assessment.services.rounds import draft_round, open_round, stop_round
from assessment.services.snapshots import result_to_snapshot
from assessment.services.teams import create_team, points_of_kind
from assessment.store.accounts import User
from assessment.web.team_cards import NEXT_STEPS
from tests.web.conftest import all_databases
from tests.web.round_answers import answer_round
from tests.web.test_plans import follow, followed, open_follow_up, open_plan, press
from tests.web.test_results import publish, sheets
from tests.web.world import NOW, World


def begin_round(world: World, *, stopped: bool = False, mode: RoundMode = RoundMode.ANSWERED) -> str:
    """The link of a round that is open, or has stopped."""
    now = utc_now() - dt.timedelta(hours=1)
    with world.app.extensions["escala_database"].writing() as session:
        opened = open_round(
            session,
            organisation_id=world.organisation,
            team_id=world.team,
            name="Ronda 1",
            mode=mode,
            opens_at=now,
            closes_at=None,
            now=now,
        )
        if stopped:
            stop_round(session, organisation_id=world.organisation, round_id=opened.id, now=utc_now())
        return opened.link_token


def test_every_next_step_has_its_words() -> None:
    assert set(NEXT_STEPS) == set(NextStep)


@pytest.mark.parametrize(("language", "words"), [("es", "Abra la primera ronda"), ("en", "Open the first round")])
def test_a_team_without_a_round_is_told_to_open_one(world: World, language: str, words: str) -> None:
    client = world.client("manager", language)
    client.get("/")
    assert words in client.page.text
    assert f"{world.team_address}/rounds/new" in client.page.links


@all_databases
def test_an_open_round_with_few_answers_asks_for_its_link_to_be_shared(world: World) -> None:
    token = begin_round(world)
    client = world.client("manager")
    client.get("/")
    assert "nobody has answered yet. Share the link with the team." in client.page.text
    answer_round(world.app, token, 2)
    client.get("/")
    assert "Answers: 2; results need 5. Share the link once more." in client.page.text
    link = next(link for link in client.page.links if f"{world.team_address}/rounds/" in link)
    assert client.get(link).status_code == 200


def test_everybody_is_not_nearly_everybody(world: World) -> None:
    token, client = begin_round(world), world.client("manager")
    answer_round(world.app, token, 11)
    client.get("/")
    assert "Most of the team has answered: 11." in client.page.text
    answer_round(world.app, token, 1, first=11)
    client.get("/")
    assert "Everybody has answered: 12." in client.page.text


def test_a_round_that_stopped_with_few_answers_can_be_opened_again(world: World) -> None:
    begin_round(world, stopped=True)
    client = world.client("manager")
    client.get("/")
    assert "It can be opened again" in client.page.text


@pytest.mark.parametrize("language", ["es", "en"])
def test_of_a_team_that_answers_together_nobody_counts_answers(world: World, language: str) -> None:
    sentences = {
        "open": {"es": "acuerda una sola hoja", "en": "agrees on one sheet"},
        "sent": {"es": "El equipo ya envió su hoja.", "en": "The team has sent its sheet."},
    }
    link = begin_round(world, mode=RoundMode.CONSENSUS)
    client = world.client("manager", language)
    client.get("/")
    assert sentences["open"][language] in client.page.text
    answer_round(world.app, link, 1, role=Role.CONSENSUS)
    client.get("/")
    assert sentences["sent"][language] in client.page.text


def test_a_round_that_stopped_before_its_sheet_was_sent_can_be_opened_again(world: World) -> None:
    begin_round(world, stopped=True, mode=RoundMode.CONSENSUS)
    client = world.client("manager")
    client.get("/")
    assert "The round stopped before the team sent its sheet." in client.page.text


@pytest.mark.parametrize(
    ("language", "none", "enough"),
    [
        ("es", "Aún sin primera ronda.", "ya respondió la mayor parte del equipo: 12."),
        ("en", "No first round yet.", "most of the team has answered: 12."),
    ],
)
def test_who_only_reads_is_told_how_things_are_and_not_what_to_do(
    world: World, language: str, none: str, enough: str
) -> None:
    world.add_people_of_one_team()
    for person in ("viewer", "leadership"):
        client = world.client(person, language)
        client.get("/")
        assert none in client.page.text
        assert not [link for link in client.page.links if "/rounds" in link]
    answer_round(world.app, begin_round(world), 12)
    client = world.client("leadership", language)
    client.get("/")
    assert enough in client.page.text
    assert not [link for link in client.page.links if "/rounds" in link]


def test_the_start_page_lists_only_ones_own_organisations(world: World) -> None:
    client = world.client("outsider")
    client.get("/")
    assert "Clínica del Valle" not in client.page.text
    assert "Secret team" in client.page.text


@pytest.mark.parametrize(
    ("language", "previous", "position", "following"),
    [
        ("es", "Página anterior", "Página 2 de 3", "Página siguiente"),
        ("en", "Previous page", "Page 2 of 3", "Next page"),
    ],
)
def test_many_teams_come_in_pages(world: World, language: str, previous: str, position: str, following: str) -> None:
    with world.app.extensions["escala_database"].writing() as session:
        for number in range(60):
            create_team(
                session,
                organisation_id=world.organisation,
                name=f"Equipo {number:02}",
                size=9,
                kind=load_team_kinds()[0].id,
                points=points_of_kind(load_team_kinds()[0], "es"),
                now=NOW,
            )
    client = world.client("manager", language)
    for address in ("/", world.address):
        client.get(address)
        assert following in client.page.text
        assert previous not in client.page.text
        client.get(next(link for link in client.page.links if link.endswith("page=2")))
        assert all(words in client.page.text for words in (previous, position, following))
        assert "Equipo 30" in client.page.text
        assert "Equipo 10" not in client.page.text
        client.get(f"{address}?page=99")
        assert "Equipo 59" in client.page.text
        assert following not in client.page.text
        assert client.get(f"{address}?page=other").status_code == 200


@pytest.mark.parametrize(
    ("language", "previous", "position", "following"),
    [
        ("es", "Página anterior", "Página 2 de 2", "Página siguiente"),
        ("en", "Previous page", "Page 2 of 2", "Next page"),
    ],
)
def test_many_rounds_come_in_pages(world: World, language: str, previous: str, position: str, following: str) -> None:
    snapshot = result_to_snapshot(TeamResult("Mesa de ayuda", "individual", 4, 4, withheld=True))
    with world.app.extensions["escala_database"].writing() as session:
        for number in range(26):
            now = NOW + dt.timedelta(hours=number)
            drafted = draft_round(
                session, organisation_id=world.organisation, team_id=world.team, name=f"Ronda {number:02}", now=now
            )
            drafted.published_at, drafted.snapshot, drafted.is_withheld = now, snapshot, True
            session.flush()
    client = world.client("viewer", language)
    client.get(f"{world.team_address}/rounds")
    assert "Ronda 25" in client.page.text
    assert following in client.page.text
    client.get(next(link for link in client.page.links if link.endswith("page=2")))
    assert all(words in client.page.text for words in (previous, position, "Ronda 00"))
    assert following not in client.page.text


def add_team(world: World, name: str) -> uuid.UUID:
    kind = load_team_kinds()[0]
    with world.app.extensions["escala_database"].writing() as session:
        return create_team(
            session,
            organisation_id=world.organisation,
            name=name,
            size=9,
            kind=kind.id,
            points=points_of_kind(kind, "es"),
            now=NOW,
        ).id


def test_the_team_that_needs_somebody_comes_first_whatever_its_name(world: World) -> None:
    add_team(world, "Almacén")
    begin_round(world)
    client = world.client("manager")
    html = client.get("/").text
    assert html.index("Mesa de ayuda") < html.index("Almacén")
    main = html.partition("<main")[2]
    assert main.count('class="button"') == 1, "one thing comes first"


def test_every_step_has_its_place_on_the_path_and_among_the_needs() -> None:
    assert set(STAGES) == set(NextStep)
    assert set(BY_NEED) == set(NextStep)
    assert len(BY_NEED) == len(NextStep)


@pytest.mark.parametrize("language", ["es", "en"])
def test_a_teams_home_shows_where_it_is_and_what_comes_next(world: World, language: str) -> None:
    words = {"es": ("Preparar", "Responder", "Compartir el enlace"), "en": ("Prepare", "Answer", "Share the link")}
    client = world.client("manager", language)
    html = client.get(world.team_address).text
    today = re.search(r'aria-current="step">([^<]*)<', html)
    assert today is not None
    assert today[1] == words[language][0]
    begin_round(world)
    html = client.get(world.team_address).text
    today = re.search(r'aria-current="step">([^<]*)<', html)
    assert today is not None
    assert today[1] == words[language][1]
    assert words[language][2] in client.page.text
    assert [link for link in client.page.links if f"{world.team_address}/rounds/" in link]
    viewer = world.client("viewer", language)
    viewer.get(world.team_address)
    assert not [link for link in viewer.page.links if f"{world.team_address}/rounds/" in link]


@pytest.mark.parametrize(
    ("language", "find", "none"),
    [
        ("es", "Buscar un equipo por su nombre", "Ningún equipo tiene «zzz» en su nombre."),
        ("en", "Find a team by its name", "No team has “zzz” in its name."),
    ],
)
def test_from_eight_teams_on_one_is_found_by_its_name(world: World, language: str, find: str, none: str) -> None:
    client = world.client("manager", language)
    for number in range(6):
        add_team(world, f"Sucursal {number}")
    for address in ("/", world.address):
        client.get(address)
        assert find not in client.page.text
    add_team(world, "Almacén Ñuñoa")
    for address in ("/", world.address):
        client.get(address)
        assert find in client.page.text
        client.get(f"{address}?name=ALMACEN+nunoa")
        assert "Almacén Ñuñoa" in client.page.text
        assert "Sucursal 1" not in client.page.text
        client.get(f"{address}?name=zzz")
        assert none in client.page.text
        assert "Almacén" not in client.page.text
        assert client.get(f"{address}?name=%25").status_code == 200
        assert "Almacén" not in client.page.text


def test_what_is_found_comes_in_pages_too(world: World) -> None:
    for number in range(30):
        add_team(world, f"Sucursal {number:02}")
    client = world.client("manager")
    client.get("/?name=sucursal")
    assert "Page 1 of 2" in client.page.text
    client.get(next(link for link in client.page.links if "page=2" in link))
    assert "Page 2 of 2" in client.page.text
    assert "Mesa de ayuda" not in client.page.text


def test_nobody_finds_teams_of_others(world: World) -> None:
    client = world.client("outsider")
    client.get("/?name=mesa")
    assert "Mesa de ayuda" not in client.page.text


@pytest.mark.parametrize("language", ["es", "en"])
def test_the_path_of_an_only_team_is_on_the_start_page(world: World, language: str) -> None:
    client = world.client("manager", language)
    words = {"es": "Preparar", "en": "Prepare"}[language]
    for address in ("/", world.address):
        client.get(address)
        assert words in client.page.text
    add_team(world, "Almacén")
    client.get("/")
    assert words not in client.page.text


@pytest.mark.parametrize("language", ["es", "en"])
def test_the_plan_of_the_round_before_stays_in_sight_until_the_next_one_is_chosen(world: World, language: str) -> None:
    before = publish(world, *sheets(12))
    follow(open_follow_up(world, before), followed(open_follow_up(world, before))[0], status="blocked")
    goes_on = {"es": "sigue en marcha", "en": "goes on"}[language]
    stuck = {"es": "1 está atascada.", "en": "1 is stuck."}[language]
    client, viewer = world.client("manager", language), world.client("viewer", language)
    client.get(world.team_address)
    assert goes_on not in client.page.text, "it is the plan of the last round"
    begin_round(world)
    client.get(world.team_address)
    assert goes_on in client.page.text
    assert stuck in client.page.text
    assert f"{before}/plan/follow" in client.page.links
    viewer.get(world.team_address)
    assert goes_on in viewer.page.text
    assert f"{before}/plan/follow" not in viewer.page.links


@pytest.mark.parametrize("language", ["es", "en"])
def test_a_plan_that_is_only_proposed_is_made_first_and_not_followed(world: World, language: str) -> None:
    before = publish(world, *sheets(12))
    follow(open_follow_up(world, before), followed(open_follow_up(world, before))[0], status="blocked")
    now, client = publish(world, *sheets(12)), world.client("manager", language)
    stuck = {"es": "1 está atascada.", "en": "1 is stuck."}[language]
    client.get(world.team_address)
    assert stuck in client.page.text
    assert f"{now}/plan/follow" not in client.page.links, "that plan is only proposed"
    assert {"es": "Hacer el plan", "en": "Make the plan"}[language] in client.page.text
    press(open_plan(world, now), "save")
    client.get(world.team_address)
    assert stuck not in client.page.text
    assert f"{now}/plan/follow" in client.page.links
    assert f"{before}/plan/follow" not in client.page.links


@pytest.mark.parametrize("language", ["es", "en"])
def test_a_teams_home_says_what_lies_behind_and_when_the_next_round_comes(world: World, language: str) -> None:
    client = world.client("manager", language)
    behind = {"es": "(ya hecho)", "en": "(already done)"}[language]
    client.get(world.team_address)
    assert behind not in client.page.text
    address = publish(world, *sheets(12))
    html = client.get(world.team_address).text
    assert html.count(behind) == 3, "prepared, answered, seen"
    assert {"es": "90 días después de hacer el plan", "en": "90 days after the plan is made"}[
        language
    ] in client.page.text
    assert f"{world.team_address}/history" not in client.page.links, "one round is no history"
    press(open_plan(world, address), "save")
    client.get(world.team_address)
    assert {"es": "La próxima ronda toca el ", "en": "The next round is due on "}[language] in client.page.text
    publish(world, *sheets(12))
    client.get(world.team_address)
    assert f"{world.team_address}/history" in client.page.links


def test_of_several_organisations_one_step_alone_is_the_most_pressing(world: World) -> None:
    publish(world, *sheets(12))
    client = world.client("manager")
    with world.app.extensions["escala_database"].writing() as session:
        manager = session.scalars(select(User).where(User.email == "manager@example.com")).one()
        other = create_organisation(
            session, name="Aaa", country=COUNTRIES["CO"], language="es", founder_id=manager.id, now=NOW
        )
        kind = load_team_kinds()[0]
        create_team(
            session,
            organisation_id=other.id,
            name="Otra",
            size=9,
            kind=kind.id,
            points=points_of_kind(kind, "es"),
            now=NOW,
        )
    html = client.get("/").text
    solid = re.findall(r'<a class="button" href="([^"]*)"', html)
    assert len(solid) == 1
    assert str(world.team) in solid[0], "making a plan comes before opening a first round"


@pytest.mark.parametrize("language", ["es", "en"])
def test_a_planned_round_says_its_day(world: World, language: str) -> None:
    now = utc_now()
    with world.app.extensions["escala_database"].writing() as session:
        open_round(
            session,
            organisation_id=world.organisation,
            team_id=world.team,
            name="Ronda 1",
            opens_at=now + dt.timedelta(days=10),
            closes_at=None,
            now=now,
        )
    client = world.client("manager", language)
    for address in ("/", world.team_address):
        client.get(address)
        assert {"es": "La ronda se abre el ", "en": "The round opens on "}[language] in client.page.text
