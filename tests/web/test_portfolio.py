"""All teams in one look, in a browser: what is shown, what leads where, and files that are made behind the request."""

from __future__ import annotations

import io
import uuid

import openpyxl
import pypdf
import pytest

from assessment.infra.clock import utc_now
from assessment.services.rounds import open_round
from assessment.services.teams import set_tags
from tests.services.build import DAY, Home, answer
from tests.services.portfolios import add_team, publish, sheets_around
from tests.web.world import World


@pytest.fixture
def home(world: World) -> Home:
    return Home(0, world.organisation, world.team)


def database_of(world: World):
    return world.app.extensions["escala_database"]


def address_of(world: World) -> str:
    return f"/organisations/{world.organisation}/portfolio"


def furnish(world: World, home: Home) -> uuid.UUID:
    """A team with a result, one that is withheld, one without a round; the first one's id."""
    database, now = database_of(world), utc_now()
    few = add_team(database, home, "Almacén", now=now)
    add_team(database, home, "Caja", now=now)
    publish(database, home, home.team, sheets_around(3, 12, seed=1), now=now - 20 * DAY)
    publish(database, home, few, sheets_around(3, 3), now=now - DAY)
    with database.writing() as session:
        set_tags(session, organisation_id=home.organisation, team_id=few, tags=["Norte"])
    return few


@pytest.mark.parametrize("language", ["es", "en"])
def test_the_page_has_a_row_for_each_team_and_withheld_is_a_word(world: World, home: Home, language: str) -> None:
    furnish(world, home)
    client = world.client("manager", language)
    client.get(address_of(world))
    page = client.page.text
    for name in ("Almacén", "Caja", "Mesa de ayuda"):
        assert name in page
    words = {"es": "Aún no hay resultados", "en": "No results yet"}
    assert words[language] in page
    assert {"es": "muy pocas respuestas", "en": "Withheld: too few answers"}[language] in page


def test_reasons_lead_to_where_they_are_mended(world: World, home: Home) -> None:
    few = furnish(world, home)
    client = world.client("manager")
    client.get(address_of(world))
    assert "The results were published 20 days ago, and there is no plan yet." in client.page.text
    assert any(link.startswith(world.team_address) and link.endswith("/plan") for link in client.page.links)
    results = [link for link in client.page.links if f"/teams/{few}/rounds/" in link and link.endswith("/results")]
    assert results
    for link in results:
        assert client.get(link).status_code == 200


def test_rows_are_chosen_by_tag_and_by_need(world: World, home: Home) -> None:
    furnish(world, home)
    client = world.client("manager")
    client.get(f"{address_of(world)}?tag=norte")
    assert "3 of 12 answered" in client.page.text
    assert "12 of 12 answered" not in client.page.text
    client.get(f"{address_of(world)}?show=attention")
    assert "No results yet" not in client.page.text
    client.get(f"{address_of(world)}?tag=nowhere&page=99&sort=language&pillar=none&asked=none")
    assert "No team matches." in client.page.text


def test_the_way_to_all_teams_is_shown_where_there_are_several(world: World, home: Home) -> None:
    client = world.client("manager")
    for page in ("/", f"/organisations/{world.organisation}"):
        client.get(page)
        assert address_of(world) not in client.page.links
    furnish(world, home)
    for page in ("/", f"/organisations/{world.organisation}"):
        client.get(page)
        assert address_of(world) in client.page.links


@pytest.mark.parametrize(("kind", "ending"), [("workbook", ".xlsx"), ("summary", ".pdf")])
def test_a_file_is_made_behind_the_request_for_whoever_asked(world: World, home: Home, kind: str, ending: str) -> None:
    furnish(world, home)
    client = world.client("manager")
    client.get(address_of(world))
    [form] = [form for form in client.page.forms if form["action"].endswith("/files")]
    answer = client.post(form["action"], data=form["data"] | {"kind": kind, "language": "es"})
    assert answer.status_code == 303
    waiting = answer.headers["Location"]
    client.get(waiting)
    [link] = [link for link in client.page.links if link.endswith("/download")]
    made = client.get(link)
    assert made.headers["Cache-Control"] == "private, no-store"
    assert f'{ending}"' in made.headers["Content-Disposition"]
    if kind == "workbook":
        book = openpyxl.load_workbook(io.BytesIO(made.data))
        assert "Participación" in book.sheetnames
    else:
        assert len(pypdf.PdfReader(io.BytesIO(made.data)).pages) >= 4
    for person in ("administrator", "outsider"):
        for address in (waiting, link):
            assert world.client(person).get(address).status_code == 404, person


