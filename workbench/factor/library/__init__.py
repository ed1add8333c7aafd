"""Published factor libraries, as published, with our reading beside each formula."""

from __future__ import annotations

from workbench.factor.library.alpha101 import alpha101

__all__ = ["alpha101"]
