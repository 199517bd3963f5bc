"""References within one organisation; links and questionnaires of rounds in tables of their own; attempts.

Every child of a tenant's row gets the row's organisation and refers to both. The texts that rounds pinned are stored
beside them; a text that is not part of the product any more stays unknown. Of several unpublished rounds of one
team, all but the newest are exempted from the new rule, so that each can still be published or discarded.
"""

from __future__ import annotations

import hashlib
import uuid

import sqlalchemy as sa
from alembic import op
from alembic.operations import BatchOperations

from assessment.infra.resources import data_folder

revision = "0008"
down_revision = "0007"

STANDARD = uuid.UUID(int=0)
CHILDREN = {
    "drafts": ("rounds", "round_id"),
    "invitations": ("rounds", "round_id"),
    "submission_keys": ("rounds", "round_id"),
    "responses": ("rounds", "round_id"),
    "comments": ("rounds", "round_id"),
    "printed_plans": ("plans", "plan_id"),
}
"""Tables without an organisation so far: their parents, and the columns that refer to them."""

ROUNDS, LINKS, VERSIONS, ASKED = (
    sa.table(
        "rounds",
        *(sa.column(name, sa.Uuid()) for name in ("id", "organisation_id", "team_id")),
        *(sa.column(name) for name in ("questionnaire_id", "questionnaire_version", "questionnaire_checksum")),
        *(sa.column(name) for name in ("link_token", "created_at", "published_at")),
        sa.column("is_extra", sa.Boolean()),
    ),
    sa.table(
        "round_links",
        *(sa.column(name, sa.Uuid()) for name in ("organisation_id", "round_id")),
        *(sa.column(name, sa.String()) for name in ("audience", "token")),
    ),
    sa.table(
        "questionnaire_versions",
        *(sa.column(name, sa.Uuid()) for name in ("id", "organisation_id", "owner_id")),
        sa.column("version", sa.Integer()),
        *(sa.column(name, sa.String()) for name in ("questionnaire_id", "checksum", "content")),
    ),
    sa.table(
        "round_questionnaires",
        *(
            sa.column(name, sa.Uuid())
            for name in ("organisation_id", "round_id", "version_owner_id", "questionnaire_version_id")
        ),
        sa.column("position", sa.Integer()),
    ),
)


def upgrade() -> None:
    for table in ("teams", "rounds", "plans"):
        op.create_index(f"uq_{table}_organisation_id_id", table, ["organisation_id", "id"], unique=True)
    _extend_memberships()
    _create_tables()
    _store_texts()
    op.execute(
        sa.insert(LINKS).from_select(
            ["organisation_id", "round_id", "audience", "token"],
            sa.select(ROUNDS.c.organisation_id, ROUNDS.c.id, sa.literal("team"), ROUNDS.c.link_token),
        )
    )
    _rebuild_rounds()
    _rebuild_plans()
    for child, (parent, column) in CHILDREN.items():
        _rebuild_child(child, parent, column)


def _extend_memberships() -> None:
    with op.batch_alter_table("memberships") as memberships:
        memberships.add_column(sa.Column("name", sa.String(length=120), nullable=True))
        memberships.add_column(sa.Column("language", sa.String(length=2), nullable=True))
        memberships.create_check_constraint(op.f("ck_memberships_language"), "language in ('es', 'en')")


