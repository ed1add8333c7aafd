"""Style descriptors of statements: value, growth, quality, leverage and surprise.

Figures are those known on the session (`workbench.factor.operators.point_in_time`): trailing sums
of flows, latest levels, NaN once the newest report is older than 400 days. Means over a year take
the newest quarter known and the fourth before it. Items keep the vendor's names. Value is per
capitalisation of all shares on the session. Banks and insurers report other items: ratios of cost,
current assets or interest-bearing debt are NaN for them or say little.
"""

from __future__ import annotations

from workbench.factor.library.style_descriptor import BARRA, Descriptor

__all__ = ["FORMULAS"]

_EQUITY = "latest(balance_total_hldr_eqy_exc_min_int)"
_PROFIT = "ttm(income_n_income_attr_p)"
_SALES = "ttm(income_total_revenue)"
_CASH_FLOW = "ttm(cashflow_n_cashflow_act)"
_ASSETS = "latest(balance_total_assets)"
_MEAN_ASSETS = "((latest(balance_total_assets) + q(balance_total_assets, 5)) / 2)"
_MEAN_EQUITY = (
    "((latest(balance_total_hldr_eqy_exc_min_int) + q(balance_total_hldr_eqy_exc_min_int, 5)) / 2)"
)
_DEBT = " + ".join(
    f"fillna(latest(balance_{item}), 0)"
    for item in ("st_borr", "non_cur_liab_due_1y", "lt_borr", "bond_payable")
)
_VALUE = f"(cap + {_DEBT} + fillna(latest(balance_minority_int), 0) - latest(balance_money_cap))"
_PERPETUAL = "Equity includes perpetual bonds and preferred shares, which are not the holders'."
_SKIPS = "Where a quarter was never reported, the fourth before is more than a year back."

_CHEAP = (
    Descriptor(
        name="btop",
        published=f"BTOP: book value over price. {BARRA}; Fama & French (1992), JF 47, 427-465.",
        reading="Equity of the parent's holders over capitalisation.",
        defects=_PERPETUAL,
        text=f"{_EQUITY} / cap",
        theme="value", unit="ratio", direction=1,
    ),
    Descriptor(
        name="etop",
        published=f"ETOP: trailing earnings over price. {BARRA}; Basu (1977), JF 32, 663-682.",
        reading="Profit of the parent's holders of four quarters over capitalisation.",
        defects="One-off gains count.",
        text=f"{_PROFIT} / cap",
        theme="value", unit="ratio", direction=1,
    ),
    Descriptor(
        name="cetop",
        published=f"CETOP: trailing cash earnings over price. {BARRA}.",
        reading="Cash flow from operations of four quarters over capitalisation.",
        defects="Of banks it is the change of deposits.",
        text=f"{_CASH_FLOW} / cap",
        theme="value", unit="ratio", direction=1,
    ),
    Descriptor(
        name="stop",
        published="Sales over price: Barbee, Mukherji & Raines (1996), FAJ 52(2), 56-60.",
        reading="Total revenue of four quarters over capitalisation.",
        defects="Compares margins as much as prices; read it within industries.",
        text=f"{_SALES} / cap",
        theme="value", unit="ratio", direction=1,
    ),
    Descriptor(
        name="dtop",
        published=f"Dividend yield: Litzenberger & Ramaswamy (1979), JFE 7, 163-195; {BARRA}.",
        reading="The vendor's trailing yield of the day.",
        defects="Vendor's figure: missing where nothing was paid, and with the vendor's calendar.",
        text="dividend_yield_ttm",
        theme="value", unit="fraction", direction=1,
    ),
    Descriptor(
        name="fcftop",
        published="Free cash flow over price: Lakonishok, Shleifer & Vishny (1994), JF 49.",
        reading="Operating cash flow less payments for fixed and intangible assets, four quarters.",
        defects="Without sales of assets; of banks it means nothing.",
        text=f"({_CASH_FLOW} - ttm(cashflow_c_pay_acq_const_fiolta)) / cap",
        theme="value", unit="ratio", direction=1,
    ),
    Descriptor(
        name="ebit_ev",
        published="Enterprise multiple: Loughran & Wellman (2011), JFQA 46, 1629-1650, with EBIT.",
        reading=(
            "Profit before tax plus financial expense over capitalisation, borrowings, bonds and "
            "minorities less cash; a debt that is not stated is 0."
        ),
        defects=(
            "The paper's EBITDA is stated by few companies each quarter; financial expense nets "
            "interest received. Negative where cash exceeds the rest."
        ),
        text=f"(ttm(income_total_profit) + ttm(income_fin_exp)) / {_VALUE}",
        theme="value", unit="ratio", direction=1,
    ),
    Descriptor(
        name="rd_price",
        published="Research over price: Chan, Lakonishok & Sougiannis (2001), JF 56, 2431-2456.",
        reading="Research expense of four quarters over capitalisation.",
        defects="A line of its own in China from 2018 on only.",
        text="ttm(income_rd_exp) / cap",
        theme="value", unit="ratio", direction=1,
    ),
    Descriptor(
        name="issuance",
        published="Composite equity issuance: Daniel & Titman (2006), JF 61, 1605-1643.",
        reading="Log growth of capitalisation over 252 sessions less the log return.",
        defects="Dividends count as issuance below 0, as in the paper.",
        text="log(cap / delay(cap, 252)) - log(close / delay(close, 252))",
        theme="value", unit="log", direction=-1,
    ),
)  # fmt: skip

