"""Updating: what is missing is planned, fetched, checked, committed, and proved to be complete.

`update` and `aupdate` run it; `gaps`, `coverage` and `status` say what there is, `revisions` what
vendors changed afterwards; `commit_frame` stores rows that nobody fetched.
"""

from __future__ import annotations

from workbench.data.update.commit import commit_frame
from workbench.data.update.coverage import coverage, gaps, status
from workbench.data.update.report import DatasetReport, Gap, Progress, UpdateReport
from workbench.data.update.revisions import revisions
from workbench.data.update.run import aupdate, update

__all__ = [
    "DatasetReport",
    "Gap",
    "Progress",
    "UpdateReport",
    "aupdate",
    "commit_frame",
    "coverage",
    "gaps",
    "revisions",
    "status",
    "update",
]
