"""The moments of another team in place of a team's own."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from assessment.services.team_points import points_of
from assessment.services.teams import TeamPoint, set_points
from assessment.store.teams import Team
from tests.web.world import World

CAJA = (TeamPoint("queue", "Fila", "beginning"), TeamPoint("payment", "Pago", "end"))


def names(world: World) -> list[str]:
    with world.app.extensions["escala_database"].reading() as session:
        return [point.name for point in points_of(session.get_one(Team, world.team))]


def team_of(world: World, name: str) -> str:
    with world.app.extensions["escala_database"].reading() as session:
        return str(session.scalars(select(Team.id).where(Team.name == name)).one())


def add_team_with(world: World, name: str, points: tuple[TeamPoint, ...] = CAJA) -> None:
    team = world.add_team(name)
    with world.app.extensions["escala_database"].writing() as session:
        set_points(session, organisation_id=world.organisation, team_id=team, points=points)


def test_a_team_takes_over_the_moments_of_another(world: World) -> None:
    add_team_with(world, "Caja")
    add_team_with(world, "Caja 2")
    client = world.client("manager")
    client.get(f"{world.team_address}/points")
    assert f"{world.team_address}/points/copy" in client.page.links
    client.get(f"{world.team_address}/points/copy")
    assert "Caja and 1 more" in client.page.text
    assert "Fila and Pago" in client.page.text
    assert client.fill({"from_team": team_of(world, "Caja")}).headers["Location"] == f"{world.team_address}/points"
    assert names(world) == ["Fila", "Pago"]
    client.get(f"{world.team_address}/points/copy")
    assert "No other team has other moments than these." in client.page.text


@pytest.mark.parametrize(("language", "words"), [("es", "Elija un equipo."), ("en", "Please choose a team.")])
def test_nothing_changes_before_a_team_is_chosen(world: World, language: str, words: str) -> None:
    add_team_with(world, "Caja")
    before = names(world)
    client = world.client("manager", language)
    client.get(f"{world.team_address}/points/copy")
    client.fill()
    assert words in client.page.text
    assert names(world) == before


def test_moments_that_have_changed_since_the_page_are_not_replaced_unseen(world: World) -> None:
    add_team_with(world, "Caja")
    client = world.client("manager")
    client.get(f"{world.team_address}/points/copy")
    other = (TeamPoint("door", "Puerta", "beginning"),)
    with world.app.extensions["escala_database"].writing() as session:
        set_points(session, organisation_id=world.organisation, team_id=world.team, points=other)
    client.fill({"from_team": team_of(world, "Caja")})
    assert "have changed meanwhile" in client.page.text
    assert names(world) == ["Puerta"]
    client.fill({"from_team": team_of(world, "Caja")})
    assert names(world) == ["Fila", "Pago"]


def test_teams_of_others_are_not_offered(world: World) -> None:
    client = world.client("manager")
    client.get(f"{world.team_address}/points/copy")
    assert "No other team has other moments than these." in client.page.text
    assert "Secret team" not in client.page.text
