"""`/forgotten-password`: a link to set a new password, asked for by whoever knows an address.

The page does the same for every address: it writes down that somebody asked. Whether there is an account, and what its
link is, is found out later, after the answer, so that nobody learns it from how long the answer takes.
"""

from __future__ import annotations

import datetime as dt
import uuid
from functools import cache

from flask import Flask, flash, g, render_template
from flask_login import current_user
from flask_security.recoverable import generate_reset_link
from sqlalchemy.orm import Session
from wtforms import EmailField

from assessment.domain.questionnaire import Language
from assessment.infra.clock import utc_now
from assessment.infra.languages import Localisation, language_of
from assessment.infra.passwords import hash_password
from assessment.services.accounts import InvalidEmail, User, checked_email, find_active_account
from assessment.services.later_work import Job, JobOutcome, request_job
from assessment.services.outbox import queue_mail
from assessment.web.access import is_signed_in
from assessment.web.accounts.messages import MESSAGES, SUBJECTS
from assessment.web.forms import Form
from assessment.web.languages import lazy_gettext as _
from assessment.web.languages import reader
from assessment.web.mail import mailer_of, queue
from assessment.web.transactions import after_commit, session

KIND = "password-reset"
_SUBJECT = SUBJECTS["EMAIL_SUBJECT_PASSWORD_RESET"]
LINK_LIFETIME = dt.timedelta(days=1)
LONGEST_ADDRESS = 255


class ForgottenPasswordForm(Form):
    email = EmailField(_("E-mail"))


def forgotten_password() -> str:
    """In place of Flask-Security's view, whose time to answer reveals whether there is an account."""
    form = ForgottenPasswordForm()
    if form.validate_on_submit():
        _ask(form.email.data or "")
        words, category = MESSAGES["PASSWORD_RESET_REQUEST"]
        flash(reader().gettext(words), category)
    if is_signed_in():
        form.email.data = current_user.email
    return render_template("accounts/forgot_password.html", forgot_password_form=form)


def _ask(given: str) -> None:
    try:
        address = checked_email(given[: LONGEST_ADDRESS + 1])
    except InvalidEmail:  # nobody has such an address
        return
    if len(address) > LONGEST_ADDRESS:
        return
    carries = queue()
    job = request_job(session(), kind=KIND, arguments={"email": address, "language": reader().language}, now=utc_now())
    after_commit(lambda: carries.put("jobs", job.id))


def write_link(app: Flask, job: Job) -> _Letter:
    """The job: finds the account and makes its link; for an address without one, the same work with no e-mail."""
    email = str(job.arguments["email"])
    language = language_of(job.arguments["language"])
    with app.extensions["escala_database"].reading() as reading:
        account = find_active_account(reading, email=email)
    base_url = app.extensions["escala_settings"].base_url
    with app.test_request_context(base_url=base_url):
        g.escala_language = language
        link, _token = generate_reset_link(account or _nobody())  # type: ignore[no-untyped-call]
        text = app.jinja_env.get_template("emails/reset_instructions.txt").render(reset_link=link)
    return _Letter(app, str(account.email) if account else "", language, text)


class _Letter:
    """Keeps the e-mail, in the transaction that ends the job: one job, one e-mail."""

    def __init__(self, app: Flask, to: str, language: Language, text: str) -> None:
        self._app, self._to, self._language, self._text = app, to, language, text

    def __call__(self, session: Session) -> JobOutcome:
        sends = mailer_of(self._app)
        if not self._to or sends is None:
            return JobOutcome()
        message = queue_mail(
            session,
            message_id=sends.new_message_id(),
            to=self._to,
            subject=Localisation(self._language).gettext(_SUBJECT),
            text=self._text,
            language=self._language,
            lifetime=LINK_LIFETIME,
            now=utc_now(),
        )
        return JobOutcome(mail=message.id)


def _nobody() -> User:
    """An account that is in no database."""
    return User(email="nobody@escala.invalid", password=_some_hash(), fs_uniquifier=uuid.uuid4().hex, active=False)


@cache
def _some_hash() -> str:
    """As long as those of real accounts."""
    return hash_password(uuid.uuid4().hex)
