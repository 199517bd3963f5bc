"""How a round reaches people: its link, its QR code, and words ready to be sent."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from assessment.domain.rounds import RoundMode
from assessment.infra.languages import Localisation
from assessment.services.rounds import Round
from assessment.services.teams import Team
from assessment.web.public_links import is_local_link, respondents_url, whatsapp_link
from reports.engine.qr import qr_code


@dataclass(frozen=True, slots=True)
class Messages:
    """What a team is sent, to copy or by WhatsApp."""

    message: str
    reminder: str
    whatsapp: str
    whatsapp_reminder: str


@dataclass(frozen=True, slots=True)
class Sharing(Messages):
    """Everything that a manager needs to ask people to answer."""

    link: str
    qr: Markup
    is_local_only: bool
    """Whether the link only works on this machine, so that no phone can open it."""


def sharing_of(round_: Round, team: Team, until: str, reader: Localisation) -> Sharing:
    """`until` is when the round closes, in words; empty where it has no date."""
    link = answer_link(round_.link_token)
    messages = messages_of(round_, team, until, reader)
    return Sharing(
        message=messages.message,
        reminder=messages.reminder,
        whatsapp=messages.whatsapp,
        whatsapp_reminder=messages.whatsapp_reminder,
        link=link,
        qr=qr_code(link, reader.gettext("QR code of the link")),
        is_local_only=is_local_link(link),
    )


def messages_of(round_: Round, team: Team, until: str, reader: Localisation) -> Messages:
    """The same without its code, which takes a moment to draw."""
    link = answer_link(round_.link_token)
    message = _message(round_, team, until, link, reader)
    reminder = _reminder(team, until, link, reader)
    return Messages(message, reminder, whatsapp_link(message), whatsapp_link(reminder))


def answer_link(token: str) -> str:
    """The link by which people answer."""
    return respondents_url(token)


def _message(round_: Round, team: Team, until: str, link: str, reader: Localisation) -> str:
    parts = [
        reader.gettext(
            "Hello. In %(team)s we want to know how good our service is today, and your view counts.", team=team.name
        )
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
