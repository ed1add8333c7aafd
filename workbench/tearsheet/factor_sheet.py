"""The tear sheet of one factor.

1. The headline: rank IC, its t, effective sample, ICIR, spread, turnover, coverage.
2. The warnings (`workbench.tearsheet.cautions`).
3. Sections in four groups: summary, information coefficient, quantiles, trading.
4. The recipe: the notes of the study, unchanged.

One horizon is shown in the single-horizon figures; every horizon is in the tables and in the
cumulative curves.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.errors import EvaluationError
from workbench.evaluation.forward_returns import find_entry
from workbench.tearsheet import figures
from workbench.tearsheet.cautions import cautions
from workbench.tearsheet.figures.rank_ic import rolling_window
from workbench.tearsheet.figures.turnover import WINDOW
from workbench.tearsheet.section import Section
from workbench.tearsheet.sheet import TearSheet
from workbench.tearsheet.tables import write
from workbench.tearsheet.theme import Theme
from workbench.tearsheet.theme import theme as choose_theme

if TYPE_CHECKING:
    from workbench.evaluation.study import FactorStudy

__all__ = ["GROUPS", "tear_sheet"]

GROUPS = ("Summary", "Information coefficient", "Quantiles", "Trading")


def tear_sheet(
    study: FactorStudy,
    horizon: int | None = None,
    *,
    theme: str = "light",
    convention: str = "cn",
) -> TearSheet:
    """Lay a factor study out as a tear sheet.

    Parameters
    ----------
    study : FactorStudy
        What `workbench.evaluate` returned.
    horizon : int, optional
        Horizon of the headline and of the figures that show one; default the study's first.
    theme : {"light", "dark"}
        Look.
    convention : {"cn", "us"}
        Whether up is red (``"cn"``) or green (``"us"``).

    Returns
    -------
    TearSheet
        Displays itself in a notebook, an app and a report.

    Raises
    ------
    EvaluationError
        If the study has no such horizon.

    Examples
    --------
    >>> import workbench as wb
    >>> market = wb.demo_market(seed=7, sessions=120, assets=40)
    >>> sheet = tear_sheet(wb.evaluate("-1 * delta(close, 5)", market, quantiles=5))
    >>> sheet.groups
    ('Summary', 'Information coefficient', 'Quantiles', 'Trading')
    """
    chosen = study.horizons[0] if horizon is None else horizon
    if chosen not in study.horizons:
        raise EvaluationError(
            f"tear_sheet: horizon must be one of {list(study.horizons)}, got {chosen!r}."
        )
    look = choose_theme(theme, convention)
    return TearSheet(
        study.expression,
        _sections(study, chosen, look),
        subtitle=_subtitle(study, chosen),
        headline=_headline(study, chosen),
        cautions=cautions(study, chosen),
        notes=study.notes,
        look=look,
    )


def _subtitle(study: FactorStudy, horizon: int) -> str:
    sessions, assets = study.factor.sessions, study.factor.assets
    name = str(study.market.get("name") or "market")
    return (
        f"{name} · {sessions.first} to {sessions.last} · {len(sessions):,} sessions · "
        f"{len(assets):,} assets · held {_sessions(horizon)} from the "
        f"{find_entry(study.entry).meaning}"
    )


def _sessions(count: int) -> str:
    return f"{count} session" if count == 1 else f"{count} sessions"


def _headline(study: FactorStudy, horizon: int) -> tuple[tuple[str, str, str], ...]:
    row = study.summary().loc[horizon]
    return (
        ("Rank IC", write(row["rank_ic"]), "mean rank correlation of factor and later return"),
        (
            "t (Newey-West)",
            write(row["t_newey_west"]),
            "corrected for overlapping returns; beyond ±2 is unlikely to be chance",
        ),
        ("N effective", write(row["n_effective"], "count"), "independent sessions in the sample"),
        ("ICIR", write(row["icir"]), "mean over standard deviation of the rank IC, a session"),
        (
            "Spread, annual",
            write(row["spread"], "percent"),
            "highest minus lowest quantile, before cost",
        ),
        (
            "Turnover",
            write(row["turnover"], "percent"),
            f"of the names of an outer quantile are new after {_sessions(horizon)}",
        ),
        ("Coverage", write(row["coverage"], "percent"), "of the universe has factor and return"),
    )


def _sections(study: FactorStudy, horizon: int, look: Theme) -> list[Section]:
    return [
        *_summary_sections(study, look),
        *_ic_sections(study, horizon, look),
        *_quantile_sections(study, horizon, look),
        *_trading_sections(study, horizon, look),
    ]


def _summary_sections(study: FactorStudy, look: Theme) -> list[Section]:
    return [
        Section(
            "Every horizon",
            "Rank IC with Newey-West t (NW); spread of the highest minus the lowest of "
            f"{study.quantiles} quantiles, a year, before cost.",
            table=study.summary().rename_axis("horizon"),
            group=GROUPS[0],
        ),
        Section(
            "Cumulative rank IC",
            "Sum of the rank IC of each session, one line a horizon h in sessions. A straight "
            "climb is a steady factor.",
            figure=figures.cumulative_ic(study, look),
            group=GROUPS[0],
        ),
        Section(
            "Cumulative spread",
            "Sum (not compounded) of the daily returns of the highest minus the lowest quantile, "
            "one line a horizon h in sessions; before cost.",
            figure=figures.spread_curve(study, look),
            group=GROUPS[0],
        ),
    ]


def _ic_sections(study: FactorStudy, horizon: int, look: Theme) -> list[Section]:
    group, held = GROUPS[1], _sessions(horizon)
    window = rolling_window(len(study.ic))
    return [
        Section(
            "Rank IC by session",
            f"Return over {held} after entry; the line is the mean of {window} sessions.",
            figure=figures.rank_ic(study, horizon, look),
            group=group,
        ),
        Section(
            "Decay",
            "Rank IC of the one-session return at each lag; lags do not overlap. "
            "Error bars: 95 %, Newey-West.",
            figure=figures.ic_decay(study, look),
            group=group,
        ),
        Section(
            "Rank IC by month",
            f"Mean of each month, return over {held}.",
            figure=figures.monthly_ic(study, horizon, look),
            group=group,
        ),
        Section(
            "Statistics of the rank IC",
            "One row a horizon; lags is the bandwidth of Newey-West (NW).",
            table=study.ic_summary.rename_axis("horizon"),
            group=group,
        ),
    ]


def _quantile_sections(study: FactorStudy, horizon: int, look: Theme) -> list[Section]:
    group = GROUPS[2]
    recipe = f"Equal weights; one tranche a session, each held {_sessions(horizon)}; before cost."
    return [
        Section(
            "Return of each quantile",
            recipe,
            figure=figures.quantile_bar(study, horizon, look),
            group=group,
        ),
        Section(
            "Cumulative return of each quantile",
            f"Sum (not compounded) of daily returns. {recipe}",
            figure=figures.quantile_curves(study, horizon, look),
            group=group,
        ),
        Section(
            "Statistics of the quantiles",
            f"Held {_sessions(horizon)}; t of the mean daily return by Newey-West (NW).",
            table=study.quantile_summary.xs(horizon, level="horizon").rename_axis("quantile"),
            group=group,
        ),
    ]


def _trading_sections(study: FactorStudy, horizon: int, look: Theme) -> list[Section]:
    group = GROUPS[3]
    return [
        Section(
            "Turnover of the outer quantiles",
            f"Share of the names that are new when a tranche is renewed after "
            f"{_sessions(horizon)}; mean of {WINDOW} sessions.",
            figure=figures.turnover(study, horizon, look),
            group=group,
        ),
        Section(
            "Coverage",
            f"Assets in the universe, with a factor value, and with a return over "
            f"{_sessions(horizon)} too.",
            figure=figures.coverage(study, horizon, look),
            group=group,
        ),
    ]
