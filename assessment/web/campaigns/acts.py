"""What is done to all rounds of a campaign at once: another last day, closing, publishing."""

from __future__ import annotations

import time
import uuid

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from assessment.domain.access import Permission
from assessment.domain.audit import Action, Details, ObjectKind
from assessment.domain.rounds import UNOPENED, InvalidDates, RoundError, RoundState
from assessment.domain.surplus import UnexplainedSurplus
from assessment.infra.clock import utc_now
from assessment.infra.languages import N_
from assessment.services.access import Access
from assessment.services.audit import Deed, record
from assessment.services.campaign_mail import mail_of_campaign
from assessment.services.campaigns import (
    CampaignState,
    Closed,
    NothingToShow,
    NotReady,
    change_last_day,
    closed_rounds,
    publish_with_result,
    stop_rounds,
)
from assessment.services.paper_sheets import PaperUnsettled
from assessment.services.publication import score_before_publication
from assessment.services.questionnaires import QuestionnaireChanged
from assessment.services.rounds import UnknownRound
from assessment.web.access import requires, user_id
from assessment.web.auditing import describe_deed
from assessment.web.campaigns.blueprint import blueprint
from assessment.web.campaigns.chosen import chosen_campaign, tag_in_address
from assessment.web.campaigns.forms import LastDayForm, PublishThemForm, TheseRoundsForm, ids_in
from assessment.web.dates import closing_time, local_day
from assessment.web.languages import lazy_gettext as _
from assessment.web.languages import reader
from assessment.web.mail import mailer
from assessment.web.transactions import commit_early, database, separate_read, session
from reports.engine.scripts import isolated

PATIENCE = 15.0
"""Seconds in which rounds are published one after the other; what is left is confirmed once more."""
NOT_READY = {
    NotReady.NO_ANSWERS: N_("Nobody has answered."),
    NotReady.NO_RESULT: N_("There would be nothing to show."),
    NotReady.SURPLUS: N_("There are more answers than people: say why on its own page."),
    NotReady.CHANGED: N_("What it asked is not known any more."),
}


@blueprint.route("/<uuid:campaign_id>/dates", methods=["GET", "POST"])
@requires(Permission.MANAGE_ROUNDS)
def dates(access: Access, campaign_id: uuid.UUID) -> str | Response:
    """Another last day for all that are open or to open."""
    now, zone = utc_now(), access.organisation.time_zone
    state = chosen_campaign(access, campaign_id)
    under_way = state.in_state(*UNOPENED, RoundState.OPEN)
    last = {local_day(row.round.closes_at, zone) for row in under_way}
    form = LastDayForm(closes_on=last.pop() if len(last) == 1 else None)
    if form.validate_on_submit():
        try:
            with session().begin_nested():
                changed = change_last_day(
                    session(),
                    state=state,
                    closes_at=closing_time(form.closes_on.data, zone),
                    also_closed=bool(form.also_closed.data),
                    now=now,
                )
        except InvalidDates:
            form.add_error(form.closes_on, _("The last day must be today or later, and not before the first day."))
        else:
            describe_deed(details=Details(number=changed))
            flash(
                reader().ngettext("%(n)s round has its new last day.", "%(n)s rounds have their new last day.", changed)
            )
            return _back(access, campaign_id)
    return render_template(
        "campaigns/dates.html",
        form=form,
        organisation=access.organisation,
        campaign=state.campaign,
        under_way=len(under_way),
        closed=len(state.in_state(RoundState.STOPPED)),
    )


@blueprint.route("/<uuid:campaign_id>/close", methods=["GET", "POST"])
@requires(Permission.MANAGE_ROUNDS)
def close(access: Access, campaign_id: uuid.UUID) -> str | Response:
    """Closes the open rounds that the page lists; nothing is published."""
    state = chosen_campaign(access, campaign_id)
    open_ = state.in_state(RoundState.OPEN)
    form = TheseRoundsForm()
    if form.validate_on_submit():
        stopped = stop_rounds(session(), state=state, only=form.ids, now=utc_now())
        describe_deed(details=Details(number=stopped))
        flash(reader().ngettext("%(n)s round has closed.", "%(n)s rounds have closed.", stopped))
        return _back(access, campaign_id)
    form.rounds.data = ids_in(row.round.id for row in open_)
    mail = mail_of_campaign(session(), state=state)
    return render_template(
        "campaigns/close.html",
        form=form,
        organisation=access.organisation,
        campaign=state.campaign,
        enough=[row for row in open_ if not row.participation.missing],
        too_few=[row for row in open_ if row.participation.missing],
        tells_closed=mailer() is not None and any(mail[row.round.id].invited for row in open_),
    )


