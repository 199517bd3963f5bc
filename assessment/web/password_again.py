"""The password once more, before what cannot be undone: a screen may have been left open."""

from __future__ import annotations

import datetime as dt

from flask import redirect, request, url_for
from flask_security.utils import check_and_update_authn_fresh
from werkzeug.wrappers import Response

PASSWORD_FRESHNESS = dt.timedelta(minutes=10)
"""How long after the password was written one may change how one signs in, or delete, without writing it again."""


def ask_password_again() -> Response | None:
    """Where the password is asked for, on the way back here; `None` if it was written a moment ago."""
    if check_and_update_authn_fresh(PASSWORD_FRESHNESS, PASSWORD_FRESHNESS, "session"):
        return None
    return redirect(url_for("security.verify", next=request.path), 303)
