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
from flask_wtf.file import FileField
from werkzeug.wrappers import Response
from wtforms import BooleanField, HiddenField, TextAreaField

from assessment.domain.access import Permission
from assessment.domain.rounds import RoundMode, RoundState, WrongRoundMode
from assessment.infra.clock import local_date, utc_now
from assessment.infra.languages import N_, language_of
from assessment.infra.tokens import new_token
from assessment.intake.addresses import GivenAddress, read_address_file, read_pasted_addresses
from assessment.intake.problems import InvalidFile, describe
from assessment.services.access import Access
from assessment.services.mailings import (
    BEFORE_CLOSING,
    AlreadyToday,
    NobodyToWriteTo,
    NotOfThisRound,
    plan_closing_reminder,
    preview_invitation,
    remind,
)
from assessment.services.recipients import (
    MOST_RECIPIENTS,
    CheckedList,
    MailingKind,
    Person,
    RecipientsOfRound,
    TooManyRecipients,
    check_list,
    has_people_of_last_round,
    invite_by_mail,
    people_of_last_round,
    recipients_of,
    remove_recipient,
)
from assessment.services.retention import KEEPS_ADDRESSES
from assessment.services.rounds import Round
from assessment.services.teams import Team
from assessment.web import limits
from assessment.web.access import requires
from assessment.web.forms import ConfirmForm, Form
from assessment.web.languages import lazy_gettext as _
from assessment.web.languages import reader
from assessment.web.lookups import load_round
from assessment.web.mail import addresses_of, mailer, secret
from assessment.web.pages import requested_page
from assessment.web.prepare import documents, make_now
from assessment.web.public_links import is_local_link
from assessment.web.rounds.blueprint import blueprint
from assessment.web.rounds.import_file import LARGEST_FILE
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
    MailingKind.PLAN: N_("That the plan is shared"),
}


class ListForm(Form):
    """A list of people, pasted or in a file."""

    addresses = TextAreaField(_("Addresses"))
    file = FileField(_("Or a file"))


class SendForm(Form):
    """The people of a list, as they were understood. They travel in the form: nothing is stored before it is sent."""

    people = HiddenField()
    turn = HiddenField()
    replies = BooleanField(_("Answers to the messages go to my e-mail"))


class ClosingForm(SettingsForm):
    tells_before_closing = BooleanField(_("Two days before it closes, tell everybody"))


@blueprint.route("/<uuid:round_id>/e-mail", methods=["GET", "POST"])
@requires(Permission.MANAGE_ROUNDS)
def by_mail(access: Access, team_id: uuid.UUID, round_id: uuid.UUID) -> str | Response:
    """Reads a list; one that can be used leads to the second page, in the same answer."""
    team, round_ = load_round(access, team_id, round_id)
    if round_.mode is not RoundMode.ANSWERED:
        return redirect_to_round("rounds.round_", round_)
    form = ListForm()
    if form.validate_on_submit() and _takes_people(round_):
        given = _given(form)
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
    checked = check_list(session(), **where, given=_unpacked(form.people.data or ""))
    if checked.people:
        limits.require(limits.ADDRESSES, f"announced:{access.organisation_id}", cost=len(checked.people))
    try:
        with session().begin_nested():
            added = invite_by_mail(
                session(),
                **where,
                people=checked.people,
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
                secret=secret(),
                now=utc_now(),
            )
    except AlreadyToday:
        flash(reader().gettext("Everybody was written to today: a reminder can go out tomorrow."), "error")
    except (NobodyToWriteTo, NotOfThisRound):
        flash(reader().gettext("There is nobody to be reminded by e-mail."), "error")
    else:
        flash(
            reader().ngettext(
                "The reminder is on its way to %(n)s person.", "The reminder is on its way to %(n)s people.", reached
            )
        )
    return redirect_to_round(PAGE, round_)


@blueprint.post("/<uuid:round_id>/e-mail/closing")
@requires(Permission.MANAGE_ROUNDS)
def closing_by_mail(access: Access, team_id: uuid.UUID, round_id: uuid.UUID) -> Response:
    _team, round_ = load_round(access, team_id, round_id)
    form = _closing_form(_recipients(access, round_))
    if form.validate_on_submit():
        plan_closing_reminder(
            session(),
            organisation_id=access.organisation_id,
            round_id=round_.id,
            is_on=bool(form.tells_before_closing.data),
            now=utc_now(),
        )
        flash(str(_("Saved.")))
    else:
        flash(str(_("This was changed while the page was open. Look at how it stands now.")), "error")
    return redirect_to_round(PAGE, round_)


