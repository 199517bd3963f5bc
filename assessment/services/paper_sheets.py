"""Type what people answered on paper: sheet by sheet, kept key by key, counted like any other response.

A round's sheets may be typed twice: then a sheet counts once both typings agree, or somebody has decided which holds.
See docs/decisions/0061-quick-entry.md. Whoever needs both locks the round before its sheets.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from sqlalchemy.orm import Session

from assessment.domain import conventions as c
from assessment.domain.paper import PaperBlock, PaperQuestion, differences, questions_of
from assessment.domain.rounds import RoundMode, RoundNotOpen, RoundState, WrongRoundMode
from assessment.infra.tokens import token_hash
from assessment.services.answer_documents import document_from_sheet, sheet_from_document
from assessment.services.beside_paper import count_typed, few_of_a_role, fewer_than_needed
from assessment.services.comments import asks_words
from assessment.services.describe_round import points_to_judge
from assessment.services.questionnaires import pinned_questionnaire
from assessment.services.respond import check_asked
from assessment.services.rounds import get_round, lock_round
from assessment.store.compaction import owe_emptied_log
from assessment.store.paper_sheets import (
    PaperSheet,
    delete_sheets,
    delete_untyped,
    find_sheet,
    forget_roles,
    keys_among,
    numbers_of_round,
    sheets_of_round,
)
from assessment.store.responses import TYPED, add_response
from assessment.store.round_events import RoundEvent, RoundEventKind, events_of_round
from assessment.store.rounds import Round

__all__ = ["PaperSheet"]

NO_ANSWERS: Mapping[str, Any] = {}


class UnknownSheet(LookupError):
    """The round has no such sheet: it was counted or discarded."""


class SheetChanged(Exception):
    """The sheet was changed on another page since this one was loaded."""


class AlreadyCounted(Exception):
    """A sheet of this number was counted before: nothing was counted, and the typed one is still there."""


class NothingTyped(Exception):
    """An empty sheet would only be counted."""


class PaperUnsettled(Exception):
    """The round cannot be published like this, because of what came on paper."""


class SheetsNotCounted(PaperUnsettled):
    """So many sheets are typed and not counted yet."""

    def __init__(self, count: int) -> None:
        super().__init__(count)
        self.count = count


class FewBesidePaper(PaperUnsettled):
    """So few answers came by link beside typed ones that whoever typed could work out what they say."""

    def __init__(self, count: int, needed: int) -> None:
        super().__init__(f"{count} < {needed}")
        self.count = count
        self.needed = needed


@dataclass(frozen=True, slots=True)
class Batch:
    """How far typing is. `counted` sheets are responses; the others are rows of their own, by number.

    `by_link` are the responses that did not come on paper; `few_by_link` as many of them as are too few beside paper.
    """

    counted: int
    by_link: int
    few_by_link: int
    types_twice: bool
    sheets: tuple[PaperSheet, ...]

    @property
    def little_by_link(self) -> int:
        """As many of them as are enough for a result, but beside paper not for all that it may show."""
        return self.by_link if self.counted and not self.few_by_link and self.by_link < self.enough_by_link else 0

    @property
    def enough_by_link(self) -> int:
        return max(c.DISTRIBUTION_N, c.COMMENTS_N)

    @property
    def unfinished(self) -> tuple[PaperSheet, ...]:
        return tuple(sheet for sheet in self.sheets if not sheet.is_finished)

    @property
    def waiting(self) -> tuple[PaperSheet, ...]:
        """First typings of which nobody has begun the second."""
        twice = {sheet.number for sheet in self.sheets if sheet.typing == 2}
        return tuple(
            sheet for sheet in self.sheets if sheet.is_finished and sheet.typing == 1 and sheet.number not in twice
        )

    @property
    def to_compare(self) -> tuple[PaperSheet, ...]:
        """Second typings that differ from the first."""
        return tuple(sheet for sheet in self.sheets if sheet.is_finished and sheet.typing == 2)

    @property
    def uncounted(self) -> int:
        """How many sheets have something on them and are not counted."""
        return len({sheet.number for sheet in self.sheets if sheet.answers})


class Finished(Enum):
    """What became of a sheet that was typed to its end."""

    COUNTED = auto()
    WAITS = auto()
    """For the second typing."""
    DIFFERS = auto()
    """From the first typing."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two typings of a sheet, and the questions in which they differ."""

    number: int
    first: Mapping[str, Any]
    second: Mapping[str, Any]
    differ: tuple[PaperQuestion, ...]


