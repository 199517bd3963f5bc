"""Set up an organisation, and find what an account may work on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlalchemy.orm import Session

from assessment.catalogue.catalogue import UnknownQuestionnaire
from assessment.domain.access import OrganisationRole
from assessment.domain.conventions import MINIMUM_GROUP_FLOOR
from assessment.domain.plain_text import plain_line
from assessment.domain.questionnaire import Language
from assessment.infra.countries import Country
from assessment.infra.languages import Paper
from assessment.services.questionnaires import clashes, offered_questionnaires
from assessment.store.accounts import User
from assessment.store.organisations import Membership, Organisation


class MinimumGroupTooSmall(ValueError):
    """No organisation may show results of a group under `MINIMUM_GROUP_FLOOR`."""


def create_organisation(
    session: Session, *, name: str, country: Country, language: Language, founder_id: int, now: dt.datetime
) -> Organisation:
    """A new organisation, with its founder as administrator. What the sample account founds is sample data."""
    founder = session.get_one(User, founder_id)
    organisation = Organisation(
        name=plain_line(name),
        country=country.code,
        language=language,
        time_zone=country.time_zone,
        is_sample=founder.is_sample,
        created_at=now,
    )
    session.add(organisation)
    session.flush()
    session.add(Membership(user_id=founder_id, organisation_id=organisation.id, role=OrganisationRole.ADMINISTRATOR))
    return organisation


def change_organisation(
    session: Session, *, organisation: Organisation, name: str, country: Country, language: Language, minimum_group: int
) -> Organisation:
    """Another name, country, language or minimum group; rounds keep the minimum that they were opened with.

    A new country brings its time zone. Raises `MinimumGroupTooSmall`.
    """
    if minimum_group < MINIMUM_GROUP_FLOOR:
        raise MinimumGroupTooSmall(minimum_group)
    stored = session.get_one(Organisation, organisation.id)
    if country.code != stored.country:
        stored.country, stored.time_zone = country.code, country.time_zone
    stored.name, stored.language, stored.minimum_group = plain_line(name), language, minimum_group
    return stored


def change_defaults(
    session: Session,
    *,
    organisation: Organisation,
    questionnaires: Sequence[str],
    paper: Paper | None,
    document_language: Language | None,
) -> None:
    """What new rounds and documents begin with; `None` is as usual: the paper of the country, the language of whoever
    prints. Rounds and documents that are there stay as they are.

    Raises `UnknownQuestionnaire`, or `NotAskedTogether` where one round cannot ask them all.
    """
    offered = {one.id: one for one in offered_questionnaires(session, organisation_id=organisation.id)}
    for id_ in questionnaires:
        if id_ not in offered:
            raise UnknownQuestionnaire(id_, tuple(offered))
    for clash in clashes([offered[id_] for id_ in questionnaires]):
        raise clash
    stored = session.get_one(Organisation, organisation.id)
    stored.questionnaires = list(questionnaires)
    stored.paper, stored.document_language = paper, document_language


def begin_with_usual_moments(session: Session, *, organisation: Organisation) -> None:
    """New teams begin with the moments of their kind again, as the product ships them. Teams that are there keep
    theirs."""
    session.get_one(Organisation, organisation.id).moments = {}
