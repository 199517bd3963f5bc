"""No page, document, file or feed tells more of eight rounds than the figures that `tests/services` looks at.

Proven with a twin: the same organisation in which people answered something else, so that every released figure is the
same and the exact ones are not. Whatever tells the two apart, be it the length of a bar, tells more than the figures.
Every address with an organisation in it is asked for; a new page is asked for, too. So are e-mails of every kind, the
cells of the workbook, and what is printed of one PDF of each kind.
"""

from __future__ import annotations

import datetime as dt
import io
import itertools
import os
import random
import re
import uuid
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import openpyxl
import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from assessment.domain.answers import AnswerSheet
from assessment.domain.plans.choices import ActionStatus
from assessment.domain.privacy import release
from assessment.domain.questionnaire import Questionnaire
from assessment.domain.repetitions import RepetitionRule
from assessment.domain.result import TeamResult
from assessment.domain.texts import LANGUAGES
from assessment.infra.clock import local_date, utc_now
from assessment.infra.languages import Localisation
from assessment.services.answer_documents import document_from_sheet, sheet_from_document
from assessment.services.due_notices import write_due_notices
from assessment.services.feedback import feedback_page, gather_feedback, print_feedback
from assessment.services.mailings import MailAddresses
from assessment.services.opening_notices import write_opening_notices
from assessment.services.plan_documents import (
    PrintAs,
    make_check_in,
    make_page_one,
    make_pdf,
    prepare_sheet_of_round,
)
from assessment.services.plan_sharing import share_plan
from assessment.services.plans import draft_plan
from assessment.services.portfolio import read_portfolio
from assessment.services.portfolio_files import FileKind, FileWish, executive_source, workbook_source
from assessment.services.publication import score_round_now
from assessment.services.questionnaires import pinned_questionnaire
from assessment.services.repetitions import open_due_rounds, set_repetition
from assessment.services.round_mail import Subject, letter
from assessment.services.round_scores import write_round_scores
from assessment.services.snapshots import result_from_snapshot, result_to_snapshot
from assessment.store.accounts import find_account
from assessment.store.due_notices import DueNotice
from assessment.store.organisations import Organisation
from assessment.store.outbox import OutboxMessage
from assessment.store.portfolio_files import PortfolioFile
from assessment.store.recipients import MailingKind
from assessment.store.responses import Response
from assessment.store.round_scores import RoundScore
from assessment.store.rounds import Round
from assessment.store.teams import Team
from reports.engine import pdf
from reports.executive.build import build_pdf as build_summary
from reports.workbook.build import build_workbook
from tests.printing import words_of_pdf
from tests.services.build import DAY, Home
from tests.services.eight_rounds import PILLARS, EightRounds, few_shuffles, make_organisation
from tests.services.portfolios import access_to
from tests.web.applications import application
from tests.web.client import PageClient
from tests.web.world import World

SEED = 3
READERS = ("manager", "leadership")
TRIES = 25
ROUNDS_READ = 4 if os.environ.get("CI") else 2
ASKED_WITH = {
    "results.pillar": [f"?id={pillar}" for pillar in PILLARS],
    "plans.actions": ["?heading=move"],
    "portfolio.portfolio": ["", "?tag=norte", "?sort=language", "?show=attention"],
}
"""What an address is asked for with, besides its ids."""
OTHER_IDS = {"campaign_id", "membership_id", "printed_id", "job_id", "file_id", "engagement_id", "sheet_id"}
"""Of what there is none here: campaigns and members have no results, what is printed is what is previewed, and files
that were made are asked for by themselves."""
MUST_SHOW = {
    "feedback.page",
    "feedback.show",
    "history.all_rounds",
    "plans.actions",
    "plans.calendar",
    "plans.check_in",
    "plans.follow",
    "plans.meeting",
    "plans.page_one",
    "plans.pillars",
    "plans.plan",
    "plans.preview",
    "portfolio.movement",
    "portfolio.portfolio",
    "results.pillar",
    "results.slides",
    "results.results",
    "rounds.rounds",
    "shared_plans.calendar",
    "shared_plans.show",
    "teams.team",
    "organisations.organisation",
}
"""What shows results or what follows from them: asked for and answered, or the walk proves nothing."""

MAILS = {*MailingKind, "notices"}
PRINTS = {"plan", "page 1", "check-in", "feedback", "summary"}
"""Kinds of PDF that tell of results. Posters and slips are printed before there are any."""
RENDER_PDF = pdf.render_pdf

SHEETS = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Read = dict[tuple[str, str], bytes]


