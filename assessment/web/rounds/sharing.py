"""How a round reaches people: its link, its QR code, and words ready to be sent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast
from urllib.parse import quote, urlsplit

from flask import current_app, request, url_for
from markupsafe import Markup

from assessment.domain.rounds import RoundMode
from assessment.infra.languages import Localisation
from assessment.infra.settings import Settings
from assessment.store.rounds import Round
from assessment.store.teams import Team
from reports.engine.qr import qr_code

LOCAL_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True)
class Sharing:
    """Everything that a manager needs to ask people to answer."""

    link: str
    qr: Markup
    message: str
    reminder: str
    whatsapp: str
    whatsapp_reminder: str
    is_local_only: bool
    """Whether the link only works on this machine, so that no phone can open it."""


def sharing(round_: Round, team: Team, until: str, reader: Localisation) -> Sharing:
    """`until` is when the round closes, in words; empty where it has no date."""
    link = link_to(round_.link_token)
    message = _message(round_, team, until, link, reader)
    reminder = _reminder(team, until, link, reader)
    return Sharing(
        link=link,
        qr=qr_code(link, reader.gettext("QR code of the link")),
        message=message,
        reminder=reminder,
        whatsapp=_whatsapp(message),
        whatsapp_reminder=_whatsapp(reminder),
        is_local_only=is_local_link(link),
    )


def is_local_link(link: str) -> bool:
    """Whether a link leads to this very machine, so that no phone can follow it."""
    return (urlsplit(link).hostname or "") in LOCAL_HOSTS


def link_to(token: str) -> str:
    """A link to answer by, under the address that people reach this server at."""
    settings = cast(Settings, current_app.extensions["escala_settings"])
    base = settings.base_url or request.host_url.rstrip("/")
    return base + url_for("respond.open_link", token=token)


def _message(round_: Round, team: Team, until: str, link: str, reader: Localisation) -> str:
    parts = [
        reader.gettext("Hello. In %(team)s we want to know how we serve today, and your view counts.", team=team.name)
    ]
    if round_.mode is RoundMode.ANSWERED:
        parts.append(
            reader.gettext(
                "Please answer this questionnaire on your phone; you need no account. It is anonymous: "
                "results are only shown for everybody together, from %(minimum)s answers on.",
                minimum=reader.number(round_.minimum_group),
            )
        )
    else:
        parts.append(reader.gettext("We answer this questionnaire together, on one device, and agree on each answer."))
    if until:
        parts.append(reader.gettext("It can be answered until %(until)s.", until=until))
    return f"{' '.join(parts)}\n{link}"


def _reminder(team: Team, until: str, link: str, reader: Localisation) -> str:
    parts = [
        reader.gettext(
            "A reminder from %(team)s: if you have not answered the questionnaire about our service yet, there is "
            "still time. If you have, thank you.",
            team=team.name,
        )
    ]
    if until:
        parts.append(reader.gettext("It can be answered until %(until)s.", until=until))
    return f"{' '.join(parts)}\n{link}"


def _whatsapp(words: str) -> str:
    return f"https://wa.me/?text={quote(words, safe='')}"
