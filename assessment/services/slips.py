"""Personal links on paper. Only the page that has just made them knows their tokens, so it sends them."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence

from sqlalchemy.orm import Session

from assessment.infra.languages import Localisation
from assessment.infra.tokens import token_hash
from assessment.services.rounds import get_round
from assessment.store.organisations import Organisation
from assessment.store.responses import find_invitation
from assessment.store.teams import Team
from reports.slips.build import SlipsSource, build_pdf

MOST_SLIPS = 80


class NotOurLinks(Exception):
    """A token does not belong to an unused personal link of this round, or there are too many tokens."""


def gather_slips(
    session: Session,
    *,
    organisation_id: uuid.UUID,
    round_id: uuid.UUID,
    tokens: Sequence[str],
    link_to: Callable[[str], str],
    minutes: int,
    until: str,
) -> SlipsSource:
    """The source of the slips for these tokens; each must be a link of this round. `until` is a date and time in words.

    Raises `UnknownRound` or `NotOurLinks`.
    """
    round_ = get_round(session, organisation_id=organisation_id, round_id=round_id)
    if not 0 < len(tokens) <= MOST_SLIPS:
        raise NotOurLinks
    for token in tokens:
        invitation = find_invitation(session, token_hash(token))
        if invitation is None or invitation.round_id != round_.id or invitation.is_used:
            raise NotOurLinks
    organisation = session.get_one(Organisation, organisation_id)
    return SlipsSource(
        organisation=organisation.name,
        team=session.get_one(Team, round_.team_id).name,
        links=tuple(link_to(token) for token in tokens),
        minutes=minutes,
        minimum_group=round_.minimum_group,
        until=until,
        accent=organisation.accent,
    )


def print_slips(source: SlipsSource, reader: Localisation) -> bytes:
    """The slips as PDF; nothing is stored."""
    return build_pdf(source, reader)
