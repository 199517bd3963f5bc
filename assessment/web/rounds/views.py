"""`/organisations/<id>/teams/<id>/rounds…`: from opening a round to publishing it."""

from __future__ import annotations

import datetime as dt
import uuid

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from assessment.domain.access import Permission
from assessment.domain.change import detectable_half_width
from assessment.domain.rounds import InvalidDates, RoundMode, RoundState
from assessment.infra.clock import utc_now
from assessment.services.participation import get_participation
from assessment.services.publication import publish_round
from assessment.services.rounds import (
    RoundHasAnswers,
    TeamTooSmall,
    change_closing,
    discard_round,
    invite,
    open_round,
    reopen_round,
    schedule_round,
    stop_round,
)
from assessment.services.slips import MOST_SLIPS
from assessment.services.team_rounds import list_rounds
from assessment.store.organisations import Organisation
from assessment.store.rounds import Round
from assessment.store.teams import Team
from assessment.web.access import requires, user_id
from assessment.web.languages import lazy_gettext as _
from assessment.web.languages import reader
from assessment.web.rounds.common import (
    BEFORE_OPENING,
    blueprint,
    format_closing,
    format_opening,
    load_round,
    load_team,
    redirect_to_round,
    round_url,
    show_unpublished_round,
)
from assessment.web.rounds.forms import (
    ClosingForm,
    ConfirmForm,
    DatesForm,
    LinksForm,
    OpenRoundForm,
    PublishForm,
    closing,
    day_of,
    next_name,
    open_round_form,
    opening,
    today,
)
from assessment.web.rounds.sharing import is_local_link, link_to, sharing
from assessment.web.transactions import database, session

DAYS_TO_ANSWER = 7


@blueprint.get("")
@requires(Permission.SEE_RESULTS)
def rounds(organisation: Organisation, team_id: uuid.UUID) -> str:
    team = load_team(organisation, team_id)
    team_rounds = list_rounds(session(), user_id=user_id(), team=team, now=utc_now())
    return render_template("rounds/rounds.html", organisation=organisation, team=team, team_rounds=team_rounds)


@blueprint.route("/new", methods=["GET", "POST"])
@requires(Permission.MANAGE_ROUNDS)
def new(organisation: Organisation, team_id: uuid.UUID) -> str | Response:
    team = load_team(organisation, team_id)
    team_rounds = list_rounds(session(), user_id=user_id(), team=team, now=utc_now())
    if team_rounds.under_way is not None:
        return show_unpublished_round(organisation, team, team_rounds.under_way)
    form = open_round_form(reader(), **_defaults(organisation, team, len(team_rounds.rounds)))
    if form.validate_on_submit():
        opened = _open(form, organisation, team)
        if opened is not None:
            return redirect_to_round(opened)
    size = team.size
    return render_template(
        "rounds/new.html",
        form=form,
        organisation=organisation,
        team=team,
        is_small=size < organisation.minimum_group,
        detectable=reader().number(detectable_half_width(size), 1) if size >= organisation.minimum_group else "",
    )


def _defaults(organisation: Organisation, team: Team, rounds_before: int) -> dict[str, object]:
    here = today(organisation.time_zone, utc_now())
    asked = request.args.get("mode")
    is_consensus = asked == RoundMode.CONSENSUS.value or team.size < organisation.minimum_group
    return {
        "name": next_name(rounds_before, reader()),
        "mode": (RoundMode.CONSENSUS if is_consensus else RoundMode.ANSWERED).value,
        "opens_on": here,
        "closes_on": here + dt.timedelta(days=DAYS_TO_ANSWER),
    }


