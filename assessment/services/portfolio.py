"""All teams of an organisation in one look: rows of released figures, why teams need attention, figures over teams."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from typing import cast

from sqlalchemy.orm import Session

from assessment.catalogue.catalogue import load_questionnaire
from assessment.domain.next_step import RoundCounts, step_before_publication
from assessment.domain.portfolio import (
    AttentionFacts,
    Cell,
    OverTeams,
    PillarSums,
    Progress,
    Reason,
    RoundMove,
    RoundUnderWay,
    Standing,
    TeamLine,
    TeamMoves,
    needs_attention,
    over_teams,
    tiers,
)
from assessment.domain.questionnaire import Questionnaire
from assessment.domain.result import ChangeLabel
from assessment.domain.rounds import RoundMode
from assessment.domain.texts import Text
from assessment.infra.clock import local_date
from assessment.services.access import Access
from assessment.services.describe_round import name_points, points_to_judge
from assessment.services.paging import Paging, page_of
from assessment.services.questionnaires import find_stored_questionnaire
from assessment.store import portfolio as store
from assessment.store import portfolio_rounds as rounds_store
from assessment.store.portfolio import AskedVersion, LatestRow, ScoreRow, TeamsChosen
from assessment.store.repetitions import rules_of_teams
from assessment.store.responses import count_by_round
from assessment.store.round_scores import RoundScore, ScoreKind
from assessment.store.rounds import Round
from assessment.store.team_tags import tags_by_team, used_tags
from assessment.store.teams import Team

TEAMS_A_PAGE = 50
ATTENTION_SHOWN = 10
"""Teams that need attention and stand above the table; the others are a click away."""


@dataclass(frozen=True, slots=True)
class AskedQuestions:
    """The questionnaire whose pillars are columns, and the ids of its versions that rounds asked."""

    questionnaire: Questionnaire
    version_ids: frozenset[uuid.UUID]
    teams: int
    """How many teams were asked it."""


@dataclass(frozen=True, slots=True)
class TeamsReasons:
    """A team that needs attention, and why."""

    team_id: uuid.UUID
    name: str
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Portfolio:
    """A page of the teams, each as a row; `attention` are the first of the teams that need it, `attention_total` how
    many there are. `over` says of each pillar what may be said over teams; nothing is worked out for a choice of rows.

    `sort` is the pillar by which the rows stand, with their `tiers`; empty where they stand by name.
    """

    asked: AskedQuestions
    others: Sequence[AskedQuestions]
    lines: Sequence[TeamLine]
    paging: Paging
    attention: Sequence[TeamsReasons]
    attention_total: int
    teams: int
    """All teams that may be seen, whatever is chosen."""
    tag: str
    tags: Mapping[str, str]
    only_attention: bool
    over: Mapping[str, OverTeams]
    is_one_wording: bool
    sort: str
    tiers: Mapping[uuid.UUID, int]

    @property
    def may_sort(self) -> frozenset[str]:
        return frozenset(pillar for pillar, over in self.over.items() if over.may_rank)


def visible_teams(session: Session, access: Access) -> frozenset[uuid.UUID] | None:
    """The only teams that an account may see of an organisation; `None` where it may see all.

    Whatever shows several teams takes them from here.
    """
    return access.team_ids


def read_portfolio(
    session: Session,
    *,
    access: Access,
    now: dt.datetime,
    asked: str = "",
    tag: str = "",
    sort: str = "",
    only_attention: bool = False,
    page: int = 1,
    size: int | None = TEAMS_A_PAGE,
) -> Portfolio:
    """A page of the teams that an account may see: those with a tag (its key), or that need attention; by name, or by
    a pillar where teams differ by more than chance.

    `asked` is the id of a questionnaire; where none of this id was asked, the one that most teams were. Without a
    `size`, all teams. As many queries for one team as for a thousand.
    """
    organisation, today = access.organisation, local_date(now, access.organisation.time_zone)
    everybody = TeamsChosen(organisation.id, visible_teams(session, access))
    chosen = TeamsChosen(organisation.id, everybody.among, tag)
    offered = asked_questions(session, access)
    questions = next((one for one in offered if one.questionnaire.id == asked), offered[0])
    over, is_one_wording = read_over_teams(session, everybody, questions)
    sort = sort if sort in over and over[sort].may_rank else ""

    progress = read_progress(session, chosen, today)
    latest = {row.team_id: row for row in store.latest_rounds(session, chosen)}
    pillars = pillar_names(offered)
    under_way = _rounds_under_way(session, chosen, now)
    reasons = _reasons(session, access, chosen, latest, progress, pillars, under_way, today)
    needy = [team_id for team_id, found in reasons.items() if found]
    only = needy if only_attention else None
    paging = page_of(page, store.count_chosen(session, chosen, only), size or max(1, len(reasons)))
    rows = store.teams_and_rounds(
        session,
        chosen,
        version_ids=questions.version_ids,
        at_most=paging.size,
        after=paging.after,
        only=only,
        by_pillar=sort,
    )
    lines = _lines(session, access, rows, reasons, progress, was_asked=latest.keys())
    return Portfolio(
        asked=questions,
        others=[one for one in offered if one is not questions],
        lines=lines,
        paging=paging,
        attention=_first_in_need(session, access, reasons),
        attention_total=len(needy),
        teams=store.count_chosen(session, everybody),
        tag=tag,
        tags=used_tags(session, organisation_id=organisation.id, among=everybody.among),
        only_attention=only_attention,
        over=over,
        is_one_wording=is_one_wording,
        sort=sort,
        tiers=_tiers(session, everybody, questions, sort),
    )


def asked_questions(session: Session, access: Access) -> list[AskedQuestions]:
    """The questionnaires with pillars that published rounds asked, those of most teams first; where none was, the one
    that a first round asks."""
    versions: dict[str, list[AskedVersion]] = defaultdict(list)
    for version in store.asked_versions(session, access.organisation_id):
        versions[version.questionnaire_id].append(version)
    found = []
    for of_one in versions.values():
        ids = frozenset(version.id for version in of_one)
        newest = sorted(of_one, key=lambda version: -version.version)
        texts = (find_stored_questionnaire(session, version.id) for version in newest)
        questionnaire = next((text for text in texts if text is not None), None)
        if questionnaire is not None and questionnaire.pillars:
            found.append(AskedQuestions(questionnaire, ids, sum(version.teams for version in of_one)))
    found.sort(key=lambda one: (-one.teams, one.questionnaire.id))
    return found or [AskedQuestions(load_questionnaire(), frozenset(), 0)]


def read_over_teams(
    session: Session, everybody: TeamsChosen, questions: AskedQuestions
) -> tuple[dict[str, OverTeams], bool]:
    """What may be said of each pillar over all teams of the organisation, never over a choice of them, not even over
    those that somebody is of; and whether all were asked in the same words, without which nothing is said."""
    versions = store.versions_of_latest(session, everybody, questions.version_ids)
    texts = [find_stored_questionnaire(session, id_) for id_ in versions]
    is_one_wording = len({text.fingerprint if text else str(at) for at, text in enumerate(texts)}) <= 1
    if not is_one_wording:
        return {}, False
    if everybody.among is not None:
        return {}, True
    over = {}
    for row in store.sums_of_pillars(session, everybody, questions.version_ids):
        scale = questions.questionnaire.scale
        has_bound = scale.bound_of(row.lowest) is not None or scale.bound_of(row.highest) is not None
        sums = PillarSums(row.teams, row.people, row.total, row.squares, row.within, row.within_df, has_bound)
        found = over_teams(row.pillar, sums, scale)
        if found and row.pillar in questions.questionnaire.pillars_by_id:
            over[row.pillar] = found
    return over, True


def read_progress(session: Session, chosen: TeamsChosen, today: dt.date) -> dict[uuid.UUID, Progress]:
    """How far each team's latest plan is."""
    return {
        row.team_id: Progress(
            row.round_id, row.state.actions, row.state.done, row.state.late, row.state.drawn_on, row.state.stuck
        )
        for row in store.progress_of_plans(session, chosen, today)
    }


