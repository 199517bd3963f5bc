"""All teams as they stand: the latest published round of each, and figures over them. Rows of released figures, never
documents.

The number of queries does not grow with teams or rounds. All rounds of teams: `store.portfolio_rounds`.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Double, ScalarSelect, Select, and_, case, cast, exists, func, select
from sqlalchemy.orm import Session, aliased, defer

from assessment.domain.next_step import PlanState
from assessment.domain.rounds import RoundFacts, RoundMode, RoundPurpose
from assessment.store.plan_actions import PlanAction
from assessment.store.plan_states import STANDS_IN_PLAN, state_columns
from assessment.store.plans import Plan
from assessment.store.questionnaires import QuestionnaireVersion, RoundQuestionnaire
from assessment.store.round_scores import RoundScore, ScoreKind
from assessment.store.rounds import Round
from assessment.store.team_tags import TeamTag
from assessment.store.teams import Team


@dataclass(frozen=True, slots=True)
class TeamsChosen:
    """Teams of an organisation: `among` these alone, where not all may be seen, and with the key of a `tag`."""

    organisation_id: uuid.UUID
    among: frozenset[uuid.UUID] | None = None
    tag: str = ""

    @property
    def conditions(self) -> list[ColumnElement[bool]]:
        """Of a query of teams."""
        found: list[ColumnElement[bool]] = [Team.organisation_id == self.organisation_id]
        if self.among is not None:
            found.append(Team.id.in_(self.among))
        if self.tag:
            found.append(
                exists().where(
                    TeamTag.organisation_id == self.organisation_id,
                    TeamTag.team_id == Team.id,
                    TeamTag.key == self.tag,
                )
            )
        return found


class AskedVersion(NamedTuple):
    """A version of a questionnaire that published rounds asked first, and of how many teams."""

    id: uuid.UUID
    questionnaire_id: str
    version: int
    teams: int


class ScoreRow(NamedTuple):
    """A released figure of a round."""

    round_id: uuid.UUID
    kind: ScoreKind
    questionnaire_id: str
    section_id: str
    ref_id: str
    n: int | None
    score: float | None
    level: int | None
    low: float | None
    high: float | None
    change: float | None
    label: str | None
    is_withheld: bool
    answered: int | None
    is_weakest: bool
    is_alarm: bool


class PlanRow(NamedTuple):
    """How far the actions of the latest plan of a team are."""

    team_id: uuid.UUID
    round_id: uuid.UUID
    state: PlanState


SCORE_COLUMNS = (
    RoundScore.round_id,
    RoundScore.kind,
    RoundScore.questionnaire_id,
    RoundScore.section_id,
    RoundScore.ref_id,
    RoundScore.n,
    RoundScore.score,
    RoundScore.level,
    RoundScore.low,
    RoundScore.high,
    RoundScore.change,
    RoundScore.label,
    RoundScore.is_withheld,
    RoundScore.answered,
    RoundScore.is_weakest,
    RoundScore.is_alarm,
)


def published(chosen: TeamsChosen, of: type[Round] = Round) -> list[ColumnElement[bool]]:
    """Of a query of rounds: those of the organisation that were published."""
    return [
        of.organisation_id == chosen.organisation_id,
        of.purpose == RoundPurpose.ASSESSMENT,
        of.published_at.is_not(None),
    ]


def _latest(
    chosen: TeamsChosen, version_ids: Collection[uuid.UUID] | None = None, *, with_plan: bool = False
) -> ScalarSelect[uuid.UUID]:
    """The id of the latest published round of the team in the query around it: with ids of versions, of those that
    asked one of them first; or of those of which there is a plan. It reads one entry or a few of an index."""
    candidate = aliased(Round)
    query = select(candidate.id).where(*published(chosen, candidate), candidate.team_id == Team.id)
    if version_ids is not None:
        asked = exists().where(
            RoundQuestionnaire.round_id == candidate.id,
            RoundQuestionnaire.position == 0,
            RoundQuestionnaire.questionnaire_version_id.in_(version_ids),
        )
        query = query.where(asked.correlate(candidate))
    if with_plan:
        query = query.where(exists().where(Plan.round_id == candidate.id).correlate(candidate))
    newest_first = query.order_by(candidate.published_at.desc(), candidate.id.desc())
    return newest_first.limit(1).correlate(Team).scalar_subquery()


def _latest_of_chosen(chosen: TeamsChosen, latest: ScalarSelect[uuid.UUID]) -> Select[Any]:
    """The same of all chosen teams, for conditions that a round is among them: they are found first, team by team."""
    return select(latest).select_from(Team).where(*chosen.conditions)


def asked_versions(session: Session, organisation_id: uuid.UUID) -> list[AskedVersion]:
    """Every version that a published round of the organisation asked first, those of most teams first."""
    teams = func.count(Round.team_id.distinct())
    rows = session.execute(
        select(QuestionnaireVersion.id, QuestionnaireVersion.questionnaire_id, QuestionnaireVersion.version, teams)
        .join(RoundQuestionnaire, RoundQuestionnaire.questionnaire_version_id == QuestionnaireVersion.id)
        .join(Round, Round.id == RoundQuestionnaire.round_id)
        .where(RoundQuestionnaire.position == 0, *published(TeamsChosen(organisation_id)))
        .group_by(QuestionnaireVersion.id, QuestionnaireVersion.questionnaire_id, QuestionnaireVersion.version)
        .order_by(teams.desc(), QuestionnaireVersion.questionnaire_id, QuestionnaireVersion.version.desc())
    )
    return [AskedVersion(*row) for row in rows]


def count_chosen(session: Session, chosen: TeamsChosen, only: Collection[uuid.UUID] | None = None) -> int:
    """How many teams are chosen, `only` of these."""
    query = select(func.count()).select_from(Team).where(*chosen.conditions, *is_of(only))
    return session.scalar(query) or 0


def chosen_teams(session: Session, chosen: TeamsChosen) -> list[tuple[uuid.UUID, dt.datetime]]:
    """The ids of the chosen teams, and when each was made; by name."""
    rows = session.execute(select(Team.id, Team.created_at).where(*chosen.conditions).order_by(Team.name, Team.id))
    return [(row.id, row.created_at) for row in rows]


def named_teams(session: Session, chosen: TeamsChosen, *, at_most: int, after: int) -> list[tuple[uuid.UUID, str]]:
    """The ids and names of some of the chosen teams, by name."""
    query = select(Team.id, Team.name).where(*chosen.conditions).order_by(Team.name, Team.id)
    return [(row.id, row.name) for row in session.execute(query.offset(after).limit(at_most))]


def names_of(session: Session, organisation_id: uuid.UUID, team_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
    rows = session.execute(
        select(Team.id, Team.name).where(Team.organisation_id == organisation_id, Team.id.in_(team_ids))
    )
    return {row.id: row.name for row in rows}


def teams_and_rounds(
    session: Session,
    chosen: TeamsChosen,
    *,
    version_ids: Collection[uuid.UUID],
    at_most: int | None,
    after: int = 0,
    only: Collection[uuid.UUID] | None = None,
    by_pillar: str = "",
) -> list[tuple[Team, Round | None]]:
    """Some of the chosen teams with their latest published round that asked one of these versions first.

    By name; with a pillar, by its score as it is shown, the highest first, then those without one by name.
    """
    query: Any = (
        select(Team, Round)
        .outerjoin(Round, Round.id == _latest(chosen, version_ids))
        .where(*chosen.conditions, *is_of(only))
        .options(defer(Round.snapshot))
    )
    order: list[Any] = [Team.name, Team.id]
    if by_pillar:
        of_pillar = and_(
            RoundScore.organisation_id == chosen.organisation_id,
            RoundScore.round_id == Round.id,
            RoundScore.kind == ScoreKind.PILLAR,
            RoundScore.ref_id == by_pillar,
        )
        query = query.outerjoin(RoundScore, of_pillar)
        # What was agreed has no interval, and takes no part in any order.
        is_unranked = case((and_(RoundScore.score.is_not(None), RoundScore.n.is_not(None)), 0), else_=1)
        order = [is_unranked, case((is_unranked == 0, RoundScore.score)).desc(), *order]
    rows = session.execute(query.order_by(*order).offset(after).limit(at_most))
    return [(row[0], row[1]) for row in rows]


def scores_of_rounds(session: Session, organisation_id: uuid.UUID, round_ids: Collection[uuid.UUID]) -> list[ScoreRow]:
    """The released figures of these rounds, in the order of each result."""
    rows: Any = session.execute(
        select(*SCORE_COLUMNS)
        .where(RoundScore.organisation_id == organisation_id, RoundScore.round_id.in_(round_ids))
        .order_by(RoundScore.round_id, RoundScore.position)
    )
    return [ScoreRow(*row) for row in rows]


class LatestRow(NamedTuple):
    """The latest published round of a team, whatever it asked, and what decides whether the team needs attention.

    `n` and `score` are those of the overall; `shows_pillar` says whether a plan can stand on it.
    """

    team_id: uuid.UUID
    id: uuid.UUID
    published_at: dt.datetime
    mode: RoundMode
    team_size: int
    is_withheld: bool
    n: int | None
    score: float | None
    answered: int | None
    shows_pillar: bool
    has_plan: bool


def latest_rounds(session: Session, chosen: TeamsChosen) -> list[LatestRow]:
    """One row for each chosen team of which a round was published."""
    overall = aliased(RoundScore)
    of_round = and_(RoundScore.organisation_id == chosen.organisation_id, RoundScore.round_id == Round.id)
    shows_pillar = exists().where(of_round, RoundScore.kind == ScoreKind.PILLAR, RoundScore.score.is_not(None))
    has_plan = exists().where(Plan.organisation_id == chosen.organisation_id, Plan.round_id == Round.id)
    rows: Any = session.execute(
        select(
            Round.team_id,
            Round.id,
            Round.published_at,
            Round.mode,
            Round.team_size,
            Round.is_withheld,
            overall.n,
            overall.score,
            overall.answered,
            shows_pillar,
            has_plan,
        )
        .select_from(Team)
        .join(Round, Round.id == _latest(chosen))
        .outerjoin(
            overall,
            and_(
                overall.organisation_id == chosen.organisation_id,
                overall.round_id == Round.id,
                overall.kind == ScoreKind.OVERALL,
            ),
        )
        .where(*chosen.conditions)
    )
    return [LatestRow(*row) for row in rows]


class UnderWayRow(NamedTuple):
    """A round that is not published."""

    team_id: uuid.UUID
    id: uuid.UUID
    mode: RoundMode
    opens_at: dt.datetime | None
    closes_at: dt.datetime | None
    stopped_at: dt.datetime | None
    minimum_group: int
    team_size: int

    @property
    def facts(self) -> RoundFacts:
        return RoundFacts(self.mode, self.opens_at, self.closes_at, self.stopped_at, None)


def rounds_under_way(session: Session, chosen: TeamsChosen) -> list[UnderWayRow]:
    """The round of each chosen team that is not published, where there is one."""
    rows: Any = session.execute(
        select(
            Round.team_id,
            Round.id,
            Round.mode,
            Round.opens_at,
            Round.closes_at,
            Round.stopped_at,
            Round.minimum_group,
            Round.team_size,
        )
        .join(Team, Team.id == Round.team_id)
        .where(
            Round.organisation_id == chosen.organisation_id,
            Round.purpose == RoundPurpose.ASSESSMENT,
            Round.published_at.is_(None),
            ~Round.is_extra,
            *chosen.conditions,
        )
    )
    return [UnderWayRow(*row) for row in rows]


def noted_scores(session: Session, chosen: TeamsChosen) -> list[ScoreRow]:
    """Of the latest published round of each team, the figures that need attention: alarms, pillars that went down, and
    pillars that are withheld."""
    is_pillar = RoundScore.kind == ScoreKind.PILLAR
    rows: Any = session.execute(
        select(*SCORE_COLUMNS)
        .where(
            RoundScore.organisation_id == chosen.organisation_id,
            RoundScore.round_id.in_(_latest_of_chosen(chosen, _latest(chosen))),
            RoundScore.is_alarm | (is_pillar & ((RoundScore.label == "worse") | RoundScore.is_withheld)),
        )
        .order_by(RoundScore.round_id, RoundScore.position)
    )
    return [ScoreRow(*row) for row in rows]


def points_of_rounds(session: Session, round_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, list[dict[str, Any]]]:
    """The perception points that these rounds asked about."""
    rows = session.execute(select(Round.id, Round.points).where(Round.id.in_(round_ids)))
    return {row.id: row.points for row in rows}


def progress_of_plans(session: Session, chosen: TeamsChosen, today: dt.date) -> list[PlanRow]:
    """How far the latest plan of each chosen team is, counted as on the team's own pages."""
    latest = _latest_of_chosen(chosen, _latest(chosen, with_plan=True))
    rows: Any = session.execute(
        select(Round.team_id, Round.id, *state_columns(today))
        .join(Plan, Plan.round_id == Round.id)
        .outerjoin(PlanAction, STANDS_IN_PLAN)
        .where(Round.id.in_(latest))
        .group_by(Round.id, Plan.id)
    )
    return [PlanRow(team_id, round_id, PlanState(*state)) for team_id, round_id, *state in rows]