def may_type(round_: Round, now: dt.datetime) -> bool:
    """Paper often arrives when the round has closed: as long as nobody has seen a result, it counts."""
    return round_.mode is RoundMode.ANSWERED and round_.facts.state(now) in (RoundState.OPEN, RoundState.STOPPED)


def _require_typing(round_: Round, now: dt.datetime) -> None:
    """Raises `WrongRoundMode` or `RoundNotOpen`."""
    if round_.mode is not RoundMode.ANSWERED:
        raise WrongRoundMode(round_.mode)
    if not may_type(round_, now):
        raise RoundNotOpen(round_.facts.state(now))


def paper_of_round(session: Session, round_: Round) -> tuple[PaperBlock, ...]:
    """What the round asks, as its sheet of paper has it. Raises `QuestionnaireChanged`."""
    points = [(point.id, point.name) for point in points_to_judge(round_)]
    return pinned_questionnaire(session, round_).on_paper(
        points, asks_role=round_.asks_role and round_.mode is RoundMode.ANSWERED, asks_words=asks_words(round_)
    )


def get_batch(session: Session, *, organisation_id: uuid.UUID, round_id: uuid.UUID) -> Batch:
    """Raises `UnknownRound`."""
    round_ = get_round(session, organisation_id=organisation_id, round_id=round_id)
    typed, by_link = count_typed(session, round_)
    return Batch(
        counted=typed,
        by_link=by_link,
        few_by_link=by_link if by_link < round_.minimum_group else 0,
        types_twice=round_.types_twice,
        sheets=tuple(sheets_of_round(session, round_.id)),
    )


def count_counted(session: Session, *, organisation_id: uuid.UUID, round_id: uuid.UUID) -> int:
    """How many of a round's typed sheets are responses. Raises `UnknownRound`."""
    return count_typed(session, get_round(session, organisation_id=organisation_id, round_id=round_id))[0]


def begin_sheet(
    session: Session, *, organisation_id: uuid.UUID, round_id: uuid.UUID, typing: int = 1, now: dt.datetime
) -> PaperSheet | None:
    """The next sheet, under a number that is free: of two who type at once each has their own.

    As second `typing` the next of those that wait for it, or `None`. Raises `UnknownRound`, `WrongRoundMode` or
    `RoundNotOpen`.
    """
    round_ = lock_round(session, organisation_id=organisation_id, round_id=round_id)
    _require_typing(round_, now)
    if typing == 1:
        number = _free_number(session, round_)
    else:
        batch = get_batch(session, organisation_id=organisation_id, round_id=round_id)
        if not batch.waiting:
            return None
        number = batch.waiting[0].number
    sheet = PaperSheet(organisation_id=organisation_id, round_id=round_id, number=number, typing=typing, answers={})
    session.add(sheet)
    session.flush()
    return sheet


def _free_number(session: Session, round_: Round) -> int:
    taken = numbers_of_round(session, round_.id)
    next_one = len(taken) + count_typed(session, round_)[0] + 1
    if next_one not in taken and not keys_among(session, round_.id, [_key(round_.id, next_one)]):
        return next_one
    # Some number before was laid aside.
    keys = {number: _key(round_.id, number) for number in range(1, next_one) if number not in taken}
    used = keys_among(session, round_.id, keys.values())
    return next(number for number, key in keys.items() if key not in used)


def _key(round_id: uuid.UUID, number: int) -> str:
    """The submission key of a sheet: that its number was counted, whichever response it became."""
    return token_hash(f"paper:{round_id}:{number}")


def get_sheet(
    session: Session,
    *,
    organisation_id: uuid.UUID,
    round_id: uuid.UUID,
    sheet_id: uuid.UUID,
    now: dt.datetime,
    locks: bool = False,
) -> PaperSheet:
    """A sheet that is being typed; if it `locks`, nobody else changes it meanwhile.

    Raises `UnknownRound`, `WrongRoundMode`, `RoundNotOpen` or `UnknownSheet`."""
    round_ = get_round(session, organisation_id=organisation_id, round_id=round_id)
    sheet = find_sheet(session, organisation_id, round_id, sheet_id, locks=locks)
    if sheet is None:
        raise UnknownSheet
    _require_typing(round_, now)
    return sheet