@blueprint.post("/<uuid:round_id>/e-mail/recipients/<uuid:recipient_id>/remove")
@requires(Permission.MANAGE_ROUNDS)
def remove_from_mail(access: Access, team_id: uuid.UUID, round_id: uuid.UUID, recipient_id: uuid.UUID) -> Response:
    _team, round_ = load_round(access, team_id, round_id)
    if ConfirmForm().validate_on_submit():
        address = remove_recipient(
            session(), organisation_id=access.organisation_id, round_id=round_.id, recipient_id=recipient_id
        )
        flash(reader().gettext("%(email)s gets no more messages about this round.", email=address))
    return redirect_to_round(PAGE, round_)


def _takes_people(round_: Round) -> bool:
    """Whether people can be invited to the round by e-mail now."""
    state = round_.facts.state(utc_now())
    return mailer() is not None and not round_.has_personal_links and state in (RoundState.SCHEDULED, RoundState.OPEN)


def _recipients(access: Access, round_: Round, page: int = 1) -> RecipientsOfRound:
    return recipients_of(
        session(), organisation_id=access.organisation_id, round_id=round_.id, secret=secret(), page=page
    )


def _closing_form(recipients: RecipientsOfRound) -> ClosingForm:
    return ClosingForm(tells_before_closing=recipients.is_closing_planned)


def _show(access: Access, team: Team, round_: Round, form: ListForm) -> str:
    now, recipients = utc_now(), _recipients(access, round_, requested_page())
    per_minute = current_app.extensions["escala_settings"].mails_per_minute
    ended_at = min((at for at in (round_.stopped_at, round_.closes_at) if at and at <= now), default=None)
    return render_template(
        "rounds/by_mail.html",
        form=form,
        confirm=ConfirmForm(),
        closing=_closing_form(recipients),
        organisation=access.organisation,
        team=team,
        round=round_,
        state=round_.facts.state(now),
        recipients=recipients,
        kinds=KINDS,
        sends=mailer() is not None,
        takes_people=_takes_people(round_),
        tells_before_closing=round_.closes_at is not None and now + BEFORE_CLOSING < round_.closes_at,
        minutes=math.ceil(recipients.waiting / per_minute),
        per_minute=per_minute,
        deleted_on=reader().date(local_date(ended_at + KEEPS_ADDRESSES, access.organisation.time_zone))
        if ended_at
        else "",
        has_last=_takes_people(round_) and has_people_of_last_round(session(), round_=round_),
        is_local_only=is_local_link(answer_link("")),
    )


def _given(form: ListForm) -> list[GivenAddress] | None:
    """The people that were pasted and those of the file; else `None`, and the form says why."""
    given = read_pasted_addresses(form.addresses.data or "")
    if form.file.data:
        data = form.file.data.stream.read(LARGEST_FILE + 1)
        form.file.data.close()
        if len(data) > LARGEST_FILE:
            form.add_error(form.file, _("The file is larger than 1 MB. Send only names and addresses."))
            return None
        if data:
            commit_early()
            try:
                given += make_now(documents().files, read_address_file, data)
            except InvalidFile as invalid:
                form.add_error(form.file, describe(invalid.problems[0], reader()))
                return None
    if not given:
        form.add_error(form.addresses, _("Please paste addresses, or choose a file with them."))
        return None
    return given


def _show_check(
    access: Access, team: Team, round_: Round, given: Sequence[GivenAddress], form: ListForm
) -> str | Response:
    where = {"organisation_id": access.organisation_id, "round_id": round_.id}
    checked = check_list(session(), **where, given=given)
    invited = _recipients(access, round_).total
    if invited + len(checked.people) > MOST_RECIPIENTS:
        form.add_error(form.addresses, _too_many())
        return _show(access, team, round_, form)
    addresses = addresses_of(current_app)
    assert addresses is not None  # noqa: S101 - there is a mailer
    language = language_of(access.organisation.language)
    return render_template(
        "rounds/by_mail_check.html",
        form=SendForm(formdata=None, people=_packed(checked), turn=new_token(), replies=True),
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


def _too_many() -> str:
    return reader().gettext(
        "A round can be announced to %(most)s addresses at most.", most=reader().number(MOST_RECIPIENTS)
    )


def _packed(checked: CheckedList) -> str:
    return json.dumps([[one.address, one.name, one.language] for one in checked.people], ensure_ascii=False)


def _unpacked(packed: str) -> list[GivenAddress]:
    """What the second page carries; nothing of what is not ours."""
    try:
        people = [Person(*map(str, one)) for one in json.loads(packed)]  # type: ignore[arg-type]
    except (ValueError, TypeError, RecursionError):
        return []
    return [GivenAddress(1, one.address, one.address, one.name, one.language) for one in people]
