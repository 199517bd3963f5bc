"""What the log of an organisation tells: who of its members saw, took or changed what. Nothing about respondents."""

from __future__ import annotations

from enum import StrEnum


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
    TOOK_POSTER = "took-poster"
    TOOK_LINKS = "took-links"
    TOOK_LOG = "took-log"
    TOOK_PORTFOLIO = "took-portfolio"
    TOOK_OTHER = "took-other"
    INVITED = "invited"
    WITHDREW_INVITATION = "withdrew-invitation"
    JOINED = "joined"
    CHANGED_ROLE = "changed-role"
    REMOVED_MEMBER = "removed-member"
    LEFT = "left"
    CHANGED_ORGANISATION = "changed-organisation"
    CHANGED_LOOK = "changed-look"
    CHANGED_PRIVACY = "changed-privacy"
    SENT_MAIL_AGAIN = "sent-mail-again"
    ADDED_TEAM = "added-team"
    ADDED_TEAMS = "added-teams"
    CHANGED_TEAM = "changed-team"
    CHANGED_POINTS = "changed-points"
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
    OPENED_CAMPAIGN = "opened-campaign"
    CHANGED_CAMPAIGN = "changed-campaign"
    STOPPED_CAMPAIGN = "stopped-campaign"
    PUBLISHED_CAMPAIGN = "published-campaign"
    MAILED_CAMPAIGN = "mailed-campaign"
    CHANGED_REPETITION = "changed-repetition"
    HID_COMMENT = "hid-comment"
    CHANGED_PLAN = "changed-plan"
    SHARED_PLAN = "shared-plan"
    MADE_OWNER_LINK = "made-owner-link"
    ENDED_OWNER_LINK = "ended-owner-link"
    CHANGED_OTHER = "changed-other"


GROUPS: dict[ActionGroup, frozenset[Action]] = {
    ActionGroup.SEEN: frozenset(action for action in Action if action.startswith("saw-")),
    ActionGroup.TAKEN: frozenset(action for action in Action if action.startswith("took-")),
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
            Action.CHANGED_ORGANISATION,
            Action.CHANGED_LOOK,
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
            Action.OPENED_CAMPAIGN,
            Action.CHANGED_CAMPAIGN,
            Action.STOPPED_CAMPAIGN,
            Action.PUBLISHED_CAMPAIGN,
            Action.MAILED_CAMPAIGN,
            Action.CHANGED_REPETITION,
            Action.HID_COMMENT,
        }
    ),
    ActionGroup.PLANS: frozenset(
        {Action.CHANGED_PLAN, Action.SHARED_PLAN, Action.MADE_OWNER_LINK, Action.ENDED_OWNER_LINK}
    ),
}
"""Each action in one group."""

ONCE_AN_HOUR = GROUPS[ActionGroup.SEEN] | GROUPS[ActionGroup.TAKEN] | {Action.CHANGED_PLAN, Action.CHANGED_OTHER}
"""What people do again and again: one row an hour for each person and object; a page that is reloaded writes none."""

AUDIT_MONTHS = 24
"""How long the log is kept."""
