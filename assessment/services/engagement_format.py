"""What an engagement file holds, column by column, and what it leaves out on purpose (docs/engagement-file.md).

A table or column that is in neither list fails a test: whoever adds one decides whether it travels.
"""

from __future__ import annotations

import datetime as dt
import json
import math
import re
from collections.abc import Callable, Mapping
from enum import Enum as PlainEnum
from enum import StrEnum, auto
from typing import Any, Final, NamedTuple, cast, get_args

from sqlalchemy import Boolean, Column, Date, Enum, Float, Integer, String, Uuid
from sqlalchemy.orm import object_mapper

from assessment.domain.plain_text import plain_text
from assessment.domain.plans.history import FOLLOWED
from assessment.domain.questionnaire import Phase
from assessment.domain.workshops import LONGEST_CHOICE, LONGEST_QUESTION, MOST_CHOICES, MOST_OWN_QUESTIONS
from assessment.infra.archives import Limits
from assessment.store.base import UtcDateTime
from assessment.store.models import METADATA

FORMAT: Final = "escala.engagement"
VERSION: Final = 1
"""A change of meaning is a new version."""

ORGANISATION: Final = "organisation.json"
LOGO: Final = "logo.png"
CONSULTANCY_LOGO: Final = "consultancy.png"
TEAM = "teams/{:06d}.json"
ANSWERS = "answers/{:06d}.json"
QUESTIONNAIRE = "questionnaires/{}.yaml"
PICTURES: Final = (LOGO, CONSULTANCY_LOGO)
MEMBER_NAME = re.compile(
    r"organisation\.json|(logo|consultancy)\.png|questionnaires/[0-9a-f]{64}\.yaml|(teams|answers)/\d{6}\.json",
    re.ASCII,
)

MOST_TEAMS = 5_000
MOST_ROUNDS = 200
"""Of a team."""
MOST_LISTED = 2_000
"""Entries of any list within a round."""
MOST_CAMPAIGNS = 5_000
MOST_HISTORY = 200
"""Earlier editions that a file names, the latest ones."""
LARGEST_LOGO = 2_000_000
DEEPEST = 30
LONGEST_WORDS = 20_000

LIMITS: Final = Limits(unpacked=4_000_000_000, member=32_000_000, members=2 * MOST_TEAMS + 1_000)
"""At the command line. (Memory holds one member at a time.)"""
LIMITS_OF_WEB: Final = Limits(unpacked=40_000_000, member=8_000_000, members=500)
MOST_ROUNDS_OF_WEB = 150
"""That a page imports: nobody else writes meanwhile, where the database is SQLite."""
MOST_TEXTS = 500
"""Questionnaires, each in each of its versions."""
MOST_TEXTS_OF_WEB = 50
LARGEST_TEXTS_OF_WEB = 500_000
"""Bytes of all questionnaires together that a page imports; a standard one has 20,000 to 33,000."""
MOST_ROUNDS_TO_TAKE = 1_000
"""That a page exports: longer work is for the command line."""

