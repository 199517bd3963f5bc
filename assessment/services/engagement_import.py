"""Brings an organisation from a file: as a new one, or as a later edition of the one that is here.

All in one transaction, and at its end the organisation would be exported as the very file that it came from: what no
Escala writes, also a figure that may not be shown, is refused. Rows get new ids here and are found by their places, so
that no file can name a row of this database. An organisation that is here is only replaced by a file that grew out of
exactly what it is now, and only where whoever imports administers it.
"""

from __future__ import annotations

import datetime as dt
import tempfile
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, BinaryIO, cast, get_args
from zoneinfo import available_timezones

from pydantic import ValidationError
from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.orm import Session

from assessment.catalogue.catalogue import (
    UnknownQuestionnaire,
    checksum_of,
    load_team_kinds,
    parse_plain_questionnaire,
)
from assessment.catalogue.loader import InvalidContent
from assessment.domain.access import OrganisationRole
from assessment.domain.colours import parse_colour, readable_colour
from assessment.domain.conventions import MINIMUM_GROUP_FLOOR
from assessment.domain.outcome import Outcome, outcome_of
from assessment.domain.questionnaire import NotAskedTogether, Questionnaire
from assessment.domain.rounds import Audience, RoundMode
from assessment.domain.team_tags import LONGEST_TAG, MOST_TAGS, tag_key
from assessment.domain.workshops import Stage, VotedQuestion, may_be_counted
from assessment.infra.archives import (
    Archive,
    ArchiveTooLarge,
    DamagedArchive,
    ForeignArchive,
    Limits,
    canonical,
    open_archive,
    parse_json,
)
from assessment.infra.countries import COUNTRIES
from assessment.infra.languages import Paper
from assessment.infra.pictures import NotAPicture, Picture, PictureTooLarge, remake_picture
from assessment.infra.sealed import SealBroken, WrongPassphrase, is_sealed, unseal
from assessment.infra.tokens import new_token
from assessment.services.action_outcomes import library_titles
from assessment.services.answer_documents import document_from_sheet, sheet_from_document
from assessment.services.consultancies import NamelessConsultancy, set_of_organisation
from assessment.services.engagement_export import fingerprint_now, fingerprint_of, hash_of
from assessment.services.engagement_format import (
    ANSWERS,
    CONSULTANCY_LOGO,
    DEEPEST,
    FORMAT,
    LARGEST_LOGO,
    LIMITS,
    LOGO,
    MEMBER_NAME,
    MOST_CAMPAIGNS,
    MOST_HISTORY,
    MOST_LISTED,
    MOST_ROUNDS,
    MOST_TEAMS,
    MOST_TEXTS,
    ONLY_HERE,
    ORGANISATION,
    PICTURES,
    QUESTIONNAIRE,
    TEAM,
    VERSION,
    EngagementFlaw,
    InvalidEngagement,
    depth_of,
    document_of,
    list_of,
    not_valid,
    number_of,
    parsed_row,
    words_of,
)
from assessment.services.organisation_look import set_logo
from assessment.services.organisations import change_defaults
from assessment.services.questionnaires import pinned_questionnaire, remember_parsed
from assessment.services.round_scores import write_round_scores
from assessment.services.snapshots import UnknownSnapshotFormat, result_from_snapshot
from assessment.services.workshops import all_questions_of, own_questions
from assessment.store import engagements as store
from assessment.store.accounts import User
from assessment.store.action_outcomes import ActionOutcome
from assessment.store.campaigns import Campaign, CampaignRound
from assessment.store.comments import add_comments
from assessment.store.compaction import owe_compaction
from assessment.store.deletions import delete_unused_files
from assessment.store.organisations import Membership, Organisation
from assessment.store.plan_actions import ActionEvent, CarriedAction, PlanAction
from assessment.store.plan_meetings import PlanMeeting
from assessment.store.plans import Plan
from assessment.store.questionnaires import RoundQuestionnaire, store_version
from assessment.store.repetitions import RepeatedRound, Repetition
from assessment.store.responses import add_responses
from assessment.store.round_events import RoundEvent
from assessment.store.rounds import Round, RoundLink
from assessment.store.team_tags import TeamTag
from assessment.store.teams import Team
from assessment.store.workshops import Workshop, WorkshopAgreement, WorkshopBallot, WorkshopNote

Document = dict[str, Any]


class Standing(StrEnum):
    """What importing a file would do."""

    NEW = "new"
    """The organisation is not here: it begins."""
    SAME = "same"
    """It is here, and says the same: nothing changes."""
    LATER = "later"
    """It is here as the file's work began: it becomes what the file says."""
    EARLIER = "earlier"
    """What is here has grown out of the file: nothing to take from it."""
    APART = "apart"
    """Both have changed since they were one: neither may take the other's place."""
    WOULD_LOSE = "would-lose"
    """The file is later, and something that is only here would be lost."""

    @property
    def is_refused(self) -> bool:
        return self in {Standing.EARLIER, Standing.APART, Standing.WOULD_LOSE}


