"""Deliver a batch within a bound of memory: whole, or part by part to whoever takes the panels.

Steps:

1. a plan tells what it needs before it runs; if the whole batch fits, it runs as one;
2. otherwise the results must leave as they are made: into a folder of memory-mapped files, or
   into a function whose answers alone are kept;
3. factors that share work are put beside each other, and cut into the longest parts that fit;
4. parts run one after the other over the same memory. Values do not depend on the cutting.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from workbench.compute.cost import cell_cost
from workbench.compute.graph import Graph
from workbench.compute.job import Job
from workbench.compute.memo import Memo
from workbench.compute.memory import Pool
from workbench.compute.plan import Plan
from workbench.compute.rewrite import canonical_batch
from workbench.errors import PlanError
from workbench.factor.term import Call, walk
from workbench.market import Panel

__all__ = ["Keep", "Reduce", "Sink", "deliver", "parts"]

_MOST_SORTED = 1000
"""Factors beyond which their own order is kept: finding neighbours costs the square of it."""


class Sink(Protocol):
    """Takes panels one by one; `lets_go` says that it does not hold on to their memory."""

    lets_go: bool

    def take(self, name: str, panel: Panel) -> None:
        """Take the panel of a factor."""
        ...


class Keep:
    """Keeps the panels themselves."""

    lets_go = False

    def __init__(self) -> None:
        self.results: dict[str, Any] = {}

    def take(self, name: str, panel: Panel) -> None:
        """Keep it."""
        self.results[name] = panel


class Reduce:
    """Keeps what a function makes of each panel.

    Parameters
    ----------
    function : callable
        Panel → anything. Whoever keeps the panel itself keeps its memory.
    """

    lets_go = True

    def __init__(self, function: Callable[[Panel], Any]) -> None:
        if not callable(function):
            raise PlanError(f"reduce is a function of a Panel; got {function!r}.")
        self._function = function
        self.results: dict[str, Any] = {}

    def take(self, name: str, panel: Panel) -> None:
        """Keep the answer."""
        self.results[name] = self._function(panel)


def deliver(job: Job, sink: Sink, max_bytes: int | None = None, memo: Memo | None = None) -> None:
    """Compute all factors of a job and hand each panel to `sink`.

    Raises
    ------
    PlanError
        It does not fit into `max_bytes`; the message says how much is needed and the ways out.
    """
    names = list(job.factors)
    if memo is not None:
        names = _remembered(job, names, sink, memo)
    if not names:
        return
    pool = Pool() if sink.lets_go and max_bytes is not None else None
    for plan in parts(job, names, max_bytes, sink.lets_go):
        if pool is not None:
            pool.trim(plan.panel_count - len(plan.fields))
        values = job.run(plan, pool)
        for name in list(values):
            panel = job.panel(name, values.pop(name))
            if memo is not None:
                memo.remember(job, name, panel.values)
            sink.take(name, panel)
            del panel


def _remembered(job: Job, names: Sequence[str], sink: Sink, memo: Memo) -> list[str]:
    """Hand over what the memo knows; return what it does not."""
    unknown = []
    for name in names:
        values = memo.recall(job, name)
        if values is None:
            unknown.append(name)
        else:
            sink.take(name, job.panel(name, values))
    return unknown


def parts(
    job: Job,
    names: Sequence[str],
    max_bytes: int | None,
    lets_go: bool,
    last: int | None = None,
) -> list[Plan]:
    """Plans that compute all of `names`, each within `max_bytes`; one plan when it fits.

    Raises
    ------
    PlanError
        The batch does not fit and its results must be kept, or one factor alone does not fit.
    """
    whole = job.plan(names, last)
    if max_bytes is None or (need := job.bytes(whole)) <= max_bytes:
        return [whole]
    if not lets_go and len(names) > 1:
        raise PlanError(
            f"{len(names)} factors need {_shown(need)}, {_shown(len(names) * job.result_bytes)} "
            f"of it for the results; max_bytes is {_shown(max_bytes)}. Three ways out: max_bytes="
            f"{need} or more, out='a folder' for memory-mapped results, or reduce=a function of a "
            "Panel, to keep its answers alone."
        )
    waiting = _neighbours(job, names)
    plans = []
    while waiting:
        plan = _longest(job, waiting, max_bytes, last)
        plans.append(plan)
        waiting = waiting[len(plan.outputs) :]
    return plans


def _longest(job: Job, names: Sequence[str], max_bytes: int, last: int | None) -> Plan:
    """The longest plan of the first names that fits."""
    plan = job.plan(names[:1], last)
    if (need := job.bytes(plan)) > max_bytes:
        raise PlanError(
            f"The factor {names[0]!r} alone needs {_shown(need)} over {job.market.shape[0]} "
            f"sessions × {job.market.shape[1]} assets; max_bytes is {_shown(max_bytes)}. Give "
            f"max_bytes={need} or more, fewer threads, float32, or a narrower market."
        )
    fits, too_many = 1, len(names) + 1
    step = 1
    while fits + 1 < too_many:
        # Gallop, then halve: planning a part costs as much as it has factors.
        count = min(fits + step, too_many - 1)
        tried = job.plan(names[:count], last)
        if job.bytes(tried) <= max_bytes:
            fits, plan, step = count, tried, 2 * step
        else:
            too_many, step = count, max(1, (count - fits) // 2)
    return plan


def _neighbours(job: Job, names: Sequence[str]) -> list[str]:
    """The names in an order in which each follows the one it shares most work with."""
    if len(names) > _MOST_SORTED:
        return list(names)
    roots = canonical_batch({name: job.terms[name] for name in names})
    nodes = {
        name: frozenset(node for node in walk(root) if isinstance(node, Call))
        for name, root in roots.items()
    }
    cost = {call: cell_cost(call) for call in Graph.of(roots).calls}
    chain = [names[0]]
    left = dict.fromkeys(names[1:])
    while left:
        here = nodes[chain[-1]]
        best = max(left, key=lambda name: sum(cost.get(c, 0.0) for c in here & nodes[name]))
        chain.append(best)
        del left[best]
    return chain


def _shown(size: int) -> str:
    """Bytes for people."""
    return f"{size / 1e9:.2f} GB" if size >= 1e9 else f"{size / 1e6:.1f} MB"
