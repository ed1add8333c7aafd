"""Published factor libraries, as published, with our reading beside each formula."""

from __future__ import annotations

from workbench.factor.library.alpha101 import alpha101
from workbench.factor.library.alpha158 import alpha158
from workbench.factor.library.alpha191 import alpha191
from workbench.factor.library.alpha360 import alpha360
from workbench.factor.library.style import style

__all__ = ["alpha101", "alpha158", "alpha191", "alpha360", "style"]
