"""The blueprint of all pages about campaigns."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("campaigns", __name__, url_prefix="/organisations/<uuid:organisation_id>/campaigns")
