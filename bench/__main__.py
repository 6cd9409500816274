"""`python -m bench`: Tartib beside the SQL limit of the same server in the same run (see docs/performance.md).

The databases are kept in var/bench between runs; a million orders take some minutes the first time.
"""

from __future__ import annotations

import argparse
import os
import platform
from pathlib import Path

from tartib.project.database import Role, Server

SIZES = (10_000, 100_000, 1_000_000)
DATABASE = "bench"


def main() -> None:
    """Set the server up, run what is asked for, print a line for each figure."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("only", nargs="*", choices=[*"abcdefg", []], help="the measurements to make; all without any")
    parser.add_argument("--sizes", default=",".join(map(str, SIZES)), help="orders in the shops of (c), by commas")
    parser.add_argument("--seconds", type=int, default=10, help="how long each load is kept up")
    asked = parser.parse_args()
    folder = Path("var/bench").resolve()
    os.environ |= {"TARTIB_DATA": str(folder), "DJANGO_SETTINGS_MODULE": "tartib.project.settings"}
    server = Server(folder, {"max_connections": "100", "shared_buffers": "1GB", "max_wal_size": "4GB"})
    with server.used():
        server.create(DATABASE)
        os.environ |= {"DATABASE_URL": server.url(DATABASE), "DATABASE_OWNER_URL": server.url(DATABASE, Role.OWNER)}
        import django

        django.setup()

        from bench.measures import MEASURES, Setting
        from tartib.cli.ready import migrate
        from tartib.project.roles import as_owner

        migrate(print)
        # Data is made and the limit measured by the owner; what is asked of Tartib goes to processes that serve.
        with as_owner():
            setting = Setting(server, DATABASE, [int(size) for size in asked.sizes.split(",")], asked.seconds)
            machine = f"{platform.machine()}, {os.cpu_count()} cores"
            print(f"{machine}, Python {platform.python_version()}, {setting.postgresql()}")
            for letter, measure in MEASURES.items():
                if not asked.only or letter in asked.only:
                    for line in measure(setting):
                        print(f"({letter}) {line}", flush=True)


if __name__ == "__main__":
    main()
