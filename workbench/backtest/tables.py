"""The journal as tables: one function a table, in CNY, for the public face."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from workbench.arrays import FloatPanel
from workbench.backtest.fills import Denial
from workbench.backtest.ledger import Entry
from workbench.backtest.money import IntArray, amount_fen, cny, yuan
from workbench.backtest.tape import Tape
from workbench.market.sessions import Sessions

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "corporate_action_table",
    "denial_table",
    "position_table",
    "session_index",
    "trade_table",
]


def session_index(sessions: Sessions) -> pd.DatetimeIndex:
    """Make an index named ``session`` of the sessions."""
    import pandas as pd

    return pd.DatetimeIndex(sessions.values.astype("datetime64[ns]"), name="session")


def trade_table(journal: Iterable[Entry], tape: Tape) -> pd.DataFrame:
    """One row a trade, in the order of execution; shares > 0, amounts and charges in CNY."""
    trades = [entry for entry in journal if entry.kind in ("buy", "sell")]
    charges = {
        name: np.array([yuan(getattr(e.charges, name)) for e in trades], dtype=np.float64)
        for name in ("commission", "stamp_duty", "transfer_fee", "total")
    }
    return _frame(
        {
            "session": _days(tape, (e.session for e in trades)),
            "asset": _names(tape, (e.asset for e in trades)),
            "side": _text(e.kind for e in trades),
            "shares": _whole(abs(e.shares) for e in trades),
            "price": cny(_whole(e.price for e in trades)),
            "amount": yuan(_whole(abs(e.cash) for e in trades)),
            "commission": charges["commission"],
            "stamp_duty": charges["stamp_duty"],
            "transfer_fee": charges["transfer_fee"],
            "fees": charges["total"],
            "decided": _days(tape, (e.decided for e in trades)),
        }
    )


def denial_table(denials: Iterable[Denial], tape: Tape) -> pd.DataFrame:
    """One row an order denied on a session, whole or in part; shares are those not traded."""
    rows = list(denials)
    return _frame(
        {
            "session": _days(tape, (d.session for d in rows)),
            "asset": _names(tape, (d.asset for d in rows)),
            "side": _text(d.side for d in rows),
            "shares": _whole(d.shares for d in rows),
            "reason": _text(d.reason for d in rows),
            "rule": _text(d.rule for d in rows),
            "evidence": _text(d.evidence for d in rows),
            "decided": _days(tape, (d.decided for d in rows)),
        }
    )


def position_table(
    holdings: Iterable[tuple[IntArray, IntArray, IntArray]], equity: FloatPanel, tape: Tape
) -> pd.DataFrame:
    """One row a holding and close; price and value in CNY, weight a share of equity."""
    closes = list(holdings)
    counts = [len(columns) for columns, _, _ in closes]
    rows = np.repeat(np.arange(len(closes)), counts)
    columns, shares, marks = (
        np.concatenate([close[part] for close in closes] or [np.zeros(0, dtype=np.int64)])
        for part in range(3)
    )
    value = yuan(amount_fen(shares, marks))
    base = np.asarray(equity)[rows]
    weight = np.full(len(rows), np.nan)
    np.divide(value, base, out=weight, where=base > 0)
    return _frame(
        {
            "session": _days(tape, rows),
            "asset": _names(tape, columns),
            "shares": shares,
            "price": cny(marks),
            "value": value,
            "weight": weight,
        }
    )


def corporate_action_table(journal: Iterable[Entry], tape: Tape) -> pd.DataFrame:
    """One row an ex-date or delisting of a holding; change of shares, price and cash in CNY."""
    events = [entry for entry in journal if entry.kind in ("split", "delisting")]
    return _frame(
        {
            "session": _days(tape, (e.session for e in events)),
            "asset": _names(tape, (e.asset for e in events)),
            "kind": _text(e.kind for e in events),
            "shares": _whole(e.shares for e in events),
            "price": cny(_whole(e.price for e in events)),
            "cash": yuan(_whole(e.cash for e in events)),
        }
    )


def _frame(columns: dict[str, Any]) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame(columns)


def _days(tape: Tape, rows: Iterable[int]) -> Any:
    """Sessions of the rows, as datetime64[ns]; also of no row at all."""
    picked = np.fromiter(rows, dtype=np.int64)
    return tape.sessions.values[picked].astype("datetime64[ns]")


def _names(tape: Tape, columns: Iterable[int]) -> list[str]:
    return _text(tape.assets[int(column)] for column in columns)


def _text(values: Iterable[str]) -> Any:
    import pandas as pd

    return pd.array(list(values), dtype="str")


def _whole(values: Iterable[int]) -> IntArray:
    return np.fromiter(values, dtype=np.int64)
