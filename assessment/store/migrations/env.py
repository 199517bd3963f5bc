"""Alembic's entry point. It is only ever run by `assessment.store.migrate`, which hands it a connection."""

from __future__ import annotations

from alembic import context

from assessment.store import models

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=models.METADATA,
    compare_type=True,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
