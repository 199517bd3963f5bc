"""Files over all teams, made behind the request: the workbook and the summary."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from itertools import chain
from typing import Any

from sqlalchemy.orm import Session

from assessment.catalogue.catalogue import load_action_library
from assessment.domain.access import Permission
from assessment.domain.actions import Action
from assessment.domain.as_read import as_read
from assessment.domain.plans.choices import ActionStatus
from assessment.domain.plans.library import pillar_actions
from assessment.domain.plans.standing import is_past
from assessment.domain.scale import Scale
from assessment.domain.sections.groups import GroupedSection
from assessment.domain.texts import NO_TEXT, Text
from assessment.infra.clock import local_date
from assessment.infra.languages import Localisation, Paper, language_of
from assessment.infra.slugs import slug
from assessment.services.access import Access, NotAllowed, get_access, stay_in_scope
from assessment.services.consultancies import printed_consultancy
from assessment.services.describe_round import name_points
from assessment.services.later_work import JobFailed, Progress, UnknownJob, progress_of, request_job
from assessment.services.organisation_look import logo_uri
from assessment.services.portfolio import (
    Portfolio,
    answered_of,
    cell_of,
    is_agreed,
    read_moves,
    read_portfolio,
    visible_teams,
)
from assessment.services.questionnaires import find_stored_questionnaire
from assessment.store import portfolio_rounds as store
from assessment.store.compaction import owe_compaction
from assessment.store.jobs import ACCOUNT, Job, JobState, find_job
from assessment.store.portfolio import ScoreRow, TeamsChosen
from assessment.store.portfolio_files import FileRow, PortfolioFile, delete_files_before, files_of_account, find_file
from assessment.store.portfolio_rounds import ActionRow, RoundRow
from assessment.store.round_scores import ScoreKind
from reports.executive.build import build_pdf
from reports.executive.source import DoneAction, ExecutiveSource
from reports.portfolio.words import is_probable
from reports.workbook.build import build_workbook
from reports.workbook.source import ActionFacts, Figure, RoundFacts, WorkbookSource

MAKE_FILE = "make-portfolio-file"
"""The kind of job."""
MOST_FILES = 2
"""Files that one account has being made at a time."""
KEPT = dt.timedelta(days=1)
ALL_PILLARS = Text("Todos los pilares juntos", "All pillars together")


class FileKind(StrEnum):
    WORKBOOK = "workbook"
    SUMMARY = "summary"

    @property
    def extension(self) -> str:
        return "xlsx" if self is FileKind.WORKBOOK else "pdf"


class UnknownPortfolioFile(LookupError):
    """Nothing of this id was made for this account."""


@dataclass(frozen=True, slots=True)
class FileWish:
    """Which file somebody asked for, over which teams, for whom and on what paper."""

    kind: FileKind
    asked: str
    tag: str
    reader: Localisation
    paper: Paper


@dataclass(frozen=True, slots=True)
class PreparedFile:
    """All that a file is made of, read from the database."""

    wish: FileWish
    user_id: int
    name: str
    source: WorkbookSource | ExecutiveSource
    team_ids: frozenset[uuid.UUID] | None = None
    """The only teams that it tells of (`None`: all), as the account was of them."""


def request_file(session: Session, *, access: Access, wish: FileWish, now: dt.datetime) -> Job:
    """Has a file made behind the request, for this account alone. Raises `TooManyJobs`."""
    arguments = {
        "kind": wish.kind.value,
        "asked": wish.asked,
        "tag": wish.tag,
        "language": wish.reader.language,
        "country": wish.reader.country,
        "paper": wish.paper,
        "user_id": access.user_id,
    }
    return request_job(
        session,
        kind=MAKE_FILE,
        arguments=arguments,
        organisation_id=access.organisation_id,
        now=now,
        account=access.user_id,
        most=MOST_FILES,
    )


def prepare_file(
    session: Session, *, organisation_id: uuid.UUID, arguments: Mapping[str, Any], now: dt.datetime
) -> PreparedFile:
    """What the file is made of, as the account may see it now, which is not what it could when it asked.

    Raises `JobFailed` where it may not any more.
    """
    try:
        access = get_access(session, user_id=arguments["user_id"], organisation_id=organisation_id)
    except NotAllowed:
        raise JobFailed("not-allowed") from None
    if not access.may(Permission.SEE_PORTFOLIO):
        raise JobFailed("not-allowed")
    stay_in_scope(session, access)
    reader = Localisation(language_of(arguments["language"]), arguments["country"])
    paper: Paper = "a4" if arguments["paper"] == "a4" else "letter"
    wish = FileWish(FileKind(arguments["kind"]), arguments["asked"], arguments["tag"], reader, paper)
    gather = workbook_source if wish.kind is FileKind.WORKBOOK else executive_source
    source = gather(session, access=access, wish=wish, now=now)
    day = local_date(now, access.organisation.time_zone)
    words = reader.gettext("all teams") if wish.kind is FileKind.WORKBOOK else reader.gettext("summary of all teams")
    parts = (slug(access.organisation.name)[:40], slug(words), slug(wish.tag)[:40], day.isoformat())
    name = "-".join(filter(None, parts))
    return PreparedFile(wish, access.user_id, f"{name}.{wish.kind.extension}", source, access.team_ids)


def make_file(prepared: PreparedFile) -> bytes:
    """The file's bytes: some seconds of work, without the database, in another process."""
    if isinstance(prepared.source, WorkbookSource):
        return build_workbook(prepared.source, prepared.wish.reader)
    return build_pdf(prepared.source, prepared.wish.reader)


