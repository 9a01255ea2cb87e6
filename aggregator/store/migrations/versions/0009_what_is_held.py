"""What is held back until a person lets it through, and feeds that failed the check."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Bring the tables to this revision."""
    for table, name in (("sources", "held_text"), ("feeds", "fault")):
        op.add_column(table, sa.Column(name, sa.Text(), server_default="", nullable=False))
    for table, name in (("sources", "held_since"), ("feeds", "fault_since")):
        op.add_column(table, sa.Column(name, sa.BigInteger(), nullable=True))
    op.add_column(
        "sources", sa.Column("released", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
