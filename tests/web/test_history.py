"""A team's rounds beside each other, the change first of all, and whether actions worked: what people see, and what a
manager who reads all of it cannot work out."""

from __future__ import annotations

import datetime as dt
import random
import re
import uuid
from collections.abc import Callable
from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest

from assessment.domain.answers import AnswerSheet, Role
from assessment.domain.plans.choices import ActionChoice, ActionStatus
from assessment.domain.rounds import RoundMode
from assessment.infra.clock import utc_now
from assessment.infra.languages import Localisation
from assessment.services.plan_documents import PrintAs, make_pdf, prepare_plan_of_round
from assessment.services.plans import change_plan, draft_plan, read_plan
from assessment.services.publication import publish_round
from assessment.services.rounds import open_round, stop_round
from assessment.store.round_scores import ScoreKind, scores_of_round
from assessment.store.teams import Team
from tests.reports.pdfs import boxes_of
from tests.services.build import answer, make_sheet
from tests.web.client import PageClient
from tests.web.test_import import responses, send
from tests.web.world import World

DAY = dt.timedelta(days=1)


def people(first: int, how_many: int = 12, usual: float = 3.0, **pillars: float) -> list[AnswerSheet]:
    """Answers about as high as usual, and as said of some pillars."""
    drawn = []
    for number in range(first, first + how_many):
        chance, sheet = random.Random(number), make_sheet(number)
        for item in sheet.items:
            mean = pillars.get(item.rpartition("-")[0].replace("-", "_"), usual)
            sheet.items[item] = min(5, max(1, round(mean + chance.gauss(0, 0.7))))
        drawn.append(sheet)
    return drawn


def hold(world: World, sheets: list[AnswerSheet], *, days_ago: int, name: str = "", size: int = 0, **options) -> str:
    """The id of a published round of so many days ago."""
    database, then = world.app.extensions["escala_database"], utc_now() - days_ago * DAY
    mode = options.pop("mode", RoundMode.ANSWERED)
    with database.writing() as session:
        team = session.get_one(Team, world.team)
        team.size = size or max(team.size, len(sheets))
        opened = open_round(
            session,
            organisation_id=world.organisation,
            team_id=world.team,
            name=name or f"Ronda de hace {days_ago} días",
            mode=mode,
            opens_at=then,
            closes_at=None,
            now=then,
            **options,
        )
        token, round_id = opened.link_token, opened.id
    for sheet in sheets:
        answer(database, token, sheet, now=then)
    where = {"organisation_id": world.organisation, "round_id": round_id}
    with database.writing() as session:
        stop_round(session, **where, now=then)
    with database.writing() as session:
        publish_round(session, **where, now=then)
    return str(round_id)


def finish(world: World, round_id: str, *, days_ago: int) -> list[str]:
    """All actions of a round's plan done; returns the pillars that it works on."""
    database, then = world.app.extensions["escala_database"], utc_now() - days_ago * DAY
    where = {"organisation_id": world.organisation, "round_id": uuid.UUID(round_id)}
    with database.writing() as session:
        draft_plan(session, **where, drawn_on=then.date(), now=then)
    with database.writing() as session:
        plan = read_plan(session, **where, drawn_on=then.date())
        pillars = tuple(
            replace(one, actions=tuple(replace(action, status=ActionStatus.DONE) for action in one.actions))
            for one in plan.choices.pillars
        )
        change_plan(session, plan, replace(plan.choices, pillars=pillars), now=then)
    return [one.pillar for one in pillars]


def begin(world: World, round_id: str, *, days_ago: int, what: Callable[[ActionChoice], ActionChoice]) -> None:
    """A round's plan begun, or changed, with all actions of its pillars made into something else."""
    database, then = world.app.extensions["escala_database"], utc_now() - days_ago * DAY
    where = {"organisation_id": world.organisation, "round_id": uuid.UUID(round_id)}
    with database.writing() as session:
        draft_plan(session, **where, drawn_on=then.date(), now=then)
    with database.writing() as session:
        plan = read_plan(session, **where, drawn_on=then.date())
        pillars = tuple(
            replace(one, actions=tuple(what(action) for action in one.actions)) for one in plan.choices.pillars
        )
        change_plan(session, plan, replace(plan.choices, pillars=pillars), now=then)


def results(client: PageClient, world: World, round_id: str) -> str:
    assert client.get(f"{world.team_address}/rounds/{round_id}/results").status_code == 200
    return client.page.text


def history(client: PageClient, world: World) -> str:
    read = client.get(f"{world.team_address}/history")
    assert read.status_code == 200
    return unescape(read.get_data(as_text=True))