def _create_tables() -> None:
    op.create_table(
        "attempts",
        sa.Column("key_hash", sa.String(length=64), nullable=False),
        sa.Column("window_start", sa.DateTime(timezone=True), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key_hash", "window_start", name=op.f("pk_attempts")),
    )
    op.create_index(op.f("ix_attempts_expires_at"), "attempts", ["expires_at"])
    op.create_table(
        "questionnaire_versions",
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("questionnaire_id", sa.String(length=60), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("checksum", sa.String(length=80), nullable=False),
        sa.Column("content", sa.Text(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            f"owner_id = coalesce(organisation_id, '{STANDARD.hex}')", name=op.f("ck_questionnaire_versions_owner")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_questionnaire_versions_organisation_id_organisations"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_questionnaire_versions")),
        sa.UniqueConstraint(
            "owner_id", "questionnaire_id", "version", "checksum", name=op.f("uq_questionnaire_versions_owner_id")
        ),
    )
    op.create_index(op.f("ix_questionnaire_versions_organisation_id"), "questionnaire_versions", ["organisation_id"])
    op.create_index("uq_questionnaire_versions_owner_id_id", "questionnaire_versions", ["owner_id", "id"], unique=True)
    op.create_table(
        "round_questionnaires",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("version_owner_id", sa.Uuid(), nullable=False),
        sa.Column("questionnaire_version_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            f"version_owner_id in (organisation_id, '{STANDARD.hex}')",
            name=op.f("ck_round_questionnaires_version_owner"),
        ),
        _reference("round_questionnaires", "rounds", "round_id"),
        sa.ForeignKeyConstraint(
            ["version_owner_id", "questionnaire_version_id"],
            ["questionnaire_versions.owner_id", "questionnaire_versions.id"],
            name=op.f("fk_round_questionnaires_version_owner_id_questionnaire_versions"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("round_id", "position", name=op.f("pk_round_questionnaires")),
    )
    op.create_index(
        op.f("ix_round_questionnaires_questionnaire_version_id"), "round_questionnaires", ["questionnaire_version_id"]
    )
    op.create_table(
        "round_links",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("audience", sa.String(length=20), nullable=False),
        sa.Column("token", sa.String(length=40), nullable=False),
        _reference("round_links", "rounds", "round_id"),
        sa.PrimaryKeyConstraint("round_id", "audience", name=op.f("pk_round_links")),
        sa.UniqueConstraint("token", name=op.f("uq_round_links_token")),
    )


def _reference(child: str, parent: str, column: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["organisation_id", column],
        [f"{parent}.organisation_id", f"{parent}.id"],
        name=op.f(f"fk_{child}_organisation_id_{parent}"),
        ondelete="CASCADE",
    )


def _store_texts() -> None:
    """A version for each text that rounds pinned, and for each round a row that refers to it."""
    connection = op.get_bind()
    pinned = (ROUNDS.c.questionnaire_id, ROUNDS.c.questionnaire_version, ROUNDS.c.questionnaire_checksum)
    texts = _shipped_texts()
    for id_, version, checksum in connection.execute(sa.select(*pinned).distinct()).all():
        version_id = uuid.uuid4()
        connection.execute(
            sa.insert(VERSIONS).values(
                id=version_id,
                organisation_id=None,
                owner_id=STANDARD,
                questionnaire_id=id_,
                version=version,
                checksum=checksum,
                content=texts.get((id_, checksum)),
            )
        )
        rows = sa.select(
            ROUNDS.c.organisation_id,
            ROUNDS.c.id,
            sa.literal(0),
            sa.literal(STANDARD, sa.Uuid()),
            sa.literal(version_id, sa.Uuid()),
        ).where(*(column == value for column, value in zip(pinned, (id_, version, checksum), strict=True)))
        columns = ["organisation_id", "round_id", "position", "version_owner_id", "questionnaire_version_id"]
        connection.execute(sa.insert(ASKED).from_select(columns, rows))


def _shipped_texts() -> dict[tuple[str, str], str]:
    """The texts that are part of the product, earlier ones included, by questionnaire and checksum."""
    files = [*data_folder("questionnaires").glob("*/v*.yaml"), *data_folder("questionnaires").glob("*/earlier/v*.yaml")]
    texts = {}
    for file in files:
        folder = file.parent.parent if file.parent.name == "earlier" else file.parent
        raw = file.read_bytes()
        texts[folder.name, f"sha256:{hashlib.sha256(raw).hexdigest()}"] = raw.decode()
    return texts


def _rebuild_rounds() -> None:
    with op.batch_alter_table("rounds") as rounds:
        rounds.add_column(sa.Column("purpose", sa.String(length=20), nullable=False, server_default="assessment"))
        rounds.add_column(sa.Column("is_extra", sa.Boolean(), nullable=False, server_default=sa.false()))
        rounds.drop_constraint("uq_rounds_link_token", type_="unique")
        for column in ("questionnaire_id", "questionnaire_version", "questionnaire_checksum", "link_token"):
            rounds.drop_column(column)
        rounds.drop_index("ix_rounds_organisation_id")
        rounds.drop_constraint("fk_rounds_organisation_id_organisations", type_="foreignkey")
        rounds.drop_constraint("fk_rounds_team_id_teams", type_="foreignkey")
        _refer(rounds, "rounds", "teams", "team_id")
        if op.get_bind().dialect.name == "sqlite":  # whose rebuilding does not see them
            rounds.create_check_constraint(
                op.f("ck_rounds_dates"), "closes_at is null or opens_at is null or closes_at > opens_at"
            )
            rounds.create_check_constraint(op.f("ck_rounds_snapshot"), "published_at is null or snapshot is not null")
    newer = ROUNDS.alias()
    op.execute(
        sa.update(ROUNDS)
        .values(is_extra=sa.true())
        .where(
            ROUNDS.c.published_at.is_(None),
            sa.exists().where(
                newer.c.team_id == ROUNDS.c.team_id,
                newer.c.published_at.is_(None),
                sa.or_(
                    newer.c.created_at > ROUNDS.c.created_at,
                    sa.and_(newer.c.created_at == ROUNDS.c.created_at, newer.c.id < ROUNDS.c.id),
                ),
            ),
        )
    )
    unpublished = sa.text("published_at IS NULL AND NOT is_extra")
    op.create_index(
        "uq_rounds_unpublished",
        "rounds",
        ["organisation_id", "team_id", "purpose"],
        unique=True,
        sqlite_where=unpublished,
        postgresql_where=unpublished,
    )


def _rebuild_plans() -> None:
    with op.batch_alter_table("plans") as plans:
        plans.drop_index("ix_plans_organisation_id")
        plans.drop_constraint("fk_plans_organisation_id_organisations", type_="foreignkey")
        plans.drop_constraint("fk_plans_round_id_rounds", type_="foreignkey")
        _refer(plans, "plans", "rounds", "round_id")


def _rebuild_child(child: str, parent: str, column: str) -> None:
    op.add_column(child, sa.Column("organisation_id", sa.Uuid(), nullable=True))
    op.execute(
        f"UPDATE {child} SET organisation_id = "  # noqa: S608 - names of our own tables
        f"(SELECT {parent}.organisation_id FROM {parent} WHERE {parent}.id = {child}.{column})"
    )
    with op.batch_alter_table(child) as table:
        table.alter_column("organisation_id", existing_type=sa.Uuid(), nullable=False)
        table.drop_constraint(f"fk_{child}_{column}_{parent}", type_="foreignkey")
        _refer(table, child, parent, column)


def _refer(table: BatchOperations, child: str, parent: str, column: str) -> None:
    table.create_foreign_key(
        op.f(f"fk_{child}_organisation_id_{parent}"),
        parent,
        ["organisation_id", column],
        ["organisation_id", "id"],
        ondelete="CASCADE",
    )
