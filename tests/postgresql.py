"""A PostgreSQL server of the tests' own, on loopback, that goes when they end."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg

DEBIAN_DIR = Path("/usr/lib/postgresql")
MEMORY_DIR = Path("/dev/shm")  # a database a test is a lot to write; a disk would be most of the tests' time
MEMORY_NEEDED_BYTES = 1 << 30
# Nobody asks for it (loopback is trusted), and no message may show it.
PASSWORD = "segredo-que-ninguem-le"
TEMPLATE = "prancha_template"
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "shared_buffers": "32MB",
    "max_connections": "100",
    "autovacuum": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "checkpoint_timeout": "1h",
}


def find_binaries() -> Path | None:
    """The folder of initdb and pg_ctl: Debian's newest, else where PATH's initdb lies."""
    debian = sorted((path for path in DEBIAN_DIR.glob("*/bin") if (path / "initdb").exists()), key=_version)
    if debian:
        return debian[-1]
    found = shutil.which("initdb")
    return Path(found).resolve().parent if found else None


def _version(binaries: Path) -> float:
    return float(binaries.parent.name)


@dataclass
class PostgresqlServer:
    """A server whose files lie in `folder`; `start` and `stop` may be called in turn."""

    binaries: Path
    folder: Path
    port: int = 0
    _owner: dict[str, Any] = field(default_factory=dict)

    def make(self) -> None:
        """Make the cluster. The server refuses to run as root: another account owns it then."""
        if os.geteuid() == 0:
            account = "postgres" if _has_account("postgres") else "nobody"
            self._owner = {"user": account, "group": pwd.getpwnam(account).pw_gid, "extra_groups": []}
            shutil.chown(self.folder, account)
        self._run("initdb", "--username=prancha", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync")
        hosts = self.folder / "data" / "pg_hba.conf"
        hosts.write_text("host all all 127.0.0.1/32 trust\n")

    def start(self) -> None:
        """Start on the port of last time, or on a free one; ready when this returns."""
        self.port = self.port or _free_port()
        settings = " ".join(f"-c {name}='{value}'" for name, value in {**SETTINGS, "port": str(self.port)}.items())
        self._run("pg_ctl", "start", "--wait", f"--log={self.folder / 'log'}", f"--options={settings}")

    @contextmanager
    def watched(self) -> Iterator[None]:
        """See to it that the server goes with this process, also where that is killed."""
        script = 'read -r _; "$0" stop --silent --mode=immediate --pgdata="$1/data"; rm -rf "$1"'
        command = ["sh", "-c", script, str(self.binaries / "pg_ctl"), str(self.folder)]
        pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        with subprocess.Popen(command, start_new_session=True, cwd="/", **pipes, **self._owner):
            yield  # then, or when this process ends, the pipe is closed

    def stop(self) -> None:
        """Stop at once, whoever is connected."""
        self._run("pg_ctl", "stop", "--wait", "--mode=fast")

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self.binaries / program), f"--pgdata={self.folder / 'data'}", *arguments]
        with (self.folder / "commands").open("a+") as said:  # pg_ctl's server would hold a pipe open
            done = subprocess.run(command, stdout=said, stderr=said, cwd=self.folder, check=False, **self._owner)
            if done.returncode:
                said.seek(0)
                raise RuntimeError(f"{program} failed:\n{said.read()}")

    def url(self, database: str) -> str:
        return f"postgresql://prancha:{PASSWORD}@127.0.0.1:{self.port}/{database}"

    def execute(self, *statements: str) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement.encode())

    @contextmanager
    def database(self, template: str = "template1") -> Iterator[str]:
        """The URL of a fresh database, a copy of `template`."""
        name = f"prancha_{uuid4().hex}"
        version = float((self.folder / "data" / "PG_VERSION").read_text())
        how = "STRATEGY FILE_COPY" if version >= 15 else ""  # the quicker one, and the only one before
        self.execute(f"CREATE DATABASE {name} TEMPLATE {template} {how}")
        try:
            yield self.url(name)
        finally:
            self.execute(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def running_server() -> Iterator[PostgresqlServer]:
    """A server that runs; `FileNotFoundError` where PostgreSQL is not installed."""
    binaries = find_binaries()
    if binaries is None:
        raise FileNotFoundError(
            f"PostgreSQL's initdb is neither below {DEBIAN_DIR} nor in PATH. Give: sudo apt-get install -y postgresql"
        )
    has_room = MEMORY_DIR.is_dir() and shutil.disk_usage(MEMORY_DIR).free > MEMORY_NEEDED_BYTES
    folder = Path(tempfile.mkdtemp(prefix="prancha-postgresql-", dir=MEMORY_DIR if has_room else None))
    try:
        server = PostgresqlServer(binaries, folder)
        server.make()
        with server.watched():
            server.start()
            yield server
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _has_account(name: str) -> bool:
    return any(entry.pw_name == name for entry in pwd.getpwall())


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])
