"""What a row of the log says, in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from assessment.domain.access import OrganisationRole
from assessment.domain.audit import Action, ActionGroup, ObjectKind, Scope
from assessment.infra.languages import N_, Localisation
from assessment.services.audit import ListedEvent, Names
from assessment.services.engagement_files import COMMAND_LINE
from assessment.web.roles import ROLE_NAMES
from reports.engine.scripts import isolated

GROUP_WORDS = {
    ActionGroup.SEEN: N_("What was seen"),
    ActionGroup.TAKEN: N_("What was downloaded or printed"),
    ActionGroup.MEMBERS: N_("People and what they may do"),
    ActionGroup.SETTINGS: N_("Settings of the organisation"),
    ActionGroup.TEAMS: N_("Teams"),
    ActionGroup.ROUNDS: N_("Rounds"),
    ActionGroup.PLANS: N_("Plans"),
}
ACTION_WORDS = {
    Action.SAW_RESULTS: N_("saw the results"),
    Action.SAW_PLAN: N_("saw the plan"),
    Action.SAW_FEEDBACK: N_("saw the message that tells the team what came of the round"),
    Action.SAW_PORTFOLIO: N_("saw all teams at a glance"),
    Action.SAW_LOG: N_("saw this log"),
    Action.SAW_OTHER: N_("saw another page with results"),
    Action.TOOK_PLAN: N_("downloaded the plan"),
    Action.TOOK_CALENDAR: N_("downloaded the plan’s calendar"),
    Action.TOOK_FEEDBACK: N_("downloaded the page that tells the team what came of the round"),
    Action.TOOK_SLIDES: N_("downloaded the results as slides"),
    Action.TOOK_POSTER: N_("downloaded the poster"),
    Action.TOOK_LINKS: N_("downloaded the slips with personal links"),
    Action.TOOK_LOG: N_("downloaded this log"),
    Action.TOOK_PORTFOLIO: N_("downloaded the summary or the workbook of the teams"),
    Action.MADE_PORTFOLIO: N_("had the summary or the workbook of the teams made"),
    Action.MADE_ENGAGEMENT: N_("had the organisation written to a file"),
    Action.TOOK_ENGAGEMENT: N_("downloaded the file of the organisation"),
    Action.IMPORTED_ENGAGEMENT: N_("brought the organisation from a file"),
    Action.TOOK_OTHER: N_("downloaded another file"),
    Action.INVITED: N_("invited %(about)s. Role: %(role)s"),
    Action.WITHDREW_INVITATION: N_("withdrew an invitation"),
    Action.JOINED: N_("joined the organisation. Role: %(role)s"),
    Action.CHANGED_ROLE: N_("changed what %(about)s may do. Role: %(role)s"),
    Action.REMOVED_MEMBER: N_("removed %(about)s from the organisation"),
    Action.LEFT: N_("left the organisation"),
    Action.CHANGED_ORGANISATION: N_("changed the organisation’s name, country or what its rounds begin with"),
    Action.CHANGED_LOOK: N_("changed the logo or the colour"),
    Action.CHANGED_CONSULTANCY: N_("changed who accompanies the organisation"),
    Action.COPIED_SETTINGS: N_("copied settings and moments to begin a new organisation with them"),
    Action.CHANGED_PRIVACY: N_("changed the privacy notice or how long things are kept"),
    Action.SENT_MAIL_AGAIN: N_("had an e-mail sent again"),
    Action.ADDED_TEAM: N_("added the team"),
    Action.ADDED_TEAMS: N_("added several teams from a list"),
    Action.CHANGED_TEAM: N_("changed the team’s name, size, kind or tags"),
    Action.CHANGED_POINTS: N_("changed the team’s moments"),
    Action.COPIED_POINTS: N_("copied the text of the team’s moments to another organisation of theirs"),
    Action.CHANGED_TARGETS: N_("changed the team’s targets"),
    Action.DELETED_TEAM: N_("deleted a team"),
    Action.OPENED_ROUND: N_("made the round"),
    Action.CHANGED_ROUND: N_("changed the round’s dates"),
    Action.MADE_LINKS: N_("made personal links for the round"),
    Action.WROTE_BY_MAIL: N_("had the people of the round invited or reminded by e-mail"),
    Action.CHANGED_RECIPIENTS: N_("changed to whom the e-mails of the round go"),
    Action.STOPPED_ROUND: N_("stopped the round"),
    Action.PUBLISHED_ROUND: N_("published the round"),
    Action.DISCARDED_ROUND: N_("discarded a round"),
    Action.IMPORTED_ANSWERS: N_("made a round from a file of answers"),
    Action.TYPED_ANSWERS: N_("began to type sheets of paper"),
    Action.DISCARDED_SHEET: N_("discarded a sheet of paper that was typed and not counted"),
    Action.OPENED_CAMPAIGN: N_("opened a campaign"),
    Action.CHANGED_CAMPAIGN: N_("changed the last day of a campaign"),
    Action.STOPPED_CAMPAIGN: N_("stopped the rounds of a campaign"),
    Action.PUBLISHED_CAMPAIGN: N_("published rounds of a campaign"),
    Action.MAILED_CAMPAIGN: N_("had the people of a campaign invited or reminded by e-mail"),
    Action.CHANGED_REPETITION: N_("changed how the team’s rounds repeat"),
    Action.STARTED_WORKSHOP: N_("started a workshop of the round"),
    Action.ENDED_WORKSHOP: N_("ended the workshop of the round"),
    Action.HID_COMMENT: N_("hid a comment or showed it again"),
    Action.CHANGED_PLAN: N_("changed the plan or noted how far it is"),
    Action.SHARED_PLAN: N_("shared the plan by its link"),
    Action.ADDED_PHOTOGRAPH: N_("added a photograph of the signed plan"),
    Action.REMOVED_PHOTOGRAPH: N_("deleted the photograph of the signed plan"),
    Action.MADE_OWNER_LINK: N_("made a link for the owner of actions"),
    Action.ENDED_OWNER_LINK: N_("ended the link of an owner of actions"),
    Action.CHANGED_OTHER: N_("changed something else"),
}
UNKNOWN_ACTION = N_("did something that this version of Escala does not know")
NOBODY = N_("Somebody whose account is gone")
AT_THE_COMMAND_LINE = N_("Somebody at the command line of the server")
SOMEBODY = N_("somebody whose account is gone")
SOMEBODY_INVITED = N_("somebody")
MORE_WORDS = {
    (Action.TOOK_PORTFOLIO, "summary"): N_("downloaded the summary of the teams (PDF)"),
    (Action.TOOK_PORTFOLIO, "workbook"): N_("downloaded the workbook of the teams (XLSX)"),
    (Action.MADE_PORTFOLIO, "summary"): N_("had the summary of the teams made (PDF)"),
    (Action.MADE_PORTFOLIO, "workbook"): N_("had the workbook of the teams made (XLSX)"),
    (Action.CHANGED_POINTS, "from-elsewhere"): N_(
        "changed the team’s moments: copied their text from another organisation of theirs"
    ),
    (Action.SHARED_PLAN, "stopped"): N_("stopped sharing the plan"),
    (Action.TOOK_ENGAGEMENT, "encrypted"): N_("downloaded the file of the organisation, encrypted"),
    (Action.TOOK_ENGAGEMENT, "answers"): N_("wrote the organisation to a file, with what each person answered"),
    (Action.TOOK_ENGAGEMENT, COMMAND_LINE): N_("wrote the organisation to a file"),
    (Action.IMPORTED_ENGAGEMENT, "later"): N_("brought a later edition of the organisation from a file"),
}
"""What says more where one knows which of several things it was."""
CAMPAIGN_WORDS = {
    Action.OPENED_CAMPAIGN: N_("opened the campaign “%(campaign)s”"),
    Action.CHANGED_CAMPAIGN: N_("changed the last day of the campaign “%(campaign)s”"),
    Action.STOPPED_CAMPAIGN: N_("stopped rounds of the campaign “%(campaign)s”"),
    Action.PUBLISHED_CAMPAIGN: N_("published rounds of the campaign “%(campaign)s”"),
    Action.MAILED_CAMPAIGN: N_("had the people of the campaign “%(campaign)s” invited or reminded by e-mail"),
    Action.TOOK_POSTER: N_("downloaded the posters of the campaign “%(campaign)s”"),
}
TEAM_PART_WORDS = {
    "name": N_("its name"),
    "size": N_("how many people it has"),
    "kind": N_("its kind"),
    "tags": N_("its tags"),
    "moments": N_("its moments"),
}
GONE = {ObjectKind.TEAM: N_("a team that is deleted"), ObjectKind.ROUND: N_("a round that is deleted")}
ALREADY_SAID = frozenset({Action.DELETED_TEAM})
"""Actions whose words say that their object is gone."""


@dataclass(frozen=True, slots=True)
class Row:
    """`where` is the team, perhaps with its round; empty where the whole organisation is meant."""

    who: str
    what: str
    where: str
    when: str
    moment: str
    """The same to be sorted: year, month, day and hour."""


def row_of(event: ListedEvent, time_zone: str, reader: Localisation) -> Row:
    local = event.happened_at.astimezone(ZoneInfo(time_zone))
    return Row(
        who=event.email or reader.gettext(AT_THE_COMMAND_LINE if COMMAND_LINE in event.details.parts else NOBODY),
        what=_what(event, reader),
        where=_where(event, reader),
        when=f"{reader.date(local.date())}, {reader.time(local)}",
        moment=local.strftime("%Y-%m-%d %H:%M"),
    )


def _what(event: ListedEvent, reader: Localisation) -> str:
    if event.action is None:
        return reader.gettext(UNKNOWN_ACTION)
    details, action = event.details, event.action
    campaign = event.names.campaigns.get(details.campaign_id) if details.campaign_id else None
    parts = [reader.gettext(TEAM_PART_WORDS[part]) for part in details.parts if part in TEAM_PART_WORDS]
    if action is Action.CHANGED_TEAM and parts:
        said = reader.gettext("changed the team: %(parts)s", parts=reader.list_of(parts))
    elif action in CAMPAIGN_WORDS and campaign:
        said = reader.gettext(CAMPAIGN_WORDS[action], campaign=isolated(campaign))
    else:
        sentence = next(
            (words for (one, part), words in MORE_WORDS.items() if one is action and part in details.parts), ""
        )
        role = ROLE_NAMES[OrganisationRole(details.role)] if details.role in set(OrganisationRole) else "–"
        nobody = SOMEBODY_INVITED if action is Action.INVITED else SOMEBODY
        about = event.about_email or reader.gettext(nobody)
        said = reader.gettext(sentence or ACTION_WORDS[action], about=about, role=reader.gettext(role))
    return said + "".join(_more(event, reader))


def _more(event: ListedEvent, reader: Localisation) -> Iterator[str]:
    """What else is known of an event: each with what stands before it."""
    details = event.details
    if details.role_before and details.role_before != details.role:
        before = reader.gettext(ROLE_NAMES[OrganisationRole(details.role_before)])
        yield " " + reader.gettext("(before: %(before)s)", before=before)
    if event.action is Action.ADDED_TEAMS:
        if details.scope is not None:
            yield f": {_scope_words(details.scope, event.names, reader)}"
    elif details.has_scope:
        yield ". " + reader.gettext("Teams: %(teams)s", teams=_scope_words(details.scope, event.names, reader))
        if details.had_scope and details.scope != details.scope_before:
            before = _scope_words(details.scope_before, event.names, reader)
            yield " " + reader.gettext("(before: %(before)s)", before=before)
    elif details.number is not None:
        yield ". " + reader.gettext("Rounds: %(n)s", n=reader.number(details.number))
    if details.tag:
        name = event.names.tags.get(details.tag)
        gone = reader.gettext("one that no team has any more")
        yield ". " + reader.gettext("Tag: %(tag)s", tag=isolated(name) if name else gone)


def _scope_words(scope: Scope | None, names: Names, reader: Localisation) -> str:
    """Teams by their names; those that are gone, and those that are not remembered one by one, as a number."""
    if scope is None:
        return reader.gettext("all")
    known = sorted(isolated(names.teams[id_]) for id_ in scope.teams if id_ in names.teams)
    if others := scope.number - len(known):
        words = reader.ngettext("%(n)s other team", "%(n)s other teams", others, n=reader.number(others))
        if not known:
            words = reader.ngettext("%(n)s team", "%(n)s teams", others, n=reader.number(others))
        known.append(words)
    return reader.list_of(known)


def _where(event: ListedEvent, reader: Localisation) -> str:
    if event.kind not in GONE or event.action in ALREADY_SAID:
        return ""
    if event.team is None:
        return reader.gettext(GONE[event.kind])
    return " · ".join(isolated(name) for name in (event.team, event.round) if name)
