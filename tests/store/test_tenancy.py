"""What must be impossible is written past the services: the database itself keeps organisations apart."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator
from itertools import chain, combinations
from typing import Any

import pytest
from sqlalchemy import (
    JSON,
    Boolean,
    Connection,
    Date,
    DateTime,
    Enum,
    Float,
    ForeignKeyConstraint,
    Integer,
    LargeBinary,
    Table,
    Uuid,
    insert,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError

from assessment.domain.rounds import RoundPurpose
from assessment.store.models import METADATA
from assessment.store.questionnaires import STANDARD
from tests.databases import KINDS, fresh_engine

NOW = dt.datetime(2026, 11, 28, tzinfo=dt.UTC)
OF_NO_ORGANISATION = {
    "organisations",
    "users",
    "account_consultancies",
    "account_roles",
    "roles_users",
    "attempts",
    "schedules",
    "owed_compactions",
    "setup_codes",
    "deletions",
    "due_notices",
}
"""Tables whose rows belong to nobody, or to several organisations."""
OF_NONE_TOO = {"questionnaire_versions", "jobs", "outbox"}
"""Tables whose rows may belong to none: a questionnaire that the product ships, a message about an account."""
BY_OWNER = {("round_questionnaires", "questionnaire_versions")}
"""References that hold the owner instead of the organisation, since they may also lead to what the product ships."""
FIXED = {"language": "es", "country": "CO", "size": 12, "minimum_group": 5, "typing": 1}

Row = dict[str, Any]


@pytest.fixture(params=KINDS)
def connection(request, tmp_path) -> Iterator[Connection]:
    with fresh_engine(request.param, tmp_path) as engine, engine.connect() as connection_:
        yield connection_


def is_of_tenant(table: Table) -> bool:
    return "organisation_id" in table.columns


def references() -> list[ForeignKeyConstraint]:
    """Every reference of a table to rows that belong to an organisation, by name."""
    references_ = [
        reference
        for table in METADATA.sorted_tables
        for reference in table.foreign_key_constraints
        if is_of_tenant(reference.referred_table)
    ]
    return sorted(references_, key=lambda reference: (reference.table.name, reference.referred_table.name))


def columns_of(reference: ForeignKeyConstraint) -> dict[str, str]:
    """The columns that refer, with those that they refer to."""
    return {element.parent.name: element.column.name for element in reference.elements}


class Rows:
    """Valid rows of any table, with all that they refer to, made from the metadata alone."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.organisations = [self.add("organisations", uuid.uuid4())["id"] for _ in range(2)]

    def add(self, table: str, organisation: uuid.UUID) -> Row:
        row = self.make(METADATA.tables[table], organisation)
        self.connection.execute(insert(METADATA.tables[table]).values(row))
        return row

    def make(self, table: Table, organisation: uuid.UUID) -> Row:
        row = {column.name: self._value(column.name, column.type) for column in table.columns if not column.nullable}
        if is_of_tenant(table):
            row["organisation_id"] = organisation
        if "owner_id" in table.columns:
            row["owner_id"] = organisation
        for reference in table.foreign_key_constraints:
            if reference.referred_table.name != "organisations":
                parent = self.add(reference.referred_table.name, organisation)
                row |= {name: parent[referred] for name, referred in columns_of(reference).items()}
        return row

    def _value(self, name: str, kind: Any) -> Any:
        match kind:
            case Enum():
                return kind.python_type(next(iter(kind.enums))) if name != "purpose" else RoundPurpose.ASSESSMENT
            case Uuid():
                return uuid.uuid4()
            case Boolean():
                return False
            case Integer():
                return FIXED.get(name, uuid.uuid4().int % 1_000_000)
            case Date():
                return NOW.date()
            case Float():
                return 3.0
            case LargeBinary():
                return b""
            case JSON():
                return {}
        if isinstance(kind, DateTime) or getattr(kind, "impl", None).__class__ is DateTime:
            return NOW if getattr(kind, "timezone", True) else NOW.replace(tzinfo=None)
        return FIXED.get(name, uuid.uuid4().hex[: kind.length])


def is_refused(connection: Connection, table: Table, row: Row) -> bool:
    """Whether the database refuses the row, at once or when it is committed; it is not there afterwards."""
    try:
        with connection.begin_nested() as attempt:
            connection.execute(insert(table).values(row))
            is_broken = _breaks_deferred(connection, table)
            attempt.rollback()
    except IntegrityError:
        return True
    return is_broken


def _breaks_deferred(connection: Connection, table: Table) -> bool:
    """Whether a reference is broken that is only checked at the end of the transaction."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET CONSTRAINTS ALL IMMEDIATE")
        return False
    return connection.exec_driver_sql(f"PRAGMA foreign_key_check({table.name})").first() is not None


def strange_columns(names: tuple[str, ...]) -> list[tuple[str, ...]]:
    """Which columns of a reference may be another organisation's: not all at once, which would be a row of it."""
    some = chain.from_iterable(combinations(names, count) for count in range(1, len(names) + 1))
    return [chosen for chosen in some if not ("organisation_id" in names and chosen == names)]


