"""`…/rounds/<id>/e-mail`: whom a round is announced to by e-mail, and how far the messages are.

A list is read, and the page says how it was understood; sent once somebody confirms. Nothing here knows who has
answered: every message has the round's shared link.
"""

from __future__ import annotations

import json
import math
import uuid
from collections.abc import Sequence

from flask import current_app, flash, render_template
from flask_login import current_user
from werkzeug.wrappers import Response
from wtforms import BooleanField, EmailField
from wtforms.validators import Optional

from assessment.domain.access import Permission
from assessment.domain.rounds import RoundMode, RoundState, WrongRoundMode
from assessment.infra.clock import local_date, utc_now
from assessment.infra.languages import N_, language_of
from assessment.infra.tokens import new_token
from assessment.intake.addresses import GivenAddress, read_address_file, read_pasted_addresses
from assessment.services.access import Access
from assessment.services.accounts import InvalidEmail
from assessment.services.mailings import (
    NobodyToWriteTo,
    Notices,
    NotOfThisRound,
    TooSoon,
    notices_of,
    plan_notices,
    preview_invitation,
    remind,
)
from assessment.services.outbox import UNKNOWN_ADDRESS
from assessment.services.recipients import (
    MOST_RECIPIENTS,
    AlreadyReached,
    CheckedList,
    MailingKind,
    Person,
    RecipientsOfRound,
    TooManyRecipients,
    check_list,
    correct_address,
    has_people_of_last_round,
    invite_by_mail,
    people_of_last_round,
    recipients_of,
    remove_recipient,
    try_again,
    undelivered_of,
)
from assessment.services.retention import KEEPS_ADDRESSES
from assessment.services.rounds import Round
from assessment.services.teams import Team
from assessment.web import limits
from assessment.web.access import requires
from assessment.web.address_lists import ListForm, ListReading, SendForm, given_in
from assessment.web.fields import DayField
from assessment.web.forms import ConfirmForm, Form
from assessment.web.languages import lazy_gettext as _
from assessment.web.languages import reader
from assessment.web.lookups import load_round
from assessment.web.mail import addresses_of, mailer, secret
from assessment.web.pages import requested_page
from assessment.web.public_links import is_local_link
from assessment.web.reminders import next_reminder_words
from assessment.web.rounds.blueprint import blueprint
from assessment.web.sharing import answer_link
from assessment.web.stale import SettingsForm
from assessment.web.transactions import commit_early, session
from assessment.web.urls import redirect_to_round, round_url

PAGE = "rounds.by_mail"
WRONG_SHOWN = 50
KINDS = {
    MailingKind.INVITATION: N_("Invitation"),
    MailingKind.REMINDER: N_("Reminders"),
    MailingKind.CLOSING_SOON: N_("That it closes soon"),
    MailingKind.CLOSED: N_("That it has closed"),
    MailingKind.PLAN: N_("That the plan is shared"),
}
REASONS = {
    UNKNOWN_ADDRESS: N_("The mail server does not know this address."),
    "address": N_("The mail server took nothing for this address for a day."),
    "unreachable": N_("The mail server could not be reached for a day."),
    "sign-in": N_("The mail server did not let Escala sign in for a day."),
    "refused": N_("The mail server refused the message for a day."),
}
"""Why a message was given up."""
TOO_MANY = N_("A round can be announced to %(most)s addresses at most.")
LIST = ListReading(
    read_pasted_addresses,
    read_address_file,
    MOST_RECIPIENTS,
    N_("Please paste addresses, or choose a file with them."),
    TOO_MANY,
)


class NoticesForm(SettingsForm):
    """What Escala tells by itself. A field of what can be decided no more is taken out."""

    closing_soon = BooleanField(_("Two days before it closes, tell everybody"))
    closed = BooleanField(_("An hour after it has closed, thank everybody and say what happens next"))
    results_on = DayField(_("By which day do people hear of the results?"), [Optional()])


class AddressForm(Form):
    """The right address in the place of one that could not be reached."""

    address = EmailField(_("Right address"))


@blueprint.route("/<uuid:round_id>/e-mail", methods=["GET", "POST"])
@requires(Permission.MANAGE_ROUNDS)
def by_mail(access: Access, team_id: uuid.UUID, round_id: uuid.UUID) -> str | Response:
    """Reads a list; one that can be used leads to the second page, in the same answer."""
    team, round_ = load_round(access, team_id, round_id)
    if round_.mode is not RoundMode.ANSWERED:
        return redirect_to_round("rounds.round_", round_)
    form = ListForm()
    if form.validate_on_submit() and _takes_people(round_):
        given = given_in(form, LIST)
        if given is not None:
            return _show_check(access, team, round_, given, form)
    return _show(access, team, round_, form)


