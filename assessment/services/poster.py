"""The poster that asks a team to answer: made on request, the same for the same round."""

from __future__ import annotations

import uuid

from sqlalchemy.orm import Session

from assessment.domain.rounds import RoundMode, WrongRoundMode
from assessment.infra.languages import Localisation, Paper
from assessment.services.consultancies import printed_consultancy
from assessment.services.rounds import get_round
from assessment.store.organisations import Organisation
from assessment.store.rounds import Round
from assessment.store.teams import Team
from reports.poster.build import PosterSource, build_pdf


class NoSharedLink(Exception):
    """The round is answered by personal links: it has no link that a poster could show."""


def has_poster(round_: Round) -> bool:
    """Whether all answer individually by one shared link: only then is a poster useful."""
    return round_.mode is RoundMode.ANSWERED and not round_.has_personal_links


def gather_poster(
    session: Session,
    *,
    organisation_id: uuid.UUID,
    round_id: uuid.UUID,
    link: str,
    minutes: int,
    opens: str,
    until: str,
    paper: Paper | None = None,
) -> PosterSource:
    """What the round's poster is made of. `opens` and `until` are dates and times in words, or empty.

    Raises `UnknownRound`, `WrongRoundMode` or `NoSharedLink`.
    """
    round_ = get_round(session, organisation_id=organisation_id, round_id=round_id)
    if round_.mode is not RoundMode.ANSWERED:
        raise WrongRoundMode(round_.mode)
    if not has_poster(round_):
        raise NoSharedLink
    organisation = session.get_one(Organisation, organisation_id)
    return PosterSource(
        organisation=organisation.name,
        team=session.get_one(Team, round_.team_id).name,
        round=round_.name,
        link=link,
        minutes=minutes,
        minimum_group=round_.minimum_group,
        opens=opens,
        until=until,
        accent=organisation.accent,
        paper=paper,
        consultancy=printed_consultancy(session, organisation_id=organisation_id),
    )


def print_poster(source: PosterSource, reader: Localisation) -> bytes:
    """The poster as PDF: a pure function of its source."""
    return build_pdf(source, reader)
