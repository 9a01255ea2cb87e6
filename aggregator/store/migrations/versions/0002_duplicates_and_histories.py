"""Near-duplicates, learned boilerplate, and the life of each article."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Bring the tables to this revision."""
    op.add_column("articles", sa.Column("plain_hash", sa.Text(), server_default="", nullable=False))
    op.add_column("articles", sa.Column("bond", sa.Text(), server_default="", nullable=False))
    op.add_column("articles", sa.Column("copies", sa.Integer(), server_default="0", nullable=False))
    op.add_column("articles", sa.Column("lead_id", _NUMBER, nullable=True))
    op.add_column("articles", sa.Column("shown_id", _NUMBER, nullable=True))
    op.create_index(op.f("ix_articles_lead_id"), "articles", ["lead_id"])
    op.execute("UPDATE articles SET plain_hash = content_hash")
    op.add_column("aliases", sa.Column("url", sa.Text(), nullable=True))
    op.add_column("article_feeds", sa.Column("via", _NUMBER, nullable=True))
    op.create_table(
        "blocks",
        sa.Column("source_id", _NUMBER, nullable=False),
        sa.Column("article_id", _NUMBER, nullable=False),
        sa.Column("keys", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"],
            ["articles.id"],
            name=op.f("fk_blocks_article_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["source_id"], ["sources.id"], name=op.f("fk_blocks_source_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("source_id", "article_id", name=op.f("pk_blocks")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_blocks_article_id"), "blocks", ["article_id"])
    op.create_table(
        "bands",
        sa.Column("band", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("article_id", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("seen", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("band", "article_id", name=op.f("pk_bands")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "events",
        sa.Column("id", _NUMBER, nullable=False),
        sa.Column("article_id", _NUMBER, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("source_id", _NUMBER, nullable=True),
        sa.Column("kind", sa.Text(), server_default="", nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"],
            ["articles.id"],
            name=op.f("fk_events_article_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_events")),
    )
    op.create_index(op.f("ix_events_article_id"), "events", ["article_id"])
    op.create_table(
        "drops",
        sa.Column("source_id", _NUMBER, nullable=False),
        sa.Column("uid", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("title", sa.Text(), server_default="", nullable=False),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["source_id"], ["sources.id"], name=op.f("fk_drops_source_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("source_id", "uid", name=op.f("pk_drops")),
    )
