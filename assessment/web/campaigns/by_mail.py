"""`…/campaigns/<id>/e-mail`: whom all rounds of a campaign are announced to by e-mail, and reminding them at once.

A list of teams and addresses is read, and the page says how it was understood; sent once somebody confirms. Each round
is then announced as from its own page.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Sequence

from flask import current_app, flash, redirect, render_template, url_for
from flask_login import current_user
from werkzeug.wrappers import Response
from wtforms import BooleanField, TextAreaField

from assessment.domain.access import Permission
from assessment.infra.clock import utc_now
from assessment.infra.languages import N_, language_of
from assessment.infra.tokens import new_token
from assessment.intake.addresses import GivenAddress
from assessment.intake.team_addresses import (
    GivenTeamAddress,
    read_pasted_team_addresses,
    read_team_address_file,
)
from assessment.services.access import Access
from assessment.services.campaign_mail import (
    MOST_PEOPLE,
    CheckedTeams,
    Unmailable,
    check_teams_list,
    invite_teams,
    mail_of_campaign,
    people_of_last_rounds,
    remind_teams,
    why_unmailable,
)
from assessment.services.campaigns import CampaignRow, CampaignState, get_campaign
from assessment.services.mailings import preview_invitation
from assessment.services.recipients import MOST_RECIPIENTS, Person, has_people_of_last_round
from assessment.web import limits
from assessment.web.access import requires
from assessment.web.address_lists import ListForm, ListReading, SendForm, given_in
from assessment.web.campaigns.blueprint import blueprint
from assessment.web.campaigns.chosen import chosen_campaign, tag_in_address
from assessment.web.forms import ConfirmForm
from assessment.web.languages import lazy_gettext as _
from assessment.web.languages import reader
from assessment.web.mail import addresses_of, mailer, secret
from assessment.web.public_links import is_local_link
from assessment.web.sharing import answer_link
from assessment.web.transactions import commit_early, session
from reports.engine.scripts import isolated

ROWS_SHOWN = 50
WHY_NOT = {
    Unmailable.TOGETHER: N_("they answer together on one sheet"),
    Unmailable.PERSONAL_LINKS: N_("they answer by personal links, which do not go out by e-mail"),
    Unmailable.OVER: N_("their round is not open and does not open later"),
}


class TeamsListForm(ListForm):
    """The people with their teams."""

    addresses = TextAreaField(_("Teams and addresses"))


class SendToTeamsForm(SendForm):
    """The people with their rounds' ids."""

    also_removed = BooleanField(_("Also add those who were removed from these lists"))


LIST = ListReading(
    read_pasted_team_addresses,
    read_team_address_file,
    MOST_PEOPLE,
    N_("Please paste teams with addresses, or choose a file with them."),
    N_("At most %(most)s addresses at once. Divide the list."),
)


@blueprint.route("/<uuid:campaign_id>/e-mail", methods=["GET", "POST"])
@requires(Permission.MANAGE_ROUNDS)
def by_mail(access: Access, campaign_id: uuid.UUID) -> str | Response:
    """Reads a list; one that can be used leads to the second page, in the same answer."""
    state = _state(access, campaign_id)
    form = TeamsListForm()
    if form.validate_on_submit() and mailer() is not None:
        given = given_in(form, LIST)
        if given is not None:
            return _show_check(access, state, given, form)
    return _show(access, state, form)


@blueprint.post("/<uuid:campaign_id>/e-mail/same")
@requires(Permission.MANAGE_ROUNDS)
def same_people(access: Access, campaign_id: uuid.UUID) -> str | Response:
    """The people of each team's last round, as far as their addresses are kept, to be looked at."""
    state = _state(access, campaign_id)
    given = people_of_last_rounds(session(), state=state)
    if not given or mailer() is None:
        flash(reader().gettext("The addresses of the last rounds have been deleted by now."), "error")
        return _to(state, ".by_mail")
    return _show_check(access, state, given, TeamsListForm(formdata=None))


@blueprint.post("/<uuid:campaign_id>/e-mail/send")
@requires(Permission.MANAGE_ROUNDS)
def send_by_mail(access: Access, campaign_id: uuid.UUID) -> Response:
    """Keeps the people and writes to them. Whatever the form says of them is checked anew."""
    state = _state(access, campaign_id)
    form, sends = SendToTeamsForm(), mailer()
    if sends is None or not form.validate_on_submit():
        return _to(state, ".by_mail")
    commit_early()  # nobody waits while thousands of addresses are looked at
    checked = check_teams_list(
        session(), access=access, state=state, given=_unpacked(form.people.data or "", state), secret=secret()
    )
    people: dict[uuid.UUID, list[Person]] = {
        team.row.round.id: [*team.checked.people, *(team.checked.removed if form.also_removed.data else ())]
        for team in checked.teams
    }
    if number := sum(map(len, people.values())):
        limits.require(limits.ADDRESSES, f"announced:{access.organisation_id}", cost=number)
    done = invite_teams(
        session(),
        state=state,
        people=people,
        turn=form.turn.data or new_token(),
        reply_to=current_user.email if form.replies.data else "",
        new_message_id=sends.new_message_id,
        secret=secret(),
        now=utc_now(),
    )
    if done.people:
        words = reader().ngettext(
            "The invitation is on its way to %(n)s person.",
            "The invitation is on its way to %(n)s people.",
            done.people,
        )
        flash(words)
    elif not done.left_out:
        flash(reader().gettext("Everybody on this list was invited already: nobody gets it twice."))
    if done.left_out:
        teams = reader().list_of(isolated(name) for name in done.left_out)
        flash(reader().gettext("Left out, since their rounds take nobody else: %(teams)s.", teams=teams), "error")
    return _to(state, ".campaign")


