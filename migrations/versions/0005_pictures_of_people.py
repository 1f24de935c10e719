"""Pictures of people on the home page"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("listed_people", sa.Column("picture_sha256", sa.String(length=64), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("listed_people") as batch_op:
        batch_op.drop_column("picture_sha256")
