"""What the plan's page shows: each pillar with its reason, each action with its words."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from assessment.catalogue.catalogue import load_action_library
from assessment.domain import conventions as c
from assessment.domain.actions import Action
from assessment.domain.result import PillarResult
from assessment.domain.scale import Scale
from assessment.infra.languages import Localisation
from assessment.services.plan_choices import MOVE
from assessment.services.plan_documents import PrintedPlan
from assessment.services.plan_edits import OfferedAction, offered_pillars, room_of
from assessment.services.plan_library import known_actions
from assessment.services.plans import RoundPlan
from assessment.web.languages import LANGUAGE_NAMES
from assessment.web.plans.forms import Outline, Slot
from reports.action_plan import front
from reports.action_plan.source import PlanSource
from reports.engine.words import score_words, share_words


@dataclass(frozen=True, slots=True)
class ActionWords:
    """An action of the library, in the reader's language."""

    id: str
    title: str
    what: str
    why: str
    first_step: str
    effort: str
    due: str
    owner: str
    measure: str


@dataclass(frozen=True, slots=True)
class ActionCard:
    """One action of the plan; `words` is `None` for one of the team's own."""

    slot: Slot
    words: ActionWords | None
    is_unknown: bool


@dataclass(frozen=True, slots=True)
class PlaceCard:
    """A pillar, or the perception point, with its actions."""

    place: str
    label: str
    heading: str
    why: str
    asks_reason: bool
    actions: tuple[ActionCard, ...]


@dataclass(frozen=True, slots=True)
class PlanPage:
    pillars: tuple[PlaceCard, ...]
    move: PlaceCard | None
    has_point: bool
    room: int
    may_add_pillar: bool
    has_other_pillars: bool


@dataclass(frozen=True, slots=True)
class PrintedVersion:
    """A version as it was handed out: when, in what language, whether with empty cells; never by whom."""

    id: uuid.UUID
    moment: str
    language: str
    is_blank: bool


@dataclass(frozen=True, slots=True)
class PillarOption:
    """A pillar that may be taken into the plan."""

    id: str
    words: str


def plan_page(
    found: RoundPlan, source: PlanSource, outline: Outline, reader: Localisation, *, has_fields: bool = True
) -> PlanPage:
    """What the team wrote stands in a field, or, without fields, in the words about its pillar."""
    proposed = {pillar.result.pillar for pillar in found.proposal.pillars}
    boxes = front.priorities(source, reader)
    point = front.point(source, reader)
    pillars = tuple(
        PlaceCard(
            place=pillar,
            label=box.label,
            heading=box.pillar,
            why=" ".join(box.reasons[1:] if has_fields and found.choices.pillars[at].reason else box.reasons),
            asks_reason=pillar not in proposed,
            actions=_cards(found, outline, pillar, reader),
        )
        for at, (pillar, box) in enumerate(zip(outline.pillars, boxes, strict=True))
    )
    others = bool(offered_pillars(found))
    return PlanPage(
        pillars=pillars,
        move=PlaceCard(MOVE, "", point.heading, point.today, False, _cards(found, outline, MOVE, reader))
        if point
        else None,
        has_point=found.proposal.point is not None,
        room=room_of(found.choices),
        may_add_pillar=len(pillars) < c.MOST_PRIORITIES and others,
        has_other_pillars=others,
    )


def printed_versions(kept: Sequence[PrintedPlan], zone: str, reader: Localisation) -> list[PrintedVersion]:
    versions = []
    for one in kept:
        local = one.printed_at.astimezone(ZoneInfo(zone))
        language = dict(LANGUAGE_NAMES)[one.language.partition("-")[0]]
        versions.append(
            PrintedVersion(one.id, f"{reader.date(local.date())}, {reader.time(local)}", language, one.is_blank)
        )
    return versions


def _cards(found: RoundPlan, outline: Outline, place: str, reader: Localisation) -> tuple[ActionCard, ...]:
    known = known_actions(load_action_library(), found.proposal, place)
    return tuple(
        ActionCard(
            slot=slot,
            words=words_of(known[slot.action_id], reader) if slot.action_id in known else None,
            is_unknown=bool(slot.action_id) and slot.action_id not in known,
        )
        for slot in outline.at(place)
    )


def words_of(action: Action, reader: Localisation) -> ActionWords:
    return ActionWords(
        id=action.id,
        title=reader.text(action.title),
        what=reader.text(action.what),
        why=reader.text(action.why),
        first_step=reader.text(action.first_step),
        effort=reader.gettext(front.EFFORTS[action.effort]),
        due=reader.ngettext("within %(n)s day", "within %(n)s days", action.due_days),
        owner=reader.text(action.owner),
        measure=reader.text(action.measure),
    )


def offered_words(offered: tuple[OfferedAction, ...], reader: Localisation) -> list[tuple[OfferedAction, ActionWords]]:
    return [(one, words_of(one.action, reader)) for one in offered]


def place_name(found: RoundPlan, source: PlanSource, place: str, reader: Localisation) -> str:
    """The name of a pillar, or of the perception point."""
    if place != MOVE:
        return reader.text(found.results.questionnaire.pillars_by_id[place].name)
    point = found.proposal.point
    return source.point_name(point.result.point) if point else ""


def pillar_options(found: RoundPlan, reader: Localisation) -> list[PillarOption]:
    """Each pillar that is not in the plan yet, with what speaks for it."""
    names, scale = found.results.questionnaire.pillars_by_id, found.results.questionnaire.scale
    focus = found.results.result.focus
    return [
        PillarOption(pillar.pillar, _option_words(reader.text(names[pillar.pillar].name), pillar, scale, focus, reader))
        for pillar in offered_pillars(found)
    ]


def _option_words(
    name: str, pillar: PillarResult, scale: Scale, focus: Mapping[str, float], reader: Localisation
) -> str:
    today = score_words(pillar, scale, reader)
    if not focus.get(pillar.pillar):
        return reader.gettext("%(name)s: today %(today)s", name=name, today=today)
    share = share_words(focus[pillar.pillar], reader)
    return reader.gettext("%(name)s: today %(today)s, chosen by %(share)s", name=name, today=today, share=share)