@blueprint.post("/<uuid:round_id>/e-mail/same")
@requires(Permission.MANAGE_ROUNDS)
def same_people(access: Access, team_id: uuid.UUID, round_id: uuid.UUID) -> str | Response:
    """The people of the team's last round, to be looked at."""
    team, round_ = load_round(access, team_id, round_id)
    given = people_of_last_round(session(), round_=round_)
    if not given or not _takes_people(round_):
        flash(reader().gettext("The addresses of the last round have been deleted by now."), "error")
        return redirect_to_round(PAGE, round_)
    return _show_check(access, team, round_, given, ListForm(formdata=None))


@blueprint.post("/<uuid:round_id>/e-mail/send")
@requires(Permission.MANAGE_ROUNDS)
def send_by_mail(access: Access, team_id: uuid.UUID, round_id: uuid.UUID) -> str | Response:
    """Keeps the people and writes to them. Whatever the form says of them is checked anew."""
    _team, round_ = load_round(access, team_id, round_id)
    form, sends = SendForm(), mailer()
    if sends is None or not form.validate_on_submit():
        return redirect_to_round(PAGE, round_)
    where = {"organisation_id": access.organisation_id, "round_id": round_.id}
    commit_early()  # nobody waits while thousands of addresses are looked at
    checked = check_list(
        session(),
        organisation_id=access.organisation_id,
        round_id=round_.id,
        given=_unpacked(form.people.data or ""),
        secret=secret(),
    )
    people = (*checked.people, *checked.removed) if form.also_removed.data else checked.people
    if people:
        limits.require(limits.ADDRESSES, f"announced:{access.organisation_id}", cost=len(people))
    try:
        with session().begin_nested():
            added = invite_by_mail(
                session(),
                **where,
                people=people,
                turn=form.turn.data or new_token(),
                reply_to=current_user.email if form.replies.data else "",
                new_message_id=sends.new_message_id,
                secret=secret(),
                now=utc_now(),
            )
    except TooManyRecipients:
        flash(_too_many(), "error")
    except (NotOfThisRound, WrongRoundMode):
        flash(reader().gettext("This round can no longer be announced by e-mail."), "error")
    else:
        if added:
            flash(
                reader().ngettext(
                    "The invitation is on its way to %(n)s person.",
                    "The invitation is on its way to %(n)s people.",
                    added,
                )
            )
        else:
            flash(reader().gettext("Everybody on this list was invited already: nobody gets it twice."))
    return redirect_to_round(PAGE, round_)


@blueprint.post("/<uuid:round_id>/e-mail/remind")
@requires(Permission.MANAGE_ROUNDS)
def remind_by_mail(access: Access, team_id: uuid.UUID, round_id: uuid.UUID) -> Response:
    _team, round_ = load_round(access, team_id, round_id)
    sends = mailer()
    if sends is None or not ConfirmForm().validate_on_submit():
        return redirect_to_round(PAGE, round_)
    try:
        with session().begin_nested():
            reached = remind(
                session(),
                organisation_id=access.organisation_id,
                round_id=round_.id,
                new_message_id=sends.new_message_id,
                now=utc_now(),
            )
    except TooSoon as soon:
        flash(next_reminder_words(soon.at, round_.closes_at, access.organisation.time_zone, reader()), "error")
    except (NobodyToWriteTo, NotOfThisRound):
        flash(reader().gettext("There is nobody to be reminded by e-mail."), "error")
    else:
        flash(
            reader().ngettext(
                "The reminder is on its way to %(n)s person.", "The reminder is on its way to %(n)s people.", reached
            )
        )
    return redirect_to_round(PAGE, round_)


