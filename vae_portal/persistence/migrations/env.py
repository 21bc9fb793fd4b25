"""Alembic's entry: runs on the connection that `migrate` opened."""

from alembic import context

from vae_portal.persistence.tables import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    include_object=lambda obj, name, kind, reflected, compare_to: not str(name).startswith("procrastinate_"),
)
with context.begin_transaction():
    context.run_migrations()
