"""What was still open when the team planned anew: offered on the new plan's page, chosen with boxes, said in both."""

from __future__ import annotations

import re

import pytest

from tests.web.applications import made_once
from tests.web.client import PageClient
from tests.web.conftest import all_databases
from tests.web.test_owner_links import follow, make_link, name_owners, open_link, statuses
from tests.web.test_plans import open_plan, pillars, press
from tests.web.test_results import publish, publish_once, sheets
from tests.web.world import World


@pytest.fixture
def rounds(world: World) -> tuple[str, str]:
    """Two published rounds, answered alike; the plan of the first one has an owner."""

    def make() -> tuple[str, str]:
        before = publish_once(world)
        name_owners(world, before, "Ana")
        return before, publish(world, *sheets(12))

    return made_once(world.app, "two rounds published", make)


def boxes(client: PageClient, name: str) -> dict[str, bool]:
    """Each box of the page, and whether it is ticked."""
    html = client.get(client.at).get_data(as_text=True)
    found = re.findall(rf'<input type="checkbox" name="{name}" value="([^"]+)"[^>]*?( checked)?>', html)
    return {value: bool(ticked) for value, ticked in found}


def open_choice(world: World, address: str, language: str = "es") -> PageClient:
    """The page on which it is chosen, by the button on the plan's page."""
    client = open_plan(world, address, language=language)
    press(client, "carry")
    assert client.at.endswith("/plan/carry")
    return client


@all_databases
@pytest.mark.parametrize("language", ["es", "en"])
def test_open_actions_are_offered_chosen_and_said_in_both_plans(
    world: World, rounds: tuple[str, str], language: str
) -> None:
    before, now = rounds
    plan = open_plan(world, now, language=language)
    assert {"es": "siguen abiertas", "en": "are still open"}[language] in plan.page.text
    client = open_choice(world, now, language)
    taken = boxes(client, "take")
    assert list(taken.values()) == [True] * 5, "each has its place already"
    first = next(iter(taken))
    said = follow(client, client.fill({"take": [first], "keep": list(boxes(client, "keep"))}))
    words = {
        "es": ("1 acción sigue en este plan", "4 acciones se quedan abiertas", "Viene del plan de"),
        "en": ("1 action goes on in this plan", "4 actions stay behind", "It comes from the plan of"),
    }[language]
    for sentence in words:
        assert sentence in said
    assert "Ana" in client.page.forms[-1]["data"].values()
    assert {"es": "siguen abiertas", "en": "are still open"}[language] not in said, "it is asked once"
    earlier = open_plan(world, before, language=language)
    assert {"es": "Sigue en el plan de", "en": "It goes on in the plan of"}[language] in earlier.page.text
    viewer = open_plan(world, before, "viewer", language)
    assert {"es": "Sigue en el plan de", "en": "It goes on in the plan of"}[language] in viewer.page.text


def test_it_is_undone_on_the_page(world: World, rounds: tuple[str, str]) -> None:
    before, now = rounds
    client = open_choice(world, now)
    follow(client, client.fill({"take": list(boxes(client, "take")), "keep": list(boxes(client, "keep"))}))
    assert "El plan cambió" in client.page.text or "Deshacer" in client.page.text
    press(client, "undo")
    assert "Viene del plan de" not in client.page.text
    assert "Sigue en el plan de" not in open_plan(world, before).page.text


def test_more_than_five_are_refused_with_the_ticks_kept(world: World, rounds: tuple[str, str]) -> None:
    before, now = rounds
    manager = open_plan(world, before)
    place = pillars(manager)[0]
    press(manager, f"remove:{place}:1")
    press(manager, f"own:{place}", **{f"title-{place}-1": "Café"})
    press(manager, "save", **{f"title-{place}-1": "Café con clientes"})
    client = open_choice(world, now)
    taken, kept = boxes(client, "take"), boxes(client, "keep")
    assert list(taken.values()).count(False) == 1, "there is no room for the team's own"
    answer = client.fill({"take": list(taken), "keep": list(kept)})
    assert answer.status_code == 422
    assert "caben 5 acciones" in client.page.text
    html = answer.get_data(as_text=True)
    assert html.count(" checked>") == len(taken) + len(kept)
    form = client.page.forms[-1]["data"]
    replaced = [one for at, one in enumerate(kept) if at != 2]  # all but the one whose place nothing takes
    follow(client, client.post(f"{now}/plan/carry", data=form | {"take": list(taken), "keep": replaced}))
    assert "Café con clientes" in str(client.page.forms[-1]["data"])


def test_a_page_that_is_older_than_the_plan_changes_nothing(world: World, rounds: tuple[str, str]) -> None:
    before, now = rounds
    stale = open_choice(world, now)
    taken, kept = list(boxes(stale, "take")), list(boxes(stale, "keep"))
    manager = open_plan(world, now)
    press(manager, "save", **{f"owner-{pillars(manager)[0]}-0": "Luis"})
    assert "Entretanto, " in follow(stale, stale.fill({"take": taken, "keep": kept}))
    assert "Sigue en el plan de" not in open_plan(world, before).page.text


def test_what_is_sent_twice_is_done_once(world: World, rounds: tuple[str, str]) -> None:
    _before, now = rounds
    client = open_choice(world, now)
    form = client.page.forms[-1]["data"] | {
        "take": list(boxes(client, "take"))[:1],
        "keep": list(boxes(client, "keep")),
    }
    for _ in range(2):
        assert client.post(f"{now}/plan/carry", data=form).status_code == 303
    assert open_plan(world, now).page.text.count("Viene del plan de") == 1


def test_ids_that_are_none_and_of_elsewhere_are_nobodys(world: World, rounds: tuple[str, str]) -> None:
    _before, now = rounds
    client = open_choice(world, now)
    follow(
        client,
        client.fill({"take": ["x", "", "{" * 99, str(world.team)], "keep": [*boxes(client, "keep"), "y"]}),
    )
    assert "Viene del plan de" not in client.page.text


def test_a_team_with_one_plan_is_asked_nothing(world: World, rounds: tuple[str, str]) -> None:
    before, _now = rounds
    client = open_plan(world, before)
    assert "anterior" not in client.page.text
    assert client.get(f"{before}/plan/carry").status_code == 303


def test_an_owners_link_ends_once_the_next_plan_is_begun(world: World, rounds: tuple[str, str]) -> None:
    before, now = rounds
    mine = next(iter(statuses(world, before)))
    link = make_link(world, before, "Ana", *_of_ana(world, before))
    ana = open_link(world, link)
    choice = open_choice(world, now)
    follow(choice, choice.fill({"take": [], "keep": list(boxes(choice, "keep"))}))
    assert ana.fill({f"status-{mine}": "done"}).status_code == 410
    assert ana.page.h1 == "Hay un plan más nuevo"
    assert world.client().get(link).status_code == 410
    manager = world.client("manager", "es")
    manager.get(f"{before}/plan/owners")
    assert "El equipo tiene un plan posterior" in manager.page.text


def _of_ana(world: World, address: str) -> list[str]:
    client = open_plan(world, address)
    values = client.page.forms[-1]["data"]
    return [values[f"id-{name.removeprefix('owner-')}"] for name, value in values.items() if value == "Ana"]
