"""`…/campaigns/from-file`: rounds of several teams from one responses file, in two pages.

First the file is read, and the page says what is wrong with it, or which teams it has. Then each of them becomes a
round of the team that was chosen. Between the two it travels in the page's form, packed: nothing is stored before
somebody confirms it.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response
from wtforms import Field, FieldList, HiddenField, SelectField
from wtforms.validators import NumberRange, Optional

from assessment.catalogue.catalogue import DEFAULT_QUESTIONNAIRE, UnknownQuestionnaire
from assessment.domain.access import Permission
from assessment.domain.audit import Details
from assessment.domain.questionnaire import Questionnaire
from assessment.infra.clock import utc_now
from assessment.infra.tokens import new_token
from assessment.intake.notes import describe_note, without_team_name
from assessment.intake.problems import InvalidFile
from assessment.intake.responses import Responses, UnknownTeamInFile
from assessment.services.access import Access
from assessment.services.campaigns import Campaign, find_opened, teams_to_ask
from assessment.services.import_round import TooFewInFile
from assessment.services.import_rounds import (
    MOST_TEAMS,
    CheckedFile,
    Destination,
    NoTeamsKept,
    NotKept,
    OtherMoments,
    TeamInFile,
    check_file,
    keep_imported_rounds,
    names_of_moments,
    other_moments,
)
from assessment.services.questionnaires import offered_questionnaires
from assessment.services.rounds import RoundUnderWay
from assessment.services.teams import Team, UnknownTeam
from assessment.web.access import requires
from assessment.web.auditing import describe_deed
from assessment.web.campaigns.blueprint import blueprint
from assessment.web.choices import new_team_kind_choices
from assessment.web.fields import WholeNumberField, round_name_field
from assessment.web.forms import Form, choices_of
from assessment.web.languages import lazy_gettext as _
from assessment.web.languages import reader
from assessment.web.responses_file import (
    FileForm,
    FileProblems,
    FileTooLarge,
    chosen_questionnaire,
    file_form,
    file_problems,
    packed,
    read_file,
    read_sent,
    send_empty_file,
    unpacked,
)
from assessment.web.transactions import commit_early, session
from reports.engine.scripts import isolated

LEFT_OUT, NEW = "", "new"
WITHOUT_LADDER = ":without-ladder"
"""Ends the choice of a team to which the file's moments are unknown."""
MOST_OFFERED = 100
"""Teams among which each row lets one choose; where there are more, the name in the file decides."""


class DestinationsForm(Form):
    """The second page: what becomes of each team of the file, in the file's order."""

    packed = HiddenField()
    ignore_unknown = HiddenField()
    questionnaire = HiddenField()
    warned = HiddenField()
    """Which teams the page has warned of: they have other moments than the file."""
    submission = HiddenField(default=new_token)
    """Of this page alone: sent twice, it makes its rounds once."""
    name = round_name_field()
    becomes = FieldList(SelectField(_("Becomes a round of"), validate_choice=False), max_entries=MOST_TEAMS)
    sizes = FieldList(
        WholeNumberField(
            _("People in the new team"),
            [Optional(), NumberRange(1, 10_000, _("Write a whole number from 1 to 10000."))],
        ),
        max_entries=MOST_TEAMS,
    )
    new_kind = SelectField(_("What do the new teams do?"))

    @property
    def has_errors(self) -> bool:
        """Also where a service refused one of the rows, which WTForms does not count any more."""
        return bool(self.errors) or any(row.errors for row in (*self.becomes.entries, *self.sizes.entries))


@dataclass(frozen=True, slots=True)
class Row:
    """A team of the file as the page shows it: its choices, or why it cannot be taken."""

    team: TeamInFile
    answered: str
    obstacle: str
    becomes: SelectField
    size: Field
    moments: str
    """That its moments are not those of the file, or nothing."""


@blueprint.route("/from-file", methods=["GET", "POST"])
@requires(Permission.MANAGE_ROUNDS)
def from_file(access: Access) -> str | Response:
    """Chooses a file; a file that can be used leads to the second page, in the same answer."""
    offered = offered_questionnaires(session(), organisation_id=access.organisation_id)
    form, problems = file_form(reader(), offered), None
    if form.validate_on_submit():
        commit_early()
        try:
            data, responses = read_sent(form, chosen_questionnaire(form.questionnaire.data, offered))
        except FileTooLarge:
            pass
        except InvalidFile as invalid:
            problems = file_problems(invalid, reader())
        else:
            if len(responses.teams) <= MOST_TEAMS:
                return _first_check(form, data, responses, access)
            form.add_error(form.file, _too_many(len(responses.teams)))
    return _show_first(form, problems, access, offered)