CARRIED: Final[Mapping[str, tuple[str, ...]]] = {
    "organisations": (
        "name", "country", "language", "time_zone", "minimum_group", "accent", "responsible", "contact", "privacy_law",
        "purpose", "privacy_words", "keep_answers_months", "keep_results_months", "paper", "document_language",
        "questionnaires", "moments",
    ),
    "organisation_consultancies": ("name",),
    "questionnaire_versions": ("questionnaire_id", "version", "checksum"),
    "teams": ("name", "size", "kind", "points", "targets", "created_at"),
    "team_tags": ("name",),
    "repetitions": ("every_months", "first_on", "dates", "open_days"),
    "repeated_rounds": ("due_on",),
    "campaigns": ("name", "created_at"),
    "rounds": (
        "name", "mode", "purpose", "points", "targets", "minimum_group", "team_size", "asks_role", "asks_code",
        "types_twice", "is_linked", "compared_later", "created_at", "opens_at", "closes_at", "stopped_at",
        "published_at", "scoring_version", "keep_answers_months", "keep_results_months",
    ),
    "round_events": ("happened_at", "kind", "size_before", "size", "reason"),
    "plans": ("drawn_on", "pillars", "changed_at", "looked_back_at"),
    "plan_actions": (
        "serves", "ref_id", "score_at_start", "library_id", "title", "what", "owner", "measure", "due_on", "status",
        "note", "evidence",
    ),
    "action_events": ("happened_at", "link_owner", "kind", "changes"),
    "plan_meetings": ("days", "began_at", "closed_at", "agenda"),
    "action_outcomes": (
        "finished_at", "serves", "ref_id", "reason", "label", "n_before", "n_after", "before", "after", "change",
        "low", "high",
    ),
    "workshops": ("started_at", "ended_at", "chosen", "question_order", "own_questions"),
    "workshop_ballots": ("question", "number", "counts", "voted"),
    "workshop_agreements": ("question", "level"),
}  # fmt: skip
"""The columns of each table that are in the file as they are, by their names."""

WITH_ANSWERS: Final[Mapping[str, tuple[str, ...]]] = {
    "responses": ("answers",),
    "comments": ("section", "words", "is_hidden"),
    "workshop_agreements": ("note",),
    "workshop_notes": ("kind", "question", "words", "owner", "due_on"),
}
"""What people said and wrote: only in a file that was asked for with answers."""

_ID = "ids are the file's own: rows refer to each other by their places"
_OTHERWISE = "stands in the file in another form, by its place or beside its parent"
_RUNNING = "how far something is that goes on here and does not there"
_SECRET = "links and their tokens belong to the place where they were handed out"  # noqa: S105 - a reason
_PEOPLE = "accounts and addresses do not travel; whoever imports becomes administrator"
_DERIVED = "worked out again from what is in the file"
_PICTURE: Final[Mapping[str, str]] = {
    "media_type": _OTHERWISE,
    "width": _DERIVED,
    "height": _DERIVED,
    "checksum": _DERIVED,
    "picture": _OTHERWISE,
}

LEFT_OUT: Final[Mapping[str, Mapping[str, str]]] = {
    "organisations": {"is_sample": _RUNNING, "created_at": "the organisation begins here when it is imported"},
    "questionnaire_versions": {"owner_id": _OTHERWISE, "content": _OTHERWISE},
    "team_tags": {"key": _DERIVED, "position": _OTHERWISE},
    "repetitions": {
        "handled_on": _RUNNING,
        "next_on": _RUNNING,
        "paused_at": "where it is imported it rests until somebody resumes it",
        "created_at": _RUNNING,
    },
    "campaigns": {"submission": _RUNNING},
    "rounds": {
        "is_extra": "an unpublished round beside another one does not travel",
        "has_personal_links": _SECRET,
        "plan_token": _SECRET,
        "plan_shared_at": _SECRET,
        "snapshot": "stands in the file released, as people may read it",
        "is_withheld": _DERIVED,
        "answers_deleted_at": _DERIVED,
        "answers_counted": _OTHERWISE,
        "has_outcomes": _OTHERWISE,
    },
    "round_events": {"user_id": _PEOPLE},
    "round_questionnaires": {"position": _OTHERWISE, "version_owner_id": _OTHERWISE},
    "plans": {"version": _RUNNING, "editor": _RUNNING, "before": "what can be undone is undone where it was done"},
    "plan_actions": {"position": _OTHERWISE},
    "action_events": {"user_id": _PEOPLE},
    "action_outcomes": {"position": _OTHERWISE},
    "organisation_logos": _PICTURE,
    "organisation_consultancies": _PICTURE,
    "workshops": {
        "token": _SECRET,
        "pin": _SECRET,
        **dict.fromkeys(("stage", "question", "ballot", "is_blank", "version", "commanded_at", "paused_at"), _RUNNING),
        **dict.fromkeys(("agenda_seconds", "agenda_since", "timer_ends_at"), _RUNNING),
        **dict.fromkeys(("is_talk", "edition", "takes_nobody_new"), _RUNNING),
    },
    "workshop_ballots": {"revealed_at": "a time of votes"},
    "workshop_notes": {"written_at": "only their order stands in the file"},
}
"""Columns that are not in the file as they are, and why. Ids and references are not listed (`is_reference`)."""


