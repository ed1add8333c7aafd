"""What an interrupted run left behind is put right before anything new is planned.

1. commits whose units the ledger missed are recorded from the commits' own metadata
2. revisions noted for a commit that never came are removed
3. answers that had landed are judged and settled, or dropped where they raise doubt
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from workbench.data.dataset import Dataset
from workbench.data.provider import Pages
from workbench.data.store.history import commit_units
from workbench.data.store.log import commits
from workbench.data.store.names import table_folder
from workbench.data.update.assess import Answer
from workbench.data.update.chunk import Chunks
from workbench.data.update.revisions import forget_unborn

if TYPE_CHECKING:
    from workbench.data.cellar import Cellar

__all__ = ["catch_up", "heal", "settle_landed"]


def heal(cellar: Cellar, dataset: Dataset) -> None:
    """Make ledger and revisions agree with the table; the dataset's lock is held."""
    catch_up(cellar, dataset.name)
    forget_unborn(cellar, dataset.name)


def catch_up(cellar: Cellar, name: str) -> None:
    """Record the units of commits that the ledger has not seen; only those are read."""
    if cellar.store.version(name) is None:
        return
    seen = cellar.ledger.units(name)["version"].max()
    first = 0 if seen is None else int(seen) + 1
    for commit in commits(table_folder(cellar.root, name), name, first):
        cellar.ledger.record(name, commit.version, commit_units(commit))


def settle_landed(cellar: Cellar, chunks: Chunks) -> int:
    """Settle what an interrupted run had fetched; return how many units there were.

    An answer is judged as of the time it landed. Doubtful ones are dropped: they are fetched
    again where they are still due.
    """
    landing, bench = chunks.landing, chunks.bench
    name = bench.provider.name
    answers: list[Answer] = []
    at: dict[str, datetime] = {}
    pages: dict[str, Pages] = {}
    for unit in landing.pending(name, bench.dataset.name):
        landed = landing.find(name, unit)
        if landed is None:
            continue
        moment = min(landed.at, bench.now)
        answer = chunks.judge_landed(unit, landed.pages, moment)
        if answer.doubt or answer.trouble == "not_yet":
            landing.discard(name, unit)
            continue
        answers.append(answer)
        at[unit.key], pages[unit.key] = moment, landed.pages
    if answers:
        chunks.close(answers, at, pages)
    return len(answers)
