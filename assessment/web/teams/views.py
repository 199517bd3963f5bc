"""`/organisations/<id>/teams/…`."""

from __future__ import annotations

import uuid

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from assessment.domain.access import Permission
from assessment.infra.clock import utc_now
from assessment.services.overview import may_do
from assessment.services.team_points import (
    PHASES,
    LastPoint,
    TooManyPoints,
    add_point,
    move_point,
    points_of,
    remove_point,
    rename_points,
)
from assessment.services.team_rounds import list_rounds
from assessment.services.teams import (
    InvalidPoints,
    TeamNameTaken,
    change_team,
    create_team,
    get_team,
    points_of_kind,
    set_targets,
)
from assessment.store.organisations import Organisation
from assessment.web.access import requires, user_id
from assessment.web.forms import choices_of
from assessment.web.languages import lazy_gettext as _
from assessment.web.languages import reader
from assessment.web.teams.forms import (
    NewTeamForm,
    PointsForm,
    TeamForm,
    kind_choices,
    kind_name,
    kind_named,
    points_form,
    targets_form,
    usual_target,
)
from assessment.web.transactions import session

blueprint = Blueprint("teams", __name__, url_prefix="/organisations/<uuid:organisation_id>/teams")


@blueprint.route("/new", methods=["GET", "POST"])
@requires(Permission.MANAGE_TEAMS)
def new(organisation: Organisation) -> str | Response:
    form = NewTeamForm()
    form.kind.choices = choices_of(kind_choices(reader()))
    if form.validate_on_submit():
        try:
            team = create_team(
                session(),
                organisation_id=organisation.id,
                name=form.name.data or "",
                size=form.size.data or 0,
                kind=form.kind.data,
                points=points_of_kind(kind_named(form.kind.data), "en" if organisation.language == "en" else "es"),
                now=utc_now(),
            )
        except TeamNameTaken:
            form.blame(form.name, _("Another team has this name already. Please choose another."))
        else:
            return _to_team(organisation, team.id)
    return render_template("teams/new.html", form=form, organisation=organisation)


@blueprint.get("/<uuid:team_id>")
@requires(Permission.SEE_TEAMS)
def team(organisation: Organisation, team_id: uuid.UUID) -> str:
    found = get_team(session(), organisation_id=organisation.id, team_id=team_id)
    return render_template(
        "teams/team.html",
        organisation=organisation,
        team=found,
        points=points_of(found),
        kind=kind_name(found.kind, reader()),
        under_way=list_rounds(session(), user_id=user_id(), team=found, now=utc_now()).under_way,
        may_manage=may_do(session(), user_id=user_id(), organisation=organisation, permission=Permission.MANAGE_TEAMS),
    )


@blueprint.route("/<uuid:team_id>/edit", methods=["GET", "POST"])
@requires(Permission.MANAGE_TEAMS)
def edit(organisation: Organisation, team_id: uuid.UUID) -> str | Response:
    found = get_team(session(), organisation_id=organisation.id, team_id=team_id)
    form = TeamForm(obj=found)
    if form.validate_on_submit():
        try:
            change_team(
                session(),
                organisation_id=organisation.id,
                team_id=team_id,
                name=form.name.data or "",
                size=form.size.data or 0,
            )
        except TeamNameTaken:
            form.blame(form.name, _("Another team has this name already. Please choose another."))
        else:
            flash(str(_("Saved.")))
            return _to_team(organisation, team_id)
    return render_template("teams/edit.html", form=form, organisation=organisation, team=found)


@blueprint.route("/<uuid:team_id>/points", methods=["GET", "POST"])
@requires(Permission.MANAGE_TEAMS)
def points(organisation: Organisation, team_id: uuid.UUID) -> str | Response:
    found = get_team(session(), organisation_id=organisation.id, team_id=team_id)
    sequence = points_of(found)
    form = points_form(sequence)
    if form.validate_on_submit() and _change_points(form, organisation.id, team_id):
        act, _between, point_id = request.form.get("act", "save").partition(":")
        if act == "done":
            flash(str(_("Saved.")))
            return _to_team(organisation, team_id)
        place = f"#row-{point_id}" if act in ("up", "down") else ""
        return redirect(url_for(".points", organisation_id=organisation.id, team_id=team_id) + place, 303)
    return render_template("teams/points.html", form=form, organisation=organisation, team=found, points=sequence)


def _change_points(form: PointsForm, organisation_id: uuid.UUID, team_id: uuid.UUID) -> bool:
    """Keeps the names, then does what the pressed button says. Whether nothing was refused."""
    where = {"organisation_id": organisation_id, "team_id": team_id}
    act, _between, point_id = request.form.get("act", "save").partition(":")
    names = {name.removeprefix("point-"): field.data for name, field in form._fields.items() if name[:6] == "point-"}
    try:
        with session().begin_nested():
            rename_points(session(), **where, names=names)
            if act in ("up", "down"):
                move_point(session(), **where, point_id=point_id, by=-1 if act == "up" else 1)
            elif act == "remove":
                remove_point(session(), **where, point_id=point_id)
            elif form.new_name.data or act == "add":
                phase = next(phase for phase in PHASES if phase == form.new_phase.data)
                add_point(session(), **where, name=form.new_name.data or "", phase=phase)
    except InvalidPoints:
        form.blame(form.new_name, _("Every moment needs a name."))
    except TooManyPoints:
        form.blame(form.new_name, _("There are as many moments as one can answer with care. Take one away first."))
    except LastPoint:
        form.blame(form.new_name, _("One moment must stay. Add another before you take this one away."))
    else:
        return True
    return False


@blueprint.route("/<uuid:team_id>/targets", methods=["GET", "POST"])
@requires(Permission.MANAGE_TEAMS)
def targets(organisation: Organisation, team_id: uuid.UUID) -> str | Response:
    found = get_team(session(), organisation_id=organisation.id, team_id=team_id)
    form = targets_form(found.targets, reader())
    if form.validate_on_submit():
        chosen = {name: float(value) for name, value in form.data.items() if name != "csrf_token"}
        others = {pillar: value for pillar, value in chosen.items() if value != usual_target()}
        set_targets(session(), organisation_id=organisation.id, team_id=team_id, targets=others)
        flash(str(_("Saved.")))
        return _to_team(organisation, team_id)
    return render_template("teams/targets.html", form=form, organisation=organisation, team=found)


def _to_team(organisation: Organisation, team_id: uuid.UUID) -> Response:
    return redirect(url_for("teams.team", organisation_id=organisation.id, team_id=team_id), 303)