def keep_file(session: Session, *, job: Job, prepared: PreparedFile, content: bytes, now: dt.datetime) -> PortfolioFile:
    """Keeps what a job made, for a day. Raises `JobFailed` where the account may see other teams by now."""
    assert job.organisation_id is not None  # noqa: S101 - it was asked for with one
    if _teams_of(session, job.organisation_id, prepared.user_id) != prepared.team_ids:
        raise JobFailed("not-allowed")
    made = PortfolioFile(
        id=job.id,
        organisation_id=job.organisation_id,
        user_id=prepared.user_id,
        name=prepared.name,
        made_at=now,
        content=content,
    )
    return session.merge(made)  # done twice, it is there


def _teams_of(session: Session, organisation_id: uuid.UUID, user_id: int) -> frozenset[uuid.UUID] | None:
    """Raises `JobFailed` for an account that may see no portfolio."""
    try:
        access = get_access(session, user_id=user_id, organisation_id=organisation_id)
    except NotAllowed:
        raise JobFailed("not-allowed") from None
    if not access.may(Permission.SEE_PORTFOLIO):
        raise JobFailed("not-allowed")
    return access.team_ids


def get_file(session: Session, *, access: Access, file_id: uuid.UUID) -> PortfolioFile:
    """A file that was made for this account. Raises `UnknownPortfolioFile`."""
    found = find_file(session, access.organisation_id, file_id, access.user_id)
    if found is None:
        raise UnknownPortfolioFile(file_id)
    return found


def files_kept(session: Session, *, access: Access, now: dt.datetime) -> list[FileRow]:
    """The files that were made for this account and are still kept, the newest first."""
    return files_of_account(session, access.organisation_id, access.user_id, since=now - KEPT)


def file_progress(session: Session, *, access: Access, file_id: uuid.UUID) -> Progress:
    """How far a file is that this account asked for. Raises `UnknownJob`."""
    progress = progress_of(session, organisation_id=access.organisation_id, job_id=file_id, kind=MAKE_FILE)
    job = find_job(session, access.organisation_id, file_id)
    is_theirs = job is not None and job.arguments.get(ACCOUNT, access.user_id) == access.user_id
    if not is_theirs:
        raise UnknownJob(file_id)
    if progress.state is JobState.DONE and not find_file(session, access.organisation_id, file_id, access.user_id):
        raise UnknownJob(file_id)
    return progress


def delete_old_files(session: Session, *, now: dt.datetime) -> int:
    """Deletes the files that nobody needs any more; returns how many."""
    deleted = delete_files_before(session, now - KEPT)
    if deleted:
        owe_compaction(session)  # on SQLite their bytes are still in the write-ahead log
    return deleted


# What the files are made of


