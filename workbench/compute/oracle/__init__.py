"""The NumPy float64 oracle: every operator written for obviousness, and nothing else.

It is the definition that the compiled kernels are held against (and shares no code with them),
and the engine where no compiler exists. All of it is vectorised over assets; loops run over the
slots of a window or over sessions.

1. one file a family of operators, one function an operator: elementwise (``elementwise`` …), along
   time (``time_series`` …), across assets (``cross_section``, ``distribution``, ``group``,
   ``neutralize``);
2. ``missing`` holds the two rules by which an answer becomes NaN;
3. ``terms`` gathers them in ``ORACLE`` and walks whole expressions.
"""

from __future__ import annotations

from workbench.compute.oracle.terms import ORACLE, evaluate_term, evaluate_terms

__all__ = ["ORACLE", "evaluate_term", "evaluate_terms"]
