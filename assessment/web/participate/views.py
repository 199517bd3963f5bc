"""`/w`: join a workshop by its PIN or its code, see what it shows, vote.

The page asks every second whether anything has changed, and is nearly always told that nothing has (304): that costs
one statement. Without JavaScript a button asks.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from flask import Blueprint, Response, abort, current_app, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from assessment.domain.workshops import Stage, VotedQuestion
from assessment.infra.clock import utc_now
from assessment.services.taking_part import (
    Glance,
    KnownWorkshop,
    UnknownWorkshop,
    find_workshop,
    glance,
    join,
    know_workshop,
    shown_to_all,
    vote,
)
from assessment.web import limits
from assessment.web.compression import compress
from assessment.web.languages import LANGUAGE_COOKIE, LANGUAGES, ONE_YEAR, reader
from assessment.web.languages import lazy_gettext as _
from assessment.web.origins import is_of_our_pages
from assessment.web.participate.cookie import Device, find_device, keep_device, new_device
from assessment.web.transactions import database
from assessment.web.workshop_words import bars_of, in_reading_order, level_words, told

blueprint = Blueprint("participate", __name__)

PIN_DIGITS = 6
MARK = "ETag"
FRAGMENT = "Escala-Fragment"
"""The header with which the script asks for the fragment alone."""
COUNTED = "Escala-Counted"
"""Whether a vote counts."""


@dataclass(frozen=True)
class Visit:
    """A request of a device that has joined."""

    device: Device
    workshop: KnownWorkshop
    seen: Glance


def begin_request() -> None:
    """`?lang=en` on any page; what is sent comes from a page of ours."""
    if "\0" in request.path:
        abort(404)  # PostgreSQL would refuse it
    if request.query_string and (language := request.args.get("lang")) in LANGUAGES:
        g.escala_language = language
    if request.method == "POST" and not is_of_our_pages(
        request.environ, current_app.extensions["escala_settings"].base_url
    ):
        abort(403)


def end_request(response: AnyResponse) -> AnyResponse:
    """Nothing is kept by a browser but its files."""
    if response.status_code == 304:
        return response
    response.headers.setdefault("Cache-Control", "no-store")
    if (chosen := request.args.get("lang")) in LANGUAGES:
        response.set_cookie(
            LANGUAGE_COOKIE,
            str(chosen),
            max_age=ONE_YEAR,
            secure=bool(current_app.config["SESSION_COOKIE_SECURE"]),
            httponly=True,
            samesite="Lax",
        )
    return response if response.content_encoding or request.endpoint == "static" else compress(response)


@blueprint.route("/", methods=["GET", "POST"])
def pin() -> str | AnyResponse | tuple[str, int]:
    """The short address that is typed: it asks for the PIN."""
    if request.method == "GET":
        return render_template("participate/pin.html", error="", typed="")
    typed = "".join(sign for sign in request.form.get("pin", "")[:40] if sign.isascii() and sign.isdigit())
    if len(typed) != PIN_DIGITS:
        return _ask_again(typed, str(_("The PIN has six digits. It is on the screen in front.")))
    tries = ((limits.PINS_OF_ADDRESS, f"pin:{request.remote_addr}"), (limits.PINS_OF_ALL, "pins"))
    for limit, key in tries:
        if not limits.hit(limit, key):
            minutes = limits.TooManyTries(limits.ends_at(limit, key)).minutes
            sentence = reader().ngettext(
                "Too many PINs have been tried. Scan the code on the screen, or try again in %(n)s minute.",
                "Too many PINs have been tried. Scan the code on the screen, or try again in %(n)s minutes.",
                minutes,
            )
            return _ask_again(typed, sentence), 429
    try:
        workshop_id = find_workshop(database(), pin=typed)
    except UnknownWorkshop:
        return _ask_again(typed, str(_("No workshop has this PIN now. Look at the screen in front and type it again.")))
    for limit, key in tries:
        limits.take_back(limit, key)
    return _enter(workshop_id)


def _ask_again(typed: str, error: str) -> str:
    return render_template("participate/pin.html", error=error, typed=typed)


@blueprint.route("/<string(minlength=20,maxlength=40):token>", methods=["GET", "POST"])
def open_code(token: str) -> str | AnyResponse:
    """What the code on the screen leads to. Nobody takes part by opening it: programs look at links, too."""
    workshop_id = find_workshop(database(), token=token)
    seen = glance(database(), workshop_id, key="", now=utc_now())
    workshop = know_workshop(database(), workshop_id, seen.edition)
    _speak(workshop)
    if request.method == "POST":
        return _enter(workshop.id)
    device = find_device()
    if device is not None and device.workshop_id == workshop.id:
        return redirect(url_for(".room"), 303)
    if seen.is_over:
        raise UnknownWorkshop
    return render_template("participate/join.html", workshop=workshop)


def _enter(workshop_id: uuid.UUID) -> AnyResponse:
    """The device takes part; one that did goes on as it was."""
    device = find_device()
    if device is None or device.workshop_id != workshop_id:
        device = new_device(workshop_id)
    seen = glance(database(), workshop_id, key=device.key, now=utc_now())
    if seen.is_over:
        raise UnknownWorkshop
    if not seen.takes_part:
        join(database(), workshop_id, key=device.key)
    response = redirect(url_for(".room"), 303)
    keep_device(response, device)
    return response


@blueprint.get("/room")
def room() -> str | AnyResponse:
    """The page of a device that takes part; another one is asked for the PIN."""
    visit = _find_visit()
    if visit is None:
        return redirect(url_for(".pin"), 303)
    return render_template(
        "participate/room.html",
        workshop=visit.workshop,
        is_late=request.args.get("late") == "1",
        is_many=request.args.get("many") == "1",
        mark=_mark(visit.seen),
        **_shown(visit),
    )


@blueprint.get("/room/now")
def now() -> AnyResponse | tuple[str, int]:
    """What the workshop shows now, unless the page has it already."""
    device = find_device()
    if device is None:
        return "", 401
    seen = glance(database(), device.workshop_id, key=device.key, now=utc_now())
    _speak(workshop := know_workshop(database(), device.workshop_id, seen.edition))
    if request.headers.get("If-None-Match") == _mark(seen):
        return Response(status=304, headers={MARK: _mark(seen)})
    return _fragment(Visit(device, workshop, seen))


@blueprint.post("/room/vote")
def cast() -> AnyResponse | tuple[str, int]:
    """Takes a vote, or another one in its place."""
    device = find_device()
    if device is None:
        return redirect(url_for(".pin"), 303) if FRAGMENT not in request.headers else ("", 401)
    seen = glance(database(), device.workshop_id, key=device.key, now=utc_now())
    workshop = know_workshop(database(), device.workshop_id, seen.edition)
    question = request.form.get("question", "")
    if _is_too_much(workshop.questions.get(question)):
        return redirect(url_for(".room", many=1), 303)
    is_counted = vote(
        database(),
        workshop,
        key=device.key,
        question=question,
        ballot=_whole(request.form.get("ballot", "")),
        value=_value(workshop.questions.get(question)),
        now=utc_now(),
    )
    if FRAGMENT not in request.headers:
        return redirect(url_for(".room", late=None if is_counted else 1), 303)
    _speak(workshop)
    response = _fragment(Visit(device, workshop, glance(database(), workshop.id, key=device.key, now=utc_now())))
    response.headers[COUNTED] = "yes" if is_counted else "no"
    return response


def _is_too_much(question: VotedQuestion | None) -> bool:
    """Whether more are chosen than may be: the script does not send that, a plain form does."""
    return question is not None and 1 < question.most < len(request.form.getlist("value"))


def _value(question: VotedQuestion | None) -> int:
    """What is voted: the button that was pressed, or where several may be chosen all that are."""
    chosen = [_whole(one) for one in request.form.getlist("value")]
    if question is not None and question.most > 1:
        if any(not 0 <= one <= question.size for one in chosen):
            abort(400)
        return question.value_of(chosen)
    return chosen[-1] if chosen else _whole("")


def _whole(given: str) -> int:
    """A small number as our forms have it; another text is a request that no page of ours made (400)."""
    if not (given.isascii() and given.isdigit() and len(given) <= 4):
        abort(400)
    return int(given)


def _find_visit() -> Visit | None:
    device = find_device()
    if device is None:
        return None
    try:
        seen = glance(database(), device.workshop_id, key=device.key, now=utc_now())
        workshop = know_workshop(database(), device.workshop_id, seen.edition)
    except UnknownWorkshop:  # it was deleted with its round
        return None
    _speak(workshop)
    return Visit(device, workshop, seen)


def _speak(workshop: KnownWorkshop) -> None:
    """From now on the request speaks the organisation's language, unless somebody has chosen another."""
    g.escala_country, g.escala_fallback = workshop.country, workshop.language


def _mark(seen: Glance) -> str:
    return f'"{seen.mark}.{reader().language}"'


def _fragment(visit: Visit) -> Response:
    response = Response(render_template("participate/now.html", **_shown(visit)), mimetype="text/html")
    response.headers[MARK] = _mark(visit.seen)
    return response


def _shown(visit: Visit) -> dict[str, object]:
    """What the fragment is made of."""
    seen, question = visit.seen, visit.workshop.questions.get(visit.seen.question)
    shown: dict[str, object] = {"seen": seen, "question": question, "bars": (), "told": (), "agreed": ""}
    if question is not None:
        shown |= {"levels": in_reading_order(question), "chosen": question.chosen(seen.vote or 0)}
    if question is not None and seen.stage is not Stage.VOTING:
        votes, level = shown_to_all(database(), visit.workshop, seen)
        if votes is not None:
            shown |= {
                "bars": bars_of(question, votes, reader()),
                "told": told(question, votes, reader(), is_agreed=level is not None),
            }
        if level is not None:
            shown["agreed"] = level_words(question, level, reader())
    if question is not None and seen.vote is not None:
        shown["voted"] = level_words(question, seen.vote, reader())
    return shown
