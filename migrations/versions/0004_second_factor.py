"""Second factors and recovery codes"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "second_factors",
        sa.Column("person_id", ID, sa.ForeignKey("people.id", name="fk_second_factors_person_id_people")),
        sa.Column("secret", sa.String(length=64), nullable=False),
        sa.Column("last_step", ID, nullable=False),
        sa.Column("turned_on_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("person_id", name="pk_second_factors"),
    )
    op.create_table(
        "recovery_codes",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column(
            "person_id",
            ID,
            sa.ForeignKey("people.id", name="fk_recovery_codes_person_id_people"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("digest", name="pk_recovery_codes"),
    )
    with op.batch_alter_table("recovery_codes") as batch_op:
        batch_op.create_index("ix_recovery_codes_person_id", ["person_id"], unique=False)


def downgrade() -> None:
    op.drop_table("recovery_codes")
    op.drop_table("second_factors")
