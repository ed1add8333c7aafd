"""The factor language: declared operators, frozen terms, text in both directions.

`operator` holds the table and `operators` its rows; `term` the tree; `text` reads and prints;
`factor` is what the user holds; `library` the published formulas. No array library is known here:
values are made in `workbench.compute`.
"""

from __future__ import annotations

from workbench.factor import library, operators
from workbench.factor.factor import Factor, factor, unknown_field
from workbench.factor.fields import FIELDS, GROUP_FIELDS
from workbench.factor.operator import OPERATORS, Axis, Operator
from workbench.factor.parameter import (
    Count,
    Date,
    Group,
    Kind,
    Lag,
    Number,
    Parameter,
    Real,
    Regressor,
    Truth,
    Window,
    choice,
)
from workbench.factor.profile import Profile, find_profile
from workbench.factor.term import Call, Constant, Field, Term, walk
from workbench.factor.text import UNTRUSTED, Limits, parse, to_text
from workbench.rooms import answer_calls

__all__ = [
    "FIELDS",
    "GROUP_FIELDS",
    "OPERATORS",
    "UNTRUSTED",
    "Axis",
    "Call",
    "Constant",
    "Count",
    "Date",
    "Factor",
    "Field",
    "Group",
    "Kind",
    "Lag",
    "Limits",
    "Number",
    "Operator",
    "Parameter",
    "Profile",
    "Real",
    "Regressor",
    "Term",
    "Truth",
    "Window",
    "choice",
    "factor",
    "find_profile",
    "library",
    "operators",
    "parse",
    "to_text",
    "unknown_field",
    "walk",
]

answer_calls(__name__, "factor")
