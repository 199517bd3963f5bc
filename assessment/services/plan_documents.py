"""The printed plan of a round: made once for the same content, kept as it was handed out."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from assessment.infra.languages import TRANSLATIONS, Localisation, Paper
from assessment.infra.resources import data_folder
from assessment.services.describe_round import points_to_judge
from assessment.services.plan_choices import PlanChoices
from assessment.services.plans import RoundPlan, draft_plan, read_plan
from assessment.services.rounds import hold_round
from assessment.store.organisations import Organisation
from assessment.store.plans import PrintedPlan, find_plan, find_printed_plan, find_printed_version, printed_plans_of
from reports.action_plan.build import PlanSource, build_context, build_html, build_pdf
from reports.engine.html import REPORTS

_CONTENT = frozenset({".css", ".html", ".mo", ".po", ".py", ".yaml"})


class UnknownPrintedPlan(LookupError):
    """The organisation has no such printed plan."""


@dataclass(frozen=True, slots=True)
class RenderedPlan:
    """A plan as PDF; `kept` is the printed version that it comes from, where there is one already."""

    content_hash: str
    language: str
    pdf: bytes
    kept: PrintedPlan | None = None


def print_plan_of_round(
    session: Session,
    *,
    organisation_id: uuid.UUID,
    round_id: uuid.UUID,
    reader: Localisation,
    paper: Paper | None = None,
    is_blank: bool = False,
    logo: str = "",
    now: dt.datetime,
) -> PrintedPlan:
    """The plan as PDF, kept; where nothing has changed since it was last printed, that very document.

    Rendering takes a second or two: a page does it in a transaction that only reads (`render_plan_of_round`), and keeps
    it in another (`keep_printed_plan`). Raises `UnknownRound`, `RoundNotPublished`, `QuestionnaireChanged` or
    `NothingToPlan`.
    """
    rendered = render_plan_of_round(
        session,
        organisation_id=organisation_id,
        round_id=round_id,
        reader=reader,
        paper=paper,
        is_blank=is_blank,
        logo=logo,
        now=now,
    )
    return keep_printed_plan(session, organisation_id=organisation_id, round_id=round_id, rendered=rendered, now=now)


def render_plan_of_round(
    session: Session,
    *,
    organisation_id: uuid.UUID,
    round_id: uuid.UUID,
    reader: Localisation,
    paper: Paper | None = None,
    is_blank: bool = False,
    logo: str = "",
    now: dt.datetime,
) -> RenderedPlan:
    """The plan as PDF, without writing anything. Raises what `print_plan_of_round` raises."""
    organisation = session.get_one(Organisation, organisation_id)
    today = today_of(organisation, now)
    plan = find_plan(session, organisation_id, round_id)
    if plan:
        choices = PlanChoices.model_validate(plan.choices)
    else:
        choices = read_plan(session, organisation_id=organisation_id, round_id=round_id, drawn_on=today).choices
    content = {
        "round": str(round_id),
        "choices": _printed_choices(choices),
        "printed_on": (_printed_on(plan.changed_at, organisation) if plan else today).isoformat(),
        "reader": reader.tag,
        "paper": paper or reader.paper,
        "is_blank": is_blank,
        "organisation": organisation.name,
        "accent": organisation.accent,
        "logo": logo,
        "edition": _edition(),
    }
    content_hash = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
    if plan and (kept := find_printed_version(session, plan.id, content_hash)):
        return RenderedPlan(content_hash, kept.language, kept.pdf, kept)
    source = plan_source_of_round(
        session,
        organisation_id=organisation_id,
        round_id=round_id,
        reader=reader,
        paper=paper,
        is_blank=is_blank,
        logo=logo,
        now=now,
    )
    return RenderedPlan(content_hash, reader.tag, build_pdf(source, reader))


def keep_printed_plan(
    session: Session, *, organisation_id: uuid.UUID, round_id: uuid.UUID, rendered: RenderedPlan, now: dt.datetime
) -> PrintedPlan:
    """Keeps a rendered plan as a printed version, once; a plan that nobody had begun begins with it.

    Raises what `draft_plan` raises.
    """
    organisation = session.get_one(Organisation, organisation_id)
    hold_round(session, organisation_id=organisation_id, round_id=round_id)
    plan = draft_plan(
        session, organisation_id=organisation_id, round_id=round_id, drawn_on=today_of(organisation, now), now=now
    )
    if kept := find_printed_version(session, plan.id, rendered.content_hash):
        return kept
    printed = PrintedPlan(
        plan_id=plan.id,
        content_hash=rendered.content_hash,
        language=rendered.language,
        printed_at=now,
        pdf=rendered.pdf,
    )
    session.add(printed)
    session.flush()
    return printed


def preview_plan_of_round(
    session: Session, *, organisation_id: uuid.UUID, round_id: uuid.UUID, reader: Localisation, now: dt.datetime
) -> str:
    """The document's page before it is printed. Raises what `read_plan` raises."""
    source = plan_source_of_round(session, organisation_id=organisation_id, round_id=round_id, reader=reader, now=now)
    return build_html(build_context(source, reader), reader)


