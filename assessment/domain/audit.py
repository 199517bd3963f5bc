"""What the log of an organisation tells: who of its members saw, took or changed what. Nothing about respondents."""

from __future__ import annotations

import json
import uuid
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from assessment.domain.access import OrganisationRole


class ObjectKind(StrEnum):
    """What was seen or changed."""

    ORGANISATION = "organisation"
    MEMBER = "member"
    TEAM = "team"
    ROUND = "round"


class ActionGroup(StrEnum):
    """What the log can be narrowed down to."""

    SEEN = "seen"
    TAKEN = "taken"
    MEMBERS = "members"
    SETTINGS = "settings"
    TEAMS = "teams"
    ROUNDS = "rounds"
    PLANS = "plans"


class Action(StrEnum):
    """One thing that a member can do. The values are stored: they never change."""

    SAW_RESULTS = "saw-results"
    SAW_PLAN = "saw-plan"
    SAW_FEEDBACK = "saw-feedback"
    SAW_PORTFOLIO = "saw-portfolio"
    SAW_LOG = "saw-log"
    SAW_OTHER = "saw-other"
    TOOK_PLAN = "took-plan"
    TOOK_CALENDAR = "took-calendar"
    TOOK_FEEDBACK = "took-feedback"
    TOOK_SLIDES = "took-slides"
    TOOK_POSTER = "took-poster"
    TOOK_LINKS = "took-links"
    TOOK_LOG = "took-log"
    TOOK_PORTFOLIO = "took-portfolio"
    TOOK_ENGAGEMENT = "took-engagement"
    TOOK_OTHER = "took-other"
    MADE_PORTFOLIO = "made-portfolio"
    MADE_ENGAGEMENT = "made-engagement"
    IMPORTED_ENGAGEMENT = "imported-engagement"
    INVITED = "invited"
    WITHDREW_INVITATION = "withdrew-invitation"
    JOINED = "joined"
    CHANGED_ROLE = "changed-role"
    REMOVED_MEMBER = "removed-member"
    LEFT = "left"
    CHANGED_ORGANISATION = "changed-organisation"
    CHANGED_LOOK = "changed-look"
    CHANGED_CONSULTANCY = "changed-consultancy"
    COPIED_SETTINGS = "copied-settings"
    CHANGED_PRIVACY = "changed-privacy"
    SENT_MAIL_AGAIN = "sent-mail-again"
    ADDED_TEAM = "added-team"
    ADDED_TEAMS = "added-teams"
    CHANGED_TEAM = "changed-team"
    CHANGED_POINTS = "changed-points"
    COPIED_POINTS = "copied-points"
    CHANGED_TARGETS = "changed-targets"
    DELETED_TEAM = "deleted-team"
    OPENED_ROUND = "opened-round"
    CHANGED_ROUND = "changed-round"
    MADE_LINKS = "made-links"
    WROTE_BY_MAIL = "wrote-by-mail"
    CHANGED_RECIPIENTS = "changed-recipients"
    STOPPED_ROUND = "stopped-round"
    PUBLISHED_ROUND = "published-round"
    DISCARDED_ROUND = "discarded-round"
    IMPORTED_ANSWERS = "imported-answers"
    TYPED_ANSWERS = "typed-answers"
    DISCARDED_SHEET = "discarded-sheet"
    OPENED_CAMPAIGN = "opened-campaign"
    CHANGED_CAMPAIGN = "changed-campaign"
    STOPPED_CAMPAIGN = "stopped-campaign"
    PUBLISHED_CAMPAIGN = "published-campaign"
    MAILED_CAMPAIGN = "mailed-campaign"
    CHANGED_REPETITION = "changed-repetition"
    STARTED_WORKSHOP = "started-workshop"
    ENDED_WORKSHOP = "ended-workshop"
    HID_COMMENT = "hid-comment"
    CHANGED_PLAN = "changed-plan"
    SHARED_PLAN = "shared-plan"
    ADDED_PHOTOGRAPH = "added-photograph"
    REMOVED_PHOTOGRAPH = "removed-photograph"
    MADE_OWNER_LINK = "made-owner-link"
    ENDED_OWNER_LINK = "ended-owner-link"
    CHANGED_OTHER = "changed-other"


