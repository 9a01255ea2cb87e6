"""The archives of feeds: what is in them, in which order, and which pages are to be written."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Bring the tables to this revision."""
    for name in ("filed", "kept", "drawn"):
        op.add_column("feeds", sa.Column(name, sa.Integer(), server_default="0", nullable=False))
    for table, column in (("articles", "id"), ("article_feeds", "feed_id")):
        op.add_column(
            table, sa.Column("filed", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
        op.create_index(
            f"ix_{table}_unfiled",
            table,
            [column],
            sqlite_where=sa.text("filed = 0"),
            postgresql_where=sa.text("NOT filed"),
        )
    op.create_table(
        "archive",
        sa.Column("feed_id", _NUMBER, nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("article_id", _NUMBER, nullable=True),
        sa.Column("updated", sa.BigInteger(), nullable=False),
        sa.Column("content_hash", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"],
            ["articles.id"],
            name=op.f("fk_archive_article_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(["feed_id"], ["feeds.id"], name=op.f("fk_archive_feed_id")),
        sa.PrimaryKeyConstraint("feed_id", "position", name=op.f("pk_archive")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_archive_article_id_feed_id"), "archive", ["article_id", "feed_id"])
    op.create_table(
        "archive_due",
        sa.Column("feed_id", _NUMBER, nullable=False),
        sa.Column("page", sa.Integer(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["feed_id"], ["feeds.id"], name=op.f("fk_archive_due_feed_id")),
        sa.PrimaryKeyConstraint("feed_id", "page", name=op.f("pk_archive_due")),
    )
