"""Floor 8: the applications that ``workbench dashboard`` serves.

1. `workbench.apps.serve.serve` opens a server on this machine and nowhere else.
2. `workbench.apps.factor_lab.FactorLab` is one browser session: an expression in, a study out.
3. `workbench.apps.markets.MarketShelf` holds the markets that all sessions read.
4. `workbench.apps.study_order.StudyOrder` is what a session asks for.
5. `workbench.apps.job.Job` is one calculation in the background, watched and cancelled.

Nothing here computes. Import the module that is needed: this package loads none by itself, so
that a command line can offer the applications without paying for them.
"""

from __future__ import annotations

__all__: list[str] = []
