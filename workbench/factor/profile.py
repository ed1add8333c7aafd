"""Profiles: ways of reading formula text that was written for another house.

The same word means different things in different houses: ``STD`` divides by d in GTJA's report and
by d - 1 in WorldQuant's paper; Qlib's windows accept holes. A profile is a table of rules, each a
head and a body in the canonical language::

    "std(x, d)": "stddev(x, d, ddof=0)"

Reading text with a profile gives an ordinary term, in which everything is explicit: terms know no
profile, so nothing changes its meaning later. Heads are matched without case; rules of one name
may stand side by side, and the first that fits is taken; a head without parentheses renames a bare
name. ``rettype==2`` in a head fits only where the argument `rettype` is written as 2.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from workbench.errors import OperatorArgumentError, near_names

__all__ = ["Profile", "Reading", "find_profile"]

_HEAD = re.compile(r"\s*([A-Za-z][A-Za-z0-9_]*)\s*(?:\((.*)\))?\s*", re.ASCII)


@dataclass(frozen=True)
class Reading:
    """One rule of a profile.

    Parameters
    ----------
    head : str
        As written in the profile.
    name : str
        Lower case.
    parameters : tuple of (str, str or None)
        Names and, as text, defaults.
    body : str
        Expression of the canonical language over those names.
    pinned : tuple of (str, str)
        Parameters that must be written as a given number or word.
    """

    head: str
    name: str
    parameters: tuple[tuple[str, str | None], ...]
    body: str
    pinned: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, head: str, body: str) -> Reading:
        """Read a rule.

        Examples
        --------
        >>> Reading.of("sma(x, n, m=1)", "sma_cn(x, n, m)").parameters
        (('x', None), ('n', None), ('m', '1'))
        """
        match = _HEAD.fullmatch(head)
        if match is None:
            raise OperatorArgumentError(f"A rule begins like `std(x, d)`, got {head!r:.60}.")
        parameters, pinned = [], []
        for part in filter(None, (match[2] or "").split(",")):
            name, _, default = (piece.strip() for piece in part.partition("="))
            if default.startswith("="):
                pinned.append((name, default[1:].strip()))
            parameters.append((name, None if default.startswith("=") else default or None))
        return cls(head, match[1].lower(), tuple(parameters), body, tuple(pinned))

    @property
    def read(self) -> frozenset[str]:
        """Names that the body reads."""
        return frozenset(re.findall(r"[A-Za-z][A-Za-z0-9_]*", self.body))

    def takes(self, arguments: Sequence[tuple[str, str]]) -> bool:
        """Whether the arguments fit, each a name (or nothing) and what was written.

        Examples
        --------
        >>> slope = Reading.of("reg(y, x, out==2)", "ts_regression(y, x, 9, out=slope)")
        >>> slope.takes([("", "close"), ("", "open"), ("out", "2")])
        True
        >>> slope.takes([("", "close"), ("", "open"), ("out", "1")])
        False
        """
        names = [name for name, _ in self.parameters]
        if len(arguments) > len(names):
            return False
        given = {name or names[place]: written for place, (name, written) in enumerate(arguments)}
        return (
            len(given) == len(arguments)
            and given.keys() <= set(names)
            and all(default is not None or name in given for name, default in self.parameters)
            and all(given[name] == written for name, written in self.pinned)
        )


@dataclass(frozen=True)
class Profile:
    """A way of reading text.

    Parameters
    ----------
    name : str
        As given to ``wb.factor(text, profile=name)``.
    readings : mapping of str to str
        Head → body.
    fields : mapping of str to str
        Field as written (lower case) → field of the market.
    extremes : bool
        Whether ``max(x, 5)`` with a whole number means the maximum of five sessions.
    windows : {"floor", "round"}
        What becomes of fractional windows.
    equals : bool
        Whether a single ``=`` compares.
    signs : mapping of str to str
        Infix sign → name of the rule that it stands for.
    sigil : str
        A sign before field names, dropped (``$`` in ``$close``).
    source : str
        Where the rules come from.

    Examples
    --------
    >>> rules = Profile("mine", {"std(x, d)": "stddev(x, d, ddof=0)"})
    >>> rules.reading("STD", [("", "close"), ("", "5")]).body
    'stddev(x, d, ddof=0)'
    """

    name: str
    readings: Mapping[str, str] = field(default_factory=dict)
    fields: Mapping[str, str] = field(default_factory=dict)
    extremes: bool = True
    windows: str = "floor"
    equals: bool = False
    signs: Mapping[str, str] = field(default_factory=dict)
    sigil: str = ""
    source: str = ""

    @cached_property
    def _rules(self) -> dict[str, list[Reading]]:
        rules: dict[str, list[Reading]] = {}
        for head, body in self.readings.items():
            rule = Reading.of(head, body)
            rules.setdefault(rule.name, []).append(rule)
        return rules

    def names(self) -> frozenset[str]:
        """Names that have a rule, in lower case."""
        return frozenset(self._rules)

    def reading(self, name: str, arguments: Sequence[tuple[str, str]]) -> Reading | None:
        """Return the first rule for `name` that takes `arguments`, or None.

        Parameters
        ----------
        name : str
        arguments : sequence of (str, str)
            For each its name, if it was given one, and the number or word that was written.

        Raises
        ------
        OperatorArgumentError
            There are rules for the name, but for other arguments.
        """
        rules = self._rules.get(name.lower(), [])
        for rule in rules:
            if rule.takes(arguments):
                return rule
        if rules:
            heads = " or ".join(rule.head for rule in rules)
            named = "".join(f", {name}=" for name, _ in arguments if name)
            raise OperatorArgumentError(
                f"In the profile {self.name}, write {heads}; got {len(arguments)} arguments{named}."
            )
        return None


def find_profile(name: str) -> Profile:
    """Return the profile called `name`.

    Raises
    ------
    OperatorArgumentError
        With the nearest names.

    Examples
    --------
    >>> find_profile("qlib").name
    'qlib'
    """
    # Imported here: the profiles are written with the class above.
    from workbench.factor.profiles import PROFILES

    if not isinstance(name, str) or name not in PROFILES:
        raise OperatorArgumentError(
            f"No profile is called {name!r:.60}; there are {', '.join(PROFILES)}."
            f"{near_names(str(name), PROFILES)}"
        )
    return PROFILES[name]
