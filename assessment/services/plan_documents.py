"""The printed plan of a round: made once for the same content, kept as it was handed out."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy.orm import Session

from assessment.domain.plans.choices import ActionChoice, PlanChoices
from assessment.domain.plans.faults import InvalidPlan
from assessment.domain.plans.standing import as_it_stands, marks
from assessment.infra.clock import local_date
from assessment.infra.languages import TRANSLATIONS, Localisation, Paper
from assessment.infra.resources import data_folder
from assessment.services.action_outcomes import finished_actions, open_actions, read_action_outcomes
from assessment.services.all_rounds import read_all_rounds
from assessment.services.consultancies import printed_consultancy, read_of_organisation
from assessment.services.describe_round import points_to_judge
from assessment.services.later_work import request_job
from assessment.services.organisation_look import logo_uri
from assessment.services.plan_choices import choices_of
from assessment.services.plans import RoundPlan, draft_plan, read_plan
from assessment.services.rounds import get_round, lock_round
from assessment.services.workshops import held_workshops
from assessment.store.compaction import owe_compaction
from assessment.store.jobs import Job
from assessment.store.logos import find_logo_facts
from assessment.store.organisations import Organisation
from assessment.store.plans import (
    PrintedPlan,
    carried_from,
    delete_printed_beyond,
    find_plan,
    find_printed_plan,
    find_printed_version,
    printed_plans_of,
)
from assessment.store.printed_files import keep_file
from assessment.store.rounds import Round, published_assessments, published_before
from reports.action_plan.build import Screen, build_context, build_html, build_page_one, build_pdf
from reports.action_plan.source import PlanSource
from reports.check_in import build as check_in
from reports.closing_sheet import build as closing_sheet
from reports.engine.html import REPORTS

PRINT_PLAN = "print-plan"
"""The kind of job."""
MOST_PRINTS = 3
"""Plans that one account has printed at a time: they are printed one after the other, for everybody."""
MOST_VERSIONS = 100
"""Printed versions of one plan that are kept, the newest ones: far more than a team hands out."""
_CONTENT = frozenset({".css", ".html", ".mo", ".po", ".py", ".yaml"})


usual_lines = closing_sheet.usual_lines


class UnknownPrintedPlan(LookupError):
    """The organisation has no such printed plan."""


@dataclass(frozen=True, slots=True)
class PrintAs:
    """How a plan is printed: for whom, on what paper (by their country, where none is named), with empty cells.

    `plans_at` is the address, up to the token, at which shared plans are read; empty where no phone could open it.
    """

    reader: Localisation
    paper: Paper | None = None
    is_blank: bool = False
    plans_at: str = ""


@dataclass(frozen=True, slots=True)
class PreparedPlan:
    """All that a plan's PDF is made of, read from the database; with `printed`, that very document is there already."""

    content_hash: str
    print_as: PrintAs
    source: PlanSource | None = None
    printed: PrintedPlan | None = None


@dataclass(frozen=True, slots=True)
class RenderedPlan:
    """A plan as PDF; `printed` is the version that it comes from, where there is one already."""

    content_hash: str
    print_as: PrintAs
    pdf: bytes
    printed: PrintedPlan | None = None


def print_plan_of_round(
    session: Session, *, organisation_id: uuid.UUID, round_id: uuid.UUID, print_as: PrintAs, now: dt.datetime
) -> PrintedPlan:
    """The plan as PDF, kept; where nothing has changed since it was last printed, that very document.

    Rendering takes a second or two: a page does it in a transaction that only reads (`render_plan_of_round`), and keeps
    it in another (`keep_printed_plan`). Raises what they raise.
    """
    where = {"organisation_id": organisation_id, "round_id": round_id}
    rendered = render_plan_of_round(session, **where, print_as=print_as, now=now)
    return keep_printed_plan(session, **where, rendered=rendered, now=now)


def render_plan_of_round(
    session: Session, *, organisation_id: uuid.UUID, round_id: uuid.UUID, print_as: PrintAs, now: dt.datetime
) -> RenderedPlan:
    """The plan as PDF, without writing anything. Raises what `prepare_plan_of_round` raises."""
    prepared = prepare_plan_of_round(
        session, organisation_id=organisation_id, round_id=round_id, print_as=print_as, now=now
    )
    return RenderedPlan(prepared.content_hash, print_as, make_pdf(prepared), prepared.printed)


