"""Answer a round: keep a draft change by change, then submit it once."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from enum import Enum, auto
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from assessment.domain.answers import AnswerSheet, Role
from assessment.domain.plain_text import plain_text
from assessment.domain.questionnaire import Questionnaire
from assessment.domain.respondents import InvalidAnswer, check_sheet
from assessment.domain.rounds import RoundMode
from assessment.infra.tokens import token_hash
from assessment.services.answer_documents import document_from_sheet, sheet_from_document
from assessment.services.describe_round import RoundDescription, describe_asked_round
from assessment.services.questionnaires import QuestionnaireChanged, pinned_questionnaire
from assessment.services.rounds import UnknownRound
from assessment.store.answering import (
    SEEN,
    Asked,
    AskedRound,
    Progress,
    WhileOpen,
    add_draft,
    count_drafts,
    delete_draft,
    delete_smallest_draft,
    find_asked_by_invitation,
    find_asked_by_link,
    keep_draft,
    lock_asked,
    may_begin,
    merge_into_draft,
    merge_into_open_draft,
)
from assessment.store.database import Database
from assessment.store.prepared import Queryable
from assessment.store.responses import add_response
from assessment.store.rounds import Round

LONGEST_COMMENT = 4_000
KNOWN_LINKS = 2_000

FEWEST_DRAFTS, DRAFTS_A_PERSON = 200, 10
"""How many drafts a round keeps at most: far more than its team needs, too few to fill a disk."""


class UnknownLink(LookupError):
    """No round has this link."""


class LinkReplaced(UnknownLink):
    """The shared link of a round for which personal ones were made later."""


class LinkUsedUp(Exception):
    """A personal link whose answers have been submitted."""


class AlreadySubmitted(Exception):
    """This device has answered this round."""


class NothingAnswered(Exception):
    """Everything was skipped: there is nothing to send, and an empty sheet would only be counted."""


@dataclass(frozen=True, slots=True)
class DraftChange:
    """Some answers of a draft, in the form of `document_from_sheet`; `None` takes one back.

    An open page that sends its changes in the background has a name and numbers them: one that arrives late, or again,
    does nothing.
    """

    answers: dict[str, Any]
    page: str = ""
    number: int = 0


class Kept(Enum):
    """What became of a change."""

    BEGUN = auto()
    """It is the first of a new draft."""
    CHANGED = auto()
    BEFORE = auto()
    """It, or a later one of the same page, had arrived before."""


@dataclass(frozen=True, slots=True)
class RespondentAccess:
    """How somebody came to a round, and how far they were then. `key` is the secret that makes a submission count once:
    a personal link's own token, or else the device's cookie."""

    round: AskedRound
    description: RoundDescription
    key: str
    is_personal: bool
    progress: Progress
    _questionnaire: Questionnaire | None

    @property
    def questionnaire(self) -> Questionnaire:
        """What the round asks. Raises `QuestionnaireChanged`."""
        if self._questionnaire is None:
            raise QuestionnaireChanged(self.round.id)
        return self._questionnaire


def resolve_link(source: Queryable, *, token: str, cookie: str) -> RespondentAccess:
    """The round behind a link, whatever its state; opening a link never uses it up. Raises `UnknownLink`.

    Where personal links were handed out, the shared one is not valid (`LinkReplaced`): it would let somebody answer
    twice. Nor is that of an imported round, whose answers came in a file.
    """
    hashes = {"token_hash": token_hash(token), "cookie_hash": token_hash(cookie)}
    if asked := find_asked_by_link(source, token, **hashes):
        if asked.round.has_personal_links:
            raise LinkReplaced
        # A consensus round has one sheet, whoever sends it: every device shares one key.
        key, is_personal = token if asked.round.mode is RoundMode.CONSENSUS else cookie, False
    else:
        asked = find_asked_by_invitation(source, **hashes)
        key, is_personal = token, True
    if asked is None or asked.round.mode is RoundMode.IMPORTED:
        raise UnknownLink
    try:
        questionnaire = pinned_questionnaire(source, asked.round)
    except QuestionnaireChanged:  # raised once its questions are needed
        questionnaire = None
    description = describe_asked_round(asked.round)
    return RespondentAccess(asked.round, description, key, is_personal, asked.progress, questionnaire)


@dataclass(frozen=True, slots=True, eq=False)
class KnownLink:
    """A link, and what never changes of the round behind it while that is open: what it asks. There is one of each."""

    token: str
    round: AskedRound
    questionnaire: Questionnaire


@lru_cache(maxsize=KNOWN_LINKS)
def know_link(database: Database, token: str) -> KnownLink:
    """What a link asks, read once. Whether it is still valid is not known. Raises what `resolve_link` raises."""
    with database.connection_for_reading() as connection:
        access = resolve_link(connection, token=token, cookie="")
    return KnownLink(token, access.round, access.questionnaire)


def is_shared_link(source: Queryable, token: str) -> bool:
    """Whether this is, or was, the link of a whole team."""
    return find_asked_by_link(source, token, token_hash="", cookie_hash="") is not None


def read_draft(access: RespondentAccess) -> AnswerSheet:
    """What this device had answered when it came; empty at first. Raises `AlreadySubmitted` or `LinkUsedUp`."""
    return _unsubmitted_sheet(access, access.progress)


def change_known_draft(
    database: Database, link: KnownLink, *, cookie: str, change: DraftChange, now: dt.datetime
) -> bool:
    """Merges a change without reading anything first, where there is a draft and the round takes answers by this link.

    Returns whether it did, durable then. Where it did not, `change_draft` finds out why. Raises `InvalidAnswer`, or an
    error of the database's driver.
    """
    _check_change(change, link.round, link.questionnaire)
    return merge_into_open_draft(
        database,
        link.round.id,
        cookie_hash=token_hash(cookie),
        change=change.answers,
        page=change.page,
        number=change.number,
        while_open=WhileOpen(link.token, token_hash(link.token), now),
    )


def begin_known_draft(
    database: Database, link: KnownLink, *, cookie: str, change: DraftChange, now: dt.datetime
) -> bool:
    """Keeps the first change of a device, where the round takes answers by this link and has few drafts.

    Returns whether it did, durable then. Where it did not, `change_draft` finds out why. Raises `InvalidAnswer`.
    """
    _check_change(change, link.round, link.questionnaire)
    cookie_hash, while_open = token_hash(cookie), WhileOpen(link.token, token_hash(link.token), now)
    fewer_than = _most_drafts(link.round) // 2

    def begin(connection: Connection) -> bool:
        of_round = link.round.id
        if not may_begin(connection, of_round, cookie_hash=cookie_hash, fewer_than=fewer_than, while_open=while_open):
            return False
        add_draft(connection, link.round, cookie_hash=cookie_hash, answers=_first_answers(link.round, change))
        return True

    return database.together(begin)


def change_draft(
    database: Database, access: RespondentAccess, *, cookie: str, change: DraftChange, now: dt.datetime
) -> Kept:
    """Merges a change into what this device has answered so far: durable when this returns.

    Raises `RoundNotOpen`, `LinkUsedUp`, `AlreadySubmitted` or `InvalidAnswer`. Two changes at once are both kept, and
    no draft is written after its answers were sent or published. It is a transaction of its own, of one statement where
    there is a draft already, so that people who answer at once hardly wait for one another.
    """
    read_draft(access)
    access.round.facts.require_open(now)
    _check_change(change, access.round, access.questionnaire)
    has_draft = access.progress.answers is not None
    if has_draft and database.together(lambda connection: _merge(connection, access.round.id, cookie, change)):
        return Kept.CHANGED
    return database.together(lambda connection: _change_locked(connection, access, cookie, change, now))


def _merge(connection: Connection, round_id: uuid.UUID, cookie: str, change: DraftChange) -> bool:
    return merge_into_draft(
        connection,
        round_id,
        cookie_hash=token_hash(cookie),
        change=change.answers,
        page=change.page,
        number=change.number,
    )


def _change_locked(
    connection: Connection, access: RespondentAccess, cookie: str, change: DraftChange, now: dt.datetime
) -> Kept:
    """With the round locked until the transaction ends: where there is no draft yet, or something came between."""
    locked, progress = _lock(connection, access, cookie)
    _unsubmitted_sheet(access, progress)
    locked.facts.require_open(now)
    if progress.answers is not None:
        return Kept.CHANGED if _merge(connection, locked.id, cookie, change) else Kept.BEFORE
    _make_room(connection, locked)
    add_draft(connection, locked, cookie_hash=token_hash(cookie), answers=_first_answers(locked, change))
    return Kept.BEGUN


def _first_answers(asked: AskedRound, change: DraftChange) -> dict[str, Any]:
    """The document of a draft that begins with this change."""
    document = document_from_sheet(_empty_sheet(asked))
    for part, given in change.answers.items():
        document[part] = (
            {question: answer for question, answer in given.items() if answer is not None}
            if isinstance(given, dict)
            else given
        )
    return document | ({SEEN: {change.page: change.number}} if change.page else {})


def has_many_drafts(source: Queryable, asked: AskedRound) -> bool:
    """Whether a round has half as many drafts as it keeps: more than an honest team ever begins."""
    return count_drafts(source, asked.id) >= _most_drafts(asked) // 2


def _most_drafts(asked: AskedRound) -> int:
    return max(FEWEST_DRAFTS, DRAFTS_A_PERSON * asked.team_size)


def _make_room(source: Queryable, locked: AskedRound) -> None:
    """Whoever has a link can begin any number of times; a draft in which hardly anything was answered gives way.

    A device whose draft is gone sends all its answers again (`Kept.BEGUN`).
    """
    if count_drafts(source, locked.id) >= _most_drafts(locked):
        delete_smallest_draft(source, locked.id)


def _check_change(change: DraftChange, asked: AskedRound, questionnaire: Questionnaire) -> None:
    """Raises `InvalidAnswer` for anything that the round does not ask, also where it is only taken back."""
    given: dict[str, Any] = {"role": _empty_sheet(asked).role}
    for part, answers in change.answers.items():
        given[part] = answers
        if isinstance(answers, dict):
            given[part] = {question: answer for question, answer in answers.items() if answer is not None}
            known = questionnaire.asked_ids if part != "ladder" else {point["id"] for point in asked.points}
            if unknown := answers.keys() - known:
                raise InvalidAnswer(sorted(unknown)[0], None)
    check_asked(sheet_from_document(given), asked, questionnaire)


def save_draft(
    session: Session, access: RespondentAccess, *, cookie: str, sheet: AnswerSheet, now: dt.datetime
) -> None:
    """Keeps these answers instead of those given so far, once the session commits. Raises what `change_draft` does."""
    locked, progress = _lock(session, access, cookie)
    _unsubmitted_sheet(access, progress)
    locked.facts.require_open(now)
    check_asked(sheet, locked, pinned_questionnaire(session, locked))
    keep_draft(session, locked, cookie_hash=token_hash(cookie), answers=document_from_sheet(sheet))


def submit_response(
    source: Queryable, access: RespondentAccess, *, cookie: str, now: dt.datetime, respondent: str = ""
) -> None:
    """Counts the draft as one response, once, however often it is sent.

    `respondent` is the fingerprint of the code that links rounds, where the round asks for one and one was given.

    The round is locked meanwhile, so that nothing arrives after it stopped. Raises `RoundNotOpen`, `InvalidAnswer` or
    `NothingAnswered`; where this device's answers were submitted before, nothing happens, and where another one's were,
    `AlreadySubmitted` or `LinkUsedUp` is raised.
    """
    locked, progress = _lock(source, access, cookie)
    if progress.is_submitted:
        _refuse_uncounted(access, progress)
        return
    locked.facts.require_open(now)
    sheet = _sheet_of(progress, locked)
    check_asked(sheet, locked, pinned_questionnaire(source, locked))
    if sheet.is_empty:
        raise NothingAnswered
    answers = document_from_sheet(sheet)
    if respondent and locked.asks_code:
        answers |= {"respondent": respondent}
    add_response(source, locked.organisation_id, locked.id, answers=answers, key_hash=token_hash(access.key))
    delete_draft(source, locked.id, token_hash(cookie))


def require_counted(access: RespondentAccess) -> None:
    """For a device whose link or cookie was used to submit. Raises what `submit_response` does where other answers
    than its own count."""
    _refuse_uncounted(access, access.progress)


def _refuse_uncounted(access: RespondentAccess, progress: Progress) -> None:
    """The draft of the answers that count went with sending them. Whoever still has one is another device of the same
    link, whose answers count for nothing: nobody keeps who sent."""
    if progress.answers is not None:
        raise LinkUsedUp if access.is_personal else AlreadySubmitted


def _lock(source: Queryable, access: RespondentAccess, cookie: str) -> Asked:
    """The round and the device's progress as they are now, locked until the transaction ends. Raises `UnknownRound`."""
    asked = lock_asked(source, access.round.id, key_hash=token_hash(access.key), cookie_hash=token_hash(cookie))
    if asked is None:
        raise UnknownRound
    return asked


