"""Run another benchmark on a PostgreSQL server of its own, on loopback and on disk, as durable as a real one.

    python -m benchmarks.on_postgresql store --ratings 1000000

It needs Debian's `postgresql`, and stops the server at the end.
"""

from __future__ import annotations

import subprocess
import sys

from tests import postgresql

_DURABLE = ("fsync", "full_page_writes", "synchronous_commit", "autovacuum")


def main() -> int:
    postgresql.SETTINGS.update(dict.fromkeys(_DURABLE, "on"))
    postgresql.MEMORY_NEEDED_BYTES = 1 << 60  # never in memory
    with postgresql.running_server() as server, server.database() as url:
        name, *options = sys.argv[1:]
        command = [sys.executable, "-m", f"benchmarks.{name}", *options, "--database-url", url]
        return subprocess.run(command, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
