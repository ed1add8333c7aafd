"""The stand-in for tushare; see `tests.data.standins` for how to use it."""

from __future__ import annotations

from tests.data.standins.tushare.allowance import TIERS
from tests.data.standins.tushare.answers import CAPS, Quirks
from tests.data.standins.tushare.server import CANARY, Call, TushareStandin
from tests.data.standins.tushare.world import NOW, PUBLISH, World

__all__ = ["CANARY", "CAPS", "NOW", "PUBLISH", "TIERS", "Call", "Quirks", "TushareStandin", "World"]
