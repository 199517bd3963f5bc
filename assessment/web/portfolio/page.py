"""What the page of all teams shows: each figure as people read it, each reason with the way to where it is mended."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from flask import url_for

from assessment.domain.access import Permission
from assessment.domain.portfolio import (
    OF_ROUNDS_UNDER_WAY,
    AttentionKind,
    Cell,
    Reason,
    RoundMove,
    Standing,
    TeamLine,
    TeamMoves,
)
from assessment.domain.scale import Scale
from assessment.infra.languages import Localisation
from assessment.services.access import Access
from assessment.services.portfolio import Portfolio
from reports.portfolio.words import (
    ARROWS,
    STANDING,
    actions_words,
    answered_words,
    is_probable,
    label_words,
    level_words,
    move_sentence,
    move_words,
    reason_words,
    score_words,
    short_reason,
    weakest_words,
)


@dataclass(frozen=True, slots=True)
class ShownCell:
    """A figure of a table. `level` is a number from 1 to 5, or 0 for none; `movement` the sign, and its word."""

    pillar: str
    level: int = 0
    score: str = ""
    words: str = ""
    is_probable: bool = False
    is_withheld: bool = False
    arrow: str = ""
    movement: str = ""


@dataclass(frozen=True, slots=True)
class ShownReason:
    """Why a team needs attention, and the way to where it can be seen or mended."""

    words: str
    href: str


@dataclass(frozen=True, slots=True)
class ShownTeam:
    """A row. `instead` stands in the place of all pillars where there are none to show."""

    name: str
    href: str
    tags: Sequence[str]
    published: str
    answered: str
    results: str
    instead: str
    cells: Sequence[ShownCell]
    weakest: str
    actions: str
    is_late: bool
    reasons: Sequence[str]
    tier: int | None


def shown_team(line: TeamLine, found: Portfolio, access: Access, reader: Localisation) -> ShownTeam:
    asked = found.asked.questionnaire
    where = {"organisation_id": access.organisation_id, "team_id": line.team_id}
    results = url_for("results.results", **where, round_id=line.round_id) if line.round_id else ""  # type: ignore[arg-type]
    return ShownTeam(
        name=line.name,
        href=url_for("teams.team", **where),  # type: ignore[arg-type]
        tags=line.tags,
        published=reader.date(line.published_on) if line.published_on else "",
        answered=answered_words(line, reader),
        results=results,
        instead="" if line.standing is Standing.RESULT else reader.gettext(STANDING[line.standing]),
        cells=[shown_cell(pillar.id, line.pillars.get(pillar.id), asked.scale, reader) for pillar in asked.pillars],
        weakest=weakest_words(line, reader),
        actions=actions_words(line, reader),
        is_late=bool(line.progress and (line.progress.late or line.progress.stuck)),
        reasons=[short_reason(reason, reader) for reason in line.reasons],
        tier=found.tiers.get(line.team_id),
    )


def shown_cell(pillar: str, cell: Cell | None, scale: Scale, reader: Localisation) -> ShownCell:
    """A cell as people read it; of a pillar that was not asked, or is withheld, never a number."""
    if cell is None:
        return ShownCell(pillar, score=reader.gettext("not asked"))
    if cell.is_withheld:
        return ShownCell(pillar, score=score_words(cell, scale, reader), is_withheld=True)
    return ShownCell(
        pillar,
        level=cell.level or 0,
        score=score_words(cell, scale, reader),
        words=level_words(cell, scale, reader),
        is_probable=is_probable(cell, scale),
        arrow=ARROWS.get(cell.label, "") if cell.label else "",
        movement=label_words(cell.label, reader) if cell.label in ARROWS else "",
    )


@dataclass(frozen=True, slots=True)
class ShownMove:
    """What became of the pillars in a round, in signs, and in words for those who listen."""

    name: str
    day: str
    signs: str
    words: str


@dataclass(frozen=True, slots=True)
class ShownMoves:
    team_id: uuid.UUID
    name: str
    rounds: Sequence[ShownMove]


def shown_moves(moves: TeamMoves, reader: Localisation) -> ShownMoves:
    rounds = [
        ShownMove(one.name, reader.date(one.published_on), _signs(one, reader), move_sentence(one, reader))
        for one in moves.rounds
    ]
    return ShownMoves(moves.team_id, moves.name, rounds)


def _signs(move: RoundMove, reader: Localisation) -> str:
    return move_words(move, reader) if move.is_compared else ""


def shown_reasons(
    team_id: uuid.UUID, reasons: Sequence[Reason], access: Access, reader: Localisation
) -> list[ShownReason]:
    return [ShownReason(reason_words(one, reader), reason_href(team_id, one, access)) for one in reasons]


def reason_href(team_id: uuid.UUID, reason: Reason, access: Access) -> str:
    """Where what a reason tells of can be mended; where this account may not, where it can be seen."""
    where = {"organisation_id": access.organisation_id, "team_id": team_id}
    if reason.kind in OF_ROUNDS_UNDER_WAY and reason.round_id is not None:
        if not access.may(Permission.MANAGE_ROUNDS):
            return url_for("teams.team", **where)  # type: ignore[arg-type]
        closes = reason.kind is AttentionKind.ROUND_READY
        return url_for("rounds.close" if closes else "rounds.round_", **where, round_id=reason.round_id)  # type: ignore[arg-type]
    if reason.round_id is None:
        return url_for("rounds.new" if access.may(Permission.MANAGE_ROUNDS) else "teams.team", **where)  # type: ignore[arg-type]
    follow = "plans.follow" if access.may(Permission.EDIT_PLANS) else "plans.plan"
    endpoint = {
        AttentionKind.LATE: follow,
        AttentionKind.STUCK: follow,
        AttentionKind.NO_PLAN: "plans.plan",
    }.get(reason.kind, "results.results")
    return url_for(endpoint, **where, round_id=reason.round_id)  # type: ignore[arg-type]
