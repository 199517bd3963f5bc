"""`/organisations/<id>/teams/…`."""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from assessment.domain.access import Permission
from assessment.domain.audit import Action, Details, ObjectKind
from assessment.domain.plain_text import plain_line
from assessment.infra.clock import local_date, utc_now
from assessment.services.access import Access, add_own_team, reading_elsewhere
from assessment.services.audit import Deed, record
from assessment.services.deletion import WrongName, contents_of_team, delete_team
from assessment.services.latest_result import latest_result
from assessment.services.next_step import NextStep, TeamStep
from assessment.services.overview import get_overview_of_team
from assessment.services.own_organisations import OwnOrganisation, own_organisations
from assessment.services.repetitions import RepetitionState, get_repetition
from assessment.services.running_plan import RunningPlan, running_plan
from assessment.services.team_points import (
    PHASES,
    LastPoint,
    SequenceOfTeams,
    TooManyPoints,
    add_point,
    move_point,
    other_sequences,
    points_of,
    remove_point,
    rename_points,
)
from assessment.services.team_rounds import list_rounds, round_under_way
from assessment.services.team_targets import pillars_with_targets
from assessment.services.teams import (
    InvalidPoints,
    LongTag,
    Team,
    TeamNameTaken,
    TeamPoint,
    TooManyTags,
    change_team,
    create_team,
    first_points,
    get_tags,
    list_tags,
    set_points,
    set_tags,
    set_targets,
)
from assessment.web.access import requires, user_id
from assessment.web.auditing import describe_deed
from assessment.web.choices import find_team_kind, new_team_kind_choices, team_kind, team_kind_choices, team_kind_name
from assessment.web.dates import local_day
from assessment.web.deletion import WRONG_NAME, DeleteForm, content_words
from assessment.web.forms import choices_of
from assessment.web.languages import lazy_gettext as _
from assessment.web.languages import reader
from assessment.web.lookups import load_team, load_team_to_change
from assessment.web.plan_calendar import calendar_feed
from assessment.web.plan_reading import PlanProgress
from assessment.web.repetition_words import repetition_words
from assessment.web.team_cards import next_round_words, path_of, team_card
from assessment.web.teams.blueprint import blueprint
from assessment.web.teams.forms import (
    LONGEST_NAME,
    ChangeTeamForm,
    CopyPointsForm,
    NewTeamForm,
    PointsForm,
    points_form,
    targets_form,
)
from assessment.web.transactions import database, session
from assessment.web.urls import redirect_to_organisation, redirect_to_team
from reports.action_plan.headline import best_and_last, headline
from reports.engine.scripts import isolated

TEAM_PARTS = ("name", "size", "kind", "tags", "moments")
"""What the settings of a team are, as the log calls them."""
SHOWN_ROUNDS = 3
"""On the team's home; its list of rounds has all of them."""


@blueprint.route("/new", methods=["GET", "POST"])
@requires(Permission.MANAGE_TEAMS)
def new(access: Access) -> str | Response:
    form = NewTeamForm()
    form.kind.choices = choices_of(new_team_kind_choices(reader()))
    if form.validate_on_submit():
        try:
            team = create_team(
                session(),
                organisation_id=access.organisation_id,
                name=form.name.data or "",
                size=form.size.data or 0,
                kind=form.kind.data,
                points=first_points(access.organisation, team_kind(form.kind.data)),
                now=utc_now(),
            )
        except TeamNameTaken:
            form.add_error(form.name, _("Another team has this name already. Please choose another."))
        else:
            add_own_team(session(), access, team_id=team.id)
            describe_deed(team_id=team.id)
            return redirect_to_team(access.organisation_id, team.id)
    return render_template("teams/new.html", form=form, organisation=access.organisation)


