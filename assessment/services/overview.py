"""What the start page and the page of an organisation show to an account: teams with their next step, in pages."""

from __future__ import annotations

import datetime as dt
import itertools
import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from assessment.domain.access import Permission, is_of_all_teams
from assessment.domain.plain_text import folded
from assessment.services.access import Access
from assessment.services.next_step import TeamStep, next_steps
from assessment.services.paging import Paging, page_of
from assessment.store.latest_rounds import (
    AccountRow,
    TeamAndRound,
    count_rows_of_account,
    count_teams,
    names_of_teams,
    names_of_teams_of_account,
    rows_of_account,
    teams_with_latest_round,
)
from assessment.store.organisations import Organisation
from assessment.store.rounds import rounds_of_team
from assessment.store.team_tags import used_tags
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
    def is_of_all_teams(self) -> bool:
        return self.access.is_of_all_teams

    @property
    def may_see_log(self) -> bool:
        return self.access.may(Permission.SEE_LOG)

    @property
    def may_see_portfolio(self) -> bool:
        return self.access.may(Permission.SEE_PORTFOLIO)

    @property
    def may_manage_members(self) -> bool:
        return self.access.may(Permission.MANAGE_MEMBERS)


@dataclass(frozen=True, slots=True)
class StartPage:
    """A page of the teams of an account's organisations, or of one of them; one without teams takes a row too."""

    overviews: Sequence[OrganisationOverview]
    paging: Paging
    total: int
    """How many rows there are in all, whatever is looked for."""
    tags: Mapping[str, str] = field(default_factory=dict)
    """The tags that teams may be chosen by, by their keys."""


def get_start_page(
    session: Session, *, user_id: int, now: dt.datetime, page: int = 1, name: str = "", tag: str = ""
) -> StartPage:
    """The account's organisations and their teams, by name; for a page that does not exist, the nearest one. With a
    `name`, only teams that have it in theirs; with a `tag` (its key), only teams that have it.

    As many queries for one organisation as for a hundred.
    """
    total = count_rows_of_account(session, user_id)
    only = _with_name(names_of_teams_of_account(session, user_id, tag=tag), name) if name or tag else None
    paging = page_of(page, total if only is None else len(only))
    rows = rows_of_account(session, user_id, at_most=paging.size, after=paging.after, only=only)
    teams = [(row.organisation, TeamAndRound(row.team, row.latest)) for row in rows if row.team is not None]
    steps = {step.team.id: step for step in next_steps(session, teams, now)}
    overviews = []
    for _id, group in itertools.groupby(rows, key=lambda row: row.organisation.id):
        listed = list(group)
        access = _access_of(listed, user_id)
        overviews.append(OrganisationOverview(access, [steps[row.team.id] for row in listed if row.team is not None]))
    return StartPage(overviews, paging, total, used_tags(session, user_id=user_id))


def get_overview_of_team(session: Session, *, access: Access, team: Team, now: dt.datetime) -> OrganisationOverview:
    """One team alone, as the account sees it."""
    latest = next(iter(rounds_of_team(session, team.organisation_id, team.id, at_most=1)), None)
    return OrganisationOverview(access, next_steps(session, [(access.organisation, TeamAndRound(team, latest))], now))


def get_overview(
    session: Session, *, access: Access, now: dt.datetime, page: int = 1, name: str = "", tag: str = ""
) -> StartPage:
    """A page of one organisation's teams as the account sees them; for a page that does not exist, the nearest one.
    With a `name`, only teams that have it in theirs; with a `tag` (its key), only teams that have it."""
    organisation_id = access.organisation_id
    own: Collection[uuid.UUID] | None = access.team_ids
    total = shown = count_teams(session, organisation_id, only=own)
    if name or tag:
        own = _with_name(names_of_teams(session, organisation_id, only=own, tag=tag), name)
        shown = len(own)
    paging = page_of(page, shown)
    teams = teams_with_latest_round(session, organisation_id, at_most=paging.size, after=paging.after, only=own)
    steps = next_steps(session, [(access.organisation, team) for team in teams], now)
    tags = used_tags(session, organisation_id=organisation_id, among=access.team_ids)
    return StartPage([OrganisationOverview(access, steps)], paging, total, tags)


def _access_of(listed: Sequence[AccountRow], user_id: int) -> Access:
    """The account's access to the organisation of these rows, as far as they tell: of the teams that they list."""
    first = listed[0]
    is_of_all = is_of_all_teams(first.role, first.has_all_teams)
    teams = None if is_of_all else frozenset(row.team.id for row in listed if row.team is not None)
    return Access(first.organisation, first.role, user_id, teams)


def _with_name(teams: Sequence[tuple[uuid.UUID, str]], name: str) -> list[uuid.UUID]:
    """Those whose name has these words in it, however they are accented, and in whatever case."""
    wanted = folded(name)
    return [team_id for team_id, its_name in teams if wanted in folded(its_name)]
