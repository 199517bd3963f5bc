"""The blueprint of a team's pages, which several modules share."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("teams", __name__, url_prefix="/organisations/<uuid:organisation_id>/teams")