class Replaced(PlainEnum):
    """What becomes of a table's rows where a later file takes the place of what is here."""

    STAYS = auto()
    """They do not hang on what a file brings."""
    MAY_GO = auto()
    """They go with what they hang on, and nobody misses them: said otherwise in the file, made again, or of use only
    beside rows that are `ONLY_HERE`."""
    ONLY_HERE = auto()
    """They would be lost: as long as there are any, nothing is replaced."""


class LeftOut(NamedTuple):
    """Why a table is not in the file, and what replacing does to its rows."""

    reason: str
    replaced: Replaced


_FILED = "all that a plan is printed from is in the file; a document of unknown origin is not handed out"
_UNSENT = "what is not sent, or says that something was, never travels"
_COUNTED = "votes are counts, and counts alone travel"

TABLES_LEFT_OUT: Final[Mapping[str, LeftOut]] = {
    **dict.fromkeys(
        (
            "account_roles", "users", "roles_users", "memberships", "member_invitations", "unsubscribed_addresses",
            "account_consultancies",
        ),
        LeftOut(_PEOPLE, Replaced.STAYS),
    ),
    # Put back by the names of the teams.
    **dict.fromkeys(("membership_teams", "member_invitation_teams"), LeftOut(_PEOPLE, Replaced.MAY_GO)),
    **dict.fromkeys(
        ("attempts", "schedules", "owed_compactions", "setup_codes", "due_notices", "jobs", "mail_turns"),
        LeftOut(_RUNNING, Replaced.STAYS),
    ),
    "audit_events": LeftOut("who did what here is the log of this place", Replaced.STAYS),
    "deletions": LeftOut("what was deleted here is told here", Replaced.STAYS),
    "engagements": LeftOut("the manifest has the key", Replaced.STAYS),
    "engagement_editions": LeftOut("the manifest has the history", Replaced.STAYS),
    **dict.fromkeys(
        ("portfolio_files", "engagement_files"), LeftOut("made again when somebody asks", Replaced.MAY_GO)
    ),
    "printed_plans": LeftOut(_FILED, Replaced.ONLY_HERE),
    "printed_files": LeftOut(_FILED, Replaced.MAY_GO),
    "plan_photographs": LeftOut("a page with people's signatures stays where they gave it", Replaced.ONLY_HERE),
    "paper_sheets": LeftOut(
        "what is typed and not counted yet is finished where the paper lies", Replaced.ONLY_HERE
    ),
    "round_scores": LeftOut(_DERIVED, Replaced.MAY_GO),
    **dict.fromkeys(("invitations", "owner_links", "owner_link_actions"), LeftOut(_SECRET, Replaced.ONLY_HERE)),
    # Of use while a round is open: an opened round is only here by itself.
    "round_links": LeftOut(_SECRET, Replaced.MAY_GO),
    "submission_keys": LeftOut(_UNSENT, Replaced.MAY_GO),
    **dict.fromkeys(
        ("removed_recipients", "round_mailings", "outbox"), LeftOut(_PEOPLE, Replaced.MAY_GO)
    ),
    **dict.fromkeys(("workshop_participants", "workshop_votes"), LeftOut(_COUNTED, Replaced.MAY_GO)),
    "drafts": LeftOut(_UNSENT, Replaced.ONLY_HERE),
    "round_recipients": LeftOut(_PEOPLE, Replaced.ONLY_HERE),
    **dict.fromkeys(("campaign_rounds", "carried_actions"), LeftOut(_OTHERWISE, Replaced.MAY_GO)),
}  # fmt: skip
"""Tables that are not in the file."""