def test_a_kind_that_there_is_not_is_no_file(world: World, home: Home) -> None:
    client = world.client("manager")
    client.get(address_of(world))
    [form] = [form for form in client.page.forms if form["action"].endswith("/files")]
    assert client.post(form["action"], data=form["data"] | {"kind": "../etc"}).status_code == 400


@pytest.mark.parametrize(
    ("language", "first", "up", "pillar", "below"),
    [
        (
            "es",
            "primera ronda",
            ("pilares que subieron:", "momentos que subieron:"),
            "Lenguaje común del servicio",
            "1 ronda antes",
        ),
        ("en", "first round", ("pillars up:", "moments up:"), "Common service language", "1 round before"),
    ],
)
def test_movement_names_what_moved_round_by_round(
    world: World, home: Home, language: str, first: str, up: tuple[str, str], pillar: str, below: str
) -> None:
    database, now = database_of(world), utc_now()
    publish(database, home, home.team, sheets_around(2, 12, seed=1), now=now - 90 * DAY, name="Primera")
    publish(database, home, home.team, sheets_around(4, 12, seed=2), now=now - DAY, name="Segunda")
    other = add_team(database, home, "Almacén", now=now)
    publish(database, home, other, sheets_around(3, 12, seed=3), now=now - DAY, name="Única")
    client = world.client("manager", language)
    client.get(f"{address_of(world)}/movement")
    text = client.page.text
    for words in (first, *up, pillar, below, "Única"):
        assert words in text, words
    of_pillars, of_moments = text[text.index(up[0]) : text.index(up[1])], text[text.index(up[1]) :]
    assert pillar in of_pillars
    assert pillar not in of_moments.partition("Única")[0]


def test_whoever_leads_is_led_to_the_round_that_is_under_way(world: World, home: Home) -> None:
    database, now = database_of(world), utc_now()
    publish(database, home, home.team, sheets_around(3, 12), now=now - 200 * DAY)
    with database.writing() as session:
        opened = open_round(
            session,
            organisation_id=home.organisation,
            team_id=home.team,
            name="Abierta",
            opens_at=now - DAY,
            closes_at=None,
            now=now - DAY,
        )
        round_id, link = opened.id, opened.link_token
    client = world.client("manager")
    client.get(address_of(world))
    assert "A round is open: 0 of 12 answered." in client.page.text
    assert "half a year without a new round" not in client.page.text
    assert f"{world.team_address}/rounds/{round_id}" in client.page.links
    assert f"{world.team_address}/rounds/new" not in client.page.links
    for sheet in sheets_around(3, 11):
        answer(database, link, sheet, now=now)
    client.get(address_of(world))
    assert "can be closed: 11 of 12 answered." in client.page.text
    [close] = [one for one in client.page.links if f"/rounds/{round_id}/" in one]
    assert client.get(close).status_code == 200


def test_files_of_the_last_day_are_listed_for_whoever_asked(world: World, home: Home) -> None:
    furnish(world, home)
    client = world.client("manager")
    client.get(address_of(world))
    assert "Your files" not in client.page.text
    [form] = [form for form in client.page.forms if form["action"].endswith("/files")]
    answered = client.post(form["action"], data=form["data"] | {"kind": "workbook", "language": "en"})
    client.get(answered.headers["Location"])
    assert "Workbook (XLSX) · " in client.page.text
    client.get(address_of(world))
    assert "Your files of the last day" in client.page.text
    [link] = [link for link in client.page.links if link.endswith("/download")]
    assert client.get(link).status_code == 200
    other = world.client("administrator")
    other.get(address_of(world))
    assert "Your files" not in other.page.text


def test_tags_are_written_on_the_teams_page_and_find_it(world: World, home: Home) -> None:
    client = world.client("manager")
    for number in range(8):
        add_team(database_of(world), home, f"Equipo {number}", now=utc_now())
    client.get(f"{world.team_address}/edit")
    [form] = [form for form in client.page.forms if "tags" in form["data"]]
    client.post(form["action"] or f"{world.team_address}/edit", data=form["data"] | {"tags": "Norte, Ventas; <b>x</b>"})
    client.get(world.team_address)
    assert "Norte · Ventas · <b>x</b>" in client.page.text
    for page in ("/", f"/organisations/{world.organisation}"):
        client.get(f"{page}?tag=ventas")
        assert "Mesa de ayuda" in client.page.text
        assert "Equipo 1" not in client.page.text
    client.get(f"{world.team_address}/edit")
    [form] = [form for form in client.page.forms if "tags" in form["data"]]
    assert form["data"]["tags"] == "Norte, Ventas, <b>x</b>"
    client.post(f"{world.team_address}/edit", data=form["data"] | {"tags": ",".join(str(one) for one in range(9))})
    assert "A team may have eight tags at most." in client.page.text
