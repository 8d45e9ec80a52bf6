"""Run the revisions on the connection that idp.ops.database hands over.

That module owns the connection, its lock and its transaction: nothing here commits.
Drafting a revision (idp.ops.revisions) hands over the models' metadata as well.
"""

from alembic import context

attributes = context.config.attributes
context.configure(
    connection=attributes["connection"],
    transactional_ddl=True,
    **attributes.get("draft", {}),
)
with context.begin_transaction():
    context.run_migrations()
