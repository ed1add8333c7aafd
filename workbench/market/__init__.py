"""Floor 1, pure values: sessions, assets, panels, markets, and the dated exchange rules."""

from workbench.market.assets import Assets
from workbench.market.market import Market
from workbench.market.panel import Panel
from workbench.market.sessions import Sessions
from workbench.market.source import ArraySource, FieldSource

__all__ = ["ArraySource", "Assets", "FieldSource", "Market", "Panel", "Sessions"]