def _rounds_under_way(session: Session, chosen: TeamsChosen, now: dt.datetime) -> dict[uuid.UUID, RoundUnderWay]:
    """The unpublished round of each team that has one, and what it waits for, as the start page has it."""
    rows = store.rounds_under_way(session, chosen)
    counts = count_by_round(session, [row.id for row in rows])
    found = {}
    for row in rows:
        counted = RoundCounts(row.facts, counts.get(row.id, 0), row.team_size, row.minimum_group)
        found[row.team_id] = RoundUnderWay(
            row.id,
            step_before_publication(counted, now),
            counted.answered,
            0 if counted.is_agreed else row.team_size,
        )
    return found


def _reasons(
    session: Session,
    access: Access,
    chosen: TeamsChosen,
    latest: Mapping[uuid.UUID, LatestRow],
    progress: Mapping[uuid.UUID, Progress],
    pillars: Mapping[str, Text],
    under_way: Mapping[uuid.UUID, RoundUnderWay],
    today: dt.date,
) -> dict[uuid.UUID, tuple[Reason, ...]]:
    """Why each chosen team needs attention; nothing for those that do not. By the teams' names."""
    noted: dict[uuid.UUID, list[ScoreRow]] = defaultdict(list)
    for score in store.noted_scores(session, chosen):
        noted[score.round_id].append(score)
    alarmed = [id_ for id_, scores in noted.items() if any(score.is_alarm for score in scores)]
    points = store.points_of_rounds(session, alarmed) if alarmed else {}
    day_of = cache(partial(local_date, zone=access.organisation.time_zone))
    rules = rules_of_teams(session, access.organisation_id)
    reasons = {}
    for team_id, created_at in store.chosen_teams(session, chosen):
        row = latest.get(team_id)
        if row is None:
            facts = AttentionFacts(
                created_on=day_of(created_at),
                progress=progress.get(team_id),
                under_way=under_way.get(team_id),
                rule=rules.get(team_id),
            )
            reasons[team_id] = needs_attention(facts, today)
            continue
        scores = noted.get(row.id, ())
        moments = name_points(points.get(row.id, ()))
        is_agreed = row.mode is RoundMode.CONSENSUS or (row.score is not None and row.n is None)
        facts = AttentionFacts(
            round_id=row.id,
            published_on=day_of(row.published_at),
            created_on=day_of(created_at),
            is_withheld=row.is_withheld,
            withheld=_names(pillars, (one for one in scores if one.kind is ScoreKind.PILLAR and one.is_withheld)),
            alarms=_names(moments, (one for one in scores if one.is_alarm)),
            worse=_names(pillars, (one for one in scores if one.kind is ScoreKind.PILLAR and one.label == "worse")),
            answered=None if is_agreed else row.answered,
            people=row.team_size,
            has_pillars=row.shows_pillar,
            has_plan=row.has_plan,
            progress=progress.get(team_id),
            under_way=under_way.get(team_id),
            rule=rules.get(team_id),
        )
        reasons[team_id] = needs_attention(facts, today)
    return reasons


