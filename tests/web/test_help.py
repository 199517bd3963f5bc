"""Help at hand: a link on each page to the part that is about it."""

from __future__ import annotations

import pytest

from assessment.services.answering_time import usual_minutes
from assessment.web.help.views import TOPICS, TOPICS_OF_PAGES
from reports.engine.words import AGREEMENT
from tests.web.world import World


@pytest.mark.parametrize("language", ["es", "en"])
def test_every_topic_is_on_the_page_of_help(world: World, language: str) -> None:
    client = world.client(language=language)
    assert client.get("/help").status_code == 200
    assert {*TOPICS.values(), *TOPICS_OF_PAGES.values()} <= set(client.page.ids)


def test_pages_link_to_help_about_themselves(world: World) -> None:
    client = world.client("administrator")
    for path, topic in {
        "/": "",
        world.team_address: "#team",
        f"{world.team_address}/rounds": "#round",
        f"{world.team_address}/rounds/import": "#file",
        f"{world.team_address}/repeat": "#repeating",
        f"{world.address}/teams/several": "#several",
        f"{world.address}/members": "#people",
        f"{world.address}/privacy": "#keeping",
        f"{world.address}/delete": "#deleting",
        "/account": "#account",
    }.items():
        client.get(path)
        assert f"/help{topic}" in client.page.links, path


@pytest.mark.parametrize(
    ("language", "subjects"),
    [
        (
            "es",
            "Dar seguimiento al plan|La reunión de quince minutos|Enlaces para responsables|El plan en su calendario|"
            "Rondas que se repiten|Invitaciones por correo|Un código propio|La próxima ronda: qué cambió|«¿Funcionó?»|"
            "Contarle al equipo|Varios equipos a la vez|Administra: |Gestiona: |Dirección: |Consulta: ",
        ),
        (
            "en",
            "Following the plan up|The fifteen-minute meeting|Links for owners|The plan in your calendar|"
            "Rounds that repeat|Invitations by e-mail|A code of one's own|The next round: what changed|“Did it work?”|"
            "Telling the team|Several teams at once|Administrator: |Manager: |Leadership: |Viewer: ",
        ),
    ],
)
def test_help_is_about_the_whole_way_of_a_plan_and_every_role(world: World, language: str, subjects: str) -> None:
    client = world.client(language=language)
    client.get("/help")
    assert [one for one in subjects.split("|") if one not in client.page.text] == []


def test_help_is_there_before_signing_in(world: World) -> None:
    client = world.client()
    client.get("/sign-in")
    assert "/help" in client.page.links


def test_endpoints_with_a_topic_of_their_own_exist(world: World) -> None:
    assert set(TOPICS_OF_PAGES) <= set(world.app.view_functions)
    assert set(TOPICS) <= set(world.app.blueprints)


def test_help_uses_the_words_and_the_minutes_of_other_pages(world: World) -> None:
    client = world.client("manager")
    client.get("/help")
    assert f"about {usual_minutes()} minutes" in client.page.text
    assert f"“{AGREEMENT['split']}”" in client.page.text
    assert "“Split”" not in client.page.text
    client.get(f"{world.team_address}/rounds/new")
    assert f"(about {usual_minutes()} minutes each)" in client.page.text
