"""A released result and its plan → one page that tells those who answered what came of it → PDF, or a message."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass

from assessment.domain.plans.proposal import PlannedAction
from assessment.infra.languages import Localisation
from reports.action_plan import evidence, front
from reports.action_plan.source import PlanSource
from reports.engine.html import render_document
from reports.engine.qr import address_code, typed_address
from reports.engine.scripts import isolated
from reports.feedback.context import FeedbackContext, Fit, Promise

TEMPLATE = "feedback/document.html"
DENSE_FROM, CROWDED_FROM = 680, 1_000
"""From these numbers of characters on, sentences and promises together, the page is set smaller."""
LONGEST_WORDS = 90
"""Characters of an action's title, or of who takes it on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedbackSource:
    """`plan` is released: nothing else of the result is told. `link` leads to it; empty where it is not shared."""

    plan: PlanSource
    team: str
    round: str
    is_decided: bool
    """Whether the team has changed or shared the plan: before, what it holds is a proposal that binds nobody."""
    link: str = ""


def build_context(source: FeedbackSource, reader: Localisation) -> FeedbackContext:
    """The page in the reader's language."""
    plan = source.plan
    first, *said = evidence.story(plan, reader)
    alarm = front.alarm(plan, reader)
    said += [alarm] if alarm else []
    promises = _promises(plan, reader) if source.is_decided else ()
    done = _done(plan, reader) if source.is_decided else ()
    return FeedbackContext(
        lang=reader.tag,
        paper=plan.paper or reader.paper,
        accent=plan.accent,
        consultancy=plan.consultancy,
        title=reader.gettext("What we said, what we will do · %(team)s", team=source.team),
        organisation=isolated(plan.organisation),
        team=isolated(source.team),
        round=source.round,
        fit=_fit(said, promises, done),
        thanks=_thanks(plan, first, reader),
        said=tuple(said),
        promises=promises,
        done=done,
        next=_next(reader, is_decided=bool(promises or done)),
        link=source.link,
        qr=address_code(source.link, reader) if source.link else None,
        address=typed_address(source.link) if source.link else ("", ""),
    )


def build_html(context: FeedbackContext, reader: Localisation) -> str:
    """The complete HTML that WeasyPrint prints."""
    return render_document(TEMPLATE, reader, context)


def build_pdf(context: FeedbackContext, reader: Localisation) -> bytes:
    """The page as PDF/UA-1."""
    from reports.engine.pdf import render_pdf

    return render_pdf(build_html(context, reader))


def build_message(source: FeedbackSource, reader: Localisation) -> str:
    """The same in plain words, for a chat or an e-mail."""
    page = build_context(source, reader)
    lines = [
        reader.gettext("Hello. In %(team)s we asked how good our service is.", team=source.team),
        page.thanks,
        "",
        reader.gettext("What we said:"),
        *(f"• {sentence}" for sentence in page.said),
        "",
    ]
    if page.promises:
        lines += [reader.gettext("What we will do:"), *(f"• {_in_line(promise)}" for promise in page.promises), ""]
    if page.done:
        lines += [reader.gettext("What we have done already:"), *(f"• {title}" for title in page.done), ""]
    lines += [page.next]
    if page.link:
        lines += [reader.gettext("The plan as it is today, without an account:"), page.link]
    return "\n".join(lines)


def _thanks(plan: PlanSource, who_answered: str, reader: Localisation) -> str:
    if plan.result.mode == "consensus":
        return reader.gettext("Thank you to all who sat down and agreed on the answers.")
    if plan.result.scored == plan.result.respondents:
        return reader.ngettext(
            "Thank you to the %(n)s person who answered.",
            "Thank you to the %(n)s people who answered.",
            plan.result.respondents,
        )
    return reader.gettext("Thank you to everybody who answered. %(who_answered)s", who_answered=who_answered)


def _promises(plan: PlanSource, reader: Localisation) -> tuple[Promise, ...]:
    return tuple(
        Promise(
            _title(planned, reader),
            "" if planned.has_proposed_owner else _short(reader.text(planned.action.owner)),
            reader.short_date(planned.due_on),
            _mark(planned, reader),
        )
        for planned in plan.plan.actions
        if not planned.is_done
    )


def _done(plan: PlanSource, reader: Localisation) -> tuple[str, ...]:
    """Nothing that is finished is still to be done."""
    return tuple(_title(planned, reader) for planned in plan.plan.actions if planned.is_done)


def _title(planned: PlannedAction, reader: Localisation) -> str:
    return _short(reader.text(planned.action.title).rstrip("."))


def _mark(planned: PlannedAction, reader: Localisation) -> str:
    words = [
        reader.gettext("Late") if planned.is_late else "",
        reader.gettext("Stuck") if planned.is_stuck else "",
    ]
    return " · ".join(filter(None, words))


def _short(words: str) -> str:
    """A team's own words, cut to the room on the wall: they may be long."""
    return textwrap.shorten(words, LONGEST_WORDS, placeholder="…")


def _next(reader: Localisation, *, is_decided: bool) -> str:
    if is_decided:
        return reader.gettext(
            "In 30, 60 and 90 days we look together at how far we are. Afterwards we ask again, to see what changed."
        )
    return reader.gettext(
        "In the next few days we choose two or three things to improve: who takes each one on, and by when."
    )


def _fit(said: list[str], promises: tuple[Promise, ...], done: tuple[str, ...]) -> Fit:
    letters = sum(map(len, said)) + sum(len(one.title) + len(one.who) + 30 for one in promises)
    letters += sum(len(title) + 15 for title in done) + (60 if done else 0)
    if letters > CROWDED_FROM:
        return "crowded"
    return "dense" if letters > DENSE_FROM else "roomy"


def _in_line(promise: Promise) -> str:
    return " · ".join(part for part in (promise.title, promise.who, promise.by, promise.mark) if part)