ONLY_HERE: Final = frozenset(name for name, left in TABLES_LEFT_OUT.items() if left.replaced is Replaced.ONLY_HERE)
"""Tables of which no row is lost by an import (`is_anything_only_here`)."""


def is_reference(column: Column[Any]) -> bool:
    """Whether a column is an id or refers to one."""
    return isinstance(column.type, Uuid) and (column.primary_key or bool(column.foreign_keys))


class EngagementFlaw(StrEnum):
    """Why a file is not imported."""

    NO_ENGAGEMENT = "no-engagement"
    DAMAGED = "damaged"
    LATER_VERSION = "later-version"
    TOO_LARGE = "too-large"
    NEEDS_PASSPHRASE = "needs-passphrase"  # noqa: S105 - a word
    WRONG_PASSPHRASE = "wrong-passphrase"  # noqa: S105 - a word
    SEAL_BROKEN = "seal-broken"
    NOT_VALID = "not-valid"
    """Whole, and holds what no Escala writes."""
    UNKNOWN_CONTENT = "unknown-content"
    """Whole, and names a kind of team or an action that this Escala does not know."""
    TOO_LARGE_HERE = "too-large-here"
    """What is here has more rounds than a page compares with a file."""
    HAS_ANSWERS = "has-answers"
    """Answers are imported at the command line alone."""


class InvalidEngagement(ValueError):
    """The file cannot be imported, and nothing was changed; `place` is the part of it, for developers."""

    def __init__(self, flaw: EngagementFlaw, place: str = "") -> None:
        super().__init__(flaw, place)
        self.flaw = flaw
        self.place = place


def not_valid(place: str) -> InvalidEngagement:
    return InvalidEngagement(EngagementFlaw.NOT_VALID, place)


# Rows as they stand in the file


def columns_of(table: str, *, of_answers: bool = False) -> list[Column[Any]]:
    names = (WITH_ANSWERS if of_answers else CARRIED)[table]
    return [METADATA.tables[table].columns[name] for name in names]


def plain_row(row: object, table: str, *, of_answers: bool = False) -> dict[str, Any]:
    """The columns of a row that travel, as JSON has them."""
    attribute = object_mapper(row).get_property_by_column
    return {
        column.name: plain_value(getattr(row, attribute(column).key))
        for column in columns_of(table, of_answers=of_answers)
    }


def plain_value(value: Any) -> Any:
    """A value as JSON has it: the same for the same, from whatever database it comes."""
    match value:
        case dt.datetime():
            return value.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        case dt.date():
            return value.isoformat()
        case StrEnum():
            return value.value
        case bool() | int() | str() | None:
            return value
        case float():
            return value + 0.0  # PostgreSQL knows no negative zero in a document
        case dict():
            return {str(name): plain_value(entry) for name, entry in value.items()}
        case list() | tuple():
            return [plain_value(entry) for entry in value]
    raise TypeError(type(value))


def parsed_row(told: Any, table: str, place: str, *, of_answers: bool = False) -> dict[str, Any]:
    """The values of a row that stands in a file. Raises `InvalidEngagement`."""
    columns = columns_of(table, of_answers=of_answers)
    if not isinstance(told, dict):
        raise not_valid(place)
    return {column.name: parsed_value(told.get(column.name), column, f"{place}.{column.name}") for column in columns}


def parsed_value(told: Any, column: Column[Any], place: str) -> Any:
    """A value of a column. Raises `InvalidEngagement`."""
    if told is None:
        if column.nullable:
            return None
        raise not_valid(place)
    if (read := DOCUMENTS.get((column.table.name, column.name))) is not None:
        return read(told, place)
    kind = column.type
    if isinstance(kind, Enum):
        if told not in kind.enums:
            raise not_valid(place)
        return cast(Any, kind.python_type)(told)
    if isinstance(kind, String):
        return words_of(told, place, longest=kind.length or LONGEST_WORDS)
    if isinstance(kind, Boolean):
        return _of_type(told, bool, place)
    if isinstance(kind, Integer):
        return number_of(told, place)
    if isinstance(kind, Float):
        return figure_of(told, place)
    if isinstance(kind, UtcDateTime):
        return time_of(told, place)
    if isinstance(kind, Date):
        return day_of(told, place)
    raise not_valid(place)


