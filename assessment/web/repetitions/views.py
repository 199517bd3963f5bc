"""`/organisations/<id>/teams/<id>/repeat`: rounds that open by themselves."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from assessment.domain.access import Permission
from assessment.domain.repetitions import InvalidRule
from assessment.infra.clock import utc_now
from assessment.services.access import Access
from assessment.services.next_step import next_round_on
from assessment.services.overview import get_overview_of_team
from assessment.services.repetitions import (
    end_repetition,
    get_repetition,
    next_template,
    pause_repetition,
    resume_repetition,
    set_repetition,
    usual_open_days,
)
from assessment.services.teams import Team
from assessment.web.access import requires
from assessment.web.dates import today
from assessment.web.forms import ConfirmForm
from assessment.web.languages import lazy_gettext as _
from assessment.web.languages import reader
from assessment.web.lookups import load_team, load_team_to_change
from assessment.web.mail import mailer
from assessment.web.repetition_words import repetition_words
from assessment.web.repetitions.forms import RepetitionForm, repetition_form
from assessment.web.transactions import session
from assessment.web.urls import redirect_to_team

TODAY_IS_OVER = _(
    "No other round opens today: one of this team has begun today already, and counts for this day. Below it says when "
    "the next one opens."
)

blueprint = Blueprint(
    "repetitions", __name__, url_prefix="/organisations/<uuid:organisation_id>/teams/<uuid:team_id>/repeat"
)


@blueprint.route("", methods=["GET", "POST"])
@requires(Permission.MANAGE_ROUNDS)
def repetition(access: Access, team_id: uuid.UUID) -> str | Response:
    """What is set up and what comes next; a form to set it up or change it."""
    team = load_team_to_change(access, team_id)
    now, template = utc_now(), next_template(session(), team=team)
    state = get_repetition(session(), team=team, now=now)
    day = today(access.organisation.time_zone, now)
    [step] = get_overview_of_team(session(), access=access, team=team, now=now).steps
    form = repetition_form(
        reader(),
        state.repetition if state else None,
        open_days=usual_open_days(session(), team=team),
        first_on=next_round_on(step, day),
    )
    if form.validate_on_submit() and _set(form, access, team, day, now):
        flash(str(_("Saved.")))
        if _is_today_over(team, day, now):
            flash(str(TODAY_IS_OVER))
        return redirect_to_team(access.organisation_id, team.id)
    return render_template(
        "repetitions/repetition.html",
        form=form,
        organisation=access.organisation,
        team=team,
        state=state,
        words=repetition_words(state, now, reader(), may_manage=True) if state else None,
        template=template,
        sends_mail=mailer() is not None,
        changed=[reader().text(one.title) for one in template.changed],
    )


def _is_today_over(team: Team, day: dt.date, now: dt.datetime) -> bool:
    """Whether today is a day of the rule on which nothing opens, since a round began today already."""
    state = get_repetition(session(), team=team, now=now)
    return state is not None and state.due_on is None and state.repetition.rule.last_until(day) == day


def _set(form: RepetitionForm, access: Access, team: Team, day: dt.date, now: dt.datetime) -> bool:
    """Sets it up as the form says; else the form says why not."""
    try:
        rule = form.rule
    except InvalidRule:
        if form.is_on_days:
            form.add_error(form.days[0], _("Please write at least one day."))
        else:
            form.add_error(form.first_on, _("Please write the first day."))
        return False
    state = get_repetition(session(), team=team, now=now)
    before = state.repetition.rule if state else None
    if before != rule:
        if rule.first_on is not None and rule.first_on < day and (before is None or rule.first_on != before.first_on):
            form.add_error(form.first_on, _("The first day has passed. Choose today or a later day."))
            return False
        if rule.dates and rule.dates[-1] < day:
            form.add_error(form.days[0], _("These days have passed. Please write one that is still to come."))
            return False
    if not _are_days_sound(form, () if before is None else before.dates, day):
        return False
    set_repetition(
        session(),
        organisation_id=access.organisation_id,
        team_id=team.id,
        rule=rule,
        open_days=form.open_days.data or 1,
        now=now,
    )
    return True


def _are_days_sound(form: RepetitionForm, before: Sequence[dt.date], today: dt.date) -> bool:
    """Whether each of the chosen days is still to come, or was chosen earlier, and none falls into the round of another
    one; else the fields say which is not."""
    open_days, earlier = form.open_days.data or 1, None
    chosen = sorted((field.data, at) for at, field in enumerate(form.days) if field.data) if form.is_on_days else []
    for day, at in chosen:
        if day < today:
            if day not in before:
                form.add_error(form.days[at], _("This day has passed. Choose today or a later day."))
        elif earlier is not None and 0 < (day - earlier).days < open_days:
            words = reader().gettext(
                "The round of %(day)s is still open then. Choose a later day, or let people answer for fewer days.",
                day=reader().date(earlier),
            )
            form.add_error(form.days[at], words)
        earlier = day if day >= today else earlier
    return not form.errors


@blueprint.post("/pause")
@requires(Permission.MANAGE_ROUNDS)
def pause(access: Access, team_id: uuid.UUID) -> Response:
    if ConfirmForm().validate_on_submit():
        pause_repetition(session(), organisation_id=access.organisation_id, team_id=team_id, now=utc_now())
        flash(reader().gettext("Paused: no round opens by itself until you resume it."))
    return _back(access, team_id)


@blueprint.post("/resume")
@requires(Permission.MANAGE_ROUNDS)
def resume(access: Access, team_id: uuid.UUID) -> Response:
    if ConfirmForm().validate_on_submit():
        resume_repetition(session(), organisation_id=access.organisation_id, team_id=team_id, now=utc_now())
        flash(reader().gettext("Rounds open by themselves again. What was due meanwhile is left out."))
    return _back(access, team_id)


@blueprint.route("/end", methods=["GET", "POST"])
@requires(Permission.MANAGE_ROUNDS)
def end(access: Access, team_id: uuid.UUID) -> str | Response:
    team, form = load_team(access, team_id), ConfirmForm()
    state = get_repetition(session(), team=team, now=utc_now())
    if state is None:
        return redirect_to_team(access.organisation_id, team_id)
    if form.validate_on_submit():
        end_repetition(session(), organisation_id=access.organisation_id, team_id=team_id)
        flash(reader().gettext("Rounds of this team do not open by themselves any more."))
        return redirect_to_team(access.organisation_id, team_id)
    return render_template("repetitions/end.html", form=form, organisation=access.organisation, team=team)


def _back(access: Access, team_id: uuid.UUID) -> Response:
    return redirect(url_for(".repetition", organisation_id=access.organisation_id, team_id=team_id), 303)
