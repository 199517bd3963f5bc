"""An organisation in which something of everything happened, and files of it."""

from __future__ import annotations

import datetime as dt
import io
import json
import uuid
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from assessment.catalogue.samples import SamplePlan, SampleRound, SampleTeam
from assessment.domain.repetitions import RepetitionRule
from assessment.domain.rounds import RoundMode, RoundState
from assessment.domain.texts import Text
from assessment.domain.workshops import PRIORITIES, Command, Order
from assessment.infra.archives import ArchiveWriter, canonical
from assessment.infra.countries import COUNTRIES
from assessment.infra.pictures import remake_photograph, remake_picture
from assessment.services.accounts import create_account
from assessment.services.consultancies import set_of_organisation
from assessment.services.engagement_export import export_engagement
from assessment.services.engagement_format import FORMAT, VERSION
from assessment.services.engagement_import import Imported, import_engagement, opened_engagement
from assessment.services.organisation_look import set_accent, set_logo
from assessment.services.organisations import change_defaults, create_organisation
from assessment.services.paper_sheets import begin_sheet, keep_sheet, type_twice
from assessment.services.plan_meetings import Said, close_meeting, say
from assessment.services.plan_photographs import set_photograph
from assessment.services.plans import read_plan
from assessment.services.publication import publish_round
from assessment.services.questionnaires import store_questionnaire
from assessment.services.repetitions import set_repetition
from assessment.services.rounds import stop_round
from assessment.services.sample_data import make_sample_team
from assessment.services.surplus import correct_size
from assessment.services.workshops import add_own_question, choose_questions, start_workshop, write_note
from assessment.store.accounts import User
from assessment.store.campaigns import Campaign, CampaignRound
from assessment.store.database import Database
from assessment.store.repetitions import RepeatedRound
from assessment.store.rounds import Round, rounds_of_team
from assessment.store.teams import find_team_by_name
from assessment.store.workshops import NoteKind
from tests.infra.test_pictures import picture
from tests.services.build import DAY, NOW, Home, make_round
from tests.services.eight_rounds import QUESTIONS, questionnaire_text
from tests.services.portfolios import add_team
from tests.services.workshop_rooms import FIRST, RUBRICS, Room

PASSWORD = "una frase que nadie adivina"  # noqa: S105
KEPT_APART = "Palabras que solo dijo alguien"
"""What somebody wrote, and no file without answers may hold."""


def add_account(database: Database, email: str = "ana@example.org") -> int:
    with database.writing() as session:
        return int(create_account(session, email=email, password=PASSWORD, now=NOW).id)


def make_engagement(database: Database) -> Home:
    """Teams with tags, a repetition, a campaign and a workshop; rounds that are published, withheld, open and prepared;
    two plans, one after the other, with actions that were done and go on; a logo, and a consultancy with its own. A
    sheet of paper is being typed, and a plan was signed."""
    account = add_account(database, "facilitator@example.org")
    with database.writing() as session:
        organisation = create_organisation(
            session, name="Alegra", country=COUNTRIES["CO"], language="es", founder_id=account, now=NOW - 300 * DAY
        )
        set_accent(session, organisation=organisation, colour="#a03060")
        set_logo(
            session, organisation=organisation, picture=remake_picture(picture("JPEG", (300, 90), "RGB", (9, 90, 40)))
        )
        set_of_organisation(
            session,
            organisation_id=organisation.id,
            name="Faro Consultores",
            picture=remake_picture(picture("JPEG", (90, 60), "RGB", (200, 90, 10))),
        )
        store_questionnaire(session, organisation_id=organisation.id, text=questionnaire_text())
        change_defaults(
            session, organisation=organisation, questionnaires=[QUESTIONS], paper="a4", document_language="en"
        )
        organisation.moments = {
            "shop": [
                {"id": "arrival", "name": "La llegada, con ñ", "phase": "beginning"},
                {"id": "goodbye", "name": "La despedida", "phase": "end"},
            ]
        }
        for story in _stories():
            make_sample_team(
                session,
                session.get_one(User, account),
                organisation,
                story,
                seed=7,
                people=("Luisa Pérez", "Iván Ñáñez"),
                begun=NOW - 300 * DAY,
                now=NOW,
            )
        home = Home(account, organisation.id, _team(session, organisation.id, "Mesa de ayuda"))
    _campaign_and_repetition(database, home)
    _meeting(database, home)
    _paper(database, home)
    _workshop(database, home)
    return home


