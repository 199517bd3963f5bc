"""Running a round: from opening it to publishing it."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pytest
from sqlalchemy import select

from assessment.domain.answers import Role
from assessment.infra.clock import utc_now
from assessment.store.questionnaires import QuestionnaireVersion, RoundQuestionnaire
from assessment.store.rounds import Round
from assessment.store.teams import Team
from tests.web.client import PageClient
from tests.web.conftest import all_databases
from tests.web.round_answers import answer_round
from tests.web.world import World


def open_round(client: PageClient, world: World, **values: str) -> str:
    """The address of a round that somebody has just opened."""
    client.get(f"{world.team_address}/rounds/new")
    answer = client.fill(values)
    assert answer.status_code == 303, client.page.text
    return answer.headers["Location"]


def link_of(client: PageClient, address: str) -> str:
    """The link's secret, as the round's page shows it."""
    match = re.search(r"/r/([\w-]{22})", client.get(address).get_data(as_text=True))
    assert match
    return match.group(1)


def send(client: PageClient, address: str, **values: str):
    client.get(address)
    return client.fill(values)


def day(days: int) -> str:
    return (utc_now() + dt.timedelta(days=days)).date().isoformat()


@all_databases
def test_a_whole_round_from_opening_to_the_plan_on_paper(world: World) -> None:
    client = world.client("manager")
    client.get(f"{world.team_address}/rounds")
    assert "Ask the team for the first time" in client.page.text
    address = open_round(client, world, name="Ronda de noviembre")
    token = link_of(client, address)
    assert "0 of 12 people have answered" in client.page.text
    assert "A result needs 5 more answers." in client.page.text
    answer_round(world.app, token, 12, comment="Más tiempo para escuchar.")
    client.get(address)
    assert "12 of 12 people have answered" in client.page.text
    assert "Más tiempo" not in client.page.text
    assert send(client, f"{address}/stop").headers["Location"] == address
    client.get(address)
    assert "Nobody has seen anything yet" in client.page.text
    published = send(client, f"{address}/publish", confirmed="y")
    assert published.headers["Location"] == f"{address}/results"
    client.get(f"{address}/results")
    assert "12 people answered." in client.page.text
    assert "according to the team" in client.page.text
    assert "Más tiempo para escuchar." in client.page.text
    plan = client.get(f"{address}/plan.pdf")
    assert plan.data.startswith(b"%PDF")
    name = re.fullmatch(r'attachment; filename="(plan-mesa-de-ayuda-.+-en)\.pdf"', plan.headers["Content-Disposition"])
    assert name
    to_fill_in = client.get(f"{address}/plan.pdf?blank=1&language=es").headers["Content-Disposition"]
    assert f'filename="{name[1].removesuffix("-en")}-es-para-llenar.pdf"' in to_fill_in
    assert client.get(address).headers["Location"] == f"{address}/results"


def test_every_page_of_a_round_speaks_both_languages(world: World) -> None:
    client = world.client("manager")
    address = open_round(client, world)
    for page in ("", "/dates", "/stop", "/discard"):
        for language in ("es", "en"):
            client.set_cookie("escala_language", language)
            assert client.get(address + page).status_code == 200
            assert client.page.lang == f"{language}-CO"


def test_a_link_is_shared_as_text_code_and_message(world: World) -> None:
    client = world.client("manager", "es")
    address = open_round(client, world)
    page = client.get(address).get_data(as_text=True)
    token = link_of(client, address)
    assert page.count("https://wa.me/?text=") == 2
    assert f"%2Fr%2F{token}" in page
    assert 'class="qr"' in page
    assert "style=" not in page


def test_leaders_and_staff_are_told_apart_only_where_both_can_be_enough(world: World) -> None:
    client = world.client("manager")
    client.get(f"{world.team_address}/rounds/new")
    assert "Leaders and staff separately" in client.page.text
    client.get(f"{world.team_address}/edit")
    client.fill({"size": "9"})
    client.get(f"{world.team_address}/rounds/new")
    assert "Leaders and staff separately" not in client.page.text
    client.fill({"asks_role": "y"})
    with world.app.extensions["escala_database"].reading() as session:
        assert session.scalars(select(Round.asks_role)).all() == [False]


def test_codes_are_not_asked_for_in_vain_where_leaders_are_told_apart(world: World) -> None:
    client = world.client("manager")
    client.get(f"{world.team_address}/rounds/new")
    client.fill({"asks_role": "y", "asks_code": "y"})
    assert "Choose one of the two." in client.page.text
    assert client.fill({"asks_role": None}).status_code == 303
    with world.app.extensions["escala_database"].reading() as session:
        assert session.execute(select(Round.asks_role, Round.asks_code)).all() == [(False, True)]


def test_the_list_of_rounds_says_when_each_was_answered(world: World) -> None:
    client = world.client("manager")
    today = utc_now().date()
    open_round(client, world, closes_on=day(3))
    client.get(f"{world.team_address}/rounds")
    last = today + dt.timedelta(days=3)
    assert f" to {last:%B} {last.day}, {last.year}" in client.page.text


def test_a_team_that_answers_together_is_shown_no_code_for_phones(world: World) -> None:
    client = world.client("manager")
    address = open_round(client, world, mode="consensus")
    page = client.get(address).get_data(as_text=True)
    assert 'class="qr"' not in page
    assert "on one device" in client.page.text


def test_a_small_team_is_asked_to_answer_together(world: World) -> None:
    client = world.client("manager")
    client.get(f"{world.team_address}/edit")
    client.fill({"size": "4"})
    client.get(f"{world.team_address}/rounds/new")
    assert client.page.forms[-1]["data"]["mode"] == "consensus"
    answer = client.fill({"mode": "answered"})
    assert answer.status_code == 200
    assert "answers could not be anonymous" in client.page.text
    client.get(f"{world.team_address}/rounds")
    assert "Ask the team for the first time" in client.page.text


def test_the_form_says_what_is_asked_as_usual_and_what_else_could_be(world: World) -> None:
    client = world.client("manager")
    client.get(f"{world.team_address}/rounds/new")
    assert client.page.forms[-1]["data"]["questionnaires"] == "service-culture"
    for words in (
        "What is asked Service culture (about 8 minutes each)",
        "The twelve pillars of a service culture (48 statements) · What matters most now · 6 moments on the service "
        "ladder · A comment",
        "Service culture: descriptions for the workshop (about 10 minutes each)",
        "(12 questions with described answers)",
    ):
        assert words in client.page.text
    assert "Not in the same round" not in client.page.text, "only one can be chosen anyhow"
    open_round(client, world, questionnaires="service-culture-rubrics")
    with world.app.extensions["escala_database"].reading() as session:
        (asked,) = session.scalars(select(QuestionnaireVersion.questionnaire_id).join(RoundQuestionnaire)).all()
    assert asked == "service-culture-rubrics"


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"name": "  "}, "Please write a name for the round."),
        ({"questionnaires": []}, "Please choose at least one questionnaire."),
        ({"questionnaires": ["nothing"]}, "Please choose among the questionnaires shown."),
        (
            {"questionnaires": ["service-culture", "service-culture-rubrics"]},
            "“Service culture” and “Service culture: descriptions for the workshop” cannot be asked in the same round: "
            "both ask about the pillars. Choose one of them.",
        ),
        ({"opens_on": "2020-01-01"}, "The first day has passed."),
        ({"closes_on": "2020-01-01"}, "The last day must be today or later"),
        ({"closes_on": "tomorrow"}, "Please write the day as year, month and day"),
        ({"closes_on": "0026-11-30"}, "This day is long past."),
        ({"closes_on": "9999-12-31"}, "This day is too far away."),
        ({"closes_on": "99999-12-31"}, "Please write the day as year, month and day"),
        ({"opens_on": day(9), "closes_on": day(5)}, "The last day must be today or later"),
    ],
)
def test_what_makes_no_round_is_told_beside_its_field_and_opens_nothing(world: World, values, sentence) -> None:
    client = world.client("manager")
    client.get(f"{world.team_address}/rounds/new")
    assert client.fill(values).status_code == 200
    assert sentence in client.page.text
    client.get(f"{world.team_address}/rounds")
    assert "Ask the team for the first time" in client.page.text


def test_a_round_of_tomorrow_is_not_open_yet_and_may_move_or_go(world: World) -> None:
    client = world.client("manager")
    address = open_round(client, world, opens_on=day(3), closes_on=day(9))
    client.get(address)
    assert "It opens on" in client.page.text
    client.get(f"{world.team_address}/rounds")
    assert "people answered" not in client.page.text, "nobody could"
    assert send(client, f"{address}/dates", opens_on=day(4), closes_on="").status_code == 303
    assert send(client, f"{address}/discard").status_code == 303
    assert client.get(address).status_code == 404


def test_with_too_few_answers_nothing_is_published_and_the_page_says_what_can_be_done(world: World) -> None:
    client = world.client("manager")
    address = open_round(client, world)
    token = link_of(client, address)
    answer_round(world.app, token, 3)
    send(client, f"{address}/stop")
    client.get(address)
    assert "Too few answers for a result" in client.page.text
    assert f"{address}/publish" in client.page.links
    client.get(f"{address}/publish")
    assert client.page.h1 == "End “Round 1” without results"
    client.get(f"{address}/dates")
    assert client.fill().status_code == 303
    answer_round(world.app, token, 2, first=3)
    client.get(address)
    assert "5 of 12 people have answered" in client.page.text


def test_publishing_needs_the_box_to_be_ticked(world: World) -> None:
    client = world.client("manager")
    address = open_round(client, world)
    answer_round(world.app, link_of(client, address), 5)
    send(client, f"{address}/stop")
    assert send(client, f"{address}/publish").status_code == 200
    assert "Please tick the box to confirm." in client.page.text
    assert client.get(f"{address}/results").status_code == 409


def test_a_round_with_answers_is_not_discarded(world: World) -> None:
    client = world.client("manager")
    address = open_round(client, world)
    answer_round(world.app, link_of(client, address), 1)
    assert client.get(f"{address}/discard").status_code == 409
    assert client.page.h1 == "Somebody has answered already"
    assert client.get(address).status_code == 200


def test_a_round_belongs_to_its_organisation_and_team(world: World) -> None:
    manager = world.client("manager")
    address = open_round(manager, world)
    round_id = address.rpartition("/")[2]
    outsider = world.client("outsider")
    pages = ("", "/links", "/dates", "/stop", "/publish", "/discard", "/results", "/plan.pdf")
    for page in pages:
        assert outsider.get(address + page).status_code == 404
        other = f"/organisations/{world.other_organisation}/teams/{world.other_team}/rounds/{round_id}{page}"
        assert outsider.get(other).status_code == 404
        assert world.client().get(address + page).status_code == 303
    viewer = world.client("viewer")
    for page in pages[:6]:
        assert viewer.get(address + page).status_code == 403
    viewer.get(f"{world.team_address}/rounds")
    assert "No round of this team has been published yet." in viewer.page.text


@pytest.mark.own_app
def test_after_publishing_the_files_are_compacted_once_the_answer_is_sent(world: World, tmp_path: Path) -> None:
    client = world.client("manager")
    address = open_round(client, world)
    answer_round(world.app, link_of(client, address), 6, comment="Nadie avisa cuando hay cola.")
    send(client, f"{address}/stop")
    published = send(client, f"{address}/publish", confirmed="y")
    assert published.status_code == 303
    assert b"Nadie avisa" in (tmp_path / "test.sqlite-wal").read_bytes()
    published.close()  # as a server does once the answer is sent
    assert b"Nadie avisa" not in (tmp_path / "test.sqlite-wal").read_bytes()


def test_a_second_round_is_kindly_refused_and_the_first_is_shown(world: World) -> None:
    client = world.client("manager")
    address = open_round(client, world, name="Ronda de noviembre")
    client.get(f"{world.team_address}/rounds/new")
    assert client.page.h1 == "“Ronda de noviembre” comes first"
    assert address in client.page.links
    client.get(f"{world.team_address}/rounds")
    assert f"{world.team_address}/rounds/new" not in client.page.links
    client.get(world.team_address)
    assert address in client.page.links


def test_of_two_who_open_a_round_at_once_the_second_is_told(world: World) -> None:
    first, second = world.client("manager"), world.client("administrator")
    for client in (first, second):
        client.get(f"{world.team_address}/rounds/new")
    assert first.fill().status_code == 303
    second.fill()
    assert second.page.h1 == "“Round 1” comes first"


def test_a_round_with_too_few_answers_ends_without_results_and_makes_room(world: World) -> None:
    client = world.client("manager")
    address = open_round(client, world)
    answer_round(world.app, link_of(client, address), 3, comment="Que nadie lo lea.")
    send(client, f"{address}/stop")
    assert send(client, f"{address}/publish").status_code == 200
    assert "Please tick the box to confirm." in client.page.text
    ended = send(client, f"{address}/publish", confirmed="y")
    assert ended.headers["Location"] == f"{address}/results"
    page = client.get(f"{address}/results")
    assert client.page.h1 == "Too few answers for a result"
    assert b"Que nadie lo lea" not in page.data
    client.get(f"{world.team_address}/rounds")
    assert "Ended without results: too few answers" in client.page.text
    assert "Published: see the results" not in client.page.text
    open_round(client, world, mode="consensus")


def test_one_sheet_is_published_without_a_word_of_its_order(world: World) -> None:
    client = world.client("manager")
    address = open_round(client, world, mode="consensus")
    answer_round(world.app, link_of(client, address), 1, role=Role.CONSENSUS)
    send(client, f"{address}/stop")
    client.get(f"{address}/publish")
    assert "in which order people answered" not in client.page.text
    assert "whoever has not sent" not in client.page.text
    assert "The round cannot be discarded or opened again." in client.page.text


def test_a_round_that_nobody_answered_is_discarded_not_ended(world: World) -> None:
    client = world.client("manager")
    address = open_round(client, world)
    send(client, f"{address}/stop")
    assert client.get(f"{address}/publish").headers["Location"] == address
    client.get(address)
    assert f"{address}/discard" in client.page.links


def test_the_page_says_what_a_team_of_its_size_can_detect(world: World) -> None:
    client = world.client("manager", "es")
    client.get(f"{world.team_address}/edit")
    client.fill({"size": "15"})
    client.get(f"{world.team_address}/rounds/new")
    assert "un cambio de unos 0,5 puntos o más" in client.page.text  # the method's table: 15 people, .49


def test_two_who_set_the_dates_of_a_round_do_not_undo_each_other(world: World) -> None:
    ana, luis = world.client("manager"), world.client("administrator")
    address = open_round(ana, world, opens_on=day(3), closes_on=day(9))
    for client in (ana, luis):
        client.get(f"{address}/dates")
    ana.fill({"opens_on": day(4)})
    assert luis.fill({"closes_on": day(12)}).status_code == 303
    luis.get(f"{address}/dates")
    shown = luis.page.forms[-1]["data"]
    assert (shown["opens_on"], shown["closes_on"]) == (day(4), day(12))
    ana.get(f"{address}/dates")
    ana.fill({"closes_on": day(10)})
    assert luis.fill({"closes_on": ""}).status_code == 200
    told = dt.date.fromisoformat(day(10))
    assert f"It now says “{told:%B} {told.day}, {told.year}”" in luis.page.text


def test_a_page_of_a_round_s_dates_says_that_the_round_was_stopped_meanwhile(world: World) -> None:
    ana, luis = world.client("manager"), world.client("administrator")
    address = open_round(ana, world, closes_on=day(9))
    luis.get(f"{address}/dates")
    send(ana, f"{address}/stop")
    assert luis.fill({"closes_on": day(12)}).status_code == 200
    assert "The round was opened or stopped while this page was open." in luis.page.text
    assert luis.fill().status_code == 303, "which opens it again, knowingly"
    luis.get(f"{address}/dates")
    assert luis.page.forms[-1]["data"]["closes_on"] == day(12)


def test_an_open_round_is_shared_first_with_buttons_before_long_messages(world: World) -> None:
    client = world.client("manager")
    address = open_round(client, world)
    for answered in (0, 5):
        if answered:
            answer_round(world.app, link_of(client, address), answered)
        html = client.get(address).get_data(as_text=True)
        marks = ['id="share"', "https://wa.me/", 'id="message"', 'id="reminder"', 'id="counted"']
        places = [html.index(mark) for mark in marks]
        assert places == sorted(places)
        assert ('href="#counted"' in html) == bool(answered)


def test_once_nearly_all_have_answered_closing_comes_first(world: World) -> None:
    client = world.client("manager")
    address = open_round(client, world)
    answer_round(world.app, link_of(client, address), 10)
    html = client.get(address).get_data(as_text=True)
    assert html.index('id="counted"') < html.index('id="share"')


def test_a_stopped_round_that_nobody_answered_promises_nothing_to_nobody(world: World) -> None:
    client = world.client("manager")
    address = open_round(client, world)
    send(client, f"{address}/stop")
    client.get(address)
    assert "Nobody has answered. A result needs 5 answers." in client.page.text
    assert "promised to everybody who answered" not in client.page.text
    assert "answers that have arrived" not in client.page.text


def test_what_is_fixed_is_said_for_one_agreed_sheet_too(world: World) -> None:
    client = world.client("manager")
    html = client.get(f"{world.team_address}/rounds/new").get_data(as_text=True)
    for words in ('class="if-each">If each person answers', 'class="if-together">If you agree on one sheet'):
        assert words in html


def test_what_was_not_asked_is_not_listed_as_missing(world: World) -> None:
    client = world.client("manager")
    with world.app.extensions["escala_database"].writing() as session:
        session.get_one(Team, world.team).size = 9
    address = open_round(client, world)
    answer_round(world.app, link_of(client, address), 9)
    client.get(f"{address}/close")
    assert "omment" not in client.page.text


def test_the_command_for_phones_is_said_once_in_both_languages(world: World) -> None:
    address = open_round(world.client("manager"), world)
    for language in ("es", "en"):
        client = world.client("manager", language)
        client.get(address)
        assert client.page.text.count("--lan") == 1


@pytest.mark.parametrize(
    ("language", "one", "two"),
    [
        ("es", "Respondió 1 de 12 personas", "Han respondido 2 de 12 personas"),
        ("en", "1 of 12 people has answered", "2 of 12 people have answered"),
    ],
)
def test_one_who_has_answered_is_counted_as_one(world: World, language: str, one: str, two: str) -> None:
    client = world.client("manager", language)
    address = open_round(client, world)
    token = link_of(client, address)
    answer_round(world.app, token, 1)
    client.get(address)
    assert one in client.page.text
    answer_round(world.app, token, 1, first=1)
    client.get(address)
    assert two in client.page.text
