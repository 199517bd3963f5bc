"""Attacks on the order of arrival, by somebody who reads the database, its files or a backup.

While a round is open: does a submission key or an invitation lead to a response? After publication: is anything left of
what was deleted, or of the order? Chance alone matches one response a round; the bounds are so wide that a right
implementation stays under them in all but one of a billion runs.
"""

from __future__ import annotations

import json
import secrets
import uuid
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, String, Uuid, cast, column, literal_column, select, table, text

from assessment.domain.workshops import Command
from assessment.infra.languages import Localisation
from assessment.infra.tokens import token_hash
from assessment.services.deletion import delete_team
from assessment.services.plan_documents import PrintAs, RenderedPlan, keep_printed_plan
from assessment.services.plans import draft_plan
from assessment.services.publication import publish_round
from assessment.services.respond import resolve_link, save_draft
from assessment.services.rounds import discard_round, invite, stop_round
from assessment.store import responses
from assessment.store.backup import backup_database
from assessment.store.compaction import REWRITTEN
from assessment.store.database import Database
from assessment.store.responses import Response
from assessment.store.teams import Team
from assessment.store.workshops import WorkshopParticipant
from tests.databases import KINDS, fresh_engine
from tests.services.build import NOW, Home, answer, make_home, make_round, make_sheet
from tests.services.workshop_rooms import Room

PEOPLE = 10
ROUNDS = 12
MOST_BY_CHANCE = 40
"""Of 120 matches: by chance an order and its reverse have twelve each, with a standard deviation of 3.5."""


@dataclass
class Arrived:
    """An open round that people answered by personal links: what each sent, in the order of arrival."""

    home: Home
    round_id: uuid.UUID
    token_hashes: list[str]
    comments: list[str]


@contextmanager
def rounds_answered(
    kind: str, folder: Path, people: int = PEOPLE, rounds: int = ROUNDS
) -> Iterator[tuple[Engine, list[Arrived]]]:
    with fresh_engine(kind, folder) as engine:
        yield engine, [answered_round(Database(engine), people) for _ in range(rounds)]


def answered_round(database: Database, people: int) -> Arrived:
    home = make_home(database, size=people)
    round_id, _ = make_round(database, home)
    with database.writing() as session:
        tokens = invite(session, organisation_id=home.organisation, round_id=round_id, how_many=people)
    secrets.SystemRandom().shuffle(tokens)
    comments = [secrets.token_hex(10) for _ in tokens]
    for number, (token, comment) in enumerate(zip(tokens, comments, strict=True)):
        answer(database, token, make_sheet(number, comment=comment))
    return Arrived(home, round_id, [token_hash(token) for token in tokens], comments)


def publish(database: Database, arrived: Arrived) -> None:
    own = {"organisation_id": arrived.home.organisation, "round_id": arrived.round_id}
    with database.writing() as session:
        stop_round(session, **own, now=NOW)
        publish_round(session, **own, now=NOW)
    assert database.compact_if_owed(patience=60)  # of tests that run beside this one on the same server


def in_order_of_rows(engine: Engine, name: str, value: str, round_id: uuid.UUID) -> list[str]:
    """What an expression gives for a round's rows, in the order in which the database has them."""
    with engine.connect() as connection:
        query = select(cast(literal_column(value), String)).select_from(table(name))
        query = query.where(column("round_id", Uuid()) == round_id)
        place = "ctid" if engine.dialect.name != "sqlite" else rowid_of(connection, name)
        return list(connection.scalars(query.order_by(literal_column(place)) if place else query))


def rowid_of(connection: Connection, name: str) -> str:
    definition = connection.scalar(text("SELECT sql FROM sqlite_master WHERE name = :name"), {"name": name})
    return "" if "WITHOUT ROWID" in definition else "rowid"


def in_order_of_bytes(files: bytes, values: Sequence[str]) -> list[str]:
    """Values as they lie in the files; all must be there."""
    places = {value: files.find(value.encode()) for value in values}
    assert all(place >= 0 for place in places.values())
    return sorted(values, key=places.__getitem__)


def matches(order: Sequence[str], arrived: Sequence[str]) -> Counter[bool]:
    """How many values an attacker places rightly who takes this order for that of arrival; `True`: its reverse."""
    order = [next(item for item in arrived if item in value) for value in order]
    assert sorted(order) == sorted(arrived)
    orders = {False: order, True: order[::-1]}
    return Counter({reverse: sum(map(str.__eq__, order, arrived)) for reverse, order in orders.items()})


def assert_chance(scores: Mapping[str, Counter[bool]]) -> None:
    assert all(score < MOST_BY_CHANCE for counted in scores.values() for score in counted.values()), scores


def file_of(folder: Path) -> bytes:
    """SQLite's file without its log: that keeps the order while a round is open (docs/threat-model.md)."""
    return (folder / "test.sqlite").read_bytes()


@pytest.fixture(scope="module", params=KINDS)
def open_rounds(request, tmp_path_factory):
    """For tests that only look."""
    with rounds_answered(request.param, tmp_path_factory.mktemp("attacks")) as made:
        yield made


