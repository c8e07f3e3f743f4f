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
        "badge_layout",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("earlier", sa.JSON(), nullable=False),
        sa.Column("later", sa.JSON(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_badge_layout_event_id_event"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_badge_layout")),
        sa.UniqueConstraint("uid", name=op.f("uq_badge_layout_uid")),
    )
    with op.batch_alter_table("badge_layout", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_badge_layout_event_id"), ["event_id"], unique=False)

    op.create_table(
        "badge_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("layout", sa.String(), nullable=False),
        sa.Column("layout_name", sa.String(), nullable=False),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("files", sa.Integer(), nullable=False),
        sa.Column("error", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_badge_run_event_id_event"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_badge_run")),
        sa.UniqueConstraint("uid", name=op.f("uq_badge_run_uid")),
    )
    with op.batch_alter_table("badge_run", schema=None) as batch_op:
        batch_op.create_index("ix_badge_run_event_created", ["event_id", "created_at"], unique=False)

    op.create_table(
        "badge_settings",
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("layout", sa.String(), nullable=False),
        sa.Column("shifts", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_badge_settings_event_id_event"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_badge_settings")),
    )
    op.create_table(
        "delegation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("country", sa.String(), nullable=False),
        sa.Column("name", sa.JSON(), nullable=False),
        sa.Column("names_key", sa.String(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("focal_name", sa.String(), nullable=False),
        sa.Column("focal_email", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("deadline", sa.DateTime(timezone=True), nullable=True),
        sa.Column("letter_needed", sa.Boolean(), nullable=False),
        sa.Column("link_number", sa.BigInteger(), nullable=True),
        sa.Column("invited_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("mailed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_delegation_event_id_event"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delegation")),
        sa.UniqueConstraint("link_number", name=op.f("uq_delegation_link_number")),
        sa.UniqueConstraint("uid", name=op.f("uq_delegation_uid")),
    )
    with op.batch_alter_table("delegation", schema=None) as batch_op:
        batch_op.create_index("ix_delegation_event", ["event_id", "kind"], unique=False)

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
        "kiosk",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("layout", sa.String(), nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("printed", sa.Integer(), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_kiosk_event_id_event"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kiosk")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_kiosk_token_hash")),
        sa.UniqueConstraint("uid", name=op.f("uq_kiosk_uid")),
    )
    with op.batch_alter_table("kiosk", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_kiosk_event_id"), ["event_id"], unique=False)

    op.create_table(
        "badge_print",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=True),
        sa.Column("printed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("layout_name", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_badge_print_event_id_event"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registration.id"],
            name=op.f("fk_badge_print_registration_id_registration"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["run_id"], ["badge_run.id"], name=op.f("fk_badge_print_run_id_badge_run"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_badge_print")),
    )
    with op.batch_alter_table("badge_print", schema=None) as batch_op:
        batch_op.create_index("ix_badge_print_event", ["event_id", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_badge_print_registration_id"), ["registration_id"], unique=False)

    op.create_table(
        "badge_standing",
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("shown", sa.Text(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("printed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_badge_standing_event_id_event"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registration.id"],
            name=op.f("fk_badge_standing_registration_id_registration"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("registration_id", name=op.f("pk_badge_standing")),
    )
    with op.batch_alter_table("badge_standing", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_badge_standing_event_id"), ["event_id"], unique=False)

    op.create_table(
        "delegate",
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("delegation_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("asked", sa.Boolean(), nullable=False),
        sa.Column("replaces_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["delegation_id"], ["delegation.id"], name=op.f("fk_delegate_delegation_id_delegation"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registration.id"],
            name=op.f("fk_delegate_registration_id_registration"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["replaces_id"], ["registration.id"], name=op.f("fk_delegate_replaces_id_registration"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("registration_id", name=op.f("pk_delegate")),
    )
    with op.batch_alter_table("delegate", schema=None) as batch_op:
        batch_op.create_index("ix_delegate_delegation", ["delegation_id", "position"], unique=False)

    op.create_table(
        "delegation_news",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("delegation_id", sa.Integer(), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["delegation_id"],
            ["delegation.id"],
            name=op.f("fk_delegation_news_delegation_id_delegation"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registration.id"],
            name=op.f("fk_delegation_news_registration_id_registration"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delegation_news")),
    )
    with op.batch_alter_table("delegation_news", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_delegation_news_delegation_id"), ["delegation_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_delegation_news_registration_id"), ["registration_id"], unique=False)

    op.create_table(
        "document_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=True),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("stored_name", sa.String(), nullable=False),
        sa.Column("filename", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("replaced_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f("fk_document_file_document_id_document"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_document_file_event_id_event"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document_file")),
        sa.UniqueConstraint("uid", name=op.f("uq_document_file_uid")),
    )
    with op.batch_alter_table("document_file", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_document_file_document_id"), ["document_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_document_file_event_id"), ["event_id"], unique=False)

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
        "nomination_letter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(), nullable=False),
        sa.Column("delegation_id", sa.Integer(), nullable=False),
        sa.Column("stored_name", sa.String(), nullable=False),
        sa.Column("filename", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["delegation_id"],
            ["delegation.id"],
            name=op.f("fk_nomination_letter_delegation_id_delegation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_nomination_letter")),
        sa.UniqueConstraint("uid", name=op.f("uq_nomination_letter_uid")),
    )
    with op.batch_alter_table("nomination_letter", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_nomination_letter_delegation_id"), ["delegation_id"], unique=False)

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

    with op.batch_alter_table("conflict_decision", schema=None) as batch_op:
        batch_op.add_column(sa.Column("note", sa.Text(), server_default="", nullable=False))

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

    with op.batch_alter_table("speaker_file", schema=None) as batch_op:
        batch_op.add_column(sa.Column("is_public", sa.Boolean(), server_default=sa.false(), nullable=False))

    with op.batch_alter_table("user", schema=None) as batch_op:
        batch_op.add_column(sa.Column("language", sa.String(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("user", schema=None) as batch_op:
        batch_op.drop_column("language")

    with op.batch_alter_table("speaker_file", schema=None) as batch_op:
        batch_op.drop_column("is_public")

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

    with op.batch_alter_table("conflict_decision", schema=None) as batch_op:
        batch_op.drop_column("note")

    with op.batch_alter_table("checkpoint", schema=None) as batch_op:
        batch_op.drop_column("session_uid")

    with op.batch_alter_table("session_invitation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_session_invitation_session_uid"))

    op.drop_table("session_invitation")
    with op.batch_alter_table("nomination_letter", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_nomination_letter_delegation_id"))

    op.drop_table("nomination_letter")
    op.drop_table("favourite")
    with op.batch_alter_table("document_file", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_document_file_event_id"))
        batch_op.drop_index(batch_op.f("ix_document_file_document_id"))

    op.drop_table("document_file")
    with op.batch_alter_table("delegation_news", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_delegation_news_registration_id"))
        batch_op.drop_index(batch_op.f("ix_delegation_news_delegation_id"))

    op.drop_table("delegation_news")
    with op.batch_alter_table("delegate", schema=None) as batch_op:
        batch_op.drop_index("ix_delegate_delegation")

    op.drop_table("delegate")
    with op.batch_alter_table("badge_standing", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_badge_standing_event_id"))

    op.drop_table("badge_standing")
    with op.batch_alter_table("badge_print", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_badge_print_registration_id"))
        batch_op.drop_index("ix_badge_print_event")

    op.drop_table("badge_print")
    with op.batch_alter_table("kiosk", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_kiosk_event_id"))

    op.drop_table("kiosk")
    op.drop_table("group_seats")
    with op.batch_alter_table("draft_step", schema=None) as batch_op:
        batch_op.drop_index("ix_draft_step_event")

    op.drop_table("draft_step")
    with op.batch_alter_table("delegation", schema=None) as batch_op:
        batch_op.drop_index("ix_delegation_event")

    op.drop_table("delegation")
    op.drop_table("badge_settings")
    with op.batch_alter_table("badge_run", schema=None) as batch_op:
        batch_op.drop_index("ix_badge_run_event_created")

    op.drop_table("badge_run")
    with op.batch_alter_table("badge_layout", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_badge_layout_event_id"))

    op.drop_table("badge_layout")
