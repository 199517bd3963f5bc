"""Which open actions of the plan before go on in this one, and which of its own make room for them."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from flask import flash, make_response, render_template, request
from werkzeug.wrappers import Response

from assessment.domain.plans.carrying import Obstacle, Offer
from assessment.domain.plans.choices import MOVE, ActionStatus
from assessment.domain.plans.faults import InvalidPlan, PlanProblem
from assessment.domain.plans.proposal import MOST_ACTIONS
from assessment.infra.clock import local_date, utc_now
from assessment.services.carried_actions import LookingBack, carry_over, look_back
from assessment.services.describe_round import points_to_judge
from assessment.services.plan_documents import plan_source
from assessment.services.plans import PlanChangedMeanwhile, RoundPlan
from assessment.web.forms import ConfirmForm
from assessment.web.languages import lazy_gettext as _
from assessment.web.languages import reader
from assessment.web.plan_reading import plan_to_read
from assessment.web.plans.editor import Editor
from assessment.web.plans.faults import fault_words
from assessment.web.plans.follow import STATUSES
from assessment.web.print_options import print_as_asked
from assessment.web.transactions import session
from assessment.web.urls import redirect_to_round


@dataclass(frozen=True, slots=True)
class OwnChoice:
    """An action of the plan, which may make room."""

    id: uuid.UUID
    title: str
    owner: str
    heading: str
    is_ticked: bool


@dataclass(frozen=True, slots=True)
class EarlierChoice:
    """An open action of the plan before; `why_not` says why it cannot go on here, and `hint` what comes with it."""

    id: uuid.UUID
    title: str
    owner: str
    due: str
    status: str
    note: str
    heading: str
    hint: str
    why_not: str
    is_ticked: bool


def choose(editor: Editor) -> Response:
    looking_back = look_back(session(), editor.round_plan, reader())
    if looking_back is None:
        return redirect_to_round("plans.plan", editor.round)
    form = ConfirmForm()
    if form.validate_on_submit():
        return _take(editor, looking_back, form)
    return _page(editor, looking_back, form)


def _take(editor: Editor, looking_back: LookingBack, form: ConfirmForm) -> Response:
    kept, taken = _ids("keep"), _ids("take")
    if editor.base_version != editor.round_plan.version:
        return _changed_meanwhile(editor)
    now = utc_now()
    try:
        carry_over(
            session(),
            editor.round_plan,
            looking_back,
            kept=kept,
            taken=taken,
            today=local_date(now, editor.access.organisation.time_zone),
            now=now,
            base_version=editor.round_plan.version,
            user_id=editor.access.user_id,
        )
    except PlanChangedMeanwhile:
        return _changed_meanwhile(editor)
    except InvalidPlan as refused:
        words = fault_words(refused.faults[0].problem, reader())
        if refused.faults[0].problem is PlanProblem.TOO_MANY_ACTIONS:
            words = reader().gettext(
                "Page 1 holds %(most)s actions, and more are ticked. Take the tick away from some.",
                most=reader().number(MOST_ACTIONS),
            )
        elif refused.faults[0].problem is PlanProblem.TOO_MANY_PILLARS:
            words = reader().gettext(
                "A plan takes on three pillars at most, and actions of more are ticked. Take the tick away from all "
                "actions of one pillar."
            )
        form.form_errors.append(words)
        return _page(editor, looking_back, form, ticked=kept | taken, status=422)
    went = sum(offer.earlier.id in taken for offer in looking_back.offers)
    for words in _done_words(went, len(looking_back.offers) - went, looking_back.round.name):
        flash(words)
    return redirect_to_round("plans.plan", editor.round)


def _done_words(went: int, stayed: int, name: str) -> list[str]:
    words = []
    if went:
        words.append(
            reader().ngettext(
                "%(n)s action goes on in this plan, with its history.",
                "%(n)s actions go on in this plan, with their history.",
                went,
            )
        )
    if stayed:
        words.append(
            reader().ngettext(
                "%(n)s action stays behind, open, in the plan of “%(round)s”, which is no longer followed.",
                "%(n)s actions stay behind, open, in the plan of “%(round)s”, which is no longer followed.",
                stayed,
                round=name,
            )
        )
    return [" ".join(words)] if words else []


def _changed_meanwhile(editor: Editor) -> Response:
    flash(str(_("Somebody else has changed the plan meanwhile. Look at it as it is now, and choose again.")), "error")
    return redirect_to_round("plans.carry", editor.round)


def _page(
    editor: Editor,
    looking_back: LookingBack,
    form: ConfirmForm,
    *,
    ticked: set[uuid.UUID] | None = None,
    status: int = 200,
) -> Response:
    own = _own(editor, ticked)
    names = {one.id: one.title for one in own}
    page = render_template(
        "plans/carry.html",
        **editor.page_values,
        form=form,
        earlier_round=looking_back.round,
        own=own,
        earlier=[_earlier(offer, looking_back.round_plan, names, ticked) for offer in looking_back.offers],
        version=editor.round_plan.version,
        most=MOST_ACTIONS,
    )
    return make_response(page, status)


def _own(editor: Editor, ticked: set[uuid.UUID] | None) -> list[OwnChoice]:
    source = plan_source(
        session(), editor.round_plan, editor.organisation, print_as_asked(editor.organisation), utc_now()
    )
    return [
        OwnChoice(action.id, action.title, action.owner, heading.title, ticked is None or action.id in ticked)
        for heading in plan_to_read(editor.round_plan, source, reader())
        for action in heading.actions
    ]


def _earlier(
    offer: Offer, before: RoundPlan, names: Mapping[uuid.UUID, str], ticked: set[uuid.UUID] | None
) -> EarlierChoice:
    earlier = offer.earlier
    name = _heading_name(before, earlier.heading, earlier.point)
    hint = why_not = ""
    if offer.obstacle is Obstacle.NO_RESULT:
        why_not = reader().gettext("It cannot go on: this round says nothing of “%(name)s”.", name=name)
    elif offer.obstacle is Obstacle.OTHER_POINT:
        why_not = reader().gettext("It cannot go on: this plan does not attend to the moment “%(name)s”.", name=name)
    elif offer.brings_pillar:
        hint = reader().gettext("The pillar “%(name)s” comes into the plan with it.", name=name)
    elif offer.same_as:
        hint = reader().gettext("It takes the place of “%(name)s” in this plan.", name=names.get(offer.same_as, "…"))
    return EarlierChoice(
        id=earlier.id,
        title=earlier.in_words.title,
        owner=earlier.in_words.owner or "",
        due=reader().date(earlier.action.due_on) if earlier.action.due_on else "",
        status=next(str(words) for value, words in STATUSES if ActionStatus(value) is earlier.action.status),
        note=earlier.action.note,
        heading=name,
        hint=hint,
        why_not=why_not,
        is_ticked=offer.is_advised if ticked is None else earlier.id in ticked,
    )


def _heading_name(plan: RoundPlan, heading: str, point: str) -> str:
    if heading != MOVE:
        return reader().text(plan.results.questionnaire.pillars_by_id[heading].name)
    names = {one.id: reader().text(one.name) for one in points_to_judge(plan.results.round)}
    return names.get(point, point)


def _ids(name: str) -> set[uuid.UUID]:
    """The ids that were ticked; what is none is nobody's."""
    found = set()
    for value in request.form.getlist(name):
        try:
            found.add(uuid.UUID(value))
        except ValueError:
            continue
    return found