_GROWTH = (
    Descriptor(
        name="sales_yoy",
        published="Growth of sales: Lakonishok, Shleifer & Vishny (1994), JF 49.",
        reading="Total revenue of the year to date against the same quarters a year before.",
        defects="The paper finds past growth to be overpaid over five years, not over one.",
        text="yoy(income_total_revenue)",
        theme="growth", unit="fraction",
    ),
    Descriptor(
        name="profit_yoy",
        published="Growth of earnings against a year ago: Ball & Brown (1968), JAR 6, 159-178.",
        reading="Relative to the absolute base, so that a loss that shrinks is growth.",
        defects="Explodes where the base is near 0; rank it.",
        text="yoy(income_n_income_attr_p)",
        theme="growth", unit="fraction", direction=1,
    ),
    Descriptor(
        name="sgro",
        published=f"SGRO: growth of sales over five years. {BARRA}.",
        reading="Yearly growth of trailing revenue over three years.",
        defects="Barra fits a line to sales per share over five years; this takes the two ends.",
        text="growth(income_total_revenue, 3)",
        theme="growth", unit="fraction a year",
    ),
    Descriptor(
        name="egro",
        published=f"EGRO: growth of earnings over five years. {BARRA}.",
        reading="Yearly growth of trailing profit over three years.",
        defects="NaN unless both ends are profits, which leaves out who recovered.",
        text="growth(income_n_income_attr_p, 3)",
        theme="growth", unit="fraction a year",
    ),
    Descriptor(
        name="asset_growth",
        published="Growth of assets: Cooper, Gulen & Schill (2008), JF 63, 1609-1651.",
        reading="Total assets against the same quarter a year before.",
        defects="The paper compares fiscal years only.",
        text="yoy(balance_total_assets)",
        theme="growth", unit="fraction", direction=-1,
    ),
    Descriptor(
        name="equity_growth",
        published="Growth of book equity: Richardson, Sloan, Soliman & Tuna (2005), JAE 39.",
        reading="Equity of the parent's holders against the same quarter a year before.",
        defects="New shares count as growth.",
        text="yoy(balance_total_hldr_eqy_exc_min_int)",
        theme="growth", unit="fraction", direction=-1,
    ),
)  # fmt: skip

_QUALITY = (
    Descriptor(
        name="roe",
        published="Return on equity: Haugen & Baker (1996), JFE 41, 401-439.",
        reading="Profit of four quarters over mean equity of the parent's holders.",
        defects=f"{_SKIPS} Turns its sign where equity is negative.",
        text=f"{_PROFIT} / {_MEAN_EQUITY}",
        theme="quality", unit="ratio", direction=1,
    ),
    Descriptor(
        name="roa",
        published=f"ROA: earnings over assets. {BARRA} and its successors.",
        reading="Net income with minorities of four quarters over mean total assets.",
        defects=_SKIPS,
        text=f"ttm(income_n_income) / {_MEAN_ASSETS}",
        theme="quality", unit="ratio", direction=1,
    ),
    Descriptor(
        name="gross_profitability",
        published="Gross profit over assets: Novy-Marx (2013), JFE 108, 1-28.",
        reading="Operating revenue less operating cost of four quarters over latest total assets.",
        defects="Banks and insurers state no operating cost.",
        text=f"(ttm(income_revenue) - ttm(income_oper_cost)) / {_ASSETS}",
        theme="quality", unit="ratio", direction=1,
    ),
    Descriptor(
        name="operating_profitability",
        published="Operating profit over book equity (RMW): Fama & French (2015), JFE 116, 1-22.",
        reading="Revenue less cost, selling, administrative and financial expense over equity.",
        defects="From 2018 on research left administrative expense: the series breaks there.",
        text=(
            "(ttm(income_revenue) - ttm(income_oper_cost) - ttm(income_sell_exp) - "
            f"ttm(income_admin_exp) - ttm(income_fin_exp)) / {_EQUITY}"
        ),
        theme="quality", unit="ratio", direction=1,
    ),
    Descriptor(
        name="gross_margin",
        published="Gross profit over sales: Abarbanell & Bushee (1997), JAR 35, 1-24.",
        reading="Operating revenue less operating cost over operating revenue, four quarters.",
        defects="Differs by industry far more than within one.",
        text="(ttm(income_revenue) - ttm(income_oper_cost)) / ttm(income_revenue)",
        theme="quality", unit="ratio", direction=1,
    ),
    Descriptor(
        name="asset_turnover",
        published="Sales over assets: Soliman (2008), Accounting Review 83, 823-853.",
        reading="Total revenue of four quarters over mean total assets.",
        defects=_SKIPS,
        text=f"{_SALES} / {_MEAN_ASSETS}",
        theme="quality", unit="ratio a year", direction=1,
    ),
    Descriptor(
        name="accruals",
        published="Accruals: Sloan (1996), AR 71; by cash flow, Hribar & Collins (2002), JAR 40.",
        reading="Net income less operating cash flow of four quarters over mean total assets.",
        defects="Of banks it means nothing.",
        text=f"(ttm(income_n_income) - {_CASH_FLOW}) / {_MEAN_ASSETS}",
        theme="quality", unit="ratio", direction=-1,
    ),
    Descriptor(
        name="earnings_variability",
        published="Variability of earnings: deviation of five years over the mean, Barra CNE6.",
        reading="Deviation of trailing profit over 756 sessions, over its absolute mean.",
        defects="Three years, each report weighted by the days it was the newest.",
        text=(
            f"stddev({_PROFIT}, 756, min_periods=504) / "
            f"abs(ts_mean({_PROFIT}, 756, min_periods=504))"
        ),
        theme="quality", unit="ratio", direction=-1,
    ),
    Descriptor(
        name="sales_variability",
        published="Variability of sales: deviation of five years over the mean, Barra CNE6.",
        reading="Deviation of trailing revenue over 756 sessions, over its mean.",
        defects="As earnings_variability; steady growth counts as variability.",
        text=(
            f"stddev({_SALES}, 756, min_periods=504) / ts_mean({_SALES}, 756, min_periods=504)"
        ),
        theme="quality", unit="ratio", direction=-1,
    ),
)  # fmt: skip