# What people see


def test_the_headline_of_a_second_round_says_that_nothing_is_clear_and_the_page_what_to_do_with_that(
    world: World,
) -> None:
    client = world.client("manager")
    first = hold(world, people(0, language=2.0), days_ago=100)
    finish(world, first, days_ago=90)
    second = hold(world, people(50, language=2.0), days_ago=20, size=15)
    page = results(client, world, second)
    assert client.page.h1.startswith("No clear change since ")
    parts = ["First, what is different", "What was done", "Which statements moved most", "What to try next"]
    parts += ["Not sure:", "Did it work?", "The twelve pillars"]
    places = [page.index(part) for part in parts]
    assert places == sorted(places), "in this order, and before the pillars"
    assert "The team had 12 people and now has 15" in page
    assert re.search(r"Of 4\d statements some always move: what moved furthest is mostly chance", page)
    moved = page[page.index("Which statements moved most") : page.index("What to try next")]
    assert not set(moved) & set("↑↓"), "without label or arrow"


@pytest.mark.parametrize("language", ["es", "en"])
def test_the_headline_counts_the_pillars_that_are_up_here_and_on_the_teams_page(world: World, language: str) -> None:
    client = world.client("viewer", language)
    hold(world, people(0, language=2.0, voice=2.0), days_ago=100)
    second = hold(world, people(50, language=4.0, voice=4.0), days_ago=20)
    results(client, world, second)
    headline = client.page.h1
    assert re.match(
        {"es": r"Subió en 2 de 12 pilares desde ", "en": r"Up in 2 of 12 pillars since "}[language], headline
    )
    assert client.get(world.team_address).status_code == 200
    assert headline in client.page.text
    assert {f"{world.team_address}/history"} <= set(client.page.links)


def test_a_finished_action_says_what_became_of_its_pillar_and_that_this_is_not_because_of_it(world: World) -> None:
    first = hold(world, people(0, language=1.6, voice=1.6, vision=1.6), days_ago=100)
    planned = finish(world, first, days_ago=90)
    second = hold(world, people(50, language=3.6, voice=3.6, vision=3.6), days_ago=20)
    page = results(world.client("viewer"), world, second)
    worked = page[page.index("Did it work?") :]
    assert "Afterwards is never because of it" in worked
    assert worked.count("Unlikely to be chance.") >= 3, "both pillars of the plan and the one beside"
    assert "pillars that began about as low and for which the plan had no action" in worked
    assert "These rose without an action, too" in worked
    assert len(planned) == 2


def test_pillars_beside_that_did_not_move_are_told_of_together(world: World) -> None:
    first = hold(world, people(0, language=2.0), days_ago=100)
    finish(world, first, days_ago=90)
    page = results(world.client("viewer"), world, hold(world, people(50, language=2.0), days_ago=20))
    beside = page[page.index("pillars that began about as low") : page.index("Low scores tend to rise")]
    assert beside.count("Not sure yet") == 1
    assert "could be" not in beside


def test_beside_a_clear_change_the_statements_that_moved_most_and_what_to_try_follow_it_in_short(world: World) -> None:
    hold(world, people(0, language=1.8, voice=2.4), days_ago=100)
    page = results(world.client("viewer"), world, hold(world, people(50, language=3.9, voice=2.4), days_ago=20))
    changed = page[page.index("What changed since the previous round") :]
    order = ("Unlikely to be chance.", "Which statements moved most", "What to try next", "Not sure:")
    assert "There was no plan." in changed
    assert [changed.index(words) for words in order] == sorted(changed.index(words) for words in order)
    statements = changed[changed.index("Which statements moved most") : changed.index("What to try next")]
    assert "to talk about and not to conclude from" in statements
    assert 2 <= len(re.findall(r"\d\.\d", statements)) <= 6, "three at most, each with two averages"


def test_the_plan_of_a_fourth_round_has_at_most_nine_pages_and_the_last_is_more_than_how_to_read_it(
    world: World, tmp_path: Path
) -> None:
    for at in range(3):
        finish(world, hold(world, people(50 * at, language=2.0), days_ago=300 - 90 * at), days_ago=280 - 90 * at)
    last = hold(world, people(150, language=2.0), days_ago=30)
    database = world.app.extensions["escala_database"]
    for reader in (Localisation("es", "CO"), Localisation("en", "US")):
        with database.reading() as session:
            prepared = prepare_plan_of_round(
                session,
                organisation_id=world.organisation,
                round_id=uuid.UUID(last),
                print_as=PrintAs(reader),
                now=utc_now(),
            )
        path = tmp_path / f"{reader.language}.pdf"
        path.write_bytes(make_pdf(prepared))
        pages = boxes_of(path)
        assert 7 <= len(pages) <= 9
        assert min(page.filled for page in pages) > 0.4


