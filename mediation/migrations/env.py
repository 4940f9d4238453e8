"""Alembic's entry: works on the connection that the upgrade opened."""
from alembic import context

from mediation import models
from mediation.extensions import db

assert models.Event.__tablename__ == "event"  # the whole schema is on the metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=db.metadata, render_as_batch=True, transactional_ddl=True,
                  compare_type=True)
with context.begin_transaction():
    context.run_migrations()