@dataclass
class House:
    world: World
    made: EightRounds
    round_ids: list[uuid.UUID]
    """The rounds whose pages are read."""
    at: dt.datetime
    """When files are made."""
    before: dict[uuid.UUID, dict[str, Any]] = field(default_factory=dict)
    """What was frozen of the rounds that the twin answers in another way."""

    @property
    def database(self) -> Any:
        return self.world.app.extensions["escala_database"]


@pytest.fixture(scope="module")
def house() -> Iterator[House]:
    with (
        application("sqlite") as app,
        few_shuffles(),
        pytest.MonkeyPatch.context() as patch,
    ):
        # All that a document shows is in its page (`tests.printing`), and printing takes seconds.
        patch.setattr(pdf, "render_pdf", lambda html, on_missing=None: b"%PDF-" + html.encode())
        world = World.make(app)
        world.add_people_of_one_team()
        database, now = app.extensions["escala_database"], utc_now()
        with database.reading() as session:
            account = find_account(session, "administrator@example.com")
            assert account
            home = Home(account.id, world.organisation, world.team)
        made = make_organisation(database, home, SEED, now=now)
        with database.reading() as session:
            there = [story for story in made.stories if session.get(Round, story.id)]
        shown = [one for one in there if one.found and not one.found.result.withheld]
        latest = {story.team: story for story in shown}
        few = [one for one in there if one.found and one.found.result.withheld][-1:]
        chosen = [*latest.values(), *few, *shown[-3:-2]][:ROUNDS_READ]
        for story in chosen:
            if story in few:
                continue
            with database.writing() as session:
                where = {"organisation_id": world.organisation, "round_id": story.id}
                plan = draft_plan(session, **where, drawn_on=now.date(), now=now)
                plan.current_actions[0].status = ActionStatus.DONE
                share_plan(session, **where, now=now)
        with database.writing() as session:
            rule = RepetitionRule(3, local_date(now, "America/Bogota"))
            where = {"organisation_id": world.organisation, "team_id": world.team}
            set_repetition(session, **where, rule=rule, open_days=8, now=now)
        assert open_due_rounds(database, now=now)
        yield House(world, made, [story.id for story in chosen], now)


# Reading all that there is


def read_all(house: House, only: Read | None = None) -> tuple[Read, set[str]]:
    """Every address that shows something to a reader, `only` of these; and which endpoints did."""
    read: Read = {}
    shown: set[str] = set()
    for person in READERS:
        client = house.world.client(person)
        for endpoint, address in addresses(house):
            if only is not None and (person, address) not in only:
                continue
            response = client.get(address)
            if (response.location or "").partition("?")[0] == address:  # a page that shows one thing at a time
                response = client.get(response.location)
            assert response.status_code < 500, address
            if response.status_code == 200:
                read[person, address] = plain(response.get_data(), response.mimetype)
                shown.add(endpoint)
        for kind in ("workbook", "summary"):
            for tag in ("", "norte") if person == "manager" else ("",):
                read[person, f"{kind} {tag}"] = made_file(house, client, kind, tag)
    with house.database.writing() as session:
        session.execute(delete(PortfolioFile))  # which the page lists
    return read | mails(house) | prints(house), shown


def mails(house: House) -> Read:
    """E-mails of every kind, as text and HTML: those to people who answer, and those to whom teams belong."""
    addresses = MailAddresses("https://escala.example.com", "k" * 40)
    monday = house.at + DAY * (28 - house.at.weekday())  # a plan's first actions are due by then
    found: Read = {}
    with house.database.reading() as session:
        for round_id, kind, language in itertools.product(house.round_ids, MailingKind, LANGUAGES):
            round_ = session.get_one(Round, round_id)
            organisation = session.get_one(Organisation, round_.organisation_id)
            about = Subject(organisation, session.get_one(Team, round_.team_id), round_, house.at.date())
            reader = Localisation(language, organisation.country)
            words = letter(kind, about, reader, name="Ana", link=round_.link_token, unsubscribe="…")
            text = f"{words.subject}\n{words.as_text(reader)}\n{words.as_html(reader)}"
            found[kind, f"{language} {round_id}"] = text.encode()
    for write, at in ((write_due_notices, monday.replace(hour=18)), (write_opening_notices, house.at)):
        assert write(house.database, addresses=addresses, new_message_id=lambda: uuid.uuid4().hex, now=at)
    with house.database.writing() as session:
        written = session.scalars(select(OutboxMessage).order_by(OutboxMessage.to_address, OutboxMessage.subject))
        for number, one in enumerate(written):
            found["notices", f"{number} {one.to_address}"] = f"{one.subject}\n{one.text}\n{one.html}".encode()
        session.execute(delete(OutboxMessage))
        session.execute(delete(DueNotice))
    return found


