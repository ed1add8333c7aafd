"""The stand-in as a process: ``python -m tests.data.standins.tushare --stocks 5000 --years 10``.

Writes its origin as the first line, then serves until its standard input ends or it is killed.
"""

from __future__ import annotations

import argparse
import sys
from datetime import date, datetime

from tests.data.standins.tushare import CANARY, NOW, TIERS, TushareStandin, World

__all__: list[str] = []


def main() -> None:
    """Parse, serve, wait."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--stocks", type=int, default=40)
    parser.add_argument("--funds", type=int, default=0)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--start", type=date.fromisoformat, default=date(2024, 1, 2))
    parser.add_argument("--end", type=date.fromisoformat, default=date(2024, 6, 28))
    parser.add_argument("--years", type=int, help="start this many years before the end")
    parser.add_argument("--clock", type=datetime.fromisoformat, default=NOW)
    parser.add_argument("--token", default=CANARY)
    parser.add_argument("--tier", choices=sorted(TIERS))
    given = parser.parse_args()
    start = given.start
    if given.years:
        start = given.end.replace(year=given.end.year - given.years)
    world = World(start, given.end, stocks=given.stocks, seed=given.seed, funds=given.funds)
    limits = TIERS.get(given.tier, {})
    with TushareStandin(
        world, clock=given.clock, limits=limits, token=given.token, port=given.port
    ) as standin:
        sys.stdout.write(standin.origin + "\n")
        sys.stdout.flush()
        sys.stdin.read()


if __name__ == "__main__":
    main()
