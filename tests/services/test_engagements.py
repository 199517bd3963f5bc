"""Engagement files: what is in one, what is not, what becomes of it elsewhere, and what is refused."""

from __future__ import annotations

import hashlib
import io
import json
import threading
import uuid
import zipfile
from pathlib import Path
from typing import Any

import pypdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin
from sqlalchemy import func, insert, select, text, update
from sqlalchemy.orm import Session

from assessment.catalogue.catalogue import checksum_of, parse_plain_questionnaire, parse_questionnaire
from assessment.catalogue.loader import InvalidContent
from assessment.domain.access import OrganisationRole
from assessment.domain.result import RoundResult
from assessment.domain.workshops import PRIORITIES
from assessment.infra.archives import Limits
from assessment.infra.languages import Localisation
from assessment.infra.pictures import remake_photograph
from assessment.infra.sealed import PIECE, PassphraseTooShort, seal
from assessment.services import engagement_files, engagement_import, questionnaires
from assessment.services.consultancies import printed_consultancy, remove_of_organisation
from assessment.services.deletion import delete_team
from assessment.services.engagement_export import fingerprint_now
from assessment.services.engagement_files import (
    TooMuchToTake,
    administrator_of,
    import_sent_engagement,
    organisations_called,
    read_sent_engagement,
    request_engagement_file,
    sealed_copy,
    standing_of_sent,
)
from assessment.services.engagement_format import (
    CARRIED,
    LEFT_OUT,
    ONLY_HERE,
    TABLES_LEFT_OUT,
    WITH_ANSWERS,
    EngagementFlaw,
    InvalidEngagement,
    Replaced,
    is_reference,
)
from assessment.services.engagement_import import NotImported, Standing, import_engagement, opened_engagement
from assessment.services.plan_documents import PrintAs, print_plan_of_round
from assessment.services.plan_photographs import set_photograph
from assessment.services.plan_sharing import share_plan
from assessment.services.questionnaires import pinned_questionnaire
from assessment.services.result_document import result_document
from assessment.services.results import results
from assessment.services.rounds import schedule_round
from assessment.services.workshops import find_records
from assessment.store.consultancies import OrganisationConsultancy
from assessment.store.database import Database
from assessment.store.engagements import Engagement, is_anything_only_here
from assessment.store.logos import Logo
from assessment.store.models import METADATA
from assessment.store.organisations import Membership, Organisation
from assessment.store.plan_photographs import PlanPhotograph
from assessment.store.questionnaires import QuestionnaireVersion
from assessment.store.responses import Response
from assessment.store.rounds import Round, RoundLink
from assessment.store.teams import Team
from tests.databases import KINDS, fresh_engine, is_somebody_waiting, keep, put_in_place
from tests.infra.test_pictures import picture
from tests.services.build import DAY, LATER, NOW, Home, make_home
from tests.services.eight_rounds import QUESTIONS
from tests.services.engagements import KEPT_APART, Members, add_account, exported, imported, make_engagement
from tests.services.portfolios import access_to, add_team
from tests.services.workshop_rooms import FIRST
from tests.store.test_tenancy import Rows

TEAM = "teams/000003.json"
"""“Mesa de ayuda”, with two plans."""
ROOM = "teams/000001.json"
"""“Bodega”, which held a workshop."""


@pytest.fixture(scope="module")
def made(shared_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Home]:
    """A database with an engagement, made once."""
    file = tmp_path_factory.mktemp("engagement") / "made.sqlite"
    with fresh_engine("sqlite", file.parent) as engine:
        home = make_engagement(Database(engine))
        keep(engine, file)
    return file, home


