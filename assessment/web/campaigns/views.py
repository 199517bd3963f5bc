"""`/organisations/<id>/campaigns…`: opening rounds of several teams, in two pages, and following them on one."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from assessment.catalogue.catalogue import UnknownQuestionnaire
from assessment.domain.access import Permission
from assessment.domain.audit import Details
from assessment.domain.questionnaire import NotAskedTogether, Questionnaire
from assessment.domain.rounds import UNOPENED, InvalidDates, RoundMode, RoundState
from assessment.infra.clock import utc_now
from assessment.infra.tokens import new_token
from assessment.services.access import Access
from assessment.services.answering_time import minutes_to_answer
from assessment.services.campaign_mail import TeamMail, mail_of_campaign, why_unmailable
from assessment.services.campaigns import (
    MOST_TEAMS,
    Campaign,
    CampaignRow,
    CampaignState,
    NoTeamsChosen,
    Obstacle,
    TeamCheck,
    TeamsChanged,
    check_teams,
    find_opened,
    gather_poster_of,
    get_campaign,
    has_teams_to_ask,
    list_campaigns,
    open_campaign,
    print_posters,
    rounds_with_posters,
    tags_to_ask,
    teams_to_ask,
    with_tag,
)
from assessment.services.overview import OrganisationOverview
from assessment.services.questionnaires import (
    clashes,
    find_pinned_questionnaire,
    first_questionnaires,
    offered_questionnaires,
)
from assessment.services.rounds import RoundUnderWay, TeamTooSmall
from assessment.services.teams import Team, UnknownTeam
from assessment.web.access import requires
from assessment.web.asked import may_combine, not_together, words_of_offered
from assessment.web.auditing import describe_deed
from assessment.web.campaigns.blueprint import blueprint
from assessment.web.campaigns.chosen import chosen_campaign, tag_in_address
from assessment.web.campaigns.forms import ALL, CampaignForm, campaign_form, ids_in
from assessment.web.dates import closing_time, format_closing, format_opening, local_day, opening_time, today
from assessment.web.downloads import document_name, file_response
from assessment.web.languages import lazy_gettext as _
from assessment.web.languages import reader
from assessment.web.mail import mailer
from assessment.web.pages import requested_tag
from assessment.web.prepare import deliver, prepares
from assessment.web.print_options import print_as_asked
from assessment.web.public_links import is_local_link
from assessment.web.reminders import next_reminder_words
from assessment.web.sharing import Messages, answer_link, messages_of
from assessment.web.team_cards import TeamCard, team_card
from assessment.web.transactions import session
from reports.engine.scripts import isolated

DAYS_TO_ANSWER = 7
RECENT_DAYS = 30
"""Since its last results a team has hardly had time to change anything."""
POSTERS_AT_ONCE = 50
"""In one PDF: it takes a core some ten seconds, and a piece of work may take a minute."""


@blueprint.get("")
@requires(Permission.MANAGE_ROUNDS)
def campaigns(access: Access) -> str:
    listed = list_campaigns(session(), access=access)
    zone = access.organisation.time_zone
    return render_template(
        "campaigns/campaigns.html",
        organisation=access.organisation,
        campaigns=[(one, reader().date(day)) for one in listed if (day := local_day(one.campaign.created_at, zone))],
        has_teams=has_teams_to_ask(session(), access=access),
    )


@blueprint.route("/new", methods=["GET", "POST"])
@requires(Permission.MANAGE_ROUNDS)
def new(access: Access) -> str | Response:
    """The first page chooses what is asked of whom; the second says what would be opened, and why some cannot."""
    offered = offered_questionnaires(session(), organisation_id=access.organisation_id)
    teams = teams_to_ask(session(), access=access)
    first_day = today(access.organisation.time_zone, utc_now())
    usual = first_questionnaires(access.organisation, offered)
    form = campaign_form(
        reader(),
        offered,
        teams,
        tags_to_ask(session(), teams),
        may_combine=may_combine(offered),
        questionnaires=[one.id for one in usual],
        opens_on=first_day,
        closes_on=first_day + dt.timedelta(days=DAYS_TO_ANSWER),
    )
    act = request.form.get("act", "check")
    if act == "open" and form.validate_on_submit() and (opened := _opened(form, access)):
        return _to(opened, access)
    if act != "change" and form.validate_on_submit() and _is_sound(form, access, offered):
        checks = check_teams(session(), access=access, only=form.only)
        answering = {check.team.id for check in checks if check.obstacle is None}
        if not checks:
            form.add_error(form.teams, _("Please choose at least one team."))
        elif len(checks) > MOST_TEAMS:
            words_of_most = reader().gettext(
                "At most %(most)s teams in one campaign. Choose fewer.", most=reader().number(MOST_TEAMS)
            )
            form.add_error(form.teams, words_of_most)
        elif act == "open" and form.foreseen.data == ids_in(answering):
            opened = _open(form, access, offered, answering)
            if opened is not None:
                number = len(answering | form.together_ids)
                describe_deed(details=Details(campaign_id=opened.id, number=number))
                return _to(opened, access)
            if opened := _opened(form, access):  # by the other one of a double click
                return _to(opened, access)
            if not form.errors:
                return _show_check(form, access, check_teams(session(), access=access, only=form.only), offered, True)
        else:
            return _show_check(form, access, checks, offered, act == "open")
    words = words_of_offered(offered, _usual_points(teams), RoundMode.ANSWERED, reader())
    return render_template(
        "campaigns/new.html",
        form=form,
        organisation=access.organisation,
        teams=teams,
        offered=words,
        usual=[one for one in words if one.id in {asked.id for asked in usual}],
        may_combine=may_combine(offered),
        may_split=any(team.size >= 2 * access.organisation.minimum_group for team in teams),
    )


def _opened(form: CampaignForm, access: Access) -> Campaign | None:
    """What this very page has opened already."""
    return find_opened(session(), access=access, submission=_submission(form))


def _submission(form: CampaignForm) -> str:
    return (form.submission.data or new_token())[:40]


def _usual_points(teams: Sequence[Team]) -> int:
    """Of how many moments a questionnaire is spoken: teams have about as many each."""
    return max((len(team.points) for team in teams), default=0)


def _is_sound(form: CampaignForm, access: Access, offered: Sequence[Questionnaire]) -> bool:
    """Whether days and questionnaires can be as the form says, which then says why not."""
    now, zone = utc_now(), access.organisation.time_zone
    first, last = form.opens_on.data, form.closes_on.data
    if first and first < today(zone, now):
        form.add_error(form.opens_on, _("The first day has passed. Choose today or a later day."))
    elif last and last < max(first or last, today(zone, now)):
        form.add_error(form.closes_on, _("The last day must be today or later, and not before the first day."))
    asked = [one for one in offered if one.id in (form.questionnaires.data or ())]
    if clash := next(iter(clashes(asked)), None):
        form.add_error(form.questionnaires, not_together(clash, offered, reader()))
    return not form.errors


def _open(
    form: CampaignForm, access: Access, offered: Sequence[Questionnaire], answering: set[uuid.UUID]
) -> Campaign | None:
    """The campaign; `None` where the form says why not, or where the teams have changed since the page was shown."""
    now, zone = utc_now(), access.organisation.time_zone
    try:
        with session().begin_nested():
            return open_campaign(
                session(),
                access=access,
                name=form.name.data or "",
                questionnaires=[one.id for one in offered if one.id in (form.questionnaires.data or ())],
                teams=answering,
                together=form.together_ids,
                asks_role=bool(form.asks_role.data),
                opens_at=opening_time(form.opens_on.data, zone, now),
                closes_at=closing_time(form.closes_on.data, zone),
                submission=_submission(form),
                now=now,
            )
    except NoTeamsChosen:
        form.add_error(form.teams, _("None of the chosen teams can answer now."))
    except InvalidDates:
        form.add_error(form.closes_on, _("The last day must be today or later, and not before the first day."))
    except NotAskedTogether as clash:
        form.add_error(form.questionnaires, not_together(clash, offered, reader()))
    except UnknownQuestionnaire:
        form.add_error(form.questionnaires, _("Please choose among the questionnaires shown."))
    except (TeamsChanged, RoundUnderWay, TeamTooSmall, UnknownTeam):
        return None
    return None


def _show_check(
    form: CampaignForm, access: Access, checks: Sequence[TeamCheck], offered: Sequence[Questionnaire], has_changed: bool
) -> str:
    answering = [check for check in checks if check.obstacle is None]
    small = [check for check in checks if check.obstacle is Obstacle.TOO_SMALL]
    form.foreseen.data = ids_in(check.team.id for check in answering)
    if not has_changed:
        form.together.data = [str(check.team.id) for check in small]
    zone, now, first = access.organisation.time_zone, utc_now(), form.opens_on.data
    return render_template(
        "campaigns/check.html",
        form=form,
        organisation=access.organisation,
        answering=answering,
        small=small,
        waiting=[check for check in checks if check.obstacle is Obstacle.UNPUBLISHED],
        has_changed=has_changed,
        recent={check.team.id: words for check in checks if (words := _published_recently(check, zone, now))},
        opens=reader().date(first) if first and first > today(zone, now) else "",
        closes=format_closing(closing_time(form.closes_on.data, zone), zone, reader()),
        titles=reader().list_of(
            reader().text(one.title) for one in offered if one.id in (form.questionnaires.data or ())
        ),
        is_all=form.which.data == ALL,
    )


def _published_recently(check: TeamCheck, zone: str, now: dt.datetime) -> str:
    """That the team published a round a short while ago, or nothing."""
    day = local_day(check.published_at, zone)
    days = (today(zone, now) - day).days if day else RECENT_DAYS
    if days >= RECENT_DAYS:
        return ""
    if days < 1:
        return reader().gettext("it published a round today")
    return reader().ngettext("it published a round %(n)s day ago", "it published a round %(n)s days ago", days)


@dataclass(frozen=True, slots=True)
class RowWords:
    """One team in the campaign's list, and what it is asked with while it may still answer."""

    row: CampaignRow
    state: str
    answered: str
    card: TeamCard
    messages: Messages | None
    mail: TeamMail
    reminded: str
    """On which day everybody of it was last reminded by e-mail."""


