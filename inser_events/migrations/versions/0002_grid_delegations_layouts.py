"""Steps of the draft, favourites, delegations, layouts and more.

Revision 0002, after 0001.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "draft_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("told", sa.JSON(), nullable=False),
        sa.Column("before", sa.LargeBinary(), nullable=False),
        sa.Column("after", sa.LargeBinary(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("undone", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_draft_step_event_id_event"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft_step")),
        sa.UniqueConstraint("uid", name=op.f("uq_draft_step_uid")),
    )
    with op.batch_alter_table("draft_step", schema=None) as batch_op:
        batch_op.create_index("ix_draft_step_event", ["event_id", "id"], unique=False)

    op.create_table(
        "group_seats",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("group_key", sa.String(), nullable=False),
        sa.Column("mode", sa.String(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.CheckConstraint("taken >= 0", name=op.f("ck_group_seats_taken_not_negative")),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_group_seats_event_id_event"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_group_seats")),
        sa.UniqueConstraint("event_id", "group_key", "mode", name=op.f("uq_group_seats_event_id_group_key_mode")),
    )
    op.create_table(
        "favourite",
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("session_uid", sa.String(), nullable=False),
        sa.Column("starred_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registration.id"],
            name=op.f("fk_favourite_registration_id_registration"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("registration_id", "session_uid", name=op.f("pk_favourite")),
    )
    op.create_table(
        "session_invitation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("session_uid", sa.String(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("standing", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registration.id"],
            name=op.f("fk_session_invitation_registration_id_registration"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_session_invitation")),
        sa.UniqueConstraint(
            "registration_id", "session_uid", name=op.f("uq_session_invitation_registration_id_session_uid")
        ),
    )
    with op.batch_alter_table("session_invitation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_session_invitation_session_uid"), ["session_uid"], unique=False)

    with op.batch_alter_table("checkpoint", schema=None) as batch_op:
        batch_op.add_column(sa.Column("session_uid", sa.String(), nullable=True))

    with op.batch_alter_table("form_settings", schema=None) as batch_op:
        batch_op.add_column(sa.Column("party_size", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("parties_overtaken", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column("group_approval", sa.Boolean(), server_default=sa.false(), nullable=False))

    with op.batch_alter_table("registration", schema=None) as batch_op:
        batch_op.add_column(sa.Column("group_key", sa.String(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("through_focal_point", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column("party", sa.String(), nullable=True))
        batch_op.create_index("ix_registration_group", ["event_id", "group_key"], unique=False)
        batch_op.create_index(batch_op.f("ix_registration_party"), ["party"], unique=False)

    with op.batch_alter_table("speaker", schema=None) as batch_op:
        batch_op.add_column(sa.Column("time_zone", sa.String(), server_default="", nullable=False))

    with op.batch_alter_table("user", schema=None) as batch_op:
        batch_op.add_column(sa.Column("language", sa.String(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("user", schema=None) as batch_op:
        batch_op.drop_column("language")

    with op.batch_alter_table("speaker", schema=None) as batch_op:
        batch_op.drop_column("time_zone")

    with op.batch_alter_table("registration", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_registration_party"))
        batch_op.drop_index("ix_registration_group")
        batch_op.drop_column("party")
        batch_op.drop_column("through_focal_point")
        batch_op.drop_column("group_key")

    with op.batch_alter_table("form_settings", schema=None) as batch_op:
        batch_op.drop_column("group_approval")
        batch_op.drop_column("parties_overtaken")
        batch_op.drop_column("party_size")

    with op.batch_alter_table("checkpoint", schema=None) as batch_op:
        batch_op.drop_column("session_uid")

    with op.batch_alter_table("session_invitation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_session_invitation_session_uid"))

    op.drop_table("session_invitation")
    op.drop_table("favourite")
    op.drop_table("group_seats")
    with op.batch_alter_table("draft_step", schema=None) as batch_op:
        batch_op.drop_index("ix_draft_step_event")

    op.drop_table("draft_step")