def versions_of_latest(
    session: Session, chosen: TeamsChosen, version_ids: Collection[uuid.UUID]
) -> frozenset[uuid.UUID]:
    """Which of these versions the teams' latest rounds with one of them asked."""
    latest = _latest_of_chosen(chosen, _latest(chosen, version_ids))
    return frozenset(
        session.scalars(
            select(RoundQuestionnaire.questionnaire_version_id)
            .where(RoundQuestionnaire.round_id.in_(latest), RoundQuestionnaire.position == 0)
            .distinct()
        )
    )


class RankedRow(NamedTuple):
    """A team's released figure of a pillar, that it may be put in order by."""

    team_id: uuid.UUID
    n: int
    score: float
    low: float | None
    high: float | None


def cells_in_order(
    session: Session, chosen: TeamsChosen, version_ids: Collection[uuid.UUID], pillar: str
) -> list[RankedRow]:
    """A pillar of the teams' latest rounds with one of these versions: the highest first, as `teams_and_rounds` has
    them. What was agreed or is withheld is not there."""
    rows: Any = session.execute(
        select(Team.id, RoundScore.n, RoundScore.score, RoundScore.low, RoundScore.high)
        .select_from(Team)
        .join(RoundScore, RoundScore.round_id == _latest(chosen, version_ids))
        .where(
            *chosen.conditions,
            RoundScore.organisation_id == chosen.organisation_id,
            RoundScore.kind == ScoreKind.PILLAR,
            RoundScore.ref_id == pillar,
            RoundScore.score.is_not(None),
            RoundScore.n.is_not(None),
        )
        .order_by(RoundScore.score.desc(), Team.name, Team.id)
    )
    return [RankedRow(*row) for row in rows]


