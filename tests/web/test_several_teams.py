"""Teams from a list: shown as it was understood, then created all or none, and once."""

from __future__ import annotations

import io
import re

import pytest
from sqlalchemy import select

from assessment.store.team_tags import tags_of_team
from assessment.store.teams import Team
from tests.web.client import PageClient
from tests.web.conftest import all_databases
from tests.web.world import World

LIST = "Caja Norte; 12; Tienda\nBodega; 8; shop\n\nMESA de ayuda; 9; shop\nbodega;8;shop"


def names(world: World) -> set[str]:
    with world.app.extensions["escala_database"].reading() as session:
        return set(session.scalars(select(Team.name).where(Team.organisation_id == world.organisation)))


def send(client: PageClient, world: World, **values: object):
    client.get(f"{world.address}/teams/several")
    data = {name: sent for name, sent in client.page.forms[-1]["data"].items() if name != "file"} | values
    return client.post(f"{world.address}/teams/several", data=data)


@all_databases
def test_a_pasted_list_becomes_teams_once_it_is_confirmed(world: World) -> None:
    client = world.client("manager")
    assert send(client, world, lines=LIST.replace("Tienda", "shop")).status_code == 200
    assert "2 teams would be added. Nothing has been kept yet." in client.page.text
    assert "Left out: there is a team of this name." in client.page.text
    assert "Left out: the same as line 2." in client.page.text
    assert names(world) == {"Mesa de ayuda"}
    data = client.page.forms[-1]["data"]
    answer = client.post(f"{world.address}/teams/several/confirm", data=data)
    assert answer.headers["Location"] == world.address
    assert names(world) == {"Mesa de ayuda", "Caja Norte", "Bodega"}
    again = client.post(f"{world.address}/teams/several/confirm", data=data)  # a double click
    assert again.headers["Location"] == world.address
    assert names(world) == {"Mesa de ayuda", "Caja Norte", "Bodega"}
    client.get(world.address)
    assert "2 teams have been added." in client.page.text


def test_a_file_becomes_teams_with_the_moments_of_their_kind(world: World) -> None:
    client = world.client("manager")
    csv = (io.BytesIO("Nombre,Personas,Tipo\nCaja,12,shop\n".encode("utf-8-sig")), "equipos.csv")
    send(client, world, file=csv)
    client.post(f"{world.address}/teams/several/confirm", data=client.page.forms[-1]["data"])
    with world.app.extensions["escala_database"].reading() as session:
        team = session.scalars(select(Team).where(Team.name == "Caja")).one()
        assert (team.size, team.kind) == (12, "shop")
        assert team.points


def test_a_list_and_a_file_at_once_are_refused_since_one_would_go_unread(world: World) -> None:
    client = world.client("manager")
    csv = (io.BytesIO("Nombre,Personas,Tipo\nCaja,12,shop\n".encode("utf-8-sig")), "equipos.csv")
    send(client, world, lines=LIST, file=csv)
    assert "Paste the list or choose a file, not both" in client.page.text
    assert names(world) == {"Mesa de ayuda"}


def test_the_example_of_the_page_can_be_pasted_as_it_is(world: World) -> None:
    for language, line in (("es", "Recepción; 14; Hotel"), ("en", "Front desk; 14; Hotel")):
        client = world.client("manager", language)
        assert line in client.get(f"{world.address}/teams/several").text
        send(client, world, lines=line)
        client.post(f"{world.address}/teams/several/confirm", data=client.page.forms[-1]["data"])
        assert line.partition(";")[0] in names(world)


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "It does not say how many people are in the team."), ("es", "No dice cuántas personas hay en el equipo.")],
)
def test_a_list_with_a_problem_creates_nothing_and_says_where(world: World, language: str, words: str) -> None:
    client = world.client("manager", language)
    send(client, world, lines="Caja;12;shop\nBodega;;shop")
    assert words in client.page.text
    assert "Add 1 team" not in client.page.text
    assert names(world) == {"Mesa de ayuda"}
    corrected = client.page.forms[-1]["data"] | {"lines": "Caja;12;shop\nBodega;7;shop"}
    client.post(f"{world.address}/teams/several", data=corrected)
    client.post(f"{world.address}/teams/several/confirm", data=client.page.forms[-1]["data"])
    assert names(world) == {"Mesa de ayuda", "Caja", "Bodega"}