def make_pdf(prepared: PreparedPlan) -> bytes:
    """The document. A second or two of work, without the database: it may be done in another process."""
    if prepared.source is None:
        assert prepared.printed is not None  # noqa: S101 - `prepare_plan_of_round` gives one of the two
        return prepared.printed.pdf
    return build_pdf(prepared.source, prepared.print_as.reader)


def prepare_plan_of_round(
    session: Session, *, organisation_id: uuid.UUID, round_id: uuid.UUID, print_as: PrintAs, now: dt.datetime
) -> PreparedPlan:
    """What the plan's PDF is made of, without writing anything.

    Raises `UnknownRound`, `RoundNotPublished`, `QuestionnaireChanged`, `NothingToPlan`, or `InvalidPlan` for a draft
    that is not finished.
    """
    organisation = session.get_one(Organisation, organisation_id)
    plan = find_plan(session, organisation_id, round_id)
    if plan:
        round_ = get_round(session, organisation_id=organisation_id, round_id=round_id)
        choices = choices_of(plan)
        standing = marks(
            choices, today=local_date(now, organisation.time_zone), elsewhere=carried_from(session, [plan.id])
        )
        content_hash = _content_hash(session, organisation, round_, choices, plan.changed_at, print_as, standing)
        if printed := find_printed_version(session, plan.id, content_hash):
            return PreparedPlan(content_hash, print_as, printed=printed)
    return prepare_sheet_of_round(
        session, organisation_id=organisation_id, round_id=round_id, print_as=print_as, now=now
    )


def prepare_sheet_of_round(
    session: Session, *, organisation_id: uuid.UUID, round_id: uuid.UUID, print_as: PrintAs, now: dt.datetime
) -> PreparedPlan:
    """What those sheets of a plan are made of that are not kept: page 1 alone, and the check-in sheet.

    Raises what `prepare_plan_of_round` raises.
    """
    organisation = session.get_one(Organisation, organisation_id)
    today = local_date(now, organisation.time_zone)
    round_plan = read_plan(session, organisation_id=organisation_id, round_id=round_id, drawn_on=today)
    if round_plan.faults:
        raise InvalidPlan(*round_plan.faults)
    source = plan_source(session, round_plan, organisation, print_as, now)
    changed_at = round_plan.plan.changed_at if round_plan.plan else now
    round_ = round_plan.results.round
    standing = marks(round_plan.choices, today=today, elsewhere=round_plan.goes_on)
    content_hash = _content_hash(session, organisation, round_, round_plan.choices, changed_at, print_as, standing)
    return PreparedPlan(content_hash, print_as, source)


def make_page_one(prepared: PreparedPlan) -> bytes:
    """Page 1 alone, of what `prepare_sheet_of_round` gave."""
    assert prepared.source is not None  # noqa: S101 - it always gives one
    return build_page_one(prepared.source, prepared.print_as.reader)


def make_closing_sheet(prepared: PreparedPlan, lines: int) -> bytes:
    """What was promised, with so many places to sign. As `make_page_one`."""
    assert prepared.source is not None  # noqa: S101 - `prepare_sheet_of_round` gives it
    return closing_sheet.build_pdf(prepared.source, prepared.print_as.reader, lines=lines)


def make_check_in(prepared: PreparedPlan) -> bytes:
    """The sheet for the short meetings, of what `prepare_sheet_of_round` gave."""
    assert prepared.source is not None  # noqa: S101 - it always gives one
    return check_in.build_pdf(prepared.source, prepared.print_as.reader)


def request_print(
    session: Session, round_plan: RoundPlan, *, print_as: PrintAs, now: dt.datetime, account: int | None = None
) -> Job:
    """Has a plan printed behind the request; the job's result names the printed version (`printed_id`).

    Whoever asks for the same document twice gets the same job. Raises `TooManyJobs` where an account has as many
    printed already as it may at a time.
    """
    round_, plan = round_plan.results.round, round_plan.plan
    organisation = session.get_one(Organisation, round_.organisation_id)
    changed_at = plan.changed_at if plan else now
    today = local_date(now, organisation.time_zone)
    standing = marks(round_plan.choices, today=today, elsewhere=round_plan.goes_on)
    arguments = {
        "round_id": str(round_.id),
        "language": print_as.reader.language,
        "country": print_as.reader.country,
        "paper": print_as.paper,
        "is_blank": print_as.is_blank,
        "plans_at": print_as.plans_at,
    }
    return request_job(
        session,
        kind=PRINT_PLAN,
        arguments=arguments,
        organisation_id=organisation.id,
        idempotency_key=_content_hash(
            session, organisation, round_, round_plan.choices, changed_at, print_as, standing
        ),
        now=now,
        account=account,
        most=MOST_PRINTS,
    )


