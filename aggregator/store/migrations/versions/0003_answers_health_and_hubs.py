"""What servers answered, how sources are, what OPML files list, and what hubs tell."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Bring the tables to this revision."""
    for name in ("health", "health_text"):
        op.add_column("sources", sa.Column(name, sa.Text(), server_default="", nullable=False))
    op.add_column(
        "sources", sa.Column("failures", sa.Integer(), server_default="0", nullable=False)
    )
    for name in ("health_since", "wait_until"):
        op.add_column("sources", sa.Column(name, sa.BigInteger(), nullable=True))
    op.create_table(
        "answers",
        sa.Column("source_id", _NUMBER, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("memory", sa.Text(), server_default="", nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("seen", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["source_id"], ["sources.id"], name=op.f("fk_answers_source_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("source_id", "name", name=op.f("pk_answers")),
    )
    op.create_table(
        "outlines",
        sa.Column("source_id", _NUMBER, nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("url", sa.Text(), server_default="", nullable=False),
        sa.Column("title", sa.Text(), server_default="", nullable=False),
        sa.Column("categories", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["source_id"], ["sources.id"], name=op.f("fk_outlines_source_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("source_id", "position", name=op.f("pk_outlines")),
    )
    op.create_table(
        "subscriptions",
        sa.Column("source_id", _NUMBER, nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("callback", sa.Text(), server_default="", nullable=False),
        sa.Column("hub", sa.Text(), server_default="", nullable=False),
        sa.Column("topic", sa.Text(), server_default="", nullable=False),
        sa.Column("secret", sa.Text(), server_default="", nullable=False),
        sa.Column("state", sa.Text(), server_default="", nullable=False),
        sa.Column("asked", sa.BigInteger(), nullable=True),
        sa.Column("until", sa.BigInteger(), nullable=True),
        sa.Column("pushed", sa.BigInteger(), nullable=True),
        sa.Column("due", sa.BigInteger(), nullable=True),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["source_id"],
            ["sources.id"],
            name=op.f("fk_subscriptions_source_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("source_id", name=op.f("pk_subscriptions")),
        sa.UniqueConstraint("token", name=op.f("uq_subscriptions_token")),
    )
