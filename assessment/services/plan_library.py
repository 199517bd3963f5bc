"""What the library of actions offers for a place in a plan."""

from __future__ import annotations

from collections.abc import Mapping

from assessment.domain.actions import Action, ActionLibrary
from assessment.domain.planning import ActionPlan, level_to_act_on
from assessment.domain.result import TeamResult
from assessment.domain.scale import Scale
from assessment.services.plan_choices import MOVE


def known_actions(library: ActionLibrary, proposal: ActionPlan, place: str) -> Mapping[str, Action]:
    """All that the library has for a pillar, whatever its level, the conversation first; or for the plan's point."""
    return point_moves(library, proposal) if place == MOVE else pillar_actions(library, place)


def pillar_actions(library: ActionLibrary, pillar: str) -> Mapping[str, Action]:
    """All that the library has for a pillar, at whatever level: the conversation first. Nothing for others' pillars."""
    own = library.pillars.get(pillar)
    if own is None:
        return {}
    actions = [own.conversation, *(action for level in sorted(own.by_level) for action in own.by_level[level])]
    return {action.id: action for action in actions}


def point_moves(library: ActionLibrary, proposal: ActionPlan) -> Mapping[str, Action]:
    """The moves that fit the plan's perception point."""
    if proposal.point is None:
        return {}
    return {move.id: move for move in library.moves_from(proposal.point.step, proposal.point.phase)}


def fitting_actions(
    library: ActionLibrary, proposal: ActionPlan, result: TeamResult, scale: Scale, place: str
) -> Mapping[str, Action]:
    """Those of a place that fit it as it is today: the pillar's level, or all moves. Raises `KeyError`."""
    if place == MOVE:
        return point_moves(library, proposal)
    pillar = result.pillar(place)
    if pillar.level is None:
        return {}
    fitting = library.for_pillar(place, level_to_act_on(pillar, proposal.kind, scale))
    return {action.id: action for action in fitting}
