"""Rounds of several teams from one file: each team's choice, then all of them at once or none."""

from __future__ import annotations

import io

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from assessment.store.rounds import Round
from assessment.store.teams import Team
from tests.web.client import PageClient
from tests.web.conftest import all_databases
from tests.web.test_import import ITEMS, responses
from tests.web.world import World

SEVEN = ("MESA DE AYUDA", "Caja", "Bodega", "Reparto", "Compras", "Sala", "Cocina")


def send(client: PageClient, world: World, data: bytes) -> TestResponse:
    client.get(f"{world.address}/campaigns/from-file")
    answer = client.fill({"file": (io.BytesIO(data), "respuestas.csv")})
    answer.request.environ["wsgi.input"].close()
    return answer


def rounds(world: World) -> dict[str, int]:
    """The rounds kept, by their teams' names, each with how many people its team has."""
    with world.app.extensions["escala_database"].reading() as session:
        kept = select(Team).join(Round, Round.team_id == Team.id).where(Team.organisation_id == world.organisation)
        return {team.name: team.size for team in session.scalars(kept)}


@all_databases
def test_a_file_with_seven_teams_becomes_seven_rounds_that_are_published_together(world: World) -> None:
    client = world.client("manager")
    assert send(client, world, responses(*SEVEN)).status_code == 200
    assert client.page.h1 == "Which teams the file has"
    assert rounds(world) == {}
    answer = client.fill({"name": "Taller", "new_kind": "shop"})
    assert answer.status_code == 303, client.page.text
    assert rounds(world) == {"Mesa de ayuda": 12} | dict.fromkeys(SEVEN[1:], 6)
    campaign = answer.headers["Location"]
    client.get(campaign)
    assert client.page.h1 == "Taller"
    assert "Closed, and not published: 7" in client.page.text
    client.get(f"{campaign}/publish")
    client.fill({"confirmed": "y"})
    client.get(campaign)
    assert "Published: 7" in client.page.text


def test_the_page_sent_twice_makes_its_rounds_once(world: World) -> None:
    client = world.client("manager")
    send(client, world, responses("Caja", "Bodega"))
    data = client.page.forms[-1]["data"] | {"name": "Taller", "new_kind": "shop"}
    address = f"{world.address}/campaigns/from-file/confirm"
    first, second = client.post(address, data=data), client.post(address, data=data)
    assert (first.status_code, first.headers["Location"]) == (303, second.headers["Location"])
    assert rounds(world) == {"Caja": 6, "Bodega": 6}


def test_what_cannot_be_taken_is_left_out_and_says_why(world: World) -> None:
    client = world.client("manager", "es")
    few = responses("Caja", people=3).decode().split("\n")[1:]
    sheet = ",".join(["Sala", "consensus", *["4"] * len(ITEMS), "3"])
    file = "\n".join([responses("Bodega").decode(), *few, sheet]).encode()
    send(client, world, file)
    assert "Queda fuera: un resultado necesita las respuestas de 5 personas" in client.page.text
    assert "una sola hoja" in client.page.text or "una hoja" in client.page.text
    client.fill({"name": "Taller"})
    assert "Elija lo que más se parezca" in client.page.text
    assert "Escriba cuántas personas" in client.page.text
    client.fill({"sizes-2": "4", "name": "Taller", "new_kind": "shop"})
    assert rounds(world) == {"Bodega": 6, "Sala": 4}


def test_a_team_takes_the_answers_of_one_team_of_the_file(world: World) -> None:
    client = world.client("manager")
    send(client, world, responses("Caja", "Bodega"))
    team = str(world.team)
    client.fill({"becomes-0": team, "becomes-1": team, "name": "Taller"})
    assert "This team is chosen twice." in client.page.text
    assert rounds(world) == {}
    client.fill({"becomes-0": team, "becomes-1": "", "name": "Taller"})
    assert rounds(world) == {"Mesa de ayuda": 12}
    send(client, world, responses("Mesa de ayuda", "Caja"))
    assert "Left out: this team has a round that is not published." in client.page.text


