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
    is_withheld: bool = False


def shown_team(line: TeamLine, found: Portfolio, access: Access, reader: Localisation) -> ShownTeam:
    asked = found.asked.questionnaire
    where = {"organisation_id": access.organisation_id, "team_id": line.team_id}
    results = url_for("results.results", **where, round_id=line.round_id) if line.round_id else ""  # type: ignore[arg-type]
    return ShownTeam(
        name=line.name,
        href=url_for("teams.team", **where),  # type: ignore[arg-type]
        tags=line.tags,
        published=f"{reader.short_date(line.published_on)} {line.published_on.year}" if line.published_on else "",
        answered=answered_words(line, reader),
        results=results,
        instead="" if line.standing is Standing.RESULT else reader.gettext(STANDING[line.standing]),
        cells=[shown_cell(pillar.id, line.pillars.get(pillar.id), asked.scale, reader) for pillar in asked.pillars],
        weakest=weakest_words(line, reader),
        actions=actions_words(line, reader),
        is_late=bool(line.progress and (line.progress.late or line.progress.stuck)),
        reasons=[short_reason(reason, reader) for reason in line.reasons],
        tier=found.tiers.get(line.team_id),
        is_withheld=line.standing is Standing.WITHHELD,
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


MOST_ROUNDS = 8
"""Rounds of a team that stand beside each other; of more, the latest."""


@dataclass(frozen=True, slots=True)
class ShownMove:
    """What moved in a round: by name, else in words."""

    name: str
    day: str
    words: str
    signs: Sequence[tuple[str, str, str]] = ()
    """The sign, what moved and in which direction, and the names: pillars apart from moments."""


@dataclass(frozen=True, slots=True)
class ShownMoves:
    """A team's rounds, the oldest first; where others have more, `None` comes before them, so that its latest stands
    under theirs."""

    team_id: uuid.UUID
    name: str
    rounds: Sequence[ShownMove | None]


def shown_moves(teams: Sequence[TeamMoves], reader: Localisation) -> list[ShownMoves]:
    """The rows of a table whose last column is each team's latest round."""
    columns = min(MOST_ROUNDS, max((len(one.rounds) for one in teams), default=0))
    shown = []
    for one in teams:
        rounds = [_shown_move(move, reader, is_first=at == 0) for at, move in enumerate(one.rounds)][-MOST_ROUNDS:]
        shown.append(ShownMoves(one.team_id, one.name, [*([None] * (columns - len(rounds))), *rounds]))
    return shown


def _shown_move(move: RoundMove, reader: Localisation, *, is_first: bool) -> ShownMove:
    words = reader.gettext("first round") if is_first and not move.is_withheld else move_sentence(move, reader)
    signs = [
        (sign, label, reader.list_of([reader.text(name) for name in names]))
        for sign, label, names in (
            (ARROWS["improved"], reader.gettext("pillars up:"), move.pillars_up),
            (ARROWS["improved"], reader.gettext("moments up:"), move.moments_up),
            (ARROWS["worse"], reader.gettext("pillars down:"), move.pillars_down),
            (ARROWS["worse"], reader.gettext("moments down:"), move.moments_down),
        )
        if names
    ]
    if signs and not move.is_withheld and not is_first:
        words = ""
    return ShownMove(move.name, reader.date(move.published_on), words, signs)


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
