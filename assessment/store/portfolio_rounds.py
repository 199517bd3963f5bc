"""All published rounds of teams, one after the other: how figures moved, which actions followed, what was asked.

What stands today is in `store.portfolio`; the number of queries does not grow with teams or rounds here either.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Iterator
from typing import Any, NamedTuple

from sqlalchemy import Select, and_, func, select
from sqlalchemy.orm import Session

from assessment.domain.plans.choices import ActionStatus
from assessment.domain.result import ChangeLabel
from assessment.domain.rounds import RoundMode
from assessment.store.action_outcomes import ActionOutcome
from assessment.store.plan_actions import PlanAction, ServedKind
from assessment.store.plans import Plan
from assessment.store.portfolio import SCORE_COLUMNS, AskedVersion, ScoreRow, TeamsChosen, is_of, published
from assessment.store.questionnaires import QuestionnaireVersion, RoundQuestionnaire
from assessment.store.round_scores import RoundScore, ScoreKind
from assessment.store.rounds import Round
from assessment.store.teams import Team


class RoundRow(NamedTuple):
    """A published round, without its snapshot."""

    team_id: uuid.UUID
    id: uuid.UUID
    name: str
    published_at: dt.datetime
    mode: RoundMode
    team_size: int
    is_withheld: bool


def published_rounds(
    session: Session, chosen: TeamsChosen, only: Collection[uuid.UUID] | None = None
) -> list[RoundRow]:
    """All published rounds of the chosen teams, `only` of these: by the teams' names, the oldest of each first."""
    rows: Any = session.execute(
        select(
            Round.team_id,
            Round.id,
            Round.name,
            Round.published_at,
            Round.mode,
            Round.team_size,
            Round.is_withheld,
        )
        .join(Team, Team.id == Round.team_id)
        .where(*published(chosen), *chosen.conditions, *is_of(only))
        .order_by(Team.name, Team.id, Round.published_at, Round.id)
    )
    return [RoundRow(*row) for row in rows]


def points_of_teams(session: Session, chosen: TeamsChosen) -> dict[uuid.UUID, list[dict[str, Any]]]:
    """The perception points that each published round of the chosen teams asked about."""
    rows = session.execute(
        select(Round.id, Round.points)
        .join(Team, Team.id == Round.team_id)
        .where(*published(chosen), *chosen.conditions)
    )
    return {row.id: row.points for row in rows}


def labels_of_rounds(
    session: Session, chosen: TeamsChosen, only: Collection[uuid.UUID] | None = None
) -> dict[uuid.UUID, dict[str, int]]:
    """How many pillars of each round of the chosen teams have each label of change, by round; `only` of these teams.
    A round that was not compared is not there."""
    rows: Any = session.execute(
        select(RoundScore.round_id, RoundScore.label, func.count())
        .where(
            RoundScore.organisation_id == chosen.organisation_id,
            RoundScore.round_id.in_(_rounds_of(chosen, only)),
            RoundScore.kind == ScoreKind.PILLAR,
            RoundScore.label.is_not(None),
        )
        .group_by(RoundScore.round_id, RoundScore.label)
    )
    found: dict[uuid.UUID, dict[str, int]] = {}
    for round_id, label, count in rows:
        found.setdefault(round_id, {})[label] = count
    return found


def _rounds_of(chosen: TeamsChosen, only: Collection[uuid.UUID] | None) -> Select[uuid.UUID]:
    """The ids of the published rounds of the chosen teams, `only` of these. To be looked up first: where scores are
    joined with rounds, SQLite may read every score of the organisation."""
    return (
        select(Round.id)
        .join(Team, Team.id == Round.team_id)
        .where(*published(chosen), *chosen.conditions, *is_of(only))
    )


class ClearChange(NamedTuple):
    """A pillar or a moment that went up or down in a round by more than chance."""

    round_id: uuid.UUID
    kind: ScoreKind
    ref_id: str
    label: str


