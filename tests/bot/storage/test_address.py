"""The forms of DATABASE_URL."""

from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.storage.address import DEFAULT_DATABASE_URL, DatabaseAddress


def parse(text: str) -> DatabaseAddress:
    return DatabaseAddress.parse(SecretStr(text))


def test_the_default_is_a_file_below_the_folder_one_is_in():
    assert parse(DEFAULT_DATABASE_URL).file == Path("data/undertone.db")


@pytest.mark.parametrize("scheme", ["sqlite", "SQLite+pysqlite"])
def test_a_file_is_read_whatever_its_driver(scheme: str):
    assert parse(f"{scheme}:////var/lib/undertone.db").file == Path("/var/lib/undertone.db")


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg2"])
def test_postgres_is_read_whatever_its_driver(scheme: str):
    address = parse(f" {scheme}://me:p%40ss@db.example:6543/undertone?sslmode=require\n")
    assert address.place == "db.example:6543"
    assert address.dsn == "postgresql://me:p%40ss@db.example:6543/undertone?sslmode=require"
    assert address.file is None


def test_the_usual_port_is_told_and_options_of_other_drivers_are_left_out():
    options = "channel_binding=require&pgbouncer=true&sslmode=require"
    address = parse(f"postgres://me@db.example/undertone?{options}")
    assert address.place == "db.example:5432"
    assert address.dsn.endswith("?sslmode=require")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "undertone.db",
        "mysql://me:s3cret@db/undertone",
        "postgres://me:s3@cret@db/undertone",
        "postgres://me:s3cret@db:port/undertone",
        "sqlite://",
        "sqlite:///:memory:",
        "sqlite:///file:undertone.db?uri=true",
        "sqlite://host/undertone.db",
    ],
)
def test_what_is_no_address_is_refused_without_being_quoted(text: str):
    with pytest.raises(ValueError, match=r"^not ") as caught:
        parse(text)
    assert "cret" not in str(caught.value)


def test_a_password_is_not_in_what_an_address_looks_like():
    address = parse("postgres://me:s3cret@db/undertone?password=s3cret&sslpassword=s3cret")
    assert "s3cret" not in f"{address!r} {address} {address.place}"
