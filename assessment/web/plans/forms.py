"""The plan as one form. Which pillars and actions it holds stands in hidden fields, so that it says the whole plan."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any, Final

from wtforms import BooleanField, RadioField, SelectField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from assessment.domain import conventions as c
from assessment.domain.actions import Action
from assessment.domain.plain_text import plain_line
from assessment.domain.plans.choices import (
    LONGEST_LINE,
    LONGEST_MEASURE,
    LONGEST_OWNER,
    LONGEST_REASON,
    LONGEST_TEXT,
    LONGEST_TITLE,
    MOVE,
    ActionChoice,
    ActionStatus,
    PillarChoice,
    PlanChoices,
)
from assessment.domain.plans.faults import PlanFault, PlanProblem, is_within_plan
from assessment.domain.plans.library import known_actions
from assessment.domain.plans.proposal import MOST_ACTIONS
from assessment.domain.texts import Text
from assessment.infra.languages import Localisation
from assessment.services.plans import RoundPlan
from assessment.web.fields import DayField
from assessment.web.forms import Form, choices_of
from assessment.web.languages import LANGUAGE_NAMES, document_language
from assessment.web.languages import lazy_gettext as _
from reports.action_plan.front import reason_words

PAPERS: Final = (("letter", _("Letter")), ("a4", "A4"))


@dataclass(frozen=True, slots=True)
class Slot:
    """One action of the form: the `at`-th of a pillar, or of the perception point."""

    heading: str
    at: int
    library_id: str
    id: uuid.UUID

    @property
    def key(self) -> str:
        """What the names of its fields end in, and its place on the page."""
        return f"{self.heading}-{self.at}"


Place = tuple[str, int, str]
"""Heading, place under it, action of the library (empty for one of the team's own)."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Which pillars, and which actions, a form holds."""

    pillars: tuple[str, ...]
    slots: tuple[Slot, ...]

    def at(self, heading: str) -> tuple[Slot, ...]:
        return tuple(slot for slot in self.slots if slot.heading == heading)


class PlanForm(Form):
    """How it is printed; the fields of the plan itself are added by `plan_form`."""

    print_language = SelectField(_("Language"), choices=choices_of(LANGUAGE_NAMES))
    print_paper = SelectField(_("Paper"), choices=choices_of(PAPERS))


class PillarForm(Form):
    pillar = RadioField(_("Pillar"), [InputRequired(_("Please choose one of the pillars."))])
    reason = TextAreaField(
        _("Why this one?"), [Length(max=LONGEST_REASON, message=_("Write it shorter: at most %(max)d letters."))]
    )


def layout_of(choices: PlanChoices) -> Layout:
    return Layout(
        choices.pillar_ids,
        tuple(
            Slot(heading, at, action.library_id, action.id)
            for heading in choices.headings
            for at, action in enumerate(choices.actions_under(heading))
        ),
    )


def layout_sent(sent: Mapping[str, str], known_pillars: frozenset[str], choices: PlanChoices) -> Layout:
    """The outline of a form that was sent; which actions it means is looked up in the plan as it stands.

    What no page of ours sends is left out.
    """
    pillars = tuple(dict.fromkeys(pillar for pillar in _numbered(sent, "pillar") if pillar in known_pillars))
    headings = (*pillars[: c.MOST_PRIORITIES], MOVE)
    places = [
        (heading, at, library_id)
        for heading in headings
        for at, library_id in enumerate(_numbered(sent, f"action-{heading}"))
        if heading != MOVE or at == 0
    ][:MOST_ACTIONS]
    ids = _ids_sent(sent, places, choices)
    return Layout(headings[:-1], tuple(Slot(*place, ids.get(place) or uuid.uuid4()) for place in places))


def _ids_sent(sent: Mapping[str, str], places: Sequence[Place], choices: PlanChoices) -> dict[Place, uuid.UUID]:
    """Which action of the plan each place is: the one that the form names; where it names none that is still there,
    the same action of the library. Each is at one place, and what is left over is new."""
    left = {
        str(action.id): (heading, action) for heading in choices.headings for action in choices.actions_under(heading)
    }
    given_up = {str(one.action.id): (one.heading, one.action) for one in choices.dropped}
    ids: dict[Place, uuid.UUID] = {}
    for place in places:
        heading, at, library_id = place
        name = sent.get(f"id-{heading}-{at}", "")
        if name in left and (left[name][0], left[name][1].library_id) == (heading, library_id):
            ids[place] = left.pop(name)[1].id
        elif name in given_up and (given_up[name][0], given_up[name][1].library_id) == (heading, library_id):
            ids[place] = given_up.pop(name)[1].id  # since the page was opened: it comes back, knowingly
    for place in places:
        heading, _at, library_id = place
        if place in ids or not library_id:
            continue
        same = [name for name, (where, action) in left.items() if (where, action.library_id) == (heading, library_id)]
        if same:
            ids[place] = left.pop(same[0])[1].id
    return ids


def _numbered(sent: Mapping[str, str], name: str) -> Iterator[str]:
    for number in count():
        value = sent.get(f"{name}-{number}")
        if value is None or number > MOST_ACTIONS:
            return
        yield plain_line(value)[:LONGEST_LINE]


def plan_form(round_plan: RoundPlan, layout: Layout, reader: Localisation) -> PlanForm:
    """The form of an outline. Of a library action, owner and measure begin as the library words them."""
    fields: dict[str, Any] = {}
    data: dict[str, Any] = {"print_language": document_language(), "print_paper": reader.paper}
    for pillar in round_plan.choices.pillars:
        data[f"reason-{pillar.pillar}"] = reason_words(pillar.reason, reader)
    for pillar_id in layout.pillars:
        fields[f"reason-{pillar_id}"] = TextAreaField(_("Why this pillar?"), [_at_most(LONGEST_REASON)])
    for slot in layout.slots:
        fields |= _fields(slot)
        actions = round_plan.choices.actions_under(slot.heading)
        if slot.at < len(actions):
            data |= _data(slot, actions[slot.at], _library_action(round_plan, slot), reader)
    form_class = type("PlanForm", (PlanForm,), fields)
    form: PlanForm = form_class(data=data)
    return form


def _fields(slot: Slot) -> dict[str, Any]:
    """Of a line, too, all can be read on a phone: its field grows. Where lines break is not kept."""
    own = {
        f"title-{slot.key}": TextAreaField(_("What will you do?"), [_at_most(LONGEST_TITLE)]),
        f"what-{slot.key}": TextAreaField(_("More about it (may stay empty)"), [_at_most(LONGEST_TEXT)]),
    }
    return {
        **({} if slot.library_id else own),
        f"owner-{slot.key}": TextAreaField(_("Owner"), [_at_most(LONGEST_OWNER)]),
        f"due-{slot.key}": DayField(_("By"), [Optional()]),
        f"measure-{slot.key}": TextAreaField(_("How we will know"), [_at_most(LONGEST_MEASURE)]),
        f"done-{slot.key}": BooleanField(_("Done")),
    }


def _at_most(length: int) -> Length:
    return Length(max=length, message=_("Write it shorter: at most %(max)d letters."))


def _library_action(round_plan: RoundPlan, slot: Slot) -> Action | None:
    return known_actions(round_plan.basis, slot.heading).get(slot.library_id)


def _data(slot: Slot, choice: ActionChoice, action: Action | None, reader: Localisation) -> dict[str, Any]:
    return {
        f"title-{slot.key}": choice.title,
        f"what-{slot.key}": choice.what,
        f"owner-{slot.key}": _shown(choice.owner, action.owner if action else None, reader),
        f"due-{slot.key}": choice.due_on,
        f"measure-{slot.key}": _shown(choice.measure, action.measure if action else None, reader),
        f"done-{slot.key}": choice.status is ActionStatus.DONE,
    }


def _shown(written: str | None, proposed: Text | None, reader: Localisation) -> str:
    """What the team wrote, if only that it stays open; else as the library words it."""
    if written is not None:
        return written
    return reader.text(proposed) if proposed else ""


def choices_sent(form: PlanForm, round_plan: RoundPlan, layout: Layout) -> PlanChoices:
    """The plan that a form says. Words that are the library's own stay the library's, in each reader's language. Where
    a day is out of the plan (`days_out_of_plan`), the one that the action had stands.

    Of a form that was refused because it says too much, the beginning: its fields keep all of it.
    """
    stored = {action.id: action for action in round_plan.choices.remembered}
    nothing = ActionChoice()

    def value(name: str) -> Any:
        return form[name].data if name in form else ""

    def words(name: str, longest: int) -> str:
        return str(value(name) or "")[:longest]

    def choice(slot: Slot) -> ActionChoice:
        action = _library_action(round_plan, slot)
        kept = stored.get(slot.id, nothing)
        due_on = value(f"due-{slot.key}") or None
        owner, measure = words(f"owner-{slot.key}", LONGEST_OWNER), words(f"measure-{slot.key}", LONGEST_MEASURE)
        return ActionChoice(
            library_id=slot.library_id,
            title=words(f"title-{slot.key}", LONGEST_TITLE),
            what=words(f"what-{slot.key}", LONGEST_TEXT),
            owner=None if action and owner in (action.owner.es, action.owner.en) else owner,
            measure=None if action and measure in (action.measure.es, action.measure.en) else measure,
            due_on=kept.due_on if due_on and not is_within_plan(due_on, round_plan.choices.drawn_on) else due_on,
            status=_status(kept.status, is_done=bool(value(f"done-{slot.key}"))),
            note=kept.note,
            evidence=kept.evidence,
            id=slot.id,
        )

    moves, sent = layout.at(MOVE), {slot.id for slot in layout.slots}
    return PlanChoices(
        drawn_on=round_plan.choices.drawn_on,
        pillars=tuple(
            PillarChoice(
                pillar=pillar,
                reason=words(f"reason-{pillar}", LONGEST_REASON),
                actions=tuple(choice(slot) for slot in layout.at(pillar)),
            )
            for pillar in layout.pillars
        ),
        move=choice(moves[0]) if moves else None,
        point=round_plan.choices.point,
        dropped=tuple(one for one in round_plan.choices.dropped if one.action.id not in sent),
    )


def days_out_of_plan(form: PlanForm, round_plan: RoundPlan, layout: Layout) -> tuple[PlanFault, ...]:
    """Where the form says a day that no plan of this date can have: only its field keeps it."""
    drawn_on = round_plan.choices.drawn_on
    return tuple(
        PlanFault(PlanProblem.DATE_OUT_OF_PLAN, slot.heading, slot.at)
        for slot in layout.slots
        if (day := form[f"due-{slot.key}"].data) and not is_within_plan(day, drawn_on)
    )


def _status(before: ActionStatus, *, is_done: bool) -> ActionStatus:
    """What a box that says only whether an action is done makes of how far it is."""
    if is_done:
        return ActionStatus.DONE
    return before if before.is_open else ActionStatus.TODO