@blueprint.get("/<uuid:team_id>")
@requires(Permission.SEE_TEAMS)
def team(access: Access, team_id: uuid.UUID) -> str:
    """The team's home: where it stands on its path, what comes next, and what has been so far."""
    team, now = load_team(access, team_id), utc_now()
    overview = get_overview_of_team(session(), access=access, team=team, now=now)
    [step] = overview.steps
    rounds = list_rounds(session(), access=access, team=team, now=now).rounds
    running = running_plan(session(), team=team, today=local_date(now, access.organisation.time_zone))
    repetition, may_manage_rounds = get_repetition(session(), team=team, now=now), access.may(Permission.MANAGE_ROUNDS)
    return render_template(
        "teams/team.html",
        organisation=access.organisation,
        team=team,
        points=points_of(team),
        kind=team_kind_name(team.kind, reader()),
        tags=get_tags(session(), organisation_id=access.organisation_id, team_id=team.id),
        path=path_of(step, reader()),
        card=team_card(overview, step, reader()),
        next_due=_next_due(step, access),
        next_round=_next_round(step, repetition, may_manage=may_manage_rounds),
        earlier=_earlier(step, running),
        followed=running.round.id if running else None,
        calendar_of=running.round.id if running and access.may(Permission.SEE_RESULTS) else None,
        feed=calendar_feed(running.round) if running else None,
        to_plan=step.round.id if step.round and step.step is NextStep.MAKE_PLAN else None,
        rounds=[
            (one, _day(one.round.published_at, access), _day(one.round.opens_at, access))
            for one in rounds[:SHOWN_ROUNDS]
        ],
        has_history=sum(one.round.published_at is not None and not one.round.is_withheld for one in rounds) > 1,
        latest=_in_two_lines(access, team),
        repeats=repetition_words(repetition, now, reader(), may_manage=may_manage_rounds) if repetition else None,
        may_manage_rounds=may_manage_rounds,
        may_manage=access.may(Permission.MANAGE_TEAMS),
        may_edit_plans=access.may(Permission.EDIT_PLANS),
        may_delete=access.may(Permission.MANAGE_ORGANISATION),
    )


def _in_two_lines(access: Access, team: Team) -> dict[str, object] | None:
    """The latest result: what changed and where the team stands; what it does best and where it has furthest to go."""
    if not access.may(Permission.SEE_RESULTS):
        return None
    latest = latest_result(session(), organisation=access.organisation, team=team)
    if latest is None:
        return None
    names = {pillar.id: reader().text(pillar.name) for pillar in latest.questionnaire.pillars}
    return {
        "round": latest.round,
        "headline": headline(latest.standing, reader()),
        "more": best_and_last(latest.pillars, names, latest.questionnaire.scale, reader()),
    }


def _day(moment: dt.datetime | None, access: Access) -> str:
    day = local_day(moment, access.organisation.time_zone)
    return reader().date(day) if day else ""


def _next_due(step: TeamStep, access: Access) -> str:
    """By when the next action is to be done, where none is late."""
    if step.next_due_on is None or step.late:
        return ""
    if step.next_due_on == local_date(utc_now(), access.organisation.time_zone):
        return reader().gettext("The next action is to be done today.")
    return reader().gettext("The next action is to be done by %(day)s.", day=reader().date(step.next_due_on))


def _next_round(step: TeamStep, repetition: RepetitionState | None, *, may_manage: bool) -> str:
    """When the next round comes; nothing where a round is under way, or where it is said already."""
    words = next_round_words(step, reader())
    if not words or repetition is None or repetition.is_paused:
        return words
    return repetition_words(repetition, utc_now(), reader(), may_manage=may_manage).next


def _earlier(step: TeamStep, running: RunningPlan | None) -> dict[str, object] | None:
    """The plan of an earlier round while something of it is open and no later one was taken up."""
    if running is None or not running.state.open or (step.round and running.round.id == step.round.id):
        return None
    state = running.state
    return {"round": running.round, "progress": PlanProgress(state.actions, state.done, state.late, state.stuck)}


