"""`/organisations/<id>/teams/<id>/rounds…`: from opening a round to publishing it."""

from __future__ import annotations

import datetime as dt
import hmac
import uuid
from collections.abc import Sequence

from flask import current_app, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from assessment.catalogue.catalogue import UnknownQuestionnaire
from assessment.domain.access import Permission
from assessment.domain.audit import Action
from assessment.domain.change import detectable_half_width
from assessment.domain.outcome import Outcome
from assessment.domain.questionnaire import NotAskedTogether, Questionnaire
from assessment.domain.rounds import UNOPENED, InvalidDates, RoundMode, RoundState
from assessment.domain.surplus import UnexplainedSurplus
from assessment.infra.clock import local_date, utc_now
from assessment.infra.tokens import new_token
from assessment.services.access import Access
from assessment.services.campaigns import find_campaign_of
from assessment.services.mailings import notices_of
from assessment.services.outlook import Outlook, get_outlook, unshown_of
from assessment.services.paper_sheets import FewBesidePaper, SheetsNotCounted, get_batch, may_type
from assessment.services.participation import Participation, get_participation
from assessment.services.publication import publish_scored_round, score_before_publication
from assessment.services.questionnaires import QuestionnaireChanged, offered_questionnaires, usual_questionnaires
from assessment.services.recipients import count_recipients, undelivered_of
from assessment.services.repetitions import changed_since_last
from assessment.services.rounds import (
    InvitedByMail,
    RecordWouldBeLost,
    Round,
    RoundHasAnswers,
    TeamTooSmall,
    change_closing,
    discard_round,
    invite,
    open_round,
    personal_links_of,
    reopen_round,
    require_discardable,
    schedule_round,
    stop_round,
)
from assessment.services.slips import MOST_SLIPS
from assessment.services.team_rounds import ListedRound, asked_for_codes, list_rounds, round_under_way, rounds_so_far
from assessment.services.teams import Team
from assessment.services.workshops import find_held, find_records, is_fit_for_workshop
from assessment.web.access import requires, user_id
from assessment.web.asked import (
    AskedInRound,
    asked_in,
    may_combine,
    not_together,
    unshown_words,
    words_of_offered,
)
from assessment.web.auditing import describe_deed
from assessment.web.dates import closing_time, format_closing, format_opening, local_day, opening_time, today
from assessment.web.forms import ConfirmForm
from assessment.web.languages import lazy_gettext as _
from assessment.web.languages import reader
from assessment.web.lookups import load_round, load_team
from assessment.web.mail import mailer
from assessment.web.pages import requested_page
from assessment.web.public_links import is_local_link
from assessment.web.rounds.blueprint import blueprint
from assessment.web.rounds.forms import (
    ClosingForm,
    DatesForm,
    DiscardForm,
    LinksForm,
    OpenRoundForm,
    PublishForm,
    ReopeningForm,
    next_name,
    open_round_form,
)
from assessment.web.rounds.round_page import round_page
from assessment.web.rounds.unpublished import show_unpublished_round
from assessment.web.sharing import answer_link, sharing_of
from assessment.web.transactions import database, separate_read, session
from assessment.web.urls import redirect_to_round
from assessment.web.workshop_words import Record, records_of

DAYS_TO_ANSWER = 7
UNDELIVERED_SHOWN = 5
"""Addresses that a round's page names; all of them stand on its page “by e-mail”."""
FIVE_POINTS_SPAN = 4
"""What people differ by is known on the scale from 1 to 5."""


@blueprint.get("")
@requires(Permission.SEE_RESULTS)
def rounds(access: Access, team_id: uuid.UUID) -> str:
    team = load_team(access, team_id)
    team_rounds = list_rounds(session(), access=access, team=team, now=utc_now(), page=requested_page())
    zone = access.organisation.time_zone
    return render_template(
        "rounds/rounds.html",
        organisation=access.organisation,
        team=team,
        team_rounds=team_rounds,
        days={entry.round.id: _days_of(entry, zone) for entry in team_rounds.rounds},
    )


