"""The blueprint of all pages about a team's rounds."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint(
    "rounds", __name__, url_prefix="/organisations/<uuid:organisation_id>/teams/<uuid:team_id>/rounds"
)
