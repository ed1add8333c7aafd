"""Vendors by name and by dataset."""

from __future__ import annotations

import pytest

from tests.house.repository import child
from workbench.data.catalog import catalog
from workbench.data.provider import Provider
from workbench.data.providers import PROVIDERS, provider, provider_of
from workbench.errors import BadValueError, UnknownDatasetError


@pytest.mark.parametrize("name", PROVIDERS)
def test_every_vendor_keeps_the_protocol(name):
    found = provider(name)
    assert isinstance(found, Provider)
    assert found.name == name
    assert found.origin == "" or found.origin.startswith("https://")
    assert set(found.datasets()) <= set(catalog())


# ref.provisional is made of imported bars: nobody delivers it.
@pytest.mark.parametrize("name", sorted(set(catalog()) - {"ref.provisional"}))
def test_every_dataset_has_a_vendor(name):
    assert name in provider_of(name).datasets()
    if name.startswith(("cn.", "ref.", "idx.", "ind.")):
        assert provider_of(name).name == "tushare"
    else:
        assert provider_of(name).name != "tushare" or name == "cal.sessions"


def test_unknown_vendors_and_datasets():
    with pytest.raises(BadValueError, match="Did you mean 'tushare'"):
        provider("tushar")
    with pytest.raises(UnknownDatasetError, match=r"No provider delivers 'user\.mine'"):
        provider_of("user.mine")
    with pytest.raises(UnknownDatasetError, match=r"tushare does not deliver 'us\.bars_1d'"):
        provider_of("us.bars_1d", preferred="tushare")
    assert provider_of("cn.bars_1d", preferred="tushare") is provider("tushare")


def test_nothing_is_imported_before_it_is_asked_for():
    script = (
        "import sys, workbench.data.providers as p\n"
        "print([n for n in sys.modules if n.startswith(('polars', 'yaml', 'httpx'))])\n"
        "p.provider('tushare')\n"
        "print([n for n in sys.modules if n.startswith(('polars', 'httpx'))])\n"
    )
    assert child("-c", script).split() == ["[]", "[]"]
