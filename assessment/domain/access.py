"""Who may do what: one table. What it does not grant is denied."""

from __future__ import annotations

from enum import StrEnum


class OrganisationRole(StrEnum):
    """A role in one organisation; a respondent needs no account and no role."""

    ADMINISTRATOR = "administrator"
    MANAGER = "manager"
    LEADERSHIP = "leadership"
    VIEWER = "viewer"


class Permission(StrEnum):
    MANAGE_ORGANISATION = "manage-organisation"
    MANAGE_MEMBERS = "manage-members"
    SEE_LOG = "see-log"
    MANAGE_TEAMS = "manage-teams"
    MANAGE_ROUNDS = "manage-rounds"
    HIDE_COMMENTS = "hide-comments"
    EDIT_PLANS = "edit-plans"
    SEE_RESULTS = "see-results"
    SEE_TEAMS = "see-teams"
    SEE_PORTFOLIO = "see-portfolio"


_VIEWER = frozenset({Permission.SEE_RESULTS, Permission.SEE_TEAMS})
_LEADERSHIP = _VIEWER | {Permission.SEE_PORTFOLIO}
_MANAGER = _LEADERSHIP | {
    Permission.MANAGE_TEAMS,
    Permission.MANAGE_ROUNDS,
    Permission.HIDE_COMMENTS,
    Permission.EDIT_PLANS,
}

GRANTED: dict[OrganisationRole, frozenset[Permission]] = {
    OrganisationRole.VIEWER: _VIEWER,
    OrganisationRole.LEADERSHIP: _LEADERSHIP,
    OrganisationRole.MANAGER: _MANAGER,
    OrganisationRole.ADMINISTRATOR: frozenset(Permission),
}

OF_ALL_TEAMS = frozenset({OrganisationRole.ADMINISTRATOR, OrganisationRole.LEADERSHIP})
"""Roles that are always of all teams; the others are of all teams, or of those that an administrator names."""


def is_of_all_teams(role: OrganisationRole, has_all_teams: bool) -> bool:
    """Whether a member with this role sees every team, also those that are added later."""
    return has_all_teams or role in OF_ALL_TEAMS


def may(role: OrganisationRole | None, permission: Permission) -> bool:
    """Whether a role grants a permission; an outsider (`None`) has none."""
    return role is not None and permission in GRANTED[role]
