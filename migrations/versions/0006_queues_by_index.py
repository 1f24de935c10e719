"""Jobs have a priority, and the next job and letter are found by an index, however many wait"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

LATER = "UPDATE jobs SET priority = 1 WHERE name IN ('check_file', 'render_anew', 'tidy_files')"


def upgrade() -> None:
    with op.batch_alter_table("jobs") as batch_op:
        batch_op.add_column(sa.Column("priority", sa.Integer(), nullable=False, server_default="0"))
    op.execute(LATER)
    with op.batch_alter_table("jobs") as batch_op:
        batch_op.alter_column("priority", server_default=None)
        batch_op.drop_index("ix_jobs_state_run_at")
        batch_op.create_index("ix_jobs_state_priority_run_at", ["state", "priority", "run_at", "id"])
    op.drop_index("ix_messages_batch_id", "messages")
    op.drop_index("ix_messages_state_retry_at", "messages")
    op.create_index("ix_messages_batch_id_state", "messages", ["batch_id", "state", "id"])
    op.create_index("ix_messages_state_retry_at", "messages", ["state", "retry_at", "id"])


def downgrade() -> None:
    op.drop_index("ix_messages_batch_id_state", "messages")
    op.drop_index("ix_messages_state_retry_at", "messages")
    op.create_index("ix_messages_batch_id", "messages", ["batch_id"])
    op.create_index("ix_messages_state_retry_at", "messages", ["state", "retry_at"])
    with op.batch_alter_table("jobs") as batch_op:
        batch_op.drop_index("ix_jobs_state_priority_run_at")
        batch_op.create_index("ix_jobs_state_run_at", ["state", "run_at"])
        batch_op.drop_column("priority")
