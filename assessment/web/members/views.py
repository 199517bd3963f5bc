"""`/organisations/<id>/members…`, `/organisations/<id>/leave` and `/join/<token>`."""

from __future__ import annotations

import uuid

from flask import Blueprint, current_app, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from assessment.domain.access import OrganisationRole, Permission
from assessment.infra.clock import utc_now
from assessment.services.members import (
    INVITATION_LASTS,
    AlreadyMember,
    Invited,
    LastAdministrator,
    Member,
    change_role,
    get_member,
    get_own_membership,
    invite_member,
    leave_organisation,
    list_invitations,
    list_members,
    remove_member,
    withdraw_invitation,
)
from assessment.services.outbox import list_unsent, withdraw_mail
from assessment.store.organisations import Organisation
from assessment.web import limits
from assessment.web.access import requires, user_id
from assessment.web.languages import lazy_gettext as _
from assessment.web.languages import reader
from assessment.web.mail import mailer, post
from assessment.web.members.forms import ROLE_NAMES, ConfirmForm, InviteForm, RoleForm
from assessment.web.members.invitations import last_day, words_of
from assessment.web.members.join import join
from assessment.web.transactions import session

blueprint = Blueprint("members", __name__)
blueprint.add_url_rule("/join/<token>", "join", join, methods=["GET", "POST"])
MEMBERS = "/organisations/<uuid:organisation_id>/members"


@blueprint.get(MEMBERS)
@requires(Permission.MANAGE_MEMBERS)
def members(organisation: Organisation) -> str:
    now = utc_now()
    invited = list_invitations(session(), organisation_id=organisation.id, now=now)
    return render_template(
        "members/members.html",
        organisation=organisation,
        members=list_members(session(), organisation_id=organisation.id),
        own_id=user_id(),
        invited=[(one, reader().date(last_day(one, organisation))) for one in invited],
        role_names=ROLE_NAMES,
        form=ConfirmForm(),
        sends=mailer() is not None,
        unsent={one.to_address for one in list_unsent(session(), organisation_id=organisation.id)},
    )


@blueprint.route(f"{MEMBERS}/invite", methods=["GET", "POST"])
@requires(Permission.MANAGE_MEMBERS)
def invite(organisation: Organisation) -> str | Response:
    form = InviteForm(role=OrganisationRole.MANAGER.value)
    if form.validate_on_submit():
        with limits.limiter(current_app).limit(limits.INVITATIONS, key_func=lambda: f"invites:{user_id()}"):
            try:
                invited = invite_member(
                    session(),
                    organisation_id=organisation.id,
                    email=form.email.data or "",
                    role=form.chosen_role,
                    now=utc_now(),
                )
            except AlreadyMember:
                form.blame(form.email, _("Somebody with this e-mail belongs to the organisation already."))
            else:
                return _hand_on(invited, organisation)
    return render_template("members/invite.html", form=form, organisation=organisation, sends=mailer() is not None)


def _hand_on(invited: Invited, organisation: Organisation) -> str | Response:
    """By e-mail, where Escala sends any; else the link is shown once, to be handed on."""
    words = words_of(invited, organisation)
    if mailer() is None:
        return render_template(
            "members/link.html", organisation=organisation, email=invited.invitation.email, words=words
        )
    withdraw_mail(session(), organisation_id=organisation.id, to=invited.invitation.email, now=utc_now())
    post(
        to=invited.invitation.email,
        subject=words.subject,
        text=words.message,
        language=words.language,
        organisation_id=organisation.id,
        lasts=INVITATION_LASTS,
    )
    flash(
        reader().gettext(
            "The invitation will be sent to %(email)s in a moment. Under “E-mail” you see whether it could be.",
            email=invited.invitation.email,
        )
    )
    return _to_members(organisation)


@blueprint.post(f"{MEMBERS}/invitations/<uuid:invitation_id>/withdraw")
@requires(Permission.MANAGE_MEMBERS)
def withdraw(organisation: Organisation, invitation_id: uuid.UUID) -> Response:
    email = withdraw_invitation(session(), organisation_id=organisation.id, invitation_id=invitation_id)
    withdraw_mail(session(), organisation_id=organisation.id, to=email, now=utc_now())
    flash(reader().gettext("The invitation of %(email)s is withdrawn; its link leads nowhere now.", email=email))
    return _to_members(organisation)


@blueprint.route(f"{MEMBERS}/<uuid:membership_id>", methods=["GET", "POST"])
@requires(Permission.MANAGE_MEMBERS)
def member(organisation: Organisation, membership_id: uuid.UUID) -> str | Response:
    found = _member(organisation, membership_id)
    form = RoleForm(role=found.role.value)
    if form.validate_on_submit():
        try:
            change_role(session(), organisation_id=organisation.id, membership_id=membership_id, role=form.chosen_role)
        except LastAdministrator:
            form.blame(form.role, _("Nobody else administers the organisation. Give somebody else that role first."))
        else:
            flash(str(_("Saved.")))
            stays = found.user_id != user_id() or form.chosen_role is OrganisationRole.ADMINISTRATOR
            return _to_members(organisation) if stays else _to_organisation(organisation)
    return render_template("members/member.html", form=form, organisation=organisation, member=found, own_id=user_id())


@blueprint.route(f"{MEMBERS}/<uuid:membership_id>/remove", methods=["GET", "POST"])
@requires(Permission.MANAGE_MEMBERS)
def remove(organisation: Organisation, membership_id: uuid.UUID) -> str | Response:
    found = _member(organisation, membership_id)
    if found.user_id == user_id():
        return redirect(url_for("members.leave", organisation_id=organisation.id), 303)
    form = ConfirmForm()
    if form.validate_on_submit():
        email = remove_member(session(), organisation_id=organisation.id, membership_id=membership_id)
        flash(reader().gettext("%(email)s no longer belongs to the organisation.", email=email))
        return _to_members(organisation)
    return render_template("members/remove.html", form=form, organisation=organisation, member=found)


@blueprint.route("/organisations/<uuid:organisation_id>/leave", methods=["GET", "POST"])
@requires(Permission.SEE_TEAMS)
def leave(organisation: Organisation) -> str | Response:
    own = get_own_membership(session(), organisation_id=organisation.id, user_id=user_id())
    form = ConfirmForm()
    if form.validate_on_submit():
        leave_organisation(session(), organisation_id=organisation.id, user_id=user_id())
        flash(reader().gettext("You no longer belong to %(organisation)s.", organisation=organisation.name))
        return redirect(url_for("home.home"), 303)
    return render_template("members/leave.html", form=form, organisation=organisation, own=own)


def _member(organisation: Organisation, membership_id: uuid.UUID) -> Member:
    return get_member(session(), organisation_id=organisation.id, membership_id=membership_id)


def _to_members(organisation: Organisation) -> Response:
    return redirect(url_for("members.members", organisation_id=organisation.id), 303)


def _to_organisation(organisation: Organisation) -> Response:
    return redirect(url_for("organisations.organisation", organisation_id=organisation.id), 303)
