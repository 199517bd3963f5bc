"""`GET /healthz`."""

from __future__ import annotations

from flask import Blueprint
from sqlalchemy import text

from assessment.web.transactions import session

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def healthz() -> dict[str, str]:
    session().execute(text("SELECT 1"))
    return {"status": "ok"}