GROUPS: dict[ActionGroup, frozenset[Action]] = {
    ActionGroup.SEEN: frozenset(action for action in Action if action.startswith("saw-")),
    ActionGroup.TAKEN: frozenset(action for action in Action if action.startswith("took-"))
    | {Action.MADE_PORTFOLIO, Action.MADE_ENGAGEMENT},
    ActionGroup.MEMBERS: frozenset(
        {
            Action.INVITED,
            Action.WITHDREW_INVITATION,
            Action.JOINED,
            Action.CHANGED_ROLE,
            Action.REMOVED_MEMBER,
            Action.LEFT,
        }
    ),
    ActionGroup.SETTINGS: frozenset(
        {
            Action.IMPORTED_ENGAGEMENT,
            Action.CHANGED_ORGANISATION,
            Action.CHANGED_LOOK,
            Action.CHANGED_CONSULTANCY,
            Action.COPIED_SETTINGS,
            Action.CHANGED_PRIVACY,
            Action.SENT_MAIL_AGAIN,
            Action.CHANGED_OTHER,
        }
    ),
    ActionGroup.TEAMS: frozenset(
        {
            Action.ADDED_TEAM,
            Action.ADDED_TEAMS,
            Action.CHANGED_TEAM,
            Action.CHANGED_POINTS,
            Action.COPIED_POINTS,
            Action.CHANGED_TARGETS,
            Action.DELETED_TEAM,
        }
    ),
    ActionGroup.ROUNDS: frozenset(
        {
            Action.OPENED_ROUND,
            Action.CHANGED_ROUND,
            Action.MADE_LINKS,
            Action.WROTE_BY_MAIL,
            Action.CHANGED_RECIPIENTS,
            Action.STOPPED_ROUND,
            Action.PUBLISHED_ROUND,
            Action.DISCARDED_ROUND,
            Action.IMPORTED_ANSWERS,
            Action.TYPED_ANSWERS,
            Action.DISCARDED_SHEET,
            Action.OPENED_CAMPAIGN,
            Action.CHANGED_CAMPAIGN,
            Action.STOPPED_CAMPAIGN,
            Action.PUBLISHED_CAMPAIGN,
            Action.MAILED_CAMPAIGN,
            Action.CHANGED_REPETITION,
            Action.STARTED_WORKSHOP,
            Action.ENDED_WORKSHOP,
            Action.HID_COMMENT,
        }
    ),
    ActionGroup.PLANS: frozenset(
        {
            Action.CHANGED_PLAN,
            Action.SHARED_PLAN,
            Action.ADDED_PHOTOGRAPH,
            Action.REMOVED_PHOTOGRAPH,
            Action.MADE_OWNER_LINK,
            Action.ENDED_OWNER_LINK,
        }
    ),
}
"""Each action in one group."""

ONCE_AN_HOUR = GROUPS[ActionGroup.SEEN] | GROUPS[ActionGroup.TAKEN] | {Action.CHANGED_PLAN, Action.CHANGED_OTHER}
"""What people do again and again: one row an hour for each person and object; a page that is reloaded writes none."""

ONCE_A_DAY = frozenset({Action.TYPED_ANSWERS})
"""What would tell when each sheet was begun, and so beside which answers: one row a day for each person and round."""

AUDIT_MONTHS = 24
"""How long the log is kept."""

MOST_NAMED = 20
"""Teams that an event remembers; of more, it knows how many they were."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Of which teams somebody is, or which were added: `teams` are ids, at most `MOST_NAMED` of the `number`."""

    number: int
    teams: tuple[uuid.UUID, ...]

    @classmethod
    def of(cls, teams: Collection[uuid.UUID] | None) -> Scope | None:
        """`None` stands for all teams."""
        return None if teams is None else cls(len(teams), tuple(sorted(teams)[:MOST_NAMED]))


@dataclass(frozen=True, slots=True)
class Details:
    """What an event tells beyond its object: words that the pages know, ids and numbers, never a name.

    `has_scope` is whether `scope` says of which teams somebody is now (`None` is all), `had_scope` the same of
    `scope_before`.
    """

    role: str = ""
    role_before: str = ""
    has_scope: bool = False
    scope: Scope | None = None
    had_scope: bool = False
    scope_before: Scope | None = None
    parts: tuple[str, ...] = ()
    number: int | None = None
    campaign_id: uuid.UUID | None = None
    tag: str = ""
    """The key of a tag."""

    @property
    def team_ids(self) -> frozenset[uuid.UUID]:
        return frozenset(id_ for one in (self.scope, self.scope_before) if one for id_ in one.teams)

    def packed(self) -> str:
        """As it is stored: empty where there is nothing to tell."""
        told: dict[str, object] = {
            "role": self.role,
            "was": self.role_before,
            "parts": list(self.parts),
            "n": self.number,
            "campaign": self.campaign_id.hex if self.campaign_id else "",
            "tag": self.tag,
        }
        told = {name: value for name, value in told.items() if value not in ("", [], None)}
        if self.has_scope:
            told["teams"] = _packed_scope(self.scope)
        if self.had_scope:
            told["were"] = _packed_scope(self.scope_before)
        return json.dumps(told, separators=(",", ":")) if told else ""


def read_details(stored: str) -> Details:
    """What `packed` wrote; of earlier versions, the one word that they kept."""
    if not stored.startswith("{"):
        return Details(role=stored) if stored in set(OrganisationRole) else Details(parts=(stored,) if stored else ())
    told = json.loads(stored)
    return Details(
        role=told.get("role", ""),
        role_before=told.get("was", ""),
        has_scope="teams" in told,
        scope=_read_scope(told.get("teams")),
        had_scope="were" in told,
        scope_before=_read_scope(told.get("were")),
        parts=tuple(told.get("parts", ())),
        number=told.get("n"),
        campaign_id=uuid.UUID(told["campaign"]) if "campaign" in told else None,
        tag=told.get("tag", ""),
    )


def _packed_scope(scope: Scope | None) -> list[object] | None:
    return None if scope is None else [scope.number, *(team.hex for team in scope.teams)]


def _read_scope(told: list[Any] | None) -> Scope | None:
    return None if told is None else Scope(told[0], tuple(map(uuid.UUID, told[1:])))
