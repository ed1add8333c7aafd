"""Which engine runs here: what doctors, run cards and explanations say about it."""

from __future__ import annotations

from dataclasses import dataclass

from workbench.compute import cpu

__all__ = ["Engine", "engine"]


@dataclass(frozen=True)
class Engine:
    """The engine that `compute` would use now.

    Attributes
    ----------
    name : str
        ``cpu:<variant>`` for compiled kernels, ``oracle`` for NumPy.
    variants : tuple of str
        Kernel variants this CPU can run, best last; empty without kernels.
    threads : int
        Threads used by default.
    """

    name: str
    variants: tuple[str, ...]
    threads: int

    @property
    def compiled(self) -> bool:
        """Whether compiled kernels serve."""
        return bool(self.variants)


def engine() -> Engine:
    """Describe the engine in use, without a warning when it is the slow one.

    Examples
    --------
    >>> engine().name.split(":")[0] in ("cpu", "oracle")
    True
    """
    if cpu.find()[0] is None:
        return Engine("oracle", (), 1)
    return Engine(f"cpu:{cpu.chosen_variant()}", cpu.variants(), cpu.default_threads())
