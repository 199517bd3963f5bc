"""Teams: create, change, their moments in order, their targets. All without JavaScript."""

from __future__ import annotations

import pytest

from assessment.infra.clock import utc_now
from assessment.services.questionnaires import store_questionnaire
from assessment.services.rounds import open_round
from assessment.services.team_points import MOST_POINTS, points_of
from assessment.services.teams import get_team
from assessment.store.teams import Team
from tests.questionnaires.every_kind import FILE
from tests.web.client import PageClient
from tests.web.conftest import all_databases
from tests.web.world import World


def team_of(world: World) -> Team:
    with world.app.extensions["escala_database"].reading() as session:
        return get_team(session, organisation_id=world.organisation, team_id=world.team)


def ids(world: World) -> list[str]:
    return [point.id for point in points_of(team_of(world))]


def press(client: PageClient, world: World, act: str, **values: str) -> int:
    client.get(f"{world.team_address}/points")
    return client.fill({"act": act, **values}).status_code


def ask_own(world: World, text: bytes) -> None:
    """A round of the team that asks a questionnaire of the organisation's own."""
    with world.app.extensions["escala_database"].writing() as session:
        store_questionnaire(session, organisation_id=world.organisation, text=text)
        now = utc_now()
        open_round(
            session,
            organisation_id=world.organisation,
            team_id=world.team,
            name="Otra",
            opens_at=now,
            closes_at=None,
            questionnaires=["every-kind"],
            now=now,
        )


@all_databases
def test_a_team_is_created_from_its_kind_in_the_organisations_language(world: World) -> None:
    client = world.client("manager")
    client.get(f"{world.address}/teams/new")
    answer = client.fill({"name": "Sucursal  Norte", "size": "7", "kind": "shop"})
    assert answer.status_code == 303
    client.get(answer.headers["Location"])
    assert client.page.h1 == "Sucursal Norte"
    assert "Consulta previa" in client.page.text


def test_a_second_team_of_the_same_name_is_refused(world: World) -> None:
    client = world.client("manager")
    client.get(f"{world.address}/teams/new")
    assert client.fill({"name": "Mesa de ayuda", "size": "7", "kind": "shop"}).status_code == 200
    assert "Another team has this name already" in client.page.text


@pytest.mark.parametrize("size", ["0", "-3", "2.5", "ten", ""])
def test_a_size_that_is_no_count_of_people_is_refused(world: World, size: str) -> None:
    client = world.client("manager")
    client.get(f"{world.team_address}/edit")
    assert client.fill({"size": size}).status_code == 200
    assert "Please check this" in client.page.text
    assert team_of(world).size == 12


def test_name_and_size_are_changed(world: World) -> None:
    client = world.client("manager")
    client.get(f"{world.team_address}/edit")
    assert client.fill({"name": "Soporte", "size": "15"}).status_code == 303
    assert (team_of(world).name, team_of(world).size) == ("Soporte", 15)


@all_databases
def test_a_moment_is_moved_up_and_down_by_buttons(world: World) -> None:
    client = world.client("manager")
    before = ids(world)
    assert press(client, world, f"down:{before[0]}") == 303
    assert ids(world)[:2] == [before[1], before[0]]
    press(client, world, f"up:{before[0]}")
    assert ids(world) == before
    press(client, world, f"up:{before[0]}")
    press(client, world, f"down:{before[-1]}")
    assert ids(world) == before


def test_names_typed_so_far_are_kept_when_a_moment_moves(world: World) -> None:
    client = world.client("manager")
    first = ids(world)[0]
    press(client, world, f"down:{first}", **{f"point-{first}": "Primer saludo"})
    assert points_of(team_of(world))[1].name == "Primer saludo"


def test_a_moment_is_added_at_the_end_of_its_phase_with_an_id_of_its_own(world: World) -> None:
    client = world.client("manager")
    assert press(client, world, "add", new_name="Atención en caja", new_phase="beginning") == 303
    points = points_of(team_of(world))
    at = next(at for at, point in enumerate(points) if point.id == "atencion-en-caja")
    assert [point.phase for point in points[: at + 2]] == ["beginning"] * (at + 1) + ["middle"]
    press(client, world, "add", new_name="Atención en caja", new_phase="beginning")
    assert "atencion-en-caja-2" in ids(world)


def test_a_moment_without_a_name_is_refused_and_nothing_changes(world: World) -> None:
    client = world.client("manager")
    before = ids(world)
    assert press(client, world, f"down:{before[0]}", **{f"point-{before[1]}": "  "}) == 200
    assert press(client, world, "add", new_name="") == 200
    assert ids(world) == before