def _days_of(entry: ListedRound, zone: str) -> str:
    """When people could answer, or can: in the list, rounds are told apart by it."""
    round_ = entry.round
    first = local_day(round_.opens_at, zone)
    ends = [local_day(at, zone) for at in (round_.stopped_at, round_.closes_at) if at is not None]
    last = min((day for day in ends if day), default=None)
    if entry.round.mode is RoundMode.IMPORTED:
        return reader().gettext("From a file, %(day)s", day=reader().date(local_date(round_.created_at, zone)))
    if first is None:
        return ""
    if last is None:
        return reader().gettext("Since %(day)s", day=reader().date(first))
    if first == last:
        return reader().date(first)
    return reader().gettext("%(first)s to %(last)s", first=reader().date(first), last=reader().date(last))


@blueprint.route("/new", methods=["GET", "POST"])
@requires(Permission.MANAGE_ROUNDS)
def new(access: Access, team_id: uuid.UUID) -> str | Response:
    team = load_team(access, team_id)
    if under_way := round_under_way(session(), team=team):
        return show_unpublished_round(access, team, under_way)
    offered = offered_questionnaires(session(), organisation_id=access.organisation_id)
    usual = usual_questionnaires(session(), team=team, offered=offered)
    mode = _proposed_mode(access, team)
    form = open_round_form(
        reader(),
        offered,
        may_combine=may_combine(offered),
        questionnaires=[one.id for one in usual],
        mode=mode.value,
        asks_code=asked_for_codes(session(), team=team),
        **_defaults(access, rounds_so_far(session(), team=team)),
    )
    if form.validate_on_submit():
        opened = _open(form, access, team, offered)
        if opened is not None:
            describe_deed(round_id=opened.id)
            return redirect_to_round("rounds.round_", opened)
    words = words_of_offered(offered, len(team.points), mode, reader())
    return render_template(
        "rounds/new.html",
        form=form,
        organisation=access.organisation,
        team=team,
        offered=words,
        usual=[one for one in words if one.id in {asked.id for asked in usual}],
        may_combine=may_combine(offered),
        detectable=_detectable(access, team, usual[0]),
        may_split=_may_split(access, team),
        lacks_contact=access.may(Permission.MANAGE_ORGANISATION) and not access.organisation.contact,
        highest=usual[0].scale.size,
    )


def _detectable(access: Access, team: Team, asked: Questionnaire) -> str:
    """The smallest change of a pillar that a round of the whole team could tell; empty where nobody will be told."""
    if team.size < access.organisation.minimum_group or not asked.pillars:
        return ""
    return reader().number(detectable_half_width(team.size) * asked.scale.span / FIVE_POINTS_SPAN, 1)


def _may_split(access: Access, team: Team) -> bool:
    """Whether leaders and staff can both be as many as a result takes."""
    return team.size >= 2 * access.organisation.minimum_group


def _proposed_mode(access: Access, team: Team) -> RoundMode:
    is_small = team.size < access.organisation.minimum_group
    is_asked = request.args.get("mode") == RoundMode.CONSENSUS.value
    return RoundMode.CONSENSUS if is_small or is_asked else RoundMode.ANSWERED


def _defaults(access: Access, rounds_before: int) -> dict[str, object]:
    first_day = today(access.organisation.time_zone, utc_now())
    return {
        "name": next_name(rounds_before, reader()),
        "opens_on": first_day,
        "closes_on": first_day + dt.timedelta(days=DAYS_TO_ANSWER),
    }


def _open(form: OpenRoundForm, access: Access, team: Team, offered: Sequence[Questionnaire]) -> Round | None:
    """The round that the form asks for; else `None`, and the form says why."""
    now, zone = utc_now(), access.organisation.time_zone
    if _has_passed(form, zone, now):
        return None
    asks_role = bool(form.asks_role.data) and _may_split(access, team)
    if asks_role and form.asks_code.data:
        form.add_error(
            form.asks_code,
            _(
                "Where leaders and staff are told apart, nobody is linked by a code: that could give somebody away. "
                "Choose one of the two."
            ),
        )
        return None
    try:
        with session().begin_nested():
            return open_round(
                session(),
                organisation_id=access.organisation_id,
                team_id=team.id,
                name=form.name.data or "",
                mode=RoundMode(form.mode.data),
                opens_at=opening_time(form.opens_on.data, zone, now),
                closes_at=closing_time(form.closes_on.data, zone),
                asks_role=asks_role,
                asks_code=bool(form.asks_code.data),
                questionnaires=[one.id for one in offered if one.id in (form.questionnaires.data or ())],
                now=now,
            )
    except NotAskedTogether as clash:
        form.add_error(form.questionnaires, not_together(clash, offered, reader()))
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