def prints(house: House) -> Read:
    """The words of one PDF of each kind that tells of results, and the cells of the workbook."""
    found: Read = {}
    as_ = PrintAs(Localisation("es", "CO"))
    with house.database.reading() as session, pytest.MonkeyPatch.context() as patch:
        patch.setattr(pdf, "render_pdf", RENDER_PDF)
        where = {"organisation_id": house.world.organisation, "round_id": house.round_ids[0]}
        sheet = prepare_sheet_of_round(session, **where, print_as=as_, now=house.at)
        feedback = gather_feedback(session, **where, link="", print_as=as_, now=house.at)
        access = access_to(session, house.made.home)
        wish = FileWish(FileKind.SUMMARY, "", "", as_.reader, "letter")
        for kind, document in (
            ("plan", make_pdf(sheet)),
            ("page 1", make_page_one(sheet)),
            ("check-in", make_check_in(sheet)),
            ("feedback", print_feedback(feedback_page(feedback, as_.reader), as_.reader)),
            ("summary", build_summary(executive_source(session, access=access, wish=wish, now=house.at), as_.reader)),
        ):
            found["prints", kind] = words_of_pdf(document).encode()
        source = workbook_source(session, access=access, wish=replace(wish, kind=FileKind.WORKBOOK), now=house.at)
    book = openpyxl.load_workbook(io.BytesIO(build_workbook(source, as_.reader)))
    for name in book.sheetnames:
        found["cells", name] = repr(list(book[name].iter_rows(values_only=True))).encode()
    return found


def addresses(house: House) -> Iterator[tuple[str, str]]:
    with house.database.reading() as session:
        rounds = [session.get_one(Round, id_) for id_ in house.round_ids]
        places = [
            {
                "organisation_id": house.world.organisation,
                "team_id": one.team_id,
                "round_id": one.id,
                "token": one.plan_token,
                "sheet": "questionnaire",
            }
            for one in rounds
        ]
    for rule in sorted(house.world.app.url_map.iter_rules(), key=lambda rule: rule.endpoint):
        is_ours = "organisation_id" in rule.arguments or rule.endpoint.startswith("shared_plans.")
        if "GET" not in (rule.methods or ()) or not is_ours or rule.arguments & OTHER_IDS:
            continue
        with house.world.app.test_request_context():
            built = {
                house.world.app.url_map.bind("localhost").build(
                    rule.endpoint, {name: place[name] for name in rule.arguments}, method="GET"
                )
                for place in places
                if all(place[name] for name in rule.arguments)
            }
        for address in sorted(built):
            for query in ASKED_WITH.get(rule.endpoint, [""]):
                yield rule.endpoint, address + query


def made_file(house: House, client: PageClient, kind: str, tag: str) -> bytes:
    address = f"/organisations/{house.world.organisation}/portfolio"
    client.get(f"{address}?tag={tag}")
    [form] = [form for form in client.page.forms if form["action"].endswith("/files")]
    client.get(client.post(form["action"], data=form["data"] | {"kind": kind, "tag": tag}).headers["Location"])
    [link] = [link for link in client.page.links if link.endswith("/download")]
    made = client.get(link).get_data()
    return plain(made, SHEETS if kind == "workbook" else "application/pdf")


def plain(content: bytes, kind: str) -> bytes:
    """Without what differs each time: tokens of forms, nonces, the moment in a calendar or a workbook."""
    if kind == SHEETS:
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            return b"".join(book.read(name) for name in sorted(book.namelist()) if not name.startswith("docProps"))
    if kind == "text/html":
        content = re.sub(rb'(nonce|value|content)="[\w.-]{20,}"', b"", content)
    return re.sub(rb"DTSTAMP:\S+", b"", content)


# The twin


def make_twin(house: House, chance: random.Random) -> None:
    """Other answers in as many of the rounds as can be without another released figure; they are kept in
    `before`."""
    with house.database.writing() as session:
        over = over_teams(house, session)
        for round_id in house.round_ids:
            round_ = session.get_one(Round, round_id)
            frozen = round_.snapshot or {}
            if _change(session, round_, chance):
                house.before[round_id] = frozen
        assert over_teams(house, session) == over


def over_teams(house: House, session: Session) -> Mapping[str, Any]:
    return dict(read_portfolio(session, access=access_to(session, house.made.home), now=utc_now()).over)