def test_the_order_of_rows_says_nothing_of_the_order_of_arrival(open_rounds):
    engine, rounds = open_rounds
    scores = defaultdict(Counter)
    for one in rounds:
        answers = in_order_of_rows(engine, "responses", "answers", one.round_id)
        scores["responses"] += matches(answers, one.comments)
        keys = in_order_of_rows(engine, "submission_keys", "key_hash", one.round_id)
        scores["keys"] += matches(keys, one.token_hashes)
        used = in_order_of_rows(engine, "invitations", "token_hash", one.round_id)
        scores["invitations"] += matches(used, one.token_hashes)
    assert_chance(scores)


def test_a_backup_says_nothing_of_the_order_of_arrival(open_rounds, tmp_path):
    engine, rounds = open_rounds
    backup_database(engine, tmp_path / "a.backup")
    content = (tmp_path / "a.backup").read_bytes()
    scores = defaultdict(Counter)
    for one in rounds:
        scores["responses"] += matches(in_order_of_bytes(content, one.comments), one.comments)
        scores["keys"] += matches(in_order_of_bytes(content, one.token_hashes), one.token_hashes)
    assert_chance(scores)


@pytest.mark.parametrize("others", [0, responses.OTHERS_REWRITTEN])
@pytest.mark.parametrize("people", [PEOPLE, 60])
def test_transactions_lead_from_no_key_or_invitation_to_a_response(others, people, tmp_path, monkeypatch):
    """By PostgreSQL's `xmin`; where no other rows are written anew, the attack finds everybody."""
    monkeypatch.setattr(responses, "OTHERS_REWRITTEN", others)
    with rounds_answered("postgresql", tmp_path, people, 1) as (engine, (one,)), engine.connect() as connection:
        rows = {
            name: dict(
                connection.execute(
                    select(literal_column(value), cast(literal_column("xmin"), String)).select_from(table(name))
                ).all()
            )
            for name, value in (
                ("responses", "answers ->> 'comment'"),
                ("submission_keys", "key_hash"),
                ("invitations", "token_hash"),
            )
        }
    size = Counter(rows["responses"].values())
    for name in ("submission_keys", "invitations"):
        guessed = sum(
            1 / size[rows["responses"][comment]]
            for key, comment in zip(one.token_hashes, one.comments, strict=True)
            if rows[name][key] == rows["responses"][comment]
        )
        assert guessed == people if others == 0 else guessed < 8


@pytest.mark.parametrize("kind", KINDS)
def test_after_publication_the_files_say_nothing_of_the_order(kind, tmp_path):
    with fresh_engine(kind, tmp_path) as engine:
        database, scores = Database(engine), defaultdict(Counter)
        for _ in range(ROUNDS):
            one = answered_round(database, PEOPLE)
            with database.reading() as session:
                documents = session.scalars(select(Response.answers).where(Response.round_id == one.round_id)).all()
            separators = (",", ":") if kind == "sqlite" else None
            items = {sent["comment"]: json.dumps(sent["items"], separators=separators)[:300] for sent in documents}
            arrived = [items[comment] for comment in one.comments]
            publish(database, one)
            if kind == "sqlite":
                order = in_order_of_bytes(file_of(tmp_path), arrived)
                comments = in_order_of_bytes(file_of(tmp_path), one.comments)
            else:
                order = in_order_of_rows(engine, "responses", "answers ->> 'items'", one.round_id)
                comments = in_order_of_rows(engine, "comments", "words", one.round_id)
            scores["responses"] += matches(order, arrived)
            scores["comments"] += matches(comments, one.comments)
    assert_chance(scores)


@pytest.mark.parametrize("kind", KINDS)
def test_after_publication_no_file_has_anything_that_was_deleted(kind, tmp_path):
    with fresh_engine(kind, tmp_path) as engine:
        database = Database(engine)
        home = make_home(database, size=50)
        round_id, link = make_round(database, home)
        long = secrets.token_urlsafe(2500)  # on PostgreSQL it lies outside its row
        comments = [*(secrets.token_hex(10) for _ in range(40)), long]
        cookies = [answer(database, link, make_sheet(at, comment=one)) for at, one in enumerate(comments)]
        unsent = secrets.token_hex(10)
        with database.writing() as session:
            access = resolve_link(session, token=link, cookie="late")
            save_draft(session, access, cookie="late", sheet=make_sheet(99, comment=unsent), now=NOW)
            ids = session.scalars(select(Response.id)).all()
        if kind != "sqlite":
            with engine.begin() as connection:
                connection.exec_driver_sql("ANALYZE")
        # SQLite's files also hold the comments that stand on their own.
        within = '"comment":"{}' if kind == "sqlite" else "{}"
        deleted = [
            *(within.format(one).encode() for one in (*comments[:40], long[:100], unsent)),
            *(token_hash(cookie).encode() for cookie in (*cookies, "late")),
            *(one.hex.encode() if kind == "sqlite" else one.bytes for one in ids),
        ]
        before = files(engine, tmp_path)
        assert all(trace in before for trace in deleted)
        publish(database, Arrived(home, round_id, [], comments))
        after = files(engine, tmp_path)
        assert [trace for trace in deleted if trace in after] == []


