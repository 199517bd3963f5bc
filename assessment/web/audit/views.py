"""`/organisations/<id>/log`: who saw, took and changed what."""

from __future__ import annotations

import uuid

from flask import Blueprint, Response, render_template, request

from assessment.domain.access import Permission
from assessment.domain.audit import AUDIT_MONTHS, ActionGroup
from assessment.services.access import Access
from assessment.services.audit import get_log
from assessment.web.access import requires
from assessment.web.audit.table import table_of
from assessment.web.audit.words import GROUP_WORDS, row_of
from assessment.web.downloads import document_name, file_response
from assessment.web.languages import reader
from assessment.web.pages import requested_page
from assessment.web.transactions import session

blueprint = Blueprint("audit", __name__, url_prefix="/organisations/<uuid:organisation_id>/log")


MOST_DOWNLOADED = 10_000
"""Lines of a downloaded log: the latest."""


@blueprint.get("")
@requires(Permission.SEE_LOG)
def log(access: Access) -> str:
    group, person = _requested_group(), _requested_member()
    found = get_log(
        session(),
        organisation_id=access.organisation_id,
        membership_id=person,
        group=group,
        page=requested_page(),
    )
    return render_template(
        "audit/log.html",
        organisation=access.organisation,
        rows=[row_of(event, access.organisation.time_zone, reader()) for event in found.events],
        paging=found.paging,
        people=found.people,
        person=person if person in dict(found.people) else None,
        groups=[(str(one), reader().gettext(words)) for one, words in GROUP_WORDS.items()],
        group=str(group) if group else "",
        months=AUDIT_MONTHS,
    )


@blueprint.get("/log.csv")
@requires(Permission.SEE_LOG)
def download(access: Access) -> Response:
    """What the page lists, in one file."""
    found = get_log(
        session(),
        organisation_id=access.organisation_id,
        membership_id=_requested_member(),
        group=_requested_group(),
        rows_a_page=MOST_DOWNLOADED,
    )
    rows = [row_of(event, access.organisation.time_zone, reader()) for event in found.events]
    name = document_name(reader().gettext("activity"), access.organisation.name, reader=reader(), extension="csv")
    return file_response(table_of(rows, reader()), name, mimetype="text/csv")


def _requested_group() -> ActionGroup | None:
    asked = request.args.get("what", "")
    return ActionGroup(asked) if asked in set(ActionGroup) else None


def _requested_member() -> uuid.UUID | None:
    try:
        return uuid.UUID(request.args.get("person", ""))
    except ValueError:
        return None