def keep_printed_plan(
    session: Session, *, organisation_id: uuid.UUID, round_id: uuid.UUID, rendered: RenderedPlan, now: dt.datetime
) -> PrintedPlan:
    """Keeps a rendered plan as a printed version, once; a plan that nobody had begun begins with it.

    Raises what `draft_plan` raises.
    """
    organisation = session.get_one(Organisation, organisation_id)
    lock_round(session, organisation_id=organisation_id, round_id=round_id)
    plan = draft_plan(
        session,
        organisation_id=organisation_id,
        round_id=round_id,
        drawn_on=local_date(now, organisation.time_zone),
        now=now,
    )
    if printed := find_printed_version(session, plan.id, rendered.content_hash):
        return printed
    printed = PrintedPlan(
        organisation_id=organisation_id,
        plan_id=plan.id,
        content_hash=rendered.content_hash,
        language=rendered.print_as.reader.tag,
        is_blank=rendered.print_as.is_blank,
        printed_at=now,
        file=keep_file(session, organisation_id, rendered.pdf),
    )
    session.add(printed)
    session.flush()
    if delete_printed_beyond(session, plan.id, newest=MOST_VERSIONS):
        owe_compaction(session)  # on SQLite their bytes are still in the write-ahead log
    return printed


def preview_plan_of_round(
    session: Session,
    *,
    organisation_id: uuid.UUID,
    round_id: uuid.UUID,
    print_as: PrintAs,
    screen: Screen,
    now: dt.datetime,
) -> str:
    """Page 1 as a page for the screen, of an unfinished draft as well. Raises what `read_plan` raises."""
    source = plan_source_of_round(
        session, organisation_id=organisation_id, round_id=round_id, print_as=print_as, now=now
    )
    return build_html(build_context(source, print_as.reader), print_as.reader, screen=screen)


def printed_plans(session: Session, *, organisation_id: uuid.UUID, round_id: uuid.UUID) -> Sequence[PrintedPlan]:
    """The versions that were printed, newest first, without their bytes."""
    return printed_plans_of(session, organisation_id, round_id)


def get_printed_plan(
    session: Session, *, organisation_id: uuid.UUID, round_id: uuid.UUID, printed_id: uuid.UUID
) -> PrintedPlan:
    """A printed version of this round's plan as it was handed out. Raises `UnknownPrintedPlan`."""
    printed = find_printed_plan(session, organisation_id, round_id, printed_id)
    if printed is None:
        raise UnknownPrintedPlan
    return printed


def plan_source_of_round(
    session: Session, *, organisation_id: uuid.UUID, round_id: uuid.UUID, print_as: PrintAs, now: dt.datetime
) -> PlanSource:
    """What the document is made of: the released result and the plan as it stands. Raises what `read_plan` raises."""
    organisation = session.get_one(Organisation, organisation_id)
    round_plan = read_plan(
        session, organisation_id=organisation_id, round_id=round_id, drawn_on=local_date(now, organisation.time_zone)
    )
    return plan_source(session, round_plan, organisation, print_as, now)


def plan_source(
    session: Session, round_plan: RoundPlan, organisation: Organisation, print_as: PrintAs, now: dt.datetime
) -> PlanSource:
    """What the document is made of, where the plan has been read already."""
    today = local_date(now, organisation.time_zone)
    return PlanSource(
        result=round_plan.results.result,
        plan=as_it_stands(round_plan.chosen, round_plan.choices, today=today, elsewhere=round_plan.goes_on),
        questionnaire=round_plan.results.questionnaire,
        point_names=_point_names(round_plan, print_as.reader),
        printed_on=today,
        minimum_group=round_plan.results.round.minimum_group,
        organisation=organisation.name,
        accent=organisation.accent,
        logo=logo_uri(session, organisation_id=organisation.id),
        consultancy=printed_consultancy(session, organisation_id=organisation.id),
        is_blank=print_as.is_blank,
        is_decided=not round_plan.is_proposal,
        asks_role=round_plan.results.round.asks_role and round_plan.results.result.mode == "individual",
        paper=print_as.paper,
        targets=round_plan.results.round.targets,
        surplus=round_plan.results.surplus,
        since=round_plan.results.since,
        outcomes=round_plan.results.outcomes,
        past=read_all_rounds(
            session,
            organisation=organisation,
            team_id=round_plan.results.round.team_id,
            reader=print_as.reader,
            until=round_plan.results.round,
        ),
        workshops=held_workshops(session, round_plan.results.round, time_zone=organisation.time_zone, now=now),
        link=_link_of(round_plan.results.round, print_as),
    )


