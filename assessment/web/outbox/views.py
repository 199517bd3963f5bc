"""`/organisations/<id>/e-mail`: for those who invite people, never with what a message says."""

from __future__ import annotations

import uuid

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from assessment.domain.access import Permission
from assessment.infra.clock import utc_now
from assessment.infra.languages import N_
from assessment.services.access import Access
from assessment.services.outbox import (
    UNKNOWN_ADDRESS,
    ListedMessage,
    NotToBeRetried,
    OutboxState,
    list_messages,
    retry_message,
)
from assessment.web.access import requires
from assessment.web.dates import format_time
from assessment.web.forms import ConfirmForm
from assessment.web.languages import reader
from assessment.web.mail import carry, mailer
from assessment.web.transactions import after_commit, session

blueprint = Blueprint("outbox", __name__, url_prefix="/organisations/<uuid:organisation_id>/e-mail")

STATES = {
    OutboxState.WAITING: N_("Waiting to be sent"),
    OutboxState.SENDING: N_("Being sent"),
    OutboxState.SENT: N_("Handed to the mail server"),
    OutboxState.FAILED: N_("Could not be sent"),
    OutboxState.SKIPPED: N_("Handed to the mail server"),
    OutboxState.EXPIRED: N_("Not sent: what it said is no longer valid"),
}
REASONS = {
    "unreachable": N_("The mail server did not answer. Whoever runs this server can check it."),
    "sign-in": N_("The mail server did not accept our name and password. Whoever runs this server can check them."),
    "address": N_("The mail server does not accept this address. Check it, and invite them again."),
    "refused": N_("The mail server refused the message. Whoever runs this server can ask why."),
}
REASONS_OF_MAILINGS = REASONS | {
    "address": N_("The mail server does not take messages for this address now."),
    UNKNOWN_ADDRESS: N_("The mail server does not know this address. Correct it on the round’s page “by e-mail”."),
}
REASONS_ABOUT_ACCOUNTS = REASONS | {
    "address": N_(
        "The mail server does not accept this address, so nothing about their account reaches them. If they wait for "
        "the link to a new password, whoever runs this server can set one with “escala reset-password”."
    )
}
"""Of messages that only their reader can ask for again."""


@blueprint.get("")
@requires(Permission.MANAGE_MEMBERS)
def messages(access: Access) -> str:
    listed = list_messages(session(), organisation_id=access.organisation_id)
    return render_template(
        "outbox/messages.html",
        organisation=access.organisation,
        messages=[(message, _moment(message, access), _reasons(message).get(message.reason)) for message in listed],
        states=STATES,
        form=ConfirmForm(),
        sends=mailer() is not None,
    )


@blueprint.post("/<uuid:message_id>/retry")
@requires(Permission.MANAGE_MEMBERS)
def retry(access: Access, message_id: uuid.UUID) -> Response:
    try:
        message = retry_message(session(), organisation_id=access.organisation_id, message_id=message_id, now=utc_now())
    except NotToBeRetried:
        flash(reader().gettext("This message cannot be tried again. Look at how it stands now."), "error")
    else:
        after_commit(lambda: carry(message))
        flash(reader().gettext("Escala tries again to send the message to %(email)s.", email=message.to_address))
    return redirect(url_for(".messages", organisation_id=access.organisation_id), 303)


def _reasons(message: ListedMessage) -> dict[str, str]:
    if message.is_of_mailing:
        return REASONS_OF_MAILINGS
    return REASONS_ABOUT_ACCOUNTS if message.is_about_account else REASONS


def _moment(message: ListedMessage, access: Access) -> str:
    """When it was sent, or is tried next, else when it was written."""
    moment = message.sent_at or message.created_at
    if message.state is OutboxState.WAITING and message.attempts:
        moment = message.next_attempt_at
    return format_time(moment, access.organisation.time_zone, reader())