@pytest.fixture(scope="module")
def file(made: tuple[Path, Home], tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The engagement as a file without answers."""
    with fresh_engine("sqlite", tmp_path_factory.mktemp("exported")) as engine:
        put_in_place(engine, made[0])
        return exported(Database(engine), made[1].organisation, made_by="Ana")


@pytest.fixture
def origin(made: tuple[Path, Home], tmp_path: Path):
    """The database of the engagement itself, and where to find it."""
    folder = tmp_path / "origin"
    folder.mkdir()
    with fresh_engine("sqlite", folder) as engine:
        put_in_place(engine, made[0])
        yield Database(engine), made[1]


def count(database: Database, model: Any) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def everything(database: Database) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of all tables."""
    with database.reading() as session:
        return {
            table.name: sorted((tuple(row) for row in session.execute(select(table))), key=repr)
            for table in METADATA.sorted_tables
        }


def refused(database: Database, data: bytes, user: int, **options: Any) -> InvalidEngagement:
    """Why a file is refused; nothing has changed."""
    before = everything(database)
    with pytest.raises(InvalidEngagement) as caught:
        imported(database, data, user, **options)
    assert everything(database) == before
    return caught.value


# What is in it


def test_every_column_travels_or_is_left_out_for_a_reason():
    for table in METADATA.sorted_tables:
        if table.name in TABLES_LEFT_OUT:
            assert TABLES_LEFT_OUT[table.name].reason, table.name
            assert table.name not in CARRIED, table.name
            continue
        carried = {*CARRIED.get(table.name, ()), *WITH_ANSWERS.get(table.name, ())}
        left_out = LEFT_OUT.get(table.name, {})
        assert all(left_out.values())
        named = carried | left_out.keys()
        columns = {column.name for column in table.columns}
        references = {column.name for column in table.columns if is_reference(column)}
        assert named <= columns, (table.name, named - columns)
        assert columns <= named | references | {"organisation_id"}, (table.name, columns - named - references)
        assert not carried & left_out.keys(), table.name


def test_each_table_that_does_not_travel_says_what_replacing_does_to_its_rows():
    brought = {"teams", "campaigns", "questionnaire_versions", "organisation_logos", "organisation_consultancies"}
    gone, more = set(), brought
    while more:
        gone |= more
        more = {
            table.name
            for table in METADATA.sorted_tables
            for key in table.foreign_key_constraints
            if key.referred_table.name in gone and key.ondelete == "CASCADE"
        } - gone
    stay = {name for name, left in TABLES_LEFT_OUT.items() if left.replaced is Replaced.STAYS}
    files = {"printed_files", "portfolio_files", "engagement_files"}
    assert TABLES_LEFT_OUT.keys() - gone == stay | files


@pytest.mark.parametrize("kind", KINDS)
def test_a_row_of_any_table_that_is_only_here_keeps_all_from_being_replaced(kind, tmp_path):
    """Rows that are made from the tables alone: a new table that is only here is asked for without a line more."""
    with fresh_engine(kind, tmp_path) as engine, engine.connect() as connection:
        rows = Rows(connection)
        for table in METADATA.sorted_tables:
            if table.name not in TABLES_LEFT_OUT or "organisation_id" not in table.columns:
                continue
            organisation, other = (rows.add("organisations", uuid.uuid4())["id"] for _ in range(2))
            rows.add(table.name, organisation)
            is_kept = TABLES_LEFT_OUT[table.name].replaced is Replaced.ONLY_HERE
            with Session(connection) as session:
                if is_kept:
                    assert is_anything_only_here(session, organisation, tables=ONLY_HERE, with_answers=True), table.name
                    assert not is_anything_only_here(session, organisation, tables=(), with_answers=True), table.name
                assert not is_anything_only_here(session, other, tables=ONLY_HERE, with_answers=False), table.name


def texts_of(session, organisation: uuid.UUID) -> dict[str, tuple[str, str]]:
    """Of each published round, its result as JSON and the words of its plan's PDF."""
    told = {}
    rounds = session.execute(
        select(Round.id, Team.name, Round.name)
        .join(Team, Team.id == Round.team_id)
        .where(Round.organisation_id == organisation, Round.published_at.is_not(None))
    ).all()
    for round_id, team, name in rounds:
        found = results(session, organisation_id=organisation, round_id=round_id)
        document = result_document(
            RoundResult(found.round.minimum_group, (found.result,), (), ()), pinned_questionnaire(session, found.round)
        )
        told[f"{team}: {name}"] = (json.dumps(document, sort_keys=True), "")
    return told


def printed(database: Database, organisation: uuid.UUID) -> dict[str, str]:
    """The words of each plan's PDF."""
    words = {}
    with database.writing() as session:
        session.execute(update(Round).values(plan_shared_at=None))
        rounds = session.execute(
            select(Round.id, Team.name, Round.name)
            .join(Team, Team.id == Round.team_id)
            .where(
                Round.organisation_id == organisation,
                Team.name.in_(("Mesa de ayuda", "Bodega")),
                Round.published_at.is_not(None),
            )
        ).all()
        for round_id, team, name in rounds:
            plan = print_plan_of_round(
                session,
                organisation_id=organisation,
                round_id=round_id,
                print_as=PrintAs(Localisation("es", "CO")),
                now=NOW,
            )
            reader = pypdf.PdfReader(io.BytesIO(plan.pdf))
            words[f"{team}: {name}"] = "\n".join(page.extract_text() for page in reader.pages)
    return words


def workshops(session, organisation: uuid.UUID) -> list[Any]:
    """What workshops left behind beside results, without the words that people wrote: and in what order they voted."""
    rounds = session.scalars(select(Round).where(Round.organisation_id == organisation))
    boards = [
        board
        for one in rounds
        for board in find_records(session, organisation_id=organisation, round_id=one.id, now=NOW)
    ]
    return [
        (board.voted_on, [one.key for one in board.questions], board.workshop.order, board.workshop.chosen)
        for board in boards
    ]


def test_the_sample_has_something_of_what_is_rarely_set(file):
    """So that the tests that follow prove that it travels."""
    told = json.loads(Members.of(file).members["organisation.json"])
    assert (told["organisation"]["paper"], told["organisation"]["document_language"]) == ("a4", "en")
    assert told["organisation"]["questionnaires"] == [QUESTIONS]
    assert [len(points) for points in told["organisation"]["moments"].values()] == [2]
    assert told["consultancy"] == {"name": "Faro Consultores"}
    assert [one["types_twice"] for one in json.loads(Members.of(file).members[TEAM])["rounds"]] == [False, False, True]
    [room] = json.loads(Members.of(file).members[ROOM])["rounds"]
    [workshop] = room["workshops"]
    assert [one["id"] for one in workshop["own_questions"]] == ["1", "2"]
    assert workshop["chosen"] == [FIRST, PRIORITIES, "own:1", "own:2"]
    assert workshop["question_order"] == "disagreed"
    ballots = {(one["question"], one["number"]): (one["counts"], one["voted"]) for one in workshop["ballots"]}
    assert (sum(ballots[FIRST, 1][0]), ballots[FIRST, 2][0][3]) == (3, 3)
    assert ballots[PRIORITIES, 1][0][:5] == [1, 3, 2, 1, 1]
    assert ballots[PRIORITIES, 1][1] == 5
    assert ballots["own:1", 1] == ([1, 1, 3], None)
    assert {one["question"] for one in workshop["agreements"]} == {FIRST, PRIORITIES, "own:1"}


@pytest.mark.parametrize("with_answers", [False, True], ids=["results", "answers"])
def test_from_sqlite_to_postgresql_results_plans_and_the_file_itself_are_the_same(origin, with_answers, tmp_path):
    ours, home = origin
    sent = exported(ours, home.organisation, made_by="Ana", with_answers=with_answers)
    with fresh_engine("postgresql", tmp_path) as engine:
        theirs = Database(engine)
        brought = imported(theirs, sent, add_account(theirs))
        assert (brought.standing, brought.teams) == (Standing.NEW, 3)
        with ours.reading() as here, theirs.reading() as there:
            assert texts_of(here, home.organisation) == texts_of(there, brought.organisation_id)
            assert len(texts_of(here, home.organisation)) == 4
            scores = METADATA.tables["round_scores"]
            columns = [column for column in scores.columns if column.name not in ("organisation_id", "round_id")]
            rows = [sorted(map(repr, one.execute(select(*columns)))) for one in (here, there)]
            assert rows[0] == rows[1]
            assert workshops(here, home.organisation) == workshops(there, brought.organisation_id) != []
            ids = (home.organisation, brought.organisation_id)
            accompany = [
                printed_consultancy(one, organisation_id=id_) for one, id_ in zip((here, there), ids, strict=True)
            ]
            assert [one.name for one in accompany] == ["Faro Consultores"] * 2
            assert all(one.logo for one in accompany)
        assert exported(theirs, brought.organisation_id, made_by="Ana", with_answers=with_answers) == sent
        if not with_answers:  # a plan is printed from the result, answers or not
            plans = printed(theirs, brought.organisation_id)
            assert plans == printed(ours, home.organisation)
            assert "¿Qué día nos reunimos?" in "".join(plans.values())
        assert count(theirs, Response) == (count(ours, Response) - 4 if with_answers else 0)  # 4 of the open round


def test_a_file_has_no_answers_words_people_links_or_secrets(origin, file):
    ours, home = origin
    with ours.reading() as session:
        tokens = [*session.scalars(select(RoundLink.token)), *session.scalars(select(Round.plan_token))]
        ids = [str(id_) for model in (Round, Team, Response) for id_ in session.scalars(select(model.id))]
        ids.append(str(home.organisation))
    told = b"\n".join(Members.of(file).members.values()).decode(errors="replace")
    for secret in (KEPT_APART, "facilitator@example.org", *tokens, *ids, *(id_.replace("-", "") for id_ in ids)):
        assert secret not in told
    assert [name for name in Members.of(file).members if not name.endswith((".json", ".yaml"))] == [
        "logo.png", "consultancy.png",
    ]  # no photograph of a signed plan  # fmt: skip
    for part in ('"answers"', '"respondent"', '"items":', "token", "snapshot"):
        assert part not in told
    team = json.loads(Members.of(file).members[TEAM])
    open_round = team["rounds"][2]
    assert (open_round["name"], open_round["opens_at"], open_round["result"], open_round["answered"]) == (
        "Ronda 3", None, None, 0,
    )  # fmt: skip
    assert team["rounds"][1]["plan"]["actions"]
    withheld = json.loads(Members.of(file).members["teams/000002.json"])["rounds"][0]
    assert withheld["result"]["withheld"]
    assert withheld["result"]["pillars"] == withheld["result"]["ladder"] == []


def test_with_answers_they_come_in_the_order_of_their_words_and_without_codes(origin):
    ours, home = origin
    with ours.writing() as session:
        one = session.scalars(select(Response)).first()
        one.answers = {**one.answers, "respondent": "fingerprint-of-a-code"}
    sent = exported(ours, home.organisation, with_answers=True)
    members = Members.of(sent).members
    assert KEPT_APART.encode() in members["answers/000003.json"]
    assert b"fingerprint-of-a-code" not in b"".join(members.values())
    rounds = json.loads(members["answers/000003.json"])["rounds"]
    assert [one["round"] for one in rounds] == [0, 1]  # none of the round that is open
    for one in rounds:
        told = [json.dumps(sheet, sort_keys=True, ensure_ascii=False) for sheet in one["responses"]]
        assert told == sorted(told)
    with pytest.raises(InvalidEngagement) as caught:
        read_sent_engagement(sent, "")
    assert caught.value.flaw is EngagementFlaw.HAS_ANSWERS


def test_where_it_is_imported_nothing_goes_on_by_itself(file, database):
    user = add_account(database)
    brought = imported(database, file, user)
    with database.reading() as session:
        role = session.scalar(select(Membership.role).where(Membership.organisation_id == brought.organisation_id))
        drafts = session.scalars(select(Round).where(Round.published_at.is_(None))).all()
        paused = session.execute(text("SELECT paused_at FROM repetitions")).scalars().all()
        assert role is OrganisationRole.ADMINISTRATOR
        assert [(one.opens_at, one.closes_at, one.stopped_at) for one in drafts] == [(None, None, None)] * 2
        assert all(paused)
        assert session.scalar(select(func.count()).select_from(Round).where(Round.plan_shared_at.is_not(None))) == 0
        assert all(one.answers_deleted_at for one in session.scalars(select(Round)) if one.published_at)


# Twice, later, apart


def test_the_same_file_twice_changes_nothing(file, database):
    user = add_account(database)
    brought = imported(database, file, user)
    before = everything(database)
    again = imported(database, file, user)
    assert (again.standing, again.organisation_id) == (Standing.SAME, brought.organisation_id)
    assert everything(database) == before


def test_a_later_file_takes_the_place_of_what_it_grew_out_of_and_an_earlier_one_does_not(origin, database):
    ours, home = origin
    first, user = exported(ours, home.organisation), add_account(database)
    brought = imported(database, first, user)
    with database.writing() as session:
        team = session.scalars(select(Team.id).where(Team.name == "Caja")).one()
        reader = Membership(
            user_id=add_second(session), organisation_id=brought.organisation_id, role=OrganisationRole.VIEWER,
            has_all_teams=False,
        )  # fmt: skip
        session.add(reader)
        session.flush()
        session.execute(
            insert(METADATA.tables["membership_teams"]).values(
                membership_id=reader.id, team_id=team, organisation_id=brought.organisation_id
            )
        )
    add_team(ours, home, "Taller")
    with ours.writing() as session:
        remove_of_organisation(session, organisation_id=home.organisation)
        session.get_one(Organisation, home.organisation).moments = {}
    second = exported(ours, home.organisation)
    later = imported(database, second, user)
    assert (later.standing, later.organisation_id) == (Standing.LATER, brought.organisation_id)
    assert exported(database, brought.organisation_id) == second
    with database.reading() as session:
        assert count(database, Team) == 4
        teams = session.scalars(select(METADATA.tables["membership_teams"].c.team_id)).all()
        assert teams == list(session.scalars(select(Team.id).where(Team.name == "Caja")))
    before = everything(database)
    with pytest.raises(NotImported) as caught:
        imported(database, first, user)
    assert caught.value.standing is Standing.EARLIER
    assert everything(database) == before


def add_second(session) -> int:
    from assessment.store.accounts import User

    user = User(email="second@example.org", active=True, fs_uniquifier=uuid.uuid4().hex)
    session.add(user)
    session.flush()
    return int(user.id)


def test_work_of_both_places_is_never_overwritten_but_may_stand_beside_it(origin, database):
    ours, home = origin
    user = add_account(database)
    brought = imported(database, exported(ours, home.organisation), user)
    add_team(database, Home(user, brought.organisation_id, home.team), "Solo aquí")
    add_team(ours, home, "Solo allá")
    second = exported(ours, home.organisation)
    before = everything(database)
    with pytest.raises(NotImported) as caught:
        imported(database, second, user)
    assert caught.value.standing is Standing.APART
    assert everything(database) == before
    beside = imported(database, second, user, as_new=True)
    assert beside.organisation_id != brought.organisation_id
    assert exported(database, beside.organisation_id) == second
    assert imported(database, second, user).organisation_id == beside.organisation_id


def test_what_is_only_here_is_never_lost(origin, database):
    ours, home = origin
    user = add_account(database)
    brought = imported(database, exported(ours, home.organisation), user)
    add_team(ours, home, "Taller")
    second = exported(ours, home.organisation)
    where = {"organisation_id": brought.organisation_id}
    with database.reading() as session:
        published = session.scalars(select(Round.id).where(Round.name == "Ronda 2", Round.published_at.is_not(None)))
        published_id = published.one()
        draft_id = session.scalars(select(Round.id).where(Round.name == "Ronda 3")).one()

    def share(session) -> None:
        share_plan(session, **where, round_id=published_id, now=NOW)

    def answer(session) -> None:
        session.add(Response(**where, round_id=draft_id, answers={"role": "staff"}))

    def open_(session) -> None:
        schedule_round(session, **where, round_id=draft_id, opens_at=NOW, closes_at=LATER, now=NOW)

    def photograph(session) -> None:
        set_photograph(session, **where, round_id=published_id, picture=remake_photograph(picture()), now=NOW)

    for change in (share, answer, open_, photograph):
        with database.unmanaged() as session, opened_engagement(io.BytesIO(second)) as (archive, head):
            change(session)
            session.flush()
            with pytest.raises(NotImported) as caught:
                import_engagement(session, archive, head, user_id=user, now=NOW)
            session.rollback()
        assert caught.value.standing is Standing.WOULD_LOSE, change.__name__
    assert imported(database, second, user).standing is Standing.LATER


@pytest.mark.parametrize("kind", KINDS)
def test_what_somebody_was_doing_as_a_file_was_imported_is_not_lost(kind, origin, tmp_path):
    """A plan is being photographed: the import waits for it, and then finds what is only here."""
    ours, home = origin
    with fresh_engine(kind, tmp_path) as engine:
        database = Database(engine)
        user = add_account(database)
        brought = imported(database, exported(ours, home.organisation), user)
        add_team(ours, home, "Taller")
        second, standings = exported(ours, home.organisation), []

        def import_() -> None:
            try:
                standings.append(imported(database, second, user).standing)
            except NotImported as refused_:
                standings.append(refused_.standing)

        importing = threading.Thread(target=import_)
        with database.writing() as session:
            round_id = session.scalars(
                select(Round.id).where(Round.name == "Ronda 2", Round.published_at.is_not(None))
            ).one()
            own = {"organisation_id": brought.organisation_id, "round_id": round_id}
            set_photograph(session, **own, picture=remake_photograph(picture()), now=NOW)
            importing.start()
            while kind == "postgresql" and importing.is_alive() and not is_somebody_waiting(database):
                importing.join(0.01)
        importing.join()
        assert (standings, count(database, PlanPhotograph)) == ([Standing.WOULD_LOSE], 1)


# Attacks


def test_a_key_of_another_organisation_opens_nothing_of_it(origin, database):
    """Somebody knows the key of an organisation here, and what is in it."""
    ours, home = origin
    owner, stranger = add_account(database), add_account(database, "eva@example.org")
    theirs = imported(database, exported(ours, home.organisation), owner)
    add_team(ours, home, "Taller")
    members = Members.of(exported(ours, home.organisation))
    with database.reading() as session:
        fingerprint = fingerprint_now(session, organisation_id=theirs.organisation_id)
    members.manifest["history"] = [fingerprint]
    before = exported(database, theirs.organisation_id)
    forged = imported(database, members.packed(), stranger)
    assert (forged.standing, forged.organisation_id != theirs.organisation_id) == (Standing.NEW, True)
    assert exported(database, theirs.organisation_id) == before
    with database.reading() as session:
        keys = session.scalars(select(Engagement.key)).all()
        members_ = session.scalars(
            select(Membership.user_id).where(Membership.organisation_id == theirs.organisation_id)
        ).all()
    assert (len(keys), len(set(keys)), members_) == (2, 1, [owner])


def test_ids_that_somebody_writes_into_a_file_mean_nothing(origin, database, file):
    user = add_account(database)
    victim = make_home(database, "Otra empresa")
    members = Members.of(file)
    ids = {"id": str(victim.team), "organisation_id": str(victim.organisation), "team_id": str(victim.team)}
    members.change("organisation.json", lambda document: document["organisation"].update(ids))
    assert refused(database, members.packed(), user).flaw is EngagementFlaw.NOT_VALID
    members = Members.of(file)
    members.change(TEAM, lambda document: document["team"].update(ids))
    assert refused(database, members.packed(), user).flaw is EngagementFlaw.NOT_VALID


def _raise_k(document: Any) -> None:
    document["organisation"]["minimum_group"] = 1


def _show_hidden(document: Any) -> None:
    result = document["rounds"][1]["result"]
    result["overall"]["mean"] = 3.4567891


def _unknown_plan(document: Any) -> None:
    document["rounds"][1]["outcomes"] = [{**document["rounds"][1]["outcomes"][0], "plan": 77}]


def _carried_from_nowhere(document: Any) -> None:
    document["rounds"][1]["plan"]["actions"][0]["carried_from"] = [0, 999]


def _deep(document: Any) -> None:
    nested: Any = []
    for _ in range(200):
        nested = [nested]
    document["rounds"][0]["points"] = nested


def _unpublished_answered(document: Any) -> None:
    document["rounds"][2]["answered"] = 4


def _moment(document: Any) -> Any:
    return document["organisation"]["moments"]["shop"][0]


def _workshop(document: Any) -> Any:
    return document["rounds"][0]["workshops"][0]


def _own(document: Any) -> Any:
    return _workshop(document)["own_questions"][0]


def _ballot(document: Any, question: str) -> Any:
    return next(one for one in _workshop(document)["ballots"] if one["question"] == question)


FORGERIES = {
    "k": ("organisation.json", _raise_k),
    "not released": (TEAM, _show_hidden),
    "no such plan": (TEAM, _unknown_plan),
    "no such action": (TEAM, _carried_from_nowhere),
    "deep": (TEAM, _deep),
    "answers of an open round": (TEAM, _unpublished_answered),
    "k of a round": (TEAM, lambda document: document["rounds"][0].update(minimum_group=1)),
    "a name that turns": (TEAM, lambda document: document["team"].update(name="a\u202eb")),
    "a control character": (TEAM, lambda document: document["team"].update(name="a\x00b")),
    "a long name": (TEAM, lambda document: document["team"].update(name="a" * 121)),
    "no number": (TEAM, lambda document: document["team"].update(size="12")),
    "no truth": (TEAM, lambda document: document["rounds"][0].update(asks_role=1)),
    "nobody": (TEAM, lambda document: document["team"].update(size=0)),
    "infinite": (TEAM, lambda document: document["rounds"][0]["targets"].update(language=1e999)),
    "a year": (TEAM, lambda document: document["rounds"][0].update(created_at="0001-01-01T00:00:00.000000Z")),
    "a role": (TEAM, lambda document: document["rounds"][0].update(mode="root")),
    "no question": (TEAM, lambda document: document["rounds"][0].update(asks=[])),
    "another question": (TEAM, lambda document: document["rounds"][0].update(asks=[99])),
    "another action": (
        TEAM,
        lambda document: document["rounds"][0]["plan"]["actions"][0].update(ref_id="no-such-pillar"),
    ),
    "a pillar": (TEAM, lambda document: document["rounds"][0]["plan"]["pillars"][0].update(pillar="none")),
    "a campaign": (TEAM, lambda document: document["rounds"][0].update(campaign=9)),
    "one more field": (TEAM, lambda document: document["team"].update(more=1)),
    "two of one name": ("teams/000002.json", lambda document: document["team"].update(name="Mesa de ayuda")),
    "a place": ("organisation.json", lambda document: document["organisation"].update(time_zone="../../etc/passwd")),
    "a colour": ("organisation.json", lambda document: document["organisation"].update(accent="red;}")),
    "a paper": ("organisation.json", lambda document: document["organisation"].update(paper="a0")),
    "a language": ("organisation.json", lambda document: document["organisation"].update(document_language="xx")),
    "asked twice": (
        "organisation.json",
        lambda document: document["organisation"].update(questionnaires=[QUESTIONS, QUESTIONS]),
    ),
    "no list": ("organisation.json", lambda document: document["organisation"].update(questionnaires=QUESTIONS)),
    "no moments": ("organisation.json", lambda document: document["organisation"]["moments"].update(shop=[])),
    "a moment that turns": ("organisation.json", lambda document: _moment(document).update(name="a\u202eb")),
    "a moment without a name": ("organisation.json", lambda document: _moment(document).update(name="")),
    "a phase": ("organisation.json", lambda document: _moment(document).update(phase="never")),
    "two of one moment": ("organisation.json", lambda document: _moment(document).update(id="goodbye")),
    "a nameless consultancy": ("organisation.json", lambda document: document["consultancy"].update(name=" ")),
    "a long consultancy": ("organisation.json", lambda document: document["consultancy"].update(name="a" * 61)),
    "a consultancy of two lines": ("organisation.json", lambda document: document["consultancy"].update(name="a\nb")),
    "a logo of nobody": ("organisation.json", lambda document: document.update(consultancy=None)),
    "twice on plain rounds": (TEAM, lambda document: document["rounds"][0].update(types_twice=1)),
    "votes on nothing": (ROOM, lambda document: _ballot(document, FIRST).update(question="items:none")),
    "a vote too few": (ROOM, lambda document: _ballot(document, FIRST)["counts"].pop()),
    "nobody voted": (ROOM, lambda document: _ballot(document, "own:1").update(counts=[0, 0, 0])),
    "votes below none": (ROOM, lambda document: _ballot(document, "own:1").update(counts=[0, 3, -1])),
    "a crowd": (ROOM, lambda document: _ballot(document, "own:1").update(counts=[0, 400, 101])),
    "a gap": (ROOM, lambda document: _ballot(document, "own:1").update(number=2)),
    "voters of one answer": (ROOM, lambda document: _ballot(document, "own:1").update(voted=5)),
    "no voters": (ROOM, lambda document: _ballot(document, PRIORITIES).update(voted=None)),
    "fewer voters than votes": (ROOM, lambda document: _ballot(document, PRIORITIES).update(voted=3)),
    "more voters than votes": (ROOM, lambda document: _ballot(document, PRIORITIES).update(voted=9)),
    "an agreement on no level": (ROOM, lambda document: _workshop(document)["agreements"][0].update(level=9_999)),
    "nothing chosen": (ROOM, lambda document: _workshop(document).update(chosen=[])),
    "another order": (ROOM, lambda document: _workshop(document)["chosen"].reverse()),
    "chosen from nowhere": (ROOM, lambda document: _workshop(document)["chosen"].append("own:3")),
    "an order": (ROOM, lambda document: _workshop(document).update(question_order="random")),
    "a question's number": (ROOM, lambda document: _own(document).update(id="7")),
    "a question without words": (ROOM, lambda document: _own(document).update(en="")),
    "a long question": (ROOM, lambda document: _own(document).update(es="a" * 161)),
    "a single choice": (ROOM, lambda document: _own(document)["choices"].pop()),
    "a choice that turns": (ROOM, lambda document: _own(document)["choices"][0].update(es="a\u202eb")),
    "a text": ("organisation.json", lambda document: document["questionnaires"][0].update(checksum="sha256:0")),
}


def test_what_no_escala_writes_is_refused_and_changes_nothing(file, database):
    user = add_account(database)
    before = everything(database)
    for name, (member, change) in FORGERIES.items():
        members = Members.of(file)
        if name == "infinite":
            content = members.members[member]
            members.members[member] = content.replace(b'"targets":{}', b'"targets":{"language":1e999}', 1)
            assert members.members[member] != content
        else:
            members.change(member, change)
        with pytest.raises(InvalidEngagement) as caught:
            imported(database, members.packed(), user)
        assert caught.value.flaw in (EngagementFlaw.NOT_VALID, EngagementFlaw.TOO_LARGE, EngagementFlaw.DAMAGED), name
    assert everything(database) == before


def test_what_is_not_known_here_asks_for_an_update(file, database):
    user = add_account(database)
    changes = (
        (TEAM, lambda document: document["team"].update(kind="spaceship")),
        (TEAM, lambda document: document["rounds"][0]["plan"]["actions"][0].update(library_id="of-tomorrow")),
        ("organisation.json", lambda document: document["organisation"].update(questionnaires=["of-tomorrow"])),
        (
            "organisation.json",
            lambda document: document["organisation"]["moments"].update(spaceship=[_moment(document)]),
        ),
    )
    for member, change in changes:
        members = Members.of(file)
        members.change(member, change)
        assert refused(database, members.packed(), user).flaw is EngagementFlaw.UNKNOWN_CONTENT


def test_what_is_not_known_any_more_does_not_travel(origin, database):
    """An organisation that begins with something that went away begins with the usual, here as there."""
    ours, home = origin
    with ours.writing() as session:
        organisation = session.get_one(Organisation, home.organisation)
        organisation.questionnaires = [QUESTIONS, "of-yesterday"]
        organisation.moments = {**organisation.moments, "of-yesterday": organisation.moments["shop"]}
    sent = exported(ours, home.organisation)
    brought = imported(database, sent, add_account(database))
    with database.reading() as session:
        organisation = session.get_one(Organisation, brought.organisation_id)
        assert (organisation.questionnaires, list(organisation.moments)) == ([], ["shop"])


def test_pictures_are_drawn_anew_and_are_what_they_show_however_they_were_packed(origin, database, file):
    """Another processor packs the same pixels into other bytes: the organisation is the same."""
    user = add_account(database)
    members = Members.of(file)
    for name in ("logo.png", "consultancy.png"):
        written = io.BytesIO()
        with Image.open(io.BytesIO(members.members[name])) as opened:
            comment = PngImagePlugin.PngInfo()
            comment.add_text("Comment", KEPT_APART)
            opened.save(written, "PNG", compress_level=1, pnginfo=comment)
        assert members.members[name] != written.getvalue()
        members.members[name] = written.getvalue()
    assert imported(database, members.packed(), user).standing is Standing.NEW
    assert imported(database, file, user).standing is Standing.SAME
    with database.reading() as session:
        pictures = [*session.scalars(select(Logo.picture)), *session.scalars(select(OrganisationConsultancy.picture))]
    assert len(pictures) == 2
    assert not any(KEPT_APART.encode() in one for one in pictures)
    for name in ("logo.png", "consultancy.png"):
        for spoilt in (b"<svg/>", members.members[name][:-20], members.members[name] + b" " * 2_000_000):
            forged = Members.of(file)
            forged.members[name] = spoilt
            assert flaw_of(forged.packed(), None) is EngagementFlaw.NOT_VALID


def test_a_questionnaire_of_a_file_is_what_its_checksum_says_and_multiplies_nothing(file, database):
    user = add_account(database)
    members = Members.of(file)
    name = next(name for name in members.members if name.startswith("questionnaires/"))
    members.members[name] += b"\n# more\n"
    assert refused(database, members.packed(), user).flaw is EngagementFlaw.NOT_VALID
    members.members[name] = b"a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n"
    assert refused(database, members.packed(), user).flaw is EngagementFlaw.NOT_VALID
    assert count(database, QuestionnaireVersion) == 0


def _named_again(members: Members, text: bytes, times: int = 1) -> bytes:
    """The file, in which so many more rows name a questionnaire of this text."""
    sha, read = hashlib.sha256(text).hexdigest(), parse_questionnaire(text, "x")
    row = {"questionnaire_id": read.id, "version": read.version, "checksum": checksum_of(text)}
    members.members[f"questionnaires/{sha}.yaml"] = text
    members.change(
        "organisation.json", lambda one: one["questionnaires"].extend([row | {"is_own": True, "text": sha}] * times)
    )
    return members.packed()


def test_questionnaires_are_read_before_anything_is_written_each_once_and_within_bounds(file, database, monkeypatch):
    user = add_account(database)
    text = next(text for name, text in Members.of(file).members.items() if name.startswith("questionnaires/"))
    longer = text + b"\n" * 600_000
    assert sent_flaw(_named_again(Members.of(file), text + b"\n", times=2)) is EngagementFlaw.NOT_VALID
    assert sent_flaw(_named_again(Members.of(file), longer)) is EngagementFlaw.TOO_LARGE
    assert (
        refused(database, _named_again(Members.of(file), text + b"\n", times=2), user).flaw is EngagementFlaw.NOT_VALID
    )
    for dense in (b"a: [" + b"1," * 30_000 + b"]", b"{a," * 30_000, b"a:\n" * 30_000):
        with pytest.raises(InvalidContent):
            parse_plain_questionnaire(dense, "x")
    sent = read_sent_engagement(file, "")
    with monkeypatch.context() as patch, database.writing() as session:
        for module in (engagement_import, questionnaires):
            for name in ("parse_plain_questionnaire", "parse_questionnaire"):
                patch.setattr(module, name, None, raising=False)
        assert import_sent_engagement(session, sent, user_id=user, as_new=True, now=NOW).standing is Standing.NEW


def test_a_page_shows_what_the_file_holds_not_what_it_says_of_itself(file, monkeypatch):
    for name, value in (("organisation", "Banco"), ("country", "CH"), ("rounds", 0), ("plans", 0)):
        members = Members.of(file)
        members.manifest[name] = value
        assert sent_flaw(members.packed()) is EngagementFlaw.NOT_VALID
    members = Members.of(file)
    members.manifest["rounds"] = 0
    monkeypatch.setattr(engagement_files, "MOST_ROUNDS_OF_WEB", 3)
    assert sent_flaw(members.packed()) is EngagementFlaw.TOO_LARGE


def sent_flaw(data: bytes) -> EngagementFlaw:
    """Why a page refuses a file."""
    with pytest.raises(InvalidEngagement) as caught:
        read_sent_engagement(data, "")
    return caught.value.flaw


def zip_of(members: dict[str, bytes]) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, content in members.items():
            opened.writestr(name, content)
    return written.getvalue()


def test_files_of_another_kind_are_told_from_damaged_and_later_ones(file, database):
    user = add_account(database)
    for foreign in (b"", b"PK", b"\x89PNG", zip_of({"a.txt": b"a"}), zip_of({"organisation.json": b"{}"})):
        assert refused(database, foreign, user).flaw is EngagementFlaw.NO_ENGAGEMENT
    assert refused(database, file[:-1], user).flaw is EngagementFlaw.DAMAGED
    assert refused(database, file[: len(file) // 2], user).flaw is EngagementFlaw.DAMAGED
    assert refused(database, file + b"\n", user).flaw is EngagementFlaw.DAMAGED
    assert refused(database, Members.of(file).packed(version=2), user).flaw is EngagementFlaw.LATER_VERSION


def test_bombs_strange_names_and_members_that_are_not_named_are_refused(file, database):
    user = add_account(database)
    for name in ("../organisation.json", "teams/../../x.json", "/etc/passwd", "teams/0.json", "C:\\x.json"):
        members = Members.of(file)
        members.members[name] = b"{}\n"
        assert refused(database, members.packed(), user).flaw is EngagementFlaw.NOT_VALID, name
    members = Members.of(file)
    del members.members[TEAM]
    assert refused(database, members.packed(), user).flaw is EngagementFlaw.NOT_VALID
    members = Members.of(file)
    members.members["teams/000001.json"] = b" " * 9_000_000
    small = Limits(unpacked=40_000_000, member=8_000_000, members=500)
    for limits in (small, Limits(1_000_000, 8_000_000, 500), Limits(40_000_000, 8_000_000, 3)):
        with pytest.raises(InvalidEngagement) as caught, opened_engagement(io.BytesIO(members.packed()), limits=limits):
            pass
        assert caught.value.flaw is EngagementFlaw.TOO_LARGE


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_no_byte_of_a_file_can_change_unnoticed(file, data):
    at, bit = data.draw(st.integers(0, len(file) - 1)), data.draw(st.integers(0, 7))
    changed = bytearray(file)
    changed[at] ^= 1 << bit
    with pytest.raises(InvalidEngagement), opened_engagement(io.BytesIO(bytes(changed))):
        pass


# Sealed


def flaw_of(data: bytes, passphrase: str | None) -> EngagementFlaw:
    with pytest.raises(InvalidEngagement) as caught, opened_engagement(io.BytesIO(data), passphrase=passphrase):
        pass
    return caught.value.flaw


def test_a_sealed_file_opens_with_its_passphrase_alone(file, database):
    user = add_account(database)
    sealed = sealed_copy(file, "una frase bien larga ñ")
    assert Members.of(file).members[TEAM][:200] not in sealed
    assert b"Alegra" not in sealed
    for passphrase, flaw in (
        (None, EngagementFlaw.NEEDS_PASSPHRASE),
        ("", EngagementFlaw.NEEDS_PASSPHRASE),
        ("Una frase bien larga ñ", EngagementFlaw.WRONG_PASSPHRASE),
    ):
        assert flaw_of(sealed, passphrase) is flaw
    sent = read_sent_engagement(sealed, "una frase bien larga n\u0303")  # the same, as other keyboards write it
    assert (sent.content, sent.head.organisation, sent.head.made_by) == (file, "Alegra", "Ana")
    assert imported(database, sent.content, user).standing is Standing.NEW
    with pytest.raises(PassphraseTooShort):
        sealed_copy(file, "corta")


def test_a_sealed_file_that_was_changed_cut_off_or_put_together_anew_is_not_believed():
    plain = bytes(range(256)) * (3 * PIECE // 256)
    sealed = io.BytesIO()
    seal(io.BytesIO(plain), sealed, "una frase bien larga")
    whole = sealed.getvalue()
    piece, head = PIECE + 16, len(whole) - 3 * (PIECE + 16)
    swapped = whole[:head] + whole[head + piece : head + 2 * piece] + whole[head : head + piece] + whole[-piece:]
    spoilt = [whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :] for at in (head - 20, head, head + piece + 7, -1)]
    spoilt[-1] = whole[:-1] + bytes([whole[-1] ^ 1])
    for changed in (whole[:-piece], whole[:-1], whole[:head], whole[: head - 3], swapped, *spoilt):
        assert flaw_of(changed, "una frase bien larga") in (EngagementFlaw.SEAL_BROKEN, EngagementFlaw.WRONG_PASSPHRASE)


# Who may


def test_an_account_brings_and_takes_as_much_as_a_page_can(origin, monkeypatch):
    ours, home = origin
    monkeypatch.setattr(engagement_files, "MOST_ROUNDS_TO_TAKE", 2)
    with ours.writing() as session:
        organisation = session.get_one(Organisation, home.organisation)
        access = access_to(session, home, OrganisationRole.ADMINISTRATOR)
        assert organisation.name == "Alegra"
        with pytest.raises(TooMuchToTake):
            request_engagement_file(session, access=access, made_by="", now=NOW)
    with ours.reading() as session:
        assert administrator_of(session, "FACILITATOR@example.org") == administrator_of(session, "") == home.user
        assert administrator_of(session, "nobody@example.org") is None


def test_an_organisation_is_found_by_its_name_with_any_capitals(origin):
    ours, home = origin
    with ours.writing() as session:
        session.get_one(Organisation, home.organisation).name = "Óptica Ñandú"
    with ours.reading() as session:
        for name in ("Óptica Ñandú", "óptica ñandú", "ÓPTICA ÑANDÚ"):
            assert [one.id for one in organisations_called(session, name)] == [home.organisation]
        assert organisations_called(session, "Optica Nandu") == []


def test_a_page_does_not_read_an_organisation_of_very_many_rounds(origin, monkeypatch):
    from assessment.services import engagement_files

    ours, home = origin
    sent = read_sent_engagement(exported(ours, home.organisation), "")
    monkeypatch.setattr(engagement_files, "MOST_ROUNDS_OF_WEB", 2)
    own = {"user_id": home.user}
    with ours.reading() as session, pytest.raises(InvalidEngagement) as shown:
        standing_of_sent(session, sent, **own)
    with pytest.raises(InvalidEngagement) as brought, ours.writing() as session:
        import_sent_engagement(session, sent, **own, as_new=False, now=NOW)
    assert [one.value.flaw for one in (shown, brought)] == [EngagementFlaw.TOO_LARGE_HERE] * 2


def test_a_team_that_is_deleted_takes_files_that_tell_of_it(origin):
    from assessment.store.engagements import EngagementFile

    ours, home = origin
    with ours.writing() as session:
        session.add(
            EngagementFile(
                organisation_id=home.organisation, user_id=home.user, name="a.escala", made_at=NOW, content=b"a"
            )
        )
        session.flush()
        delete_team(
            session, organisation_id=home.organisation, team_id=home.team, typed="Mesa de ayuda", user_id=home.user,
            now=NOW + DAY,
        )  # fmt: skip
    assert count(ours, EngagementFile) == 0