@blueprint.get("/from-file/template")
@requires(Permission.MANAGE_ROUNDS)
def empty_file_of_teams(access: Access) -> Response:
    """The empty file for several teams, with columns for moments only where all teams have the same."""
    offered = offered_questionnaires(session(), organisation_id=access.organisation_id)
    teams = teams_to_ask(session(), access=access)
    return send_empty_file(access.organisation.name, _shared_moments(teams), offered)


def _shared_moments(teams: Sequence[Team]) -> tuple[str, ...]:
    """The ids of the moments, in sequence, that all of the teams have; empty where they differ."""
    sequences = {tuple(point["id"] for point in team.points) for team in teams}
    return sequences.pop() if len(sequences) == 1 else ()


@blueprint.post("/from-file/confirm")
@requires(Permission.MANAGE_ROUNDS)
def confirm_file(access: Access) -> str | Response:
    """Makes the rounds. Whatever the form says of the file is read anew from the file itself."""
    form = DestinationsForm()
    offered = offered_questionnaires(session(), organisation_id=access.organisation_id)
    commit_early()
    try:
        questionnaire = chosen_questionnaire(form.questionnaire.data or DEFAULT_QUESTIONNAIRE, offered)
        responses = read_file(unpacked(form.packed.data or ""), form.ignore_unknown.data, questionnaire)
    except (InvalidFile, FileTooLarge, UnknownQuestionnaire):
        return _begin_again(access)
    if made_before := find_opened(session(), access=access, submission=_submission(form)):
        return _to(made_before, access)
    if not len(responses.teams) == len(form.becomes.entries) == len(form.sizes.entries):
        return _begin_again(access)
    checked = check_file(session(), access=access, responses=responses)
    _offer(form, responses, checked, access)
    is_sound = form.validate_on_submit()
    destinations = _destinations(form, checked)
    if is_sound and not form.has_errors:
        _warn_first(form, responses, checked, access)
    if is_sound and not form.has_errors and (campaign := _keep(form, responses, checked, destinations, access)):
        number = len(destinations)
        describe_deed(details=Details(campaign_id=campaign.id, number=number))
        flash(
            reader().ngettext(
                "The answers of %(n)s team are in. Look at its round, then publish it.",
                "The answers of %(n)s teams are in. Look at the rounds, then publish those that are ready.",
                number,
                n=reader().number(number),
            )
        )
        return _to(campaign, access)
    return _show_check(form, responses, checked, access)


def _to(campaign: Campaign, access: Access) -> Response:
    return redirect(url_for(".campaign", organisation_id=access.organisation_id, campaign_id=campaign.id), 303)


def _submission(form: DestinationsForm) -> str:
    return (form.submission.data or new_token())[:40]


def _begin_again(access: Access) -> Response:
    """What was sent is not what the first page made."""
    return redirect(url_for(".from_file", organisation_id=access.organisation_id), 303)


def _too_many(teams: int) -> str:
    return reader().gettext(
        "The file has %(n)s teams; at most %(most)s can be brought in at once. Divide the file. If these are not "
        "teams, look at the column “team”.",
        n=reader().number(teams),
        most=reader().number(MOST_TEAMS),
    )


def _show_first(form: FileForm, problems: FileProblems | None, access: Access, offered: Sequence[Questionnaire]) -> str:
    return render_template(
        "campaigns/from_file.html",
        form=form,
        problems=problems,
        organisation=access.organisation,
        questionnaires=offered,
        has_moments=bool(_shared_moments(teams_to_ask(session(), access=access))),
    )


def _first_check(first: FileForm, data: bytes, responses: Responses, access: Access) -> str:
    """The second page as it is proposed: each team of the file becomes a round of its namesake, or a new team."""
    checked = check_file(session(), access=access, responses=responses)
    form = DestinationsForm(
        formdata=None,
        packed=packed(data),
        ignore_unknown="y" if first.ignore_unknown.data else "",
        questionnaire=first.questionnaire.data,
        becomes=[_proposed(team, responses, checked, access) for team in checked.teams],
        sizes=[None if team.is_consensus else team.answered for team in checked.teams],
    )
    _offer(form, responses, checked, access)
    return _show_check(form, responses, checked, access)