def _change(session: Session, round_: Round, chance: random.Random) -> bool:
    asked = pinned_questionnaire(session, round_)
    frozen = result_from_snapshot(round_.snapshot or {})

    def read(result: TeamResult) -> TeamResult:
        return release(result, asked, minimum_group=round_.minimum_group)

    if score_round_now(session, round_) != frozen:
        return False  # compared with answers that are deleted, or linked: it cannot be scored again
    # Their keys are random; the twin is the same each time.
    rows = sorted(
        session.scalars(select(Response).where(Response.round_id == round_.id)), key=lambda row: str(row.answers)
    )
    before = [dict(row.answers) for row in rows]
    found: list[tuple[list[dict[str, Any]], TeamResult]] = []
    for _ in range(TRIES):
        sheets = [sheet_from_document(document) for document in before]
        for _ in range(chance.choice((1, 2, 3))):
            _disturb(sheets, chance)
        for row, sheet, document in zip(rows, sheets, before, strict=True):
            code = {"respondent": document["respondent"]} if "respondent" in document else {}
            row.answers = document_from_sheet(sheet) | code
        session.flush()
        other = score_round_now(session, round_)
        if read(other) == read(frozen) and (frozen.withheld or other != frozen):
            found.append(([row.answers for row in rows], other))
            if frozen.withheld or _means(other) != _means(frozen):
                break
    answers, other = found[-1] if found else (before, frozen)
    for row, document in zip(rows, answers, strict=True):
        row.answers = document
    round_.snapshot = result_to_snapshot(other)
    session.execute(delete(RoundScore).where(RoundScore.round_id == round_.id))
    write_round_scores(session, round_, other, asked)
    return bool(found)


def _means(result: TeamResult) -> list[float | None]:
    return [pillar.mean for pillar in result.pillars]


def _disturb(sheets: list[AnswerSheet], chance: random.Random) -> None:
    """Two people answer what the other one did, or one answers one step higher or lower."""
    pillar = chance.choice(list(PILLARS))
    first, second = chance.sample(sheets, 2)
    items = [item for item in first.items if item.startswith(pillar)]
    if chance.random() < 0.7:
        item = chance.choice(items)
        if isinstance(answer := first.items[item], int):
            first.items[item] = min(5, max(1, answer + chance.choice((-1, 1))))
        return
    for item in items:
        first.items[item], second.items[item] = second.items[item], first.items[item]


# Tests


@pytest.fixture(scope="module")
def twins(house: House) -> tuple[Read, set[str], Read]:
    first, shown = read_all(house)
    make_twin(house, random.Random(1))
    second, _ = read_all(house, only=first)
    return first, shown, second


def test_all_that_shows_results_was_read(house: House, twins: tuple[Read, set[str], Read]) -> None:
    first, shown, _second = twins
    assert shown >= MUST_SHOW, MUST_SHOW - shown
    assert {kind for kind, _what in first} >= MAILS
    assert {what for kind, what in first if kind == "prints"} == PRINTS
    assert any(b"Almac" in cells for (kind, _what), cells in first.items() if kind == "cells")
    assert house.before
    with house.database.reading() as session:
        now = {id_: result_from_snapshot(session.get_one(Round, id_).snapshot or {}) for id_ in house.before}
    assert any(_means(result_from_snapshot(before)) != _means(now[id_]) for id_, before in house.before.items())


def test_nothing_tells_apart_two_organisations_with_the_same_released_figures(
    twins: tuple[Read, set[str], Read],
) -> None:
    first, _shown, second = twins
    assert first.keys() == second.keys()
    assert [key for key in first if first[key] != second[key]] == []


def test_a_page_that_shows_more_would_tell_them_apart(
    house: House, twins: tuple[Read, set[str], Read], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Such as the mean that is withheld, or the one behind its one decimal, in the length of a bar."""
    assert twins

    def leaky(result: TeamResult, questionnaire: Questionnaire, *, minimum_group: int) -> TeamResult:
        shown = release(result, questionnaire, minimum_group=minimum_group)
        exact = tuple(replace(one, mean=result.pillar(one.pillar).mean) for one in shown.pillars)
        return replace(shown, pillars=exact)

    monkeypatch.setattr("assessment.services.results.release", leaky)
    assert _pages_of_results(house) != _pages_of_results(house, snapshots=house.before)


def _pages_of_results(house: House, snapshots: Mapping[uuid.UUID, dict[str, Any]] | None = None) -> list[bytes]:
    client, pages = house.world.client("manager"), []
    for round_id in house.before:
        with house.database.writing() as session:
            round_ = session.get_one(Round, round_id)
            kept, team_id = round_.snapshot, round_.team_id
            round_.snapshot = (snapshots or {}).get(round_id, kept)
        response = client.get(f"{house.world.address}/teams/{team_id}/rounds/{round_id}/results")
        pages.append(plain(response.get_data(), response.mimetype))
        with house.database.writing() as session:
            session.get_one(Round, round_id).snapshot = kept
    return pages
