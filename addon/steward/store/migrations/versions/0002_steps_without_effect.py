"""Steps without an effect: a step of the journal may only wait."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the migration; every step that exists has an effect."""
    op.add_column("journal", sa.Column("has_effect", sa.Boolean(), nullable=False, server_default=sa.true()))


def downgrade() -> None:
    """Remove the column."""
    op.drop_column("journal", "has_effect")
