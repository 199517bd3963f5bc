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


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("es", "«Atención en caja» quedó como momento 3. Con las flechas se mueve."),
        ("en", "“Atención en caja” is in, as moment 3. The arrows move it."),
    ],
)
def test_whoever_adds_a_moment_is_told_where_it_is_and_led_there(world: World, language: str, words: str) -> None:
    client = world.client("manager", language)
    client.get(f"{world.team_address}/points")
    answer = client.fill({"act": "add", "new_name": "Atención en caja", "new_phase": "beginning"})
    assert answer.headers["Location"].endswith("/points#row-atencion-en-caja")
    client.get(answer.headers["Location"].partition("#")[0])
    at = ids(world).index("atencion-en-caja") + 1
    assert words.replace("3", str(at)) in client.page.text
    assert "row-atencion-en-caja" in client.page.ids
    assert client.page.forms[-1]["data"]["new_name"] == ""


@pytest.mark.parametrize("act", ["up", "down", "remove"])
def test_a_moment_that_is_being_typed_stays_when_another_is_moved_or_taken_away(world: World, act: str) -> None:
    client = world.client("manager")
    client.get(f"{world.team_address}/points")
    answer = client.fill({"act": f"{act}:{ids(world)[1]}", "new_name": "Entrega & cobro", "new_phase": "end"})
    assert answer.status_code == 303
    client.get(answer.headers["Location"].partition("#")[0])
    assert client.page.forms[-1]["data"]["new_name"] == "Entrega & cobro"
    assert client.page.forms[-1]["data"]["new_phase"] == "end"
    client.fill({"act": "add"})
    assert points_of(team_of(world))[-1].name == "Entrega & cobro"


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
    shown = {name: value for name, value in client.page.forms[-1]["data"].items() if "_" not in name}
    assert shown == {"warmth": "5.5", "speed": "5.5", "care": "5.5"}
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


# Pages that were left open while somebody else saved


def two_managers(world: World, page: str, language: str = "en") -> tuple[PageClient, PageClient]:
    first, second = world.client("manager"), world.client("administrator", language)
    for client in (first, second):
        client.get(f"{world.team_address}/{page}")
    return first, second


@all_databases
def test_two_who_change_different_things_of_a_team_both_have_their_way(world: World) -> None:
    ana, luis = two_managers(world, "edit")
    assert ana.fill({"name": "Soporte"}).status_code == 303
    assert luis.fill({"size": "15"}).status_code == 303
    assert (team_of(world).name, team_of(world).size) == ("Soporte", 15)


@pytest.mark.parametrize(
    ("language", "words"), [("es", "Ahora dice «Soporte»; aquí sigue"), ("en", "It now says “Soporte”; here is still")]
)
def test_two_who_change_the_same_thing_read_both_values(world: World, language: str, words: str) -> None:
    ana, luis = two_managers(world, "edit", language)
    ana.fill({"name": "Soporte", "kind": "shop"})
    assert luis.fill({"name": "Ayuda", "size": "15"}).status_code == 200
    assert words in luis.page.text
    form = luis.page.forms[-1]["data"]
    assert (form["name"], form["size"], form["kind"]) == ("Ayuda", "15", "shop")
    assert (team_of(world).name, team_of(world).size) == ("Soporte", 12), "and nothing is saved yet"
    assert luis.fill().status_code == 303
    assert (team_of(world).name, team_of(world).size, team_of(world).kind) == ("Ayuda", 15, "shop")


def test_a_list_says_the_other_value_in_its_own_words(world: World) -> None:
    ana, luis = two_managers(world, "edit")
    luis.get(f"{world.team_address}/edit")
    ana.fill({"kind": "shop"})
    assert luis.fill({"kind": "reception"}).status_code == 200
    assert "It now says “shop”" not in luis.page.text
    assert "This was changed while the page was open" in luis.page.text


def test_a_stale_page_that_changes_nothing_undoes_nothing(world: World) -> None:
    ana, luis = two_managers(world, "edit")
    ana.fill({"name": "Soporte", "size": "15"})
    assert luis.fill().status_code == 303
    assert (team_of(world).name, team_of(world).size) == ("Soporte", 15)


