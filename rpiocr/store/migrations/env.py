"""Runs the migrations on the connection of the store."""

from alembic import context

from rpiocr.store.tables import META

context.configure(connection=context.config.attributes["connection"], target_metadata=META, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
