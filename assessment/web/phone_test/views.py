"""`/phone-test`: a code on the screen; once a phone has opened it, the screen says so.

A test is a number that this page hands out for an hour. That it was opened is counted where all processes see it; of
the phone nothing is kept, and its browser gets no cookie.
"""

from __future__ import annotations

import secrets
from typing import cast

from flask import Blueprint, abort, current_app, render_template
from flask import session as browser_session

from assessment.infra.network import LocalNetwork
from assessment.infra.settings import Settings
from assessment.services.attempts import Attempts
from assessment.web.languages import reader
from assessment.web.public_links import is_local_link, public_url
from assessment.web.transactions import database
from reports.engine.qr import address_code

blueprint = Blueprint("phone_test", __name__)

TEST = "phone_test"
"""Of the browser's session: the number of its test."""
LASTS = 3_600
"""Seconds."""
DIGITS = 6


@blueprint.get("/phone-test")
def show() -> str:
    """The code, the address that can be typed, whether a phone has opened it, and what to try."""
    attempts, number = _attempts(), browser_session.get(TEST, "")
    if not (number and attempts.count(_handed_out(number))):
        number = browser_session[TEST] = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
        attempts.add(_handed_out(number), seconds=LASTS)
    link = public_url("phone_test.reached", number=number)
    network = cast("LocalNetwork | None", current_app.extensions.get("escala_lan")) or LocalNetwork()
    path = link.partition("://")[2].partition("/")[2]
    return render_template(
        "phone_test/show.html",
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


@blueprint.get("/phone-test/<number>")
def reached(number: str) -> str:
    """What the phone shows. A number that was not handed out, or whose hour is over, leads nowhere and is not kept."""
    attempts = _attempts()
    if not (number.isascii() and number.isdigit() and len(number) == DIGITS and attempts.count(_handed_out(number))):
        abort(404)
    if not attempts.count(_reached(number)):
        attempts.add(_reached(number), seconds=LASTS)
    return render_template("phone_test/reached.html")


def _attempts() -> Attempts:
    settings = cast(Settings, current_app.extensions["escala_settings"])
    return Attempts(database(), settings.secret_key)


def _handed_out(number: str) -> str:
    return f"phone-test:handed-out:{number}"


def _reached(number: str) -> str:
    return f"phone-test:reached:{number}"
