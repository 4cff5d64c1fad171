"""The tables. Whoever changes them adds a migration: a test compares the two.

Nothing here can tell what anybody felt or said: there are no names, no audio and no times, and a
person is only ever a keyed hash.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Double,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
)

WHOLE_SERVER = 0
"""Stands for the channel where a row is for all of a server; no channel has this id."""

METADATA = MetaData(naming_convention={"pk": "pk_%(table_name)s"})

PREFERENCES = Table(
    "preferences",
    METADATA,
    Column("guild_id", BigInteger, primary_key=True, autoincrement=False),
    Column("channel_id", BigInteger, primary_key=True, autoincrement=False),
    # A preference that is not set here is inherited.
    Column("automatic", Boolean),
    Column("audio_files", Boolean),
    Column("detail", String(16)),
    Column("min_confidence", Double),
    Column("private", Boolean),
    Column("language", String(16)),
)
OPT_OUTS = Table("opt_outs", METADATA, Column("person", LargeBinary, primary_key=True))
VERDICTS = Table(
    "verdicts",
    METADATA,
    Column("guild_id", BigInteger, primary_key=True, autoincrement=False),
    Column("heard", String(16), primary_key=True),
    Column("said", String(16), primary_key=True),
    Column("count", Integer, nullable=False),
)
ANSWERED = Table(
    "answered",
    METADATA,
    Column("message_id", BigInteger, primary_key=True, autoincrement=False),
)
COMMAND_DIGESTS = Table(
    "command_digests",
    METADATA,
    Column("application_id", BigInteger, primary_key=True, autoincrement=False),
    Column("digest", String(128), nullable=False),
)
SECRET_KEYS = Table(
    "secret_keys",
    METADATA,
    Column("name", String(32), primary_key=True),
    Column("key", LargeBinary, nullable=False),
)