def workbook_source(session: Session, *, access: Access, wish: FileWish, now: dt.datetime) -> WorkbookSource:
    """Everything that is released of the chosen teams, over all their rounds."""
    found, chosen = _read(session, access, wish, now)
    zone, today = access.organisation.time_zone, local_date(now, access.organisation.time_zone)
    rounds = store.published_rounds(session, chosen)
    place = {round_.id: at for at, round_ in enumerate(rounds)}
    names = {line.team_id: line.name for line in found.lines}
    points = store.points_of_teams(session, chosen)
    told = _figures(session, access, chosen, place, points)
    facts = tuple(_round_facts(row, names, told.overalls.get(row.id, ()), zone) for row in rounds)
    return WorkbookSource(
        organisation=access.organisation.name,
        made_on=today,
        tag=found.tags.get(found.tag, found.tag),
        minimum_group=access.organisation.minimum_group,
        questionnaire=found.asked.questionnaire,
        lines=tuple(found.lines),
        over=found.over,
        rounds=facts,
        names=told.names,
        figures=told.figures,
        actions=tuple(
            _actions(
                session,
                access,
                store.actions_of_teams(session, chosen),
                facts,
                place,
                points,
                _latest_plans(found),
                today,
            )
        ),
    )


def executive_source(session: Session, *, access: Access, wish: FileWish, now: dt.datetime) -> ExecutiveSource:
    """What the summary tells of the chosen teams."""
    found, chosen = _read(session, access, wish, now)
    today = local_date(now, access.organisation.time_zone)
    published = store.published_rounds(session, chosen)
    latest_plans = _latest_plans(found)
    latest_rounds = set({round_.team_id: round_.id for round_ in published}.values())
    # Most actions are of earlier plans, which the summary leaves out: nothing else is read for them.
    rows = [
        row
        for row in store.actions_of_teams(session, chosen)
        if row.round_id in latest_plans or row.answered_in in latest_rounds
    ]
    planned = {row.round_id for row in rows}
    rounds = [round_ for round_ in published if round_.id in planned]
    place = {round_.id: at for at, round_ in enumerate(rounds)}
    names = {line.team_id: line.name for line in found.lines}
    facts = tuple(_round_facts(row, names, (), access.organisation.time_zone) for row in rounds)
    points = store.points_of_teams(session, chosen)
    actions = list(zip(rows, _actions(session, access, rows, facts, place, points, latest_plans, today), strict=True))
    return ExecutiveSource(
        organisation=access.organisation.name,
        accent=access.organisation.accent,
        logo=logo_uri(session, organisation_id=access.organisation_id),
        consultancy=printed_consultancy(session, organisation_id=access.organisation_id),
        paper=wish.paper,
        made_on=today,
        tag=found.tags.get(found.tag, found.tag),
        questionnaire=found.asked.questionnaire,
        lines=tuple(found.lines),
        over=found.over,
        is_one_wording=found.is_one_wording,
        moves=read_moves(
            session, access=access, chosen=chosen, teams=[(line.team_id, line.name) for line in found.lines]
        ),
        done=tuple(
            DoneAction(action.team, action.serves, action.title, row.outcome, action.round, action.drawn_on)
            for row, action in actions
            if action.status is ActionStatus.DONE
        ),
        open_actions=tuple(action for row, action in actions if action.status.is_open and row.round_id in latest_plans),
    )


def _latest_plans(found: Portfolio) -> frozenset[uuid.UUID]:
    """The rounds whose plans are the latest of their teams."""
    return frozenset(line.progress.round_id for line in found.lines if line.progress)


def _read(session: Session, access: Access, wish: FileWish, now: dt.datetime) -> tuple[Portfolio, TeamsChosen]:
    found = read_portfolio(session, access=access, now=now, asked=wish.asked, tag=wish.tag, size=None)
    return found, TeamsChosen(access.organisation_id, visible_teams(session, access), wish.tag)


def _round_facts(
    row: RoundRow, names: Mapping[uuid.UUID, str], scores: Iterable[ScoreRow], time_zone: str
) -> RoundFacts:
    own = list(scores)
    return RoundFacts(
        team=names[row.team_id],
        name=row.name,
        published_on=local_date(row.published_at, time_zone),
        is_agreed=is_agreed(row.mode, own),
        answered=answered_of(row.mode, own),
        people=row.team_size,
        is_withheld=row.is_withheld,
    )


@dataclass(frozen=True, slots=True)
class _Figures:
    """Every released figure, in the order of the rounds; the names that they point to; the overall of each round."""

    figures: tuple[Figure, ...]
    names: tuple[Text, ...]
    overalls: dict[uuid.UUID, tuple[ScoreRow]]


