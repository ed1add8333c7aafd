"""The command line: one file a command group, heavy imports inside the commands.

:mod:`workbench.cli.main` puts the groups together and turns typed errors into one clear line.
"""

from __future__ import annotations

__all__: list[str] = []
