"""Back to a page about a published round."""

from __future__ import annotations

from typing import Any

from flask import redirect, url_for
from werkzeug.wrappers import Response

from assessment.store.rounds import Round


def to_page(endpoint: str, round_: Round, anchor: str | None = None, **values: Any) -> Response:
    """To a page about the round."""
    where: dict[str, Any] = {
        "organisation_id": round_.organisation_id,
        "team_id": round_.team_id,
        "round_id": round_.id,
    }
    return redirect(url_for(endpoint, **where, **values, _anchor=anchor), 303)
