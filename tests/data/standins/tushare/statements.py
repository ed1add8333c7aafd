"""Statements and announcements by code, as messy as the vendor's.

Every period has merged rows (type 1); some were corrected: then a row with ``update_flag`` 1
carries the *same* announcement days as the original with ``0``, and type 5 keeps the figures
before adjustment, type 4 the comparison a year later. One indicator in twenty has an announcement
before the end of its own period. A row is answered from 21:00 of its (actual) announcement.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from tests.data.standins.tushare import calendar
from tests.data.standins.tushare.noise import uniform
from tests.data.standins.tushare.roster import Stock

if TYPE_CHECKING:
    from tests.data.standins.tushare.world import World

__all__ = ["STATEMENTS", "statement_rows"]

Row = dict[str, Any]
Draw = Callable[[str], float]

QUARTERS = ((3, 31), (6, 30), (9, 30), (12, 31))


def periods(world: World, stock: Stock) -> Iterator[date]:
    """Ends of fiscal quarters from a year before the span."""
    for year in range(world.start.year - 1, world.end.year + 1):
        for month, last in QUARTERS:
            end = date(year, month, last)
            if stock.listed - timedelta(400) < end and (stock.delisted or date.max) > end:
                yield end


def _draw(world: World, stock: Stock, end: date) -> Draw:
    code = int(stock.code[1:6])

    def draw(salt: str) -> float:
        return float(uniform(world.seed, salt, code, end.toordinal()))

    return draw


def announced(draw: Draw, end: date) -> date:
    """Two to fifteen weeks after the end; annual and first quarter may tie on 30 April."""
    if end.month == 12 and draw("tie") < 0.3:
        return date(end.year + 1, 4, 30)
    if end.month == 3 and draw("tie1") < 0.3:
        return date(end.year, 4, 30)
    return end + timedelta(days=15 + int(15 * draw("ann")) * (6 if end.month == 12 else 1))


def _merged(world: World, stock: Stock, end: date, figures: Callable[[Draw], Row]) -> list[Row]:
    draw = _draw(world, stock, end)
    said = announced(draw, end)
    actual = said + timedelta(days=1) if draw("actual") < 0.1 else said
    base = {
        "ts_code": stock.code, "ann_date": calendar.text(said), "f_ann_date": calendar.text(actual),
        "end_date": calendar.text(end), "comp_type": stock.company_type,
        "end_type": str(end.month // 3), "report_type": "1", "update_flag": "0",
    }  # fmt: skip
    rows = [{**base, **figures(draw)}]
    if draw("restated") < 0.25:
        better = {name: _shift(value) for name, value in figures(draw).items()}
        rows.append({**base, **better, "update_flag": "1"})
        rows.append({**base, **figures(draw), "report_type": "5"})
    if draw("compared") < 0.2:
        later = actual + timedelta(days=365)
        stamps = {"ann_date": calendar.text(later), "f_ann_date": calendar.text(later)}
        rows.append({**base, **figures(draw), **stamps, "report_type": "4", "update_flag": "1"})
    return rows


def _shift(value: Any) -> Any:
    return round(value * 1.01, 2) if isinstance(value, float) else value


def _income(draw: Draw) -> Row:
    revenue = round(1e8 + 9e9 * draw("revenue"), 2)
    profit = round(revenue * (draw("margin") - 0.2), 2)
    return {
        "basic_eps": round(profit / 1e9, 4), "diluted_eps": None, "total_revenue": revenue,
        "revenue": revenue, "operate_profit": profit, "total_profit": profit,
        "income_tax": round(max(profit, 0.0) * 0.25, 2), "n_income": round(profit * 0.75, 2),
        "n_income_attr_p": round(profit * 0.7, 2), "rd_exp": 1_000_000,
    }  # fmt: skip


def _balance(draw: Draw) -> Row:
    assets = round(1e9 + 9e10 * draw("assets"), 2)
    debt = round(assets * (0.2 + 0.5 * draw("debt")), 2)
    return {
        "total_share": 1_000_000_000.0, "total_assets": assets, "total_liab": debt,
        "total_hldr_eqy_exc_min_int": round(assets - debt, 2), "minority_int": None,
        "money_cap": round(assets * 0.1, 2), "goodwill": 0,
    }  # fmt: skip


def _cashflow(draw: Draw) -> Row:
    cash = round(1e8 + 1e9 * draw("cash"), 2)
    return {"net_profit": cash, "n_cashflow_act": round(cash * 1.1, 2), "free_cashflow": None}


def _indicator(world: World, stock: Stock, end: date) -> list[Row]:
    draw = _draw(world, stock, end)
    said = announced(draw, end)
    if draw("bad") < 0.05:
        said = end - timedelta(days=69)
    row = {
        "ts_code": stock.code, "ann_date": calendar.text(said), "end_date": calendar.text(end),
        "eps": round(draw("eps") * 2, 4), "roe": round(30 * draw("roe") - 5, 4),
        "bps": round(3 + 9 * draw("bps"), 4), "netprofit_margin": round(40 * draw("npm") - 10, 4),
        "debt_to_assets": round(80 * draw("dta"), 4), "rd_exp": None, "update_flag": "0",
    }  # fmt: skip
    rows = [row]
    if draw("restated") < 0.25:
        rows.append({**row, "roe": round(float(row["roe"]) + 0.5, 4), "update_flag": "1"})
    return rows


def _forecast(world: World, stock: Stock, end: date) -> list[Row]:
    draw = _draw(world, stock, end)
    if draw("forecast") > 0.4:
        return []
    said = calendar.text(end + timedelta(days=10 + int(15 * draw("said"))))
    low = round(1e3 + 1e5 * draw("low"), 4)
    return [
        {
            "ts_code": stock.code, "ann_date": said, "end_date": calendar.text(end),
            "type": "预增", "p_change_min": round(50 * draw("pmin"), 2),
            "p_change_max": round(50 + 50 * draw("pmin"), 2), "net_profit_min": low,
            "net_profit_max": round(low * 1.2, 4), "last_parent_net": round(low * 0.8, 4),
            "first_ann_date": said, "summary": "预计增长", "change_reason": None,
        }
    ]  # fmt: skip


def _express(world: World, stock: Stock, end: date) -> list[Row]:
    draw = _draw(world, stock, end)
    if end.month != 12 or draw("express") > 0.5:
        return []
    revenue = round(1e8 + 9e9 * draw("revenue"), 2)
    return [
        {
            "ts_code": stock.code, "ann_date": calendar.text(end + timedelta(days=55)),
            "end_date": calendar.text(end), "revenue": revenue,
            "operate_profit": round(revenue * 0.1, 2), "total_profit": round(revenue * 0.1, 2),
            "n_income": round(revenue * 0.08, 2), "diluted_eps": 0.5, "diluted_roe": 8.25,
            "yoy_sales": 12.5, "is_audit": 0, "perf_summary": "稳健",
        }
    ]  # fmt: skip


def _dividend(world: World, stock: Stock, end: date) -> list[Row]:
    draw = _draw(world, stock, end)
    if end.month != 12 or draw("paid") > 0.7:
        return []
    cash = round(0.1 + draw("cash"), 2)
    said = end + timedelta(days=90)
    base = {
        "ts_code": stock.code, "end_date": calendar.text(end), "stk_div": 0, "stk_bo_rate": None,
        "stk_co_rate": None, "cash_div_tax": cash, "cash_div": 0,
    }  # fmt: skip
    plan = {**base, "ann_date": calendar.text(said), "div_proc": "预案"}
    dates = {
        "record_date": calendar.text(said + timedelta(70)),
        "ex_date": calendar.text(said + timedelta(71)),
        "pay_date": calendar.text(said + timedelta(71)),
        "imp_ann_date": calendar.text(said + timedelta(63)),
        "base_date": calendar.text(end), "base_share": 12_345.6789,
    }  # fmt: skip
    done = {**plan, **dates, "cash_div": round(cash * 0.9, 4), "div_proc": "实施"}
    return [plan, done]


def _disclosure(world: World, stock: Stock, end: date) -> list[Row]:
    said = announced(_draw(world, stock, end), end)
    return [
        {
            "ts_code": stock.code, "ann_date": calendar.text(end + timedelta(2)),
            "end_date": calendar.text(end), "pre_date": calendar.text(said),
            "actual_date": calendar.text(said), "modify_date": None,
        }
    ]  # fmt: skip


def _filed(figures: Callable[[Draw], Row]) -> Callable[[World, Stock, date], list[Row]]:
    return lambda world, stock, end: _merged(world, stock, end, figures)


STATEMENTS: Mapping[str, Callable[[World, Stock, date], list[Row]]] = {
    "income": _filed(_income),
    "balancesheet": _filed(_balance),
    "cashflow": _filed(_cashflow),
    "fina_indicator": _indicator,
    "forecast": _forecast,
    "express": _express,
    "dividend": _dividend,
    "disclosure_date": _disclosure,
}


def statement_rows(
    world: World, api: str, now: datetime, codes: Collection[str] | None
) -> list[Row]:
    """Rows known at a moment, newest announcement first, under the present code."""
    rows: list[Row] = []
    for stock in world.roster:
        present = stock.code_on(now.date())
        if codes is not None and present not in codes:
            continue
        for end in periods(world, stock):
            made = STATEMENTS[api](world, stock, end)
            rows.extend({**row, "ts_code": present} for row in made if _known(row, end, now))
    return sorted(rows, key=lambda row: (row["ann_date"], row["end_date"]), reverse=True)


def _known(row: Row, end: date, now: datetime) -> bool:
    day = row.get("imp_ann_date") or row.get("f_ann_date") or row["ann_date"]
    told = max(calendar.day(day) or end, end)
    return now >= datetime.combine(told, time(21, 0))
