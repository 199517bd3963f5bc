"""The start page of who works with several organisations, such as a consultant: an organisation a card, never mixed.

Above what `services.overview` reads for the same page: its rows and next steps, gathered by organisation.
"""

from __future__ import annotations

import datetime as dt
import itertools
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from assessment.domain.access import OrganisationRole
from assessment.domain.plain_text import folded
from assessment.domain.rounds import RoundState
from assessment.services.next_step import TeamStep, next_steps
from assessment.services.organisation_look import Look
from assessment.services.overview import OrganisationOverview, access_of_rows
from assessment.services.paging import Paging, page_of
from assessment.store.latest_rounds import AccountRow, TeamGlance, rows_of_account
from assessment.store.logos import find_facts_of_logos
from assessment.store.members import names_of_organisations
from assessment.store.organisations import find_organisations

ORGANISATIONS_A_PAGE = 24


@dataclass(frozen=True, slots=True)
class OwnOrganisation:
    """An organisation that an account belongs to, as lists of them name it."""

    id: uuid.UUID
    name: str
    role: OrganisationRole


@dataclass(frozen=True, slots=True)
class OrganisationGlance:
    """An organisation as one account sees it. `overview` has the step that needs somebody most, of a team of it; none
    where there is no team. The counts are of teams that the account is of.

    `found` are teams that have in their name what was looked for.
    """

    overview: OrganisationOverview
    look: Look
    teams: int = 0
    open_rounds: int = 0
    late: int = 0
    found: tuple[TeamGlance, ...] = ()


@dataclass(frozen=True, slots=True)
class OrganisationsPage:
    """Those that need somebody most first; `total` is how many there are, whatever is looked for."""

    glances: Sequence[OrganisationGlance]
    paging: Paging
    total: int


def own_organisations(session: Session, *, user_id: int, at_most: int | None = None) -> list[OwnOrganisation]:
    """The organisations that an account belongs to, by name: one small query, for every page."""
    return [OwnOrganisation(*row) for row in names_of_organisations(session, user_id, at_most)]


def get_organisations_page(
    session: Session, *, user_id: int, now: dt.datetime, page: int = 1, name: str = ""
) -> OrganisationsPage:
    """The account's organisations by need, over all pages; for a page that does not exist, the nearest one. With a
    `name`, only those that have it in theirs, or in a team's that the account is of.

    As many queries for two organisations as for a hundred.
    """
    rows = rows_of_account(session, user_id)
    teams = [(row.time_zone, row.team) for row in rows if row.team is not None]
    steps = {step.team.id: step for step in next_steps(session, teams, now)}
    groups = [list(group) for _id, group in itertools.groupby(rows, key=lambda row: row.organisation_id)]
    names = {one.id: one.name for one in own_organisations(session, user_id=user_id)}
    wanted = folded(name)
    asked = [group for group in groups if not name or _matches(group, names, wanted)]
    asked.sort(key=lambda group: min((steps[row.team.id].need for row in group if row.team), default=_NO_NEED))
    paging = page_of(page, len(asked), ORGANISATIONS_A_PAGE)
    shown = asked[paging.after : paging.after + paging.size]
    ids = {group[0].organisation_id for group in shown}
    organisations, logos = find_organisations(session, ids), find_facts_of_logos(session, ids)
    glances = []
    for group in shown:
        organisation = organisations[group[0].organisation_id]
        own = sorted((steps[row.team.id] for row in group if row.team), key=lambda step: step.need)
        logo = logos.get(organisation.id)
        glances.append(
            OrganisationGlance(
                overview=OrganisationOverview(access_of_rows(organisation, group, user_id), own[:1]),
                look=Look(organisation.accent, logo.checksum, logo.width, logo.height)
                if logo
                else Look(organisation.accent),
                teams=len(own),
                open_rounds=sum(_is_open(step, now) for step in own),
                late=sum(step.late for step in own),
                found=tuple(row.team for row in group if name and row.team and wanted in folded(row.team.name)),
            )
        )
    return OrganisationsPage(glances, paging, len(groups))


_NO_NEED = (True, 99, 0, 0)
"""Of an organisation without teams: after those that have any."""


def _matches(group: Sequence[AccountRow], names: Mapping[uuid.UUID, str], wanted: str) -> bool:
    its_name = names.get(group[0].organisation_id, "")
    return wanted in folded(its_name) or any(row.team and wanted in folded(row.team.name) for row in group)


def _is_open(step: TeamStep, now: dt.datetime) -> bool:
    return step.round is not None and step.round.facts.state(now) is RoundState.OPEN
