"""The room's door: public names, and nothing heavy before it is asked for."""

from __future__ import annotations

import subprocess
import sys

import pytest

import workbench.data as data


def test_public_names_resolve():
    assert set(data.__all__) <= set(dir(data))
    for name in data.__all__:
        assert callable(getattr(data, name))


def test_unknown_name():
    with pytest.raises(AttributeError, match="read_markets"):
        _ = data.read_markets


def test_importing_the_room_loads_no_table_library_and_the_reader_only_when_used():
    code = (
        "import sys, workbench.data as d\n"
        "assert not {'polars', 'pandas', 'yaml', 'numpy'} & set(sys.modules), 'door'\n"
        "d.read_market, d.demo_market\n"
        "assert not {'polars', 'pandas', 'yaml'} & set(sys.modules), 'names'\n"
        "d.demo_market(1, sessions=5, assets=3)\n"
        "assert not {'polars', 'pandas', 'scipy'} & set(sys.modules), 'demo'\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
