"""Stand-ins for the vendors: real local servers with all their vices, and the truth behind them.

`tushare.World` is a small deterministic market; it answers what the vendor knows (`table`) and what
a careful client must end up with (`truth`). `tushare.TushareStandin` serves it over HTTP::

    from tests.data.standins.tushare import TushareStandin, World

    world = World(date(2024, 1, 2), date(2024, 3, 29), stocks=40, seed=7)
    with TushareStandin(world) as vendor:
        vendor.origin                      # "http://127.0.0.1:40123" (http: needs allow_insecure)
        vendor.token                       # the canary token; any other is refused with 40101
        vendor.clock = datetime(2024, 3, 29, 16, 0)   # Shanghai, naive; default 2026-11-20 22:00
        cellar = Cellar.open(tmp_path, settings=…, clock=vendor.utc_now)
        update(cellar, "cn.bars_1d", start=world.start, end=world.end)
        world.truth("cn.bars_1d", world.start, world.end)      # polars, the dataset's columns
        vendor.calls, vendor.count("daily")

Things to turn::

    world.revise("adj_factor", {"adj_factor": 1.5}, ts_code="600519.SH", trade_date="20240304")
    world.withhold("daily", ts_code="600519.SH", trade_date="20240304", until=some_moment)
    world.insert("suspend_d", {...}, since=some_moment)
    world.publish["daily"] = ("15:30", "19:00")   # a part from 15:30, everything from 19:00
    vendor.quirks.caps["daily"] = 20              # silent cap, newest rows kept
    vendor.quirks.has_more = "wrong"; vendor.quirks.null_data = "items"; .nan_tokens.add("daily")
    vendor.denied.add("stk_mins")                 # 40203, as the vendor says it
    TushareStandin(world, limits={"daily": ((5, 60),)})   # or limits=TIERS["2000"]

Bars exist only between `World.start` and `World.end`; the calendar reaches from 1990 to 2026.
The first seventeen securities are `roster.CAST`: ordinary names and the known troubles (codes that
changed in 2018 and 2025, ``T00018.SH``, a CDR, Beijing). As a process, for kill tests::

    python -m tests.data.standins.tushare --stocks 5000 --years 10 --end 2025-12-31

prints its origin as the first line and serves until its standard input is closed.

`workplace` has what most tests want around it: `workplace(root, vendor)` opens a cellar whose
tushare is the stand-in (short timeouts, no waiting), `fetch(cellar, vendor, names, start=…)`
updates through the real client with the vendor's token, `held(cellar, name)` reads the store
sorted by key, and `same(held, truth)` says how two frames differ, or nothing.

`faults.FaultServer` is the same server with one thing wrong, and `faults.CASES` lists all of them
with the reason that a client should give.
"""

from __future__ import annotations

__all__: list[str] = []