@blueprint.route("/<uuid:campaign_id>/publish", methods=["GET", "POST"])
@requires(Permission.MANAGE_ROUNDS)
def publish(access: Access, campaign_id: uuid.UUID) -> str | Response:
    """Publishes the closed rounds that the page lists, each in a transaction of its own, with one confirmation."""
    state = chosen_campaign(access, campaign_id)
    form = PublishThemForm()
    if form.validate_on_submit():
        return _publish(state, form.ids, access)
    closed, left = closed_rounds(session(), state=state, now=utc_now())
    ready = [one.row for one in closed if one.not_ready is None]
    form.rounds.data = ids_in(row.round.id for row in ready)
    return render_template(
        "campaigns/publish.html",
        form=form,
        organisation=access.organisation,
        campaign=state.campaign,
        ready=ready,
        others=[(one.row, _why_not(one)) for one in closed if one.not_ready is not None],
        left=left,
        is_all_together=all(row.participation.is_consensus for row in ready),
    )


def _why_not(closed: Closed) -> str:
    return reader().gettext(NOT_READY[closed.not_ready]) if closed.not_ready is not None else ""


def _publish(state: CampaignState, ids: set[uuid.UUID], access: Access) -> Response:
    """Publishes one after the other, for as long as somebody may be kept waiting; says what was, and what was not."""
    rows = [row for row in state.in_state(RoundState.STOPPED) if row.round.id in ids]
    to_do = [(row.team.name, {"organisation_id": access.organisation_id, "round_id": row.round.id}) for row in rows]
    published, failed, until = 0, [], time.monotonic() + PATIENCE
    # Read now: each publication ends a transaction.
    account, own_organisation, campaign_id = user_id(), access.organisation_id, state.campaign.id
    while to_do and not (published and time.monotonic() > until):
        name, own = to_do.pop(0)
        if _publish_one(own, account):
            published += 1
        else:
            failed.append(isolated(name))
    if published:
        flash(reader().ngettext("%(n)s round has been published.", "%(n)s rounds have been published.", published))
    if failed:
        flash(reader().gettext("Not published, since it changed meanwhile: %(teams)s.", teams=reader().list_of(failed)))
    if to_do:
        flash(
            reader().ngettext(
                "%(n)s more is ready: confirm once more.", "%(n)s more are ready: confirm once more.", len(to_do)
            )
        )
    describe_deed(details=Details(number=published))
    page = ".publish" if to_do else ".campaign"
    response = redirect(
        url_for(page, organisation_id=own_organisation, campaign_id=campaign_id, **tag_in_address()), 303
    )
    response.call_on_close(database().compact_if_owed)
    return response


def _publish_one(own: dict[str, uuid.UUID], account: int) -> bool:
    """Whether the round is published, durably: in a transaction of its own."""
    try:
        with separate_read() as aside:
            scored = score_before_publication(aside, **own)
        with session().begin_nested():
            publish_with_result(session(), **own, scored=scored, user_id=account, now=utc_now())
            deed = Deed(own["organisation_id"], account, Action.PUBLISHED_ROUND, ObjectKind.ROUND, own["round_id"])
            record(session(), deed, now=utc_now())
        commit_early()
    except (RoundError, QuestionnaireChanged, UnexplainedSurplus, PaperUnsettled, UnknownRound, NothingToShow):
        return False
    return True


def _back(access: Access, campaign_id: uuid.UUID) -> Response:
    return redirect(
        url_for(".campaign", organisation_id=access.organisation_id, campaign_id=campaign_id, **tag_in_address()), 303
    )
