"""A real Postgres, started from the binaries on this machine and thrown away afterwards."""

import os
import pwd
import secrets
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import asyncpg

BINARIES = Path("/usr/lib/postgresql")  # Debian's and Ubuntu's, by version
OWNERS = ("postgres", "nobody")  # who runs it where the tests are root's, which it refuses
ATTEMPTS = 5  # the port was free a moment ago, and may not be any more
PASSWORD = "p@ss/w:rd?#%"  # noqa: S105 - all that is awkward in an address
NO_BINARIES = "Postgres is not installed (Debian and Ubuntu: apt install postgresql)"
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "fsync": "off",
    "max_connections": "40",
}


def find_binaries() -> Path | None:
    """Give the folder of the newest Postgres on this machine."""
    on_path = shutil.which("initdb")
    found = [path.parent for path in BINARIES.glob("*/bin/initdb")]
    newest = max(found, key=lambda path: float(path.parent.name), default=None)
    return newest or (Path(on_path).parent if on_path else None)


@dataclass
class Server:
    """A running server with one user, who owns it."""

    port: int
    user: str = "undertone"
    names: list[str] = field(default_factory=list)

    def url(self, database: str, *, password: str = PASSWORD) -> str:
        """Give an address as a person would paste it."""
        return f"postgres://{self.user}:{quote(password, safe='')}@127.0.0.1:{self.port}/{database}"

    async def run(self, statement: str, database: str = "postgres") -> Any:
        """Run a statement, and give its rows."""
        connection = await asyncpg.connect(self.url(database))
        try:
            return await connection.fetch(statement)
        finally:
            await connection.close()

    async def create(self) -> str:
        """Make an empty database, and give its name."""
        name = f"test_{secrets.token_hex(8)}"
        await self.run(f"CREATE DATABASE {name}")
        return name


def _owner() -> dict[str, Any]:
    """Say as whom to run it: `subprocess` takes this."""
    if os.geteuid() != 0:
        return {}
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    owner = next(known[name] for name in OWNERS if name in known)
    return {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


@contextmanager
def running(binaries: Path) -> Iterator[Server]:
    """Start a server in a new folder, and take both away in the end."""
    owner = _owner()
    # Not among pytest's folders, which only the user of the tests may enter.
    folder = Path(tempfile.mkdtemp(prefix="undertone-postgres-"))
    try:
        (folder / "password").write_text(PASSWORD)
        if owner:
            for path in (folder, folder / "password"):
                os.chown(path, owner["user"], owner["group"])
        data = folder / "data"

        def run(program: str, *arguments: str) -> subprocess.CompletedProcess[bytes]:
            return subprocess.run(
                [binaries / program, "--pgdata", data, *arguments],
                cwd=folder,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                check=False,
                **owner,
            )

        made = run(
            "initdb",
            "--username=undertone",
            "--auth=scram-sha-256",
            f"--pwfile={folder / 'password'}",
            "--encoding=UTF8",
            "--locale=C",
            "--no-sync",
        )
        assert made.returncode == 0, "initdb failed"
        for _ in range(ATTEMPTS):
            port = _free_port()
            options = " ".join(
                f"-c {name}='{value}'" for name, value in (SETTINGS | {"port": str(port)}).items()
            )
            started = run(
                "pg_ctl", "start", "--wait", "--log", str(folder / "log"), "--options", options
            )
            if started.returncode == 0:
                break
        assert started.returncode == 0, (folder / "log").read_text()
        try:
            yield Server(port)
        finally:
            run("pg_ctl", "stop", "--wait", "--mode=immediate")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
