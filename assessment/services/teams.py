"""Create and change teams."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from assessment.catalogue.catalogue import load_questionnaire, questionnaire_ids
from assessment.domain.plain_text import plain_line
from assessment.domain.questionnaire import Language, Phase, TeamKind
from assessment.domain.rounds import RoundPurpose
from assessment.domain.team_tags import LONGEST_TAG, MOST_TAGS, split_tags, tag_key
from assessment.infra.languages import language_of
from assessment.services.surplus import correct_size
from assessment.services.team_targets import pillars_with_targets
from assessment.store.organisations import Organisation
from assessment.store.rounds import find_round_for_update, find_unpublished
from assessment.store.team_tags import put_tags, tags_of_team, used_tags
from assessment.store.teams import Team, find_team, find_team_by_name, lock_team


class TeamNameTaken(Exception):
    """The organisation already has a team of this name."""


class UnknownTeam(LookupError):
    """The organisation has no such team."""


class InvalidPoints(ValueError):
    """A sequence of perception points with one that has no name, or the id of another; `point` is its id."""

    def __init__(self, point: str) -> None:
        super().__init__(point)
        self.point = point


class TooManyTags(ValueError):
    """More tags than a team may have."""


class LongTag(ValueError):
    """A tag that is too long; `tag` is which."""

    def __init__(self, tag: str) -> None:
        super().__init__(tag)
        self.tag = tag


class InvalidTarget(ValueError):
    """A target off the scale, or for no pillar; `pillar` is whose."""

    def __init__(self, pillar: str) -> None:
        super().__init__(pillar)
        self.pillar = pillar


@dataclass(frozen=True, slots=True)
class TeamPoint:
    """One perception point of a team: its permanent id, the name that respondents read, and where it lies."""

    id: str
    name: str
    phase: Phase


def points_of_kind(kind: TeamKind, language: Language) -> tuple[TeamPoint, ...]:
    """The sequence that a team of this kind may start from."""
    return tuple(TeamPoint(point.id, point.name.in_language(language), point.phase) for point in kind.points)


def first_points(organisation: Organisation, kind: TeamKind) -> tuple[TeamPoint, ...]:
    """The sequence that a new team of this kind begins with in an organisation: its own where it has one, else the one
    that the product ships, in the organisation's language."""
    own = organisation.moments.get(kind.id)
    if own:
        return tuple(TeamPoint(point["id"], point["name"], point["phase"]) for point in own)
    return points_of_kind(kind, language_of(organisation.language))


def create_team(
    session: Session,
    *,
    organisation_id: uuid.UUID,
    name: str,
    size: int,
    kind: str,
    points: Sequence[TeamPoint],
    now: dt.datetime,
) -> Team:
    """A new team. Raises `TeamNameTaken` or `InvalidPoints`."""
    name = plain_line(name)
    if find_team_by_name(session, organisation_id, name):
        raise TeamNameTaken(name)
    team = Team(
        organisation_id=organisation_id,
        name=name,
        size=size,
        kind=kind,
        points=_documents(points),
        targets={},
        created_at=now,
    )
    with _unique_name(session, name):
        session.add(team)
    return team


def change_team(
    session: Session,
    *,
    organisation_id: uuid.UUID,
    team_id: uuid.UUID,
    name: str,
    size: int,
    kind: str | None = None,
    user_id: int | None = None,
    now: dt.datetime,
) -> Team:
    """Another name, size or kind; a round that is not published yet is one of so many people from then on.

    Who corrected the size of a round that has begun, and when, is kept with the round.

    Raises `UnknownTeam` or `TeamNameTaken`.
    """
    team = get_team(session, organisation_id=organisation_id, team_id=team_id)
    name = plain_line(name)
    namesake = find_team_by_name(session, organisation_id, name)
    if namesake and namesake.id != team.id:
        raise TeamNameTaken(name)
    with _unique_name(session, name):
        team.name, team.size, team.kind = name, size, kind or team.kind
    for purpose in RoundPurpose:
        under_way = find_unpublished(session, organisation_id, team_id, purpose)
        if under_way and (locked := find_round_for_update(session, under_way.id)) and locked.published_at is None:
            correct_size(session, locked, size, user_id=user_id, now=now)
    return team