@pytest.mark.parametrize(
    ("becomes", "words"), [("", "Every team is left out."), ("new", "Please choose what comes closest.")]
)
def test_what_is_missing_is_said_and_nothing_is_kept(world: World, becomes: str, words: str) -> None:
    client = world.client("manager")
    send(client, world, responses("Caja"))
    client.fill({"becomes-0": becomes, "name": "Taller"})
    assert words in client.page.text
    assert rounds(world) == {}


def kept_points(world: World) -> dict[str, list[str]]:
    with world.app.extensions["escala_database"].reading() as session:
        kept = select(Round, Team.name).join(Team, Round.team_id == Team.id)
        return {name: [point["name"] for point in one.points] for one, name in session.execute(kept)}


def test_a_team_whose_moments_are_not_those_of_the_file_is_warned_of_and_keeps_its_own(world: World) -> None:
    client = world.client("manager")
    data = responses("Mesa de ayuda", "Caja").replace(b"ladder:contact", b"ladder:visit-request")
    send(client, world, data)
    assert "Moments in the file: Pedir la visita." in client.page.text
    assert (
        "Stop: none of the moments in the file is one of this team's. The file has Pedir la visita;" in client.page.text
    )
    client.fill({"name": "Taller", "new_kind": "shop"})
    assert kept_points(world) == {"Mesa de ayuda": [], "Caja": ["Pedir la visita"]}


def test_a_team_chosen_on_the_page_is_warned_of_before_it_takes_moments_that_are_not_its_own(world: World) -> None:
    client = world.client("manager")
    send(client, world, responses("Caja"))
    client.fill({"becomes-0": str(world.team), "name": "Taller"})
    assert "Read the warning, then send it again." in client.page.text
    assert "The moments in the file are not quite those of this team. Missing in the file:" in client.page.text
    assert rounds(world) == {}
    client.fill()
    assert rounds(world) == {"Mesa de ayuda": 12}


def test_the_empty_file_has_the_moments_that_all_teams_share(world: World) -> None:
    client = world.client("manager")
    client.get(f"{world.address}/campaigns/from-file")
    [file] = [link for link in client.page.links if "format=csv" in link and "questionnaire=service-culture&" in link]
    assert "ladder:contact" in client.get(file).data.decode("utf-8-sig")
    with world.app.extensions["escala_database"].writing() as session:
        other = session.get_one(Team, world.add_team("Bodega"))
        other.points = [{"id": "visit-request", "name": "Pedir la visita", "phase": "beginning"}]
    headers = client.get(file).data.decode("utf-8-sig")
    assert headers.startswith("team")
    assert "ladder:" not in headers


def test_a_new_team_cannot_have_fewer_people_than_answers(world: World) -> None:
    client = world.client("manager")
    send(client, world, responses("Caja"))
    client.fill({"sizes-0": "2", "name": "Taller", "new_kind": "shop"})
    assert "The file has answers of 6 people of this team: more than you say are in it." in client.page.text
    assert rounds(world) == {}


def test_nothing_is_kept_where_one_team_cannot_be_made(world: World) -> None:
    """Somebody adds a team of one of these names while the page is looked at."""
    client = world.client("manager")
    send(client, world, responses("Caja", "Bodega"))
    world.add_team("Bodega")
    client.fill({"name": "Taller", "new_kind": "shop"})
    assert "Something has changed since this page was shown." in client.page.text
    assert rounds(world) == {}


def test_a_file_that_is_wrong_is_explained_as_on_a_teams_page(world: World) -> None:
    client = world.client("manager")
    send(client, world, responses("Caja", answer="9"))
    assert "1 thing to fix in the file" in client.page.text
    assert "Nothing has been saved." in client.page.text


def test_another_form_than_the_first_pages_begins_again(world: World) -> None:
    client = world.client("manager")
    send(client, world, responses("Caja"))
    data = client.page.forms[-1]["data"] | {"packed": "%%%"}
    answer = client.post(f"{world.address}/campaigns/from-file/confirm", data=data)
    assert answer.headers["Location"] == f"{world.address}/campaigns/from-file"
