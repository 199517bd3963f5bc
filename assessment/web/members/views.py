"""`/organisations/<id>/members…`, `/organisations/<id>/leave` and `/join/<token>`."""

from __future__ import annotations

import uuid
from collections.abc import Collection

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from assessment.domain.access import OF_ALL_TEAMS, OrganisationRole, Permission
from assessment.domain.audit import Details, Scope
from assessment.infra.clock import utc_now
from assessment.services.access import Access
from assessment.services.members import (
    INVITATION_LASTS,
    AlreadyMember,
    Invited,
    LastAdministrator,
    Member,
    NoTeams,
    change_role,
    get_member,
    get_own_membership,
    invite_member,
    leave_organisation,
    list_invitations,
    list_invited_teams,
    list_members,
    list_team_names,
    remove_member,
    withdraw_invitation,
)
from assessment.services.outbox import list_unsent, withdraw_mail
from assessment.services.paging import page_of
from assessment.web import limits
from assessment.web.access import requires
from assessment.web.auditing import describe_deed
from assessment.web.forms import ConfirmForm
from assessment.web.languages import lazy_gettext as _
from assessment.web.languages import reader
from assessment.web.mail import mailer, post
from assessment.web.members.forms import ChangeRoleForm, InviteForm, with_teams
from assessment.web.members.invitations import invitation_message, last_day
from assessment.web.members.join import join
from assessment.web.pages import requested_page
from assessment.web.roles import ROLE_NAMES, scope_words
from assessment.web.transactions import session
from assessment.web.urls import redirect_to_organisation

blueprint = Blueprint("members", __name__)
blueprint.add_url_rule("/join/<token>", "join", join, methods=["GET", "POST"])
NO_TEAMS = _("Tick at least one team, or choose all teams.")
MEMBERS = "/organisations/<uuid:organisation_id>/members"


@blueprint.get(MEMBERS)
@requires(Permission.MANAGE_MEMBERS)
def members(access: Access) -> str:
    now = utc_now()
    invited = list_invitations(session(), organisation_id=access.organisation_id, now=now)
    invited_teams = list_invited_teams(session(), organisation_id=access.organisation_id)
    everybody = list_members(session(), organisation_id=access.organisation_id)
    paging = page_of(requested_page(), len(everybody))
    people = everybody[paging.after : paging.after + paging.size]
    return render_template(
        "members/members.html",
        organisation=access.organisation,
        members=people,
        paging=paging,
        own_id=access.user_id,
        invited=[
            (
                one,
                scope_words(invited_teams.get(one.id), reader()),
                invited_teams.get(one.id),
                reader().date(last_day(one, access.organisation)),
            )
            for one in invited
        ],
        scopes={one.id: scope_words(one.teams, reader()) for one in people},
        role_names=ROLE_NAMES,
        form=ConfirmForm(),
        sends=mailer() is not None,
        unsent={one.to_address for one in list_unsent(session(), organisation_id=access.organisation_id)},
    )


@blueprint.route(f"{MEMBERS}/invite", methods=["GET", "POST"])
@requires(Permission.MANAGE_MEMBERS)
def invite(access: Access) -> str | Response:
    teams = list_team_names(session(), organisation_id=access.organisation_id)
    form = with_teams(InviteForm, teams, None, role=OrganisationRole.MANAGER.value)
    if form.validate_on_submit():
        # Neither a second administrator nor a second organisation sends strangers more.
        limits.require(limits.INVITATIONS, f"invites of:{access.organisation_id}")
        limits.require(limits.INVITATIONS, f"invites:{access.user_id}")
        try:
            invited = invite_member(
                session(),
                organisation_id=access.organisation_id,
                email=form.email.data or "",
                role=form.chosen_role,
                teams=form.chosen_teams,
                now=utc_now(),
            )
        except AlreadyMember:
            form.add_error(form.email, _("Somebody with this e-mail belongs to the organisation already."))
        except NoTeams:
            form.add_error(form.scope, NO_TEAMS)
        else:
            told = Details(
                role=invited.invitation.role,
                has_scope=True,
                scope=_scope(form.chosen_role, form.chosen_teams),
            )
            describe_deed(invitation_id=invited.invitation.id, details=told)
            return _deliver(invited, access)
    return render_template(
        "members/invite.html", form=form, organisation=access.organisation, sends=mailer() is not None
    )