def _stories() -> list[SampleTeam]:
    def round_(
        name: str, ago: int, answers: int, ending: RoundState = RoundState.PUBLISHED, **more: Any
    ) -> SampleRound:
        return SampleRound(name=name, opened_days_ago=ago, answers=answers, ending=ending, **more)

    def plan(ago: int, done: int) -> SamplePlan:
        return SamplePlan(drawn_days_ago=ago, done=done, is_printed=False, stuck="Falta el permiso")

    return [
        SampleTeam(
            name="Mesa de ayuda",
            kind="shop",
            size=12,
            tags=("Norte", "Turno noche"),
            rounds=(
                round_("Ronda 1", 240, 11, usual=2.6, comments=(KEPT_APART,), plan=plan(225, 2)),
                round_("Ronda 2", 90, 12, usual=3.4, split=("language",), plan=plan(75, 1)),
                round_("Ronda 3", 3, 4, RoundState.OPEN),
            ),
        ),
        SampleTeam(
            name="Caja",
            kind="shop",
            size=12,
            rounds=(round_("Ronda 1", 90, 3), round_("Ronda 2", 0, 0, RoundState.DRAFT)),
        ),
    ]


def _team(session: Session, organisation_id: uuid.UUID, name: str) -> uuid.UUID:
    team = find_team_by_name(session, organisation_id, name)
    assert team is not None
    return team.id


def _campaign_and_repetition(database: Database, home: Home) -> None:
    with database.writing() as session:
        rounds = rounds_of_team(session, home.organisation, home.team)
        for submission in ("one", "two"):
            campaign = Campaign(
                organisation_id=home.organisation, name="Otoño", submission=submission, created_at=NOW - 91 * DAY
            )
            session.add(campaign)
            session.flush()
            at = 1 if submission == "one" else 2
            session.add(
                CampaignRound(organisation_id=home.organisation, round_id=rounds[at].id, campaign_id=campaign.id)
            )
        rule = RepetitionRule(6, dt.date(2026, 12, 1))
        repetition = set_repetition(
            session, organisation_id=home.organisation, team_id=home.team, rule=rule, open_days=10, now=NOW
        )
        session.add(
            RepeatedRound(
                organisation_id=home.organisation,
                round_id=rounds[1].id,
                repetition_id=repetition.id,
                due_on=dt.date(2026, 8, 22),
            )
        )


def _meeting(database: Database, home: Home) -> None:
    where = {"organisation_id": home.organisation}
    with database.writing() as session:
        latest = next(one for one in rounds_of_team(session, home.organisation, home.team) if one.published_at)
        today = NOW.date()
        round_plan = read_plan(session, **where, round_id=latest.id, drawn_on=today)
        action = round_plan.choices.actions[0]
        say(
            session, round_plan, action.id, said=Said.GOES_ON, note="", due_on=None, today=today, now=NOW,
            user_id=home.user,
        )  # fmt: skip
        round_plan = read_plan(session, **where, round_id=latest.id, drawn_on=today)
        close_meeting(session, round_plan, today=today, now=NOW)


def _paper(database: Database, home: Home) -> None:
    """A sheet that is typed and waits for its second typing; a photograph of a signed plan."""
    where: dict[str, Any] = {"organisation_id": home.organisation}
    with database.writing() as session:
        rounds = rounds_of_team(session, home.organisation, home.team)
        [open_id] = [one.id for one in rounds if not one.published_at]
        type_twice(session, **where, round_id=open_id, twice=True, now=NOW)
        sheet = begin_sheet(session, **where, round_id=open_id, now=NOW)
        assert sheet is not None
        keep_sheet(
            session, **where, round_id=open_id, sheet_id=sheet.id, answers={"comment": KEPT_APART},
            version=sheet.version, editor="page", now=NOW,
        )  # fmt: skip
        latest = next(one for one in rounds if one.published_at)
        signed = remake_photograph(picture("JPEG", (200, 280), "RGB", (240, 240, 230)))
        set_photograph(session, **where, round_id=latest.id, picture=signed, now=NOW)


