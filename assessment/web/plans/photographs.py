"""The signed plan: the closing sheet to print, and the photograph of the paper once it is signed."""

from __future__ import annotations

import uuid

from flask import Response, flash, make_response, render_template, request
from flask_wtf.file import FileField
from werkzeug.wrappers import Response as AnyResponse

from assessment.domain.audit import Action
from assessment.infra.clock import utc_now
from assessment.infra.pictures import PHOTOGRAPH_BYTES, NotAPicture, PictureTooLarge, remake_photograph
from assessment.services.access import Access
from assessment.services.plan_documents import usual_lines
from assessment.services.plan_photographs import (
    get_photograph,
    remove_photograph,
    set_photograph,
)
from assessment.services.rounds import Round
from assessment.web.auditing import describe_deed
from assessment.web.languages import lazy_gettext as _
from assessment.web.pictures import picture_response, redrawn
from assessment.web.plans.editor import Editor
from assessment.web.stale import SettingsForm
from assessment.web.transactions import database, session
from assessment.web.urls import redirect_to_round


class PhotographForm(SettingsForm):
    photograph = FileField(_("Photograph"))


def show(editor: Editor, form: PhotographForm | None = None) -> Response:
    page = render_template(
        "plans/signed.html",
        **editor.page_values,
        form=form or _form(editor),
        lines=usual_lines(editor.round.team_size),
        is_printable=not editor.round_plan.faults,
    )
    return make_response(page, 422 if form else 200)


def _form(editor: Editor) -> PhotographForm:
    facts = editor.photograph
    return PhotographForm(also={"of_photograph": facts.checksum if facts else ""})


def take(editor: Editor) -> AnyResponse:
    own: dict[str, uuid.UUID] = {"organisation_id": editor.round.organisation_id, "round_id": editor.round.id}
    form = _form(editor)
    if not form.validate_on_submit():
        return show(editor, form)
    if form.is_behind("of_photograph"):
        form.add_error(
            form.photograph,
            _("The photograph was changed while this page was open: it is the one above. Look at it, then try again."),
        )
        return show(editor, form)
    if request.form.get("act") == "remove":
        remove_photograph(session(), **own)
        describe_deed(action=Action.REMOVED_PHOTOGRAPH)
        flash(str(_("The photograph has been deleted.")))
        return _back(editor)
    if not form.photograph.data:
        form.add_error(form.photograph, _("Please choose a photograph."))
        return show(editor, form)
    try:
        picture_ = redrawn(form.photograph.data, remake_photograph, most=PHOTOGRAPH_BYTES)
    except PictureTooLarge:
        form.add_error(
            form.photograph,
            _("That photograph is too large. Send a JPEG or PNG file of at most 1.8 MB and 25 million pixels."),
        )
        return show(editor, form)
    except NotAPicture:
        form.add_error(
            form.photograph,
            _(
                "Escala cannot read this photograph. Send a JPEG or PNG file. On an iPhone, choose it from the photo "
                "library, or set the camera to “Most Compatible”: its other format (HEIC) is not taken."
            ),
        )
        return show(editor, form)
    set_photograph(session(), **own, picture=picture_, now=utc_now())
    flash(str(_("The photograph is with the plan.")))
    return _back(editor)


def _back(editor: Editor) -> AnyResponse:
    """To the page; then a photograph that is gone is gone from the file of the database too."""
    response = redirect_to_round("plans.signed", editor.round)
    response.call_on_close(database().compact_if_owed)
    return response


def picture(access: Access, round_: Round) -> AnyResponse:
    photograph = get_photograph(session(), organisation_id=access.organisation_id, round_id=round_.id)
    return picture_response(photograph)