def keep_sheet(
    session: Session,
    *,
    organisation_id: uuid.UUID,
    round_id: uuid.UUID,
    sheet_id: uuid.UUID,
    answers: dict[str, Any],
    version: int,
    editor: str,
    now: dt.datetime,
) -> PaperSheet:
    """Keeps what is typed so far, all of it.

    `version` is the one that the page was loaded with, or that it made last; `editor` the page's own name. Raises what
    `get_sheet` raises, `SheetChanged` or `InvalidAnswer`.
    """
    where = {"organisation_id": organisation_id, "round_id": round_id}
    sheet = get_sheet(session, **where, sheet_id=sheet_id, now=now, locks=True)
    if sheet.is_finished or (sheet.version != version and sheet.editor != editor):
        raise SheetChanged
    round_ = get_round(session, **where)
    check_asked(sheet_from_document(answers), round_, pinned_questionnaire(session, round_))
    sheet.answers, sheet.editor = answers, editor
    sheet.version += 1
    session.flush()
    return sheet


def finish_sheet(
    session: Session,
    *,
    organisation_id: uuid.UUID,
    round_id: uuid.UUID,
    sheet_id: uuid.UUID,
    answers: dict[str, Any],
    version: int,
    editor: str,
    now: dt.datetime,
) -> Finished:
    """Keeps the sheet, and counts it: at once, or where sheets are typed twice, once both typings are the same.

    Raises what `keep_sheet` raises, or `NothingTyped`.
    """
    round_ = lock_round(session, organisation_id=organisation_id, round_id=round_id)
    where = {"organisation_id": organisation_id, "round_id": round_id}
    if sheet_from_document(answers).is_empty:
        raise NothingTyped
    sheet = keep_sheet(session, **where, sheet_id=sheet_id, answers=answers, version=version, editor=editor, now=now)
    if sheet.typing == 1 and not round_.types_twice:
        _count(session, round_, sheet.number, sheet.answers)
        return Finished.COUNTED
    sheet.is_finished = True
    session.flush()
    if sheet.typing == 1:
        return Finished.WAITS
    comparison = compare_sheet(session, **where, sheet_id=sheet_id, now=now)
    if comparison.differ:
        return Finished.DIFFERS
    _count(session, round_, sheet.number, sheet.answers)
    return Finished.COUNTED


def compare_sheet(
    session: Session, *, organisation_id: uuid.UUID, round_id: uuid.UUID, sheet_id: uuid.UUID, now: dt.datetime
) -> Comparison:
    """The two typings of a sheet, by its second one. Raises what `get_sheet` raises."""
    where: dict[str, Any] = {"organisation_id": organisation_id, "round_id": round_id}
    second = get_sheet(session, **where, sheet_id=sheet_id, now=now)
    sheets = sheets_of_round(session, round_id)
    first = next((one for one in sheets if one.number == second.number and one.typing == 1), None)
    if first is None or second.typing != 2 or not second.is_finished:
        raise UnknownSheet
    asked = questions_of(paper_of_round(session, get_round(session, **where)))
    return Comparison(second.number, first.answers, second.answers, differences(asked, first.answers, second.answers))


def settle_sheet(
    session: Session,
    *,
    organisation_id: uuid.UUID,
    round_id: uuid.UUID,
    sheet_id: uuid.UUID,
    chosen: Mapping[str, int],
    others: Mapping[str, Any] = NO_ANSWERS,
    now: dt.datetime,
) -> None:
    """Counts a sheet whose typings differ; `chosen` says by a question's name which typing holds, 1 or 2.

    Where neither does, `others` has by that name the answer that stands on the paper (`None`: nothing does).

    Raises what `get_sheet` raises, or `SheetChanged` where a difference was not decided.
    """
    round_ = lock_round(session, organisation_id=organisation_id, round_id=round_id)
    where = {"organisation_id": organisation_id, "round_id": round_id}
    comparison = compare_sheet(session, **where, sheet_id=sheet_id, now=now)
    if any(question.name not in others and chosen.get(question.name) not in (1, 2) for question in comparison.differ):
        raise SheetChanged
    answers: dict[str, Any] = {}
    for question in questions_of(paper_of_round(session, round_)):
        typing = comparison.second if chosen.get(question.name) == 2 else comparison.first
        answer = others[question.name] if question.name in others else question.answer_in(typing)
        question.put(answers, answer)
    if sheet_from_document(answers).is_empty:
        raise NothingTyped
    _count(session, round_, comparison.number, answers)


