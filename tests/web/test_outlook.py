"""Before a round is published, its page says whether there will be a result; afterwards every page says the same."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest

from assessment.catalogue.catalogue import load_questionnaire, load_team_kinds
from assessment.domain.answers import DK, Answer, AnswerSheet, Role
from assessment.domain.outcome import Outcome
from assessment.domain.rounds import RoundMode, RoundNotStopped
from assessment.infra.clock import utc_now
from assessment.services.outlook import get_outlook
from assessment.services.rounds import open_round, stop_round
from assessment.store.database import Database
from tests.services.build import answer, make_sheet
from tests.web.client import PageClient
from tests.web.conftest import all_databases
from tests.web.test_rounds import send
from tests.web.world import World

DAY = dt.timedelta(days=1)


def database_of(world: World) -> Database:
    database: Database = world.app.extensions["escala_database"]
    return database


def nothing_known(role: Role = Role.STAFF, said: int = 0) -> AnswerSheet:
    """“I don't know” to everything, but for the first so many statements."""
    items: dict[str, Answer] = {item.id: 3 if at < said else DK for at, item in enumerate(load_questionnaire().items)}
    ladder: dict[str, Answer] = {point.id: DK for point in load_team_kinds()[0].points}
    return AnswerSheet(role=role, items=items, ladder=ladder)


def stopped(world: World, *sheets: AnswerSheet, mode: RoundMode = RoundMode.ANSWERED, is_open: bool = False) -> str:
    """The address of a round that these sheets answered, and that has stopped or `is_open` still."""
    now = utc_now()
    with database_of(world).writing() as session:
        opened = open_round(
            session,
            organisation_id=world.organisation,
            team_id=world.team,
            name="Ronda",
            mode=mode,
            opens_at=now - DAY,
            closes_at=None,
            now=now - DAY,
        )
        token, round_id = opened.link_token, opened.id
    for sheet in sheets:
        answer(database_of(world), token, sheet, now=now)
    if not is_open:
        with database_of(world).writing() as session:
            stop_round(session, organisation_id=world.organisation, round_id=round_id, now=now)
    return f"{world.team_address}/rounds/{round_id}"


def page(client: PageClient, address: str) -> str:
    assert client.get(address).status_code == 200, address
    return client.page.text


@all_databases
@pytest.mark.parametrize("said", [0, 10])
def test_where_nobody_could_say_it_is_told_before_it_is_irreversible_and_truly_afterwards(
    world: World, said: int
) -> None:
    client = world.client("manager")
    address = stopped(world, *(nothing_known(said=said) for _ in range(9)))
    told = page(client, address)
    assert "Too few could answer enough questions" in told
    assert "That is a finding, too" in told
    assert "There will be a result" not in told
    assert f"{address}/dates" in client.page.links
    page(client, f"{address}/publish")
    assert client.page.h1 == "End “Ronda” without results"
    assert "Enough people took part, but too few of them could answer enough questions" in client.page.text
    send(client, f"{address}/publish", confirmed="y")
    assert "Too few could answer enough questions" in page(client, f"{address}/results")
    told = page(client, "/")
    assert "Enough people took part, but too few of them could answer enough questions" in told
    assert "Too few people answered" not in told
    assert "Ended without results: too few could answer enough questions" in page(
        client, f"{world.team_address}/rounds"
    )


def test_where_too_few_answered_this_is_what_is_told(world: World) -> None:
    client = world.client("manager")
    address = stopped(world, *(make_sheet(seed) for seed in range(4)))
    assert "Too few answers for a result" in page(client, address)
    assert "Too few people answered" in page(client, f"{address}/publish")
    send(client, f"{address}/publish", confirmed="y")
    assert "Too few answers for a result" in page(client, f"{address}/results")
    assert "Too few people answered to show results." in page(client, "/")
    assert "Ended without results: too few answers" in page(client, f"{world.team_address}/rounds")


def test_a_result_is_announced_with_what_it_will_not_show(world: World) -> None:
    client = world.client("manager")
    address = stopped(world, *(make_sheet(seed) for seed in range(9)))
    for path in (address, f"{address}/publish"):
        told = page(client, path)
        assert "Nothing will be shown of what takes more answers than there are:" in told
        assert "needs 10 answers" in told
    assert "There will be a result." in page(client, address)
    send(client, f"{address}/publish", confirmed="y")
    assert "Comments are shown from 10 answers on" in page(client, f"{address}/results")


def test_with_enough_answers_nothing_is_missing(world: World) -> None:
    address = stopped(world, *(make_sheet(seed) for seed in range(10)))
    told = page(world.client("manager"), address)
    assert "There will be a result." in told
    assert "Nothing will be shown" not in told