def test_the_last_moment_stays_and_there_are_never_too_many(world: World) -> None:
    client = world.client("manager")
    for _each in range(MOST_POINTS - len(ids(world))):
        press(client, world, "add", new_name="Otro", new_phase="end")
    assert len(ids(world)) == MOST_POINTS
    press(client, world, "add", new_name="Otro más", new_phase="end")
    assert len(ids(world)) == MOST_POINTS
    for id_ in ids(world):
        press(client, world, f"remove:{id_}")
    assert len(ids(world)) == 1
    assert "One moment must stay" in client.page.text


def test_targets_that_differ_from_four_are_kept(world: World) -> None:
    client = world.client("manager")
    client.get(f"{world.team_address}/targets")
    assert client.fill({"voice": "4.5", "language": "4.0"}).status_code == 303
    assert team_of(world).targets == {"voice": 4.5}
    client.get(f"{world.team_address}/targets")
    assert client.page.forms[-1]["data"]["voice"] == "4.5"


def test_a_target_off_the_scale_is_refused(world: World) -> None:
    client = world.client("manager")
    client.get(f"{world.team_address}/targets")
    assert client.fill({"voice": "9"}).status_code == 200
    assert team_of(world).targets == {}


def test_targets_are_set_for_the_pillars_that_a_team_is_asked_about_on_their_scale(world: World) -> None:
    client = world.client("manager")
    client.get(f"{world.team_address}/targets")
    client.fill({"voice": "4.5"})
    assert "Warmth" not in client.page.text, "no round has asked about it"
    own = FILE.read_bytes()
    ask_own(world, own)
    client.get(f"{world.team_address}/targets")
    assert "The three pillars of the example" in client.page.text
    assert "Scores go from 1 to 7. The usual target is 5.5." in client.page.text
    assert client.page.forms[-1]["data"] | {"csrf_token": ""} == {
        "csrf_token": "", "warmth": "5.5", "speed": "5.5", "care": "5.5"
    }  # fmt: skip
    assert client.fill({"warmth": "8.0"}).status_code == 200
    assert client.fill({"warmth": "7.0"}).status_code == 303
    assert team_of(world).targets == {"voice": 4.5, "warmth": 7.0}


def test_a_team_that_is_asked_about_no_pillars_has_no_targets_to_set(world: World) -> None:
    text = FILE.read_text("utf-8")
    own = text[: text.index("  - kind: statements")] + text[text.index("  - kind: choice") :]
    ask_own(world, own.encode())
    client = world.client("manager")
    client.get(f"{world.team_address}/targets")
    assert "what this team is asked has no pillars" in client.page.text


def test_nobody_keeps_a_country_by_oversight(world: World) -> None:
    client = world.client("manager")
    client.get("/organisations/new", headers={"Accept-Language": "en-US"})
    assert client.page.forms[-1]["data"]["country"] == "US"
    client.get("/organisations/new", headers={"Accept-Language": "en"})
    assert client.fill({"name": "Bodega Sur"}).status_code == 200
    assert "Please choose the country." in client.page.text


@pytest.mark.parametrize("blank", ["", "   ", "\u00a0", "\t\n"])
def test_no_form_takes_a_name_of_blanks(world: World, blank: str) -> None:
    client = world.client("administrator")
    for page, field in (
        (f"{world.address}/teams/new", "name"),
        (f"{world.team_address}/edit", "name"),
        (f"{world.address}/edit", "name"),
        ("/organisations/new", "name"),
        (f"{world.team_address}/points", "point-contact"),
        (f"{world.team_address}/rounds/new", "name"),
    ):
        assert client.get(page).status_code == 200, page
        assert client.fill({field: blank}).status_code == 200, page
        assert "Please check this" in client.page.text, page


def test_no_kind_is_chosen_by_oversight(world: World) -> None:
    client = world.client("manager")
    client.get(f"{world.address}/teams/new")
    assert client.fill({"name": "Sucursal Norte", "size": "7"}).status_code == 200
    assert "Please choose what comes closest." in client.page.text
    assert client.fill({"kind": "other"}).status_code == 303


def test_the_kind_is_changed_later_and_the_moments_only_where_that_is_asked_for(world: World) -> None:
    client, before = world.client("manager"), ids(world)
    client.get(f"{world.team_address}/edit")
    client.fill({"kind": "shop"})
    assert (team_of(world).kind, ids(world)) == ("shop", before)
    client.get(f"{world.team_address}/edit")
    assert client.page.forms[-1]["data"]["kind"] == "shop"
    client.fill({"renew_points": "y"})
    assert "checkout" in ids(world)


def test_a_kind_that_is_not_known_any_more_stays_until_another_is_chosen(world: World) -> None:
    with world.app.extensions["escala_database"].writing() as session:
        get_team(session, organisation_id=world.organisation, team_id=world.team).kind = "circus"
    client, before = world.client("manager"), ids(world)
    client.get(f"{world.team_address}/edit")
    assert client.fill({"size": "9", "renew_points": "y"}).status_code == 303
    assert (team_of(world).kind, team_of(world).size, ids(world)) == ("circus", 9, before)
