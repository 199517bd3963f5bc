"""`/organisations/<id>/e-mail`: for those who invite people, never with what a message says."""

from __future__ import annotations

import uuid
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from assessment.domain.access import Permission
from assessment.infra.clock import utc_now
from assessment.infra.languages import N_
from assessment.services.outbox import ListedMessage, NotToBeRetried, list_messages, retry_message
from assessment.store.organisations import Organisation
from assessment.store.outbox import OutboxState
from assessment.web.access import requires
from assessment.web.languages import reader
from assessment.web.mail import carry, mailer
from assessment.web.members.forms import ConfirmForm
from assessment.web.transactions import after_commit, session

blueprint = Blueprint("outbox", __name__, url_prefix="/organisations/<uuid:organisation_id>/e-mail")

STATES = {
    OutboxState.WAITING: N_("Waiting to be sent"),
    OutboxState.SENDING: N_("Being sent"),
    OutboxState.SENT: N_("Handed to the mail server"),
    OutboxState.FAILED: N_("Could not be sent"),
    OutboxState.EXPIRED: N_("Not sent: what it said is no longer valid"),
}
REASONS = {
    "unreachable": N_("The mail server did not answer. Whoever runs this server can check it."),
    "sign-in": N_("The mail server did not accept our name and password. Whoever runs this server can check them."),
    "address": N_("The mail server does not accept this address. Check it, and invite them again."),
    "refused": N_("The mail server refused the message. Whoever runs this server can ask why."),
}


@blueprint.get("")
@requires(Permission.MANAGE_MEMBERS)
def messages(organisation: Organisation) -> str:
    listed = list_messages(session(), organisation_id=organisation.id)
    return render_template(
        "outbox/messages.html",
        organisation=organisation,
        messages=[(message, _moments(message, organisation)) for message in listed],
        states=STATES,
        reasons=REASONS,
        form=ConfirmForm(),
        sends=mailer() is not None,
    )


@blueprint.post("/<uuid:message_id>/retry")
@requires(Permission.MANAGE_MEMBERS)
def retry(organisation: Organisation, message_id: uuid.UUID) -> Response:
    try:
        message = retry_message(session(), organisation_id=organisation.id, message_id=message_id, now=utc_now())
    except NotToBeRetried:
        flash(reader().gettext("This message cannot be tried again. Look at how it stands now."), "error")
    else:
        after_commit(lambda: carry(message))
        flash(reader().gettext("Escala tries again to send the message to %(email)s.", email=message.to_address))
    return redirect(url_for(".messages", organisation_id=organisation.id), 303)


def _moments(message: ListedMessage, organisation: Organisation) -> str:
    """When it was sent, or is tried next, else when it was written: day and hour where the organisation is."""
    moment = message.sent_at or message.created_at
    if message.state is OutboxState.WAITING and message.attempts:
        moment = message.next_attempt_at
    local = moment.astimezone(ZoneInfo(organisation.time_zone))
    return f"{reader().date(local.date())}, {reader().time(local)}"