def read_moves(
    session: Session,
    *,
    access: Access,
    chosen: TeamsChosen,
    teams: Sequence[tuple[uuid.UUID, str]],
    has_names: bool = False,
) -> tuple[TeamMoves, ...]:
    """How the pillars of these teams moved over all their rounds; their ids and names, in this order. With `has_names`,
    also which pillars and moments moved."""
    only = [team_id for team_id, _name in teams]
    named = _names_of_changes(session, access, chosen, only) if has_names else {}
    labels = rounds_store.labels_of_rounds(session, chosen, only)
    rounds: dict[uuid.UUID, list[RoundMove]] = defaultdict(list)
    for row in rounds_store.published_rounds(session, chosen, only):
        counts = labels.get(row.id, {})
        day = local_date(row.published_at, access.organisation.time_zone)
        rounds[row.team_id].append(
            RoundMove(
                row.name,
                day,
                up=counts.get("improved", 0),
                down=counts.get("worse", 0),
                same=counts.get("same", 0),
                unclear=counts.get("unclear", 0),
                is_withheld=row.is_withheld,
                pillars_up=tuple(named.get((row.id, ScoreKind.PILLAR, "improved"), ())),
                pillars_down=tuple(named.get((row.id, ScoreKind.PILLAR, "worse"), ())),
                moments_up=tuple(named.get((row.id, ScoreKind.POINT, "improved"), ())),
                moments_down=tuple(named.get((row.id, ScoreKind.POINT, "worse"), ())),
            )
        )
    return tuple(TeamMoves(team_id, name, tuple(rounds[team_id])) for team_id, name in teams)