def _proposed(team: TeamInFile, responses: Responses, checked: CheckedFile, access: Access) -> str:
    if team.has_too_few or (team.namesake and team.namesake.id in checked.busy):
        return LEFT_OUT
    if team.namesake:
        other = other_moments(access, responses, team.name, team.namesake)
        return f"{team.namesake.id}{WITHOUT_LADDER if other and not other.shares_any else ''}"
    return NEW if _may_be_new(team, access) else LEFT_OUT


def _offer(form: DestinationsForm, responses: Responses, checked: CheckedFile, access: Access) -> None:
    """The choices of each row."""
    all_free = [(str(team.id), isolated(team.name)) for team in checked.free]
    for field, team in zip(form.becomes.entries, checked.teams, strict=True):
        own = [choice for choice in all_free if team.namesake and choice[0] == str(team.namesake.id)]
        field.choices = choices_of(
            [
                (LEFT_OUT, reader().gettext("Leave it out")),
                *([(NEW, reader().gettext("A new team of this name"))] if _may_be_new(team, access) else []),
                *_without_ladder(field, team, responses, checked, access),
                *(all_free if len(all_free) <= MOST_OFFERED else own),
            ]
        )
    form.new_kind.choices = choices_of(new_team_kind_choices(reader()))


def _without_ladder(
    field: SelectField, team: TeamInFile, responses: Responses, checked: CheckedFile, access: Access
) -> list[tuple[str, str]]:
    """The team of the row without the file's moments, where none of them is its own."""
    beside = _beside(field, team, checked)
    other = other_moments(access, responses, team.name, beside) if beside else None
    if beside is None or other is None or other.shares_any:
        return []
    words = reader().gettext("Without the moments of the file: %(team)s", team=isolated(beside.name))
    return [(f"{beside.id}{WITHOUT_LADDER}", words)]


def _may_be_new(team: TeamInFile, access: Access) -> bool:
    return team.namesake is None and access.may(Permission.MANAGE_TEAMS)


def _keep(
    form: DestinationsForm,
    responses: Responses,
    checked: CheckedFile,
    destinations: Sequence[Destination],
    access: Access,
) -> Campaign | None:
    """The campaign; else `None`, and the form says why."""
    try:
        with session().begin_nested():
            return keep_imported_rounds(
                session(),
                access=access,
                name=form.name.data or "",
                responses=responses,
                destinations=destinations,
                new_kind=form.new_kind.data or "",
                questionnaire_id=form.questionnaire.data or DEFAULT_QUESTIONNAIRE,
                submission=_submission(form),
                now=utc_now(),
            )
    except NoTeamsKept:
        form.add_error(form.name, _("Every team is left out. Choose what becomes of at least one of them."))
    except NotKept as one:
        at = next(number for number, team in enumerate(checked.teams) if team.name == one.file_team)
        form.add_error(form.becomes.entries[at], _why_not(one))
    except (UnknownTeam, UnknownTeamInFile):
        form.add_error(form.name, _("One of these teams is no longer there. Look at the list again."))
    return None


def _destinations(form: DestinationsForm, checked: CheckedFile) -> list[Destination]:
    """What was chosen; what cannot be is said beside its field."""
    destinations, taken = [], set()
    for team, becomes, size in zip(checked.teams, form.becomes.entries, form.sizes.entries, strict=True):
        if becomes.data == LEFT_OUT:
            continue
        if becomes.data not in {value for value, *_words in becomes.iter_choices()}:
            form.add_error(becomes, _("Something has changed since this page was shown. Choose again, please."))
            continue
        if becomes.data != NEW:
            chosen = becomes.data.removesuffix(WITHOUT_LADDER)
            if chosen in taken:
                form.add_error(becomes, _("This team is chosen twice. Each takes the answers of one team of the file."))
            taken.add(chosen)
            destinations.append(Destination(team.name, uuid.UUID(chosen), with_ladder=chosen == becomes.data))
            continue
        if not size.data:
            form.add_error(size, _("Please write how many people are in the team."))
        elif size.data < team.answered and not team.is_consensus:
            form.add_error(size, _more_answers(team))
        if not form.new_kind.data and not form.new_kind.errors:
            form.add_error(form.new_kind, _("Please choose what comes closest."))
        destinations.append(Destination(team.name, None, size.data or 0))
    return destinations


def _more_answers(team: TeamInFile) -> str:
    return reader().gettext(
        "The file has answers of %(answered)s people of this team: more than you say are in it. Write how many people "
        "the team has.",
        answered=reader().number(team.answered),
    )