T_FAR, T_FIRST, T_SECOND = 1.96, 2.37, 2.82
"""The 97.5 % point of Student's t at ν degrees of freedom is about 1.96 + 2.37/ν + 2.82/ν², within half a per cent from
seven on: half the width of a 95 % interval in standard errors, so that spreads follow from intervals as shown."""


class SumRow(NamedTuple):
    """Sums of the released figures of a pillar over teams."""

    pillar: str
    teams: int
    people: int
    total: float
    squares: float
    within: float
    within_df: int
    lowest: float
    highest: float


def sums_of_pillars(session: Session, chosen: TeamsChosen, version_ids: Collection[uuid.UUID]) -> list[SumRow]:
    """For each pillar, over the teams' latest rounds with one of these versions that are released for it. What was
    agreed takes no part."""
    latest = _latest_of_chosen(chosen, _latest(chosen, version_ids))
    n, score = RoundScore.n, RoundScore.score
    has_interval = RoundScore.low.is_not(None)
    half = (RoundScore.high - RoundScore.low) / 2
    df = cast(n - 1, Double)
    t = T_FAR + T_FIRST / df + T_SECOND / (df * df)
    rows = session.execute(
        select(
            RoundScore.ref_id,
            func.count(),
            func.sum(n),
            func.sum(n * score),
            func.sum(n * score * score),
            func.coalesce(func.sum(case((has_interval, df * n * half * half / (t * t)))), 0.0),
            func.coalesce(func.sum(case((has_interval, n - 1))), 0),
            func.min(score),
            func.max(score),
        )
        .where(
            RoundScore.organisation_id == chosen.organisation_id,
            RoundScore.round_id.in_(latest),
            RoundScore.kind == ScoreKind.PILLAR,
            score.is_not(None),
            n.is_not(None),
        )
        .group_by(RoundScore.ref_id)
    )
    return [SumRow(*row) for row in rows]


def is_of(only: Collection[uuid.UUID] | None) -> list[ColumnElement[bool]]:
    """Of a query of teams: `only` these, where not all are asked for."""
    return [] if only is None else [Team.id.in_(only)]