@pytest.mark.parametrize(
    "packed",
    [
        "",
        "[",
        "{}",
        "[[1]]",
        '[[1,"Caja",12,"shop"]]',
        '[[1,"Caja",12,"nothing",[]]]',
        '[[1,"",12,"shop",[]]]',
        '[[1,"Caja",99999,"shop",[]]]',
        '[[1,"Caja",12,"shop",7]]',
        "[" * 9999,
    ],
)
def test_what_the_first_page_did_not_make_creates_nothing(world: World, packed: str) -> None:
    client = world.client("manager")
    client.get(f"{world.address}/teams/several")
    token = client.page.forms[-1]["data"]["csrf_token"]
    answer = client.post(f"{world.address}/teams/several/confirm", data={"csrf_token": token, "teams": packed})
    assert answer.headers["Location"] == f"{world.address}/teams/several"
    assert names(world) == {"Mesa de ayuda"}


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"lines": ""}, "Please write at least one team, or choose a file."),
        ({"lines": "\n".join(f"Equipo {at}" for at in range(201))}, "At most 200 teams at once."),
        ({"lines": "x" * 70_000}, "This is too much at once."),
        ({"lines": "Caja", "size": "many"}, "Write a whole number in digits"),
    ],
)
def test_what_is_no_list_is_said(world: World, given: dict[str, str], words: str) -> None:
    client = world.client("manager")
    send(client, world, **given)
    assert words in client.page.text


def test_a_file_that_is_no_table_is_described(world: World) -> None:
    client = world.client("manager")
    send(client, world, file=(io.BytesIO(b"%PDF-1.7 what"), "equipos.xlsx"))
    assert "This is a PDF document" in client.page.text


def test_a_text_file_that_is_called_a_workbook_is_told(world: World) -> None:
    client = world.client("manager")
    send(client, world, file=(io.BytesIO(b"not a workbook"), "equipos.xlsx"))
    assert "This file is called a workbook, and is plain text." in client.page.text
    send(client, world, file=(io.BytesIO(b"Equipo;Personas;Tipo\nCaja;12;shop"), "equipos.xlsx"))
    assert "1 team would be added." in client.page.text


def test_of_a_pasted_list_and_a_file_none_is_passed_over_in_silence(world: World) -> None:
    client = world.client("manager")
    send(client, world, lines="Caja;12;shop", file=(io.BytesIO(b"Bodega;8;shop"), "equipos.csv"))
    assert "Paste the list or choose a file, not both" in client.page.text
    assert client.page.forms[-1]["data"]["lines"] == "Caja;12;shop"


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_example_of_the_hint_is_a_line_that_is_understood(world: World, language: str) -> None:
    client = world.client("manager", language)
    client.get(f"{world.address}/teams/several")
    example = re.search(r": ([^:]+; 14; [^;.]+; \w+)\.", client.page.text)
    assert example
    send(client, world, lines=example[1])
    assert ("1 team would be added." if language == "en" else "Se agregaría 1 equipo.") in client.page.text


def test_tags_and_unread_columns_of_a_list(world: World) -> None:
    client = world.client("manager")
    client.get(f"{world.team_address}/edit")
    client.fill({"tags": "Norte"})
    send(client, world, lines="Equipo;Jefe;Personas;Tipo;Región\nCaja;Ana;12;shop;norte")
    assert "This column was not read: Jefe." in client.page.text
    client.post(f"{world.address}/teams/several/confirm", data=client.page.forms[-1]["data"])
    with world.app.extensions["escala_database"].reading() as session:
        team = session.scalars(select(Team).where(Team.name == "Caja")).one()
        assert list(tags_of_team(session, world.organisation, team.id)) == ["Norte"], "spelt as it was"


@all_databases
def test_a_name_that_a_hidden_team_bears_stops_its_line_alone(world: World) -> None:
    """A manager of some teams, to whom the team of this name does not exist."""
    world.add_people_of_one_team()
    world.add_team("Mantenimiento")
    client = world.client("own-manager")
    send(client, world, lines="Mantenimiento;8;shop;Sur\nBodega;9;shop\nMesa de ayuda;12;service desk")
    assert "2 teams would be added." in client.page.text, "looking tells nothing of teams that are not theirs"
    client.post(f"{world.address}/teams/several/confirm", data=client.page.forms[-1]["data"])
    assert "There is a team of this name already; choose another name." in client.page.text
    assert names(world) == {"Mesa de ayuda", "Mantenimiento"}, "all or none"
    corrected, others = client.page.forms[-2]["data"], client.page.forms[-1]["data"]
    assert corrected["lines"] == "Mantenimiento; 8; Shop; Sur\nBodega; 9; Shop"
    client.post(f"{world.address}/teams/several/confirm", data=others)
    assert names(world) == {"Mesa de ayuda", "Mantenimiento", "Bodega"}
    client.post(f"{world.address}/teams/several", data=corrected | {"lines": "Mantenimiento 2; 8; Shop; Sur"})
    client.post(f"{world.address}/teams/several/confirm", data=client.page.forms[-1]["data"])
    assert "Mantenimiento 2" in names(world)
    client.get(world.address)
    assert "Mantenimiento 2" in client.page.text


def test_names_are_shown_as_they_are_and_never_as_markup(world: World) -> None:
    client = world.client("manager")
    send(client, world, lines='<script>alert(1)</script>;12;shop\n=cmd|"/c";9;shop')
    assert "<script>alert(1)</script>" in client.page.text
    client.post(f"{world.address}/teams/several/confirm", data=client.page.forms[-1]["data"])
    client.get(world.address)
    assert "<script>alert(1)</script>" in client.page.text