def _warn_first(form: DestinationsForm, responses: Responses, checked: CheckedFile, access: Access) -> None:
    """An error at each row whose team was chosen on the page, so that nobody has been told what its moments are."""
    warned = set((form.warned.data or "").split())
    for number, (field, team) in enumerate(zip(form.becomes.entries, checked.teams, strict=True)):
        chosen = _chosen(field, checked)
        if chosen and f"{number}:{chosen.id}" not in warned and other_moments(access, responses, team.name, chosen):
            form.add_error(field, _("This team has other moments than the file. Read the warning, then send it again."))


def _chosen(field: SelectField, checked: CheckedFile) -> Team | None:
    """The team whose round the row becomes, with or without the ladder."""
    chosen = (field.data or "").removesuffix(WITHOUT_LADDER)
    return next((team for team in checked.free if str(team.id) == chosen), None)


def _beside(field: SelectField, team: TeamInFile, checked: CheckedFile) -> Team | None:
    """Whose moments are looked at beside those of the file: the chosen team's, else the namesake's."""
    return _chosen(field, checked) or (team.namesake if team.namesake in checked.free else None)


def _moments(other: OtherMoments | None) -> str:
    """What to know before the file's ladder becomes that of a team."""
    if other is None:
        return ""
    new, missing = (reader().list_of(map(isolated, names)) for names in (other.new, other.missing))
    if not other.shares_any:
        return reader().gettext(
            "Stop: none of the moments in the file is one of this team's. The file has %(new)s; the team has "
            "%(missing)s. Its results would show moments that are not its own, and a published round cannot be "
            "changed. Take its answers without the moments of the file, or give it a file of its own.",
            new=new,
            missing=missing,
        )
    sentences = [reader().gettext("The moments in the file are not quite those of this team.")]
    if other.missing:
        sentences.append(reader().gettext("Missing in the file: %(moments)s.", moments=missing))
    if other.new:
        sentences.append(reader().gettext("Only in the file: %(moments)s.", moments=new))
    return " ".join(sentences)


def _why_not(refused: NotKept) -> str:
    if isinstance(refused.why, TooFewInFile):
        return _too_few(refused.why.needed)
    if isinstance(refused.why, RoundUnderWay):
        return reader().gettext("It has a round that is not published. Publish that one first, or leave this team out.")
    return reader().gettext("There is a team of this name already; choose another name.")


def _too_few(needed: int) -> str:
    return reader().gettext(
        "Left out: a result needs answers of %(needed)s people, so that nobody can be recognised. A single row with "
        "the role “consensus” is taken instead.",
        needed=reader().number(needed),
    )


def _show_check(form: DestinationsForm, responses: Responses, checked: CheckedFile, access: Access) -> str:
    rows, warned, in_file = [], [], dict[str, None]()
    for number, (team, becomes, size) in enumerate(
        zip(checked.teams, form.becomes.entries, form.sizes.entries, strict=True)
    ):
        in_file |= dict.fromkeys(names_of_moments(access, responses, team.name))
        beside = _beside(becomes, team, checked)
        other = other_moments(access, responses, team.name, beside) if beside else None
        if beside and other:
            warned.append(f"{number}:{beside.id}")
        rows.append(Row(team, _answered(team), _obstacle(team, checked), becomes, size, _moments(other)))
    form.warned.data = " ".join(warned)
    understood = without_team_name(responses.notes)
    return render_template(
        "campaigns/from_file_check.html",
        form=form,
        rows=rows,
        moments=reader().list_of(map(isolated, in_file)),
        may_be_new=any(_may_be_new(row.team, access) for row in rows),
        warnings=[describe_note(note, reader()) for note in responses.notes if note.is_warning],
        notes_of_file=[describe_note(note, reader()) for note in understood if not note.is_warning],
        organisation=access.organisation,
        is_by_name=len(checked.free) > MOST_OFFERED,
    )


def _answered(team: TeamInFile) -> str:
    return reader().gettext("one sheet") if team.is_consensus else reader().number(team.answered)


def _obstacle(team: TeamInFile, checked: CheckedFile) -> str:
    if team.has_too_few:
        return _too_few(team.needed)
    if team.namesake and team.namesake.id in checked.busy:
        return reader().gettext(
            "Left out: this team has a round that is not published. Publish that one first, or choose another team."
        )
    return ""