STATES = {
    RoundState.DRAFT: _("In preparation"),
    RoundState.SCHEDULED: _("Not open yet"),
    RoundState.OPEN: _("Open"),
    RoundState.STOPPED: _("Closed"),
    RoundState.PUBLISHED: _("Published"),
}


@blueprint.get("/<uuid:campaign_id>")
@requires(Permission.MANAGE_ROUNDS)
def campaign(access: Access, campaign_id: uuid.UUID) -> str:
    whole = get_campaign(session(), access=access, campaign_id=campaign_id, now=utc_now())
    tags, tag = tags_to_ask(session(), [row.team for row in whole.rows]), requested_tag()
    state = with_tag(session(), state=whole, tag=tag) if tag else whole
    posters = rounds_with_posters(state)
    mail = mail_of_campaign(session(), state=state)
    may_remind, next_reminder = _reminder(state, mail, access)
    return render_template(
        "campaigns/campaign.html",
        organisation=access.organisation,
        campaign=state.campaign,
        tags=[(key, name, len(teams)) for key, (name, teams) in tags.items()],
        tag=tag,
        tag_name=tags[tag][0] if tag in tags else "",
        all_teams=len(whole.rows),
        rows=_rows(state, access, mail),
        sends=mailer() is not None,
        mailable=any(why_unmailable(row) is None for row in state.rows),
        invited=sum(one.invited for one in mail.values()),
        waiting=sum(one.waiting for one in mail.values()),
        may_remind=may_remind,
        next_reminder=next_reminder,
        counts={one: len(state.in_state(one)) for one in RoundState},
        answered=sum(row.participation.answered for row in state.rows if not row.participation.is_consensus),
        people=sum(row.participation.size for row in state.rows if not row.participation.is_consensus),
        days=_days(state, access),
        may_change_days=any(
            row.state is not RoundState.PUBLISHED and row.round.mode is not RoundMode.IMPORTED for row in state.rows
        ),
        may_be_ready=any(not row.participation.missing for row in state.in_state(RoundState.STOPPED)),
        posters=len(posters),
        parts=[(isolated(part[0].team.name), isolated(part[-1].team.name)) for part in _parts(posters)],
        is_local_only=bool(posters) and is_local_link(answer_link(posters[0].round.link_token)),
    )


