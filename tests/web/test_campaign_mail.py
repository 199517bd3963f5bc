"""A campaign by e-mail: a list of teams and addresses is looked at, sent, reminded of; and what its page tells."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator

import pytest
from openpyxl import Workbook
from sqlalchemy import select, update

from assessment.infra.clock import utc_now
from assessment.services.rounds import invite as make_personal_links
from assessment.services.rounds import stop_round
from assessment.store.outbox import OutboxMessage
from assessment.store.recipients import Mailing, Recipient
from assessment.store.rounds import Round
from tests.jobs.mailings import DAY
from tests.mail_server import MailServer
from tests.web.client import PageClient
from tests.web.mailing import mailing_world
from tests.web.round_answers import answer_round
from tests.web.test_by_mail import deliver, form_to, form_with, path_in, text_of
from tests.web.test_campaigns import add_team, check, confirm, links_of, opened, send
from tests.web.world import World

OURS = "Mesa de ayuda"
LIST = f"{OURS}; ana@example.com; Ana\n{OURS}; luis@example.com; Luis; en\nCaja; eva@example.com"


@pytest.fixture
def post() -> Iterator[tuple[World, MailServer]]:
    with mailing_world() as world_:
        yield world_


def campaign(world: World, *teams: str) -> tuple[PageClient, str]:
    for team in teams or ("Caja",):
        add_team(world, team)
    client = world.client("manager")
    return client, opened(client, world)


def look_at(client: PageClient, address: str, words: str = LIST) -> None:
    client.get(f"{address}/e-mail")
    client.fill({"addresses": words}, form=form_with(client, "addresses"))


def invite(client: PageClient, address: str, words: str = LIST) -> None:
    look_at(client, address, words)
    assert client.fill(form=form_with(client, "people")).headers["Location"] == address


def recipients(world: World) -> set[str]:
    with world.app.extensions["escala_database"].reading() as session:
        return set(session.scalars(select(Recipient.address)))


def a_day_later(world: World) -> None:
    """As if all that was written had been written yesterday."""
    with world.app.extensions["escala_database"].writing() as session:
        long_ago = utc_now() - DAY
        session.execute(update(OutboxMessage).values(created_at=long_ago, sent_at=long_ago))
        session.execute(update(Mailing).values(queued_at=long_ago))


def test_each_team_gets_the_link_of_its_own_round(post: tuple[World, MailServer]) -> None:
    world, server = post
    client, address = campaign(world)
    look_at(client, address)
    assert "3 people get the invitation" in client.page.text
    assert recipients(world) == set()
    assert client.fill(form=form_with(client, "people")).status_code == 303
    messages = {message["To"]: message for message in deliver(world, server)}
    tokens = links_of(world)
    ours = tokens.pop(str(world.team))
    assert {name: path_in(message, "r").rpartition("/")[2] for name, message in messages.items()} == {
        "ana@example.com": ours,
        "luis@example.com": ours,
        "eva@example.com": tokens.popitem()[1],
    }
    assert "Hello, Luis:" in text_of(messages["luis@example.com"])
    assert messages["eva@example.com"]["Reply-To"] == "manager@example.com"
    client.get(address)
    assert "The invitation is on its way to 3 people." in client.page.text


def test_a_workbook_with_columns_in_any_order_is_taken(post: tuple[World, MailServer]) -> None:
    world, server = post
    client, address = campaign(world)
    book, held = Workbook(), io.BytesIO()
    for row in (
        ["Correo", "Nombre", "Equipo"],
        ["ana@example.com", "Ana", "mesa de ayuda"],
        ["eva@example.com", "", "CAJA"],
    ):
        book.active.append(row)
    book.save(held)
    client.get(f"{address}/e-mail")
    file = (io.BytesIO(held.getvalue()), "people.xlsx")
    client.fill({"addresses": "", "file": file}, form=form_with(client, "addresses"))
    client.fill(form=form_with(client, "people"))
    assert {message["To"] for message in deliver(world, server)} == {"ana@example.com", "eva@example.com"}


def test_what_is_wrong_with_a_list_is_said_row_by_row_and_the_rest_is_taken(post: tuple[World, MailServer]) -> None:
    world, server = post
    client, address = campaign(world)
    invite(client, address, f"{OURS}; ana@example.com")
    deliver(world, server)
    add_team(world, "Bodega")
    look_at(
        client,
        address,
        f"{OURS}; ana@example.com\nCaja; eva@example.com\nCaja; EVA@example.com\nCaja; eva@example.com\n"
        f"Cocina; x@example.com\nBodega; y@example.com\nCaja; no address\nz@example.com\n{OURS}; eva@example.com",
    )
    for words in (
        "Row 5: there is no team “Cocina”.",
        "Row 6: “Bodega” is not in this campaign.",
        "Row 7 holds no address that can be used: Caja no address",
        "Row 8 names no team: z@example.com",
        "2 addresses come more than once",
        "1 person was invited before and does not get it again.",
        "eva@example.com stands under several teams",
    ):
        assert words in client.page.text, words
    client.fill(form=form_with(client, "people"))
    assert {message["To"] for message in deliver(world, server)} == {"eva@example.com"}


def test_teams_that_are_not_announced_by_mail_say_why(post: tuple[World, MailServer]) -> None:
    world, server = post
    for team in ("Caja", "Bodega"):
        add_team(world, team)
    add_team(world, "Noche", size=3)
    client = world.client("manager")
    check(client, world)
    address = str(confirm(client, world).headers["Location"])
    with world.app.extensions["escala_database"].writing() as session:
        rounds = {round_.team_id: round_.id for round_ in session.scalars(select(Round))}
        ours = rounds.pop(world.team)
        make_personal_links(session, organisation_id=world.organisation, round_id=ours, how_many=2)
    look_at(client, address, f"{OURS}; a@example.com\nNoche; b@example.com\nCaja; c@example.com")
    assert f"they answer by personal links, which do not go out by e-mail: {OURS}." in client.page.text
    assert "they answer together on one sheet: Noche." in client.page.text
    assert "Nobody is on the list for: Bodega." in client.page.text
    client.fill(form=form_with(client, "people"))
    assert [message["To"] for message in deliver(world, server)] == ["c@example.com"]


def test_a_list_that_is_sent_twice_invites_once_and_a_round_that_closed_meanwhile_nobody(
    post: tuple[World, MailServer],
) -> None:
    world, server = post
    client, address = campaign(world)
    look_at(client, address)
    page, number = client.page, form_with(client, "people")
    with world.app.extensions["escala_database"].writing() as session:
        ours = session.scalars(select(Round).where(Round.team_id == world.team)).one()
        stop_round(session, organisation_id=world.organisation, round_id=ours.id, now=utc_now())
    for _ in range(2):
        client.page = page
        client.fill(form=number)
    assert [message["To"] for message in deliver(world, server)] == ["eva@example.com"]


def test_one_button_reminds_all_that_are_open_once_a_day(post: tuple[World, MailServer]) -> None:
    world, server = post
    client, address = campaign(world, "Caja", "Bodega")
    invite(client, address, f"{LIST}\nBodega; bo@example.com")
    deliver(world, server)
    client.get(address)
    assert "The next reminder can go out from" in client.page.text
    assert not any(form["action"].endswith("/e-mail/remind") for form in client.page.forms)
    a_day_later(world)
    with world.app.extensions["escala_database"].writing() as session:
        ours = session.scalars(select(Round).where(Round.team_id == world.team)).one()
        stop_round(session, organisation_id=world.organisation, round_id=ours.id, now=utc_now())
    client.get(address)
    before = client.page
    client.fill(form=form_to(client, "/e-mail/remind"))
    messages = deliver(world, server)
    assert {message["To"] for message in messages} == {"eva@example.com", "bo@example.com"}
    assert all("gracias" in text_of(message) for message in messages)
    client.get(address)
    assert "The reminder is on its way to 2 people." in client.page.text
    assert not any(form["action"].endswith("/e-mail/remind") for form in client.page.forms)
    client.page = before
    client.fill(form=form_to(client, "/e-mail/remind"))  # a page that was open before
    assert deliver(world, server) == []
    client.get(address)
    assert "Everybody was written to a short while ago" in client.page.text


@pytest.mark.parametrize(
    ("language", "share", "invited"),
    [("en", "Share the link", "People were invited by e-mail"), ("es", "Compart", "Se invitó por correo")],
)
def test_a_team_that_was_invited_by_mail_is_asked_to_share_no_link(
    post: tuple[World, MailServer], language: str, share: str, invited: str
) -> None:
    world, _server = post
    client, address = campaign(world)
    invite(client, address, "Caja; eva@example.com")
    client = world.client("manager", language)
    rows = re.findall(r'<td class="words">(.*?)</td>', client.get(address).get_data(as_text=True), re.DOTALL)
    assert [(share in row, invited in row) for row in rows] == [(False, True), (True, False)]


def test_the_page_tells_of_each_team_who_could_not_be_reached_and_nothing_of_who_answered(
    post: tuple[World, MailServer],
) -> None:
    world, server = post
    client, address = campaign(world)
    server.unknown = {"luis@example.com"}
    invite(client, address)
    messages = {message["To"]: message for message in deliver(world, server)}
    client.get(address)  # says that they are on their way
    before = mail_cells(client, address)
    assert [cell for name, cell in before if name == "Invited by e-mail"] == ["1", "2"]
    assert any(link.endswith("/e-mail#undelivered") for link in client.page.links)
    answer_round(world.app, path_in(messages["ana@example.com"], "r").removeprefix("/r/"), 1)
    assert mail_cells(client, address) == before
    assert "1 of 12" in client.page.text
    assert "ana@example.com" not in client.page.text


def mail_cells(client: PageClient, address: str) -> list[tuple[str, str]]:
    """What the campaign's table says of e-mail."""
    html = client.get(address).get_data(as_text=True)
    cells = re.findall(r'<td data-label="(Invited by e-mail|Last reminded|Not delivered)">(.*?)</td>', html, re.DOTALL)
    return [(name, re.sub(r"<[^>]+>", "", cell).strip()) for name, cell in cells]


