"""Validators: rows that cannot be prices are left out, doubtful ones are told.

1. `rules`      what a rule is, and how rules are applied to a frame in one pass
2. `prices`     rules of bars, factors, valuations and limits; units that are off by powers of ten
3. `bands`      closes outside the dated price band
4. `identity`   adjustment factors against ex-right reference prices
5. `validate`   all of it on rows that arrive; `audit_prices` on rows that are stored
"""

from __future__ import annotations

from workbench.data.validate.arriving import validate
from workbench.data.validate.audit import audit_prices
from workbench.data.validate.bands import outside_band
from workbench.data.validate.identity import factor_identity, identity_anomalies
from workbench.data.validate.prices import rules_of, unit_error
from workbench.data.validate.rules import Findings, Rule, apply_rules

__all__ = [
    "Findings",
    "Rule",
    "apply_rules",
    "audit_prices",
    "factor_identity",
    "identity_anomalies",
    "outside_band",
    "rules_of",
    "unit_error",
    "validate",
]
