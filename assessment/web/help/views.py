"""`GET /help`: for everybody, also before signing in."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from assessment.domain import conventions as c
from assessment.services.answering_time import usual_minutes
from reports.engine.words import AGREEMENT

blueprint = Blueprint("help", __name__)

TOPICS = {
    "accounts": "account",
    "campaigns": "several",
    "feedback": "telling",
    "history": "change",
    "members": "people",
    "organisations": "people",
    "outbox": "people",
    "plans": "plan",
    "portfolio": "portfolio",
    "repetitions": "repeating",
    "results": "results",
    "rounds": "round",
    "security": "account",
    "shared_plans": "plan",
    "teams": "team",
    "workshops": "workshop",
}
"""The part of the page that is about what somebody is looking at, by blueprint."""
TOPICS_OF_PAGES = {
    "accounts.delete": "deleting",
    "organisations.delete": "deleting",
    "organisations.privacy": "keeping",
    "plans.carry": "change",
    "plans.follow": "following",
    "plans.from_workshop": "workshop",
    "plans.meeting": "meeting",
    "plans.meeting_end": "meeting",
    "plans.owners": "owners",
    "rounds.by_mail": "mail",
    "rounds.confirm_import": "file",
    "rounds.import_file": "file",
    "rounds.links": "sharing",
    "rounds.publish": "publishing",
    "rounds.stop": "publishing",
    "teams.delete": "deleting",
    "teams.several": "several",
}


@blueprint.get("/help")
def help_() -> str:
    return render_template(
        "help/help.html",
        minimum=c.MINIMUM_GROUP,
        comments=c.COMMENTS_N,
        minutes=usual_minutes(),
        split=AGREEMENT["split"],
    )


@blueprint.app_context_processor
def topic() -> dict[str, str]:
    """Where on the page of help a page's link leads."""
    return {"help_topic": TOPICS_OF_PAGES.get(request.endpoint or "") or TOPICS.get(request.blueprint or "", "")}
