"""`GET /p/<token>`: a round's plan for whoever has its link, without account, session or cookie; before it is shared,
that there will be one."""

from __future__ import annotations

from flask import Blueprint, g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from assessment.domain.rounds import RoundState
from assessment.infra.clock import local_date, utc_now
from assessment.services.plan_documents import PrintAs, plan_source
from assessment.services.plan_sharing import UnknownPlanLink, read_shared_plan
from assessment.web.access import become_anonymous
from assessment.web.compression import compress
from assessment.web.downloads import document_name, file_response
from assessment.web.languages import LANGUAGES, reader
from assessment.web.plan_calendar import CALENDAR, PlanCalendar, calendar_feed, make_calendar
from assessment.web.plan_reading import next_action, plan_to_read, progress_of
from assessment.web.public_links import public_url
from assessment.web.transactions import session
from reports.action_plan import surplus

blueprint = Blueprint("shared_plans", __name__)

STEPS = {RoundState.STOPPED: 2, RoundState.PUBLISHED: 3}
"""Which of the steps to a plan a round is at, the first unless it is said here."""


@blueprint.before_request
def read_as_nobody() -> None:
    """Whoever is signed in sees what everybody sees. `?lang=en` is the language of this page alone."""
    become_anonymous()
    language = request.args.get("lang")
    if language in LANGUAGES:
        g.escala_language = language


@blueprint.after_request
def compress_page(response: Response) -> Response:
    return compress(response)


@blueprint.errorhandler(UnknownPlanLink)
def unknown(_error: UnknownPlanLink) -> ResponseReturnValue:
    return render_template("shared_plans/unknown.html", shared=None), 404


@blueprint.get("/p/<token>")
def show(token: str) -> str:
    now = utc_now()
    shared = read_shared_plan(session(), token=token, now=now)
    g.escala_country, g.escala_fallback = shared.organisation.country, shared.organisation.language
    if shared.plan is None:
        return render_template("shared_plans/waiting.html", shared=shared, step=STEPS.get(shared.state, 1))
    source = plan_source(session(), shared.plan, shared.organisation, PrintAs(reader()), now)
    headings = plan_to_read(shared.plan, source, reader(), today=local_date(now, shared.organisation.time_zone))
    return render_template(
        "shared_plans/plan.html",
        shared=shared,
        headings=headings,
        next=next_action(headings),
        progress=progress_of(headings),
        drawn=reader().date(shared.plan.choices.drawn_on),
        is_unfinished=bool(shared.plan.faults),
        surplus=surplus.in_short(source.surplus, reader()),
        feed=calendar_feed(shared.round),
        newer_link=url_for("shared_plans.show", token=shared.newer.plan_token) if shared.newer else "",
    )


@blueprint.get("/p/<token>/calendar.ics")
def calendar(token: str) -> Response:
    """The days of a shared plan, to be followed by a calendar: its address is as secret as the plan's own."""
    now = utc_now()
    shared = read_shared_plan(session(), token=token, now=now)
    g.escala_country, g.escala_fallback = shared.organisation.country, shared.organisation.language
    if shared.plan is None:
        raise UnknownPlanLink
    source = plan_source(session(), shared.plan, shared.organisation, PrintAs(reader()), now)
    plan = PlanCalendar(
        team=shared.team.name,
        round_plan=shared.plan,
        headings=plan_to_read(shared.plan, source, reader()),
        link=public_url("shared_plans.show", token=token),
        now=now,
    )
    name = document_name(
        reader().gettext("plan"), shared.team.name, shared.round.name, reader=reader(), extension="ics"
    )
    return file_response(make_calendar(plan, reader()), name, mimetype=CALENDAR)
