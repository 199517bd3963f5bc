"""`/phone-test`: a code on the screen; once a phone has opened it and pressed its button, the screen says so. The
button sends a form as people do who join a workshop, so that this is tested, too.

A test is a number that this page hands out for an hour or two; its last digits are a keyed sum of the others, so that
nothing is kept of it before a phone came through. That one did is counted where all processes see it; of the phone
nothing is kept, and its browser gets no cookie.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from typing import cast

from flask import Blueprint, abort, current_app, render_template, request
from flask import session as browser_session

from assessment.infra.clock import utc_now
from assessment.infra.network import LocalNetwork
from assessment.infra.settings import Settings
from assessment.services.attempts import Attempts
from assessment.web.languages import reader
from assessment.web.public_links import is_local_link, public_url
from assessment.web.safe_redirect import safe_path
from assessment.web.transactions import database
from reports.engine.qr import address_code

blueprint = Blueprint("phone_test", __name__)

TEST = "phone_test"
"""Of the browser's session: the number of its test."""
LASTS = 3_600
"""Seconds."""
DIGITS, CHECKED_BY = 5, 6
"""So many digits by chance, and so many that nobody knows for them without the server's key."""


@blueprint.get("/phone-test")
def show() -> str:
    """The code, the address that can be typed, whether a phone has opened it, and what to try."""
    attempts, number = _attempts(), browser_session.get(TEST, "")
    if not _is_handed_out(number):
        number = browser_session[TEST] = _handed_out(f"{secrets.randbelow(10**DIGITS):0{DIGITS}}", _hour())
    link = public_url("phone_test.reached", number=number)
    network = cast("LocalNetwork | None", current_app.extensions.get("escala_lan")) or LocalNetwork()
    path = link.partition("://")[2].partition("/")[2]
    return render_template(
        "phone_test/show.html",
        back=safe_path(request.args.get("next")),
        is_reached=attempts.count(_reached(number)) > 0,
        is_local_only=is_local_link(link),
        code=address_code(link, reader()),
        address=link.partition("://")[2],
        others=[
            f"{one}/{path}".partition("://")[2]
            for one in (network.name, *network.addresses)
            if one and not link.startswith(f"{one}/")
        ],
    )


@blueprint.route("/phone-test/<number>", methods=["GET", "POST"])
def reached(number: str) -> str:
    """What the phone shows: a form as that by which people join, and once it was sent, that it came through.

    A number that was not handed out, or whose time is over, leads nowhere and is not kept.
    """
    is_sent = request.method == "POST"
    if not _is_handed_out(number):
        abort(404)
    if is_sent:
        attempts = _attempts()
        if not attempts.count(_reached(number)):
            attempts.add(_reached(number), seconds=2 * LASTS)
    return render_template("phone_test/reached.html", has_come_through=is_sent)


def _attempts() -> Attempts:
    return Attempts(database(), _secret())


def _secret() -> str:
    return cast(Settings, current_app.extensions["escala_settings"]).secret_key


def _hour() -> int:
    return int(utc_now().timestamp()) // LASTS


def _handed_out(chance: str, hour: int) -> str:
    """The number of a test: digits by chance, and their sum of this hour."""
    keyed = hmac.new(_secret().encode(), f"phone-test:{chance}:{hour}".encode(errors="surrogatepass"), hashlib.sha256)
    return f"{chance}{int.from_bytes(keyed.digest()) % 10**CHECKED_BY:0{CHECKED_BY}}"


def _is_handed_out(number: str) -> bool:
    chance, now = number[:DIGITS], _hour()
    return any(hmac.compare_digest(number.encode(), _handed_out(chance, hour).encode()) for hour in (now, now - 1))


def _reached(number: str) -> str:
    return f"phone-test:reached:{number}"