def test_an_action_done_just_before_waits_for_the_next_round(world: World) -> None:
    first = hold(world, people(0, language=2.0), days_ago=100)
    finish(world, first, days_ago=25)
    page = results(world.client("viewer"), world, hold(world, people(50), days_ago=20))
    waiting = page[page.index("Done less than 14 days before this round opened, so the next round tells") :][:400]
    assert waiting.count("“") == 4, "each is named"


def test_what_a_round_could_not_tell_of_an_earlier_plan_it_does_not_forget(world: World) -> None:
    first = hold(world, people(0, language=2.0), days_ago=100)
    finish(world, first, days_ago=25)
    hold(world, people(50), days_ago=20)
    page = results(world.client("viewer"), world, hold(world, people(100), days_ago=15))
    assert "so the next round tells" in page


def test_what_is_still_open_comes_first_and_page_1_is_not_said_again(world: World) -> None:
    client = world.client("manager")
    first = hold(world, people(0, language=2.0), days_ago=100)
    begin(
        world, first, days_ago=90, what=lambda one: ActionChoice(title=f"Nuestra {one.library_id}", due_on=one.due_on)
    )
    second = hold(world, people(50, language=2.0), days_ago=20)

    def tries() -> str:
        page = results(client, world, second)
        return page[page.index("What to try next") : page.index("Not sure:")]

    assert tries().count("still open from the plan before") == 3, "as many as are listed"
    assert tries().count("Nuestra ") == 3
    begin(world, first, days_ago=30, what=lambda one: replace(one, status=ActionStatus.DONE))
    assert "Nuestra " not in tries()
    assert client.get(f"{world.team_address}/rounds/{second}/plan/preview").status_code == 200
    on_page_1 = [text.rstrip(".") for text in client.page.texts if text.endswith(".") and len(text) < 80]
    assert len(on_page_1) >= 4
    assert not [title for title in on_page_1 if title in tries()]


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        (True, True, "Although both rounds asked for codes: too few were the same"),
        (False, True, "This round asked for codes and the one before did not"),
        (True, False, ""),
    ],
)
def test_codes_that_do_not_suffice_are_told_of_without_a_number_of_them(
    world: World, before: bool, now: bool, expected: str
) -> None:
    hold(world, people(0), days_ago=100, asks_code=before)
    page = results(world.client("viewer"), world, hold(world, people(50), days_ago=20, asks_code=now))
    assert "they need not be the same people" in page
    assert expected in page
    assert ("codes" in page) == bool(expected)


def test_rounds_stand_beside_each_other_with_gaps_where_they_cannot_be_compared(world: World) -> None:
    client = world.client("viewer")
    assert "Nothing to show yet" in history(client, world)
    hold(world, people(0), days_ago=400, name="Una")
    assert "One round so far" in history(client, world)
    hold(world, people(30, 4), days_ago=300, name="Pocas")
    hold(world, [replace(people(1, 1)[0], role=Role.CONSENSUS)], mode=RoundMode.CONSENSUS, days_ago=200, name="Acuerdo")
    hold(world, people(60), days_ago=100, name="Otra")
    hold(world, people(90), days_ago=20, name="Última")
    page = history(client, world)
    assert "nothing shown, to protect those who answered" in page
    assert "agreed together, so no line leads there" in page
    assert page.count("What moved most, and what to try next") == 2, (
        "in sight and read aloud, of the one round that is compared"
    )
    charts = re.findall(r"<svg.*?</svg>", page, re.DOTALL)
    assert len(charts) == 12
    for chart in charts:
        assert chart.count('<line class="chart-accent"') == 1, "from the fourth to the fifth alone"
        assert chart.count("<circle") == 3
        assert chart.count('<rect class="chart-hollow"') == 1
        assert "<title>" in chart
        assert "round 2: not shown" in chart


def test_a_sheet_that_came_in_a_file_was_agreed_together_as_well(world: World) -> None:
    client = world.client("manager")
    send(client, world, responses(people=1, role="consensus"))
    address = client.fill({"name": "Acuerdo"}).headers["Location"]
    client.get(f"{address}/publish")
    client.fill({"confirmed": "y"})
    page = history(client, world)
    assert "agreed together, so no line leads there" in page
    charts = re.findall(r"<svg.*?</svg>", page, re.DOTALL)
    assert all('<rect class="chart-hollow"' in chart and "<circle" not in chart for chart in charts)


