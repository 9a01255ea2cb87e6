"""What custom feeds choose articles by, without a look at each."""

from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Bring the tables to this revision."""
    op.create_index(
        op.f("ix_articles_state_published_entry_id_language_updated"),
        "articles",
        ["state", "published", "entry_id", "language", "updated"],
    )
