"""The order in which articles changed, what follows it, and the digests of periods."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Bring the tables to this revision; articles that are there already come first."""
    _make_turns()
    _make_followers()
    _make_digests()


def _make_turns() -> None:
    op.create_table(
        "turns",
        _article(),
        sa.Column("turn", sa.BigInteger(), nullable=False),
        sa.Column("appeared", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("article_id", name=op.f("pk_turns")),
        _of_article("turns"),
    )
    op.execute(
        "INSERT INTO turns (article_id, turn, appeared) SELECT id, 0, published FROM articles"
    )
    op.create_index(op.f("ix_turns_turn_article_id"), "turns", ["turn", "article_id"])
    op.create_index(op.f("ix_turns_appeared"), "turns", ["appeared"])
    op.create_table(
        "clock",
        sa.Column("id", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("turn", sa.BigInteger(), nullable=False),
        sa.Column("closed", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clock")),
    )
    op.execute("INSERT INTO clock (id, turn, closed) VALUES (1, 0, 0)")


def _make_followers() -> None:
    op.create_table(
        "bookmarks",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), server_default="", nullable=False),
        sa.Column("turn", sa.BigInteger(), nullable=False),
        sa.Column("article_id", _NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_bookmarks")),
    )
    op.create_table(
        "members",
        sa.Column("feed_id", _NUMBER, nullable=False),
        _article(),
        sa.PrimaryKeyConstraint("feed_id", "article_id", name=op.f("pk_members")),
        _of_article("members"),
        _of_feed("members"),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_members_article_id"), "members", ["article_id"])


def _make_digests() -> None:
    op.create_table(
        "periods",
        sa.Column("feed_id", _NUMBER, nullable=False),
        sa.Column("label", sa.Text(), server_default="", nullable=False),
        sa.Column("ends", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("feed_id", name=op.f("pk_periods")),
        _of_feed("periods"),
    )
    op.create_table(
        "digests",
        sa.Column("feed_id", _NUMBER, nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("ends", sa.BigInteger(), nullable=False),
        sa.Column("total", sa.Integer(), server_default="0", nullable=False),
        sa.Column("headlines", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("feed_id", "label", name=op.f("pk_digests")),
        _of_feed("digests"),
    )


def _article() -> sa.Column[int]:
    return sa.Column("article_id", _NUMBER, nullable=False)


def _of_article(table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_article_id")
    return sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name=name, ondelete="CASCADE")


def _of_feed(table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_feed_id")
    return sa.ForeignKeyConstraint(["feed_id"], ["feeds.id"], name=name, ondelete="CASCADE")