def printed_plans(session: Session, *, organisation_id: uuid.UUID, round_id: uuid.UUID) -> Sequence[PrintedPlan]:
    """The versions that were printed, newest first, without their bytes."""
    return printed_plans_of(session, organisation_id, round_id)


def get_printed_plan(session: Session, *, organisation_id: uuid.UUID, printed_id: uuid.UUID) -> PrintedPlan:
    """A printed version as it was handed out. Raises `UnknownPrintedPlan`."""
    found = find_printed_plan(session, organisation_id, printed_id)
    if found is None:
        raise UnknownPrintedPlan
    return found


def plan_source_of_round(
    session: Session,
    *,
    organisation_id: uuid.UUID,
    round_id: uuid.UUID,
    reader: Localisation,
    paper: Paper | None = None,
    is_blank: bool = False,
    logo: str = "",
    now: dt.datetime,
) -> PlanSource:
    """What the document is made of: the released result and the plan as it stands. Raises what `read_plan` raises."""
    organisation = session.get_one(Organisation, organisation_id)
    today = today_of(organisation, now)
    found = read_plan(session, organisation_id=organisation_id, round_id=round_id, drawn_on=today)
    return PlanSource(
        result=found.results.result,
        plan=found.chosen,
        questionnaire=found.results.questionnaire,
        point_names=_point_names(found, reader),
        printed_on=_printed_on(found.plan.changed_at, organisation) if found.plan else today,
        minimum_group=found.results.round.minimum_group,
        organisation=organisation.name,
        accent=organisation.accent,
        logo=logo,
        is_blank=is_blank,
        paper=paper,
        targets=found.results.round.targets,
    )


def today_of(organisation: Organisation, now: dt.datetime) -> dt.date:
    """The day that it is where the organisation is."""
    return now.astimezone(ZoneInfo(organisation.time_zone)).date()


def _printed_on(changed_at: dt.datetime, organisation: Organisation) -> dt.date:
    """A plan is dated by its last change, so that the same plan is the same document on another day."""
    return today_of(organisation, changed_at)


def _printed_choices(choices: PlanChoices) -> object:
    """What of the choices stands in the document: not whether an action is done."""
    return choices.model_dump(
        mode="json", exclude={"pillars": {"__all__": {"actions": {"__all__": {"is_done"}}}}, "move": {"is_done"}}
    )


def _point_names(found: RoundPlan, reader: Localisation) -> dict[str, str]:
    return {point.id: reader.text(point.name) for point in points_to_judge(found.results.round)}


@cache
def _edition() -> str:
    """What the document is made with: templates, styles, sentences and library, as one hash for this process."""
    folders = (REPORTS, data_folder("templates"), data_folder("questionnaires") / "actions", TRANSLATIONS)
    digest = hashlib.sha256()
    for folder in folders:
        for path in sorted(path for path in folder.rglob("*") if path.suffix in _CONTENT and path.is_file()):
            digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()
