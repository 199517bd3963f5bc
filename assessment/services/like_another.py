"""A new organisation that begins like another one of the same administrator: settings and moments, and nothing else.

What is copied says nothing about people, answers, results or plans: that is a list of its own, which the page shows
before anything is copied.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from assessment.catalogue.catalogue import load_team_kinds
from assessment.domain.access import OrganisationRole, Permission
from assessment.domain.audit import Action, ObjectKind
from assessment.domain.questionnaire import Language
from assessment.infra.countries import Country
from assessment.infra.languages import language_of
from assessment.services.access import NotAllowed, get_access
from assessment.services.audit import Deed, record
from assessment.services.consultancies import Letterhead, copy_to_organisation, read_of_organisation
from assessment.services.organisations import create_organisation
from assessment.services.questionnaires import first_questionnaires, offered_questionnaires
from assessment.services.teams import points_of_kind
from assessment.store.latest_rounds import teams_by_name
from assessment.store.members import roles_of
from assessment.store.organisations import Organisation


class ChangedMeanwhile(Exception):
    """What would be copied is no longer what the page said."""


@dataclass(frozen=True, slots=True)
class ToCopy:
    """All that a new organisation takes over from another one; `moments` are sequences by kind of team, each point
    `{"id", "name", "phase"}`. Country and language are proposed, and may be others."""

    organisation: Organisation
    questionnaires: Sequence[str]
    moments: Mapping[str, list[dict[str, Any]]]
    consultancy: Letterhead

    @property
    def mark(self) -> str:
        """Another one whenever something else would be copied."""
        like = self.organisation
        told = (
            (like.minimum_group, like.paper, like.document_language, like.privacy_law),
            (like.keep_answers_months, like.keep_results_months),
            list(self.questionnaires),
            sorted(self.moments.items()),
            self.consultancy.mark,
        )
        return hashlib.sha256(repr(told).encode()).hexdigest()[:16]


def organisations_to_copy(session: Session, *, user_id: int) -> list[Organisation]:
    """Those that the account administers, the last one first."""
    administered = [one for one, role in roles_of(session, user_id) if role is OrganisationRole.ADMINISTRATOR]
    return sorted(administered, key=lambda one: one.created_at, reverse=True)


def read_what_is_copied(session: Session, *, user_id: int, organisation_id: uuid.UUID) -> ToCopy:
    """Raises `NotAllowed` for who does not administer it, as if it did not exist."""
    access = get_access(session, user_id=user_id, organisation_id=organisation_id)
    if not access.may(Permission.MANAGE_ORGANISATION):
        raise NotAllowed(organisation_id)
    like = access.organisation
    offered = offered_questionnaires(session, organisation_id=like.id)
    # An organisation's own questionnaires stay with it.
    shared = {one.id for one in offered_questionnaires(session, organisation_id=None)}
    asked = [one.id for one in first_questionnaires(like, offered)]
    return ToCopy(
        organisation=like,
        questionnaires=asked if shared.issuperset(asked) else (),
        moments=_moments(session, like),
        consultancy=read_of_organisation(session, organisation_id=like.id),
    )


def create_like(
    session: Session,
    *,
    name: str,
    country: Country,
    language: Language,
    founder_id: int,
    like_id: uuid.UUID,
    shown: str,
    now: dt.datetime,
) -> Organisation:
    """A new organisation with what `read_what_is_copied` tells; `shown` is the `mark` of what the founder has read.

    The log of the other one says that settings were copied, not where to. Raises `NotAllowed` or `ChangedMeanwhile`.
    """
    copied = read_what_is_copied(session, user_id=founder_id, organisation_id=like_id)
    if copied.mark != shown:
        raise ChangedMeanwhile
    like = copied.organisation
    created = create_organisation(
        session, name=name, country=country, language=language, founder_id=founder_id, now=now
    )
    created.minimum_group, created.paper, created.document_language = (
        like.minimum_group,
        like.paper,
        like.document_language,
    )
    created.privacy_law = like.privacy_law if like.country == country.code else ""
    created.keep_answers_months, created.keep_results_months = like.keep_answers_months, like.keep_results_months
    created.questionnaires = list(copied.questionnaires)
    created.moments = dict(copied.moments)
    copy_to_organisation(session, from_id=like.id, to_id=created.id)
    record(session, Deed(like.id, founder_id, Action.COPIED_SETTINGS, ObjectKind.ORGANISATION), now=now)
    return created


def _moments(session: Session, like: Organisation) -> dict[str, list[dict[str, Any]]]:
    """The sequence that most teams of each kind have, where it is not the one that the product ships; else what new
    teams begin with already."""
    usual = {
        kind.id: [(point.name, point.phase) for point in points_of_kind(kind, language_of(like.language))]
        for kind in load_team_kinds()
    }
    found: dict[str, Counter[tuple[tuple[str, str, str], ...]]] = {}
    for team in teams_by_name(session, like.id):
        sequence = tuple((point["id"], point["name"], point["phase"]) for point in team.points)
        if sequence and team.kind in usual:
            found.setdefault(team.kind, Counter())[sequence] += 1
    moments = {kind: points for kind, points in like.moments.items() if kind in usual}
    for kind, counted in found.items():
        [(sequence, _count)] = counted.most_common(1)
        if [(name, phase) for _id, name, phase in sequence] == usual[kind]:
            moments.pop(kind, None)
        else:
            moments[kind] = [{"id": id_, "name": name, "phase": phase} for id_, name, phase in sequence]
    return dict(sorted(moments.items()))
