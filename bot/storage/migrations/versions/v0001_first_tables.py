"""Servers' preferences, opt-outs, verdicts, answered messages, the digest of commands, keys."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "preferences",
        sa.Column("guild_id", sa.BigInteger, nullable=False),
        sa.Column("channel_id", sa.BigInteger, nullable=False),
        sa.Column("automatic", sa.Boolean),
        sa.Column("audio_files", sa.Boolean),
        sa.Column("detail", sa.String(16)),
        sa.Column("min_confidence", sa.Double),
        sa.Column("private", sa.Boolean),
        sa.Column("language", sa.String(16)),
        sa.PrimaryKeyConstraint("guild_id", "channel_id", name="pk_preferences"),
    )
    op.create_table(
        "opt_outs",
        sa.Column("person", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("person", name="pk_opt_outs"),
    )
    op.create_table(
        "verdicts",
        sa.Column("guild_id", sa.BigInteger, nullable=False),
        sa.Column("heard", sa.String(16), nullable=False),
        sa.Column("said", sa.String(16), nullable=False),
        sa.Column("count", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("guild_id", "heard", "said", name="pk_verdicts"),
    )
    op.create_table(
        "answered",
        sa.Column("message_id", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("message_id", name="pk_answered"),
    )
    op.create_table(
        "command_digests",
        sa.Column("application_id", sa.BigInteger, nullable=False),
        sa.Column("digest", sa.String(128), nullable=False),
        sa.PrimaryKeyConstraint("application_id", name="pk_command_digests"),
    )
    op.create_table(
        "secret_keys",
        sa.Column("name", sa.String(32), nullable=False),
        sa.Column("key", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_secret_keys"),
    )


def downgrade() -> None:
    """Drop the tables."""
    for table in (
        "secret_keys",
        "command_digests",
        "answered",
        "verdicts",
        "opt_outs",
        "preferences",
    ):
        op.drop_table(table)
