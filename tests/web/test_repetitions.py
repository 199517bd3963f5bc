"""Setting up that rounds of a team repeat, and what its pages say of it."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from sqlalchemy import select, update

from assessment.infra.clock import local_date, utc_now
from assessment.infra.languages import Localisation
from assessment.services.plans import draft_plan
from assessment.services.repetitions import open_due_rounds
from assessment.store.plans import Plan
from assessment.store.repetitions import Repetition
from assessment.store.rounds import Round
from tests.web.client import PageClient
from tests.web.round_answers import answer_round
from tests.web.test_results import publish_once
from tests.web.test_rounds import link_of, open_round, send
from tests.web.world import World

ZONE = "America/Bogota"
DAY = dt.timedelta(days=1)


def today() -> dt.date:
    return local_date(utc_now(), ZONE)


def repeat(client: PageClient, world: World, **values: str):
    client.get(f"{world.team_address}/repeat")
    return client.fill(values)


def stored(world: World) -> Repetition | None:
    with world.app.extensions["escala_database"].reading() as session:
        found: Repetition | None = session.scalar(select(Repetition).where(Repetition.team_id == world.team))
        return found


def publish(client: PageClient, world: World, address: str) -> None:
    answer_round(world.app, link_of(client, address), 12)
    send(client, f"{address}/stop")
    assert send(client, f"{address}/publish", confirmed="y").status_code == 303


def test_the_first_day_that_is_proposed_is_the_one_that_the_teams_page_names(world: World) -> None:
    address = publish_once(world)
    with world.app.extensions["escala_database"].writing() as session:
        where = {"organisation_id": world.organisation, "round_id": uuid.UUID(address.rpartition("/")[2])}
        plan = draft_plan(session, **where, drawn_on=today(), now=utc_now())
        plan.drawn_on = today() - 40 * DAY
    client = world.client("manager")
    client.get(f"{world.team_address}/repeat")
    day = next(form["data"]["first_on"] for form in client.page.forms if "first_on" in form["data"])
    client.get(world.team_address)
    words = f"The next round is due on {Localisation('en', 'CO').date(dt.date.fromisoformat(day))}"
    assert words in client.page.text
    with world.app.extensions["escala_database"].writing() as session:
        session.execute(update(Plan).values(drawn_on=today() - 100 * DAY))
    client.get(f"{world.team_address}/repeat")
    assert any(form["data"].get("first_on") == today().isoformat() for form in client.page.forms)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "The next round opens by itself on January 31, 2099."),
        ("es", "La próxima ronda se abre por sí sola el 31 de enero de 2099."),
    ],
)
def test_the_teams_home_says_when_the_next_round_opens(world: World, language: str, words: str) -> None:
    client = world.client("manager", language)
    answer = repeat(client, world, how="6", first_on="2099-01-31", open_days="5")
    assert answer.headers["Location"] == world.team_address
    client.get(world.team_address)
    assert words in client.page.text
    viewer = world.client("viewer", language)
    viewer.get(world.team_address)
    assert words in viewer.page.text
    assert not any(link.endswith("/repeat") for link in viewer.page.links)


def test_days_may_be_chosen_one_by_one(world: World) -> None:
    client = world.client("manager")
    repeat(client, world, how="days", day_0="2099-09-01", day_1="2099-03-01")
    client.get(f"{world.team_address}/repeat")
    assert "On March 1, 2099 and on September 1, 2099" in client.page.text
    spanish = world.client("manager", "es")
    spanish.get(f"{world.team_address}/repeat")
    assert "El 1 de marzo de 2099 y el 1 de septiembre de 2099" in spanish.page.text
    assert stored(world).dates == ["2099-03-01", "2099-09-01"]


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"how": "days"}, "Please write at least one day."),
        ({"how": "3", "first_on": ""}, "Please write the first day."),
        ({"how": "3", "first_on": "2020-01-01"}, "The first day has passed."),
        ({"how": "days", "day_0": "2020-01-01"}, "These days have passed."),
        ({"how": "days", "day_0": "2099-01-01", "day_1": "2020-01-01"}, "This day has passed."),
        (
            {"how": "days", "day_0": "2099-01-12", "day_1": "2099-01-10", "open_days": "14"},
            "The round of January 10, 2099 is still open then.",
        ),
        ({"how": "3", "first_on": "31/01/2099"}, "Please write the day as year, month and day"),
        ({"how": "3", "open_days": "0"}, "Write a whole number from 1 to 60."),
        ({"how": "5"}, "Not a valid choice"),
    ],
)
def test_what_is_no_rule_is_said_and_changes_nothing(world: World, values: dict[str, str], words: str) -> None:
    client = world.client("manager")
    client.get(f"{world.team_address}/repeat")
    data = client.page.forms[-1]["data"] | values
    assert client.post(f"{world.team_address}/repeat", data=data).status_code == 200
    assert words in client.page.text
    assert stored(world) is None


def test_two_tabs_undo_nothing_of_each_other(world: World) -> None:
    client = world.client("manager")
    repeat(client, world, how="6", first_on="2099-01-31", open_days="5")
    one, other = world.client("manager"), world.client("manager")
    one.get(f"{world.team_address}/repeat")
    other.get(f"{world.team_address}/repeat")
    assert (
        one.post(f"{world.team_address}/repeat", data=one.page.forms[-1]["data"] | {"open_days": "9"}).status_code
        == 303
    )
    assert (
        other.post(f"{world.team_address}/repeat", data=other.page.forms[-1]["data"] | {"how": "12"}).status_code == 303
    )
    assert (stored(world).open_days, stored(world).every_months) == (9, 12)


def test_it_is_paused_goes_on_and_ends(world: World) -> None:
    client = world.client("manager")
    repeat(client, world, how="6", first_on="2099-01-31")
    address = f"{world.team_address}/repeat"
    for act, words in (
        ("pause", "Paused: no round opens by itself."),
        ("resume", "opens by itself on January 31, 2099"),
    ):
        client.get(address)
        assert client.post(f"{address}/{act}", data=client.page.forms[-2]["data"]).status_code == 303
        client.get(address)
        assert words in client.page.text
    assert send(client, f"{address}/end").status_code == 303
    assert stored(world) is None
    client.get(address)
    client.post(f"{address}/pause", data={"csrf_token": client.page.forms[-1]["data"]["csrf_token"]})
    assert client.page.h1 == "Rounds of this team do not repeat"


@pytest.mark.parametrize(
    ("language", "words", "resume"),
    [("es", "Hoy no se abre otra ronda", "Reanudar"), ("en", "No other round opens today", "Resume")],
)
def test_a_first_day_on_which_a_round_has_begun_already_is_said_to_open_none(
    world: World, language: str, words: str, resume: str
) -> None:
    client = world.client("manager", language)
    opened = open_round(client, world)
    publish(client, world, opened)
    answer = repeat(client, world, how="3", first_on=today().isoformat())
    client.get(answer.headers["Location"])
    assert words in client.page.text
    answer = repeat(client, world, how="3", first_on="2099-01-31")
    client.get(answer.headers["Location"])
    assert words not in client.page.text
    address = f"{world.team_address}/repeat"
    client.get(address)
    told = {"es": "Nadie recibe una invitación por sí sola", "en": "Nobody is invited by itself"}[language]
    assert told in client.page.text
    client.post(f"{address}/pause", data=client.page.forms[-2]["data"])
    assert resume in client.get(address).text


def test_a_due_round_waits_behind_an_unpublished_one_and_the_page_leads_there(world: World) -> None:
    client = world.client("manager")
    address = open_round(client, world, name="Ronda de mayo")
    database = world.app.extensions["escala_database"]
    with database.writing() as session:  # it opened some time ago
        round_ = session.scalars(select(Round).where(Round.team_id == world.team)).one()
        round_.opens_at, round_.created_at = utc_now() - 40 * DAY, utc_now() - 40 * DAY
    repeat(client, world, how="3", first_on=today().isoformat())
    assert open_due_rounds(database, now=utc_now()) == []
    client.get(world.team_address)
    assert "It waits for “Ronda de mayo” to be published, and opens the day after that." in client.page.text
    client.get(f"{world.team_address}/repeat")
    assert address in client.page.links
    viewer = world.client("viewer")
    viewer.get(world.team_address)
    assert "The next round waits." in viewer.page.text
    assert "Ronda de mayo" not in viewer.page.text
    send(client, f"{address}/stop")
    client.get(world.team_address)
    assert "“Ronda de mayo” has closed and waits for you" in client.page.text


def test_a_round_that_opened_by_itself_is_answered_like_any_other(world: World) -> None:
    client = world.client("manager")
    repeat(client, world, how="3", first_on=today().isoformat(), open_days="3")
    (made,) = open_due_rounds(world.app.extensions["escala_database"], now=utc_now())
    address = f"{world.team_address}/rounds/{made}"
    client.get(address)
    assert client.page.h1 == "Ronda 1"
    publish(client, world, address)
    client.get(world.team_address)
    assert "The next round opens by itself on" in client.page.text


def test_a_new_version_of_the_questionnaire_is_told_before_and_after(world: World) -> None:
    client = world.client("manager")
    address = open_round(client, world)
    publish(client, world, address)
    database = world.app.extensions["escala_database"]
    with database.writing() as session:  # as if it had asked the version before
        last = session.scalars(select(Round).where(Round.team_id == world.team)).one()
        last.opens_at = last.created_at = utc_now() - 40 * DAY
        last.published_at = utc_now() - 30 * DAY
        last.questionnaires[0].version.version -= 1
        last.questionnaires[0].version.checksum = "0" * 64
    client.get(f"{world.team_address}/repeat")
    assert "has a new version since then" in client.page.text
    repeat(client, world, how="3", first_on=today().isoformat())
    (made,) = open_due_rounds(database, now=utc_now())
    client.get(f"{world.team_address}/rounds/{made}")
    assert "has a new version since the round before" in client.page.text