def test_an_agreed_sheet_that_leaves_everything_open_is_not_published_unawares(world: World) -> None:
    client = world.client("manager")
    address = stopped(world, nothing_known(Role.CONSENSUS), mode=RoundMode.CONSENSUS)
    assert "The sheet leaves too much open" in page(client, address)
    assert f"{address}/publish" in client.page.links
    assert f"{address}/dates" not in client.page.links, "the sheet would not be taken again"
    assert "so much open that there is nothing to show" in page(client, f"{address}/publish")
    send(client, f"{address}/publish", confirmed="y")
    assert "The sheet leaves too much open" in page(client, f"{address}/results")
    assert "The team can answer again." in page(client, "/")


def test_of_an_open_round_nothing_is_told(world: World) -> None:
    now = utc_now()
    with database_of(world).writing() as session:
        opened = open_round(
            session,
            organisation_id=world.organisation,
            team_id=world.team,
            name="Ronda",
            opens_at=now - DAY,
            closes_at=None,
            now=now - DAY,
        )
        token, round_id = opened.link_token, opened.id
    for _ in range(6):
        answer(database_of(world), token, nothing_known(), now=now)
    told = page(world.client("manager"), f"{world.team_address}/rounds/{round_id}")
    assert "enough questions" not in told
    assert "There will be a result" not in told
    with database_of(world).reading() as session, pytest.raises(RoundNotStopped):
        get_outlook(session, organisation_id=world.organisation, round_id=round_id, now=now)


def test_the_outlook_depends_on_how_much_was_answered_and_never_on_what(world: World) -> None:
    everything = load_questionnaire().items
    outlooks = []
    for value in (1, 3, 5):
        sheets = (AnswerSheet(items=dict.fromkeys([item.id for item in everything], value)) for _ in range(6))
        address = stopped(world, *sheets)
        round_id = uuid.UUID(address.rpartition("/")[2])
        with database_of(world).reading() as session:
            outlooks.append(get_outlook(session, organisation_id=world.organisation, round_id=round_id, now=utc_now()))
        send(world.client("manager"), f"{address}/publish", confirmed="y")
    assert len(set(outlooks)) == 1
    assert outlooks[0].outcome is Outcome.RESULT


# Closing an open round and seeing its results, with one confirmation


@pytest.mark.parametrize("language", ["es", "en"])
def test_a_round_is_closed_and_its_results_seen_with_one_confirmation(world: World, language: str) -> None:
    client = world.client("manager", language)
    address = stopped(world, *(make_sheet(seed) for seed in range(11)), is_open=True)
    client.get("/")
    assert f"{address}/close" in client.page.links
    told = page(client, f"{address}/close")
    assert {"es": "Respondieron 11 de 12 personas.", "en": "11 of 12 people have answered."}[language] in told
    assert client.fill().status_code == 200, "not before the box is ticked"
    assert client.get(address).status_code == 200
    client.get(f"{address}/close")
    assert client.fill({"confirmed": "y"}).headers["Location"] == f"{address}/results"
    page(client, f"{address}/results")


def test_closing_says_what_will_not_be_shown(world: World) -> None:
    address = stopped(world, *(make_sheet(seed) for seed in range(9)), is_open=True)
    assert "needs 10 answers" in page(world.client("manager"), f"{address}/close")


def test_closing_a_round_that_would_show_nothing_only_stops_it(world: World) -> None:
    client = world.client("manager")
    address = stopped(world, *(nothing_known() for _ in range(9)), is_open=True)
    page(client, f"{address}/close")
    assert client.fill({"confirmed": "y"}).headers["Location"] == address
    told = page(client, address)
    assert "Publishing it would show nothing" in told
    assert f"{address}/dates" in client.page.links, "it can still be opened again"


def test_a_sheet_that_leaves_all_open_is_not_published_by_closing(world: World) -> None:
    client = world.client("manager")
    address = stopped(world, nothing_known(Role.CONSENSUS), mode=RoundMode.CONSENSUS, is_open=True)
    page(client, f"{address}/close")
    assert client.fill({"confirmed": "y"}).headers["Location"] == address
    assert "The sheet leaves too much open" in page(client, address)


def test_a_round_without_enough_answers_is_not_closed_like_this(world: World) -> None:
    address = stopped(world, *(make_sheet(seed) for seed in range(4)), is_open=True)
    client = world.client("manager")
    assert client.get(f"{address}/close").headers["Location"] == f"{address}/publish"
    html = client.get(address).text
    assert html.index('id="share"') < html.index('id="counted"'), "sharing comes first while answers are missing"
