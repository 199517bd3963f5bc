"""The cards of the start page by organisation, and the way from one organisation to another."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask import Flask, g, url_for

from assessment.infra.languages import Localisation
from assessment.services.access import Access
from assessment.services.organisation_look import Look
from assessment.services.own_organisations import OrganisationGlance, OwnOrganisation, own_organisations
from assessment.web.access import is_signed_in, user_id
from assessment.web.team_cards import SEARCHED_FROM, WAITS, TeamCard, team_card
from assessment.web.transactions import session

MOST_IN_SWITCHER = 12
MOST_FOUND = 5


@dataclass(frozen=True, slots=True)
class OrganisationCard:
    """An organisation with what is next in it. `team` is the team's, with its words and link; none without teams.

    `found` are names and addresses of teams that were looked for; `more_found` more of them are not listed.
    """

    id: uuid.UUID
    name: str
    href: str
    look: Look
    counts: str
    team: TeamCard | None
    is_first: bool = False
    add_team: str = ""
    """Where the first team is added, for those who may."""
    found: tuple[tuple[str, str], ...] = ()
    more_found: int = 0


def organisation_cards(glances: Sequence[OrganisationGlance], reader: Localisation) -> list[OrganisationCard]:
    """One at most is what needs to be done most: of the first that waits for this account."""
    cards = [_card(glance, reader) for glance in glances]
    first = next((at for at, glance in enumerate(glances) if _is_pressing(glance, cards[at])), None)
    return [replace(card, is_first=at == first) for at, card in enumerate(cards)]


def _card(glance: OrganisationGlance, reader: Localisation) -> OrganisationCard:
    overview = glance.overview
    organisation = overview.organisation
    where: dict[str, Any] = {"organisation_id": organisation.id}
    step = next(iter(overview.steps), None)
    return OrganisationCard(
        id=organisation.id,
        name=organisation.name,
        href=url_for("organisations.organisation", **where),
        look=glance.look,
        counts=_counts(glance, reader),
        team=team_card(overview, step, reader) if step else None,
        add_team=url_for("teams.new", **where) if overview.may_manage_teams and step is None else "",
        found=tuple((team.name, url_for("teams.team", **where, team_id=team.id)) for team in glance.found[:MOST_FOUND]),
        more_found=max(0, len(glance.found) - MOST_FOUND),
    )


def _counts(glance: OrganisationGlance, reader: Localisation) -> str:
    """How much there is, in a line: what is none is left out."""
    parts = [reader.ngettext("%(n)s team", "%(n)s teams", glance.teams)] if glance.teams else []
    if glance.open_rounds:
        parts.append(reader.ngettext("%(n)s round open", "%(n)s rounds open", glance.open_rounds))
    if glance.late:
        parts.append(reader.ngettext("%(n)s action late", "%(n)s actions late", glance.late))
    return " · ".join(parts)


def _is_pressing(glance: OrganisationGlance, card: OrganisationCard) -> bool:
    return card.team is not None and bool(card.team.href) and glance.overview.steps[0].step not in WAITS


@dataclass(frozen=True, slots=True)
class Switcher:
    """The organisation of this page, and others that the account belongs to; `has_more` where these are not all."""

    here: str
    others: Sequence[OwnOrganisation]
    has_more: bool


def switcher() -> Switcher | None:
    """On a page of an organisation, for who belongs to several: which one this is, and the way to the others."""
    access: Access | None = g.get("escala_access")
    if access is None or not is_signed_in():
        return None
    own = own_organisations(session(), user_id=user_id(), at_most=MOST_IN_SWITCHER + 1)
    others = [one for one in own if one.id != access.organisation_id]
    if not others:
        return None
    return Switcher(access.organisation.name, others[: MOST_IN_SWITCHER - 1], len(own) > MOST_IN_SWITCHER)


def is_searched(total: int) -> bool:
    """Whether there are so many that one would look for one by its name."""
    return total >= SEARCHED_FROM


def init_app(app: Flask) -> None:
    @app.context_processor
    def organisations() -> dict[str, object]:
        return {"switcher": switcher}
