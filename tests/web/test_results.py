"""What a published round says, on its page and on paper, and to whom."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace
from html import unescape

import pytest

from assessment.catalogue.catalogue import load_questionnaire
from assessment.domain.answers import DK, AnswerSheet, Role
from assessment.domain.rounds import RoundMode
from assessment.infra.clock import utc_now
from assessment.services.publication import publish_round
from assessment.services.rounds import open_round, stop_round
from assessment.store.teams import Team
from tests.services.build import answer, make_sheet
from tests.web.applications import made_once
from tests.web.client import PageClient
from tests.web.world import World

DAY = dt.timedelta(days=1)


def publish(world: World, *sheets: AnswerSheet, mode: RoundMode = RoundMode.ANSWERED, asks_role: bool = False) -> str:
    """The address of a published round that these sheets answered."""
    database, now = world.app.extensions["escala_database"], utc_now()
    with database.writing() as session:
        team = session.get_one(Team, world.team)
        team.size = max(team.size, len(sheets))
        opened = open_round(
            session,
            organisation_id=world.organisation,
            team_id=world.team,
            name="Ronda de noviembre",
            mode=mode,
            opens_at=now - DAY,
            closes_at=None,
            asks_role=asks_role,
            now=now - DAY,
        )
        token, round_id = opened.link_token, opened.id
    for sheet in sheets:
        answer(database, token, sheet, now=now)
    where = {"organisation_id": world.organisation, "round_id": round_id}
    with database.writing() as session:
        stop_round(session, **where, now=now)
    with database.writing() as session:
        publish_round(session, **where, now=now)
    return f"{world.team_address}/rounds/{round_id}"


def sheets(how_many: int, comment: str = "") -> list[AnswerSheet]:
    return [make_sheet(seed, comment=comment) for seed in range(how_many)]


def publish_once(world: World) -> str:
    """The same with twelve sheets, made once a process and then put in place: the first that happens in a world."""
    return made_once(world.app, "twelve answers published", lambda: publish(world, *sheets(12)))


def show(client: PageClient, address: str) -> str:
    assert client.get(f"{address}/results").status_code == 200
    return client.page.text


@pytest.mark.parametrize("language", ["es", "en"])
def test_a_result_is_told_as_a_story_with_the_weakest_moment_named(world: World, language: str) -> None:
    client = world.client("viewer", language)
    lowest = [replace(sheet, ladder={**sheet.ladder, list(sheet.ladder)[2]: 1}) for sheet in sheets(12)]
    page = show(client, publish(world, *lowest))
    sentences = {
        "es": ("Nuestra cultura de servicio está en el nivel", "según el equipo", "el más débil", "Los doce pilares"),
        "en": ("Our service culture is at the level", "according to the team", "the weakest", "The twelve pillars"),
    }
    for sentence in sentences[language]:
        assert sentence in page
    assert "#reading" in client.page.links


def test_the_results_lead_to_the_plan_and_its_download(world: World) -> None:
    address = publish(world, *sheets(6))
    viewer, manager = world.client("viewer", "es"), world.client("manager", "es")
    for client, words in ((viewer, "Ver el plan"), (manager, "Hacer el plan")):
        page = show(client, address)
        assert words in page
        assert {f"{address}/plan", f"{address}/plan.pdf"} <= set(client.page.links)
    read = viewer.get(f"{address}/plan.pdf")
    assert read.data.startswith(b"%PDF")
    assert re.search(r'filename="plan-mesa-de-ayuda-.+-es\.pdf"', read.headers["Content-Disposition"])


def test_too_few_counted_answers_show_nothing_and_say_what_can_be_done(world: World) -> None:
    hardly = AnswerSheet(role=Role.STAFF, items={"language-1": 3}, ladder={}, focus=(), comment="Un secreto.")
    address = publish(world, *sheets(4), hardly, hardly)
    client = world.client("manager")
    page = show(client, address)
    assert client.page.h1 == "Too few could answer enough questions"
    assert "Answer together" in page
    assert "Un secreto" not in page
    assert "%" not in page
    assert client.get(f"{address}/plan.pdf").headers["Location"] == f"{address}/results"


def test_an_agreed_sheet_has_results_without_statistics(world: World) -> None:
    address = publish(world, make_sheet(3, role=Role.CONSENSUS), mode=RoundMode.CONSENSUS)
    page = show(world.client("viewer"), address)
    assert "The team agreed on these answers together" in page
    assert "95%" not in page
    assert "Agreed step" in page
    assert "Middle answer" not in page
    assert "between" not in page.partition("The twelve pillars")[2].partition("How to read this")[0]


def test_comments_wait_for_ten_respondents_and_may_be_hidden(world: World) -> None:
    client = world.client("manager")
    page = show(client, publish(world, *sheets(9, "No avisan.")))
    assert "Comments are shown from 10 answers on" in page
    assert "No avisan." not in page
    address = publish(world, *sheets(9), make_sheet(9, comment="<b>No avisan.</b>"))
    assert "<b>No avisan.</b>" in show(client, address)
    assert client.fill({"act": "hide"}).headers["Location"] == f"{address}/results#comments"
    assert "Hidden: only those who may show it again see it." in show(client, address)
    assert "No avisan." not in show(world.client("viewer"), address)
    client.fill({"act": "show"})
    assert "No avisan." in show(world.client("viewer"), address)


@pytest.mark.parametrize("language", ["es", "en"])
def test_many_comments_come_in_pages_and_a_hidden_one_leads_back_to_its_page(world: World, language: str) -> None:
    client = world.client("manager", language)
    address = publish(world, *(make_sheet(seed, comment=f"Comentario {seed}.") for seed in range(60)))
    assert show(client, address).count("Comentario ") == 50
    [more] = [link for link in client.page.links if link.endswith("?comments=2#comments")]
    client.get(more)
    assert client.page.text.count("Comentario ") == 10
    assert {"es": "Página 2 de 2", "en": "Page 2 of 2"}[language] in client.page.text
    assert client.fill({"act": "hide"}).headers["Location"] == f"{address}/results?comments=2#comments"
    for odd in ("0", "-3", "x", "", "1.5"):
        client.get(f"{address}/results?comments={odd}")
        assert client.page.text.count("Comentario ") == 50


def test_leaders_are_compared_only_where_each_group_is_large_enough(world: World) -> None:
    few = [make_sheet(seed, role=Role.LEADER if seed < 2 else Role.STAFF) for seed in range(10)]
    enough = [make_sheet(seed, role=Role.LEADER if seed < 5 else Role.STAFF) for seed in range(12)]
    client = world.client("viewer")
    why = "it takes 5 answers of those who lead and 5 of the others"
    assert why in show(client, publish(world, *few, asks_role=True))
    shown = show(client, publish(world, *enough, asks_role=True))
    assert "Leaders and staff" in shown
    assert why not in shown
    assert "Leaders and staff" not in show(client, publish(world, *sheets(10))), "nobody was asked"


def test_the_second_round_says_what_changed_and_with_what_it_is_compared(world: World) -> None:
    client = world.client("viewer")
    assert "This is the team's first round" in show(client, publish(world, *sheets(8)))
    page = show(client, publish(world, *sheets(8)))
    assert "Compared with “Ronda de noviembre”." in page


def test_what_changed_is_told_in_the_story_and_stands_before_the_pillars(world: World) -> None:
    client = world.client("viewer")
    worse = [replace(sheet, items=dict.fromkeys(sheet.items, 2)) for sheet in sheets(12)]
    better = [replace(sheet, items=dict.fromkeys(sheet.items, 4 - at % 2)) for at, sheet in enumerate(sheets(12))]
    publish(world, *worse)
    address = publish(world, *better)
    page = show(client, address)
    assert "Since the previous round, up: 12 pillars. No pillar is clearly down." in page
    spanish = world.client("viewer", "es")
    words = "Desde la ronda anterior, en alza: 12 pilares. Ningún pilar bajó con claridad."
    assert words in show(spanish, address), "a verb would have to agree with a list of any length"
    assert page.index("What changed since the previous round") < page.index("Furthest from its target first")


def test_the_pillars_can_be_read_by_their_distance_to_the_target(world: World) -> None:
    low = [
        replace(one, items={i: 1 + at % 2 if i.startswith("voice") else 4 - at % 2 for i in one.items})
        for at, one in enumerate(sheets(12))
    ]
    client, address = world.client("viewer"), publish(world, *low)

    def rows(query: str) -> list[str]:
        client.get(f"{address}/results{query}")
        return [text for text in client.page.texts if text[:2].strip().rstrip(".").isdigit() and ". " in text]

    assert rows("")[0].startswith("1. ")
    assert rows("?order=gap")[0].startswith("7. ")
    assert sorted(rows("?order=gap")) == sorted(rows(""))


@pytest.mark.parametrize("language", ["es", "en"])
def test_a_pillar_by_itself_shows_its_statements_with_the_lowest_marked(world: World, language: str) -> None:
    few = {"voice-1": 2, "voice-2": 1, "voice-3": 3, "voice-4": 3}
    answered = [
        replace(one, items={item: few.get(item, 3) + at % 2 for item in one.items}) for at, one in enumerate(sheets(12))
    ]
    client, address = world.client("viewer", language), publish(world, *answered)
    client.get(f"{address}/results")
    [link] = [link for link in client.page.links if link.endswith("/results/pillar?id=voice")]
    html = client.get(link).text
    assert html.count('class="lowest"') == 1
    lowest = html.partition('class="lowest"')[2].partition("</li>")[0]
    texts = {item.id: item.text for item in load_questionnaire().items}
    assert getattr(texts["voice-2"], language) in unescape(lowest)
    for strange in ("?id=weather", "", "?id=move"):
        assert client.get(f"{address}/results/pillar{strange}").status_code == 404


def test_of_few_answers_no_statement_is_called_the_lowest(world: World) -> None:
    client, address = world.client("viewer"), publish(world, *sheets(6))
    html = client.get(f"{address}/results/pillar?id=voice").text
    assert 'class="lowest"' not in html
    assert html.count(">not drawn<") == 4


def test_results_are_seen_by_nobody_from_elsewhere(world: World) -> None:
    address = publish(world, *sheets(6))
    outsider = world.client("outsider")
    for page in ("/results", "/plan.pdf"):
        assert outsider.get(address + page).status_code == 404
        assert world.client().get(address + page).status_code == 303


def test_the_comment_of_an_agreed_sheet_is_the_teams(world: World) -> None:
    page = show(
        world.client("viewer"),
        publish(world, make_sheet(1, role=Role.CONSENSUS, comment="Más calma."), mode=RoundMode.CONSENSUS),
    )
    assert "Más calma." in page
    assert "The team agreed on these words together" in page
    assert "guess who wrote" not in page


def test_a_team_that_was_not_asked_for_words_reads_nothing_of_comments(world: World) -> None:
    with world.app.extensions["escala_database"].writing() as session:
        session.get_one(Team, world.team).size = 9
    client = world.client("manager")
    address = publish(world, *sheets(9))
    page = show(client, address)
    assert "omment" not in page
    assert not [link for link in client.page.links if link.endswith("#comments")]


def test_a_change_that_is_not_shown_is_not_called_unclear(world: World) -> None:
    few = [replace(sheet, items={**sheet.items, **{f"voice-{at}": DK for at in range(1, 5)}}) for sheet in sheets(12)]
    publish(world, *few)
    page = show(world.client("viewer"), publish(world, *sheets(12)))
    assert "1 pillar whose change is not shown" in page
    assert "Not shown: too few answers in one of the two rounds" in page


def test_levels_that_are_only_probable_are_marked_and_said_once(world: World) -> None:
    page = show(world.client("viewer"), publish(world, *sheets(6)))
    assert "(?) beside a level means probably" in page
    assert page.count("(?)") > 12
    table = page[page.index("The twelve pillars") : page.index("How to read this")]
    assert "Probably " not in table


def test_a_phone_has_the_details_under_charts_folded(world: World) -> None:
    client = world.client("viewer")
    html = client.get(f"{publish_once(world)}/results").get_data(as_text=True)
    folds = re.findall(r'<details class="fold"><summary>[^<]+</summary></details>\s*<\w+ class="[^"]*foldable', html)
    assert len(folds) == html.count('class="fold"') >= 3
    assert not re.search(r"\.chart[^{]*\[(?:fill|stroke)", client.get("/static/results.css").get_data(as_text=True))
