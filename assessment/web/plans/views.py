"""`/organisations/<id>/teams/<id>/rounds/<id>/plan…`: read, changed as one types, printed."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from functools import partial
from typing import Any

from flask import Blueprint, Response, flash, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from assessment.domain.access import Permission
from assessment.domain.plans.faults import InvalidPlan
from assessment.infra.clock import local_date, utc_now
from assessment.infra.languages import N_
from assessment.services.access import Access
from assessment.services.later_work import progress_of
from assessment.services.plan_documents import (
    PRINT_PLAN,
    PreparedPlan,
    get_printed_plan,
    make_check_in,
    make_closing_sheet,
    make_page_one,
    make_pdf,
    prepare_plan_of_round,
    prepare_sheet_of_round,
    preview_plan_of_round,
    usual_lines,
)
from assessment.web.access import requires
from assessment.web.downloads import document_name, file_response
from assessment.web.languages import lazy_gettext as _
from assessment.web.languages import reader
from assessment.web.lookups import load_round
from assessment.web.plan_calendar import CALENDAR
from assessment.web.plans import carry as carry_pages
from assessment.web.plans import from_workshop as workshop_pages
from assessment.web.plans import owners as owner_pages
from assessment.web.plans import photographs, pickers
from assessment.web.plans.downloads import pdf_download
from assessment.web.plans.editor import Editor
from assessment.web.plans.following import Following
from assessment.web.plans.meeting import MeetingPage
from assessment.web.prepare import deliver, job_page, prepares
from assessment.web.print_options import print_as, print_as_asked
from assessment.web.security import POLICY_OF_PREVIEW
from assessment.web.transactions import session
from assessment.web.urls import redirect_to_round, round_url
from reports.action_plan.build import Screen

blueprint = Blueprint(
    "plans",
    __name__,
    url_prefix="/organisations/<uuid:organisation_id>/teams/<uuid:team_id>/rounds/<uuid:round_id>",
)
SHEETS = {"a4": (794, 1123), "letter": (816, 1056)}
"""Width and height of a sheet in CSS pixels."""


@blueprint.get("/plan")
@requires(Permission.SEE_RESULTS)
def plan(access: Access, team_id: uuid.UUID, round_id: uuid.UUID) -> Any:
    """The plan to change, for whoever may; to read, for whoever sees results."""
    team, round_ = load_round(access, team_id, round_id)
    editor = Editor.of(access, team, round_)
    return editor.show() if access.may(Permission.EDIT_PLANS) else editor.show_to_readers()


@blueprint.post("/plan")
@requires(Permission.EDIT_PLANS)
def change(access: Access, team_id: uuid.UUID, round_id: uuid.UUID) -> Any:
    """Keeps the whole form, then does what the pressed button says."""
    return Editor.of(access, *load_round(access, team_id, round_id)).take()


@blueprint.route("/plan/follow", methods=["GET", "POST"])
@requires(Permission.EDIT_PLANS)
def follow(access: Access, team_id: uuid.UUID, round_id: uuid.UUID) -> Any:
    """How far each action is: what is late, what is done, and notes."""
    team, round_ = load_round(access, team_id, round_id)
    editor = Editor.of(access, team, round_)
    following = Following(editor)
    return following.take() if request.method == "POST" else following.show()


@blueprint.route("/plan/meeting", methods=["GET", "POST"])
@requires(Permission.EDIT_PLANS)
def meeting(access: Access, team_id: uuid.UUID, round_id: uuid.UUID) -> Any:
    """The short meeting about the plan, one action after the other."""
    team, round_ = load_round(access, team_id, round_id)
    page = MeetingPage(Editor.of(access, team, round_))
    return page.take() if request.method == "POST" else page.show()


@blueprint.route("/plan/meeting/end", methods=["GET", "POST"])
@requires(Permission.EDIT_PLANS)
def meeting_end(access: Access, team_id: uuid.UUID, round_id: uuid.UUID) -> Any:
    """What came of the meeting, its closing, and page 1."""
    team, round_ = load_round(access, team_id, round_id)
    page = MeetingPage(Editor.of(access, team, round_))
    return page.close() if request.method == "POST" else page.show_end()


@blueprint.get("/plan/owners")
@requires(Permission.EDIT_PLANS)
def owners(access: Access, team_id: uuid.UUID, round_id: uuid.UUID) -> Any:
    """Who has what to do, and the links by which they say how far it is."""
    team, round_ = load_round(access, team_id, round_id)
    return owner_pages.show(Editor.of(access, team, round_))


@blueprint.post("/plan/owners")
@requires(Permission.EDIT_PLANS)
def make_owner_link(access: Access, team_id: uuid.UUID, round_id: uuid.UUID) -> Any:
    """A link for an owner, shown once."""
    return owner_pages.make(Editor.of(access, *load_round(access, team_id, round_id)))


@blueprint.post("/plan/owners/<uuid:link_id>/end")
@requires(Permission.EDIT_PLANS)
def end_owner_link(access: Access, team_id: uuid.UUID, round_id: uuid.UUID, link_id: uuid.UUID) -> Any:
    """An owner's link no longer works."""
    return owner_pages.end(Editor.of(access, *load_round(access, team_id, round_id)), link_id)