def set_points(
    session: Session, *, organisation_id: uuid.UUID, team_id: uuid.UUID, points: Sequence[TeamPoint]
) -> Team:
    """The customer's sequence in its new order. Rounds that are open keep theirs.

    Raises `UnknownTeam` or `InvalidPoints`.
    """
    team = get_team(session, organisation_id=organisation_id, team_id=team_id)
    team.points = _documents(points)
    return team


def set_targets(session: Session, *, organisation_id: uuid.UUID, team_id: uuid.UUID, targets: dict[str, float]) -> Team:
    """Target levels that differ from the product's; those that are as before may stay, whatever is asked now.

    Raises `UnknownTeam` or `InvalidTarget`.
    """
    team = get_team(session, organisation_id=organisation_id, team_id=team_id)
    asked = pillars_with_targets(session, team=team)
    highest = highest_targets() | {pillar.id: one.scale.size for one in asked for pillar in one.pillars}
    for pillar, target in targets.items():
        if target != team.targets.get(pillar) and not 1 <= target <= highest.get(pillar, 0):
            raise InvalidTarget(pillar)
    team.targets = {pillar: float(target) for pillar, target in targets.items()}
    return team


def set_tags(
    session: Session, *, organisation_id: uuid.UUID, team_id: uuid.UUID, tags: Sequence[str]
) -> tuple[str, ...]:
    """A team's tags, each once; one that other teams have already is spelt as theirs. Returns them as they are kept.

    Raises `UnknownTeam`, `TooManyTags` or `LongTag`.
    """
    team = get_team(session, organisation_id=organisation_id, team_id=team_id)
    wanted = split_tags(";".join(tags))
    for name in wanted:
        if len(name) > LONGEST_TAG:
            raise LongTag(name)
    if len(wanted) > MOST_TAGS:
        raise TooManyTags
    put_tags(session, organisation_id, team.id, ())
    used = used_tags(session, organisation_id=organisation_id)
    kept = [(key, used.get(key, name)) for key, name in ((tag_key(name), name) for name in wanted)]
    put_tags(session, organisation_id, team.id, kept)
    return tuple(name for _key, name in kept)


@cache
def highest_targets() -> dict[str, int]:
    """Every pillar of every questionnaire that is shipped, and the highest target that its scale has."""
    highest: dict[str, int] = {}
    for asked in map(load_questionnaire, questionnaire_ids()):
        for pillar in asked.pillars:
            highest[pillar.id] = min(asked.scale.size, highest.get(pillar.id, asked.scale.size))
    return highest


def get_tags(session: Session, *, organisation_id: uuid.UUID, team_id: uuid.UUID) -> tuple[str, ...]:
    """The tags of a team, as somebody wrote them. Raises `UnknownTeam`."""
    team = get_team(session, organisation_id=organisation_id, team_id=team_id)
    return tuple(tags_of_team(session, organisation_id, team.id))


def list_tags(session: Session, *, organisation_id: uuid.UUID) -> tuple[str, ...]:
    """Every tag of the organisation's teams."""
    return tuple(used_tags(session, organisation_id=organisation_id).values())


def get_team(session: Session, *, organisation_id: uuid.UUID, team_id: uuid.UUID) -> Team:
    """A team of this organisation. Raises `UnknownTeam`."""
    team = find_team(session, organisation_id, team_id)
    if team is None:
        raise UnknownTeam
    return team


def get_team_to_change(session: Session, *, organisation_id: uuid.UUID, team_id: uuid.UUID) -> Team:
    """A team as it is now, and until this transaction ends only we change it. Raises `UnknownTeam`."""
    team = get_team(session, organisation_id=organisation_id, team_id=team_id)
    lock_team(session, team.id)
    session.refresh(team)
    return team


def _documents(points: Sequence[TeamPoint]) -> list[dict[str, Any]]:
    """Raises `InvalidPoints`."""
    documents = [asdict(point) | {"name": plain_line(point.name)} for point in points]
    seen: set[str] = set()
    for document in documents:
        if not document["id"] or not document["name"] or document["id"] in seen:
            raise InvalidPoints(document["id"])
        seen.add(document["id"])
    return documents


@contextmanager
def _unique_name(session: Session, name: str) -> Iterator[None]:
    """Writes what the block changes. Raises `TeamNameTaken` where another transaction was faster."""
    try:
        with session.begin_nested():
            yield
    except IntegrityError:
        raise TeamNameTaken(name) from None