def _reminder(state: CampaignState, mail: Mapping[uuid.UUID, TeamMail], access: Access) -> tuple[bool, str]:
    """Whether anybody invited to an open round can be reminded now; else when that can be, or nothing."""
    now = utc_now()
    waits = [
        (at, row.round.closes_at)
        for row in state.in_state(RoundState.OPEN)
        if (at := mail[row.round.id].may_remind_at) is not None
    ]
    if not waits:
        return False, ""
    at, closes_at = min(waits, key=lambda wait: wait[0])
    if at <= now:
        return True, ""
    return False, next_reminder_words(at, closes_at, access.organisation.time_zone, reader())


def _rows(state: CampaignState, access: Access, mail: Mapping[uuid.UUID, TeamMail]) -> list[RowWords]:
    overview = OrganisationOverview(access, [row.step for row in state.rows])
    return [
        RowWords(
            row=row,
            state=str(STATES[row.state]),
            answered=_answered(row),
            card=team_card(overview, row.step, reader()),
            messages=_messages(row, access),
            mail=mail[row.round.id],
            reminded=_day(mail[row.round.id].reminded_at, access),
        )
        for row in state.rows
    ]


def _day(at: dt.datetime | None, access: Access) -> str:
    day = local_day(at, access.organisation.time_zone)
    return reader().date(day) if day else ""