@blueprint.route("/plan/carry", methods=["GET", "POST"])
@requires(Permission.EDIT_PLANS)
def carry(access: Access, team_id: uuid.UUID, round_id: uuid.UUID) -> Any:
    """Which open actions of the plan before go on in this one."""
    team, round_ = load_round(access, team_id, round_id)
    return carry_pages.choose(Editor.of(access, team, round_))


@blueprint.route("/plan/workshop", methods=["GET", "POST"])
@requires(Permission.EDIT_PLANS)
def from_workshop(access: Access, team_id: uuid.UUID, round_id: uuid.UUID) -> Any:
    """What was written down in the workshop, and its place in the plan."""
    team, round_ = load_round(access, team_id, round_id)
    return workshop_pages.choose(Editor.of(access, team, round_))


@blueprint.route("/plan/pillars", methods=["GET", "POST"])
@requires(Permission.EDIT_PLANS)
def pillars(access: Access, team_id: uuid.UUID, round_id: uuid.UUID) -> Any:
    """Another pillar, or one more."""
    return pickers.choose_pillar(Editor.of(access, *load_round(access, team_id, round_id)))


@blueprint.route("/plan/actions", methods=["GET", "POST"])
@requires(Permission.EDIT_PLANS)
def actions(access: Access, team_id: uuid.UUID, round_id: uuid.UUID) -> Any:
    """An action of the library for a place in the plan, or one of the team's own."""
    return pickers.choose_action(Editor.of(access, *load_round(access, team_id, round_id)))


@blueprint.route("/plan/screen", methods=["GET", "POST"])
@requires(Permission.EDIT_PLANS)
def on_screen(access: Access, team_id: uuid.UUID, round_id: uuid.UUID) -> Any:
    """Page 1 and the code of the shared plan, for a projector: people scan it before they leave."""
    editor = Editor.of(access, *load_round(access, team_id, round_id))
    if request.method == "POST":
        return editor.share_on_screen()
    return editor.show_on_screen()


@blueprint.get("/plan/preview")
@requires(Permission.SEE_RESULTS)
def preview(access: Access, team_id: uuid.UUID, round_id: uuid.UUID) -> AnyResponse:
    """Page 1 as it would be printed: by itself, or in the frame beside the plan."""
    _team, round_ = load_round(access, team_id, round_id)
    where: dict[str, Any] = {"organisation_id": access.organisation_id, "team_id": team_id, "round_id": round_id}
    print_as = print_as_asked(access.organisation)
    page = preview_plan_of_round(
        session(),
        organisation_id=access.organisation_id,
        round_id=round_.id,
        print_as=print_as,
        screen=Screen(
            styles=url_for("documents.file", filename=""),
            own_style=url_for(".preview_style", **where, paper=print_as.paper),
            back="" if "framed" in request.args else url_for(".plan", **where),
        ),
        now=utc_now(),
    )
    headers = {"Content-Security-Policy": POLICY_OF_PREVIEW, "X-Frame-Options": "SAMEORIGIN"}
    return Response(page, mimetype="text/html", headers=headers)


