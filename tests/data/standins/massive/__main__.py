"""The stand-in as a process: ``python -m tests.data.standins.massive --fillers 500``.

Writes its origin as the first line, then serves until its standard input ends or it is killed.
"""

from __future__ import annotations

import argparse
import sys
from datetime import datetime

from tests.data.standins.massive import CANARY, MassiveStandin, World

__all__: list[str] = []


def main() -> None:
    """Parse, serve, wait."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--fillers", type=int, default=20)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--clock", type=datetime.fromisoformat, default="2024-03-01T12:00:00+00:00")
    parser.add_argument("--token", default=CANARY)
    parser.add_argument("--free", action="store_true", help="five calls a minute")
    given = parser.parse_args()
    world = World(fillers=given.fillers, seed=given.seed)
    limit = (5, 60.0) if given.free else None
    with MassiveStandin(
        world, clock=given.clock, limit=limit, token=given.token, port=given.port
    ) as standin:
        sys.stdout.write(standin.origin + "\n")
        sys.stdout.flush()
        sys.stdin.read()


if __name__ == "__main__":
    main()
