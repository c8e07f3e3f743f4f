"""Who was online: reports of meetings, and ways into the call.

Revision 0005, after 0004.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "meeting_import",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("session_uid", sa.String(), nullable=False),
        sa.Column("platform", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("filename", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=True),
        sa.Column("zone", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("labels", sa.JSON(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("warnings", sa.JSON(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_meeting_import_event_id_event"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_import")),
        sa.UniqueConstraint("event_id", "digest", name=op.f("uq_meeting_import_event_id_digest")),
        sa.UniqueConstraint("uid", name=op.f("uq_meeting_import_uid")),
    )
    with op.batch_alter_table("meeting_import", schema=None) as batch_op:
        batch_op.create_index("ix_meeting_import_event", ["event_id", "imported_at"], unique=False)

    op.create_table(
        "meeting_attendee",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=True),
        sa.Column("matched", sa.String(), nullable=False),
        sa.Column("suggested_id", sa.Integer(), nullable=True),
        sa.Column("exact", sa.Boolean(), nullable=False),
        sa.Column("namesakes", sa.Integer(), nullable=False),
        sa.Column("aside", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_meeting_attendee_event_id_event"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["import_id"],
            ["meeting_import.id"],
            name=op.f("fk_meeting_attendee_import_id_meeting_import"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registration.id"],
            name=op.f("fk_meeting_attendee_registration_id_registration"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["suggested_id"],
            ["registration.id"],
            name=op.f("fk_meeting_attendee_suggested_id_registration"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_attendee")),
    )
    with op.batch_alter_table("meeting_attendee", schema=None) as batch_op:
        batch_op.create_index("ix_meeting_attendee_import", ["import_id", "place"], unique=False)
        batch_op.create_index("ix_meeting_attendee_person", ["event_id", "registration_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_meeting_attendee_registration_id"), ["registration_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_meeting_attendee_suggested_id"), ["suggested_id"], unique=False)

    op.create_table(
        "way_in",
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_way_in_event_id_event"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registration.id"],
            name=op.f("fk_way_in_registration_id_registration"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("registration_id", "day", name=op.f("pk_way_in")),
    )
    with op.batch_alter_table("way_in", schema=None) as batch_op:
        batch_op.create_index("ix_way_in_event", ["event_id", "registration_id"], unique=False)

    op.create_table(
        "meeting_stay",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("attendee_id", sa.Integer(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("minutes", sa.Double(), nullable=True),
        sa.ForeignKeyConstraint(
            ["attendee_id"],
            ["meeting_attendee.id"],
            name=op.f("fk_meeting_stay_attendee_id_meeting_attendee"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_stay")),
    )
    with op.batch_alter_table("meeting_stay", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_meeting_stay_attendee_id"), ["attendee_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("meeting_stay", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_meeting_stay_attendee_id"))

    op.drop_table("meeting_stay")
    with op.batch_alter_table("way_in", schema=None) as batch_op:
        batch_op.drop_index("ix_way_in_event")

    op.drop_table("way_in")
    with op.batch_alter_table("meeting_attendee", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_meeting_attendee_suggested_id"))
        batch_op.drop_index(batch_op.f("ix_meeting_attendee_registration_id"))
        batch_op.drop_index("ix_meeting_attendee_person")
        batch_op.drop_index("ix_meeting_attendee_import")

    op.drop_table("meeting_attendee")
    with op.batch_alter_table("meeting_import", schema=None) as batch_op:
        batch_op.drop_index("ix_meeting_import_event")

    op.drop_table("meeting_import")
