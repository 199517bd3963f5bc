"""The privacy notice: written by whoever administers, read one tap away from the questions."""

from __future__ import annotations

import pytest

from assessment.domain.rounds import RoundMode
from assessment.infra.clock import utc_now
from assessment.services.rounds import stop_round
from assessment.store.rounds import Round
from tests.web.client import PageClient
from tests.web.conftest import all_databases
from tests.web.world import World


def respondent(world: World, token: str, language: str = "en") -> PageClient:
    client = world.client(language=language)
    client.get(client.get(f"/r/{token}").headers["Location"])
    return client


def write_notice(world: World, **values: str) -> PageClient:
    client = world.client("administrator")
    client.get(f"{world.address}/privacy")
    assert client.fill(values).status_code == 303
    return client


def notice_link(client: PageClient) -> str:
    return next(link for link in client.page.links if "/privacy" in link)


@all_databases
def test_people_read_who_is_responsible_and_open_the_notice_from_the_first_page(world: World) -> None:
    write_notice(
        world,
        responsible="Clínica del Valle S.A.S.",
        contact="datos@example.com",
        purpose="To open on Saturdays.",
        words="Our policy is at the front desk.",
        law="colombia",
        keep_answers="6",
        keep_results="24",
    )
    client = respondent(world, world.open_round())
    assert "Clínica del Valle S.A.S. is responsible" in client.page.text
    assert client.get(notice_link(client)).status_code == 200
    for words in (
        "Clínica del Valle S.A.S.",
        "datos@example.com",
        "To open on Saturdays.",
        "Our policy is at the front desk.",
        "Law 1581",
        "6 months after the round is over",
        "24 months after the round is over",
    ):
        assert words in client.page.text
    assert "lawyer" not in client.page.text


@pytest.mark.parametrize(
    ("country", "words"),
    [("CO", "Law 1581"), ("MX", "ARCO"), ("BR", "LGPD"), ("ES", "GDPR"), ("AR", "your country has a data protection")],
)
def test_an_untouched_notice_follows_the_law_of_the_country_and_is_true(world: World, country: str, words: str) -> None:
    client = world.client("administrator")
    client.get(f"{world.address}/edit")
    client.fill({"country": country})
    answering = respondent(world, world.open_round())
    assert "Clínica del Valle is responsible" in answering.page.text
    answering.get(notice_link(answering))
    assert words in answering.page.text
    assert "until Clínica del Valle deletes" in answering.page.text
    assert "contact above" not in answering.page.text, "it names no contact"
    assert "whoever is responsible, as said above" in answering.page.text


def test_the_notice_of_an_agreed_sheet_speaks_of_one_sheet(world: World) -> None:
    write_notice(world, keep_answers="6")
    token = world.open_round()
    with world.app.extensions["escala_database"].writing() as session:
        session.query(Round).one().mode = RoundMode.CONSENSUS
    client = respondent(world, token)
    client.get(notice_link(client))
    assert "The sheet of the team is deleted 6 months after the round is over" in client.page.text
    assert "each person answered" not in client.page.text


def test_the_notice_is_in_the_readers_language_and_there_after_the_round(world: World) -> None:
    token = world.open_round()
    client = respondent(world, token, "es")
    link = notice_link(client)
    with world.app.extensions["escala_database"].writing() as session:
        round_ = session.query(Round).one()
        stop_round(session, organisation_id=world.organisation, round_id=round_.id, now=utc_now())
    client.get(link)
    assert client.page.lang.startswith("es")
    assert "Superintendencia de Industria y Comercio" in client.page.text


def test_the_notice_is_of_whoever_has_the_link_and_of_nobody_else(world: World) -> None:
    link = notice_link(respondent(world, world.open_round()))
    assert world.client().get(link).status_code == 404


def test_whoever_writes_the_notice_is_told_that_it_needs_a_lawyer_and_sees_it_as_people_do(world: World) -> None:
    client = write_notice(world, contact="datos@example.com")
    client.get(f"{world.address}/privacy")
    assert "no legal advice" in client.page.text
    assert "Contact: datos@example.com" in client.page.text


def test_who_opens_a_round_is_told_that_the_notice_names_no_contact(world: World) -> None:
    client = world.client("administrator")
    client.get(f"{world.team_address}/rounds/new")
    assert f"{world.address}/privacy" in client.page.links
    assert "names no contact yet" in client.page.text
    write_notice(world, contact="datos@example.com")
    client.get(f"{world.team_address}/rounds/new")
    assert "names no contact yet" not in client.page.text


def test_answers_are_not_kept_for_longer_than_their_results(world: World) -> None:
    client = world.client("administrator")
    client.get(f"{world.address}/privacy")
    assert client.fill({"keep_answers": "12", "keep_results": "6"}).status_code == 200
    assert "cannot be kept for longer" in client.page.text


def test_what_was_deleted_is_listed_without_its_name(world: World) -> None:
    client = world.client("administrator")
    client.get(f"{world.team_address}/delete")
    client.fill({"typed": "Mesa de ayuda"})
    client.get(f"{world.address}/privacy")
    client.get(f"{world.address}/privacy")  # the first page says what was deleted by its name
    assert "What has been deleted" in client.page.text
    assert "A team" in client.page.text
    assert "Mesa de ayuda" not in client.page.text


def test_two_who_change_different_parts_of_the_notice_both_have_their_way(world: World) -> None:
    ana, luis = world.client("administrator"), world.client("administrator")
    for client in (ana, luis):
        client.get(f"{world.address}/privacy")
    ana.fill({"contact": "datos@example.com", "keep_answers": "12", "keep_results": "24"})
    assert luis.fill({"words": "Nuestra política:\r\nexample.com/datos"}).status_code == 303
    luis.get(f"{world.address}/privacy")
    form = luis.page.forms[-1]["data"]
    assert (form["contact"], form["keep_answers"], form["keep_results"]) == ("datos@example.com", "12", "24")
    assert form["words"].splitlines() == ["Nuestra política:", "example.com/datos"]
    ana.get(f"{world.address}/privacy")
    ana.fill({"keep_answers": "6"})
    assert luis.fill({"keep_answers": "24"}).status_code == 200
    assert "It now says “6 months”" in luis.page.text


def test_two_who_change_the_organisation_both_have_their_way(world: World) -> None:
    ana, luis = world.client("administrator"), world.client("administrator")
    for client in (ana, luis):
        client.get(f"{world.address}/edit")
    ana.fill({"minimum_group": "8"})
    assert luis.fill({"name": "Clínica Norte"}).status_code == 303
    luis.get(f"{world.address}/edit")
    assert luis.page.forms[-1]["data"]["minimum_group"] == "8"
    assert luis.page.forms[-1]["data"]["name"] == "Clínica Norte"
