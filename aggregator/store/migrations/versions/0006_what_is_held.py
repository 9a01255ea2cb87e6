"""What is held back until a person lets it through, and feeds that failed the check."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Bring the tables to this revision."""
    text = {"nullable": False, "server_default": ""}
    op.add_column("sources", sa.Column("held_since", sa.BigInteger()))
    op.add_column("sources", sa.Column("held_text", sa.Text(), **text))
    op.add_column(
        "sources",
        sa.Column("released", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.add_column("feeds", sa.Column("fault", sa.Text(), **text))
    op.add_column("feeds", sa.Column("fault_since", sa.BigInteger()))