class NotImported(Exception):
    """The organisation is here already, and the file may not take its place; `standing` says why."""

    def __init__(self, standing: Standing, organisation: str) -> None:
        super().__init__(standing)
        self.standing = standing
        self.organisation = organisation


@dataclass(frozen=True, slots=True)
class EngagementHead:
    """What a file says of itself. It proves nothing: whoever made it can have written anything."""

    key: uuid.UUID
    history: tuple[str, ...]
    fingerprint: str
    organisation: str
    country: str
    made_by: str
    with_answers: bool
    teams: int
    rounds: int
    plans: int
    team_names: tuple[str, ...] = ()
    """The first ones, by name."""
    accompanied_by: str = ""
    """Who would stand in the foot of its documents."""


@dataclass(frozen=True, slots=True)
class EngagementText:
    """A version of a questionnaire that a file names, and its text, which says the same."""

    row: Document
    is_own: bool
    text: str
    questionnaire: Questionnaire


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of it: `standing` as it was before, and the organisation as it is now."""

    standing: Standing
    organisation_id: uuid.UUID
    name: str
    teams: int
    rounds: int


# Opening


@contextmanager
def opened_engagement(
    file: BinaryIO, *, passphrase: str | None = None, limits: Limits = LIMITS
) -> Iterator[tuple[Archive, EngagementHead]]:
    """The file, checked as a whole, and what it says of itself. Raises `InvalidEngagement`."""
    with tempfile.TemporaryFile() as plain:
        file.seek(0)
        if is_sealed(file.read(32)):
            _unseal(file, plain, passphrase)
            file = cast(BinaryIO, plain)
        with _opened(file, limits) as archive:
            yield archive, _head(archive)


def _unseal(file: BinaryIO, plain: Any, passphrase: str | None) -> None:
    if not passphrase:
        raise InvalidEngagement(EngagementFlaw.NEEDS_PASSPHRASE)
    file.seek(0)
    try:
        unseal(file, plain, passphrase)
    except WrongPassphrase:
        raise InvalidEngagement(EngagementFlaw.WRONG_PASSPHRASE) from None
    except SealBroken:
        raise InvalidEngagement(EngagementFlaw.SEAL_BROKEN) from None


@contextmanager
def _opened(file: BinaryIO, limits: Limits) -> Iterator[Archive]:
    with _flaws(), open_archive(file, FORMAT, VERSION, limits) as archive:
        yield archive


@contextmanager
def _flaws() -> Iterator[None]:
    """Raises `InvalidEngagement` for whatever is wrong with an archive."""
    try:
        yield
    except ForeignArchive as error:
        flaw = EngagementFlaw.LATER_VERSION if error.is_later else EngagementFlaw.NO_ENGAGEMENT
        raise InvalidEngagement(flaw) from None
    except DamagedArchive as error:
        raise InvalidEngagement(EngagementFlaw.DAMAGED, str(error)) from None
    except ArchiveTooLarge as error:
        raise InvalidEngagement(EngagementFlaw.TOO_LARGE, str(error)) from None


def _head(archive: Archive) -> EngagementHead:
    told = archive.manifest
    if told.get("format") != FORMAT:
        raise InvalidEngagement(EngagementFlaw.NO_ENGAGEMENT)
    if told.get("version") != VERSION:
        raise InvalidEngagement(EngagementFlaw.LATER_VERSION)
    if not all(map(MEMBER_NAME.fullmatch, archive.entries)) or ORGANISATION not in archive.entries:
        raise not_valid("members")
    teams = number_of(told.get("teams"), "teams", least=0, most=MOST_TEAMS)
    names = {name for name in archive.entries if name.startswith("teams/")}
    if names != {TEAM.format(number) for number in range(1, teams + 1)}:
        raise not_valid("teams")
    history = tuple(words_of(one, "history", longest=64) for one in list_of(told.get("history"), "history"))
    if len(history) > MOST_HISTORY:
        raise not_valid("history")
    with_answers = told.get("with_answers")
    if type(with_answers) is not bool or (not with_answers and any(name.startswith("a") for name in archive.entries)):
        raise not_valid("with_answers")
    try:
        key = uuid.UUID(told.get("key"))
    except (ValueError, TypeError, AttributeError):
        raise not_valid("key") from None
    return EngagementHead(
        key=key,
        history=history,
        fingerprint=fingerprint_of(
            {
                name: hash_of(name, picture.data) if (picture := _picture(archive, name)) else entry.sha256
                for name, entry in archive.entries.items()
            }
        ),
        organisation=words_of(told.get("organisation"), "organisation", longest=120),
        country=words_of(told.get("country"), "country", longest=2),
        made_by=words_of(told.get("made_by"), "made_by", longest=200),
        with_answers=with_answers,
        teams=teams,
        rounds=number_of(told.get("rounds"), "rounds", least=0, most=MOST_TEAMS * MOST_ROUNDS),
        plans=number_of(told.get("plans"), "plans", least=0, most=MOST_TEAMS * MOST_ROUNDS),
        team_names=tuple(_name_of_team(archive, number) for number in range(1, min(teams, 10) + 1)),
        accompanied_by=_consultancy_row(_document(archive, ORGANISATION)).get("name", ""),
    )


def _name_of_team(archive: Archive, number: int) -> str:
    place = TEAM.format(number)
    return words_of(document_of(_document(archive, place).get("team"), place).get("name"), place, longest=120)


def _picture(archive: Archive, name: str) -> Picture | None:
    """A picture of the file drawn again, as every picture that somebody sends; `None` where there is none of this name.

    Raises `InvalidEngagement`.
    """
    if name not in PICTURES or name not in archive.entries:
        return None
    with _flaws():
        content = archive.read(name)
    try:
        return remake_picture(content, most=LARGEST_LOGO)
    except (NotAPicture, PictureTooLarge):
        raise not_valid(name) from None


def _document(archive: Archive, name: str) -> Document:
    """A member that is JSON as Escala writes it. Raises `InvalidEngagement`."""
    with _flaws():
        content = archive.read(name)
        document = parse_json(content)
    if depth_of(document) > DEEPEST:
        raise InvalidEngagement(EngagementFlaw.TOO_LARGE, name)
    try:
        is_canonical = canonical(document) == content
    except (ValueError, RecursionError):
        is_canonical = False
    if not is_canonical:
        raise not_valid(name)
    return document_of(document, name)


def read_texts(
    archive: Archive, *, most: int = MOST_TEXTS, largest: int = LIMITS.unpacked
) -> tuple[EngagementText, ...]:
    """The questionnaires, each text read once and none twice in the list: seconds of work, before anything is written.

    A text is what its checksum says; one that the product ships, or is said to be, is everybody's only as that:
    rounds of others pin their texts by the same checksum, never by a name. At most so many, and so many bytes
    together. Raises `InvalidEngagement`.
    """
    place = "questionnaires"
    told = [document_of(one, place) for one in list_of(_document(archive, ORGANISATION).get(place), place, most=10_000)]
    rows = [parsed_row(one, "questionnaire_versions", place) for one in told]
    names = [QUESTIONNAIRE.format(words_of(one.get("text"), place, longest=64)) for one in told]
    owned = [one.get("is_own") is True for one in told]
    if not set(names) <= archive.entries.keys():
        raise not_valid(place)
    if len({(*row.values(), is_own) for row, is_own in zip(rows, owned, strict=True)}) != len(rows):
        raise not_valid(place)
    if len(rows) > most or sum(archive.entries[name].size for name in set(names)) > largest:
        raise InvalidEngagement(EngagementFlaw.TOO_LARGE, place)
    parsed = {name: _parsed(archive, name) for name in sorted(set(names))}
    for row, name in zip(rows, names, strict=True):
        questionnaire, text = parsed[name]
        said = (questionnaire.id, questionnaire.version, checksum_of(text.encode()))
        if said != (row["questionnaire_id"], row["version"], row["checksum"]):
            raise not_valid(place)
    return tuple(
        EngagementText(row, is_own, parsed[name][1], parsed[name][0])
        for row, is_own, name in zip(rows, owned, names, strict=True)
    )


def _parsed(archive: Archive, name: str) -> tuple[Questionnaire, str]:
    with _flaws():
        content = archive.read(name)
    try:
        return parse_plain_questionnaire(content, QUESTIONNAIRE), content.decode()
    except InvalidContent:
        raise not_valid("questionnaires") from None


def check_told(archive: Archive, head: EngagementHead, *, most_rounds: int) -> None:
    """Compares what the file says of itself with what it holds: of both, a page shows the first.

    Raises `InvalidEngagement`.
    """
    row = _organisation_row(_document(archive, ORGANISATION))
    rounds = plans = 0
    for number in range(1, head.teams + 1):
        place = TEAM.format(number)
        listed = list_of(_document(archive, place).get("rounds"), place, most=MOST_ROUNDS)
        rounds += len(listed)
        plans += sum(document_of(one, place).get("plan") is not None for one in listed)
        if rounds > most_rounds:
            raise InvalidEngagement(EngagementFlaw.TOO_LARGE, "rounds")
    if (row["name"], row["country"], rounds, plans) != (head.organisation, head.country, head.rounds, head.plans):
        raise not_valid("manifest")


# What it would do


@dataclass(frozen=True, slots=True)
class Found:
    """What importing would do, and to which organisation."""

    standing: Standing
    organisation: Organisation | None = None


def find_standing(
    session: Session, head: EngagementHead, *, user_id: int, most_rounds: int | None = None, locks: bool = False
) -> Found:
    """What importing the file would do for this account. Organisations that it does not administer do not exist.

    If it `locks`, nobody changes these organisations until the transaction ends. What is here is read whole: of more
    than `most_rounds`, `InvalidEngagement` is raised instead.
    """
    here = store.find_administered(session, key=head.key, user_id=user_id)
    if locks:
        store.lock_contents(session, [one.id for one in here])
        here = store.find_administered(session, key=head.key, user_id=user_id)
    if most_rounds is not None and sum(store.count_rounds_of(session, one.id) for one in here) > most_rounds:
        raise InvalidEngagement(EngagementFlaw.TOO_LARGE_HERE, "rounds")
    found = [Found(_standing(session, one, head), one) for one in here]
    order = list(Standing)
    found.sort(key=lambda one: (one.standing is not Standing.SAME, order.index(one.standing)))
    return found[0] if found else Found(Standing.NEW)


def _standing(session: Session, organisation: Organisation, head: EngagementHead) -> Standing:
    organisation_id = organisation.id
    now = fingerprint_now(session, organisation_id=organisation_id)
    if now == head.fingerprint:
        return Standing.SAME
    if now in head.history:
        only_here = store.is_anything_only_here(
            session, organisation_id, tables=ONLY_HERE, with_answers=head.with_answers
        )
        return Standing.WOULD_LOSE if only_here else Standing.LATER
    is_known = head.fingerprint in store.fingerprints_of(session, organisation_id)
    return Standing.EARLIER if is_known else Standing.APART


def import_engagement(
    session: Session,
    archive: Archive,
    head: EngagementHead,
    *,
    user_id: int,
    as_new: bool = False,
    most_rounds_here: int | None = None,
    texts: Sequence[EngagementText] | None = None,
    now: dt.datetime,
    advance: Callable[[str], None] = lambda team: None,
) -> Imported:
    """Imports a file that was opened, for an account, which becomes the administrator of a new organisation.

    `as_new` makes another organisation of it, whatever is here; `most_rounds_here` as of `find_standing`; `texts` are
    what `read_texts` has read of this very file, where another process did. To be called in a transaction that is
    undone where this raises. Raises `InvalidEngagement` or `NotImported`.
    """
    texts = read_texts(archive) if texts is None else texts
    remember_parsed({one.text: one.questionnaire for one in texts})
    found = (
        Found(Standing.NEW)
        if as_new
        else find_standing(session, head, user_id=user_id, most_rounds=most_rounds_here, locks=True)
    )
    if found.organisation is not None:
        organisation = session.merge(found.organisation)  # the search has emptied the session
        if found.standing.is_refused:
            raise NotImported(found.standing, organisation.name)
        if found.standing is Standing.SAME:
            return Imported(Standing.SAME, organisation.id, organisation.name, head.teams, head.rounds)
    try:
        with _flaws():
            importing = _Importing(session, archive, head, texts, now, advance)
            organisation_id = importing.bring(found.organisation.id if found.organisation else None, user_id)
    except (IntegrityError, DataError):
        raise not_valid("database") from None
    if fingerprint_now(session, organisation_id=organisation_id) != head.fingerprint:
        raise not_valid("fingerprint")
    store.set_editions(session, organisation_id, head.key, [*head.history, head.fingerprint])
    organisation = session.get_one(Organisation, organisation_id)
    return Imported(found.standing, organisation_id, organisation.name, head.teams, importing.rounds)


class _Importing:
    """One file on its way into the database."""

    def __init__(
        self,
        session: Session,
        archive: Archive,
        head: EngagementHead,
        texts: Sequence[EngagementText],
        now: dt.datetime,
        advance: Callable[[str], None],
    ) -> None:
        self.session, self.archive, self.head, self.now, self.advance = session, archive, head, now, advance
        self.texts = texts
        self.organisation_id = uuid.uuid4()
        self.versions: list[tuple[uuid.UUID, uuid.UUID]] = []
        """Owner and id of each version that the file names, by its place."""
        self.campaigns: list[uuid.UUID] = []
        self.rounds = 0

    def bring(self, replaced: uuid.UUID | None, user_id: int) -> uuid.UUID:
        document = _document(self.archive, ORGANISATION)
        told = _organisation_row(document)
        if replaced is None:
            self._begin(told, user_id)
            scopes = store.Scopes((), ())
        else:
            self.organisation_id = replaced
            scopes = store.scopes_of(self.session, replaced)
            store.delete_contents(self.session, replaced)
            delete_unused_files(self.session, replaced)
            owe_compaction(self.session, is_whole=True)
            self.session.expire_all()
            organisation = self.session.get_one(Organisation, replaced)
            for name, value in told.items():
                setattr(organisation, name, value)
        self._look(document)
        self._questionnaires()
        self._begins_with(told)
        self._campaigns(document)
        self.session.flush()
        for number in range(1, self.head.teams + 1):
            self._team(number)
        store.put_scopes(self.session, self.organisation_id, scopes)
        return self.organisation_id

    def _begin(self, told: Document, user_id: int) -> None:
        founder = self.session.get_one(User, user_id)
        self.session.add(
            Organisation(id=self.organisation_id, is_sample=founder.is_sample, created_at=self.now, **told)
        )
        self.session.flush()
        self.session.add(
            Membership(user_id=user_id, organisation_id=self.organisation_id, role=OrganisationRole.ADMINISTRATOR)
        )

    def _look(self, document: Document) -> None:
        if picture := _picture(self.archive, LOGO):
            organisation = self.session.get_one(Organisation, self.organisation_id)
            set_logo(self.session, organisation=organisation, picture=picture)
        picture, row = _picture(self.archive, CONSULTANCY_LOGO), _consultancy_row(document)
        if not row:
            if picture:
                raise not_valid(CONSULTANCY_LOGO)
            return
        try:
            set_of_organisation(self.session, organisation_id=self.organisation_id, picture=picture, **row)
        except NamelessConsultancy:
            raise not_valid(ORGANISATION) from None

    def _begins_with(self, told: Document) -> None:
        """Checks what new teams and documents begin with, once the organisation's own questionnaires are here."""
        kinds = {kind.id for kind in load_team_kinds()}
        if unknown := sorted(told["moments"].keys() - kinds):
            raise InvalidEngagement(EngagementFlaw.UNKNOWN_CONTENT, unknown[0])
        try:
            change_defaults(
                self.session,
                organisation=self.session.get_one(Organisation, self.organisation_id),
                questionnaires=told["questionnaires"],
                paper=told["paper"],
                document_language=told["document_language"],
            )
        except UnknownQuestionnaire as unknown_one:
            raise InvalidEngagement(EngagementFlaw.UNKNOWN_CONTENT, unknown_one.id) from None
        except NotAskedTogether:
            raise not_valid(ORGANISATION) from None

    def _questionnaires(self) -> None:
        for one in self.texts:
            owner = self.organisation_id if one.is_own else None
            version = store_version(self.session, organisation_id=owner, content=one.text, **one.row)
            self.versions.append((version.owner_id, version.id))

    def _campaigns(self, document: Document) -> None:
        for told in list_of(document.get("campaigns"), "campaigns", most=MOST_CAMPAIGNS):
            campaign = Campaign(
                id=uuid.uuid4(),
                organisation_id=self.organisation_id,
                submission=new_token(),
                **parsed_row(told, "campaigns", "campaigns"),
            )
            self.session.add(campaign)
            self.campaigns.append(campaign.id)

    def _team(self, number: int) -> None:
        place = TEAM.format(number)
        document = _document(self.archive, place)
        told = document_of(document.get("team"), place)
        row = parsed_row(told, "teams", place)
        if row["kind"] not in {kind.id for kind in load_team_kinds()}:
            raise InvalidEngagement(EngagementFlaw.UNKNOWN_CONTENT, row["kind"])
        team = Team(id=uuid.uuid4(), organisation_id=self.organisation_id, **row)
        self.session.add(team)
        self.session.flush()
        self._tags(team, told, place)
        repetition = self._repetition(team, document.get("repetition"), place)
        answers = self._answers_of(number)
        _Rounds(self, team, repetition, answers, place).bring(document.get("rounds"))
        self.advance(team.name)
        self.session.flush()
        self.session.expunge_all()

    def _tags(self, team: Team, told: Document, place: str) -> None:
        names = [words_of(name, place, longest=LONGEST_TAG) for name in list_of(told.get("tags"), place)]
        if len(names) > MOST_TAGS or not all(names):
            raise not_valid(place)
        for position, name in enumerate(names):
            self.session.add(
                TeamTag(
                    organisation_id=team.organisation_id,
                    team_id=team.id,
                    key=tag_key(name),
                    name=name,
                    position=position,
                )
            )

    def _repetition(self, team: Team, told: Any, place: str) -> uuid.UUID | None:
        """It rests: nothing opens by itself where nobody has looked yet."""
        if told is None:
            return None
        repetition = Repetition(
            id=uuid.uuid4(),
            organisation_id=team.organisation_id,
            team_id=team.id,
            created_at=self.now,
            paused_at=self.now,
            **parsed_row(told, "repetitions", place),
        )
        self.session.add(repetition)
        self.session.flush()
        return repetition.id

    def _answers_of(self, number: int) -> dict[int, Document]:
        """What the file has of people's answers, by the places of the rounds."""
        name = ANSWERS.format(number)
        if name not in self.archive.entries:
            return {}
        listed = list_of(_document(self.archive, name).get("rounds"), name, most=MOST_ROUNDS)
        return {number_of(document_of(one, name).get("round"), name): one for one in listed}


