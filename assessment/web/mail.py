"""E-mail from pages: written with what the request changes, sent once that is committed (`services.outbox`)."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any, cast

from flask import Flask, current_app
from flask_security import MailUtil
from flask_security.mail_util import EmailValidateException
from flask_security.utils import get_message

from assessment.domain.questionnaire import Language
from assessment.infra.clock import utc_now
from assessment.infra.mail import Mailer, make_mailer
from assessment.infra.queue import Queue
from assessment.infra.settings import Settings
from assessment.services.accounts import InvalidEmail, checked_email
from assessment.services.mailings import MailAddresses
from assessment.services.outbox import LIFETIME, OutboxMessage, queue_mail
from assessment.web.languages import reader
from assessment.web.transactions import after_commit, session

_MAILER = "escala_mailer"


def mailer_of(app: Flask) -> Mailer | None:
    """What sends, or `None` where no e-mail can be sent."""
    return cast("Mailer | None", app.extensions[_MAILER])


def mailer() -> Mailer | None:
    return mailer_of(current_app)


def addresses_of(app: Flask) -> MailAddresses | None:
    """What links in messages of mailings are made of, or `None` where no e-mail can be sent."""
    settings = cast(Settings, app.extensions["escala_settings"])
    if mailer_of(app) is None or settings.base_url is None:
        return None
    return MailAddresses(settings.base_url, settings.secret_key)


def secret() -> str:
    """The server's key, of which links that unsubscribe are made."""
    return cast(Settings, current_app.extensions["escala_settings"]).secret_key


def queue() -> Queue:
    return cast(Queue, current_app.extensions["escala_queue"])


def post(
    *,
    to: str,
    subject: str,
    text: str,
    language: Language | None = None,
    organisation_id: uuid.UUID | None = None,
    lifetime: dt.timedelta = LIFETIME,
) -> None:
    """Writes a message that is sent once the request is committed. To be called only where there is a `mailer`."""
    sends = mailer()
    assert sends is not None  # noqa: S101 - whoever calls has asked
    message = queue_mail(
        session(),
        message_id=sends.new_message_id(),
        to=to,
        subject=subject,
        text=text,
        language=language or reader().language,
        organisation_id=organisation_id,
        lifetime=lifetime,
        now=utc_now(),
    )
    after_commit(lambda: carry(message))


def carry(message: OutboxMessage) -> None:
    """Puts the message's id into the queue."""
    queue().put("mail", message.id)


class QueuedMail(MailUtil):
    """Flask-Security's messages go the same way, and its forms know accounts by the address as it is kept."""

    def normalize(self, email: str) -> str:
        try:
            return checked_email(email)
        except InvalidEmail:
            raise EmailValidateException(get_message("INVALID_EMAIL_ADDRESS")[0]) from None

    def validate(self, email: str) -> str:
        return self.normalize(email)

    def send_mail(
        self,
        template: str,
        subject: str,
        recipient: Any,
        sender: Any,
        body: str | None,
        html: str | None,
        **kwargs: Any,
    ) -> None:
        post(to=str(recipient), subject=str(subject), text=body or "")


def init_app(app: Flask, settings: Settings) -> None:
    # A link in an e-mail must not believe the address that a visitor claims to have come to.
    sends = settings.smtp_url is not None and settings.base_url is not None
    app.extensions[_MAILER] = make_mailer(settings.smtp_url or "", settings.base_url) if sends else None
