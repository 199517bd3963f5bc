"""What of the requests goes into an organisation's log: one table, and one hook that reads it.

`SEEN` and `CHANGED` say what a route's GET and POST are in the log; `EXEMPT` why one is not in it. A route of an
organisation that is in none of them is recorded all the same, in general words; `tests/web/test_audit.py` fails until
it is named.

A change is recorded in the transaction that makes it. That something was seen or taken is recorded after the answer
has left, if it can be: a database that is busy keeps nobody from reading.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import replace
from functools import partial

from flask import Flask, g, request
from werkzeug.wrappers import Response

from assessment.domain.access import Permission
from assessment.domain.audit import Action, Details, ObjectKind
from assessment.infra.clock import utc_now
from assessment.infra.logging import get_logger
from assessment.services.access import Access
from assessment.services.audit import NO_DETAILS, Deed, changed_anything, record, record_aside
from assessment.web.transactions import SAFE_METHODS, database, session

SEEN = {
    "audit.log": Action.SAW_LOG,
    "audit.download": Action.TOOK_LOG,
    "results.results": Action.SAW_RESULTS,
    "results.pillar": Action.SAW_RESULTS,
    "results.slides": Action.TOOK_SLIDES,
    "plans.plan": Action.SAW_PLAN,
    "plans.follow": Action.SAW_PLAN,
    "plans.preview": Action.SAW_PLAN,
    "plans.download": Action.TOOK_PLAN,
    "plans.printed": Action.TOOK_PLAN,
    "plans.calendar": Action.TOOK_CALENDAR,
    "plans.page_one": Action.TOOK_PLAN,
    "plans.check_in": Action.TOOK_PLAN,
    "plans.closing": Action.TOOK_PLAN,
    "plans.signed": Action.SAW_PLAN,
    "plans.photograph": Action.SAW_PLAN,
    "plans.meeting": Action.SAW_PLAN,
    "plans.meeting_end": Action.SAW_PLAN,
    "plans.carry": Action.SAW_PLAN,
    "plans.from_workshop": Action.SAW_PLAN,
    "plans.on_screen": Action.SAW_PLAN,
    "plans.owners": Action.SAW_PLAN,
    "history.all_rounds": Action.SAW_RESULTS,
    "feedback.show": Action.SAW_FEEDBACK,
    "feedback.page": Action.TOOK_FEEDBACK,
    "rounds.poster": Action.TOOK_POSTER,
    "campaigns.posters": Action.TOOK_POSTER,
    "portfolio.portfolio": Action.SAW_PORTFOLIO,
    "portfolio.movement": Action.SAW_PORTFOLIO,
    "portfolio.file": Action.TOOK_PORTFOLIO,
}
"""What was seen, or taken out of Escala, by a GET."""

CHANGED = {
    "organisations.edit": Action.CHANGED_ORGANISATION,
    "organisations.look": Action.CHANGED_LOOK,
    "organisations.consultancy": Action.CHANGED_CONSULTANCY,
    "organisations.privacy": Action.CHANGED_PRIVACY,
    "members.invite": Action.INVITED,
    "members.withdraw": Action.WITHDREW_INVITATION,
    "members.member": Action.CHANGED_ROLE,
    "members.remove": Action.REMOVED_MEMBER,
    "members.leave": Action.LEFT,
    "outbox.retry": Action.SENT_MAIL_AGAIN,
    "teams.new": Action.ADDED_TEAM,
    "teams.edit": Action.CHANGED_TEAM,
    "teams.points": Action.CHANGED_POINTS,
    "teams.copy_moments": Action.CHANGED_POINTS,
    "teams.targets": Action.CHANGED_TARGETS,
    "teams.delete": Action.DELETED_TEAM,
    "teams.confirm_several": Action.ADDED_TEAMS,
    "campaigns.new": Action.OPENED_CAMPAIGN,
    "campaigns.confirm_file": Action.IMPORTED_ANSWERS,
    "campaigns.dates": Action.CHANGED_CAMPAIGN,
    "campaigns.close": Action.STOPPED_CAMPAIGN,
    "campaigns.publish": Action.PUBLISHED_CAMPAIGN,
    "campaigns.send_by_mail": Action.MAILED_CAMPAIGN,
    "campaigns.remind_by_mail": Action.MAILED_CAMPAIGN,
    "repetitions.repetition": Action.CHANGED_REPETITION,
    "repetitions.pause": Action.CHANGED_REPETITION,
    "repetitions.resume": Action.CHANGED_REPETITION,
    "repetitions.end": Action.CHANGED_REPETITION,
    "portfolio.make": Action.MADE_PORTFOLIO,
    "organisations.make_engagement_file": Action.MADE_ENGAGEMENT,
    "organisations.engagement_file": Action.TOOK_ENGAGEMENT,
    "rounds.new": Action.OPENED_ROUND,
    "rounds.dates": Action.CHANGED_ROUND,
    "rounds.links": Action.MADE_LINKS,
    "rounds.slips": Action.TOOK_LINKS,
    "rounds.send_by_mail": Action.WROTE_BY_MAIL,
    "rounds.remind_by_mail": Action.WROTE_BY_MAIL,
    "rounds.notices_by_mail": Action.WROTE_BY_MAIL,
    "rounds.retry_by_mail": Action.WROTE_BY_MAIL,
    "rounds.retry_recipient": Action.WROTE_BY_MAIL,
    "rounds.correct_recipient": Action.CHANGED_RECIPIENTS,
    "rounds.remove_from_mail": Action.CHANGED_RECIPIENTS,
    "rounds.stop": Action.STOPPED_ROUND,
    "rounds.close": Action.STOPPED_ROUND,
    "rounds.publish": Action.PUBLISHED_ROUND,
    "rounds.discard": Action.DISCARDED_ROUND,
    "rounds.confirm_import": Action.IMPORTED_ANSWERS,
    "quick_entry.begin": Action.TYPED_ANSWERS,
    "quick_entry.twice": Action.CHANGED_ROUND,
    "workshops.start": Action.STARTED_WORKSHOP,
    "workshops.end": Action.ENDED_WORKSHOP,
    "workshops.after": Action.STOPPED_ROUND,
    "results.comment": Action.HID_COMMENT,
    "plans.change": Action.CHANGED_PLAN,
    "plans.follow": Action.CHANGED_PLAN,
    "plans.meeting": Action.CHANGED_PLAN,
    "plans.meeting_end": Action.CHANGED_PLAN,
    "plans.carry": Action.CHANGED_PLAN,
    "plans.from_workshop": Action.CHANGED_PLAN,
    "plans.on_screen": Action.SHARED_PLAN,
    "plans.sign": Action.ADDED_PHOTOGRAPH,
    "plans.make_owner_link": Action.MADE_OWNER_LINK,
    "plans.end_owner_link": Action.ENDED_OWNER_LINK,
    "plans.pillars": Action.CHANGED_PLAN,
    "plans.actions": Action.CHANGED_PLAN,
}
"""What was changed by a POST."""

EXEMPT = {
    "organisations.organisation": "lists teams and their next steps, no results",
    "organisations.logo": "a picture that is on every page",
    "organisations.consultancy_logo": "a picture that is on every document",
    "organisations.engagement": "explains what a file would hold",
    "organisations.delete": "the log goes with the organisation; `deletions` remembers that it is gone",
    "members.members": "who belongs to the organisation is no secret among those who administer it",
    "outbox.messages": "tells which invitations could not be sent, never what they say",
    "paper_kit.kit": "sheets to be filled in: they tell nothing of anybody",
    "paper_kit.sheet": "the same",
    "paper_kit.everything": "the same",
    "teams.team": "where the team stands on its path; of its results the headline alone",
    "rounds.rounds": "lists rounds, no results",
    "rounds.round_": "before publication: there are no results yet",
    "rounds.import_file": "reads a file and keeps nothing until that is confirmed",
    "campaigns.from_file": "reads a file and keeps nothing until that is confirmed",
    "rounds.import_template": "an empty file",
    "quick_entry.overview": "how many sheets are typed, and none of their answers",
    "quick_entry.questionnaire": "a sheet to be filled in",
    "quick_entry.sheet": "a sheet that lies beside the keyboard; that somebody types is recorded when they begin",
    "quick_entry.save": "the same: no sheet that counts has a time of its own; one that is discarded is recorded",
    "quick_entry.draft": "the same",
    "quick_entry.compare": "the same",
    "campaigns.empty_file_of_teams": "an empty file",
    "workshops.lead": "before publication; what is seen there is seen by everybody in the room",
    "workshops.live": "how many have joined and voted",
    "workshops.screen": "what everybody in the room sees",
    "workshops.screen_now": "the same",
    "workshops.command": "a step of a workshop; that it was started and ended is recorded",
    "workshops.agreed": "the same: what was agreed stands beside the results",
    "workshops.park": "the same",
    "workshops.action": "the same",
    "workshops.questions": "the same: what was voted on stands beside the results",
    "workshops.add_question": "the same",
    "workshops.note": "the same",
    "portfolio.making": "how far a file is; taking it is recorded",
    "rounds.by_mail": "reads addresses and keeps none until they are written to, which is recorded",
    "rounds.same_people": "proposes the addresses of last time; writing to them is recorded",
    "teams.several": "reads a list and keeps nothing until that is confirmed",
    "campaigns.campaigns": "lists campaigns, no results",
    "campaigns.campaign": "how far the rounds are, no results",
    "campaigns.by_mail": "reads addresses and keeps none until they are written to, which is recorded",
    "campaigns.same_people": "proposes the addresses of last time; writing to them is recorded",
    "plans.preview_style": "paper and colour",
    "plans.printing": "how far a print is; the document itself is recorded",
}
"""Why a route that neither shows results nor changes anything is not in the log."""

ANSWERS_WITH_FILE = frozenset({"rounds.slips", "organisations.engagement_file"})
"""Forms that are answered by a file: taking it is what is done."""
ANSWERS_WITH_PAGE = frozenset({"members.invite", "plans.make_owner_link", "rounds.links", "rounds.slips"})
"""Forms that are answered by a page or a file where they have done something."""
OF_ITS_TEAM = frozenset({Action.DISCARDED_ROUND})
"""What is done to a round that is gone then: the log names its team."""


def describe_deed(
    *,
    action: Action | None = None,
    team_id: uuid.UUID | None = None,
    round_id: uuid.UUID | None = None,
    invitation_id: uuid.UUID | None = None,
    about_user_id: int | None = None,
    details: Details | None = None,
) -> None:
    """For a view: what its address does not tell of what was done."""
    told: dict[str, object] = {
        "action": action,
        "team_id": team_id,
        "round_id": round_id,
        "invitation_id": invitation_id,
        "about_user_id": about_user_id,
        "details": details,
    }
    g.escala_deed = g.get("escala_deed", {}) | {name: value for name, value in told.items() if value is not None}


def init_app(app: Flask) -> None:
    @app.after_request
    def audit(response: Response) -> Response:
        access: Access | None = g.get("escala_access")
        if access is None or response.status_code >= 400 or (request.endpoint in EXEMPT and not _names_its_action()):
            return response
        if request.method == "GET":
            if (action := _seen(response)) is not None:
                response.call_on_close(partial(_record_aside, partial(record_aside, database()), _deed(access, action)))
        elif request.method not in SAFE_METHODS and _is_done(response):
            action = CHANGED.get(request.endpoint or "", Action.CHANGED_OTHER)
            record(session(), _deed(access, action), now=utc_now())
        return response


def _names_its_action() -> bool:
    """Whether a view says what was done where its route usually does nothing for the log."""
    return "action" in g.get("escala_deed", {})


def _seen(response: Response) -> Action | None:
    """What a page or a file shows; nothing of a redirect, or of a page that only says that a document is being made."""
    endpoint = request.endpoint or ""
    if response.status_code != 200:
        return None
    is_page = response.mimetype == "text/html"
    action = SEEN.get(endpoint)
    if action is None:
        if endpoint in CHANGED:
            return None  # the form
        if not is_page:
            return Action.TOOK_OTHER
        return Action.SAW_OTHER if g.escala_permission is Permission.SEE_RESULTS else None
    return None if is_page and action.startswith("took-") else action


def _is_done(response: Response) -> bool:
    """Whether a form was taken: a page instead of a redirect asks to look at it again."""
    if request.endpoint in ANSWERS_WITH_FILE and response.mimetype != "text/html":
        return True
    is_taken = response.mimetype != "text/html" or response.status_code in range(300, 400)
    return (is_taken or request.endpoint in ANSWERS_WITH_PAGE) and changed_anything(session())


def _deed(access: Access, action: Action) -> Deed:
    named = dict(request.view_args or {})
    told = g.get("escala_deed", {})
    action = told.get("action", action)
    team_id, round_id = (told.get(name, named.get(name)) for name in ("team_id", "round_id"))
    details: Details = told.get("details", NO_DETAILS)
    if "campaign_id" in named:
        details = replace(details, campaign_id=named["campaign_id"])
    deed = Deed(
        access.organisation_id,
        access.user_id,
        action,
        ObjectKind.ORGANISATION,
        about_user_id=told.get("about_user_id"),
        details=details,
    )
    if round_id is not None and action not in OF_ITS_TEAM:
        return replace(deed, kind=ObjectKind.ROUND, object_id=round_id)
    if team_id is not None:
        return replace(deed, kind=ObjectKind.TEAM, object_id=team_id)
    invitation_id = told.get("invitation_id", named.get("invitation_id"))
    return (
        replace(deed, kind=ObjectKind.MEMBER, object_id=invitation_id)
        if (request.endpoint or "").startswith("members.")
        else deed
    )


def _record_aside(keep: Callable[..., object], deed: Deed) -> None:
    """After the answer has left. What cannot be written is said in the server's log, without saying who."""
    try:
        keep(deed, now=utc_now())
    except Exception as error:
        get_logger().warning("what was seen could not be recorded", action=str(deed.action), error=error)