@blueprint.get("/plan/preview.css")
@requires(Permission.SEE_RESULTS)
def preview_style(access: Access, team_id: uuid.UUID, round_id: uuid.UUID) -> AnyResponse:
    """What of a preview's style is this organisation's: paper and colour."""
    load_round(access, team_id, round_id)
    width, height = SHEETS[print_as_asked(access.organisation).paper or "letter"]
    style = (
        f":root {{ --accent: {access.organisation.accent}; }}\nbody {{ width: {width}px; min-height: {height}px; }}\n"
    )
    return Response(style, mimetype="text/css", headers={"Cache-Control": "private, no-store"})


@blueprint.get("/plan.pdf")
@requires(Permission.SEE_RESULTS)
@prepares
def download(access: Access, team_id: uuid.UUID, round_id: uuid.UUID) -> AnyResponse:
    """The plan as it stands, for whoever may read it; nothing is kept of it."""
    team, round_ = load_round(access, team_id, round_id)
    as_ = print_as_asked(access.organisation)
    try:
        prepared = prepare_plan_of_round(
            session(), organisation_id=access.organisation_id, round_id=round_.id, print_as=as_, now=utc_now()
        )
    except InvalidPlan:
        flash(str(_("The plan is still being written. It can be printed once it is finished.")), "error")
        return redirect_to_round("plans.plan", round_)
    if prepared.printed:
        return pdf_download(prepared.printed.pdf, team, round_, as_)
    return deliver(
        prepared.content_hash,
        partial(make_pdf, prepared),
        respond=lambda pdf: pdf_download(pdf, team, round_, as_),
        back=round_url("plans.plan", round_),
    )


@blueprint.get("/plan/page-1.pdf")
@requires(Permission.SEE_RESULTS)
@prepares
def page_one(access: Access, team_id: uuid.UUID, round_id: uuid.UUID) -> AnyResponse:
    """Page 1 alone, as the plan is now; nothing is kept of it."""
    return _sheet(access, team_id, round_id, make_page_one, N_("plan page 1"))


@blueprint.get("/plan/check-in.pdf")
@requires(Permission.SEE_RESULTS)
@prepares
def check_in(access: Access, team_id: uuid.UUID, round_id: uuid.UUID) -> AnyResponse:
    """The sheet for the short meetings; nothing is kept of it."""
    return _sheet(access, team_id, round_id, make_check_in, N_("check-in sheet"))


@blueprint.get("/plan/closing-sheet.pdf")
@requires(Permission.SEE_RESULTS)
@prepares
def closing(access: Access, team_id: uuid.UUID, round_id: uuid.UUID) -> AnyResponse:
    """What was promised, to be signed; `lines` is how many places there are, else one for each person of the team."""
    _team, round_ = load_round(access, team_id, round_id)
    asked = request.args.get("lines", "")
    lines = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 4 else usual_lines(round_.team_size)
    return _sheet(
        access, team_id, round_id, partial(make_closing_sheet, lines=lines), N_("what we promised"), str(lines)
    )


@blueprint.get("/plan/signed")
@requires(Permission.EDIT_PLANS)
def signed(access: Access, team_id: uuid.UUID, round_id: uuid.UUID) -> Any:
    """The closing sheet to print, and the photograph of the one that was signed."""
    return photographs.show(Editor.of(access, *load_round(access, team_id, round_id)))