def clear_changes(session: Session, chosen: TeamsChosen, only: Collection[uuid.UUID]) -> list[ClearChange]:
    """What moved clearly in the published rounds of the chosen teams, `only` of these; in the order of each result."""
    rows: Any = session.execute(
        select(RoundScore.round_id, RoundScore.kind, RoundScore.ref_id, RoundScore.label)
        .where(
            RoundScore.organisation_id == chosen.organisation_id,
            RoundScore.round_id.in_(_rounds_of(chosen, only)),
            RoundScore.kind.in_((ScoreKind.PILLAR, ScoreKind.POINT)),
            RoundScore.label.in_(("improved", "worse")),
        )
        .order_by(RoundScore.round_id, RoundScore.position)
    )
    return [ClearChange(*row) for row in rows]


class ActionRow(NamedTuple):
    """An action that stands in a plan; `answered_in` is the round that says what became of what it serves, as
    `outcome`."""

    round_id: uuid.UUID
    drawn_on: dt.date
    serves: ServedKind
    ref_id: str
    library_id: str
    title: str
    owner: str | None
    due_on: dt.date | None
    status: ActionStatus
    answered_in: uuid.UUID | None
    outcome: ChangeLabel | None


def actions_of_teams(session: Session, chosen: TeamsChosen) -> list[ActionRow]:
    """The actions of all plans of the chosen teams, the oldest plan of each team first, in the plan's order."""
    rows: Any = session.execute(
        select(
            Plan.round_id,
            Plan.drawn_on,
            PlanAction.serves,
            PlanAction.ref_id,
            PlanAction.library_id,
            PlanAction.title,
            PlanAction.owner,
            PlanAction.due_on,
            PlanAction.status,
            ActionOutcome.round_id,
            ActionOutcome.label,
        )
        .join(Plan, Plan.id == PlanAction.plan_id)
        .join(Round, and_(Round.id == Plan.round_id, Round.organisation_id == Plan.organisation_id))
        .join(Team, Team.id == Round.team_id)
        .outerjoin(ActionOutcome, and_(ActionOutcome.action_id == PlanAction.id, ActionOutcome.label.is_not(None)))
        .where(*published(chosen), *chosen.conditions, PlanAction.position.is_not(None))
        .order_by(Team.name, Team.id, Round.published_at, Round.id, PlanAction.position)
    )
    return [ActionRow(*row) for row in rows]


def scores_of_teams(session: Session, chosen: TeamsChosen) -> Iterator[ScoreRow]:
    """The released figures of all published rounds of the chosen teams; those of a round come one after the other, in
    the order of its result."""
    rounds = (
        select(Round.id).join(Team, Team.id == Round.team_id).where(*published(chosen), *chosen.conditions).subquery()
    )
    rows: Any = session.execute(
        select(*SCORE_COLUMNS)
        .where(RoundScore.organisation_id == chosen.organisation_id, RoundScore.round_id.in_(select(rounds.c.id)))
        .order_by(RoundScore.round_id, RoundScore.position)
        .execution_options(yield_per=5_000)
    )
    return map(ScoreRow._make, rows)


def all_asked_versions(session: Session, organisation_id: uuid.UUID) -> list[AskedVersion]:
    """Every version that a published round of the organisation asked, first or beside, the newest last."""
    rows: Any = session.execute(
        select(
            QuestionnaireVersion.id,
            QuestionnaireVersion.questionnaire_id,
            QuestionnaireVersion.version,
            func.count(Round.team_id.distinct()),
        )
        .join(RoundQuestionnaire, RoundQuestionnaire.questionnaire_version_id == QuestionnaireVersion.id)
        .join(Round, Round.id == RoundQuestionnaire.round_id)
        .where(*published(TeamsChosen(organisation_id)))
        .group_by(QuestionnaireVersion.id, QuestionnaireVersion.questionnaire_id, QuestionnaireVersion.version)
        .order_by(QuestionnaireVersion.questionnaire_id, QuestionnaireVersion.version, QuestionnaireVersion.id)
    )
    return [AskedVersion(*row) for row in rows]
