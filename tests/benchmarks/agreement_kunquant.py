"""KunQuant's own definitions, compiled and run in float64, and each of them said in our language.

When our engine, given KunQuant's graph (`agreement_sayings`), gives KunQuant's values, what
separates the two libraries is how the formula was read, and not how it was computed. Where it does
not, `odd_steps` finds the operations that compute otherwise than ours.
"""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np
from agreement_data import compared
from agreement_sayings import HABITS, operations, phrase, reading
from agreement_text import Values

from workbench.compute.evaluate import on_arrays
from workbench.factor import Factor, factor

__all__ = ["Answer", "alpha101_graphs", "alpha158_graphs", "answers", "odd_steps"]

INPUTS = ("open", "high", "low", "close", "volume", "amount", "vwap")
Graphs = dict[str, Any]


def alpha101_graphs(inputs: Mapping[str, Any]) -> Graphs:
    """KunQuant's 82 formulas of the paper."""
    from KunQuant.predefined import Alpha101

    data = Alpha101.AllData(**inputs)
    return {function.__name__: function(data) for function in Alpha101.all_alpha}


def alpha158_graphs(inputs: Mapping[str, Any]) -> Graphs:
    """KunQuant's Alpha158 with Qlib's default configuration."""
    from KunQuant.predefined import Alpha158

    data = Alpha158.AllData(**inputs)
    prices = [(name.upper(), inputs[name]) for name in ("open", "high", "low", "vwap")]
    settings = {"kbar": {}, "price": {"windows": [0], "feature": prices}, "rolling": {}}
    fields, names = data.build(settings)
    return dict(zip(names, fields, strict=True))


@dataclass(frozen=True)
class Answer:
    """What KunQuant gives for one factor, and its graph in our language."""

    values: Values
    said: Factor
    without: Mapping[str, Factor]
    """One habit left out, by its name; only those that the graph has."""
    plainly: Factor
    """All habits left out."""


def answers(
    build: Callable[[Mapping[str, Any]], Graphs],
    fields: Mapping[str, Values],
    adv: Collection[str] = (),
) -> dict[str, Answer]:
    """Return KunQuant's answers by factor; `adv` names those whose text speaks of adv.

    The graphs are read before they are compiled, which takes them apart.
    """
    from KunQuant.Op import Builder, Input, Output

    builder = Builder()
    with builder:
        graphs = build({name: Input(name) for name in INPUTS})
        readings = {name: _readings(graph, name in adv) for name, graph in graphs.items()}
        for name, graph in graphs.items():
            Output(graph, name)
    found = _run(builder.ops, fields)
    return {name: Answer(found[name], *parts) for name, parts in readings.items()}


def _run(operations: list[Any], fields: Mapping[str, Values]) -> dict[str, Values]:
    """Compile a graph in float64 and run it on one thread."""
    from KunQuant.Driver import KunCompilerConfig
    from KunQuant.jit import cfake
    from KunQuant.runner import KunRunner
    from KunQuant.Stage import Function

    config = KunCompilerConfig(
        partition_factor=4,
        dtype="double",
        input_layout="TS",
        output_layout="TS",
        options={"no_fast_stat": True},
    )
    functions = [("graph", Function(operations), config)]
    with contextlib.redirect_stdout(io.StringIO()):
        library = cfake.compileit(functions, "agreement", cfake.CppCompilerConfig())
    module = library.getModule("graph")
    arrays = {name: np.ascontiguousarray(fields[name]) for name in INPUTS}
    executor = KunRunner.createSingleThreadExecutor()
    found = KunRunner.runGraph(executor, module, arrays, 0, len(arrays["open"]))
    return {name: np.array(values, dtype=np.float64) for name, values in found.items()}


def odd_steps(
    build: Callable[[Mapping[str, Any]], Graphs], name: str, fields: Mapping[str, Values]
) -> set[str]:
    """Names of the operations of a graph that differ from ours given KunQuant's own operands."""
    from KunQuant.Op import BoolOpTrait, Builder, ConstantOp, Input, Output
    from KunQuant.ops import Select

    builder = Builder()
    with builder:
        below = operations(build({field: Input(field) for field in INPUTS})[name])
        kinds = [type(op).__name__ for op in below]
        places = {id(op): place for place, op in enumerate(below)}
        inputs = [[places[id(one)] for one in op.inputs] for op in below]
        truths = [isinstance(op, BoolOpTrait) for op in below]
        settings = [SimpleNamespace(attrs=dict(op.attrs)) for op in below]
        for place, op in enumerate(below):
            if kinds[place] not in ("Input", "ConstantOp"):
                shown = Select(op, ConstantOp(1), ConstantOp(0)) if truths[place] else op
                Output(shown, f"step{place}")
    found = _run(builder.ops, fields)
    odd = set()
    for place, kind in enumerate(kinds):
        if f"step{place}" not in found:
            continue
        operands: list[Any] = []
        arrays = {}
        for one in inputs[place]:
            if kinds[one] == "ConstantOp":
                operands.append(settings[one].attrs["value"])
                continue
            field = settings[one].attrs["name"] if kinds[one] == "Input" else f"step{one}"
            arrays[field] = fields[field] if kinds[one] == "Input" else found[field]
            operands.append(factor(f"{field} > 0.5" if truths[one] else field))
        ours = on_arrays(factor(phrase(settings[place], kind, operands)), **arrays)
        if not compared(np.asarray(ours, dtype=np.float64), found[f"step{place}"]).agrees:
            odd.add(kind)
    return odd


def _readings(graph: Any, adv: bool) -> tuple[Factor, dict[str, Factor], Factor]:
    used = {type(op).__name__ for op in operations(graph)} | ({"adv"} if adv else set())
    habits = [name for name, habit in HABITS.items() if habit.operations & used]
    without = {name: reading(graph, frozenset({name})) for name in habits}
    return reading(graph), without, reading(graph, frozenset(habits))