def _empty_sheet(asked: AskedRound) -> AnswerSheet:
    return AnswerSheet(role=Role.CONSENSUS if asked.mode is RoundMode.CONSENSUS else Role.STAFF)


def _unsubmitted_sheet(access: RespondentAccess, progress: Progress) -> AnswerSheet:
    if progress.is_submitted:
        raise LinkUsedUp if access.is_personal else AlreadySubmitted
    return _sheet_of(progress, access.round)


def _sheet_of(progress: Progress, asked: AskedRound) -> AnswerSheet:
    return _empty_sheet(asked) if progress.answers is None else sheet_from_document(progress.answers)


def check_asked(sheet: AnswerSheet, asked: AskedRound | Round, questionnaire: Questionnaire) -> None:
    """Raises `InvalidAnswer` for anything that the round does not ask."""
    check_sheet(sheet, questionnaire)
    if unknown := sheet.ladder.keys() - {point["id"] for point in asked.points}:
        raise InvalidAnswer(sorted(unknown)[0], None)
    for section, words in sheet.written.items():
        if (length := len(plain_text(words))) > LONGEST_COMMENT:
            raise InvalidAnswer(section, length)
    allowed = {Role.CONSENSUS} if asked.mode is RoundMode.CONSENSUS else {Role.STAFF}
    if asked.asks_role and asked.mode is RoundMode.ANSWERED:
        allowed.add(Role.LEADER)
    if sheet.role not in allowed:
        raise InvalidAnswer("role", sheet.role)
