"""The tables. A change needs a migration, and a test compares the two.

They have no names, no audio, no times and nobody's emotions; a person is a keyed hash.
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
"""The channel id of a row for a whole server; no channel has this id."""

METADATA = MetaData(naming_convention={"pk": "pk_%(table_name)s"})

PREFERENCES = Table(
    "preferences",
    METADATA,
    Column("guild_id", BigInteger, primary_key=True, autoincrement=False),
    Column("channel_id", BigInteger, primary_key=True, autoincrement=False),
    # NULL is inherited.
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