def _deliver(invited: Invited, access: Access) -> str | Response:
    """Sends the invitation by e-mail; where Escala sends none, shows its link once."""
    message = invitation_message(invited, access.organisation)
    if mailer() is None:
        return render_template(
            "members/link.html", organisation=access.organisation, email=invited.invitation.email, message=message
        )
    email = invited.invitation.email
    withdraw_mail(session(), organisation_id=access.organisation_id, to=email, now=utc_now())
    post(
        to=email,
        subject=message.subject,
        text=message.text,
        language=message.language,
        organisation_id=access.organisation_id,
        lifetime=INVITATION_LASTS,
    )
    flash(
        reader().gettext(
            "The invitation will be sent to %(email)s in a moment. “E-mail” shows whether it could be sent.",
            email=email,
        )
    )
    return _to_members(access)


@blueprint.post(f"{MEMBERS}/invitations/<uuid:invitation_id>/withdraw")
@requires(Permission.MANAGE_MEMBERS)
def withdraw(access: Access, invitation_id: uuid.UUID) -> Response:
    email = withdraw_invitation(session(), organisation_id=access.organisation_id, invitation_id=invitation_id)
    withdraw_mail(session(), organisation_id=access.organisation_id, to=email, now=utc_now())
    flash(reader().gettext("The invitation of %(email)s is withdrawn; its link no longer works.", email=email))
    return _to_members(access)


@blueprint.route(f"{MEMBERS}/<uuid:membership_id>", methods=["GET", "POST"])
@requires(Permission.MANAGE_MEMBERS)
def member(access: Access, membership_id: uuid.UUID) -> str | Response:
    member = _member(access, membership_id)
    teams = list_team_names(session(), organisation_id=access.organisation_id)
    form = with_teams(ChangeRoleForm, teams, member.teams, role=member.role.value)
    if form.validate_on_submit():
        try:
            changed = change_role(
                session(),
                organisation_id=access.organisation_id,
                membership_id=membership_id,
                role=form.chosen_role,
                teams=form.chosen_teams,
            )
        except LastAdministrator:
            form.add_error(
                form.role, _("Nobody else administers the organisation. Give somebody else that role first.")
            )
        except NoTeams:
            form.add_error(form.scope, NO_TEAMS)
        else:
            told = Details(
                role=changed.role,
                role_before=member.role,
                has_scope=True,
                scope=_scope(changed.role, _ids(changed)),
                had_scope=True,
                scope_before=_scope(member.role, _ids(member)),
            )
            describe_deed(about_user_id=member.user_id, details=told)
            flash(str(_("Saved.")))
            stays = member.user_id != access.user_id or form.chosen_role is OrganisationRole.ADMINISTRATOR
            return _to_members(access) if stays else redirect_to_organisation(access.organisation_id)
    return render_template(
        "members/member.html", form=form, organisation=access.organisation, member=member, own_id=access.user_id
    )


@blueprint.route(f"{MEMBERS}/<uuid:membership_id>/remove", methods=["GET", "POST"])
@requires(Permission.MANAGE_MEMBERS)
def remove(access: Access, membership_id: uuid.UUID) -> str | Response:
    member = _member(access, membership_id)
    if member.user_id == access.user_id:
        return redirect(url_for("members.leave", organisation_id=access.organisation_id), 303)
    form = ConfirmForm()
    if form.validate_on_submit():
        email = remove_member(session(), organisation_id=access.organisation_id, membership_id=membership_id)
        describe_deed(about_user_id=member.user_id)
        flash(reader().gettext("%(email)s no longer belongs to the organisation.", email=email))
        return _to_members(access)
    return render_template("members/remove.html", form=form, organisation=access.organisation, member=member)


@blueprint.route("/organisations/<uuid:organisation_id>/leave", methods=["GET", "POST"])
@requires(Permission.SEE_TEAMS)
def leave(access: Access) -> str | Response:
    own = get_own_membership(session(), organisation_id=access.organisation_id, user_id=access.user_id)
    form = ConfirmForm()
    if form.validate_on_submit():
        leave_organisation(session(), organisation_id=access.organisation_id, user_id=access.user_id)
        flash(reader().gettext("You no longer belong to %(organisation)s.", organisation=access.organisation.name))
        return redirect(url_for("home.home"), 303)
    return render_template("members/leave.html", form=form, organisation=access.organisation, own=own)


def _scope(role: OrganisationRole, teams: Collection[uuid.UUID] | None) -> Scope | None:
    """Of which teams somebody of this role is: `None` is all."""
    return Scope.of(None if role in OF_ALL_TEAMS else teams)


def _ids(member: Member) -> list[uuid.UUID] | None:
    return None if member.teams is None else [id_ for id_, _name in member.teams]


def _member(access: Access, membership_id: uuid.UUID) -> Member:
    return get_member(session(), organisation_id=access.organisation_id, membership_id=membership_id)


def _to_members(access: Access) -> Response:
    return redirect(url_for("members.members", organisation_id=access.organisation_id), 303)