_LEVERAGE = (
    Descriptor(
        name="mlev",
        published=f"MLEV: market equity, preferred and long-term debt over market equity. {BARRA}.",
        reading="Capitalisation plus non-current liabilities over capitalisation.",
        defects="Non-current liabilities for long-term debt; preferred shares are left out.",
        text="(cap + latest(balance_total_ncl)) / cap",
        theme="leverage", unit="ratio",
    ),
    Descriptor(
        name="dtoa",
        published=f"DTOA: total debt over total assets. {BARRA}.",
        reading="Total liabilities over total assets, latest quarter known.",
        defects="All liabilities count as debt, payables and deposits included.",
        text=f"latest(balance_total_liab) / {_ASSETS}",
        theme="leverage", unit="ratio",
    ),
    Descriptor(
        name="blev",
        published=f"BLEV: book equity, preferred and long-term debt over book equity. {BARRA}.",
        reading="Equity of the parent's holders plus non-current liabilities over that equity.",
        defects="Turns its sign where equity is negative. As mlev otherwise.",
        text=f"({_EQUITY} + latest(balance_total_ncl)) / {_EQUITY}",
        theme="leverage", unit="ratio",
    ),
    Descriptor(
        name="current_ratio",
        published="Current assets over current liabilities: Ou & Penman (1989), JAE 11, 295-329.",
        reading="Latest quarter known.",
        defects="Banks state neither.",
        text="latest(balance_total_cur_assets) / latest(balance_total_cur_liab)",
        theme="leverage", unit="ratio",
    ),
)  # fmt: skip

_SURPRISE = (
    Descriptor(
        name="sue",
        published="Standardised unexpected earnings: Bernard & Thomas (1989), JAR 27, 1-36.",
        reading="Quarter's profit against a year before, over its deviation in eight quarters.",
        defects="Without drift; thirteen quarters must be known.",
        text="sue(income_n_income_attr_p)",
        theme="surprise", unit="standard deviations", direction=1,
    ),
    Descriptor(
        name="sur",
        published="Standardised unexpected revenue: Jegadeesh & Livnat (2006), JAE 41, 147-171.",
        reading="As sue, of total revenue.",
        defects="Per company, not per share as in the paper.",
        text="sue(income_total_revenue)",
        theme="surprise", unit="standard deviations", direction=1,
    ),
    Descriptor(
        name="forecast_revision",
        published="Revisions of forecasts: Stickel (1991), Accounting Review 66, 402-416.",
        reading="Change in 60 sessions of the company's own forecast of the period's profit.",
        defects=(
            "The paper's analysts are not in the store: companies forecast, and rarely revise. "
            "NaN for a forecast younger than 60 sessions."
        ),
        text="revision(forecast_net_profit_max, 60)",
        theme="surprise", unit="fraction", direction=1,
    ),
    Descriptor(
        name="announcement_age",
        published="Days since the report: drift fades, Bernard & Thomas (1989), JAR 27, 1-36.",
        reading="Calendar days since the newest quarter's profit was first announced.",
        defects="Says how old the other descriptors are rather than what a share is.",
        text="days_since_announce(income_n_income_attr_p)",
        theme="surprise", unit="days",
    ),
)  # fmt: skip

FORMULAS: tuple[Descriptor, ...] = (*_CHEAP, *_GROWTH, *_QUALITY, *_LEVERAGE, *_SURPRISE)
"""Descriptors of value, growth, quality, leverage and surprise."""
