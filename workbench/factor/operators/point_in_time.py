"""Point-in-time operators: figures of statements as they were known on each session.

`f` names an item of a statement: ``income_``, ``cashflow_``, ``balance_``, ``indicator_``,
``express_`` or ``forecast_`` and the item's name. A call is another spelling of a field that the
market delivers (`workbench.factor.figure`); the store makes it from every revision it keeps.

On a session only what was known before its open counts. Let P be the newest fiscal quarter known,
v(p) the newest version known of quarter p: the newest quarter decides first, then its latest
revision. A late restatement of an older quarter never replaces the newest one, but it does move the
bases of growth and trailing sums. Chinese income and cash flow statements run from the year's
beginning; a single quarter and a trailing year are differences and sums of such figures. A figure
is NaN once P was first announced more than 400 days ago.
"""

from __future__ import annotations

from workbench.factor.figure import FLOWS, LEVELS, STATEMENTS, figure

__all__ = [
    "avg2",
    "days_since_announce",
    "growth",
    "latest",
    "q",
    "qoq",
    "revision",
    "sq",
    "sue",
    "ttm",
    "yoy",
]

MISSING = "NaN where nothing is known, P is older than 400 days, or a part of the formula is NaN."
CUMULATIVE = (
    "Accounting Standard for Business Enterprises 32 (China, 2006): interim income and cash flow "
    "statements run from the year's beginning."
)
POINT_IN_TIME = (
    "Banz & Breen (1986), Journal of Finance 41, 779-793: what data without their days of "
    "publication do to a study."
)
SURPRISE = (
    "Foster (1977), Accounting Review 52, 1-21; Foster, Olsen & Shevlin (1984), Accounting Review "
    "59, 574-603, without drift."
)


@figure(nan_rule=MISSING, source=POINT_IN_TIME)
def latest(f: object) -> object:
    """Figure of the newest quarter known.

    Formula: v(P). Of a flow this is the year to date. Shape: (T, N). Unit: that of the item.
    Errors: OperatorArgumentError if f is no item of a statement.

    Examples
    --------
    >>> from workbench.factor import factor
    >>> latest(factor("balance_total_assets"))
    Factor('balance_total_assets_latest')
    """


@figure(nan_rule=MISSING + " NaN where fewer than k quarters are known.",
        source=POINT_IN_TIME, most=40)  # fmt: skip
def q(f: object, k: object) -> object:
    """Figure of the k-th newest quarter known.

    Formula: v of the k-th newest distinct fiscal quarter known, 1 the newest; quarters that were
    never reported do not count. Of a flow this is the year to date of that quarter.
    Shape: (T, N). Unit: that of the item.
    Errors: OperatorArgumentError unless k is in 1..40; LookAheadError if it is negative.

    Examples
    --------
    >>> from workbench.factor import factor
    >>> q(factor("balance_total_assets"), 5)
    Factor('balance_total_assets_q_5')
    """


@figure(nan_rule=MISSING, source=CUMULATIVE, statements=FLOWS)
def ttm(f: object) -> object:
    """Sum of the four quarters up to the newest known.

    Formula: v(P) in a fourth quarter, else v(P) + v(fourth quarter before) - v(P - 4 quarters).
    Shape: (T, N). Unit: that of the item.
    Errors: OperatorArgumentError for items other than flows (income, cashflow).

    Examples
    --------
    >>> from workbench.factor import factor
    >>> ttm(factor("income_revenue")) / factor("cap")
    Factor('income_revenue_ttm / cap')
    """


@figure(nan_rule=MISSING, source=CUMULATIVE, statements=FLOWS)
def sq(f: object) -> object:
    """Newest quarter known, by itself.

    Formula: v(P) in a first quarter, else v(P) - v(P - 1 quarter). Shape: (T, N).
    Unit: that of the item.
    Errors: OperatorArgumentError for items other than flows (income, cashflow).

    Examples
    --------
    >>> from workbench.factor import factor
    >>> sq(factor("income_n_income_attr_p"))
    Factor('income_n_income_attr_p_sq')
    """


@figure(nan_rule=MISSING + " NaN where the base is 0.", source=CUMULATIVE)
def yoy(f: object) -> object:
    """Change of the newest quarter known against the same quarter a year before.

    Formula: (v(P) - v(P - 4 quarters)) / |v(P - 4 quarters)|; flows compare the years to date.
    Shape: (T, N). Unit: fraction.
    Errors: OperatorArgumentError if f is no item of a statement.

    Examples
    --------
    >>> from workbench.factor import factor
    >>> yoy(factor("income_revenue"))
    Factor('income_revenue_yoy')
    """