def _open(form: OpenRoundForm, organisation: Organisation, team: Team) -> Round | None:
    """The round that the form asks for; else `None`, and the form says why."""
    now, zone = utc_now(), organisation.time_zone
    if _has_passed(form, zone, now):
        return None
    try:
        with session().begin_nested():
            return open_round(
                session(),
                organisation_id=organisation.id,
                team_id=team.id,
                name=form.name.data or "",
                mode=RoundMode(form.mode.data),
                opens_at=opening(form.opens_on.data, zone, now),
                closes_at=closing(form.closes_on.data, zone),
                asks_role=bool(form.asks_role.data),
                questionnaire_id=form.questionnaire.data,
                now=now,
            )
    except InvalidDates:
        form.add_error(form.closes_on, _("The last day must be today or later, and not before the first day."))
    except TeamTooSmall as small:
        form.add_error(
            form.mode,
            reader().gettext(
                "With %(size)s people answers could not be anonymous: results need %(minimum)s. Answer together.",
                size=reader().number(small.size),
                minimum=reader().number(small.minimum_group),
            ),
        )
    return None


def _has_passed(form: DatesForm, zone: str, now: dt.datetime) -> bool:
    if form.opens_on.data and form.opens_on.data < today(zone, now):
        form.add_error(form.opens_on, _("The first day has passed. Choose today or a later day."))
        return True
    return False


@blueprint.get("/<uuid:round_id>")
@requires(Permission.MANAGE_ROUNDS)
def round_(organisation: Organisation, team_id: uuid.UUID, round_id: uuid.UUID) -> str | Response:
    team, round_ = load_round(organisation, team_id, round_id)
    state = round_.facts.state(utc_now())
    if state is RoundState.PUBLISHED:
        return redirect(round_url("results.results", round_), 303)
    until = format_closing(round_.closes_at, organisation)
    return render_template(
        "rounds/round.html",
        organisation=organisation,
        team=team,
        round=round_,
        state=state,
        is_imported=round_.mode is RoundMode.IMPORTED,
        participation=get_participation(session(), organisation_id=organisation.id, round_id=round_.id),
        opens=format_opening(round_.opens_at, organisation),
        until=until,
        sharing=None if state is RoundState.STOPPED else sharing(round_, team, until, reader()),
    )


@blueprint.route("/<uuid:round_id>/dates", methods=["GET", "POST"])
@requires(Permission.MANAGE_ROUNDS)
def dates(organisation: Organisation, team_id: uuid.UUID, round_id: uuid.UUID) -> str | Response:
    """Another opening and closing before a round opens, another closing while it is open, and opening it again."""
    team, round_ = load_round(organisation, team_id, round_id)
    now, zone = utc_now(), organisation.time_zone
    state = round_.facts.state(now)
    form: DatesForm | ClosingForm
    if state in BEFORE_OPENING:
        form = DatesForm(opens_on=day_of(round_.opens_at, zone), closes_on=day_of(round_.closes_at, zone))
    elif state is RoundState.OPEN:
        form = ClosingForm(closes_on=day_of(round_.closes_at, zone))
    else:
        form = ClosingForm(closes_on=today(zone, now) + dt.timedelta(days=DAYS_TO_ANSWER))
    if form.validate_on_submit() and _set_dates(form, round_, state, zone, now):
        flash(reader().gettext("The round is open again.") if state is RoundState.STOPPED else str(_("Saved.")))
        return redirect_to_round(round_)
    return render_template(
        "rounds/dates.html", form=form, organisation=organisation, team=team, round=round_, state=state
    )


def _set_dates(form: DatesForm | ClosingForm, round_: Round, state: RoundState, zone: str, now: dt.datetime) -> bool:
    where = {"organisation_id": round_.organisation_id, "round_id": round_.id}
    closes_at = closing(form.closes_on.data, zone)
    try:
        with session().begin_nested():
            if isinstance(form, DatesForm):
                if _has_passed(form, zone, now):
                    return False
                opens_at = opening(form.opens_on.data, zone, now)
                schedule_round(session(), **where, opens_at=opens_at, closes_at=closes_at, now=now)
            elif state is RoundState.OPEN:
                change_closing(session(), **where, closes_at=closes_at, now=now)
            else:
                reopen_round(session(), **where, closes_at=closes_at, now=now)
    except InvalidDates:
        form.add_error(form.closes_on, _("The last day must be today or later, and not before the first day."))
        return False
    return True