@blueprint.post("/plan/signed")
@requires(Permission.EDIT_PLANS)
def sign(access: Access, team_id: uuid.UUID, round_id: uuid.UUID) -> Any:
    """Adds, replaces or takes away the photograph."""
    return photographs.take(Editor.of(access, *load_round(access, team_id, round_id)))


@blueprint.get("/plan/signed/photograph")
@requires(Permission.SEE_RESULTS)
def photograph(access: Access, team_id: uuid.UUID, round_id: uuid.UUID) -> AnyResponse:
    """The picture itself, for pages of members; at a shared link there is none."""
    _team, round_ = load_round(access, team_id, round_id)
    return photographs.picture(access, round_)


def _sheet(
    access: Access,
    team_id: uuid.UUID,
    round_id: uuid.UUID,
    make: Callable[[PreparedPlan], bytes],
    kind: str,
    variant: str = "",
) -> AnyResponse:
    team, round_ = load_round(access, team_id, round_id)
    as_ = print_as_asked(access.organisation)
    try:
        prepared = prepare_sheet_of_round(
            session(), organisation_id=access.organisation_id, round_id=round_.id, print_as=as_, now=utc_now()
        )
    except InvalidPlan:
        flash(str(_("The plan is still being written. It can be printed once it is finished.")), "error")
        return redirect_to_round("plans.plan", round_)
    name = document_name(as_.reader.gettext(kind), team.name, round_.name, as_.reader.language, reader=as_.reader)
    return deliver(
        (kind, variant, prepared.content_hash),
        partial(make, prepared),
        respond=lambda pdf: file_response(pdf, name),
        back=round_url("plans.plan", round_),
    )


@blueprint.get("/plan/calendar.ics")
@requires(Permission.SEE_RESULTS)
def calendar(access: Access, team_id: uuid.UUID, round_id: uuid.UUID) -> AnyResponse:
    """What is due, and the short meetings, for whoever may read the plan."""
    team, round_ = load_round(access, team_id, round_id)
    editor = Editor.of(access, team, round_)
    name = document_name(reader().gettext("plan"), team.name, round_.name, reader=reader(), extension="ics")
    return file_response(editor.calendar(), name, mimetype=CALENDAR)


@blueprint.get("/plan/printing/<uuid:job_id>")
@requires(Permission.EDIT_PLANS)
def printing(access: Access, team_id: uuid.UUID, round_id: uuid.UUID, job_id: uuid.UUID) -> AnyResponse:
    """How far a print is that takes longer than a moment."""
    _team, round_ = load_round(access, team_id, round_id)
    progress = progress_of(
        session(), organisation_id=access.organisation_id, job_id=job_id, kind=PRINT_PLAN, round_id=round_.id
    )
    if printed_id := progress.result.get("printed_id"):
        where = {"organisation_id": access.organisation_id, "round_id": round_.id}
        get_printed_plan(session(), **where, printed_id=uuid.UUID(printed_id))  # of this round, or there is none
        return redirect_to_round("plans.plan", round_, printed=printed_id)  # which says so, and hands it out
    words = reader().gettext("The plan was changed meanwhile. Go back, look at it as it is now, and print it again.")
    return job_page(
        progress,
        back=round_url("plans.plan", round_),
        file="",
        words=words if progress.error in ("unfinished", "no-plan") else "",
    )


@blueprint.get("/plan/printed/<uuid:printed_id>")
@requires(Permission.SEE_RESULTS)
def printed(access: Access, team_id: uuid.UUID, round_id: uuid.UUID, printed_id: uuid.UUID) -> AnyResponse:
    """A printed version, as it was handed out."""
    team, round_ = load_round(access, team_id, round_id)
    printed = get_printed_plan(
        session(), organisation_id=access.organisation_id, round_id=round_.id, printed_id=printed_id
    )
    as_ = print_as(access.organisation, language=printed.language.partition("-")[0], is_blank=printed.is_blank)
    on = local_date(printed.printed_at, access.organisation.time_zone)
    return pdf_download(printed.pdf, team, round_, as_, on=on)
