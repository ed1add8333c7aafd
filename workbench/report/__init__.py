"""Paper: run a template notebook with checked parameters, keep HTML, notebook and run card.

The way of a report: :mod:`templates` finds the notebook, :mod:`parameters` checks the values,
:mod:`process` runs it through :mod:`worker` in a process of its own, :mod:`scrub` takes the
machine out of it, :mod:`run_card` says what it was made of, :mod:`render` makes the page that
opens offline, :mod:`destination` puts the files in place. :mod:`run` walks this way.
"""

from __future__ import annotations

from workbench.report.results import publish
from workbench.report.run import Report, run
from workbench.report.templates import templates

__all__ = ["Report", "publish", "run", "templates"]