@blueprint.route("/<uuid:team_id>/edit", methods=["GET", "POST"])
@requires(Permission.MANAGE_TEAMS)
def edit(access: Access, team_id: uuid.UUID) -> str | Response:
    team = load_team_to_change(access, team_id)
    where = {"organisation_id": access.organisation_id, "team_id": team_id}
    form = ChangeTeamForm(
        obj=team,
        data={"tags": ", ".join(get_tags(session(), **where))},
        also={"of_moments": _mark_of(points_of(team))},
    )
    kinds = team_kind_choices(reader())
    if team.kind not in dict(kinds):
        kinds = [(team.kind, team_kind_name(team.kind, reader())), *kinds]
    form.kind.choices = choices_of(kinds)
    is_valid = form.validate_on_submit()
    if is_valid and form.renew_points.data and form.is_behind("of_moments"):
        form.add_error(
            form.renew_points,
            _("Somebody has changed the moments while this page was open. Look at them first; then save again."),
        )
    elif is_valid:
        before = (team.name, team.size, team.kind, get_tags(session(), **where), points_of(team))
        try:
            with session().begin_nested():
                change_team(
                    session(),
                    organisation_id=access.organisation_id,
                    team_id=team_id,
                    name=form.name.data or "",
                    size=form.size.data or 0,
                    kind=form.kind.data,
                    user_id=user_id(),
                    now=utc_now(),
                )
                set_tags(session(), **where, tags=(form.tags.data or "").replace(";", ",").split(","))
                if form.renew_points.data and (kind := find_team_kind(form.kind.data)):
                    set_points(
                        session(),
                        organisation_id=access.organisation_id,
                        team_id=team_id,
                        points=first_points(access.organisation, kind),
                    )
        except TeamNameTaken:
            form.add_error(form.name, _("Another team has this name already. Please choose another."))
        except TooManyTags:
            form.add_error(form.tags, _("A team may have eight tags at most."))
        except LongTag as refused:
            form.add_error(
                form.tags,
                reader().gettext(
                    "“%(tag)s” is long for a tag: 30 letters at most. Commas stand between tags.", tag=refused.tag
                ),
            )
        else:
            after = (team.name, team.size, team.kind, get_tags(session(), **where), points_of(team))
            changed = (part for part, was, now in zip(TEAM_PARTS, before, after, strict=True) if was != now)
            describe_deed(details=Details(parts=tuple(changed)))
            flash(str(_("Saved.")))
            return redirect_to_team(access.organisation_id, team_id)
    return render_template(
        "teams/edit.html",
        form=form,
        organisation=access.organisation,
        team=team,
        used_tags=list_tags(session(), organisation_id=access.organisation_id),
    )


@blueprint.route("/<uuid:team_id>/points", methods=["GET", "POST"])
@requires(Permission.MANAGE_TEAMS)
def points(access: Access, team_id: uuid.UUID) -> str | Response:
    team = load_team_to_change(access, team_id)
    sequence = points_of(team)
    form, before = points_form(sequence, **_typed_so_far(request.args)), {point.id for point in sequence}
    if form.validate_on_submit() and not _is_behind(form) and _change_points(form, access.organisation_id, team_id):
        action, _separator, point_id = request.form.get("act", "save").partition(":")
        if action == "done":
            flash(str(_("Saved.")))
            return redirect_to_team(access.organisation_id, team_id)
        anchor = f"row-{point_id}" if action in ("up", "down") else None
        added = [point for point in points_of(load_team(access, team_id)) if point.id not in before]
        if added:
            flash(_where_it_is(added[0], points_of(load_team(access, team_id))))
            anchor = f"row-{added[0].id}"
        # A moment that was only typed so far goes on standing in its field.
        typed = {} if added or not form.new_name.data else _typed_so_far(request.form)
        values: dict[str, Any] = {"organisation_id": access.organisation_id, "team_id": team_id, **typed}
        return redirect(url_for(".points", **values, _anchor=anchor), 303)
    return render_template("teams/points.html", form=form, organisation=access.organisation, team=team, points=sequence)


