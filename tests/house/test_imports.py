"""Walls: what an import may load, how long it takes, and who may know whom."""

from __future__ import annotations

import json

import pytest

from tests.house.repository import ROOT, child

HEAVY = (
    "cudf",
    "cupy",
    "dask",
    "holoviews",
    "hvplot",
    "jupyterlab",
    "pandas",
    "panel",
    "papermill",
    "polars",
    "scipy",
)
SECONDS = 0.5
ROUNDS = 5

TIMED = """
import json, sys, time
start = time.perf_counter()
import workbench
seconds = time.perf_counter() - start
roots = {name.partition(".")[0] for name in sys.modules}
print(json.dumps([seconds, sorted(roots)]))
"""

WALLED = """
import json, sys

asked = []

class Wall:
    def find_spec(self, name, path=None, target=None):
        root = name.partition(".")[0]
        # The standard library's pickle asks for Jython's org by itself.
        if root in sys.stdlib_module_names or root in {"numpy", "workbench", "org"}:
            return None
        asked.append(name)
        raise ModuleNotFoundError(f"{name} is behind the wall", name=name)

import numpy
sys.meta_path.insert(0, Wall())
import workbench.compute, workbench.factor, workbench.market
from workbench.compute.evaluate import on_arrays
values = on_arrays("rank(ts_mean(x, 2))", engine="oracle", x=[[1.0, 4.0], [3.0, 5.0]])
print(json.dumps([asked, values[-1].tolist()]))
"""


@pytest.fixture(scope="module")
def imports():
    """Seconds and loaded packages of `import workbench`, in fresh processes, warm."""
    return [json.loads(child("-c", TIMED)) for _ in range(ROUNDS + 1)][1:]


def test_front_door_loads_nothing_heavy(imports):
    assert not set(imports[0][1]) & set(HEAVY)


def test_front_door_opens_at_once(imports):
    best = min(seconds for seconds, _ in imports)
    assert best < SECONDS, f"import workbench takes {best:.2f} s"


def test_computing_needs_numpy_alone():
    asked, values = json.loads(child("-c", WALLED).splitlines()[-1])
    assert asked == []
    assert values == [0.5, 1.0]


def test_floors_are_kept():
    script = (
        "import sys\n"
        "from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports\n"
        "sys.exit(lint_imports(no_cache=True, no_logo=True) != EXIT_STATUS_SUCCESS)\n"
    )
    assert "0 broken" in child("-c", script)
    assert (ROOT / "pyproject.toml").read_text().count("[[tool.importlinter.contracts]]") >= 5