def words_of(told: Any, place: str, *, longest: int) -> str:
    """Words as people may type them: no control characters, none that turn the direction of writing."""
    words = cast(str, _of_type(told, str, place))
    if len(words) > longest or not _is_plain(words):
        raise not_valid(place)
    return words


def _is_plain(words: str) -> bool:
    """Whether cleaning takes nothing out, the spaces at its ends aside."""
    try:
        words.encode()
    except UnicodeEncodeError:
        return False
    return plain_text(words) == words.strip().strip("\u200c\u200d").strip()


def number_of(told: Any, place: str, *, least: int = -(2**31), most: int = 2**31 - 1) -> int:
    number = cast(int, _of_type(told, int, place))
    if not least <= number <= most:
        raise not_valid(place)
    return number


def figure_of(told: Any, place: str) -> float:
    if type(told) not in (int, float) or not math.isfinite(told) or abs(told) > 1e9:
        raise not_valid(place)
    return float(told)


def time_of(told: Any, place: str) -> dt.datetime:
    words = cast(str, _of_type(told, str, place))
    try:
        at = dt.datetime.strptime(words, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=dt.UTC)
    except ValueError:
        raise not_valid(place) from None
    if not 2000 <= at.year <= 2200:
        raise not_valid(place)
    return at


def day_of(told: Any, place: str) -> dt.date:
    words = cast(str, _of_type(told, str, place))
    try:
        day = dt.date.fromisoformat(words)
    except ValueError:
        raise not_valid(place) from None
    if not 1900 <= day.year <= 3000 or day.isoformat() != words:
        raise not_valid(place)
    return day


def list_of(told: Any, place: str, *, most: int = MOST_LISTED) -> list[Any]:
    listed = cast("list[Any]", _of_type(told, list, place))
    if len(listed) > most:
        raise InvalidEngagement(EngagementFlaw.TOO_LARGE, place)
    return listed


def document_of(told: Any, place: str, *, most: int = MOST_LISTED) -> dict[str, Any]:
    document = cast("dict[str, Any]", _of_type(told, dict, place))
    if len(document) > most:
        raise InvalidEngagement(EngagementFlaw.TOO_LARGE, place)
    return document


def _of_type(told: Any, kind: type, place: str) -> Any:
    if type(told) is not kind:
        raise not_valid(place)
    return told


def depth_of(document: Any) -> int:
    """How deep lists and objects stand in each other. (The parser of JSON bounds it, so that this ends.)"""
    if isinstance(document, dict):
        return 1 + max(map(depth_of, document.values()), default=0)
    if isinstance(document, list):
        return 1 + max(map(depth_of, document), default=0)
    return 0


# Documents within rows


def _points(told: Any, place: str) -> list[dict[str, str]]:
    points = []
    for point in list_of(told, place, most=60):
        if document_of(point, place).keys() != {"id", "name", "phase"}:
            raise not_valid(place)
        points.append({part: words_of(point[part], place, longest=200) for part in ("id", "name", "phase")})
    if len({point["id"] for point in points}) != len(points) or not {point["phase"] for point in points} <= _PHASES:
        raise not_valid(place)
    return points


_PHASES = set(get_args(Phase))


def _moments(told: Any, place: str) -> dict[str, list[dict[str, str]]]:
    """What new teams begin with, by kind of team; whether the kinds are known is asked elsewhere."""
    moments = {}
    for kind, listed in document_of(told, place, most=200).items():
        moments[words_of(kind, place, longest=60)] = points = _points(listed, place)
        if not points or not all(point["id"] and point["name"] for point in points):
            raise not_valid(place)
    return moments


def _ids(told: Any, place: str) -> list[str]:
    return [words_of(one, place, longest=100) for one in list_of(told, place, most=50)]