def _figures(
    session: Session,
    access: Access,
    chosen: TeamsChosen,
    place: Mapping[uuid.UUID, int],
    points: Mapping[uuid.UUID, list[dict[str, Any]]],
) -> _Figures:
    known = _known_groups(session, access)
    moments = _remembered_points(points)
    names: dict[Text, int] = {ALL_PILLARS: 0}
    found: list[list[Figure]] = [[] for _round in place]
    overalls = {}
    for row in store.scores_of_teams(session, chosen):
        scale, groups = known.get((row.questionnaire_id, row.section_id), (None, {}))
        if row.kind is ScoreKind.OVERALL:
            overalls[row.round_id] = (row,)
            name: Text | None = ALL_PILLARS
        elif row.kind is ScoreKind.POINT:
            name, scale = moments(row.round_id).get(row.ref_id), None
        else:
            name = groups.get(row.ref_id)
        cell, at = cell_of(row), place[row.round_id]
        figure: Figure = (
            at,
            row.kind.value,
            names.setdefault(name or Text(row.ref_id, row.ref_id), len(names)),
            cell.n,
            as_read(cell.score) if cell.score is not None and row.kind is not ScoreKind.POINT else cell.score,
            scale.bound_of(cell.score) if scale and cell.n is not None else None,
            cell.level,
            scale is not None and is_probable(cell, scale),
            cell.low,
            cell.high,
            cell.change,
            cell.label,
        )
        found[at].append(figure)
    return _Figures(tuple(chain.from_iterable(found)), tuple(names), overalls)


def _known_groups(session: Session, access: Access) -> dict[tuple[str, str], tuple[Scale, dict[str, Text]]]:
    """The scale and the groups of each section of each questionnaire that was asked, in its newest words."""
    known: dict[tuple[str, str], tuple[Scale, dict[str, Text]]] = {}
    for version in store.all_asked_versions(session, access.organisation_id):
        questionnaire = find_stored_questionnaire(session, version.id)
        for section in questionnaire.sections if questionnaire else ():
            if isinstance(section, GroupedSection):
                key = (version.questionnaire_id, section.id)
                before = known[key][1] if key in known else {}
                known[key] = (section.scale, before | {group.id: group.name for group in section.groups})
    return known


def _remembered_points(points: Mapping[uuid.UUID, list[dict[str, Any]]]) -> Any:
    """The names of a round's moments, worked out once for each list of them."""
    seen: dict[uuid.UUID, dict[str, Text]] = {}
    by_words: dict[tuple[tuple[str, str], ...], dict[str, Text]] = {}

    def names(round_id: uuid.UUID) -> dict[str, Text]:
        if round_id not in seen:
            own = points.get(round_id, [])
            key = tuple((point["id"], point["name"]) for point in own)
            if key not in by_words:
                by_words[key] = name_points(own)
            seen[round_id] = by_words[key]
        return seen[round_id]

    return names


def _actions(
    session: Session,
    access: Access,
    rows: Iterable[ActionRow],
    rounds: tuple[RoundFacts, ...],
    place: Mapping[uuid.UUID, int],
    points: Mapping[uuid.UUID, list[dict[str, Any]]],
    latest_plans: Collection[uuid.UUID],
    today: dt.date,
) -> Iterator[ActionFacts]:
    """The actions of all plans; `latest_plans` are the rounds of each team's latest plan."""
    pillars = {
        group: name for _scale, groups in _known_groups(session, access).values() for group, name in groups.items()
    }
    moments = _remembered_points(points)
    for row in rows:
        about, known = rounds[place[row.round_id]], _library().get(row.library_id)
        served = moments(row.round_id) if row.serves == "point" else pillars
        is_current = row.round_id in latest_plans
        yield ActionFacts(
            team=about.team,
            round=about.name,
            drawn_on=row.drawn_on,
            serves=served.get(row.ref_id) or Text(row.ref_id, row.ref_id),
            title=Text(row.title, row.title) if row.title or not known else known.title,
            owner=_owner(row.owner, known),
            due_on=row.due_on,
            status=row.status,
            is_late=is_current and row.status.is_open and is_past(row.due_on, drawn_on=row.drawn_on, today=today),
            is_current=is_current,
        )


def _owner(owner: str | None, known: Action | None) -> Text:
    """What the team wrote; of an action of the library whose owner nobody has set, whom it proposes."""
    if owner is not None:
        return Text(owner, owner)
    return known.owner if known else NO_TEXT


@cache
def _library() -> dict[str, Action]:
    """Every action of the library by its id."""
    library = load_action_library()
    actions = {id_: action for pillar in library.pillars for id_, action in pillar_actions(library, pillar).items()}
    return actions | {move.id: move for moves in library.moves.by_step_and_phase.values() for move in moves}
