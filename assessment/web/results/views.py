"""`/organisations/<id>/teams/<id>/rounds/<id>/results…`: what may be shown of a published round, and nothing else."""

from __future__ import annotations

import re
import unicodedata
import uuid

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from assessment.domain.access import Permission
from assessment.domain.planning import NothingToPlan
from assessment.domain.rounds import RoundMode
from assessment.infra.clock import utc_now
from assessment.infra.languages import N_
from assessment.services.comments import comments_of_round, hide_comment, unhide_comment
from assessment.services.plan_documents import plan_source_of_round, print_plan_of_round
from assessment.services.publication import NoChange
from assessment.services.results import results as read_results
from assessment.services.team_rounds import get_round_of_team, list_permissions
from assessment.services.teams import get_team
from assessment.store.organisations import Organisation
from assessment.store.rounds import Round
from assessment.store.teams import Team
from assessment.web.access import requires, user_id
from assessment.web.languages import reader
from assessment.web.rounds.forms import ConfirmForm, day_of
from assessment.web.transactions import session
from reports.action_plan.build import build_context, build_pdf

blueprint = Blueprint(
    "results",
    __name__,
    url_prefix="/organisations/<uuid:organisation_id>/teams/<uuid:team_id>/rounds/<uuid:round_id>",
)

NO_CHANGE = {
    NoChange.FIRST_ROUND: N_("This is the team's first round: the next one will show what has changed."),
    NoChange.OTHER_WORDING: N_(
        "The questionnaire is not the one of the round before, so the two are not compared: another wording gets "
        "other answers."
    ),
    NoChange.CONSENSUS: N_("Answers that were agreed together have no statistics, so no change is worked out."),
    NoChange.TOO_FEW: N_("One of the two rounds had too few answers to compare them."),
}


@blueprint.get("/results")
@requires(Permission.SEE_RESULTS)
def results(organisation: Organisation, team_id: uuid.UUID, round_id: uuid.UUID) -> str:
    team, found = _round(organisation, team_id, round_id)
    read = read_results(session(), organisation_id=organisation.id, round_id=found.id)
    may = list_permissions(session(), user_id=user_id(), organisation_id=organisation.id)
    common = {
        "organisation": organisation,
        "team": team,
        "round": found,
        "result": read.result,
        "may_manage": Permission.MANAGE_ROUNDS in may,
    }
    try:
        source = plan_source_of_round(
            session(), organisation_id=organisation.id, round_id=found.id, reader=reader(), now=utc_now()
        )
    except NothingToPlan:
        return render_template("results/withheld.html", **common)
    may_hide = Permission.HIDE_COMMENTS in may
    return render_template(
        "results/results.html",
        **common,
        page=build_context(source, reader()),
        is_imported=found.mode is RoundMode.IMPORTED,
        published=_published(found, organisation),
        compared_with=read.compared_with,
        no_change=reader().gettext(NO_CHANGE[read.no_change]) if read.no_change else "",
        comments=comments_of_round(
            session(),
            organisation_id=organisation.id,
            round_id=found.id,
            with_hidden=may_hide,
            page=_page_of_comments(),
        ),
        may_hide=may_hide,
        may_print=Permission.EDIT_PLANS in may,
        form=ConfirmForm(),
    )


@blueprint.get("/plan.pdf")
@requires(Permission.SEE_RESULTS)
def plan(organisation: Organisation, team_id: uuid.UUID, round_id: uuid.UUID) -> AnyResponse:
    """The plan as it stands, for whoever may read it; nothing is kept of it."""
    team, found = _round(organisation, team_id, round_id)
    try:
        source = plan_source_of_round(
            session(),
            organisation_id=organisation.id,
            round_id=found.id,
            reader=reader(),
            is_blank=_is_blank(),
            now=utc_now(),
        )
    except NothingToPlan:
        return _to_results(found)
    return _pdf(build_pdf(source, reader()), team)


@blueprint.post("/plan.pdf")
@requires(Permission.EDIT_PLANS)
def print_plan(organisation: Organisation, team_id: uuid.UUID, round_id: uuid.UUID) -> AnyResponse:
    """The plan, kept as it is handed out; unchanged, it is the very same document again."""
    team, found = _round(organisation, team_id, round_id)
    try:
        printed = print_plan_of_round(
            session(),
            organisation_id=organisation.id,
            round_id=found.id,
            reader=reader(),
            is_blank=_is_blank(),
            now=utc_now(),
        )
    except NothingToPlan:
        return _to_results(found)
    return _pdf(printed.pdf, team)


@blueprint.post("/comments/<uuid:comment_id>")
@requires(Permission.HIDE_COMMENTS)
def comment(organisation: Organisation, team_id: uuid.UUID, round_id: uuid.UUID, comment_id: uuid.UUID) -> AnyResponse:
    """Hides a comment, or shows it again."""
    _of, found = _round(organisation, team_id, round_id)
    change = hide_comment if request.form.get("act") == "hide" else unhide_comment
    change(session(), organisation_id=organisation.id, comment_id=comment_id)
    return _to_results(found, "comments", _page_of_comments())


def _page_of_comments() -> int:
    return request.values.get("comments", 1, type=int)


def _is_blank() -> bool:
    return request.values.get("blank") == "1"


def _published(found: Round, organisation: Organisation) -> str:
    day = day_of(found.published_at, organisation.time_zone)
    return reader().date(day) if day else ""


def _round(organisation: Organisation, team_id: uuid.UUID, round_id: uuid.UUID) -> tuple[Team, Round]:
    team = get_team(session(), organisation_id=organisation.id, team_id=team_id)
    return team, get_round_of_team(session(), team=team, round_id=round_id)


def _to_results(found: Round, anchor: str | None = None, comments: int = 1) -> AnyResponse:
    return redirect(
        url_for(
            "results.results",
            organisation_id=found.organisation_id,
            team_id=found.team_id,
            round_id=found.id,
            comments=comments if comments != 1 else None,
            _anchor=anchor,
        ),
        303,
    )


def _pdf(document: bytes, team: Team) -> Response:
    name = f"plan-{_plain(team.name)}-{reader().language}.pdf"
    return Response(
        document,
        mimetype="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"},
    )


def _plain(name: str) -> str:
    """A team's name as part of a file's: "Atención al público" → "atencion-al-publico"."""
    letters = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", letters).strip("-") or "equipo"
