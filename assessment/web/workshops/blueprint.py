"""The blueprint of a round's workshop."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint(
    "workshops",
    __name__,
    url_prefix="/organisations/<uuid:organisation_id>/teams/<uuid:team_id>/rounds/<uuid:round_id>/workshop",
)