def _answered(row: CampaignRow) -> str:
    if row.participation.is_consensus:
        return reader().gettext("one sheet") if row.participation.answered else reader().gettext("no sheet yet")
    return reader().gettext(
        "%(answered)s of %(size)s",
        answered=reader().number(row.participation.answered),
        size=reader().number(row.participation.size),
    )


def _messages(row: CampaignRow, access: Access) -> Messages | None:
    """What the team is asked with, while it can be answered by the shared link."""
    if row.state not in (*UNOPENED, RoundState.OPEN) or row.round.has_personal_links:
        return None
    until = format_closing(row.round.closes_at, access.organisation.time_zone, reader())
    return messages_of(row.round, row.team, until, reader())


def _days(state: CampaignState, access: Access) -> str:
    """When the rounds can be answered, where that is the same for all."""
    zone = access.organisation.time_zone
    spans = {(local_day(row.round.opens_at, zone), local_day(row.round.closes_at, zone)) for row in state.rows}
    if len(spans) != 1:
        return ""
    [(first, last)] = spans
    if first is None:
        return ""
    if last is None:
        return reader().gettext("Since %(day)s", day=reader().date(first))
    return reader().gettext("%(first)s to %(last)s", first=reader().date(first), last=reader().date(last))


@blueprint.get("/<uuid:campaign_id>/posters.pdf")
@requires(Permission.MANAGE_ROUNDS)
@prepares
def posters(access: Access, campaign_id: uuid.UUID) -> Response:
    """The posters of all teams that can still answer by a shared link, a page each; of very many, a part of them."""
    state = chosen_campaign(access, campaign_id)
    parts = _parts(rounds_with_posters(state))
    if not parts:
        return _to(state.campaign, access)
    asked = request.args.get("part", 1, type=int)
    part = min(max(1, asked), len(parts))
    rows = parts[part - 1]
    as_asked = print_as_asked(access.organisation)
    zone, document_reader = access.organisation.time_zone, as_asked.reader
    paper = as_asked.paper or document_reader.paper
    sources = tuple(
        gather_poster_of(
            session(),
            row=row,
            link=answer_link(row.round.link_token),
            minutes=_minutes(row),
            opens=format_opening(row.round.opens_at, zone, document_reader) if row.state in UNOPENED else "",
            until=format_closing(row.round.closes_at, zone, document_reader),
            paper=paper,
        )
        for row in rows
    )
    tag = tag_in_address()
    title = document_reader.gettext("How good is our service? · %(team)s", team=state.campaign.name)
    name = document_name(
        document_reader.gettext("posters"),
        state.campaign.name,
        tag.get("tag", ""),
        document_reader.language,
        paper,
        str(part) if len(parts) > 1 else "",
        reader=document_reader,
    )
    return deliver(
        (sources, title, document_reader.tag),
        partial(print_posters, sources, title, document_reader),
        respond=lambda pdf: file_response(pdf, name, disposition="inline"),
        back=url_for(".campaign", organisation_id=access.organisation_id, campaign_id=campaign_id, **tag),
    )


def _parts(rows: Sequence[CampaignRow]) -> list[Sequence[CampaignRow]]:
    return [rows[at : at + POSTERS_AT_ONCE] for at in range(0, len(rows), POSTERS_AT_ONCE)]


def _minutes(row: CampaignRow) -> int:
    asked = find_pinned_questionnaire(session(), row.round)
    return minutes_to_answer(asked, len(row.round.points), row.round.mode) if asked is not None else 1


def _to(campaign_: Campaign, access: Access) -> Response:
    return redirect(url_for(".campaign", organisation_id=access.organisation_id, campaign_id=campaign_.id), 303)
