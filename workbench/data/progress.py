"""How an update shows itself: a bar in a terminal or a notebook, silence, or a caller's function.

`shown` turns the user's word into the callback that the update engine calls.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from workbench.data.update import Progress

__all__ = ["shown"]

# A bar that comes and goes within a blink is noise.
_DELAY_S = 1.0


@contextmanager
def shown(
    progress: bool | Callable[[Progress], None] | None,
) -> Iterator[Callable[[Progress], None] | None]:
    """Give the callback for an update, and close what it opened.

    Parameters
    ----------
    progress : bool, callable or None
        True for a bar, False for silence, a function to be called; None draws a bar where a person
        looks on: a terminal or a notebook.
    """
    if callable(progress):
        yield progress
        return
    if progress is False or (progress is None and not _watched()):
        yield None
        return
    bars = _Bars()
    try:
        yield bars
    finally:
        bars.close()


class _Bars:
    """One bar a dataset."""

    def __init__(self) -> None:
        self._bar: Any = None
        self._name = ""

    def __call__(self, step: Progress) -> None:
        from tqdm.auto import tqdm

        if step.dataset != self._name:
            self.close()
            self._name = step.dataset
            self._bar = tqdm(total=step.total, desc=step.dataset, delay=_DELAY_S, leave=False)
        self._bar.total = step.total
        self._bar.set_postfix_str(f"{step.calls} calls {step.note}".strip(), refresh=False)
        self._bar.update(step.done - self._bar.n)

    def close(self) -> None:
        """Take the bar away."""
        if self._bar is not None:
            self._bar.close()
            self._bar = None


def _watched() -> bool:
    in_notebook = "ipykernel" in sys.modules
    return in_notebook or bool(sys.stderr is not None and sys.stderr.isatty())