def _link_of(round_: Round, print_as: PrintAs) -> str:
    """Where the plan is read on a phone; empty where it is not shared."""
    return print_as.plans_at + round_.plan_token if print_as.plans_at and round_.plan_shared_at else ""


def _content_hash(
    session: Session,
    organisation: Organisation,
    round_: Round,
    choices: PlanChoices,
    changed_at: dt.datetime,
    print_as: PrintAs,
    standing: Mapping[str, Sequence[str]],
) -> str:
    """What the document would be, as one hash of everything that it is made of but the day of its edition: as long as
    nothing else changes, the edition that is there is handed out. What is late or stuck (`standing`) and an address are
    part of it only where there are any, so that what was printed before is found again."""
    logo = find_logo_facts(session, organisation.id)
    content = {
        "round": str(round_.id),
        "choices": printed_choices(choices),
        "point": choices.point,
        "printed_on": local_date(changed_at, organisation.time_zone).isoformat(),
        "reader": print_as.reader.tag,
        "paper": print_as.paper or print_as.reader.paper,
        "is_blank": print_as.is_blank,
        "organisation": organisation.name,
        "accent": organisation.accent,
        "logo": logo.checksum if logo else "",
        "edition": _edition(),
    }
    if consultancy := read_of_organisation(session, organisation_id=organisation.id):
        content["consultancy"] = consultancy.mark
    if before := _what_was_before(session, organisation, round_.id):
        content["before"] = before
    if link := _link_of(round_, print_as):
        content["link"] = link
    if standing and not print_as.is_blank:  # cells that are filled in by hand bear no marks
        content["standing"] = standing
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _what_was_before(session: Session, organisation: Organisation, round_id: uuid.UUID) -> str:
    """All that the document tells of earlier rounds and may become another: which there are, and their actions that are
    finished or still open. Empty in a first round, whose documents are found again by what they always were."""
    round_, zone = get_round(session, organisation_id=organisation.id, round_id=round_id), organisation.time_zone
    rounds = published_assessments(session, organisation.id, round_.team_id, until=round_.published_at)
    if len(rounds) < 2:
        return ""
    earlier = published_before(session, round_)
    told = (
        [(str(one.id), one.name) for one in rounds],
        read_action_outcomes(session, round_, time_zone=zone),
        finished_actions(session, round_, since=earlier, time_zone=zone) if earlier else (),
        open_actions(session, round_),
    )
    return hashlib.sha256(repr(told).encode()).hexdigest()


def printed_choices(choices: PlanChoices) -> dict[str, Any]:
    """What of a plan stands in the document, as versions printed before are found again by: these keys are pinned."""

    def words(chosen: ActionChoice, written: str | None) -> str | None:
        """The library's own words have always been an empty text; what is left open on purpose is none at all."""
        return written or (None if written is not None and not chosen.is_own else "")

    def action(chosen: ActionChoice) -> dict[str, object]:
        return {
            "action_id": chosen.library_id,
            "title": chosen.title,
            "what": chosen.what,
            "owner": words(chosen, chosen.owner),
            "measure": words(chosen, chosen.measure),
            "due_on": chosen.due_on.isoformat() if chosen.due_on else None,
            "is_done": chosen.is_done,
        }

    return {
        "drawn_on": choices.drawn_on.isoformat(),
        "pillars": [
            {"pillar": pillar.pillar, "reason": pillar.reason, "actions": [action(chosen) for chosen in pillar.actions]}
            for pillar in choices.pillars
        ],
        "move": action(choices.move) if choices.move else None,
    }


def _point_names(round_plan: RoundPlan, reader: Localisation) -> dict[str, str]:
    return {point.id: reader.text(point.name) for point in points_to_judge(round_plan.results.round)}


@cache
def _edition() -> str:
    """What the document is made with: templates, styles, sentences and library, as one hash for this process."""
    folders = (REPORTS, data_folder("templates"), data_folder("questionnaires") / "actions", TRANSLATIONS)
    digest = hashlib.sha256()
    for folder in folders:
        for path in sorted(path for path in folder.rglob("*") if path.suffix in _CONTENT and path.is_file()):
            digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()