def test_moments_that_somebody_has_just_changed_are_not_replaced_unseen(world: World) -> None:
    ana, luis = two_managers(world, "points")
    luis.get(f"{world.team_address}/edit")
    ana.fill({"act": "save", f"point-{ids(world)[0]}": "Primer saludo"})
    assert luis.fill({"kind": "shop", "renew_points": "y"}).status_code == 200
    assert "Somebody has changed the moments" in luis.page.text
    assert points_of(team_of(world))[0].name == "Primer saludo"
    assert luis.fill({"renew_points": "y"}).status_code == 303
    assert "Primer saludo" not in [point.name for point in points_of(team_of(world))]


@all_databases
def test_two_who_rename_different_moments_both_have_their_way(world: World) -> None:
    ana, luis = two_managers(world, "points")
    first, second = ids(world)[:2]
    ana.fill({"act": "save", f"point-{first}": "Primer saludo"})
    luis.fill({"act": f"down:{second}", f"point-{second}": "Espera"})
    assert {point.id: point.name for point in points_of(team_of(world))} | {first: "Primer saludo"} == {
        point.id: point.name for point in points_of(team_of(world))
    }
    assert "Espera" in [point.name for point in points_of(team_of(world))]


def test_two_who_rename_one_moment_read_both_names(world: World) -> None:
    ana, luis = two_managers(world, "points")
    first = ids(world)[0]
    ana.fill({"act": "save", f"point-{first}": "Primer saludo"})
    assert luis.fill({"act": "save", f"point-{first}": "Bienvenida"}).status_code == 200
    assert "It now says “Primer saludo”" in luis.page.text
    assert luis.page.forms[-1]["data"][f"point-{first}"] == "Bienvenida"


def test_the_new_name_of_a_moment_that_was_taken_away_is_not_lost(world: World) -> None:
    ana, luis = two_managers(world, "points")
    first = points_of(team_of(world))[0]
    ana.fill({"act": f"remove:{first.id}"})
    assert luis.fill({"act": "save", f"point-{first.id}": "Bienvenida"}).status_code == 200
    assert f"“{first.name}” was taken away" in luis.page.text
    assert luis.page.forms[-1]["data"]["new_name"] == "Bienvenida"
    assert luis.fill({"act": "add"}).status_code == 303
    assert "Bienvenida" in [point.name for point in points_of(team_of(world))]


def test_a_moment_that_was_just_renamed_is_not_taken_away_unseen(world: World) -> None:
    ana, luis = two_managers(world, "points")
    first = points_of(team_of(world))[0]
    ana.fill({"act": "save", f"point-{first.id}": "Bienvenida"})
    assert luis.fill({"act": f"remove:{first.id}"}).status_code == 200
    assert f"before, it was “{first.name}”" in luis.page.text
    assert luis.fill({"act": f"remove:{first.id}"}).status_code == 303
    assert first.id not in ids(world)


def test_two_who_set_different_targets_both_have_their_way(world: World) -> None:
    ana, luis = two_managers(world, "targets")
    ana.fill({"voice": "4.5"})
    luis.fill({"language": "3.5"})
    assert team_of(world).targets == {"voice": 4.5, "language": 3.5}
    assert luis.get(f"{world.team_address}/targets").status_code == 200
    ana.get(f"{world.team_address}/targets")
    ana.fill({"voice": "5.0"})
    assert luis.fill({"voice": "3.5"}).status_code == 200
    assert "It now says “5" in luis.page.text


@pytest.mark.parametrize("shown", ["", "x", "[]", "{", '{"name": null}'])
def test_what_a_page_says_it_showed_is_not_trusted_to_be_ours(world: World, shown: str) -> None:
    client = world.client("manager")
    client.get(f"{world.team_address}/edit")
    answer = client.fill({"name": "Soporte", "page_showed": shown})
    assert answer.status_code in (200, 303)
