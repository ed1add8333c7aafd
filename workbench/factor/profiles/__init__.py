"""The houses whose formula text the language reads: one file, one `Profile`."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from workbench.factor.profile import Profile
from workbench.factor.profiles import brain, gtja191, qlib, wq101

__all__ = ["PROFILES"]

PROFILES: Mapping[str, Profile] = MappingProxyType(
    {house.PROFILE.name: house.PROFILE for house in (wq101, gtja191, qlib, brain)}
    | {qlib.STRICT.name: qlib.STRICT}
)
"""Name → profile."""
