"""What respondents are told about a round: its team, and the perception points that they judge."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from assessment.catalogue.catalogue import load_team_kinds
from assessment.domain.questionnaire import PerceptionPoint, Text
from assessment.store.answering import ROUNDS_KNOWN, AskedRound
from assessment.store.rounds import Round


@dataclass(frozen=True, slots=True)
class RoundDescription:
    """Names, country and time zone: what a page about a round shows beside its questions.

    `language` is for those who have chosen none and whose browser asks for neither.
    """

    team: str
    organisation: str
    country: str
    language: str
    time_zone: str
    responsible: str
    """Who answers to the law for what is kept: the organisation, under whichever name."""


@dataclass(frozen=True, slots=True)
class AskedPoint:
    """A perception point as respondents read it; `described` only if the name is still the template's."""

    id: str
    name: Text
    described: Text | None = None


@lru_cache(maxsize=ROUNDS_KNOWN)
def describe_asked_round(asked: AskedRound) -> RoundDescription:
    return RoundDescription(
        asked.team, asked.organisation, asked.country, asked.language, asked.time_zone, asked.responsible
    )


def points_to_judge(asked: Round | AskedRound) -> tuple[AskedPoint, ...]:
    """The round's perception points in their order.

    A team writes names in one language; a point that still has the template's name is shown in the reader's language.
    """
    return tuple(_asked(point["id"], point["name"]) for point in asked.points)


def name_points(points: Iterable[Mapping[str, Any]]) -> dict[str, Text]:
    """The name of each of a round's perception points, as its row holds them."""
    return {point["id"]: _asked(point["id"], point["name"]).name for point in points}


def _asked(point: str, name: str) -> AskedPoint:
    known = _template_points().get((point, name))
    return AskedPoint(point, known.name, known.described) if known else AskedPoint(point, Text(name, name))


@cache
def _template_points() -> dict[tuple[str, str], PerceptionPoint]:
    """The templates' points by id and name, in either language. If kinds of team share a name, it means the same."""
    return {
        (point.id, name): point
        for kind in load_team_kinds()
        for point in kind.points
        for name in (point.name.es, point.name.en)
    }
