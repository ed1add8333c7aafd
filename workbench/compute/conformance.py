"""Hold an operator of the user to the laws of the house, and say in words which one it breaks.

>>> from workbench.factor.operator import Number
>>> from workbench.compute.user_operators import operator, remove_operator
>>> @operator(axis="time", nan_rule="strict", source="an example of what not to do")
... def tomorrow(x: Number) -> Number:
...     "The value of the next session."
...     return np.vstack([x[1:], np.full((1, x.shape[1]), np.nan)])
>>> report = check_operator(tomorrow, strict=False)
>>> report.passed, report.broken[0].law
(False, 'no look-ahead')
>>> remove_operator("tomorrow")
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from workbench.arrays import AnyPanel, FloatPanel
from workbench.compute.laws import Fields, difference, future_leak, lookback_broken, start_bound
from workbench.compute.user_operators import apply, sample_literal, user_operator
from workbench.errors import UserOperatorError
from workbench.factor.operator import Axis, Operator
from workbench.factor.parameter import Literal

__all__ = ["Finding", "OperatorReport", "check_operator"]

_ASSETS = 13
_SPARE = 24  # sessions beyond the look-back
_LONG, _WIDE = 420, 60  # of the large sample
_EXTREMES = (0.0, -0.0, 1e308, -1e308, 5e-324, -1.0, 1.0, 710.0, np.nan)


@dataclass(frozen=True)
class Finding:
    """One law, and how it is broken (empty when it holds)."""

    law: str
    broken: str = ""


@dataclass(frozen=True)
class OperatorReport:
    """What `check_operator` found.

    Attributes
    ----------
    operator : str
        Name.
    literals : tuple
        With which it was tried.
    findings : tuple of Finding
        One a law.
    """

    operator: str
    literals: tuple[Literal, ...]
    findings: tuple[Finding, ...]

    @property
    def broken(self) -> tuple[Finding, ...]:
        """The laws that do not hold."""
        return tuple(finding for finding in self.findings if finding.broken)

    @property
    def passed(self) -> bool:
        """Whether every law holds."""
        return not self.broken

    def __str__(self) -> str:
        tried = f" with the literals {self.literals}" if self.literals else ""
        kept = len(self.findings) - len(self.broken)
        lines = [f"{self.operator}{tried}: {kept} of {len(self.findings)} laws hold"]
        for finding in self.findings:
            said = f": {finding.broken}" if finding.broken else ""
            lines.append(f"  {'✗' if finding.broken else '✓'} {finding.law}{said}")
        return "\n".join(lines)

    def __repr__(self) -> str:
        return str(self)


def check_operator(
    one: Operator | str, *, literals: Sequence[Literal] | None = None, strict: bool = True
) -> OperatorReport:
    """Run an operator of the user through the conformance laws.

    No look-ahead; values free of where loading began; the declared look-back suffices; order of
    assets, and for axes other than the section the other assets themselves, do not matter; missing
    values as declared (a rule that begins with "strict" is proved); inputs left alone; the same
    bits twice; short samples and extreme numbers bring no exception.

    Parameters
    ----------
    one : Operator or str
        What ``wb.operator`` returned, or its name.
    literals : sequence, optional
        Literals to try it with; its defaults, or small windows, when left out.
    strict : bool
        Raise when a law is broken; otherwise the report says it.

    Returns
    -------
    OperatorReport

    Raises
    ------
    UserOperatorError
        A law is broken; the message is the whole report.
    UnknownOperatorError
        The user declared no such operator.
    """
    row = user_operator(one if isinstance(one, str) else one.name).row
    given = literals or [sample_literal(p, row.name) for p in row.literals]
    tried = tuple(p.literal(v, row.name) for p, v in zip(row.literals, given, strict=True))
    trial = _Trial(row, tried)
    findings = []
    for law, check in trial.laws().items():
        try:
            broken = check()
        except UserOperatorError as error:
            broken = str(error)
        findings.append(Finding(law, broken))
    report = OperatorReport(row.name, tried, tuple(findings))
    if strict and not report.passed:
        raise UserOperatorError(str(report))
    return report


class _Trial:
    """One operator with its literals, and samples to try it on."""

    def __init__(self, row: Operator, literals: tuple[Literal, ...]) -> None:
        self.row = row
        self.literals = literals
        self.lookback = row.lookback(literals)
        self.fields = self.sample(self.lookback + _SPARE, _ASSETS)

    def laws(self) -> dict[str, Callable[[], str]]:
        """Each law by name, with the function that says how it is broken."""
        return {
            "no look-ahead": lambda: self.in_every_scene(self.leaks),
            "free of the start": lambda: self.in_every_scene(self.starts),
            "look-back": lambda: lookback_broken(self.run, self.fields, self.lookback),
            "order of assets": lambda: self.in_every_scene(self.order),
            "other assets": lambda: self.in_every_scene(self.others),
            "missing values": self.missing,
            "inputs left alone": self.inputs,
            "same bits twice": lambda: difference(
                self.run(self.fields), self.run(self.fields), "a second run differs"
            ),
            "short samples": self.short,
            "extreme numbers": self.extremes,
        }

    def in_every_scene(self, law: Callable[[Fields], str]) -> str:
        """Hold a law against plain numbers, prices, holes, suspensions, and a large sample."""
        for scene, fields in self.scenes():
            if broken := law(fields):
                return f"{broken} ({scene})"
        return ""

    def scenes(self) -> Iterator[tuple[str, Fields]]:
        """Samples in which careless code leaks: through holes, or only in some kind of data."""
        yield "plain numbers", self.fields
        prices = {n: np.abs(v) if v.dtype.kind == "f" else v for n, v in self.fields.items()}
        yield "positive numbers", prices
        rng = np.random.default_rng(15)
        for scene, fields in (("holes", self.fields), ("holes in positive numbers", prices)):
            holed = {name: values.copy() for name, values in fields.items()}
            for values in holed.values():
                if values.dtype.kind == "f":
                    values[rng.random(values.shape) < 0.15] = np.nan
                    values[: len(values) // 3, ::7] = np.nan  # not yet listed
                    values[len(values) // 2 : len(values) // 2 + 6, 1::5] = np.nan  # suspended
            yield scene, holed
        yield "a large sample", self.sample(self.lookback + _LONG, _WIDE)

    def leaks(self, fields: Fields) -> str:
        """Whether the future changes the past."""
        sessions = len(next(iter(fields.values())))
        return future_leak(self.run, fields, (0, sessions // 2, sessions - 2))

    def starts(self, fields: Fields) -> str:
        """Whether values depend on where loading began."""
        return start_bound(self.run, fields, self.lookback, drops=(1, 3, _SPARE // 2))

    def run(self, fields: Any) -> FloatPanel:
        """The operator over its operands, in order."""
        return apply(self.row.name, list(fields.values()), self.literals)

    def sample(self, sessions: int, assets: int) -> dict[str, AnyPanel]:
        """Operands of each role, the same for the same operator."""
        rng = np.random.default_rng([7, *self.row.name.encode()])
        size = (sessions, assets)
        found: dict[str, AnyPanel] = {}
        for parameter in self.row.operands:
            if parameter.role == "group":
                found[parameter.name] = rng.integers(-1, 4, size).astype(np.int32)
            elif parameter.role == "truth":
                found[parameter.name] = rng.choice([0.0, 1.0], size)
            else:
                signs = np.where(rng.random(size) < 0.3, -1.0, 1.0)
                found[parameter.name] = rng.lognormal(0.0, 2.0, size) * signs
        return found

    def order(self, fields: Fields) -> str:
        """The columns in another order give the results in that order."""
        order = np.random.default_rng(4).permutation(next(iter(fields.values())).shape[1])
        want = self.run(fields)[:, order]
        got = self.run({name: values[:, order] for name, values in fields.items()})
        what = "the order of assets changes values"
        if self.row.axis is not Axis.SECTION:
            return difference(got, want, what)
        size = np.nanmax(np.abs(want), initial=0.0, where=~np.isnan(want))
        near = np.isclose(got, want, rtol=1e-12, atol=1e-12 * size, equal_nan=True)
        return "" if near.all() else f"{what}: {(~near).sum()} cells differ by more than rounding"

    def others(self, fields: Fields) -> str:
        """Along time and in a cell, an asset does not know the other assets."""
        if self.row.axis is Axis.SECTION:
            return ""
        few = {name: values[:, ::3] for name, values in fields.items()}
        return difference(
            self.run(few), self.run(fields)[:, ::3], "leaving assets out changes the others"
        )

    def missing(self) -> str:
        """Holes do what the rule says, and an asset without a value does not take the others along.

        Under a rule that begins with "strict" a hole anywhere in the window makes the value
        missing; under "NaN where …" a hole in the cell itself does.
        """
        rule = self.row.nan_rule.lower()
        strict, cell = rule.startswith("strict"), rule.startswith(("strict", "nan where"))
        whole = np.isfinite(self.run(self.fields)[-1])
        for name, values in self.fields.items():
            if values.dtype.kind != "f":
                continue
            for age in sorted({0, self.lookback // 2, self.lookback}):
                holed = {other: kept.copy() for other, kept in self.fields.items()}
                holed[name][len(values) - 1 - age, ::2] = np.nan
                got = np.isfinite(self.run(holed)[-1])
                along_time = self.row.axis is not Axis.SECTION
                bound = (cell and age == 0) or (strict and along_time)
                if bound and got[::2].any():
                    said = f"the rule is {self.row.nan_rule!r}"
                    return f"{said}, but a hole of age {age} in {name!r} gives a number"
                if whole[1::2].any() and not got[1::2].any():
                    return f"a hole of age {age} in {name!r} takes all other assets along"
        return ""

    def inputs(self) -> str:
        """The arrays handed in are as they were."""
        before = {name: values.copy() for name, values in self.fields.items()}
        self.run(self.fields)
        changed = [
            name
            for name, values in self.fields.items()
            if not np.array_equal(values, before[name], equal_nan=values.dtype.kind == "f")
        ]
        return f"it writes into its operands {', '.join(changed)}" if changed else ""

    def short(self) -> str:
        """Samples of one session, one asset, and fewer sessions than the window are no error."""
        for sessions, assets in ((1, _ASSETS), (max(1, self.lookback), 3), (self.lookback + 2, 1)):
            self.run(self.sample(sessions, assets))
        return ""

    def extremes(self) -> str:
        """Zeros of both signs, giants, dwarfs and NaN are no error."""
        rng = np.random.default_rng(6)
        fields = {
            name: rng.choice(_EXTREMES, values.shape) if values.dtype.kind == "f" else values
            for name, values in self.fields.items()
        }
        roles = {p.name: p.role for p in self.row.operands}
        for name in fields:
            if roles[name] == "truth":
                fields[name] = rng.choice([0.0, 1.0, np.nan], fields[name].shape)
        self.run(fields)
        return ""
