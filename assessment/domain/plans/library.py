"""What the library of actions offers under a heading of a plan: a pillar, or the perception point (`MOVE`)."""

from __future__ import annotations

from collections.abc import Mapping

from assessment.domain.actions import Action, ActionLibrary
from assessment.domain.plans.basis import PlanBasis
from assessment.domain.plans.choices import MOVE
from assessment.domain.plans.proposal import level_to_act_on


def known_actions(basis: PlanBasis, heading: str) -> Mapping[str, Action]:
    """All that the library has for a pillar, whatever its level, the conversation first; or for the plan's point."""
    return point_moves(basis) if heading == MOVE else pillar_actions(basis.library, heading)


def pillar_actions(library: ActionLibrary, pillar: str) -> Mapping[str, Action]:
    """All that the library has for a pillar, at whatever level: the conversation first. Nothing for others' pillars."""
    own = library.pillars.get(pillar)
    if own is None:
        return {}
    actions = [own.conversation, *(action for level in sorted(own.by_level) for action in own.by_level[level])]
    return {action.id: action for action in actions}


def point_moves(basis: PlanBasis) -> Mapping[str, Action]:
    """The moves that fit the plan's perception point."""
    point = basis.point
    return {} if point is None else {move.id: move for move in basis.library.moves_from(point.step, point.phase)}


def fitting_actions(basis: PlanBasis, heading: str) -> Mapping[str, Action]:
    """Those that fit the pillar's level as it is today, or all moves of the point. Raises `KeyError`."""
    if heading == MOVE:
        return point_moves(basis)
    pillar = basis.result.pillar(heading)
    if pillar.level is None:
        return {}
    fitting = basis.library.for_pillar(heading, level_to_act_on(pillar, basis.proposal.kind, basis.scale))
    return {action.id: action for action in fitting}