def test_every_row_says_whose_it_is_and_refers_only_to_rows_of_the_same_organisation():
    for table in METADATA.sorted_tables:
        if table.name not in OF_NO_ORGANISATION:
            assert is_of_tenant(table), table.name
            assert table.columns["organisation_id"].nullable is (table.name in OF_NONE_TOO), table.name
    for reference in references():
        pair = (reference.table.name, reference.referred_table.name)
        if pair not in BY_OWNER:
            assert columns_of(reference).get("organisation_id") == "organisation_id", pair
            assert reference.ondelete == "CASCADE" or reference.deferrable, pair


def test_the_pairs_of_tables_are_all_there():
    pairs = {(reference.table.name, reference.referred_table.name) for reference in references()}
    assert pairs >= {
        ("rounds", "teams"),
        ("plans", "rounds"),
        ("printed_plans", "plans"),
        ("plan_actions", "plans"),
        ("action_events", "plan_actions"),
        *((child, "rounds") for child in ("responses", "drafts", "submission_keys", "invitations", "comments")),
        *((child, "rounds") for child in ("round_links", "round_questionnaires")),
    }


def test_no_row_refers_to_a_parent_of_another_organisation(connection):
    rows = Rows(connection)
    ours, theirs = rows.organisations
    for reference in references():
        child, columns = reference.table, columns_of(reference)
        row = rows.make(child, ours)
        stranger = rows.add(reference.referred_table.name, theirs)
        pair = (child.name, reference.referred_table.name)
        assert not is_refused(connection, child, row), pair
        for chosen in strange_columns(tuple(columns)):
            strange = row | {name: stranger[columns[name]] for name in chosen}
            assert is_refused(connection, child, strange), (*pair, chosen)


def test_a_row_cannot_be_moved_to_another_organisation_without_its_parent(connection):
    rows = Rows(connection)
    ours, theirs = rows.organisations
    for reference in references():
        row = rows.add(reference.table.name, ours)
        table = reference.table
        same = [column == row[column.name] for column in table.primary_key.columns]
        with pytest.raises(IntegrityError), connection.begin_nested():
            connection.execute(update(table).where(*same).values(organisation_id=theirs))


def test_a_round_asks_what_the_product_ships_but_not_another_organisations_text_in_its_name(connection):
    rows = Rows(connection)
    ours, theirs = rows.organisations
    versions, asked = METADATA.tables["questionnaire_versions"], METADATA.tables["round_questionnaires"]
    standard = rows.make(versions, ours) | {"organisation_id": None, "owner_id": STANDARD}
    connection.execute(insert(versions).values(standard))
    row = rows.make(asked, ours) | {"version_owner_id": STANDARD}
    assert not is_refused(connection, asked, row | {"questionnaire_version_id": standard["id"]})
    stranger = rows.add("questionnaire_versions", theirs)
    assert is_refused(connection, asked, row | {"questionnaire_version_id": stranger["id"]})
    assert is_refused(connection, versions, rows.make(versions, ours) | {"owner_id": STANDARD})
    assert is_refused(connection, versions, standard | {"id": uuid.uuid4()})


def test_a_team_has_one_unpublished_round_of_each_purpose(connection):
    rows = Rows(connection)
    ours, _ = rows.organisations
    table = METADATA.tables["rounds"]
    first = rows.add("rounds", ours)
    second = first | {"id": uuid.uuid4(), "plan_token": "another"}
    assert is_refused(connection, table, second)
    assert not is_refused(connection, table, second | {"purpose": RoundPurpose.PULSE})
    assert not is_refused(connection, table, second | {"is_extra": True})
    assert not is_refused(connection, table, second | {"published_at": NOW, "snapshot": {}})
    assert not is_refused(connection, table, rows.make(table, ours))


def test_settings_are_among_those_that_there_are_and_a_consultancy_has_a_name(connection):
    rows = Rows(connection)
    ours, _ = rows.organisations
    organisations = METADATA.tables["organisations"]
    row = rows.make(organisations, ours)
    assert not is_refused(connection, organisations, row | {"paper": "a4", "document_language": "en"})
    assert is_refused(connection, organisations, row | {"paper": "a5"})
    assert is_refused(connection, organisations, row | {"document_language": "fr"})
    for name in ("organisation_consultancies", "account_consultancies"):
        table = METADATA.tables[name]
        assert not is_refused(connection, table, rows.make(table, ours))
        assert is_refused(connection, table, rows.make(table, ours) | {"name": ""})


def test_all_that_belongs_to_an_organisation_goes_with_it(connection):
    rows = Rows(connection)
    ours, theirs = rows.organisations
    tables = [table for table in METADATA.sorted_tables if is_of_tenant(table)]
    for table in tables:
        for organisation in (ours, theirs):
            rows.add(table.name, organisation)
    organisations = METADATA.tables["organisations"]
    connection.execute(organisations.delete().where(organisations.c.id == ours))
    for table in tables:
        assert set(connection.scalars(select(table.c.organisation_id))) == {theirs}, table.name