def _names_of_changes(
    session: Session, access: Access, chosen: TeamsChosen, only: Collection[uuid.UUID]
) -> dict[tuple[uuid.UUID, ScoreKind, str], list[Text]]:
    """The pillars and the moments that moved clearly in each round, by round, kind and label."""
    changes = rounds_store.clear_changes(session, chosen, only)
    pillars = pillar_names(asked_questions(session, access))
    of_points = {change.round_id for change in changes if change.kind is ScoreKind.POINT}
    points = store.points_of_rounds(session, of_points) if of_points else {}
    moments = {round_id: name_points(own) for round_id, own in points.items()}
    found: dict[tuple[uuid.UUID, ScoreKind, str], list[Text]] = defaultdict(list)
    for change in changes:
        names = pillars if change.kind is ScoreKind.PILLAR else moments.get(change.round_id, {})
        found[change.round_id, change.kind, change.label].append(
            names.get(change.ref_id, Text(change.ref_id, change.ref_id))
        )
    return found


@dataclass(frozen=True, slots=True)
class MovesPage:
    """A page of teams with how they moved; `tag` is that by which they were chosen, as somebody wrote it."""

    teams: tuple[TeamMoves, ...]
    paging: Paging
    tag: str = ""


def read_moves_page(session: Session, *, access: Access, tag: str, page: int) -> MovesPage:
    """A page of the teams that an account may see, with a tag (its key), by name."""
    chosen = TeamsChosen(access.organisation_id, visible_teams(session, access), tag)
    paging = page_of(page, store.count_chosen(session, chosen), TEAMS_A_PAGE)
    teams = store.named_teams(session, chosen, at_most=paging.size, after=paging.after)
    moves = read_moves(session, access=access, chosen=chosen, teams=teams, has_names=True)
    tags = used_tags(session, organisation_id=access.organisation_id, among=chosen.among) if tag else {}
    return MovesPage(moves, paging, tags.get(tag, tag))


def pillar_names(asked: Iterable[AskedQuestions]) -> dict[str, Text]:
    """The name of every pillar of these questionnaires; where two have the same, that of the first."""
    names: dict[str, Text] = {}
    for one in asked:
        names = {pillar.id: pillar.name for pillar in one.questionnaire.pillars} | names
    return names


def read_cells(rows: Iterable[ScoreRow]) -> tuple[Cell | None, dict[str, Cell]]:
    """The overall and the pillars of one round, from its rows."""
    overall: Cell | None = None
    pillars: dict[str, Cell] = {}
    for row in rows:
        if row.kind not in (ScoreKind.OVERALL, ScoreKind.PILLAR):
            continue
        cell = cell_of(row)
        if row.kind is ScoreKind.OVERALL:
            overall = cell
        else:
            pillars[row.ref_id] = cell
    return overall, pillars


def cell_of(row: ScoreRow) -> Cell:
    """A row's figure; of one that is withheld not even how many people it is of."""
    n = row.n if row.score is not None else None
    return Cell(n, row.score, row.level, row.low, row.high, row.change, cast("ChangeLabel | None", row.label))


def _names(names: Mapping[str, Text], rows: Iterable[ScoreRow]) -> tuple[Text, ...]:
    return tuple(names.get(row.ref_id, Text(row.ref_id, row.ref_id)) for row in rows)


