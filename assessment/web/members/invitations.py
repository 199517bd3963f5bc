"""How an invitation reaches somebody: its link, and words ready to be sent in the organisation's language."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import cast
from urllib.parse import quote, urlsplit
from zoneinfo import ZoneInfo

from flask import current_app, request, url_for

from assessment.domain.questionnaire import Language
from assessment.infra.languages import Localisation
from assessment.infra.settings import Settings
from assessment.services.members import Invited
from assessment.store.members import MemberInvitation
from assessment.store.organisations import Organisation
from assessment.web.rounds.sharing import ONLY_HERE


@dataclass(frozen=True, slots=True)
class InvitationWords:
    link: str
    subject: str
    message: str
    whatsapp: str
    language: Language
    is_only_here: bool
    """Whether the link leads to this very machine, so that nobody else can follow it."""


def last_day(invitation: MemberInvitation, organisation: Organisation) -> dt.date:
    """The day, where the organisation is, on which the link stops working."""
    return invitation.expires_at.astimezone(ZoneInfo(organisation.time_zone)).date()


def words_of(invited: Invited, organisation: Organisation) -> InvitationWords:
    """The invitation as its e-mail and as a message to hand on."""
    reader = Localisation("en" if organisation.language == "en" else "es", organisation.country)
    settings = cast(Settings, current_app.extensions["escala_settings"])
    link = (settings.base_url or request.host_url.rstrip("/")) + url_for("members.join", token=invited.token)
    message = "\n\n".join(
        (
            reader.gettext(
                "Hello. You are invited to work with %(organisation)s in Escala, where teams see how they serve and "
                "plan what to do better. To join, open this link:",
                organisation=organisation.name,
            ),
            link,
            reader.gettext(
                "It is only for you (%(email)s), works once and is valid until %(day)s. If you do not know what this "
                "is about, do nothing.",
                email=invited.invitation.email,
                day=reader.date(last_day(invited.invitation, organisation)),
            ),
        )
    )
    subject = reader.gettext("Your invitation to %(organisation)s in Escala", organisation=organisation.name)
    return InvitationWords(
        link=link,
        subject=subject,
        message=message,
        whatsapp=f"https://wa.me/?text={quote(message, safe='')}",
        language=reader.language,
        is_only_here=(urlsplit(link).hostname or "") in ONLY_HERE,
    )
