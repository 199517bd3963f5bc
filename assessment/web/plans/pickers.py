"""The two pages on which something is chosen for the plan: a pillar, an action."""

from __future__ import annotations

from collections.abc import Callable

from flask import flash, make_response, render_template, request
from werkzeug.wrappers import Response

from assessment.domain.plans.choices import MOVE, PlanChoices
from assessment.domain.plans.edits import offered_actions, with_action, with_pillar
from assessment.domain.plans.faults import InvalidPlan, PlanProblem
from assessment.infra.clock import utc_now
from assessment.services.plan_documents import plan_source
from assessment.services.plans import PlanChangedMeanwhile
from assessment.web.forms import ConfirmForm, choices_of
from assessment.web.languages import lazy_gettext as _
from assessment.web.languages import reader
from assessment.web.plans.editor import Editor
from assessment.web.plans.faults import fault_words
from assessment.web.plans.forms import PillarForm
from assessment.web.plans.page import heading_name, offered_words, pillar_options
from assessment.web.print_options import print_as_asked
from assessment.web.transactions import session
from assessment.web.urls import redirect_to_round


def choose_pillar(editor: Editor) -> Response:
    """A pillar in place of one (`heading`), or one more; with the reason, where it was not proposed."""
    instead_of = request.args.get("heading", "")
    options = pillar_options(editor.round_plan, reader())
    form = PillarForm()
    form.pillar.choices = choices_of((option.id, option.words) for option in options)
    if form.validate_on_submit():
        proposed = {pillar.result.pillar for pillar in editor.round_plan.proposal.pillars}
        if form.pillar.data not in proposed and not form.reason.data:
            form.add_error(form.reason, fault_words(PlanProblem.REASON_MISSING, reader()))
        else:
            return _taken(
                editor,
                lambda choices: with_pillar(
                    editor.round_plan.basis,
                    choices,
                    pillar=form.pillar.data,
                    reason=form.reason.data or "",
                    instead_of=instead_of,
                ),
                f"at-{form.pillar.data}",
            )
    replaced = _name(editor, instead_of) if instead_of in editor.round_plan.choices.pillar_ids else ""
    page = render_template(
        "plans/pillars.html", **editor.page_values, form=form, replaced=replaced, version=editor.round_plan.version
    )
    return make_response(page, 422 if form.errors else 200)


def choose_action(editor: Editor) -> Response:
    """An action in place of one (`at`), or one more."""
    heading, at = request.args.get("heading", ""), request.args.get("at", type=int)
    offered = offered_actions(editor.round_plan.basis, editor.round_plan.choices, heading)
    form = ConfirmForm()
    if form.validate_on_submit():
        library_id = request.form.get("action", "")
        anchor = f"at-{heading}" if at is None else f"at-{heading}-{at}"
        return _taken(
            editor,
            lambda choices: with_action(
                editor.round_plan.basis, choices, heading=heading, at=at, library_id=library_id
            ),
            anchor,
        )
    page = render_template(
        "plans/actions.html",
        **editor.page_values,
        form=form,
        offered=offered_words(offered, reader()),
        name=_name(editor, heading),
        is_move=heading == MOVE,
        is_more=at is None,
        version=editor.round_plan.version,
    )
    return make_response(page)


def _taken(editor: Editor, edit: Callable[[PlanChoices], PlanChoices], anchor: str) -> Response:
    try:
        editor.save(edit(editor.round_plan.choices), base_version=editor.base_version, may_undo=True)
    except PlanChangedMeanwhile:
        flash(
            str(_("Somebody else has changed the plan meanwhile. Look at it as it is now, and choose again.")), "error"
        )
    except InvalidPlan as refused:
        flash(fault_words(refused.faults[0].problem, reader()), "error")
    return redirect_to_round("plans.plan", editor.round, _anchor=anchor)


def _name(editor: Editor, heading: str) -> str:
    source = plan_source(
        session(), editor.round_plan, editor.organisation, print_as_asked(editor.organisation), utc_now()
    )
    return heading_name(editor.round_plan, source, heading, reader())