def _workshop(database: Database, home: Home) -> None:
    """A team that voted in a room, also on what is in no sheet, and whose round is published."""
    own = Home(home.user, home.organisation, add_team(database, home, "Bodega", size=8))
    round_id, link = make_round(
        database, own, mode=RoundMode.CONSENSUS, questionnaires=[RUBRICS], opens_at=NOW - DAY, closes_at=None
    )
    with database.writing() as session:
        where = {"organisation_id": home.organisation, "round_id": round_id}
        started = start_workshop(
            session, **where, minutes=90, chosen=[FIRST, PRIORITIES], order=Order.AS_ASKED, now=NOW
        )
        days = (Text("Lunes", "Monday"), Text("Jueves", "Thursday"))
        for text, choices in (
            (Text("¿Qué día nos reunimos?", "On which day do we meet?"), days),
            (Text("¿Cuánto nos ayudó?", "How much did it help?"), ()),
        ):
            add_own_question(session, **where, text=text, choices=choices, version=started.version, now=NOW)
        room = Room(database, own, round_id, link, started.id)
    room.join("a", "b", "c", "d", "e")
    _vote(room, FIRST, (2, 3, 3))
    room.command(Command.AGAIN)
    _vote(room, FIRST, (3, 3, 3), ballot=2)
    room.agree(3, note=KEPT_APART)
    _vote(room, PRIORITIES, (0b111, 0b11, 0b1, 0b1000, 0))
    room.agree(0b11)
    _vote(room, "own:1", (1, 2, 2, 2, 0))
    room.agree(2)
    _vote(room, "own:2", (4, 5, 5, 4))
    board = room.board()
    with database.writing() as session:
        chosen, version = board.workshop.chosen or (), board.workshop.version
        choose_questions(session, **room.own, chosen=chosen, order=Order.DISAGREED, version=version, now=NOW)
    with database.writing() as session:
        write_note(session, **room.own, kind=NoteKind.PARKED, words=KEPT_APART, now=NOW)
    room.end()
    with database.writing() as session:
        round_ = session.get_one(Round, room.round_id)
        correct_size(session, round_, 9, user_id=home.user, now=NOW)
        stop_round(session, organisation_id=home.organisation, round_id=room.round_id, now=NOW)
        publish_round(session, organisation_id=home.organisation, round_id=room.round_id, now=NOW)


def _vote(room: Room, question: str, values: tuple[int, ...], *, ballot: int = 1) -> None:
    """The room votes on a question, and sees the votes."""
    if ballot == 1:
        room.command(Command.GO, to=question)
        room.command(Command.NEXT)
    for phone, value in zip("abcde", values, strict=False):
        assert room.vote(phone, value, question=question, ballot=ballot)
    room.command(Command.NEXT)


def exported(database: Database, organisation: uuid.UUID, **options: Any) -> bytes:
    file = io.BytesIO()
    export_engagement(database, file, organisation_id=organisation, **options)
    return file.getvalue()


def imported(database: Database, file: bytes, user: int, **options: Any) -> Imported:
    with opened_engagement(io.BytesIO(file)) as (archive, head), database.writing() as session:
        return import_engagement(session, archive, head, user_id=user, now=NOW + DAY, **options)


@dataclass
class Members:
    """What a file holds, to be changed and packed again as somebody would who knows the format."""

    manifest: dict[str, Any]
    members: dict[str, bytes]

    @staticmethod
    def of(file: bytes) -> Members:
        with zipfile.ZipFile(io.BytesIO(file)) as opened:
            members = {name: opened.read(name) for name in opened.namelist()}
        members.pop("mimetype")
        manifest = json.loads(members.pop("manifest.json"))
        manifest.pop("members")
        return Members(manifest, members)

    def change(self, name: str, change: Callable[[Any], object]) -> None:
        document = json.loads(self.members[name])
        change(document)
        self.members[name] = canonical(document)

    def packed(self, version: int = VERSION) -> bytes:
        file = io.BytesIO()
        writer = ArchiveWriter(file, FORMAT, version)
        for name, content in self.members.items():
            writer.add(name, content)
        writer.finish(self.manifest)
        return file.getvalue()