@blueprint.post("/<uuid:round_id>/e-mail/notices")
@requires(Permission.MANAGE_ROUNDS)
def notices_by_mail(access: Access, team_id: uuid.UUID, round_id: uuid.UUID) -> Response:
    """What Escala tells by itself: that the round closes soon, and that it has closed."""
    _team, round_ = load_round(access, team_id, round_id)
    now = utc_now()
    form = _notices_form(notices_of(session(), round_=round_, now=now))
    if form.validate_on_submit():
        decided = Notices(
            closing_soon=bool(form.closing_soon.data) if "closing_soon" in form else None,
            closed=bool(form.closed.data) if "closed" in form else None,
            results_on=form.results_on.data if "results_on" in form else None,
        )
        plan_notices(session(), organisation_id=access.organisation_id, round_id=round_.id, notices=decided, now=now)
        flash(str(_("Saved.")))
    elif "results_on" in form and form.results_on.process_errors:
        flash(str(form.results_on.process_errors[0]), "error")
    else:
        flash(str(_("This was changed while the page was open. Look at how it stands now.")), "error")
    return redirect_to_round(PAGE, round_)


@blueprint.post("/<uuid:round_id>/e-mail/retry")
@requires(Permission.MANAGE_ROUNDS)
def retry_by_mail(access: Access, team_id: uuid.UUID, round_id: uuid.UUID) -> Response:
    """Tries all again that could not be delivered."""
    return _try_again(access, team_id, round_id, None)


@blueprint.post("/<uuid:round_id>/e-mail/recipients/<uuid:recipient_id>/retry")
@requires(Permission.MANAGE_ROUNDS)
def retry_recipient(access: Access, team_id: uuid.UUID, round_id: uuid.UUID, recipient_id: uuid.UUID) -> Response:
    return _try_again(access, team_id, round_id, recipient_id)


def _try_again(access: Access, team_id: uuid.UUID, round_id: uuid.UUID, recipient_id: uuid.UUID | None) -> Response:
    _team, round_ = load_round(access, team_id, round_id)
    if mailer() is None or not ConfirmForm().validate_on_submit():
        return redirect_to_round(PAGE, round_)
    where = {"organisation_id": access.organisation_id, "round_id": round_.id}
    wanted = undelivered_of(session(), **where, recipient_id=recipient_id)
    if wanted:  # before anything changes: counting commits
        limits.require(limits.ADDRESSES, f"announced:{access.organisation_id}", cost=len(wanted))
    if tried := try_again(session(), **where, recipient_id=recipient_id, now=utc_now()):
        flash(reader().ngettext("Escala tries %(n)s address again.", "Escala tries %(n)s addresses again.", tried))
    else:
        flash(reader().gettext("There is nothing to be tried again: what was not delivered is no longer valid."))
    return redirect_to_round(PAGE, round_)


@blueprint.post("/<uuid:round_id>/e-mail/recipients/<uuid:recipient_id>/correct")
@requires(Permission.MANAGE_ROUNDS)
def correct_recipient(access: Access, team_id: uuid.UUID, round_id: uuid.UUID, recipient_id: uuid.UUID) -> Response:
    """Another address in the place of one that could not be reached."""
    _team, round_ = load_round(access, team_id, round_id)
    form, sends = AddressForm(), mailer()
    if sends is None or not form.validate_on_submit():
        return redirect_to_round(PAGE, round_)
    where = {"organisation_id": access.organisation_id, "round_id": round_.id}
    if undelivered_of(session(), **where, recipient_id=recipient_id):  # before anything changes: counting commits
        limits.require(limits.ADDRESSES, f"announced:{access.organisation_id}")
    try:
        with session().begin_nested():
            address = correct_address(
                session(),
                **where,
                recipient_id=recipient_id,
                address=form.address.data or "",
                new_message_id=sends.new_message_id,
                secret=secret(),
                now=utc_now(),
            )
    except InvalidEmail:
        flash(reader().gettext("This is not an address that can be written to. Look at how it is written."), "error")
    except AlreadyReached:
        flash(reader().gettext("By now everything could be delivered to this address."))
    except (NotOfThisRound, WrongRoundMode):
        flash(reader().gettext("This round can no longer be announced by e-mail."), "error")
    else:
        flash(reader().gettext("The invitation goes to %(email)s.", email=address))
    return redirect_to_round(PAGE, round_)


@blueprint.post("/<uuid:round_id>/e-mail/recipients/<uuid:recipient_id>/remove")
@requires(Permission.MANAGE_ROUNDS)
def remove_from_mail(access: Access, team_id: uuid.UUID, round_id: uuid.UUID, recipient_id: uuid.UUID) -> Response:
    _team, round_ = load_round(access, team_id, round_id)
    if ConfirmForm().validate_on_submit():
        address = remove_recipient(
            session(),
            organisation_id=access.organisation_id,
            round_id=round_.id,
            recipient_id=recipient_id,
            secret=secret(),
        )
        flash(reader().gettext("%(email)s gets no more messages about this round.", email=address))
    return redirect_to_round(PAGE, round_)