def test_the_people_of_last_time_are_proposed_while_their_addresses_are_kept(
    post: tuple[World, MailServer],
) -> None:
    world, server = post
    client, first = campaign(world)
    client.get(f"{first}/e-mail")
    assert "The same people as last time" not in client.page.text
    invite(client, first, LIST.rpartition("\n")[0])  # nobody of the other team
    deliver(world, server)
    for token in links_of(world).values():
        answer_round(world.app, token, 12)
    send(client, f"{first}/close")
    send(client, f"{first}/publish", confirmed="y")
    second = opened(client, world)
    client.get(f"{second}/e-mail")
    assert "Of 1 team the addresses of the last round are kept." in client.page.text
    client.fill(form=form_to(client, "/same"))
    assert "2 people get the invitation" in client.page.text
    assert "Nobody is on the list for: Caja." in client.page.text
    client.fill(form=form_with(client, "people"))
    assert {message["To"] for message in deliver(world, server)} == {"ana@example.com", "luis@example.com"}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("", "Please paste teams with addresses"),
        ("\n".join(f"Caja; p{number}@example.com" for number in range(2_001)), "Caja would have more than 2,000"),
        ("\n".join(f"Caja; p{number}@example.com" for number in range(4_001)), "At most 4,000 addresses at once."),
    ],
)
def test_an_empty_list_and_one_too_long_are_refused(post: tuple[World, MailServer], words: str, said: str) -> None:
    world, _server = post
    client, address = campaign(world)
    look_at(client, address, words)
    assert said in client.page.text


def test_without_a_mail_server_the_campaign_says_so_and_offers_no_mail(world: World) -> None:
    client = world.client("manager")
    address = opened(client, world)
    client.get(address)
    assert f"{address}/e-mail" not in client.page.links
    client.get(f"{address}/e-mail")
    assert "This server sends no e-mail" in client.page.text


def test_closing_all_says_that_those_invited_are_told(post: tuple[World, MailServer]) -> None:
    world, _server = post
    client, address = campaign(world)
    client.get(f"{address}/close")
    assert "everybody who was invited to it by e-mail" not in client.page.text
    invite(client, address)
    client.get(f"{address}/close")
    assert "everybody who was invited to it by e-mail" in client.page.text