@blueprint.route("/<uuid:team_id>/points/copy", methods=["GET", "POST"])
@requires(Permission.MANAGE_TEAMS)
def copy_moments(access: Access, team_id: uuid.UUID) -> str | Response:
    """Another team's moments in place of this one's, ids and all, so that both can be read beside each other; with
    `of`, those of a team of another organisation that the account belongs to: their text, and nothing else."""
    team = load_team_to_change(access, team_id)
    own, elsewhere = points_of(team), _organisation_elsewhere(access)
    others = (
        _sequences_elsewhere(elsewhere, own)
        if elsewhere
        else other_sequences(session(), organisation_id=access.organisation_id, own=own)
    )
    form = CopyPointsForm()
    form.from_team.choices = [(str(other.teams[0].id), _whose(other)) for other in others]
    if form.validate_on_submit() and form.shown.data == _mark_of(own):
        chosen = next(other for other in others if str(other.teams[0].id) == form.from_team.data)
        set_points(session(), organisation_id=access.organisation_id, team_id=team_id, points=chosen.points)
        if elsewhere:
            # Both organisations are told, neither which the other one is.
            describe_deed(details=Details(parts=("from-elsewhere",)))
            record(
                session(),
                Deed(elsewhere.id, access.user_id, Action.COPIED_POINTS, ObjectKind.TEAM, chosen.teams[0].id),
                now=utc_now(),
            )
        flash(reader().gettext("Done. Rounds that are open keep the moments they were opened with."))
        return redirect(url_for(".points", organisation_id=access.organisation_id, team_id=team_id), 303)
    if form.is_submitted() and form.shown.data != _mark_of(own):
        form.add_error(form.from_team, _("The moments of this team have changed meanwhile. Choose again, please."))
    form.shown.data = _mark_of(own)
    return render_template(
        "teams/copy_points.html",
        form=form,
        organisation=access.organisation,
        team=team,
        points=own,
        others=others,
        elsewhere=elsewhere,
        organisations=[
            one for one in own_organisations(session(), user_id=user_id()) if one.id != access.organisation_id
        ],
    )


def _organisation_elsewhere(access: Access) -> OwnOrganisation | None:
    """The other organisation that the address names; one that the account does not belong to is none (404)."""
    asked = request.args.get("of", "")
    if not asked:
        return None
    own = own_organisations(session(), user_id=user_id())
    found = next((one for one in own if str(one.id) == asked and one.id != access.organisation_id), None)
    if found is None:
        abort(404)
    return found


def _sequences_elsewhere(elsewhere: OwnOrganisation, own: Sequence[TeamPoint]) -> list[SequenceOfTeams]:
    """Read as the account may there, apart from what it may here."""
    with reading_elsewhere(database(), user_id=user_id(), organisation_id=elsewhere.id) as (aside, there):
        return other_sequences(aside, organisation_id=there.organisation_id, own=own)


def _whose(sequence: SequenceOfTeams) -> str:
    """The teams that have a sequence, as a choice names them."""
    first, *more = (isolated(team.name) for team in sequence.teams)
    if not more:
        return first
    return reader().ngettext("%(team)s and %(n)s more", "%(team)s and %(n)s more", len(more), team=first)


def _mark_of(sequence: Sequence[TeamPoint]) -> str:
    """Another one for each sequence."""
    return hashlib.sha256(repr(sequence).encode()).hexdigest()[:16]


def _typed_so_far(said: Mapping[str, str]) -> dict[str, str]:
    """A moment that is being added, as a form or an address says it."""
    return {name: plain_line(said[name])[:LONGEST_NAME] for name in ("new_name", "new_phase") if name in said}


def _is_behind(form: PointsForm) -> bool:
    """Whether the page was about moments that have changed since, so that what it says would be lost or undo that; the
    form then says so."""
    gone = form.typed_for_gone("point-")
    for name, typed in gone.items():
        words = reader().gettext(
            "“%(before)s” was taken away while the page was open, and you had called it “%(typed)s”. Add it again if "
            "it belongs here.",
            before=form.seen(name),
            typed=typed,
        )
        form.add_error(form.new_name, words)
    if gone and not form.new_name.data:
        form.new_name.data = next(iter(gone.values()))
    action, _separator, point_id = request.form.get("act", "save").partition(":")
    name = f"point-{point_id}"
    if action == "remove" and name in form and form.seen(name) not in ("", form[name].object_data):
        words = reader().gettext(
            "This was renamed while the page was open: before, it was “%(before)s”. Take it away once more if you "
            "still want to.",
            before=form.seen(name),
        )
        form.add_error(form[name], words)
        return True
    return bool(gone)