def _targets(told: Any, place: str) -> dict[str, Any]:
    targets = document_of(told, place, most=200)
    for pillar, target in targets.items():
        words_of(pillar, place, longest=120)
        figure_of(target, place)
    return targets


def _pillars(told: Any, place: str) -> list[dict[str, str | None]]:
    pillars: list[dict[str, str | None]] = []
    for entry in list_of(told, place, most=60):
        if document_of(entry, place).keys() != {"pillar", "reason"}:
            raise not_valid(place)
        reason = entry["reason"]
        pillars.append(
            {
                "pillar": words_of(entry["pillar"], place, longest=120),
                "reason": None if reason is None else words_of(reason, place, longest=600),
            }
        )
    return pillars


def _changes(told: Any, place: str) -> dict[str, list[str]]:
    changes = {}
    for name, pair in document_of(told, place, most=len(FOLLOWED)).items():
        if name not in FOLLOWED or len(list_of(pair, place)) != 2:
            raise not_valid(place)
        changes[name] = [words_of(words, place, longest=1_000) for words in pair]
    return changes


def _dates(told: Any, place: str) -> list[str]:
    return [day_of(day, place).isoformat() for day in list_of(told, place, most=200)]


def _counts(told: Any, place: str) -> list[int]:
    return [number_of(count, place, least=0, most=100_000) for count in list_of(told, place, most=50)]


def _own_questions(told: Any, place: str) -> list[dict[str, Any]]:
    """A workshop's plain questions, numbered as they were added."""
    questions = list_of(told, place, most=MOST_OWN_QUESTIONS)
    for number, question in enumerate(questions, start=1):
        if document_of(question, place).keys() != {"id", "es", "en", "choices"} or question["id"] != str(number):
            raise not_valid(place)
        choices = list_of(question["choices"], place, most=MOST_CHOICES)
        if not all(_both(question, place, LONGEST_QUESTION)) or len(choices) == 1:
            raise not_valid(place)
        for choice in choices:
            if document_of(choice, place).keys() != {"es", "en"}:
                raise not_valid(place)
            _both(choice, place, LONGEST_CHOICE)
    return questions


def _both(told: dict[str, Any], place: str, longest: int) -> tuple[str, str]:
    """Words in both languages."""
    return words_of(told["es"], place, longest=longest), words_of(told["en"], place, longest=longest)


def _agenda(told: Any, place: str) -> list[dict[str, Any]]:
    """Actions stand by their places; whoever reads it puts their ids instead."""
    agenda = []
    for entry in list_of(told, place, most=200):
        if document_of(entry, place).keys() != {"action", "said"} or entry["said"] not in _SAID:
            raise not_valid(place)
        agenda.append(entry)
    return agenda


_SAID = ("done", "goes-on", "stuck", "")


def _answers(told: Any, place: str) -> dict[str, Any]:
    """An answer sheet; what it says is checked against what the round asks."""
    sheet = document_of(told, place, most=10)
    if not sheet.keys() <= _PARTS or len(json.dumps(sheet)) > 200_000:
        raise not_valid(place)
    return sheet


_PARTS = {"role", "items", "ladder", "focus", "comment", "choices", "texts"}

DOCUMENTS: Final[Mapping[tuple[str, str], Callable[[Any, str], Any]]] = {
    ("organisations", "questionnaires"): _ids,
    ("organisations", "moments"): _moments,
    ("teams", "points"): _points,
    ("teams", "targets"): _targets,
    ("rounds", "points"): _points,
    ("rounds", "targets"): _targets,
    ("plans", "pillars"): _pillars,
    ("action_events", "changes"): _changes,
    ("plan_meetings", "agenda"): _agenda,
    ("repetitions", "dates"): _dates,
    ("workshops", "chosen"): _ids,
    ("workshops", "own_questions"): _own_questions,
    ("workshop_ballots", "counts"): _counts,
    ("responses", "answers"): _answers,
}
"""Who reads the documents within rows, by table and column."""