def _has_passed(form: DatesForm | OpenRoundForm, zone: str, now: dt.datetime) -> bool:
    if form.opens_on.data and form.opens_on.data < today(zone, now):
        form.add_error(form.opens_on, _("The first day has passed. Choose today or a later day."))
        return True
    return False


@blueprint.get("/<uuid:round_id>")
@requires(Permission.MANAGE_ROUNDS)
def round_(access: Access, team_id: uuid.UUID, round_id: uuid.UUID) -> str | Response:
    team, round_ = load_round(access, team_id, round_id)
    state = round_.facts.state(utc_now())
    if state is RoundState.PUBLISHED:
        return redirect_to_round("results.results", round_)
    participation = get_participation(session(), organisation_id=access.organisation_id, round_id=round_.id)
    opens = format_opening(round_.opens_at, access.organisation.time_zone, reader())
    until = format_closing(round_.closes_at, access.organisation.time_zone, reader())
    try:
        outlook = _outlook(round_, participation)
    except QuestionnaireChanged:
        outlook = None  # publishing says so
    held = find_held(session(), **_own(round_))
    page = round_page(round_, state, participation, outlook, opens, until, reader(), is_held=held is not None)
    invited = count_recipients(session(), **_own(round_))
    return render_template(
        "rounds/round.html",
        organisation=access.organisation,
        team=team,
        round=round_,
        state=state,
        is_imported=round_.mode is RoundMode.IMPORTED,
        participation=participation,
        outlook=outlook,
        unshown=unshown_words(outlook, len(round_.points), reader()),
        page=page,
        asked=(asked := asked_in(round_, reader())),
        campaign=find_campaign_of(session(), round_=round_),
        changed=_titles(changed_since_last(session(), round_=round_), asked),
        sharing=sharing_of(round_, team, until, reader()) if page.takes_answers else None,
        workshop=held,
        may_type_paper=may_type(round_, utc_now()),
        takes_paper=state in (*UNOPENED, RoundState.OPEN) and round_.mode is not RoundMode.IMPORTED,
        may_hold_workshop=is_fit_for_workshop(session(), round_, now=utc_now()),
        records=_records_of_workshops(access, round_),
        may_manage=True,
        may_link_personally=not participation.answered and not invited,
        invited=invited,
        undelivered=undelivered_of(session(), **_own(round_)),
        undelivered_shown=UNDELIVERED_SHOWN,
        confirm=ConfirmForm(),
        sends=mailer() is not None,
    )


def _records_of_workshops(access: Access, round_: Round) -> tuple[Record, ...]:
    """What the workshops left behind that were held of the round and have ended."""
    if round_.mode is not RoundMode.CONSENSUS:
        return ()
    return records_of(find_records(session(), **_own(round_), now=utc_now()), access.organisation.time_zone, reader())


def _titles(ids: Sequence[str], asked: AskedInRound | None) -> list[str]:
    return [part.title for part in (asked.parts if asked else ()) if part.id in ids]


def _outlook(round_: Round, participation: Participation) -> Outlook | None:
    """What publication would give: only once the round is stopped, and if anybody answered."""
    now = utc_now()
    if round_.facts.state(now) is not RoundState.STOPPED or not participation.answered:
        return None
    return get_outlook(session(), organisation_id=round_.organisation_id, round_id=round_.id, now=now)


