"""Alembic's entry: works on the connection that the upgrade opened."""
from alembic import context

from mediation import models
from mediation.extensions import db

assert models.Event.__tablename__ == "event"  # the whole schema is on the metadata

given = context.config.attributes
connection = given["connection"]
context.configure(connection=connection, target_metadata=db.metadata, transactional_ddl=True, compare_type=True,
                  render_as_batch=given.get("as_batch", True), render_item=given.get("render_item"))
with context.begin_transaction():
    context.run_migrations()
