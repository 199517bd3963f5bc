"""Addresses of an organisation's pages, and redirects to them."""

from __future__ import annotations

import uuid
from typing import Any

from flask import redirect, url_for
from werkzeug.wrappers import Response

from assessment.services.rounds import Round


def round_url(endpoint: str, round_: Round, **values: Any) -> str:
    """The address of a page about a round; `values` are its other parameters, such as `_anchor`."""
    return url_for(
        endpoint, organisation_id=round_.organisation_id, team_id=round_.team_id, round_id=round_.id, **values
    )


def redirect_to_round(endpoint: str, round_: Round, **values: Any) -> Response:
    return redirect(round_url(endpoint, round_, **values), 303)


def redirect_to_team(organisation_id: uuid.UUID, team_id: uuid.UUID) -> Response:
    return redirect(url_for("teams.team", organisation_id=organisation_id, team_id=team_id), 303)


def redirect_to_organisation(organisation_id: uuid.UUID) -> Response:
    return redirect(url_for("organisations.organisation", organisation_id=organisation_id), 303)