@pytest.mark.parametrize("kind", KINDS)
def test_of_a_round_that_was_discarded_no_file_has_what_somebody_began_to_answer(kind, tmp_path):
    with fresh_engine(kind, tmp_path) as engine:
        database = Database(engine)
        home = make_home(database)
        round_id, link = make_round(database, home)
        with database.writing() as session:
            begun = resolve_link(session, token=link, cookie="device")
            save_draft(session, begun, cookie="device", sheet=make_sheet(1, comment="unfinished thought"), now=NOW)
        assert b"unfinished thought" in files(engine, tmp_path)
        with database.writing() as session:
            discard_round(session, organisation_id=home.organisation, round_id=round_id, now=NOW)
        assert database.compact_if_owed(patience=60)
        assert b"unfinished thought" not in files(engine, tmp_path)


@pytest.mark.parametrize("ends", [(Command.NEXT,), (Command.PAUSE,)], ids=["shown", "paused"])
def test_votes_that_were_shown_or_changed_are_in_no_file_while_the_workshop_goes_on(ends, tmp_path):
    with fresh_engine("sqlite", tmp_path) as engine:
        room = Room.make(Database(engine))
        room.join("phone")
        room.command(Command.NEXT, Command.NEXT)
        for value in (4, 5, 3):
            assert room.vote("phone", value)
        with room.database.reading() as session:
            participant = session.scalars(select(WorkshopParticipant.id)).one()
        ids = (participant, room.home.organisation, room.workshop_id)
        row = "".join(one.hex for one in ids).encode()
        gone = [row + bytes([value]) for value in ((4, 5, 3) if Command.NEXT in ends else (4, 5))]
        before = files(engine, tmp_path)
        assert all(vote in before for vote in gone)
        room.command(*ends)
        assert room.database.compact_if_owed(patience=60)
        after = files(engine, tmp_path)
        assert [vote for vote in gone if vote in after] == []


@pytest.mark.parametrize("kind", KINDS)
def test_of_a_team_that_was_deleted_no_file_has_anything(kind, tmp_path):
    """Its name, its answers, its results, its plan, what was printed; what is listed of it names nothing."""
    with fresh_engine(kind, tmp_path) as engine:
        database = Database(engine)
        home = make_home(database, size=20)
        round_id, link = make_round(database, home, name="name-of-the-round")
        for number in range(12):
            answer(database, link, make_sheet(number, comment=f"secret-{number:02}"))
        own = {"organisation_id": home.organisation, "round_id": round_id}
        publish(database, Arrived(home, round_id, [], []))
        pdf = b"%PDF " + secrets.token_hex(40_000).encode()
        with database.writing() as session:
            session.get_one(Team, home.team).name = "name-of-the-team"
            plan = draft_plan(session, **own, drawn_on=NOW.date(), now=NOW)
            for action in plan.actions:
                action.owner = "name-of-the-owner"
            rendered = RenderedPlan("a", PrintAs(Localisation("es", "CO")), pdf)
            keep_printed_plan(session, **own, rendered=rendered, now=NOW)
        if kind != "sqlite":
            with engine.begin() as connection:
                connection.exec_driver_sql("ANALYZE")
        traces = [b"name-of-the-team", b"name-of-the-round", b"name-of-the-owner", pdf[100:200], pdf[-100:]]
        before = files(engine, tmp_path)
        # PostgreSQL packs long values: of these traces the letters of a name stay readable.
        there = [trace for trace in traces if trace in before]
        assert len(there) == len(traces) if kind == "sqlite" else traces[0] in there
        with database.writing() as session:
            delete_team(
                session,
                organisation_id=home.organisation,
                team_id=home.team,
                typed="name-of-the-team",
                user_id=home.user,
                now=NOW,
            )
        assert database.compact_if_owed(patience=60)
        after = files(engine, tmp_path)
        assert [trace for trace in (*traces, b"secret-0") if trace in after] == []


def files(engine: Engine, folder: Path) -> bytes:
    """SQLite's file and its logs; all tables and indexes of PostgreSQL but for the comments that stand on their own."""
    if engine.dialect.name == "sqlite":
        return b"".join(path.read_bytes() for path in folder.glob("test.sqlite*"))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("CHECKPOINT")
        contents = connection.scalars(
            text(
                "SELECT pg_read_binary_file(pg_relation_filepath(c.oid)) FROM pg_class c "
                "LEFT JOIN pg_class parent ON parent.reltoastrelid = c.oid "
                "WHERE pg_relation_filepath(c.oid) IS NOT NULL "
                "AND 'comments' NOT IN (c.relname, coalesce(parent.relname, ''))"
            )
        )
        return b"".join(contents)


def test_every_table_of_answers_is_rewritten():
    assert {responses.Response, responses.Draft, responses.SubmissionKey, responses.Invitation} == {
        one for one in vars(responses).values() if getattr(one, "__tablename__", "") in REWRITTEN
    }