@blueprint.route("/<uuid:round_id>/dates", methods=["GET", "POST"])
@requires(Permission.MANAGE_ROUNDS)
def dates(access: Access, team_id: uuid.UUID, round_id: uuid.UUID) -> str | Response:
    """Another opening and closing before a round opens, another closing while it is open, and opening it again."""
    team, round_ = load_round(access, team_id, round_id)
    now, zone = utc_now(), access.organisation.time_zone
    state = round_.facts.state(now)
    form: DatesForm | ClosingForm
    also = {"of_state": state.value}
    if state in UNOPENED:
        opens_on, closes_on = local_day(round_.opens_at, zone), local_day(round_.closes_at, zone)
        form = DatesForm(opens_on=opens_on, closes_on=closes_on, also=also)
    elif state is RoundState.OPEN:
        form = ClosingForm(closes_on=local_day(round_.closes_at, zone), also=also)
    else:
        form = ReopeningForm(closes_on=today(zone, now) + dt.timedelta(days=DAYS_TO_ANSWER), also=also)
    if form.validate_on_submit() and _set_dates(form, round_, state, zone, now):
        flash(reader().gettext("The round is open again.") if state is RoundState.STOPPED else str(_("Saved.")))
        return redirect_to_round("rounds.round_", round_)
    return render_template(
        "rounds/dates.html", form=form, organisation=access.organisation, team=team, round=round_, state=state
    )


def _set_dates(form: DatesForm | ClosingForm, round_: Round, state: RoundState, zone: str, now: dt.datetime) -> bool:
    where = {"organisation_id": round_.organisation_id, "round_id": round_.id}
    closes_at = closing_time(form.closes_on.data, zone)
    if form.is_behind("of_state"):
        form.add_error(
            form.closes_on,
            _("The round was opened or stopped while this page was open. Save again if the day still holds."),
        )
        return False
    try:
        with session().begin_nested():
            if isinstance(form, DatesForm):
                if _has_passed(form, zone, now):
                    return False
                opens_at = opening_time(form.opens_on.data, zone, now)
                schedule_round(session(), **where, opens_at=opens_at, closes_at=closes_at, now=now)
            elif state is RoundState.OPEN:
                change_closing(session(), **where, closes_at=closes_at, now=now)
            else:
                reopen_round(session(), **where, closes_at=closes_at, now=now)
    except InvalidDates:
        form.add_error(form.closes_on, _("The last day must be today or later, and not before the first day."))
        return False
    except (NotAskedTogether, UnknownQuestionnaire):
        form.add_error(
            form.closes_on,
            _(
                "A questionnaire of this round has changed, so that it can no longer be asked this way. "
                "Discard the round, and prepare a new one."
            ),
        )
        return False
    return True


@blueprint.route("/<uuid:round_id>/links", methods=["GET", "POST"])
@requires(Permission.MANAGE_ROUNDS)
def links(access: Access, team_id: uuid.UUID, round_id: uuid.UUID) -> str | Response:
    """Personal links, shown in the response to the form and never again: only their hashes are stored."""
    team, round_ = load_round(access, team_id, round_id)
    if round_.mode is not RoundMode.ANSWERED or round_.facts.state(utc_now()) is RoundState.PUBLISHED:
        return redirect_to_round("rounds.round_", round_)
    before = personal_links_of(session(), organisation_id=access.organisation_id, round_id=round_.id, now=utc_now())
    # A second batch is for those who joined, or lost theirs.
    form = LinksForm(how_many=max(1, round_.team_size - before.made) if before.made else round_.team_size)
    tokens: list[str] = []
    if form.validate_on_submit():
        try:
            tokens = invite(
                session(),
                organisation_id=access.organisation_id,
                round_id=round_.id,
                how_many=form.how_many.data or 0,
                seed=_seed(round_.id, form.submission.data or new_token()),
            )
            form.submission.data = new_token()  # more links are others
        except RoundHasAnswers:
            form.add_error(
                form.how_many, _("Somebody has answered by the shared link already: this round keeps to it.")
            )
        except InvitedByMail:
            form.add_error(form.how_many, _("People have the shared link by e-mail: this round keeps to it."))
    return render_template(
        "rounds/links.html",
        form=form,
        organisation=access.organisation,
        team=team,
        round=round_,
        before=before,
        links=[answer_link(token) for token in tokens],
        is_local_only=is_local_link(answer_link("")),
        slips=" ".join(tokens) if len(tokens) <= MOST_SLIPS else "",
    )


