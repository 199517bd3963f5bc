"""What the start page and the page of an organisation show to an account: teams with their next step, in pages."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from assessment.domain.access import Permission
from assessment.services.access import Access
from assessment.services.next_step import TeamStep, next_steps
from assessment.services.paging import Paging, page_of
from assessment.store.latest_rounds import (
    TeamAndRound,
    count_rows_of_account,
    count_teams,
    rows_of_account,
    teams_with_latest_round,
)
from assessment.store.organisations import Organisation
from assessment.store.rounds import rounds_of_team
from assessment.store.teams import Team


@dataclass(frozen=True, slots=True)
class OrganisationOverview:
    """An organisation as one account sees it: the next steps of the teams on this page, by name, and what the account
    may do."""

    access: Access
    steps: Sequence[TeamStep]

    @property
    def organisation(self) -> Organisation:
        return self.access.organisation

    @property
    def may_manage_teams(self) -> bool:
        return self.access.may(Permission.MANAGE_TEAMS)

    @property
    def may_manage_rounds(self) -> bool:
        return self.access.may(Permission.MANAGE_ROUNDS)

    @property
    def may_edit_plans(self) -> bool:
        return self.access.may(Permission.EDIT_PLANS)

    @property
    def may_manage_organisation(self) -> bool:
        return self.access.may(Permission.MANAGE_ORGANISATION)

    @property
    def may_manage_members(self) -> bool:
        return self.access.may(Permission.MANAGE_MEMBERS)


@dataclass(frozen=True, slots=True)
class StartPage:
    """A page of the teams of all organisations of an account, by organisation; one without teams takes a row too."""

    overviews: Sequence[OrganisationOverview]
    paging: Paging


def get_start_page(session: Session, *, user_id: int, now: dt.datetime, page: int = 1) -> StartPage:
    """The account's organisations and their teams, by name; for a page that does not exist, the nearest one.

    As many queries for one organisation as for a hundred.
    """
    paging = page_of(page, count_rows_of_account(session, user_id))
    rows = rows_of_account(session, user_id, at_most=paging.size, after=paging.after)
    teams = [(row.organisation, TeamAndRound(row.team, row.latest)) for row in rows if row.team is not None]
    steps = {step.team.id: step for step in next_steps(session, teams, now)}
    overviews = []
    for _id, group in itertools.groupby(rows, key=lambda row: row.organisation.id):
        listed = list(group)
        access = Access(listed[0].organisation, listed[0].role, user_id)
        overviews.append(OrganisationOverview(access, [steps[row.team.id] for row in listed if row.team is not None]))
    return StartPage(overviews, paging)


def get_overview_of_team(session: Session, *, access: Access, team: Team, now: dt.datetime) -> OrganisationOverview:
    """One team alone, as the account sees it."""
    latest = next(iter(rounds_of_team(session, team.organisation_id, team.id, at_most=1)), None)
    return OrganisationOverview(access, next_steps(session, [(access.organisation, TeamAndRound(team, latest))], now))


def get_overview(
    session: Session, *, access: Access, now: dt.datetime, page: int = 1
) -> tuple[OrganisationOverview, Paging]:
    """A page of one organisation's teams as the account sees them; for a page that does not exist, the nearest one."""
    paging = page_of(page, count_teams(session, access.organisation_id))
    teams = teams_with_latest_round(session, access.organisation_id, at_most=paging.size, after=paging.after)
    steps = next_steps(session, [(access.organisation, team) for team in teams], now)
    return OrganisationOverview(access, steps), paging
