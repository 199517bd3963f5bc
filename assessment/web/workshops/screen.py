"""`…/workshop/screen`: what a projector shows to everybody in the room, and nothing else."""

from __future__ import annotations

import uuid

from flask import Response, request
from werkzeug.wrappers import Response as AnyResponse

from assessment.domain.access import Permission
from assessment.services.access import Access
from assessment.services.workshops import Board, NoWorkshop, conversation_about, get_signs
from assessment.web.access import requires
from assessment.web.languages import reader
from assessment.web.public_links import is_local_link, participants_url
from assessment.web.transactions import session
from assessment.web.urls import redirect_to_round
from assessment.web.workshop_words import bars_of, ends_of, in_reading_order, level_words, talk_words, told
from assessment.web.workshops.blueprint import blueprint
from assessment.web.workshops.views import Led, how_to_join, load_led, timer_of
from reports.engine.qr import address_code


@blueprint.get("/screen")
@requires(Permission.MANAGE_ROUNDS)
def screen(access: Access, team_id: uuid.UUID, round_id: uuid.UUID) -> str | AnyResponse:
    """A window of its own, for the projector."""
    led = load_led(access, team_id, round_id)
    try:
        board = led.board()
    except NoWorkshop:
        return redirect_to_round("rounds.round_", led.round)
    return led.render("workshops/screen.html", board=board, mark=_mark(_signs(led)), **_shown(board))


@blueprint.get("/screen/now")
@requires(Permission.MANAGE_ROUNDS)
def screen_now(access: Access, team_id: uuid.UUID, round_id: uuid.UUID) -> AnyResponse:
    """What it shows now, unless the window shows that already. 410 where there is no workshop any more."""
    led = load_led(access, team_id, round_id)
    try:
        mark = _mark(_signs(led))
        if request.headers.get("If-None-Match") == mark:
            return Response(status=304, headers={"ETag": mark})
        board = led.board()
    except NoWorkshop:
        return Response(status=410)
    page = led.render("workshops/screen_now.html", board=board, **_shown(board))
    return Response(page, mimetype="text/html", headers={"ETag": mark})


def _signs(led: Led) -> tuple[int, int, int]:
    return get_signs(session(), **led.own)


def _mark(signs: tuple[int, int, int]) -> str:
    return f'"{".".join(map(str, signs))}.{reader().tag}"'


def _shown(board: Board) -> dict[str, object]:
    """What the fragment is made of: of an open ballot, only how many have voted."""
    question, shown, agreement = board.question, board.shown, board.agreement
    talk = conversation_about(question) if question else None
    link = participants_url(board.workshop.token)
    return {
        **timer_of(board),
        "levels": in_reading_order(question) if question else (),
        "ends": ends_of(question, shown) if question and shown else (),
        "conversation": talk,
        "talk_words": talk_words(talk, reader(), is_timed=board.timer_ends_at is not None) if talk else "",
        "code": address_code(link, reader()),
        **how_to_join(board),
        "is_local_only": is_local_link(link),
        "bars": bars_of(question, shown, reader()) if question and shown else (),
        "told": told(question, shown, reader(), is_agreed=agreement is not None) if question and shown else (),
        "agreed": level_words(question, agreement.level, reader()) if question and agreement else "",
    }
