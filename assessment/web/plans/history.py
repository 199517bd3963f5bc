"""What became of an action, in the reader's words: who, when, and what each field said before and after."""

from __future__ import annotations

import datetime as dt
import textwrap
from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo

from assessment.domain.plans.history import ActionChangeKind
from assessment.infra.languages import N_, Localisation
from assessment.services.plan_history import ActionHistory, PastChange
from assessment.web.plans.follow import STATUSES
from reports.engine.scripts import isolated

FIELDS: Final = {
    "title": N_("What will you do?"),
    "what": N_("More about it"),
    "owner": N_("Owner"),
    "measure": N_("How we will know"),
    "due_on": N_("By"),
    "status": N_("How far is it?"),
    "note": N_("Note"),
    "evidence": N_("What shows it"),
}
KINDS: Final = {
    ActionChangeKind.ADDED: N_("It came into the plan."),
    ActionChangeKind.REMOVED: N_("It was taken out of the plan."),
}
LONGEST_WORDS = 120
"""Characters of what a field said: the whole of it stands in the field, as long as it stays."""


@dataclass(frozen=True, slots=True)
class FieldWords:
    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class ChangeWords:
    """One change; `who` is empty of what nobody did by hand, `what` of a change of fields."""

    moment: str
    who: str
    what: str
    fields: tuple[FieldWords, ...]


@dataclass(frozen=True, slots=True)
class HistoryWords:
    changes: tuple[ChangeWords, ...]
    has_more: bool


def history_words(history: ActionHistory, zone: str, reader: Localisation) -> HistoryWords:
    return HistoryWords(tuple(_change(one, zone, reader) for one in history.changes), history.has_more)


def _change(change: PastChange, zone: str, reader: Localisation) -> ChangeWords:
    local = change.happened_at.astimezone(ZoneInfo(zone))
    is_by_hand = bool(change.email) or change.kind is ActionChangeKind.CHANGED
    return ChangeWords(
        moment=f"{reader.date(local.date())}, {reader.time(local)}",
        who=_who(change, reader) if is_by_hand else "",
        what=reader.gettext(KINDS[change.kind]) if change.kind in KINDS else "",
        fields=tuple(
            FieldWords(reader.gettext(FIELDS[name]), *(_said(name, words, reader) for words in change.fields[name]))
            for name in FIELDS
            if name in change.fields
        ),
    )


def _who(change: PastChange, reader: Localisation) -> str:
    if change.link_owner:
        return reader.gettext("by the link of %(owner)s", owner=isolated(change.link_owner))
    return change.email or reader.gettext("somebody whose account is gone")


def _said(name: str, words: str, reader: Localisation) -> str:
    """What a field said; a dash where it said nothing, or nothing of its own."""
    if name == "status":
        return next((str(text) for value, text in STATUSES if value == words), words)
    if name == "due_on" and words:
        return reader.date(dt.date.fromisoformat(words))
    return textwrap.shorten(words, LONGEST_WORDS, placeholder="…") or "—"