def is_agreed(mode: RoundMode, rows: Iterable[ScoreRow | RoundScore]) -> bool:
    """Whether a round's result is one sheet that the team agreed on, which may also have come in a file."""
    return mode is RoundMode.CONSENSUS or any(row.score is not None and row.n is None for row in rows)


def answered_of(mode: RoundMode, rows: Sequence[ScoreRow]) -> int | None:
    """How many of the team answered; `None` for an agreed sheet."""
    return (
        None if is_agreed(mode, rows) else next((row.answered for row in rows if row.kind is ScoreKind.OVERALL), None)
    )


def _lines(
    session: Session,
    access: Access,
    rows: Sequence[tuple[Team, Round | None]],
    reasons: Mapping[uuid.UUID, tuple[Reason, ...]],
    progress: Mapping[uuid.UUID, Progress],
    *,
    was_asked: Collection[uuid.UUID],
) -> list[TeamLine]:
    scores: dict[uuid.UUID, list[ScoreRow]] = defaultdict(list)
    round_ids = [round_.id for _team, round_ in rows if round_ is not None]
    for score in store.scores_of_rounds(session, access.organisation_id, round_ids):
        scores[score.round_id].append(score)
    tags = tags_by_team(session, [team.id for team, _round in rows])
    lines = []
    for team, round_ in rows:
        line = TeamLine(
            team_id=team.id,
            name=team.name,
            standing=Standing.OTHER_QUESTIONS if team.id in was_asked else Standing.NO_ROUND,
            tags=tags.get(team.id, ()),
            people=team.size,
            progress=progress.get(team.id),
            reasons=reasons.get(team.id, ()),
        )
        lines.append(_with_round(line, round_, scores[round_.id], access) if round_ else line)
    return lines


def _with_round(line: TeamLine, round_: Round, rows: Sequence[ScoreRow], access: Access) -> TeamLine:
    """The team's line with what its round says."""
    overall, pillars = read_cells(rows)
    points = [row for row in rows if row.kind is ScoreKind.POINT and row.score is not None]
    moments = {point.id: point.name for point in points_to_judge(round_)}
    return replace(
        line,
        standing=Standing.WITHHELD if round_.is_withheld else Standing.RESULT,
        round_id=round_.id,
        round_name=round_.name,
        published_on=local_date(round_.published_at, access.organisation.time_zone) if round_.published_at else None,
        is_agreed=is_agreed(round_.mode, rows),
        answered=answered_of(round_.mode, rows),
        people=round_.team_size,
        overall=overall,
        pillars={} if round_.is_withheld else pillars,
        weakest=_names(moments, (row for row in points if row.is_weakest)),
        is_level=len(points) > 1 and not any(row.is_weakest for row in points),
        moments_up=_names(moments, (row for row in points if row.label == "improved")),
        moments_down=_names(moments, (row for row in points if row.label == "worse")),
    )


def _first_in_need(
    session: Session, access: Access, reasons: Mapping[uuid.UUID, tuple[Reason, ...]]
) -> list[TeamsReasons]:
    """The teams that need attention most: by their most pressing reason, then by how much of it, then by name."""
    needy = [(found[0].urgency, at, team_id) for at, (team_id, found) in enumerate(reasons.items()) if found]
    first = [team_id for _urgency, _at, team_id in sorted(needy)[:ATTENTION_SHOWN]]
    names = store.names_of(session, access.organisation_id, first)
    return [TeamsReasons(team_id, names[team_id], reasons[team_id]) for team_id in first]


def _tiers(session: Session, everybody: TeamsChosen, questions: AskedQuestions, sort: str) -> dict[uuid.UUID, int]:
    """The tier of each team that is put in order, over all teams, whatever is chosen of them."""
    if not sort:
        return {}
    ranked = store.cells_in_order(session, everybody, questions.version_ids, sort)
    cells = [Cell(row.n, row.score, low=row.low, high=row.high) for row in ranked]
    return {row.team_id: tier for row, tier in zip(ranked, tiers(cells), strict=True)}
