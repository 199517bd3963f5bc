"""Inviting by e-mail as a manager does it: a list is looked at, sent, reminded; and what readers do with it."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator

import pytest
from openpyxl import Workbook
from sqlalchemy import select

from assessment.infra.clock import utc_now
from assessment.infra.mail import MailConnection
from assessment.jobs.handlers import Handlers
from assessment.services.mailings import MailAddresses
from assessment.services.rounds import stop_round
from assessment.services.unsubscribing import address_hash
from assessment.store.models import METADATA
from assessment.store.recipients import Recipient
from assessment.store.rounds import Round
from tests.jobs.mailings import FAST, arrived_in
from tests.mail_server import MailServer
from tests.web.client import PageClient
from tests.web.mailing import HOME, mailing_world
from tests.web.round_answers import answer_round
from tests.web.test_rounds import day, open_round, send
from tests.web.world import World

ANA, LUIS = "ana@example.com", "luis@example.com"
ALL = f"Ana Pérez <{ANA}>; {LUIS}"


@pytest.fixture
def post() -> Iterator[tuple[World, MailServer]]:
    with mailing_world() as world_:
        yield world_


def deliver(world: World, server: MailServer) -> list:
    """Sends what waits, and returns what arrived."""
    extensions = world.app.extensions
    settings = extensions["escala_settings"]
    works = Handlers(
        extensions["escala_database"],
        extensions["escala_mailer"],
        extensions["escala_queue"],
        {},
        addresses=MailAddresses(HOME, settings.secret_key),
        per_minute=FAST,
    )
    connection = MailConnection(extensions["escala_mailer"])
    while works.send_of_mailings(connection):
        pass
    connection.close()
    return arrived_in(server)


def text_of(message) -> str:
    return str(message.get_body(("plain",)).get_content())


def path_in(message, kind: str) -> str:
    match = re.search(rf"{HOME}(/{kind}/\S+)", text_of(message))
    assert match
    return match[1]


def form_with(client: PageClient, name: str) -> int:
    """Which form of the page has a field."""
    return next(number for number, form in enumerate(client.page.forms) if name in form["data"])


def form_to(client: PageClient, end: str) -> int:
    """Which form of the page leads to an address that ends so."""
    return next(number for number, form in enumerate(client.page.forms) if form["action"].endswith(end))


def look_at(client: PageClient, address: str, words: str = ALL) -> None:
    client.get(f"{address}/e-mail")
    client.fill({"addresses": words}, form=form_with(client, "addresses"))


def invite(client: PageClient, address: str, words: str = ALL) -> None:
    look_at(client, address, words)
    assert client.fill(form=form_with(client, "people")).headers["Location"] == f"{address}/e-mail"


def test_a_list_is_looked_at_and_nothing_is_sent_before_it_is_confirmed(post: tuple[World, MailServer]) -> None:
    world, server = post
    client = world.client("manager")
    address = open_round(client, world, name="Ronda 1")
    look_at(client, address, f"{ALL}\n{ANA}\nnobody\nMarta\tmarta@example.com\tinglés")
    assert "3 people get the invitation" in client.page.text
    assert "2 in Spanish, 1 in English" in client.page.text
    assert "1 address comes more than once" in client.page.text
    assert "Row 3 holds no address that can be used: nobody" in client.page.text
    assert deliver(world, server) == []
    assert client.fill(form=form_with(client, "people")).status_code == 303
    client.get(f"{address}/e-mail")
    assert "3 waiting" in client.page.text
    messages = {message["To"]: message for message in deliver(world, server)}
    assert set(messages) == {ANA, LUIS, "marta@example.com"}
    assert "Hello, Marta:" in text_of(messages["marta@example.com"])
    assert messages[ANA]["Reply-To"] == "manager@example.com"
    client.get(f"{address}/e-mail")
    assert "3 sent" in client.page.text


def test_people_answer_by_the_link_of_the_message(post: tuple[World, MailServer]) -> None:
    world, server = post
    client = world.client("manager")
    address = open_round(client, world, name="Ronda 1")
    invite(client, address)
    links = {path_in(message, "r") for message in deliver(world, server)}
    assert len(links) == 1
    answer_round(world.app, links.pop().removeprefix("/r/"), 2)
    client.get(address)
    assert "2 of 12 people have answered" in client.page.text


def test_a_second_click_and_a_second_list_send_nothing_twice(post: tuple[World, MailServer]) -> None:
    world, server = post
    client = world.client("manager")
    address = open_round(client, world, name="Ronda 1")
    look_at(client, address)
    number = form_with(client, "people")
    page = client.page
    for _ in range(2):
        client.page = page
        client.fill(form=number)
    assert len(deliver(world, server)) == 2
    look_at(client, address, f"{ALL}\nnueva@example.com")
    assert "2 people were invited before" in client.page.text
    client.fill(form=form_with(client, "people"))
    assert [message["To"] for message in deliver(world, server)] == ["nueva@example.com"]


def test_a_workbook_with_names_and_languages_is_taken(post: tuple[World, MailServer]) -> None:
    world, server = post
    client = world.client("manager")
    address = open_round(client, world, name="Ronda 1")
    book, held = Workbook(), io.BytesIO()
    for row in (["Nombre", "Correo", "Idioma"], ["Ana", ANA, "Español"], ["Luis", LUIS, "English"]):
        book.active.append(row)
    book.save(held)
    client.get(f"{address}/e-mail")
    file = (io.BytesIO(held.getvalue()), "people.xlsx")
    client.fill({"addresses": "", "file": file}, form=form_with(client, "addresses"))
    assert "1 in Spanish, 1 in English" in client.page.text
    client.fill(form=form_with(client, "people"))
    subjects = {message["To"]: message["Subject"] for message in deliver(world, server)}
    assert subjects[LUIS].startswith("How good is our service?")


@pytest.mark.parametrize(
    ("data", "words"),
    [(b"\x89PNG\r\n\x1a\n\0\0", "picture"), (b"x" * 1_000_001, "larger than 1 MB")],
)
def test_a_file_that_cannot_be_read_says_why(post: tuple[World, MailServer], data: bytes, words: str) -> None:
    world, _server = post
    client = world.client("manager")
    address = open_round(client, world, name="Ronda 1")
    client.get(f"{address}/e-mail")
    answer = client.fill({"addresses": "", "file": (io.BytesIO(data), "x")}, form=form_with(client, "addresses"))
    answer.request.environ["wsgi.input"].close()  # the test client leaves a large one open
    assert words in client.page.text


def test_an_empty_list_and_one_too_long_are_refused(post: tuple[World, MailServer]) -> None:
    world, _server = post
    client = world.client("manager")
    address = open_round(client, world, name="Ronda 1")
    look_at(client, address, "")
    assert "Please paste addresses" in client.page.text
    look_at(client, address, "\n".join(f"p{number}@example.com" for number in range(2_001)))
    assert "2,000 addresses at most" in client.page.text


def test_an_address_that_the_server_refuses_is_told_and_can_be_mended(post: tuple[World, MailServer]) -> None:
    world, server = post
    client = world.client("manager")
    address = open_round(client, world, name="Ronda 1")
    server.unknown = {LUIS}
    invite(client, address)
    assert len(deliver(world, server)) == 1
    client.get(f"{address}/e-mail")
    assert "1 could not be delivered" in client.page.text
    client.get(address)
    assert "1 could not be delivered" in client.page.text
    assert LUIS in client.page.text
    client.get(f"{address}/e-mail")
    boss = world.client("administrator")
    boss.get(f"{world.address}/e-mail")
    assert LUIS in boss.page.text
    assert ANA not in boss.page.text  # only what could not be sent
    client.fill(form=form_to(client, "/remove"))
    for _ in range(2):  # the first one says so
        client.get(f"{address}/e-mail")
    assert LUIS not in client.page.text


def test_a_refused_address_can_be_tried_anew_once_its_mailbox_exists(post: tuple[World, MailServer]) -> None:
    world, server = post
    client = world.client("manager")
    address = open_round(client, world, name="Ronda 1")
    server.unknown = {LUIS}
    invite(client, address)
    deliver(world, server)
    server.unknown = set()
    invite(client, address, LUIS)
    assert [message["To"] for message in deliver(world, server)] == [LUIS]


def test_opening_the_unsubscribe_link_changes_nothing_and_its_button_does(post: tuple[World, MailServer]) -> None:
    world, server = post
    client = world.client("manager")
    address = open_round(client, world, name="Ronda 1")
    invite(client, address)
    messages = deliver(world, server)
    link = path_in(next(message for message in messages if message["To"] == ANA), "u")
    reader = world.client()
    for _ in range(2):
        reader.get(link)
        assert "No more e-mail from" in reader.page.h1
    assert reader.fill({"act": "off"}).status_code == 303
    reader.get(link)
    assert reader.page.h1 == "You get no more of these messages"
    client.get(f"{address}/e-mail")
    assert "2 sent" in client.page.text  # as before: nobody is told who wants none
    reader.fill({"act": "on"})
    reader.get(link)
    assert "No more e-mail from" in reader.page.h1


def test_one_request_of_a_mail_program_unsubscribes_without_cookie_and_token(post: tuple[World, MailServer]) -> None:
    world, server = post
    client = world.client("manager")
    address = open_round(client, world, name="Ronda 1")
    invite(client, address, ANA)
    (message,) = deliver(world, server)
    link = message["List-Unsubscribe"].strip("<>").removeprefix(HOME)
    program = world.app.test_client()
    answer = program.post(link, data={"List-Unsubscribe": "One-Click"}, headers={"Origin": "https://mail.example"})
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    # Another round of the organisation does not reach the address either.
    send(client, f"{address}/stop")
    send(client, f"{address}/discard")
    second = open_round(client, world, name="Ronda 2")
    invite(client, second, ALL)
    assert [one["To"] for one in deliver(world, server)] == [LUIS]


@pytest.mark.parametrize("token", ["x", "AAAA" * 16, "ñ", "%00", "a" * 3000])
def test_a_link_that_is_not_ours_unsubscribes_nobody(post: tuple[World, MailServer], token: str) -> None:
    world, _server = post
    reader = world.client()
    for answer in (reader.get(f"/u/{token}"), reader.post(f"/u/{token}", data={"act": "off"})):
        assert answer.status_code == 404


def test_the_same_people_as_last_time_are_offered_as_long_as_their_addresses_are_kept(
    post: tuple[World, MailServer],
) -> None:
    world, _server = post
    client = world.client("manager")
    first = open_round(client, world, name="Ronda 1")
    assert "The same people as last time" not in client.page.text
    invite(client, first)
    token = _token(world)
    answer_round(world.app, token, 12)
    send(client, f"{first}/stop")
    send(client, f"{first}/publish", confirmed="y")
    second = open_round(client, world, name="Ronda 2")
    client.get(f"{second}/e-mail")
    client.fill(form=form_to(client, "/same"))
    assert "2 people get the invitation" in client.page.text


def _token(world: World) -> str:
    with world.app.extensions["escala_database"].reading() as session:
        return str(session.scalars(select(Round)).one().link_token)


def test_a_round_with_personal_links_says_why_it_is_not_announced_by_mail(post: tuple[World, MailServer]) -> None:
    world, _server = post
    client = world.client("manager")
    address = open_round(client, world, name="Ronda 1")
    send(client, f"{address}/links", how_many="3")
    client.get(f"{address}/e-mail")
    assert "answered by personal links" in client.page.text
    assert "addresses" not in str(client.page.forms)


def test_where_people_were_invited_by_mail_no_personal_links_end_their_link(post: tuple[World, MailServer]) -> None:
    world, _server = post
    client = world.client("manager")
    address = open_round(client, world, name="Ronda 1")
    client.get(f"{address}/links")
    page = client.page
    invite(client, address)
    client.page = page
    client.at = f"{address}/links"
    client.fill({"how_many": "3"})
    assert "People have the shared link by e-mail" in client.page.text
    client.get(f"{address}/links")
    assert "People have the shared link by e-mail" in client.page.text


@pytest.mark.parametrize(
    ("language", "words"), [("en", "2 people are invited by e-mail."), ("es", "2 personas están invitadas por correo.")]
)
def test_the_rounds_page_says_that_people_are_invited_before_it_asks_to_share(
    post: tuple[World, MailServer], language: str, words: str
) -> None:
    world, _server = post
    client = world.client("manager", language)
    address = open_round(client, world, name="Ronda 1")
    client.get(address)
    assert words not in client.page.text
    assert f"{address}/links" in client.page.links
    invite(client, address)
    html = client.get(address).get_data(as_text=True)
    assert html.index(words) < html.index("https://wa.me/")
    assert f"{address}/links" not in client.page.links


def test_reminding_and_telling_before_it_closes_are_the_managers_to_choose(post: tuple[World, MailServer]) -> None:
    world, server = post
    client = world.client("manager")
    address = open_round(client, world, name="Ronda 1", closes_on=day(10))
    invite(client, address)
    deliver(world, server)
    client.get(f"{address}/e-mail")
    assert "Everybody invited has been written to. The next reminder can go out from" in client.page.text
    assert not any(form["action"].endswith("/remind") for form in client.page.forms)
    client.get(f"{address}/stop")
    assert "everybody who was invited by e-mail is thanked" in client.page.text
    client.get(f"{address}/e-mail")
    chosen = client.page.forms[form_to(client, "/notices")]["data"]
    assert "closing_soon" not in chosen
    assert chosen["closed"] == "y"  # unless somebody decides otherwise
    client.fill({"closing_soon": "y", "results_on": day(20)}, form=form_to(client, "/notices"))
    client.get(f"{address}/e-mail")
    number = form_to(client, "/notices")
    chosen = client.page.forms[number]["data"]
    assert (chosen["closing_soon"], chosen["closed"], chosen["results_on"]) == ("y", "y", day(20))
    client.fill({"results_on": "mañana"}, form=number)
    client.get(f"{address}/e-mail")
    assert "Please write the day as year, month and day" in client.page.text
    number = form_to(client, "/notices")
    del client.page.forms[number]["data"]["closed"]
    client.fill(form=number)
    client.get(f"{address}/stop")
    assert "everybody who was invited by e-mail is thanked" not in client.page.text


def test_what_could_not_be_delivered_is_corrected_and_tried_again_on_the_rounds_own_pages(
    post: tuple[World, MailServer],
) -> None:
    world, server = post
    client = world.client("manager")
    address = open_round(client, world, name="Ronda 1")
    server.unknown = {LUIS, "marta@example.com"}
    invite(client, address, f"{ALL}\nMarta <marta@example.com>")
    deliver(world, server)
    client.get(address)
    assert "2 could not be delivered" in client.page.text
    server.unknown = {LUIS}
    client.fill(form=form_to(client, "/e-mail/retry"))
    assert [message["To"] for message in deliver(world, server)] == ["marta@example.com"]
    client.get(f"{address}/e-mail")
    assert "Escala tries 2 addresses again." in client.page.text
    client.fill({"address": "luis"}, form=form_to(client, "/correct"))
    client.get(f"{address}/e-mail")
    assert "This is not an address that can be written to." in client.page.text
    client.fill({"address": "luis.perez@example.com"}, form=form_to(client, "/correct"))
    assert [message["To"] for message in deliver(world, server)] == ["luis.perez@example.com"]
    client.get(address)
    assert "could not be delivered" not in client.page.text


def test_an_address_beyond_the_limit_of_a_day_is_neither_corrected_nor_tried_again(
    post: tuple[World, MailServer], monkeypatch: pytest.MonkeyPatch
) -> None:
    world, server = post
    client = world.client("manager")
    address = open_round(client, world, name="Ronda 1")
    server.unknown = {LUIS}
    monkeypatch.setattr("assessment.web.limits.ADDRESSES", "2 per 24 hours")  # as many as are invited now
    invite(client, address)
    deliver(world, server)
    client.get(f"{address}/e-mail")
    page = client.page
    for data, end in (({"address": "luis.perez@example.com"}, "/correct"), ({}, "/retry")):
        client.page = page
        assert client.fill(data, form=form_to(client, end)).status_code == 429
    assert deliver(world, server) == []
    client.get(f"{address}/e-mail")
    assert LUIS in client.page.text


def test_whoever_was_removed_is_added_again_only_if_that_is_ticked(post: tuple[World, MailServer]) -> None:
    world, server = post
    client = world.client("manager")
    address = open_round(client, world, name="Ronda 1")
    invite(client, address)
    deliver(world, server)
    client.get(f"{address}/e-mail")
    client.fill(form=form_to(client, "/remove"))
    look_at(client, address)
    assert "removed from this round before" in client.page.text
    number, page = form_with(client, "people"), client.page
    client.fill(form=number)
    client.get(f"{address}/e-mail")
    assert "1 person was added" in client.page.text
    client.page = page
    client.fill({"also_removed": "y"}, form=number)
    client.get(f"{address}/e-mail")
    assert "2 people were added" in client.page.text
    assert deliver(world, server) == []  # the invitation had been sent


def test_the_news_of_the_plan_goes_to_those_who_were_invited(post: tuple[World, MailServer]) -> None:
    world, server = post
    client = world.client("manager")
    address = open_round(client, world, name="Ronda 1")
    invite(client, address)
    deliver(world, server)
    answer_round(world.app, _token(world), 12)
    send(client, f"{address}/stop")
    send(client, f"{address}/publish", confirmed="y")
    client.get(f"{address}/plan")
    client.fill({"act": "share", "tells": "y"}, form=form_with(client, "version"))
    messages = deliver(world, server)
    assert {message["To"] for message in messages} == {ANA, LUIS}
    assert world.client().get(path_in(messages[0], "p")).status_code == 200
    client.get(f"{address}/plan")
    assert "were told on" in client.page.text


def test_without_a_mail_server_the_page_says_what_can_be_done(world: World) -> None:
    client = world.client("manager")
    address = open_round(client, world, name="Ronda 1")
    client.get(f"{address}/e-mail")
    assert "This server sends no e-mail" in client.page.text
    assert "ESCALA_SMTP_URL" in client.page.text


def test_hostile_names_reach_nobody_as_links_or_headers(post: tuple[World, MailServer]) -> None:
    world, server = post
    client = world.client("manager")
    address = open_round(client, world, name="Ronda 1")
    invite(client, address, f"Bcc: A&B https://evil.example/x <{ANA}>")
    (message,) = deliver(world, server)
    assert "evil.example" not in text_of(message)
    assert "A&amp;B" in message.get_body(("html",)).get_content()
    assert message["Bcc"] is None


def test_a_round_that_has_stopped_invites_nobody_else_from_a_stale_page(post: tuple[World, MailServer]) -> None:
    world, server = post
    client = world.client("manager")
    address = open_round(client, world, name="Ronda 1")
    look_at(client, address)
    with world.app.extensions["escala_database"].writing() as session:
        round_ = session.scalars(select(Round)).one()
        stop_round(session, organisation_id=world.organisation, round_id=round_.id, now=utc_now())
    client.fill(form=form_with(client, "people"))
    client.get(f"{address}/e-mail")
    assert "can no longer be announced by e-mail" in client.page.text
    assert deliver(world, server) == []


def dump(world: World) -> dict[str, set[str]]:
    """Every row of every table, as text."""
    with world.app.extensions["escala_database"].reading() as session:
        return {
            table.name: {repr(tuple(row)) for row in session.execute(select(table))} for table in METADATA.sorted_tables
        }


ANSWERING = {"responses", "drafts", "submission_keys"}
"""What may change when somebody answers."""


def test_nothing_in_database_pages_or_log_tells_who_of_those_invited_has_answered(
    post: tuple[World, MailServer], capfd: pytest.CaptureFixture[str]
) -> None:
    world, server = post
    client = world.client("manager")
    address = open_round(client, world, name="Ronda 1")
    invite(client, address, "\n".join([ALL, *(f"p{number}@example.com" for number in range(6))]))
    messages = {message["To"]: message for message in deliver(world, server)}
    boss = world.client("administrator")
    client.get(f"{address}/e-mail")  # says that the invitation is on its way
    before, page = dump(world), client.get(f"{address}/e-mail").get_data(as_text=True)
    outbox = boss.get(f"{world.address}/e-mail").get_data(as_text=True)
    capfd.readouterr()
    answer_round(world.app, path_in(messages[ANA], "r").removeprefix("/r/"), 1)
    phone = world.client()
    phone.get(path_in(messages[ANA], "r"))
    log = "".join(capfd.readouterr())
    after = dump(world)
    changed = {name for name in before if before[name] != after[name]}
    assert changed <= ANSWERING | {"attempts"}
    with world.app.extensions["escala_database"].reading() as session:
        ids = {one.id for one in session.scalars(select(Recipient))}
    secret = world.app.config["SECRET_KEY"]
    marks = {str(id_) for id_ in ids} | {id_.hex for id_ in ids} | set(messages)
    marks |= {address_hash(secret, world.organisation, one) for one in messages}
    marks |= {path_in(message, "u") for message in messages.values()}
    rows = "".join(row for name in changed for row in after[name])
    assert not [mark for mark in marks if mark in rows or mark in log]
    assert "/r/" not in log
    nonces = re.compile(r'nonce="[^"]+"|value="[^"]{20,}"')
    assert nonces.sub("", client.get(f"{address}/e-mail").get_data(as_text=True)) == nonces.sub("", page)
    assert nonces.sub("", boss.get(f"{world.address}/e-mail").get_data(as_text=True)) == nonces.sub("", outbox)


def test_the_round_tells_by_mail_alone_nothing_of_a_link_of_ones_own(post: tuple[World, MailServer]) -> None:
    world, server = post
    client = world.client("manager")
    invite(client, open_round(client, world, name="Ronda 1"))
    links = [sorted(re.findall(r"https?://[^\s\"<]+", message.as_string())) for message in deliver(world, server)]
    assert len({link for found in links for link in found if "/r/" in link}) == 1


def test_the_weekly_notice_is_switched_by_its_owner(post: tuple[World, MailServer]) -> None:
    world, _server = post
    client = world.client("manager")
    client.get("/account")
    number = form_with(client, "gets_due_notices")
    data = client.page.forms[number]["data"]
    del data["gets_due_notices"]
    client.fill(form=number)
    client.get("/account")
    assert not any("gets_due_notices" in form["data"] for form in client.page.forms)
