"""`…/teams/<id>/paper-kit`: sheets for a room without devices, one by one and all in a ZIP."""

from __future__ import annotations

import uuid
from functools import partial

from flask import Blueprint, abort, render_template, url_for
from werkzeug.wrappers import Response

from assessment.domain.access import Permission
from assessment.infra.languages import N_
from assessment.services.access import Access
from assessment.services.paper_kit import KitSource, Sheet, gather_kit, print_kit, print_sheet
from assessment.services.plan_documents import PrintAs
from assessment.services.teams import Team
from assessment.web.access import requires
from assessment.web.downloads import document_name, file_response
from assessment.web.languages import reader
from assessment.web.lookups import load_team
from assessment.web.prepare import deliver, prepares
from assessment.web.print_options import print_as_asked
from assessment.web.transactions import session

blueprint = Blueprint(
    "paper_kit", __name__, url_prefix="/organisations/<uuid:organisation_id>/teams/<uuid:team_id>/paper-kit"
)

SHEETS = {
    Sheet.QUESTIONNAIRE: (
        N_("Questionnaire"),
        N_("For each person: the statements, the team's moments, a comment."),
    ),
    Sheet.CARDS: (
        N_("Cards of the pillars"),
        N_("Two a page, to cut apart: the five levels of each pillar."),
    ),
    Sheet.BALLOTS: (N_("Ballots"), N_("Ten a page, to cut apart: a slip for each vote.")),
    Sheet.LADDER: (N_("Ladder for the wall"), N_("The six steps, and a row for each of the team's moments.")),
    Sheet.GUIDE: (
        N_("Facilitator's guide"),
        N_("For whoever leads: agendas of 90 minutes and half a day, what to say, and what helps in difficulty."),
    ),
    Sheet.CLOSING: (
        N_("Closing sheet, blank"),
        N_(
            "What we promised, to be written by hand in a room without a printer: five actions with owner and day, and "
            "places to sign."
        ),
    ),
}
"""What each is called, and what it is for."""


@blueprint.get("")
@requires(Permission.MANAGE_ROUNDS)
def kit(access: Access, team_id: uuid.UUID) -> str:
    team = load_team(access, team_id)
    sheets = [(one, *map(reader().gettext, SHEETS[one])) for one in Sheet]
    return render_template("paper_kit/kit.html", organisation=access.organisation, team=team, sheets=sheets)


@blueprint.get("/<sheet>.pdf")
@requires(Permission.MANAGE_ROUNDS)
@prepares
def sheet(access: Access, team_id: uuid.UUID, sheet: str) -> Response:
    """`language` and `paper` are those of the document, not of the page."""
    if sheet not in list(Sheet):
        abort(404)
    team, chosen = load_team(access, team_id), Sheet(sheet)
    as_asked = print_as_asked(access.organisation)
    source = _gather(access, team, as_asked)
    return deliver(
        (source, chosen, as_asked.reader.tag),
        partial(print_sheet, source, chosen, as_asked.reader),
        respond=lambda pdf: file_response(pdf, _name(chosen, team, as_asked), disposition="inline"),
        back=_back(access, team),
    )


@blueprint.get("/all.zip")
@requires(Permission.MANAGE_ROUNDS)
@prepares
def everything(access: Access, team_id: uuid.UUID) -> Response:
    team, as_asked = load_team(access, team_id), print_as_asked(access.organisation)
    source = _gather(access, team, as_asked)
    names = {one: _name(one, team, as_asked) for one in Sheet}
    name = document_name(
        as_asked.reader.gettext("paper kit"), team.name, *_variant(as_asked), reader=as_asked.reader, extension="zip"
    )
    return deliver(
        (source, "all", as_asked.reader.tag),
        partial(print_kit, source, names, as_asked.reader),
        respond=lambda packed: file_response(packed, name, mimetype="application/zip"),
        back=_back(access, team),
    )


def _gather(access: Access, team: Team, as_asked: PrintAs) -> KitSource:
    paper = as_asked.paper or as_asked.reader.paper
    return gather_kit(session(), organisation=access.organisation, team=team, paper=paper)


def _name(sheet: Sheet, team: Team, as_asked: PrintAs) -> str:
    words = as_asked.reader.gettext(SHEETS[sheet][0])
    return document_name(words, team.name, *_variant(as_asked), reader=as_asked.reader)


def _variant(as_asked: PrintAs) -> tuple[str, str]:
    return as_asked.reader.language, as_asked.paper or ""


def _back(access: Access, team: Team) -> str:
    return url_for("paper_kit.kit", organisation_id=access.organisation_id, team_id=team.id)