def test_a_pillar_by_itself_shows_its_rounds(world: World) -> None:
    client = world.client("viewer")
    hold(world, people(0, language=2.0), days_ago=100, name="Una")
    second = hold(world, people(50, language=4.0), days_ago=20, name="Otra")
    assert client.get(f"{world.team_address}/rounds/{second}/results/pillar?id=language").status_code == 200
    page = client.page.text
    assert "Round by round" in page
    assert re.search(r"Una · .*: 2\.\d \(", page)
    assert "Since the previous round: Up" in page


# What a manager who reads all of it cannot work out


def test_a_round_that_is_withheld_has_no_figure_in_its_rows_nor_among_the_others(world: World) -> None:
    database, client = world.app.extensions["escala_database"], world.client("manager")
    hold(world, people(0, language=2.0), days_ago=100, name="Una")
    few = hold(world, people(300, 4, usual=1.0), days_ago=60, name="Pocas")
    last = hold(world, people(50, language=2.2), days_ago=20, name="Última")
    with database.reading() as session:
        rows = scores_of_round(session, world.organisation, uuid.UUID(few))
        assert [(row.score, row.low, row.change) for row in rows] == [(None, None, None)]
    page = history(client, world)
    assert "1.0" not in re.sub(r"<svg.*?</svg>", "", page, flags=re.DOTALL)
    assert "One of the two rounds had too few answers" in results(client, world, last)


def test_a_chart_tells_no_more_than_the_figures_beside_it(world: World) -> None:
    """Its coordinates, turned back into scores, are the released ones: one decimal, bounds as bounds."""
    database = world.app.extensions["escala_database"]
    ids = [hold(world, people(50 * at, 7 + at, language=0.2), days_ago=300 - 20 * at) for at in range(8)]
    page = history(world.client("manager"), world)
    charts = re.findall(r"<svg.*?</svg>", page, re.DOTALL)
    with database.reading() as session:
        released = [
            {row.ref_id: row for row in scores_of_round(session, world.organisation, uuid.UUID(id_))} for id_ in ids
        ]
    pillars = [row.ref_id for row in released[0].values() if row.kind is ScoreKind.PILLAR]
    assert len(charts) == len(pillars) == 12

    def score_at(y: str) -> float:
        return 1 + 4 * (105.0 - float(y)) / 96.0

    for pillar, chart in zip(pillars, charts, strict=True):
        dots = [score_at(y) for y in re.findall(r'<circle[^>]* cy="([\d.]+)"', chart)]
        rows = [row[pillar] for row in released]
        assert dots == pytest.approx([row.score for row in rows], abs=0.003)
        assert all(row.score == round(row.score, 1) for row in rows)
        bars = re.findall(r'<line [^>]*y1="([\d.]+)"[^>]*y2="([\d.]+)"[^>]*stroke="#85b5b5"', chart)
        ranges = [(row.low, row.high) for row in rows if row.low is not None]
        expected = [(max(1.0, low), min(5.0, high)) for low, high in ranges]
        drawn = [(score_at(low), score_at(high)) for low, high in bars]
        assert drawn == [pytest.approx(one, abs=0.003) for one in expected]
        if pillar == "language":
            assert ranges == [], "near an end there is no interval"
            assert chart.count('class="chart-hollow"') == 8


def test_a_first_score_near_an_end_is_not_told_by_what_an_action_changed(world: World) -> None:
    first = hold(world, people(0, language=0.5, voice=2.0), days_ago=100)
    planned = finish(world, first, days_ago=90)
    assert "language" in planned
    second = hold(world, people(50, language=2.5, voice=2.0), days_ago=20)
    page = results(world.client("manager"), world, second)
    worked = page[page.index("Did it work?") :]
    told = re.findall(r"Common language · done on [^·]*?\n?(Not shown[^.]*\.|Up[^.]*\.\d)", worked)
    [language] = set(told)
    assert language.startswith("Not shown: too few answers in one of the two rounds, or a figure too near an end")


def test_nothing_of_single_statements_is_told_of_fewer_than_ten(world: World) -> None:
    hold(world, people(0, 9), days_ago=100)
    page = results(world.client("manager"), world, hold(world, people(50, 12), days_ago=20))
    assert "Not shown: it takes 10 answers in both rounds" in page


def test_another_organisation_has_no_history_here(world: World) -> None:
    hold(world, people(0), days_ago=100)
    stranger = world.client("outsider")
    assert stranger.get(f"{world.team_address}/history").status_code in (403, 404)
