"""What Alembic runs: the revisions, on the connection that `app.store.migration` hands over."""

from alembic import context

from app.store.schema import metadata

connection = context.config.attributes.get("connection")
if connection is None:
    raise SystemExit("migrations run by `roundabout migrate`, which opens the database as the server does")

context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
