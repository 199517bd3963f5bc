"""Teams copied with all that hangs on them. Only invented teams are ever copied: to try Escala with a thousand."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ForeignKeyConstraint, Table, insert, select
from sqlalchemy.orm import Session

from assessment.infra.tokens import new_token
from assessment.store.base import Base
from assessment.store.plans import PrintedPlan
from assessment.store.responses import Draft, Invitation, SubmissionKey
from assessment.store.rounds import Round
from assessment.store.teams import Team

NOT_COPIED = frozenset(model.__tablename__ for model in (Draft, Invitation, SubmissionKey, PrintedPlan))
"""What belongs to one person's device or was printed under the name of one team."""

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class TeamRows:
    """A team and all rows below it, table by table, the parents first."""

    tables: tuple[tuple[Table, tuple[Row, ...]], ...]

    def copied(self, name: str) -> Iterator[tuple[Table, list[Row]]]:
        """The same rows of a team of another name, with ids and tokens of their own."""
        ids = {row["id"]: uuid.uuid4() for _table, rows in self.tables for row in rows if "id" in row}
        for table, rows in self.tables:
            keys = [name for name in ("id", *map(_parent_column, _parents(table))) if name in table.c]
            if rows:
                yield (
                    table,
                    [
                        {**row, **{key: ids.get(row[key], row[key]) for key in keys}, **_own(table, row, name)}
                        for row in rows
                    ],
                )


def read_team_rows(session: Session, organisation_id: uuid.UUID, team_id: uuid.UUID) -> TeamRows:
    """A team with its rounds, answers, results and plans."""
    found: dict[str, tuple[Row, ...]] = {}
    tables = []
    for table in Base.metadata.sorted_tables:
        if table.name == Team.__tablename__:
            where = table.c.id == team_id
        else:
            above = [key for key in _parents(table) if key.referred_table.name in found]
            if not above or table.name in NOT_COPIED:
                continue
            key = above[0]
            where = table.c[_parent_column(key)].in_([row["id"] for row in found[key.referred_table.name]])
        rows = session.execute(select(table).where(table.c.organisation_id == organisation_id, where))
        found[table.name] = tuple(dict(row._mapping) for row in rows)
        tables.append((table, found[table.name]))
    return TeamRows(tuple(tables))


def add_copy(session: Session, team: TeamRows, name: str) -> None:
    """Adds a copy of the team under another name, in the same organisation."""
    for table, rows in team.copied(name):
        session.execute(insert(table), rows)


def _parents(table: Table) -> list[ForeignKeyConstraint]:
    """References to rows of the same organisation that the table's rows belong to."""
    keys = table.foreign_key_constraints
    return [key for key in keys if len(key.elements) == 2 and key.elements[-1].column.name == "id"]


def _parent_column(key: ForeignKeyConstraint) -> str:
    return key.column_keys[-1]


def _own(table: Table, row: Row, name: str) -> Row:
    """What no copy may share with another: the team's name, and secrets of addresses."""
    own: Row = {column: new_token() for column in ("token", "plan_token") if column in table.c}
    if table.name == Team.__tablename__:
        own["name"] = name
    if table.name == Round.__tablename__ and row["snapshot"] is not None:
        own["snapshot"] = {**row["snapshot"], "team": name}
    return own