def _seed(round_id: uuid.UUID, submission: str) -> bytes:
    """Of the links that one page makes; nobody can work it out who does not know this server's secret."""
    secret = str(current_app.config["SECRET_KEY"]).encode()
    return hmac.digest(secret, f"personal links:{round_id}:{submission}".encode(), "sha256")


@blueprint.route("/<uuid:round_id>/stop", methods=["GET", "POST"])
@requires(Permission.MANAGE_ROUNDS)
def stop(access: Access, team_id: uuid.UUID, round_id: uuid.UUID) -> str | Response:
    team, round_ = load_round(access, team_id, round_id)
    form = ConfirmForm()
    if form.validate_on_submit():
        stop_round(session(), organisation_id=access.organisation_id, round_id=round_.id, now=utc_now())
        return redirect_to_round("rounds.round_", round_)
    if round_.facts.state(utc_now()) is not RoundState.OPEN:
        return redirect_to_round("rounds.round_", round_)
    participation = get_participation(session(), organisation_id=access.organisation_id, round_id=round_.id)
    return render_template(
        "rounds/stop.html",
        workshop=find_held(session(), **_own(round_)),
        form=form,
        tells_closed=_tells_closed(round_),
        organisation=access.organisation,
        team=team,
        round=round_,
        participation=participation,
        batch=get_batch(session(), **_own(round_)),
    )


@blueprint.route("/<uuid:round_id>/publish", methods=["GET", "POST"])
@requires(Permission.MANAGE_ROUNDS)
def publish(access: Access, team_id: uuid.UUID, round_id: uuid.UUID) -> str | Response:
    team, round_ = load_round(access, team_id, round_id)
    participation = get_participation(session(), organisation_id=access.organisation_id, round_id=round_.id)
    if round_.facts.state(utc_now()) is not RoundState.STOPPED or not participation.answered:
        return redirect_to_round("rounds.round_", round_)  # which says what can be done instead
    outlook = _outlook(round_, participation)
    form = PublishForm()
    if not participation.surplus or not outlook or not outlook.has_result:
        del form.surplus_reason
    batch = get_batch(session(), **_own(round_))
    if not (batch.counted and batch.few_by_link):
        del form.leave_out
    if form.validate_on_submit() and _publish(form, round_):
        return _to_results(round_)
    return render_template(
        "rounds/publish.html",
        workshop=find_held(session(), **_own(round_)),
        form=form,
        organisation=access.organisation,
        team=team,
        round=round_,
        participation=participation,
        outlook=outlook,
        unshown=unshown_words(outlook, len(round_.points), reader()),
        batch=batch,
    )


def _publish(form: PublishForm, round_: Round) -> bool:
    """Publishes a round that has stopped; where somebody has made the team smaller meanwhile, the form says so."""
    reason = form.surplus_reason.data or "" if "surplus_reason" in form else ""
    with separate_read() as aside:
        scored = score_before_publication(aside, **_own(round_))
    try:
        with session().begin_nested():
            publish_scored_round(
                session(),
                **_own(round_),
                scored=scored,
                surplus_reason=reason,
                leave_out="leave_out" in form and bool(form.leave_out.data),
                user_id=user_id(),
                now=utc_now(),
            )
    except SheetsNotCounted as waiting:
        form.add_error(
            form.confirmed,
            reader().ngettext(
                "%(n)s sheet of paper is typed and not counted yet. Finish it or discard it first.",
                "%(n)s sheets of paper are typed and not counted yet. Finish them or discard them first.",
                waiting.count,
            ),
        )
        return False
    except FewBesidePaper as few:
        form.add_error(
            form.confirmed,
            reader().ngettext(
                "%(n)s answer by link is too few beside the sheets of paper. Please look at the page once more.",
                "%(n)s answers by link are too few beside the sheets of paper. Please look at the page once more.",
                few.count,
            ),
        )
        return False
    except UnexplainedSurplus as surplus:
        form.add_error(
            form.confirmed,
            reader().ngettext(
                "There are %(answered)s answers, and the team has %(n)s person. Please look at the round once more.",
                "There are %(answered)s answers, and the team has %(n)s people. Please look at the round once more.",
                surplus.size,
                answered=reader().number(surplus.answered),
            ),
        )
        return False
    describe_deed(action=Action.PUBLISHED_ROUND)
    return True


