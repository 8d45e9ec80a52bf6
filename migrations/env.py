"""Run the revisions on the connection that idp.ops.database hands over.

That module owns the connection, its lock and its transaction: nothing here commits.
Drafting a revision (idp.ops.revisions) hands over the models' metadata as well.
"""

import warnings

from alembic import context

# A revision that makes the table of users anew on SQLite makes this index anew too.
warnings.filterwarnings("ignore", ".* expression-based index ix_users_search")
attributes = context.config.attributes
context.configure(
    connection=attributes["connection"],
    transactional_ddl=True,
    **attributes.get("draft", {}),
)
with context.begin_transaction():
    context.run_migrations()