@figure(nan_rule=MISSING + " NaN where the base is 0.", source=CUMULATIVE,
        statements=(*FLOWS, *LEVELS))  # fmt: skip
def qoq(f: object) -> object:
    """Change of the newest quarter known against the quarter before it.

    Formula: (s(P) - s(P - 1 quarter)) / |s(P - 1 quarter)|, s the quarter by itself for flows and
    v for levels. Not adjusted for the season. Shape: (T, N). Unit: fraction.
    Errors: OperatorArgumentError for items of indicator, express and forecast.

    Examples
    --------
    >>> from workbench.factor import factor
    >>> qoq(factor("income_revenue"))
    Factor('income_revenue_qoq')
    """


@figure(nan_rule=MISSING + " NaN where only one quarter is known.", source=POINT_IN_TIME)
def avg2(f: object) -> object:
    """Mean of the two newest quarters known.

    Formula: (q(f, 1) + q(f, 2)) / 2. For levels; of a flow it mixes two years to date.
    Shape: (T, N). Unit: that of the item.
    Errors: OperatorArgumentError if f is no item of a statement.

    Examples
    --------
    >>> from workbench.factor import factor
    >>> avg2(factor("balance_total_assets"))
    Factor('balance_total_assets_avg2')
    """


@figure(nan_rule="NaN where nothing is known or P is older than 400 days.", source=POINT_IN_TIME)
def days_since_announce(f: object) -> object:
    """Days since the newest quarter known was first announced.

    Formula: session - day of the first announcement of P; 1 or more, because an announcement is
    known from the session after it. Only quarters in which the item is stated count.
    Shape: (T, N). Unit: calendar days.
    Errors: OperatorArgumentError if f is no item of a statement.

    Examples
    --------
    >>> from workbench.factor import factor
    >>> days_since_announce(factor("income_revenue"))
    Factor('income_revenue_days_since_announce')
    """


@figure(nan_rule=MISSING + " NaN where one of the 13 quarters is not known or the deviation is 0.",
        source=SURPRISE, statements=(*FLOWS, *LEVELS))  # fmt: skip
def sue(f: object) -> object:
    """Standardised unexpected figure: a seasonal random walk's last step over its deviation.

    Formula: u(P) / sd(u(P - 1), …, u(P - 8)) with u(p) = s(p) - s(p - 4 quarters), ddof 1, s the
    quarter by itself for flows and v for levels. Shape: (T, N). Unit: standard deviations.
    Errors: OperatorArgumentError for items of indicator, express and forecast.

    Examples
    --------
    >>> from workbench.factor import factor
    >>> sue(factor("income_n_income_attr_p"))
    Factor('income_n_income_attr_p_sue')
    """


@figure(nan_rule=MISSING + " NaN unless both ends are positive.", source=CUMULATIVE,
        statements=(*FLOWS, *LEVELS), most=20)  # fmt: skip
def growth(f: object, k: object) -> object:
    """Yearly growth over k years.

    Formula: (y(P) / y(P - 4k quarters))^(1/k) - 1, y the trailing year for flows and v for levels.
    Shape: (T, N). Unit: fraction a year.
    Errors: OperatorArgumentError unless k is in 1..20 or for items of indicator, express and
    forecast; LookAheadError if k is negative.

    Examples
    --------
    >>> from workbench.factor import factor
    >>> growth(factor("income_revenue"), 3)
    Factor('income_revenue_growth_3')
    """


@figure(nan_rule=MISSING + " NaN where P was not known d sessions ago or the base is 0.",
        source=POINT_IN_TIME, statements=STATEMENTS, most=756)  # fmt: skip
def revision(f: object, d: object) -> object:
    """Change that revisions of the last d sessions made to the newest quarter known.

    Formula: (v(P) - w) / |w|, w the version of the same quarter P known d sessions ago; 0 where
    nothing was revised. Shape: (T, N). Unit: fraction.
    Errors: OperatorArgumentError unless d is in 1..756; LookAheadError if it is negative.

    Examples
    --------
    >>> from workbench.factor import factor
    >>> revision(factor("forecast_net_profit_max"), 60)
    Factor('forecast_net_profit_max_revision_60')
    """
