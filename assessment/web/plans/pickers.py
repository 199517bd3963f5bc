"""The two pages on which something is chosen for the plan: a pillar, an action."""

from __future__ import annotations

from collections.abc import Callable

from flask import flash, make_response, render_template, request
from werkzeug.wrappers import Response

from assessment.infra.clock import utc_now
from assessment.services.plan_choices import MOVE, PlanChoices
from assessment.services.plan_documents import plan_source
from assessment.services.plan_edits import offered_actions, with_action, with_pillar
from assessment.services.plan_faults import InvalidPlan, PlanProblem
from assessment.services.plans import PlanChangedMeanwhile
from assessment.web.forms import ConfirmForm, choices_of
from assessment.web.languages import lazy_gettext as _
from assessment.web.languages import reader
from assessment.web.plans.downloads import print_as_asked
from assessment.web.plans.editor import Editor
from assessment.web.plans.faults import fault_words
from assessment.web.plans.forms import PillarForm
from assessment.web.plans.page import offered_words, pillar_options, place_name
from assessment.web.transactions import session
from assessment.web.urls import redirect_to_round


def choose_pillar(editor: Editor) -> Response:
    """A pillar in place of one (`place`), or one more; with the reason, where it was not proposed."""
    instead_of = request.args.get("place", "")
    options = pillar_options(editor.found, reader())
    form = PillarForm()
    form.pillar.choices = choices_of((option.id, option.words) for option in options)
    if form.validate_on_submit():
        proposed = {pillar.result.pillar for pillar in editor.found.proposal.pillars}
        if form.pillar.data not in proposed and not form.reason.data:
            form.add_error(form.reason, fault_words(PlanProblem.REASON_MISSING, reader()))
        else:
            return _taken(
                editor,
                lambda choices: with_pillar(
                    editor.found,
                    choices,
                    pillar=form.pillar.data,
                    reason=form.reason.data or "",
                    instead_of=instead_of,
                ),
                f"at-{form.pillar.data}",
            )
    replaced = _name(editor, instead_of) if instead_of in editor.found.choices.pillar_ids else ""
    page = render_template(
        "plans/pillars.html", **editor.common, form=form, replaced=replaced, version=editor.found.version
    )
    return make_response(page, 422 if form.errors else 200)


def choose_action(editor: Editor) -> Response:
    """An action in place of one (`at`), or one more."""
    place, at = request.args.get("place", ""), request.args.get("at", type=int)
    offered = offered_actions(editor.found, place)
    form = ConfirmForm()
    if form.validate_on_submit():
        action_id = request.form.get("action", "")
        anchor = f"at-{place}" if at is None else f"at-{place}-{at}"
        return _taken(
            editor,
            lambda choices: with_action(editor.found, choices, place=place, at=at, action_id=action_id),
            anchor,
        )
    page = render_template(
        "plans/actions.html",
        **editor.common,
        form=form,
        offered=offered_words(offered, reader()),
        name=_name(editor, place),
        is_move=place == MOVE,
        is_more=at is None,
        version=editor.found.version,
    )
    return make_response(page)


def _taken(editor: Editor, edit: Callable[[PlanChoices], PlanChoices], anchor: str) -> Response:
    try:
        editor.save(edit(editor.found.choices), seen=editor.seen, may_undo=True)
    except PlanChangedMeanwhile:
        flash(
            str(_("Somebody else has changed the plan meanwhile. Look at it as it is now, and choose again.")), "error"
        )
    except InvalidPlan as refused:
        flash(fault_words(refused.faults[0].problem, reader()), "error")
    return redirect_to_round("plans.plan", editor.round, _anchor=anchor)


def _name(editor: Editor, place: str) -> str:
    source = plan_source(session(), editor.found, editor.organisation, print_as_asked(editor.organisation), utc_now())
    return place_name(editor.found, source, place, reader())
