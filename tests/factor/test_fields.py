"""Standard fields: described, with units, and known to the language by kind and history."""

from __future__ import annotations

import pytest

from workbench.factor import FIELDS, GROUP_FIELDS, Field, Kind
from workbench.factor.fields import field_info


@pytest.mark.parametrize("name", list(FIELDS))
def test_described(name: str) -> None:
    info = FIELDS[name]
    assert info.meaning
    assert info.unit
    assert "\n" not in info.meaning
    assert Field(name).kind is info.kind
    assert Field(name).lookback == info.lookback


def test_groups() -> None:
    assert {"industry", "sector", "subindustry"} <= GROUP_FIELDS
    assert all(FIELDS[name].kind is Kind.GROUP for name in GROUP_FIELDS)


@pytest.mark.parametrize(("name", "lookback"), [("adv5", 4), ("adv180", 179), ("adv1", 0)])
def test_adv_family(name: str, lookback: int) -> None:
    info = field_info(name)
    assert info is not None
    assert (info.lookback, info.unit) == (lookback, "CNY")


@pytest.mark.parametrize("name", ["adv", "adv0", "adv05", "adv1000", "ADV20", "adv5x", "nothing"])
def test_unlisted(name: str) -> None:
    assert field_info(name) is None
