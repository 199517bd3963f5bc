"""The message of an invitation with its link, ready to be sent, in the organisation's language."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from assessment.domain.plain_text import without_web_addresses
from assessment.domain.questionnaire import Language
from assessment.infra.clock import local_date
from assessment.infra.languages import Localisation, language_of
from assessment.services.members import Invited, MemberInvitation
from assessment.services.organisations import Organisation
from assessment.web.public_links import is_local_link, public_url, whatsapp_link


@dataclass(frozen=True, slots=True)
class InvitationMessage:
    link: str
    subject: str
    text: str
    whatsapp: str
    language: Language
    is_local_only: bool
    """Whether the link only works on this machine, so that nobody else can open it."""


def last_day(invitation: MemberInvitation, organisation: Organisation) -> dt.date:
    """The day, where the organisation is, on which the link stops working."""
    return local_date(invitation.expires_at, organisation.time_zone)


def invitation_message(invited: Invited, organisation: Organisation) -> InvitationMessage:
    """The text of an e-mail, which also serves as a message that an administrator sends."""
    reader = Localisation(language_of(organisation.language), organisation.country)
    name = without_web_addresses(organisation.name)
    link = public_url("members.join", token=invited.token)
    text = "\n\n".join(
        (
            reader.gettext(
                "Hello. You are invited to work with %(organisation)s in Escala, where teams see how good their "
                "service is and plan what to improve. To join, open this link:",
                organisation=name,
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
    subject = reader.gettext("Your invitation to %(organisation)s in Escala", organisation=name)
    return InvitationMessage(
        link=link,
        subject=subject,
        text=text,
        whatsapp=whatsapp_link(text),
        language=reader.language,
        is_local_only=is_local_link(link),
    )
