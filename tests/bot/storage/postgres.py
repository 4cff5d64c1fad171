"""A real Postgres, started from the binaries on this machine for the tests."""

import os
import pwd
import secrets
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import asyncpg

BINARIES = Path("/usr/lib/postgresql")  # Debian's and Ubuntu's, by version
OWNERS = ("postgres", "nobody")  # who runs it where the tests are root's, which it refuses
ATTEMPTS = 5  # the port was free a moment ago, and may not be any more
PASSWORD = "p@ss/w:rd?#%"  # noqa: S105 - all that is awkward in an address
NO_BINARIES = "Postgres is not installed (Debian and Ubuntu: apt install postgresql)"
OPTIONS = (
    "-c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=off -c max_connections=40"
)


def find_binaries() -> Path | None:
    """Return the folder of the newest Postgres on this machine."""
    on_path = shutil.which("initdb")
    found = [path.parent for path in BINARIES.glob("*/bin/initdb")]
    newest = max(found, key=lambda path: float(path.parent.name), default=None)
    return newest or (Path(on_path).parent if on_path else None)


@dataclass
class Server:
    """A running server with one user, who owns it."""

    port: int
    user: str = "undertone"

    def url(self, database: str, *, password: str = PASSWORD) -> str:
        """Return the URL of a database."""
        return f"postgres://{self.user}:{quote(password, safe='')}@127.0.0.1:{self.port}/{database}"

    async def run(self, statement: str, database: str = "postgres") -> Any:
        """Run a statement, and return its rows."""
        connection = await asyncpg.connect(self.url(database))
        try:
            return await connection.fetch(statement)
        finally:
            await connection.close()

    async def create(self) -> str:
        """Create an empty database, and return its name."""
        name = f"test_{secrets.token_hex(8)}"
        await self.run(f"CREATE DATABASE {name}")
        return name


def _owner() -> dict[str, Any]:
    """Return the user to run it as, in arguments of `subprocess`."""
    if os.geteuid() != 0:
        return {}
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    owner = next(known[name] for name in OWNERS if name in known)
    return {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}


@contextmanager
def running(binaries: Path) -> Iterator[Server]:
    """Start a server in a new folder; both are removed afterwards."""
    owner = _owner()
    # Not among pytest's folders, which only the user of the tests may enter.
    with tempfile.TemporaryDirectory(
        prefix="undertone-postgres-", ignore_cleanup_errors=True
    ) as name:
        folder = Path(name)
        (folder / "password").write_text(PASSWORD)
        for path in (folder, folder / "password"):
            shutil.chown(path, owner.get("user"), owner.get("group", -1))

        def run(program: str, *arguments: str) -> bool:
            command = [binaries / program, "--pgdata", folder / "data", *arguments]
            with (folder / "said").open("a") as said:
                done = subprocess.run(
                    command, cwd=folder, stdout=said, stderr=said, check=False, **owner
                )
            return done.returncode == 0

        def start(port: int) -> bool:
            options = f"{OPTIONS} -c port={port}"
            return run("pg_ctl", "start", "--wait", f"--log={folder / 'log'}", "-o", options)

        made = run(
            "initdb",
            *("--username=undertone", "--auth=scram-sha-256", "--pwfile=password"),
            *("--encoding=UTF8", "--locale=C", "--no-sync"),
        )
        assert made, (folder / "said").read_text()
        ports = (_free_port() for _ in range(ATTEMPTS))
        port = next(filter(start, ports), None)
        assert port is not None, (folder / "log").read_text()
        try:
            yield Server(port)
        finally:
            run("pg_ctl", "stop", "--wait", "--mode=immediate")


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])