def _takes_people(round_: Round) -> bool:
    """Whether people can be invited to the round by e-mail now."""
    state = round_.facts.state(utc_now())
    return mailer() is not None and not round_.has_personal_links and state in (RoundState.SCHEDULED, RoundState.OPEN)


def _recipients(access: Access, round_: Round, page: int = 1) -> RecipientsOfRound:
    return recipients_of(
        session(), organisation_id=access.organisation_id, round_id=round_.id, now=utc_now(), page=page
    )


def _notices_form(notices: Notices) -> NoticesForm:
    form = NoticesForm(
        closing_soon=bool(notices.closing_soon), closed=bool(notices.closed), results_on=notices.results_on
    )
    if notices.closing_soon is None:
        del form.closing_soon
    if notices.closed is None:
        del form.closed
        del form.results_on
    return form


def _show(access: Access, team: Team, round_: Round, form: ListForm) -> str:
    now, recipients = utc_now(), _recipients(access, round_, requested_page())
    per_minute = current_app.extensions["escala_settings"].mails_per_minute
    ended_at = min((at for at in (round_.stopped_at, round_.closes_at) if at and at <= now), default=None)
    return render_template(
        "rounds/by_mail.html",
        form=form,
        confirm=ConfirmForm(),
        notices=_notices_form(recipients.notices),
        reasons=REASONS,
        may_remind=recipients.may_remind_at is not None and recipients.may_remind_at <= now,
        next_reminder=next_reminder_words(
            recipients.may_remind_at, round_.closes_at, access.organisation.time_zone, reader()
        ),
        organisation=access.organisation,
        team=team,
        round=round_,
        state=round_.facts.state(now),
        recipients=recipients,
        kinds=KINDS,
        sends=mailer() is not None,
        takes_people=_takes_people(round_),
        minutes=math.ceil(recipients.waiting / per_minute),
        per_minute=per_minute,
        deleted_on=reader().date(local_date(ended_at + KEEPS_ADDRESSES, access.organisation.time_zone))
        if ended_at
        else "",
        has_last=_takes_people(round_) and has_people_of_last_round(session(), round_=round_),
        is_local_only=is_local_link(answer_link("")),
    )


def _show_check(
    access: Access, team: Team, round_: Round, given: Sequence[GivenAddress], form: ListForm
) -> str | Response:
    where = {"organisation_id": access.organisation_id, "round_id": round_.id}
    checked = check_list(
        session(), organisation_id=access.organisation_id, round_id=round_.id, given=given, secret=secret()
    )
    invited = _recipients(access, round_).total
    if invited + len(checked.people) + len(checked.removed) > MOST_RECIPIENTS:
        form.add_error(form.addresses, _too_many())
        return _show(access, team, round_, form)
    addresses = addresses_of(current_app)
    assert addresses is not None  # noqa: S101 - there is a mailer
    language = language_of(access.organisation.language)
    return render_template(
        "rounds/by_mail_check.html",
        form=_send_form(checked),
        organisation=access.organisation,
        team=team,
        round=round_,
        state=round_.facts.state(utc_now()),
        checked=checked,
        wrong_shown=checked.wrong[:WRONG_SHOWN],
        too_many=max(0, invited + len(checked.people) - round_.team_size),
        own_email=current_user.email,
        preview=preview_invitation(session(), **where, addresses=addresses, language=language),
        preview_language=language,
        is_local_only=is_local_link(answer_link("")),
        back=round_url(PAGE, round_),
    )


def _send_form(checked: CheckedList) -> SendForm:
    form = SendForm(formdata=None, people=_packed(checked), turn=new_token(), replies=True)
    if not checked.removed:
        del form.also_removed
    return form


def _too_many() -> str:
    return reader().gettext(TOO_MANY) % {"most": reader().number(MOST_RECIPIENTS)}


def _packed(checked: CheckedList) -> str:
    people = (*checked.people, *checked.removed)
    return json.dumps([[one.address, one.name, one.language] for one in people], ensure_ascii=False)


def _unpacked(packed: str) -> list[GivenAddress]:
    """What the second page carries; nothing of what is not ours."""
    try:
        people = [Person(*map(str, one)) for one in json.loads(packed)[:MOST_RECIPIENTS]]  # type: ignore[arg-type]
    except (ValueError, TypeError, RecursionError):
        return []
    return [GivenAddress(1, one.address, one.address, one.name, one.language) for one in people]
