"""Actions that were written down in the workshop, each with the place that it may take in the plan."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from flask import flash, make_response, render_template, request
from werkzeug.wrappers import Response

from assessment.domain.plans.choices import MOVE
from assessment.domain.plans.edits import UnknownHeading, room_of
from assessment.domain.plans.faults import InvalidPlan, is_within_plan
from assessment.infra.clock import utc_now
from assessment.services.plan_documents import plan_source
from assessment.services.plans import PlanChangedMeanwhile
from assessment.services.workshop_actions import NotedAction, UnknownNotedAction, noted_actions, take_noted
from assessment.web.forms import ConfirmForm
from assessment.web.languages import lazy_gettext as _
from assessment.web.languages import reader
from assessment.web.plan_reading import plan_to_read
from assessment.web.plans.editor import Editor
from assessment.web.print_options import print_as_asked
from assessment.web.transactions import session
from assessment.web.urls import redirect_to_round

MORE = "more:"
"""Before the id of a pillar that gets one action more; the value of any other place is an action's id."""


@dataclass(frozen=True, slots=True)
class Place:
    value: str
    words: str


@dataclass(frozen=True, slots=True)
class Card:
    """A written action; `chosen` is the place that is proposed, under the pillar that was talked about."""

    id: uuid.UUID
    words: str
    owner: str
    due: str
    is_outside: bool
    chosen: str


def choose(editor: Editor) -> Response:
    """The page, or the plan with one of them."""
    form = ConfirmForm()
    if form.validate_on_submit():
        return _take(editor)
    noted = noted_actions(session(), editor.round_plan)
    if not noted:
        return redirect_to_round("plans.plan", editor.round)
    places = _places(editor)
    page = render_template(
        "plans/from_workshop.html",
        **editor.page_values,
        form=form,
        cards=[_card(editor, one, places) for one in noted],
        places=places,
        version=editor.round_plan.version,
    )
    return make_response(page)


def _take(editor: Editor) -> Response:
    place = request.form.get("place", "")
    pillar = place.removeprefix(MORE) if place.startswith(MORE) else ""
    refusal = ""
    try:
        take_noted(
            session(),
            editor.round_plan,
            _id(request.form.get("note", "")),
            pillar=pillar,
            instead_of=None if pillar else _id(place),
            now=utc_now(),
            base_version=-1 if editor.base_version is None else editor.base_version,
            user_id=editor.access.user_id,
        )
    except (PlanChangedMeanwhile, UnknownNotedAction, UnknownHeading, InvalidPlan):
        refusal = str(_("Somebody else has changed the plan meanwhile. Look at it as it is now, and choose again."))
    if refusal:
        flash(refusal, "error")
    else:
        flash(str(_("The action stands in the plan now, in your words.")))
    return redirect_to_round("plans.from_workshop", editor.round)


def _id(given: str) -> uuid.UUID:
    """What is none is nobody's."""
    try:
        return uuid.UUID(given)
    except ValueError:
        return uuid.UUID(int=0)


def _places(editor: Editor) -> list[Place]:
    """One more of each pillar, where page 1 has room; then each action of a pillar that may make room."""
    source = plan_source(
        session(), editor.round_plan, editor.organisation, print_as_asked(editor.organisation), utc_now()
    )
    headings = [one for one in plan_to_read(editor.round_plan, source, reader()) if one.heading != MOVE]
    has_room = room_of(editor.round_plan.choices) > 0
    more = [
        Place(f"{MORE}{one.heading}", reader().gettext("One more: %(pillar)s", pillar=one.title))
        for one in headings
        if has_room
    ]
    return more + [
        Place(
            str(action.id),
            reader().gettext("Instead of “%(action)s” (%(pillar)s)", action=action.title or "…", pillar=one.title),
        )
        for one in headings
        for action in one.actions
    ]


def _card(editor: Editor, noted: NotedAction, places: list[Place]) -> Card:
    choices = editor.round_plan.choices
    own = [f"{MORE}{noted.pillar}", *(str(action.id) for action in choices.actions_under(noted.pillar))]
    values = [place.value for place in places]
    return Card(
        id=noted.id,
        words=noted.words,
        owner=noted.owner,
        due=reader().date(noted.due_on) if noted.due_on else "",
        is_outside=noted.due_on is None or not is_within_plan(noted.due_on, choices.drawn_on),
        chosen=next((value for value in own if value in values), values[0] if values else ""),
    )