@blueprint.route("/<uuid:round_id>/links", methods=["GET", "POST"])
@requires(Permission.MANAGE_ROUNDS)
def links(organisation: Organisation, team_id: uuid.UUID, round_id: uuid.UUID) -> str | Response:
    """Personal links, shown in the answer to the form and never again: only their hashes are kept."""
    team, round_ = load_round(organisation, team_id, round_id)
    if round_.mode is not RoundMode.ANSWERED or round_.facts.state(utc_now()) is RoundState.PUBLISHED:
        return redirect_to_round(round_)
    form = LinksForm(how_many=round_.team_size)
    made: list[str] = []
    tokens: list[str] = []
    if form.validate_on_submit():
        try:
            tokens = invite(
                session(), organisation_id=organisation.id, round_id=round_.id, how_many=form.how_many.data or 0
            )
            made = [link_to(token) for token in tokens]
        except RoundHasAnswers:
            form.add_error(
                form.how_many, _("Somebody has answered by the shared link already: this round keeps to it.")
            )
    return render_template(
        "rounds/links.html",
        form=form,
        organisation=organisation,
        team=team,
        round=round_,
        made=made,
        is_local_only=is_local_link(link_to("")),
        slips=" ".join(tokens) if len(tokens) <= MOST_SLIPS else "",
    )


@blueprint.route("/<uuid:round_id>/stop", methods=["GET", "POST"])
@requires(Permission.MANAGE_ROUNDS)
def stop(organisation: Organisation, team_id: uuid.UUID, round_id: uuid.UUID) -> str | Response:
    team, round_ = load_round(organisation, team_id, round_id)
    form = ConfirmForm()
    if form.validate_on_submit():
        stop_round(session(), organisation_id=organisation.id, round_id=round_.id, now=utc_now())
        return redirect_to_round(round_)
    if round_.facts.state(utc_now()) is not RoundState.OPEN:
        return redirect_to_round(round_)
    participation = get_participation(session(), organisation_id=organisation.id, round_id=round_.id)
    return render_template(
        "rounds/stop.html", form=form, organisation=organisation, team=team, round=round_, participation=participation
    )


@blueprint.route("/<uuid:round_id>/publish", methods=["GET", "POST"])
@requires(Permission.MANAGE_ROUNDS)
def publish(organisation: Organisation, team_id: uuid.UUID, round_id: uuid.UUID) -> str | Response:
    team, round_ = load_round(organisation, team_id, round_id)
    participation = get_participation(session(), organisation_id=organisation.id, round_id=round_.id)
    if round_.facts.state(utc_now()) is not RoundState.STOPPED or not participation.answered:
        return redirect_to_round(round_)  # which says what can be done instead
    form = PublishForm()
    if form.validate_on_submit():
        publish_round(session(), organisation_id=organisation.id, round_id=round_.id, now=utc_now())
        database().owe_compaction()
        response = redirect(round_url("results.results", round_), 303)
        # Once all is committed and the answer is on its way: what told the order of answers leaves the files.
        response.call_on_close(database().compact)
        return response
    return render_template(
        "rounds/publish.html",
        form=form,
        organisation=organisation,
        team=team,
        round=round_,
        participation=participation,
    )


@blueprint.route("/<uuid:round_id>/discard", methods=["GET", "POST"])
@requires(Permission.MANAGE_ROUNDS)
def discard(organisation: Organisation, team_id: uuid.UUID, round_id: uuid.UUID) -> str | Response:
    team, round_ = load_round(organisation, team_id, round_id)
    form = ConfirmForm()
    if form.validate_on_submit():
        discard_round(session(), organisation_id=organisation.id, round_id=round_.id, now=utc_now())
        flash(reader().gettext("“%(name)s” is gone.", name=round_.name))
        return redirect(url_for(".rounds", organisation_id=organisation.id, team_id=team.id), 303)
    return render_template("rounds/discard.html", form=form, organisation=organisation, team=team, round=round_)
