"""What the start page and the page of an organisation show to an account: teams with their next step, in pages."""

from __future__ import annotations

import datetime as dt
import itertools
import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from operator import attrgetter

from sqlalchemy.orm import Session

from assessment.domain.access import Permission, is_of_all_teams
from assessment.domain.plain_text import folded
from assessment.services.access import Access
from assessment.services.next_step import TeamStep, next_steps
from assessment.services.paging import Paging, page_of
from assessment.store.latest_rounds import (
    AccountRow,
    count_rows_of_account,
    count_teams,
    glances_of_organisation,
    names_of_teams,
    names_of_teams_of_account,
    rows_of_account,
)
from assessment.store.organisations import Organisation, find_organisations
from assessment.store.team_tags import used_tags
from assessment.store.teams import Team


@dataclass(frozen=True, slots=True)
class OrganisationOverview:
    """An organisation as one account sees it: the next steps of the teams on this page, those that need somebody most
    first, and what the account may do."""

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
    """The account's organisations by name, and their teams by need, over all pages; for a page that does not exist, the
    nearest one. With a `name`, only teams that have it in theirs; with a `tag` (its key), only teams that have it.

    As many queries for one organisation as for a hundred.
    """
    only = _with_name(names_of_teams_of_account(session, user_id, tag=tag), name) if name or tag else None
    total = count_rows_of_account(session, user_id)
    rows = rows_of_account(session, user_id, only=only)
    steps = {
        step.team.id: step
        for step in next_steps(session, [(row.time_zone, row.team) for row in rows if row.team is not None], now)
    }
    paging = page_of(page, len(rows))
    by_organisation = [
        sorted(group, key=lambda row: steps[row.team.id].need if row.team is not None else ())
        for _id, group in itertools.groupby(rows, key=lambda row: row.organisation_id)
    ]
    shown = list(itertools.chain.from_iterable(by_organisation))[paging.after : paging.after + paging.size]
    organisations = find_organisations(session, {row.organisation_id for row in shown})
    overviews = []
    for organisation_id, group in itertools.groupby(shown, key=lambda row: row.organisation_id):
        listed = list(group)
        access = access_of_rows(organisations[organisation_id], listed, user_id)
        overviews.append(OrganisationOverview(access, [steps[row.team.id] for row in listed if row.team is not None]))
    return StartPage(overviews, paging, total, used_tags(session, user_id=user_id))


def get_overview_of_team(session: Session, *, access: Access, team: Team, now: dt.datetime) -> OrganisationOverview:
    """One team alone, as the account sees it."""
    teams = glances_of_organisation(session, team.organisation_id, only=[team.id])
    return OrganisationOverview(
        access, next_steps(session, [(access.organisation.time_zone, one) for one in teams], now)
    )


def get_overview(
    session: Session, *, access: Access, now: dt.datetime, page: int = 1, name: str = "", tag: str = ""
) -> StartPage:
    """A page of one organisation's teams as the account sees them, by need over all pages; for a page that does not
    exist, the nearest one. With a `name`, only teams that have it in theirs; with a `tag` (its key), only teams that
    have it."""
    organisation_id, zone = access.organisation_id, access.organisation.time_zone
    own: Collection[uuid.UUID] | None = access.team_ids
    total = count_teams(session, organisation_id, only=own)
    if name or tag:
        own = _with_name(names_of_teams(session, organisation_id, only=own, tag=tag), name)
    teams = glances_of_organisation(session, organisation_id, only=own)
    paging = page_of(page, len(teams))
    steps = sorted(next_steps(session, [(zone, team) for team in teams], now), key=attrgetter("need"))
    shown = steps[paging.after : paging.after + paging.size]
    tags = used_tags(session, organisation_id=organisation_id, among=access.team_ids)
    return StartPage([OrganisationOverview(access, shown)], paging, total, tags)


def access_of_rows(organisation: Organisation, listed: Sequence[AccountRow], user_id: int) -> Access:
    """The account's access to the organisation of these rows, as far as they tell: of the teams that they list."""
    first = listed[0]
    is_of_all = is_of_all_teams(first.role, first.has_all_teams)
    teams = None if is_of_all else frozenset(row.team.id for row in listed if row.team is not None)
    return Access(organisation, first.role, user_id, teams)


def _with_name(teams: Sequence[tuple[uuid.UUID, str]], name: str) -> list[uuid.UUID]:
    """Those whose name has these words in it, however they are accented, and in whatever case."""
    wanted = folded(name)
    return [team_id for team_id, its_name in teams if wanted in folded(its_name)]
