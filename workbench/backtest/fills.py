"""Execution of one order: a trade, or a denial with reason, rule and evidence.

The checks run in the order of `CHECKS`; the first that objects denies the order:

- ``unlisted``    the asset is not listed on the session
- ``suspended``   there is no trading, so no price
- ``limit_up``    the price is at the upper limit: buyers queue, sellers fill
- ``limit_down``  the price is at the lower limit: sellers queue, buyers fill
- ``t_plus_one``  the shares were bought in this session

What remains of a purchase is cut to the cash at hand (``cash``), in lots and charges included.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from workbench.backtest.ledger import Entry, Ledger
from workbench.backtest.money import amount_fen, cny, yuan
from workbench.backtest.orders import Order
from workbench.backtest.rulebook import TradingRules
from workbench.backtest.tape import Tape

__all__ = ["REASONS", "RETRIED", "Denial", "execute"]

REASONS = (
    "unlisted",
    "suspended",
    "limit_up",
    "limit_down",
    "t_plus_one",
    "cash",
    "lot",
    "unpriced",
)
"""Why shares were not traded; ``lot`` and ``unpriced`` are found before an order is sent."""
RETRIED = frozenset({"suspended", "limit_up", "limit_down", "t_plus_one"})
"""Reasons that pass: with ``unfilled="carry"`` such orders are tried again next session."""


@dataclass(frozen=True, slots=True)
class Denial:
    """Shares that were wanted and not traded.

    Attributes
    ----------
    session, asset : int
        Row and column.
    side : str
        ``buy`` or ``sell``.
    shares : int
        What was not traded.
    reason : str
        One of `REASONS`.
    rule : str
        Id of the rule behind it.
    evidence : str
        The prices or numbers that show it.
    decided : int
        Row at whose close the trade was decided.
    """

    session: int
    asset: int
    side: str
    shares: int
    reason: str
    rule: str
    evidence: str
    decided: int


@dataclass(frozen=True, slots=True)
class _Scene:
    """Everything a check may look at."""

    order: Order
    session: int
    tape: Tape
    rules: TradingRules
    ledger: Ledger

    @property
    def name(self) -> str:
        return self.tape.assets[self.order.asset]

    def on_tape(self, field: str) -> int:
        return int(getattr(self.tape, field)[self.session, self.order.asset])


_Objection = tuple[int, str, str, str]
"""Shares denied, reason, rule, evidence."""


def execute(
    order: Order, session: int, tape: Tape, rules: TradingRules, ledger: Ledger, reserve: int = 0
) -> Denial | None:
    """Trade `order` on the ledger as far as rules and cash allow; return what was denied.

    Parameters
    ----------
    order : Order
        What is wanted.
    session : int
        Row in which it is tried.
    tape, rules, ledger : Tape, TradingRules, Ledger
        Prices, rules and balances; only the ledger changes.
    reserve : int
        Fen that a purchase has to leave in cash.
    """
    scene = _Scene(order, session, tape, rules, ledger)
    for check in CHECKS:
        objection = check(scene)
        if objection:
            denied, reason, rule, evidence = objection
            shares = order.shares - denied
            # Partly frozen holdings (T+1): what is free is sold, in sizes that may be sent.
            shares = rules.lot(scene.name, tape.sessions[session]).buyable(shares) if shares else 0
            if shares:
                _trade(scene, shares)
            return _denial(scene, order.shares - shares, reason, rule, evidence)
    shares = _affordable(scene, reserve)
    if shares:
        _trade(scene, shares)
    if shares == order.shares:
        return None
    evidence = f"cash left {yuan(ledger.cash):.2f} CNY"
    if reserve:
        evidence += f", to keep {yuan(reserve):.2f}"
    evidence += f", price {_price(scene.on_tape('fill'))}"
    return _denial(scene, order.shares - shares, "cash", "ledger.cash_floor", evidence)


def _trade(scene: _Scene, shares: int) -> None:
    """Post the trade of `shares` at the fill price."""
    order, price = scene.order, scene.on_tape("fill")
    amount = int(amount_fen(shares, price))
    day = scene.tape.sessions[scene.session]
    charges = scene.rules.charges(order.side, amount, shares, scene.name, day)
    sign = 1 if order.side == "buy" else -1
    scene.ledger.post(
        Entry(
            session=scene.session,
            asset=order.asset,
            kind=order.side,
            shares=sign * shares,
            price=price,
            cash=-sign * amount,
            charges=charges,
            decided=order.decided,
        )
    )


def _affordable(scene: _Scene, reserve: int) -> int:
    """Shares of the order that cash pays for, charges included: by bisection over lots."""
    order, price = scene.order, scene.on_tape("fill")
    day = scene.tape.sessions[scene.session]
    sizes = scene.rules.lot(scene.name, day)

    def left(shares: int) -> int:
        amount = int(amount_fen(shares, price))
        cost = scene.rules.charges(order.side, amount, shares, scene.name, day).total
        return scene.ledger.cash - cost + (amount if order.side == "sell" else -amount)

    if order.side == "sell":  # a tiny sale may cost more than it brings
        return order.shares if left(order.shares) >= 0 else 0
    if left(order.shares) >= reserve:
        return order.shares
    low, high = 0, order.shares  # low is affordable, high is not
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if left(middle) >= reserve else (low, middle)
    return sizes.buyable(low)


def _denial(scene: _Scene, shares: int, reason: str, rule: str, evidence: str) -> Denial:
    order = scene.order
    return Denial(
        scene.session, order.asset, order.side, shares, reason, rule, evidence, order.decided
    )


def _price(units: int) -> str:
    """Write a price with two digits, or four where it lies between fen."""
    return f"{cny(units):.2f}" if units % 100 == 0 else f"{cny(units):.4f}"


def _unlisted(scene: _Scene) -> _Objection | None:
    if scene.tape.listed[scene.session, scene.order.asset]:
        return None
    return scene.order.shares, "unlisted", "market.listed", "not listed on this session"


def _suspended(scene: _Scene) -> _Objection | None:
    if scene.on_tape("fill") > 0:
        return None
    return scene.order.shares, "suspended", "market.quoted", "no trading on this session"


def _limit_up(scene: _Scene) -> _Objection | None:
    limit, met = scene.on_tape("up_limit"), scene.on_tape("floor")
    if scene.order.side != "buy" or limit == 0 or met < limit:
        return None
    return scene.order.shares, "limit_up", *_limit_evidence(scene, met, "≥ up limit", limit)


def _limit_down(scene: _Scene) -> _Objection | None:
    limit, met = scene.on_tape("down_limit"), scene.on_tape("ceiling")
    if scene.order.side != "sell" or limit == 0 or met > limit:
        return None
    return scene.order.shares, "limit_down", *_limit_evidence(scene, met, "≤ down limit", limit)


def _limit_evidence(scene: _Scene, met: int, relation: str, limit: int) -> tuple[str, str]:
    """Rule id and evidence of a limit lock."""
    session, asset = scene.session, scene.order.asset
    day = scene.tape.sessions[session]
    vendor = bool(scene.tape.vendor_limits[session, asset])
    warned, age = bool(scene.tape.warned[session, asset]), scene.on_tape("age")
    band = scene.rules.band_rule(scene.name, day, warned, age)
    rule = "source.price_limits" if vendor else band
    label = {"vwap": {"buy": "low", "sell": "high"}[scene.order.side]}
    shown = label.get(scene.tape.fill_name, scene.tape.fill_name)
    reference = _price(scene.on_tape("reference"))
    return rule, f"{shown} {_price(met)} {relation} {_price(limit)}, reference {reference}"


def _t_plus_one(scene: _Scene) -> _Objection | None:
    if scene.order.side != "sell" or scene.rules.shorts:
        return None
    sizes = scene.rules.lot(scene.name, scene.tape.sessions[scene.session])
    free = scene.ledger.sellable(scene.order.asset, sizes.holding_sessions)
    if scene.order.shares <= free:
        return None
    held = int(scene.ledger.shares[scene.order.asset])
    evidence = f"{free} of {held} shares may be sold, the others were bought today"
    return scene.order.shares - free, "t_plus_one", sizes.rule, evidence


CHECKS: tuple[Callable[[_Scene], _Objection | None], ...] = (
    _unlisted,
    _suspended,
    _limit_up,
    _limit_down,
    _t_plus_one,
)
"""What may forbid an order, in the order asked."""