@blueprint.post("/<uuid:campaign_id>/e-mail/remind")
@requires(Permission.MANAGE_ROUNDS)
def remind_by_mail(access: Access, campaign_id: uuid.UUID) -> Response:
    """Reminds everybody invited to the open rounds, each round within its own limits."""
    state = chosen_campaign(access, campaign_id)
    sends = mailer()
    if sends is None or not ConfirmForm().validate_on_submit():
        return _to(state, ".campaign")
    done = remind_teams(session(), state=state, new_message_id=sends.new_message_id, now=utc_now())
    if done.people:
        flash(
            reader().ngettext(
                "The reminder is on its way to %(n)s person.",
                "The reminder is on its way to %(n)s people.",
                done.people,
            )
        )
    if done.already and done.people:
        flash(
            reader().ngettext(
                "The people of %(n)s team were written to a short while ago: they can be reminded later.",
                "The people of %(n)s teams were written to a short while ago: they can be reminded later.",
                done.already,
            )
        )
    elif done.already:
        flash(reader().gettext("Everybody was written to a short while ago: a reminder can go out later."), "error")
    elif not done.people:
        flash(reader().gettext("There is nobody to be reminded by e-mail."), "error")
    return _to(state, ".campaign")


def _state(access: Access, campaign_id: uuid.UUID) -> CampaignState:
    return get_campaign(session(), access=access, campaign_id=campaign_id, now=utc_now())


def _show(access: Access, state: CampaignState, form: TeamsListForm) -> str:
    mailable = [row for row in state.rows if why_unmailable(row) is None]
    mail = mail_of_campaign(session(), state=state)
    kept = sum(has_people_of_last_round(session(), round_=row.round) for row in mailable)
    return render_template(
        "campaigns/by_mail.html",
        form=form,
        organisation=access.organisation,
        campaign=state.campaign,
        sends=mailer() is not None,
        mailable=mailable,
        uninvited=[row for row in mailable if not mail[row.round.id].invited],
        others=_why_not((row, why) for row in state.rows if (why := why_unmailable(row)) is not None),
        kept=kept,
        is_local_only=is_local_link(answer_link("")),
    )


def _why_not(rows: Iterable[tuple[CampaignRow, Unmailable]]) -> list[tuple[str, str]]:
    """Reasons, each with the teams it holds for."""
    teams: dict[Unmailable, list[str]] = {}
    for row, why in rows:
        teams.setdefault(why, []).append(isolated(row.team.name))
    return [(reader().gettext(WHY_NOT[why]), reader().list_of(teams[why])) for why in Unmailable if why in teams]


def _show_check(
    access: Access, state: CampaignState, given: Sequence[GivenTeamAddress], form: TeamsListForm
) -> str | Response:
    checked = check_teams_list(session(), access=access, state=state, given=given, secret=secret())
    if crowded := next((team for team in checked.teams if team.is_too_many), None):
        form.add_error(
            form.addresses,
            reader().gettext(
                "%(team)s would have more than %(most)s addresses.",
                team=isolated(crowded.row.team.name),
                most=reader().number(MOST_RECIPIENTS),
            ),
        )
        return _show(access, state, form)
    addresses = addresses_of(current_app)
    assert addresses is not None  # noqa: S101 - there is a mailer
    language = language_of(access.organisation.language)
    send = SendToTeamsForm(formdata=None, people=_packed(checked), turn=new_token(), replies=True)
    if not checked.removed:
        del send.also_removed
    preview = None
    if checked.people or checked.removed:
        where = {"organisation_id": access.organisation_id, "round_id": checked.teams[0].row.round.id}
        preview = preview_invitation(session(), **where, addresses=addresses, language=language)
    return render_template(
        "campaigns/by_mail_check.html",
        form=send,
        organisation=access.organisation,
        campaign=state.campaign,
        checked=checked,
        wrong=(wrong := checked.wrong)[:ROWS_SHOWN],
        wrong_more=len(wrong[ROWS_SHOWN:]),
        nameless=checked.nameless[:ROWS_SHOWN],
        nameless_more=len(checked.nameless[ROWS_SHOWN:]),
        unmailable=_why_not(checked.unmailable),
        without=reader().list_of(isolated(row.team.name) for row in checked.without),
        own_email=current_user.email,
        preview=preview,
        preview_language=language,
        is_local_only=is_local_link(answer_link("")),
    )


def _packed(checked: CheckedTeams) -> str:
    return json.dumps(
        [
            [str(team.row.round.id), one.address, one.name, one.language]
            for team in checked.teams
            for one in (*team.checked.people, *team.checked.removed)
        ],
        ensure_ascii=False,
    )


def _unpacked(packed: str, state: CampaignState) -> list[GivenTeamAddress]:
    """What the second page carries; nothing of what is not ours. A round stands for its team, whatever it is called
    by now."""
    names = {str(row.round.id): row.team.name for row in state.rows}
    found = []
    try:
        for round_id, address, name, language in json.loads(packed)[:MOST_PEOPLE]:
            if (team := names.get(str(round_id))) is not None:
                person = GivenAddress(1, str(address), str(address), str(name), str(language))
                found.append(GivenTeamAddress(team, person))
    except (ValueError, TypeError, RecursionError):
        return []
    return found


def _to(state: CampaignState, page: str) -> Response:
    campaign = state.campaign
    return redirect(
        url_for(page, organisation_id=campaign.organisation_id, campaign_id=campaign.id, **tag_in_address()), 303
    )
