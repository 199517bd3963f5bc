"""`/organisations/<id>/portfolio…`: all teams in one look, how they moved, and files to take along."""

from __future__ import annotations

import datetime as dt
import uuid
from zoneinfo import ZoneInfo

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from assessment.domain.access import Permission
from assessment.domain.audit import Details
from assessment.domain.plain_text import plain_line
from assessment.domain.team_tags import tag_key
from assessment.infra.clock import utc_now
from assessment.services.access import Access
from assessment.services.later_work import TooManyJobs
from assessment.services.portfolio import read_moves_page, read_portfolio
from assessment.services.portfolio_files import FileKind, FileWish, file_progress, files_kept, get_file, request_file
from assessment.web.access import requires
from assessment.web.auditing import describe_deed
from assessment.web.downloads import file_response
from assessment.web.languages import lazy_gettext as _
from assessment.web.languages import reader
from assessment.web.mail import queue
from assessment.web.pages import requested_page, requested_tag
from assessment.web.portfolio.page import shown_moves, shown_reasons, shown_team
from assessment.web.prepare import job_page
from assessment.web.print_options import print_as
from assessment.web.transactions import after_commit, session
from reports.engine.scripts import isolated

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

blueprint = Blueprint("portfolio", __name__, url_prefix="/organisations/<uuid:organisation_id>/portfolio")


@blueprint.get("")
@requires(Permission.SEE_PORTFOLIO)
def portfolio(access: Access) -> str:
    """Teams by pillars; first of all those that need attention."""
    found = read_portfolio(
        session(),
        access=access,
        now=utc_now(),
        asked=request.args.get("asked", ""),
        tag=requested_tag(),
        sort=request.args.get("sort", ""),
        only_attention=request.args.get("show") == "attention",
        page=requested_page(),
    )
    asked = found.asked.questionnaire
    kept_files = files_kept(session(), access=access, now=utc_now())
    chosen = request.args.get("pillar", "")
    return render_template(
        "portfolio/portfolio.html",
        organisation=access.organisation,
        found=found,
        asked=asked,
        pillars=asked.pillars,
        chosen=chosen if chosen in asked.pillars_by_id else asked.pillars[0].id,
        teams=[shown_team(line, found, access, reader()) for line in found.lines],
        attention=[(one, shown_reasons(one.team_id, one.reasons, access, reader())) for one in found.attention],
        paper=print_as(access.organisation).paper,
        files=[(one, _made_at(one.made_at, access)) for one in kept_files],
        kept=_kept(found.tag, found.sort, chosen, only_attention=found.only_attention),
    )


@blueprint.get("/movement")
@requires(Permission.SEE_PORTFOLIO)
def movement(access: Access) -> str:
    """How the pillars of each team moved, round by round."""
    tag = requested_tag()
    found = read_moves_page(session(), access=access, tag=tag, page=requested_page())
    return render_template(
        "portfolio/movement.html",
        organisation=access.organisation,
        paging=found.paging,
        teams=shown_moves(found.teams, reader()),
        tag=tag,
        tag_name=found.tag,
    )


@blueprint.post("/files")
@requires(Permission.SEE_PORTFOLIO)
def make(access: Access) -> Response:
    """Has a workbook or a summary made, and leads to the page that waits for it."""
    back = url_for(".portfolio", organisation_id=access.organisation_id)
    kind = request.form.get("kind", "")
    if kind not in list(FileKind):
        abort(400)
    asked = print_as(access.organisation, language=request.form.get("language"), paper=request.form.get("paper"))
    wish = FileWish(
        FileKind(kind),
        request.form.get("asked", "")[:60],
        plain_line(request.form.get("tag", ""))[:120],
        asked.reader,
        asked.paper or asked.reader.paper,
    )
    try:
        job = request_file(session(), access=access, wish=wish, now=utc_now())
    except TooManyJobs:
        flash(str(_("Two files of yours are still being made. Ask for this one after them.")), "error")
        return redirect(back, 303)
    describe_deed(details=Details(parts=(wish.kind.value,), tag=tag_key(wish.tag) if wish.tag else ""))
    carries = queue()
    after_commit(lambda: carries.put("jobs", job.id))
    return redirect(url_for(".making", organisation_id=access.organisation_id, file_id=job.id, kind=kind), 303)


@blueprint.get("/files/<uuid:file_id>")
@requires(Permission.SEE_PORTFOLIO)
def making(access: Access, file_id: uuid.UUID) -> Response:
    """How far a file is; once it is there, it leads to it."""
    where = {"organisation_id": access.organisation_id}
    progress = file_progress(session(), access=access, file_id=file_id)
    words = reader().gettext("You may not see all teams of this organisation any more.")
    return job_page(
        progress,
        back=url_for(".portfolio", **where),  # type: ignore[arg-type]
        file=url_for(".file", **where, file_id=file_id),  # type: ignore[arg-type]
        words=words if progress.error == "not-allowed" else "",
        name=_name_of(request.args.get("kind", ""), access),
        back_name=reader().gettext("All teams at a glance"),
    )


@blueprint.get("/files/<uuid:file_id>/download")
@requires(Permission.SEE_PORTFOLIO)
def file(access: Access, file_id: uuid.UUID) -> Response:
    """A file that was made for this account."""
    found = get_file(session(), access=access, file_id=file_id)
    is_workbook = found.name.endswith(".xlsx")
    describe_deed(details=Details(parts=((FileKind.WORKBOOK if is_workbook else FileKind.SUMMARY).value,)))
    return file_response(found.content, found.name, mimetype=XLSX if is_workbook else "application/pdf")


def _made_at(at: dt.datetime, access: Access) -> str:
    """The day and the time there."""
    local = at.astimezone(ZoneInfo(access.organisation.time_zone))
    return f"{reader().short_date(local.date())}, {reader().time(local)}"


def _name_of(kind: str, access: Access) -> str:
    """What is being made, and of which organisation."""
    words = {FileKind.SUMMARY: _("Summary (PDF)"), FileKind.WORKBOOK: _("Workbook (XLSX)")}
    return f"{words[FileKind(kind)]} · {isolated(access.organisation.name)}" if kind in list(FileKind) else ""


def _kept(tag: str, sort: str, pillar: str, *, only_attention: bool) -> dict[str, str]:
    """What of the address stays while one goes through the pages."""
    values = {
        "asked": request.args.get("asked", ""),
        "tag": tag,
        "sort": sort,
        "pillar": pillar,
        "show": "attention" if only_attention else "",
    }
    return {name: value for name, value in values.items() if value}