def _where_it_is(added: TeamPoint, sequence: Sequence[TeamPoint]) -> str:
    return reader().gettext(
        "“%(name)s” is in, as moment %(at)s. The arrows move it.",
        name=added.name,
        at=reader().number(sequence.index(added) + 1),
    )


def _change_points(form: PointsForm, organisation_id: uuid.UUID, team_id: uuid.UUID) -> bool:
    """Saves the names, then does what the pressed button says; false where something was refused."""
    where = {"organisation_id": organisation_id, "team_id": team_id}
    action, _separator, point_id = request.form.get("act", "save").partition(":")
    names = {name.removeprefix("point-"): field.data for name, field in form._fields.items() if name[:6] == "point-"}
    try:
        with session().begin_nested():
            rename_points(session(), **where, names=names)
            if action in ("up", "down"):
                move_point(session(), **where, point_id=point_id, by=-1 if action == "up" else 1)
            elif action == "remove":
                remove_point(session(), **where, point_id=point_id)
            elif form.new_name.data or action == "add":
                phase = next(phase for phase in PHASES if phase == form.new_phase.data)
                add_point(session(), **where, name=form.new_name.data or "", phase=phase)
    except InvalidPoints:
        form.add_error(form.new_name, _("Every moment needs a name."))
    except TooManyPoints:
        form.add_error(form.new_name, _("There are as many moments as one can answer with care. Take one away first."))
    except LastPoint:
        form.add_error(form.new_name, _("One moment must stay. Add another before you take this one away."))
    else:
        return True
    return False


@blueprint.route("/<uuid:team_id>/targets", methods=["GET", "POST"])
@requires(Permission.MANAGE_TEAMS)
def targets(access: Access, team_id: uuid.UUID) -> str | Response:
    team = load_team_to_change(access, team_id)
    asked = pillars_with_targets(session(), team=team)
    form, groups = targets_form(asked, team.targets, reader())
    if groups and form.validate_on_submit():
        chosen = {field.name: float(field.data) for group in groups for field in group.fields}
        usual = {pillar.id: one.scale.target for one in asked for pillar in one.pillars}
        # Those of pillars that the page does not show stay as they are.
        others = {pillar: target for pillar, target in team.targets.items() if pillar not in usual}
        others |= {pillar: target for pillar, target in chosen.items() if target != usual[pillar]}
        set_targets(session(), organisation_id=access.organisation_id, team_id=team_id, targets=others)
        flash(str(_("Saved.")))
        return redirect_to_team(access.organisation_id, team_id)
    return render_template("teams/targets.html", form=form, groups=groups, organisation=access.organisation, team=team)


@blueprint.route("/<uuid:team_id>/delete", methods=["GET", "POST"])
@requires(Permission.MANAGE_ORGANISATION)
def delete(access: Access, team_id: uuid.UUID) -> str | Response:
    """The team and all that belongs to it, once its name was typed."""
    team = load_team(access, team_id)
    form, where = DeleteForm(), {"organisation_id": access.organisation_id, "team_id": team_id}
    if form.validate_on_submit():
        try:
            delete_team(session(), **where, typed=form.typed.data or "", user_id=user_id(), now=utc_now())
        except WrongName:
            form.add_error(form.typed, WRONG_NAME)
        else:
            flash(reader().gettext("“%(name)s” has been deleted, with everything that belonged to it.", name=team.name))
            response = redirect_to_organisation(access.organisation_id)
            response.call_on_close(database().compact_if_owed)
            return response
    return render_template(
        "teams/delete.html",
        form=form,
        organisation=access.organisation,
        team=team,
        contents=content_words(contents_of_team(session(), **where), reader()),
        under_way=round_under_way(session(), team=team),
    )