Action = tuple[uuid.UUID, uuid.UUID]
"""The ids of a plan and of one of its actions."""


class _Rounds:
    """The rounds of a team: rows refer to each other by their places."""

    def __init__(
        self,
        importing: _Importing,
        team: Team,
        repetition_id: uuid.UUID | None,
        answers: Mapping[int, Document],
        place: str,
    ) -> None:
        self.all, self.session, self.team = importing, importing.session, team
        self.repetition_id, self.answers, self.place = repetition_id, answers, place
        self.organisation_id = team.organisation_id
        self.plans: dict[int, uuid.UUID] = {}
        self.actions: dict[tuple[int, int], uuid.UUID] = {}

    def bring(self, told: Any) -> None:
        listed = [document_of(one, self.place) for one in list_of(told, self.place, most=MOST_ROUNDS)]
        if not self.answers.keys() <= set(range(len(listed))):
            raise not_valid(self.place)
        rounds = [self._round(place, one) for place, one in enumerate(listed)]
        self.session.flush()
        for place, (one, round_) in enumerate(zip(listed, rounds, strict=True)):
            if one.get("plan") is not None:
                self._plan(place, one["plan"], round_)
        self.session.flush()
        for place, (one, round_) in enumerate(zip(listed, rounds, strict=True)):
            if one.get("plan") is not None:
                self._refer(place, one["plan"])
            self._outcomes(one.get("outcomes"), round_)
        self.all.rounds += len(rounds)

    def _add(self, model: Any, **values: Any) -> Any:
        row = model(organisation_id=self.organisation_id, **values)
        self.session.add(row)
        return row

    def _listed(self, told: Document, name: str) -> list[Document]:
        return [document_of(one, self.place) for one in list_of(told.get(name), self.place, most=MOST_LISTED)]

    # A round

    def _round(self, place: int, told: Document) -> Round:
        row = parsed_row(told, "rounds", self.place)
        is_published = row["published_at"] is not None
        if row["minimum_group"] < MINIMUM_GROUP_FLOOR or row["team_size"] < 1:
            raise not_valid(self.place)
        if not is_published and row["mode"] is RoundMode.IMPORTED:
            raise not_valid(self.place)
        round_ = Round(
            id=uuid.uuid4(),
            organisation_id=self.organisation_id,
            team_id=self.team.id,
            plan_token=new_token(),
            links=[RoundLink(audience=Audience.TEAM, token=new_token())],
            has_outcomes=is_published,
            **row,
        )
        self._asks(round_, told)
        self.session.add(round_)
        if is_published:
            self._publish(round_, told, self.answers.get(place))
        elif place in self.answers:
            raise not_valid(self.place)
        self.session.flush()
        self._belongs(round_, told)
        return round_

    def _asks(self, round_: Round, told: Document) -> None:
        places = [number_of(one, self.place, least=0) for one in list_of(told.get("asks"), self.place, most=50)]
        if not places or max(places) >= len(self.all.versions) or len(set(places)) != len(places):
            raise not_valid(self.place)
        round_.questionnaires = [
            RoundQuestionnaire(
                position=position,
                version_owner_id=self.all.versions[place][0],
                questionnaire_version_id=self.all.versions[place][1],
            )
            for position, place in enumerate(places)
        ]

    def _publish(self, round_: Round, told: Document, answers: Document | None) -> None:
        snapshot = document_of(told.get("result"), self.place)
        try:
            result = result_from_snapshot(snapshot)
        except (ValidationError, UnknownSnapshotFormat, KeyError, TypeError, ValueError):
            raise not_valid(self.place) from None
        answered = number_of(told.get("answered"), self.place, least=0, most=1_000_000)
        asked = self._asked(round_)
        ids = [pillar.id for pillar in asked.pillars]
        points = {point["id"] for point in round_.points}
        is_of_questions = result.withheld or (
            [pillar.pillar for pillar in result.pillars] == ids and {point.point for point in result.ladder} <= points
        )
        if not is_of_questions:
            raise not_valid(self.place)
        round_.snapshot = snapshot
        round_.is_withheld = outcome_of(result, asked, round_.minimum_group) is not Outcome.RESULT
        if not (answers and answers.get("responses")):
            round_.answers_deleted_at, round_.answers_counted = self.all.now, answered
        self.session.flush()
        try:
            write_round_scores(self.session, round_, result, asked)
        except (KeyError, ValueError, TypeError, IndexError, AttributeError, ArithmeticError):
            raise not_valid(self.place) from None  # figures that do not belong together
        if answers:
            self._answers(round_, answers)
        workshops = [self._workshop(round_, one) for one in self._listed(told, "workshops")]
        self.session.flush()
        self._words(workshops, self._listed(answers, "workshops") if answers else [])
        for event in self._listed(told, "events"):
            self._add(RoundEvent, round_id=round_.id, **parsed_row(event, "round_events", self.place))

    def _asked(self, round_: Round) -> Questionnaire:
        with self.session.no_autoflush:
            return pinned_questionnaire(self.session, round_)

    def _belongs(self, round_: Round, told: Document) -> None:
        if (place := told.get("campaign")) is not None:
            number = number_of(place, self.place, least=0)
            if number >= len(self.all.campaigns):
                raise not_valid(self.place)
            self._add(CampaignRound, round_id=round_.id, campaign_id=self.all.campaigns[number])
        if told.get("repeated_for") is not None:
            if self.repetition_id is None:
                raise not_valid(self.place)
            row = parsed_row(told["repeated_for"], "repeated_rounds", self.place)
            self._add(RepeatedRound, round_id=round_.id, repetition_id=self.repetition_id, **row)

    # Its workshops and answers

    def _workshop(self, round_: Round, told: Document) -> Workshop:
        row = parsed_row(told, "workshops", self.place)
        if row["ended_at"] is None:
            raise not_valid(self.place)
        workshop: Workshop = self._add(
            Workshop,
            id=uuid.uuid4(),
            round_id=round_.id,
            token=new_token(),
            stage=Stage.JOINING,
            commanded_at=row["ended_at"],
            agenda_seconds=0,
            order=row.pop("question_order"),
            **row,
        )
        self.session.flush()
        with self.session.no_autoflush:
            offered = {one.key: one for one in all_questions_of(self.session, round_, own_questions(workshop))}
        chosen = workshop.chosen
        if chosen is not None and (not chosen or [key for key in offered if key in chosen] != chosen):
            raise not_valid(self.place)
        self._votes(workshop, told, offered)
        return workshop

    def _votes(self, workshop: Workshop, told: Document, offered: Mapping[str, VotedQuestion]) -> None:
        """What a room voted and agreed on, as votes on these questions can be."""
        numbers: dict[str, set[int]] = {}
        for ballot in self._listed(told, "ballots"):
            shown = parsed_row(ballot, "workshop_ballots", self.place)
            asked = offered.get(shown["question"])
            if asked is None or not may_be_counted(shown["counts"], shown["voted"], asked):
                raise not_valid(self.place)
            numbers.setdefault(asked.key, set()).add(shown["number"])
            self._add(WorkshopBallot, workshop_id=workshop.id, revealed_at=workshop.ended_at, **shown)
        if any(found != set(range(1, len(found) + 1)) for found in numbers.values()):
            raise not_valid(self.place)
        for agreement in self._listed(told, "agreements"):
            agreed = parsed_row(agreement, "workshop_agreements", self.place)
            asked = offered.get(agreed["question"])
            if asked is None or not asked.takes(agreed["level"]):
                raise not_valid(self.place)
            self._add(WorkshopAgreement, workshop_id=workshop.id, note="", **agreed)

    def _words(self, workshops: Sequence[Workshop], told: Sequence[Document]) -> None:
        if told and len(told) != len(workshops):
            raise not_valid(self.place)
        for workshop, words in zip(workshops, told, strict=bool(told)):
            for number, note in enumerate(self._listed(words, "notes")):
                row = parsed_row(note, "workshop_notes", self.place, of_answers=True)
                written_at = workshop.started_at + dt.timedelta(microseconds=number)
                self._add(WorkshopNote, id=uuid.uuid4(), workshop_id=workshop.id, written_at=written_at, **row)
            for agreement in self._listed(words, "agreements"):
                row = parsed_row(agreement, "workshop_agreements", self.place, of_answers=True)
                question = words_of(agreement.get("question"), self.place, longest=100)
                agreed = self.session.get(WorkshopAgreement, (workshop.id, question))
                if agreed is None:
                    raise not_valid(self.place)
                agreed.note = row["note"]

    def _answers(self, round_: Round, told: Document) -> None:
        sheets = []
        for response in list_of(told.get("responses"), self.place, most=100_000):
            document = parsed_row(response, "responses", self.place, of_answers=True)["answers"]
            try:
                is_sheet = document_from_sheet(sheet_from_document(document)) == document
            except (ValueError, TypeError, AttributeError, KeyError):
                is_sheet = False
            if not is_sheet:
                raise not_valid(self.place)
            sheets.append(document)
        add_responses(self.session, self.organisation_id, round_.id, sheets)
        comments = [
            parsed_row(one, "comments", self.place, of_answers=True)
            for one in list_of(told.get("comments"), self.place, most=100_000)
        ]
        for is_hidden in (False, True):
            listed = [(one["section"], one["words"]) for one in comments if one["is_hidden"] is is_hidden]
            add_comments(self.session, self.organisation_id, round_.id, listed, is_hidden=is_hidden)

    # Its plan

    def _plan(self, place: int, told: Any, round_: Round) -> None:
        document = document_of(told, self.place)
        if round_.published_at is None:
            raise not_valid(self.place)
        plan = self._add(Plan, id=uuid.uuid4(), round_id=round_.id, **parsed_row(document, "plans", self.place))
        self.plans[place] = plan.id
        asked = self._asked(round_)
        pillars = {pillar.id for pillar in asked.pillars}
        served = {"pillar": pillars | {""}, "point": {point["id"] for point in round_.points} | {""}}
        if not {pillar["pillar"] for pillar in plan.pillars} <= pillars:
            raise not_valid(self.place)
        self.session.flush()
        for number, action in enumerate(self._listed(document, "actions")):
            row = parsed_row(action, "plan_actions", self.place)
            if row["library_id"] and row["library_id"] not in library_titles():
                raise InvalidEngagement(EngagementFlaw.UNKNOWN_CONTENT, row["library_id"])
            if row["ref_id"] not in served[row["serves"]]:
                raise not_valid(self.place)
            self.actions[place, number] = uuid.uuid4()
            self._add(PlanAction, id=self.actions[place, number], plan_id=plan.id, position=number, **row)

    def _refer(self, place: int, told: Document) -> None:
        """What refers to actions, once they are all there."""
        for number, action in enumerate(self._listed(told, "actions")):
            action_id = self.actions[place, number]
            if (carried := action.get("carried_from")) is not None:
                self._add(CarriedAction, action_id=action_id, from_id=self._action(carried))
            for event in self._listed(action, "events"):
                row = parsed_row(event, "action_events", self.place)
                self._add(ActionEvent, id=uuid.uuid4(), action_id=action_id, **row)
        for meeting in self._listed(told, "meetings"):
            row = parsed_row(meeting, "plan_meetings", self.place)
            row["agenda"] = [
                {
                    "action": str(uuid.uuid4() if entry["action"] is None else self._action(entry["action"])),
                    "said": entry["said"],
                }
                for entry in row["agenda"]
            ]
            self._add(PlanMeeting, id=uuid.uuid4(), plan_id=self.plans[place], **row)

    def _outcomes(self, told: Any, round_: Round) -> None:
        for position, outcome in enumerate(list_of(told, self.place)):
            row = parsed_row(outcome, "action_outcomes", self.place)
            plan = self.plans.get(number_of(outcome.get("plan"), self.place, least=0))
            action = outcome.get("action")
            if plan is None:
                raise not_valid(self.place)
            self._add(
                ActionOutcome,
                id=uuid.uuid4(),
                round_id=round_.id,
                plan_id=plan,
                action_id=None if action is None else self._action(action),
                position=position,
                **row,
            )

    def _action(self, told: Any) -> uuid.UUID:
        """The id of the action at a place."""
        place = [number_of(one, self.place, least=0) for one in list_of(told, self.place, most=2)]
        action_id = self.actions.get((place[0], place[1])) if len(place) == 2 else None
        if action_id is None:
            raise not_valid(self.place)
        return action_id


def _consultancy_row(document: Document) -> Document:
    """Who accompanies the organisation; empty for nobody."""
    told = document.get("consultancy")
    return {} if told is None else parsed_row(told, "organisation_consultancies", ORGANISATION)


def _organisation_row(document: Document) -> Document:
    row = parsed_row(document.get("organisation"), "organisations", ORGANISATION)
    try:
        is_readable = readable_colour(parse_colour(row["accent"])) == row["accent"]
    except ValueError:
        is_readable = False
    months = (row["keep_answers_months"], row["keep_results_months"])
    is_fine = (
        row["name"].strip()
        and row["country"] in COUNTRIES
        and row["language"] in ("es", "en")
        and row["document_language"] in (None, "es", "en")
        and row["paper"] in (None, *get_args(Paper))
        and row["time_zone"] in available_timezones()
        and row["minimum_group"] >= MINIMUM_GROUP_FLOOR
        and all(month is None or 1 <= month <= 1200 for month in months)
    )
    if not is_fine or not is_readable:
        raise not_valid(ORGANISATION)
    return row