def discard_sheet(
    session: Session, *, organisation_id: uuid.UUID, round_id: uuid.UUID, sheet_id: uuid.UUID, now: dt.datetime
) -> None:
    """Both typings go: the paper can be typed again. Raises what `get_sheet` raises."""
    lock_round(session, organisation_id=organisation_id, round_id=round_id)
    sheet = get_sheet(session, organisation_id=organisation_id, round_id=round_id, sheet_id=sheet_id, now=now)
    delete_sheets(session, round_id, [sheet.number])
    owe_emptied_log(session)


def lay_aside(session: Session, sheet: PaperSheet) -> None:
    """Of a sheet of which nothing is typed, the number is free again; what somebody else typed of it stays."""
    if sheet_from_document(sheet.answers).is_empty:
        session.delete(sheet)
        session.flush()


def type_twice(
    session: Session, *, organisation_id: uuid.UUID, round_id: uuid.UUID, twice: bool, now: dt.datetime
) -> int:
    """Whether the round's sheets are typed twice from now on. Returns how many were counted at once, since they wait
    for nothing any more: those of which nobody has begun the second typing.

    Raises `UnknownRound`, `WrongRoundMode` or `RoundNotOpen`.
    """
    round_ = lock_round(session, organisation_id=organisation_id, round_id=round_id)
    _require_typing(round_, now)
    round_.types_twice = twice
    waiting = () if twice else get_batch(session, organisation_id=organisation_id, round_id=round_id).waiting
    for sheet in waiting:
        _count(session, round_, sheet.number, sheet.answers)
    return len(waiting)


def _count(session: Session, round_: Round, number: int, answers: dict[str, Any]) -> None:
    """The sheet becomes a response among others, and its number a submission key (decision 0014). Raises
    `AlreadyCounted`."""
    sheet = sheet_from_document(answers)
    check_asked(sheet, round_, pinned_questionnaire(session, round_))
    key = _key(round_.id, number)
    if keys_among(session, round_.id, [key]):
        raise AlreadyCounted
    delete_sheets(session, round_.id, [number])
    session.flush()
    add_response(
        session,
        round_.organisation_id,
        round_.id,
        answers=document_from_sheet(sheet) | {TYPED: "y"},
        key_hash=key,
    )


def settle_paper(session: Session, round_: Round, *, leave_out: bool, user_id: int | None, now: dt.datetime) -> None:
    """Before a locked round is scored and published.

    With `leave_out`, answers by link that are too few beside typed ones are deleted, and that is kept as an event.
    Raises `SheetsNotCounted` or `FewBesidePaper`.
    """
    sheets = sheets_of_round(session, round_.id)
    if uncounted := len({sheet.number for sheet in sheets if sheet.answers}):
        raise SheetsNotCounted(uncounted)
    delete_sheets(session, round_.id)
    few = fewer_than_needed(session, round_)
    if not few:
        if few_of_a_role(session, round_):
            forget_roles(session, round_.id)
        return
    if not leave_out:
        raise FewBesidePaper(few, round_.minimum_group)
    delete_untyped(session, round_.id)
    session.add(
        RoundEvent(
            organisation_id=round_.organisation_id,
            round_id=round_.id,
            happened_at=now,
            user_id=user_id,
            kind=RoundEventKind.LEFT_OUT,
            size=few,
        )
    )
    session.flush()


def count_left_out(session: Session, round_: Round) -> int:
    """How many answers a round was published without, since they were too few beside typed ones."""
    events = events_of_round(session, round_.organisation_id, round_.id)
    return sum(named.event.size for named in events if named.event.kind is RoundEventKind.LEFT_OUT)
