"""A stand-in for Massive: a small American market on a local port, with the vendor's manners."""

from tests.data.standins.massive.answers import Quirks
from tests.data.standins.massive.server import CANARY, Call, MassiveStandin
from tests.data.standins.massive.world import Company, World

__all__ = ["CANARY", "Call", "Company", "MassiveStandin", "Quirks", "World"]