@blueprint.route("/<uuid:round_id>/close", methods=["GET", "POST"])
@requires(Permission.MANAGE_ROUNDS)
def close(access: Access, team_id: uuid.UUID, round_id: uuid.UUID) -> str | Response:
    """Stops an open round and publishes its results, with one confirmation. Where there would be no result, it only
    stops: the page of the round says why, and what can be done. More answers than people are explained first."""
    team, round_ = load_round(access, team_id, round_id)
    participation = get_participation(session(), organisation_id=access.organisation_id, round_id=round_.id)
    if round_.facts.state(utc_now()) is not RoundState.OPEN or participation.missing or participation.surplus:
        return redirect_to_round("rounds.publish", round_)
    batch = get_batch(session(), **_own(round_))
    if batch.uncounted or (batch.counted and batch.few_by_link):  # which says what is to be done first
        return redirect_to_round("rounds.stop", round_)
    form = PublishForm()
    del form.surplus_reason, form.leave_out
    if form.validate_on_submit():
        stop_round(session(), **_own(round_), now=utc_now())
        with separate_read() as aside:
            has_result = get_outlook(aside, **_own(round_), now=utc_now()).has_result
        if not has_result:
            flash(str(_("The round has stopped. Publishing it would show nothing: here is why, and what you can do.")))
            return redirect_to_round("rounds.round_", round_)
        return _to_results(round_) if _publish(form, round_) else redirect_to_round("rounds.publish", round_)
    unshown = unshown_of(session(), organisation_id=access.organisation_id, round_id=round_.id)
    return render_template(
        "rounds/close.html",
        workshop=find_held(session(), **_own(round_)),
        form=form,
        tells_closed=_tells_closed(round_),
        organisation=access.organisation,
        team=team,
        round=round_,
        participation=participation,
        unshown=unshown_words(Outlook(Outcome.RESULT, unshown), len(round_.points), reader()),
    )


def _tells_closed(round_: Round) -> bool:
    """Whether everybody invited by e-mail will be told that the round has closed."""
    return bool(mailer() and notices_of(session(), round_=round_, now=utc_now()).closed)


def _own(round_: Round) -> dict[str, uuid.UUID]:
    return {"organisation_id": round_.organisation_id, "round_id": round_.id}


def _to_results(round_: Round) -> Response:
    """Once all is committed and the answer is on its way, what told the order of answers leaves the files."""
    response = redirect_to_round("results.results", round_)
    response.call_on_close(database().compact_if_owed)
    return response


@blueprint.route("/<uuid:round_id>/discard", methods=["GET", "POST"])
@requires(Permission.MANAGE_ROUNDS)
def discard(access: Access, team_id: uuid.UUID, round_id: uuid.UUID) -> str | Response:
    team, round_ = load_round(access, team_id, round_id)
    form = DiscardForm()
    if form.validate_on_submit():
        try:
            discard_round(session(), **_own(round_), loses=form.loses.data or "", now=utc_now())
        except RecordWouldBeLost:
            flash(str(_("More was kept of a workshop meanwhile, so nothing was discarded.")), "error")
        else:
            flash(reader().gettext("The round “%(name)s” has been discarded.", name=round_.name))
            return redirect(url_for(".rounds", organisation_id=access.organisation_id, team_id=team.id), 303)
    lost = require_discardable(session(), round_, now=utc_now())  # nobody is offered what would be refused
    form.loses.data = lost.mark
    return render_template(
        "rounds/discard.html", form=form, organisation=access.organisation, team=team, round=round_, lost=lost
    )
