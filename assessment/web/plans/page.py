"""What the plan's page shows: each pillar with its reason, each action with its words."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from assessment.domain import conventions as c
from assessment.domain.actions import Action
from assessment.domain.plans.choices import MOVE
from assessment.domain.plans.edits import OfferedAction, offered_pillars, room_of
from assessment.domain.plans.library import known_actions
from assessment.domain.result import PillarResult
from assessment.domain.scale import Scale
from assessment.infra.languages import Localisation
from assessment.services.plan_documents import PrintedPlan
from assessment.services.plans import RoundPlan
from assessment.web.languages import LANGUAGE_NAMES
from assessment.web.plans.forms import Layout, Slot
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
    has_proposed_owner: bool
    goes_on: str
    """The round in whose plan it goes on."""
    came_from: str
    """The round from whose plan it came."""


@dataclass(frozen=True, slots=True)
class HeadingCard:
    """A pillar, or the perception point, with its actions."""

    heading: str
    label: str
    title: str
    why: str
    asks_reason: bool
    actions: tuple[ActionCard, ...]
    has_library: bool
    """Whether the library has actions for it."""


@dataclass(frozen=True, slots=True)
class PlanPage:
    pillars: tuple[HeadingCard, ...]
    move: HeadingCard | None
    is_move_first: bool
    """Whether it stands before the pillars, as on page 1: it has an alarm."""
    has_point: bool
    other_points: tuple[tuple[str, str], ...]
    """Id and name of the moments that are level with the plan's: the team may prefer one of them."""
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
    round_plan: RoundPlan,
    source: PlanSource,
    layout: Layout,
    reader: Localisation,
    came_from: Mapping[uuid.UUID, str],
) -> PlanPage:
    """The plan to change. The team's own reason for a pillar stands in a field, not in the words about it."""
    proposed = {pillar.result.pillar for pillar in round_plan.proposal.pillars}
    boxes = front.priorities(source, reader)
    point = front.point(source, reader)
    pillars = tuple(
        HeadingCard(
            heading=pillar,
            label=box.label,
            title=box.pillar,
            why=" ".join(box.reasons[1:] if round_plan.choices.pillars[at].reason != "" else box.reasons),
            asks_reason=pillar not in proposed or round_plan.choices.pillars[at].reason != "",
            actions=_cards(round_plan, layout, pillar, reader, came_from),
            has_library=bool(known_actions(round_plan.basis, pillar)),
        )
        for at, (pillar, box) in enumerate(zip(layout.pillars, boxes, strict=True))
    )
    others = bool(offered_pillars(round_plan.basis, round_plan.choices))
    return PlanPage(
        pillars=pillars,
        move=HeadingCard(
            MOVE, "", point.heading, point.today, False, _cards(round_plan, layout, MOVE, reader, came_from), True
        )
        if point
        else None,
        is_move_first=point is not None and point.is_alarm,
        has_point=round_plan.proposal.point is not None,
        other_points=tuple(
            (name, source.point_name(name)) for name in round_plan.basis.points if name != round_plan.choices.point
        ),
        room=room_of(round_plan.choices),
        may_add_pillar=len(pillars) < c.MOST_PRIORITIES and others and room_of(round_plan.choices) > 0,
        has_other_pillars=others,
    )


def printed_versions(plans: Sequence[PrintedPlan], zone: str, reader: Localisation) -> list[PrintedVersion]:
    versions = []
    for plan in plans:
        local = plan.printed_at.astimezone(ZoneInfo(zone))
        language = dict(LANGUAGE_NAMES)[plan.language.partition("-")[0]]
        versions.append(
            PrintedVersion(plan.id, f"{reader.date(local.date())}, {reader.time(local)}", language, plan.is_blank)
        )
    return versions


def _cards(
    round_plan: RoundPlan, layout: Layout, heading: str, reader: Localisation, came_from: Mapping[uuid.UUID, str]
) -> tuple[ActionCard, ...]:
    known = known_actions(round_plan.basis, heading)
    proposed = {action.id for action in round_plan.choices.actions_under(heading) if action.owner is None}
    return tuple(
        ActionCard(
            slot=slot,
            words=words_of(known[slot.library_id], reader) if slot.library_id in known else None,
            is_unknown=bool(slot.library_id) and slot.library_id not in known,
            has_proposed_owner=slot.id in proposed,
            goes_on=round_plan.goes_on.get(slot.id, ""),
            came_from=came_from.get(slot.id, ""),
        )
        for slot in layout.at(heading)
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


def heading_names(round_plan: RoundPlan, source: PlanSource, reader: Localisation) -> dict[str, str]:
    return {heading: heading_name(round_plan, source, heading, reader) for heading in round_plan.choices.headings}


def heading_name(round_plan: RoundPlan, source: PlanSource, heading: str, reader: Localisation) -> str:
    """The name of a pillar, or of the perception point."""
    if heading != MOVE:
        return reader.text(round_plan.results.questionnaire.pillars_by_id[heading].name)
    point = round_plan.basis.point
    return source.point_name(point.result.point) if point else ""


def action_titles(round_plan: RoundPlan, reader: Localisation) -> dict[tuple[str, int], str]:
    """What the actions are called, by heading and place; without those that have no name yet."""
    choices, titles = round_plan.choices, {}
    for heading in choices.headings:
        known = known_actions(round_plan.basis, heading)
        for at, action in enumerate(choices.actions_under(heading)):
            library = known.get(action.library_id)
            titles[heading, at] = action.title or (reader.text(library.title) if library else "")
    return {place: title for place, title in titles.items() if title}


def pillar_options(round_plan: RoundPlan, reader: Localisation) -> list[PillarOption]:
    """Each pillar that is not in the plan yet, with what speaks for it."""
    names, scale = round_plan.results.questionnaire.pillars_by_id, round_plan.results.questionnaire.scale
    focus = round_plan.results.result.focus
    return [
        PillarOption(pillar.pillar, _option_words(reader.text(names[pillar.pillar].name), pillar, scale, focus, reader))
        for pillar in offered_pillars(round_plan.basis, round_plan.choices)
    ]


def _option_words(
    name: str, pillar: PillarResult, scale: Scale, focus: Mapping[str, float], reader: Localisation
) -> str:
    today = score_words(pillar, scale, reader)
    if not focus.get(pillar.pillar):
        return reader.gettext("%(name)s: today %(today)s", name=name, today=today)
    share = share_words(focus[pillar.pillar], reader)
    return reader.gettext("%(name)s: today %(today)s, chosen by %(share)s", name=name, today=today, share=share)
