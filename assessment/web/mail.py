"""E-mail from pages: at once where somebody waits to hear that it went, else behind the answer."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any, cast

from flask import Flask, current_app, g
from flask_security import MailUtil
from werkzeug.wrappers import Response

from assessment.infra.mail import Mailer, MailNotSent, make_mailer
from assessment.infra.settings import Settings

_MAILER, _POST, _OUTGOING = "escala_mailer", "escala_post", "escala_outgoing"


def mailer() -> Mailer | None:
    """What sends, or `None` where no e-mail can be sent."""
    return cast("Mailer | None", current_app.extensions[_MAILER])


class MailAfterwards(MailUtil):
    """Flask-Security's messages leave after the answer: how long that takes tells nobody whether an account exists."""

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
        g.setdefault(_OUTGOING, []).append({"to": str(recipient), "subject": str(subject), "words": body or ""})


def _send(app: Flask, message: dict[str, str]) -> None:
    try:
        app.extensions[_MAILER].send(**message)
    except MailNotSent as why:  # never with a trace: a server's refusal names the address
        app.logger.error("an e-mail was not sent: %s", why)


def init_app(app: Flask, settings: Settings) -> None:
    # A link in an e-mail must not believe the address that a visitor claims to have come to.
    sends = settings.smtp_url is not None and settings.base_url is not None
    app.extensions[_MAILER] = make_mailer(settings.smtp_url or "", settings.base_url) if sends else None
    app.extensions[_POST] = ThreadPoolExecutor(1, thread_name_prefix="mail")

    @app.after_request
    def drop(response: Response) -> Response:
        """What was not done is not told."""
        if response.status_code >= 400:
            g.pop(_OUTGOING, None)
        return response

    @app.teardown_request
    def post(error: BaseException | None) -> None:
        """Once everything is committed, by a thread of its own."""
        for message in g.pop(_OUTGOING, []) if error is None else []:
            app.extensions[_POST].submit(_send, app, message)
