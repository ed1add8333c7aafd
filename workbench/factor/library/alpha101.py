"""WorldQuant's "101 Formulaic Alphas": the published text, our reading, the known defects.

Here are 001, 002, 003, 004, 005, 006, 007, 008, 009, 010, 011, 012, 013, 014, 015, 016, 023, 026,
033, 040, 041, 042, 043, 044, 045, 053, 054, 058 and 101; the rest of the paper is not here.

The text of each formula is kept as printed and read by `workbench.factor.text.parse`, which knows
the paper's spellings. Our reading of what the paper leaves open, for all formulas:

* ``rank`` is the average rank divided by the number of valid assets, in (0, 1].
* ``ts_argmax`` counts from the oldest session of the window, 1 … d, and takes the first extreme;
  ``ts_rank`` is the average rank divided by d.
* ``stddev`` and ``covariance`` divide by d - 1; every window is strict about NaN.
* Fractional windows (3.92795) are cut to whole sessions, as the paper says.
* ``min(x, d)`` and ``max(x, d)`` with a whole number are ``ts_min`` and ``ts_max``.
* ``adv20`` is the mean of the traded *value*, as the paper defines it; many ports use shares.
* ``vwap`` is amount divided by volume; ``returns`` are close to close, over one session.
* ``IndClass.sector`` is the field ``sector`` of the market; the level decides the values.

Source: Kakushadze (2016), "101 Formulaic Alphas", Wilmott 84, 72-81, arXiv:1601.00991, A.1.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from workbench.factor.factor import Factor, factor

__all__ = ["FORMULAS", "Formula", "alpha101"]


@dataclass(frozen=True)
class Formula:
    """One formula of the paper.

    Parameters
    ----------
    name : str
        ``alpha001`` … ``alpha101``.
    published : str
        The text as printed.
    reading : str
        What it measures, and how we read what is not said.
    defects : str
        What is known to be wrong or fragile; empty if nothing.
    """

    name: str
    published: str
    reading: str
    defects: str = ""


FORMULAS: tuple[Formula, ...] = (
    Formula(
        name="alpha001",
        published=(
            "(rank(Ts_ArgMax(SignedPower(((returns < 0) ? stddev(returns, 20) : close), 2.), "
            "5)) - 0.5)"
        ),
        reading=(
            "How recently the largest of a volatility on falling days and the close on rising "
            "days stood."
        ),
        defects=(
            "The two branches have different units (fraction against price), so the close "
            "nearly always wins."
        ),
    ),
    Formula(
        name="alpha002",
        published=(
            "(-1 * correlation(rank(delta(log(volume), 2)), rank(((close - open) / open)), 6))"
        ),
        reading=(
            "Opposite of the correlation of volume growth and the session's own return, both "
            "ranked."
        ),
    ),
    Formula(
        name="alpha003",
        published="(-1 * correlation(rank(open), rank(volume), 10))",
        reading="Opposite of the correlation of ranked open and ranked volume.",
    ),
    Formula(
        name="alpha004",
        published="(-1 * Ts_Rank(rank(low), 9))",
        reading="Opposite of where the ranked low stands in its own nine sessions.",
    ),
    Formula(
        name="alpha005",
        published="(rank((open - (sum(vwap, 10) / 10))) * (-1 * abs(rank((close - vwap)))))",
        reading="Open above its ten-session vwap, against close above vwap.",
        defects="abs has no effect: a rank is positive.",
    ),
    Formula(
        name="alpha006",
        published="(-1 * correlation(open, volume, 10))",
        reading="Opposite of the correlation of open and volume.",
    ),
    Formula(
        name="alpha007",
        published=(
            "((adv20 < volume) ? ((-1 * ts_rank(abs(delta(close, 7)), 60)) * sign(delta(close, "
            "7))) : (-1 * 1))"
        ),
        reading="Reversal of the seven-session move on busy sessions, -1 on the others.",
        defects=(
            "adv20 is a value and volume a count of shares: the condition compares CNY with "
            "shares and is nearly always false where a share costs more than one CNY. Ports "
            "that use share volume differ."
        ),
    ),
    Formula(
        name="alpha008",
        published=(
            "(-1 * rank(((sum(open, 5) * sum(returns, 5)) - delay((sum(open, 5) * sum(returns, "
            "5)), 10))))"
        ),
        reading=(
            "Opposite of the ten-session change of open times returns, summed over five sessions."
        ),
    ),
    Formula(
        name="alpha009",
        published=(
            "((0 < ts_min(delta(close, 1), 5)) ? delta(close, 1) : ((ts_max(delta(close, 1), 5)"
            " < 0) ? delta(close, 1) : (-1 * delta(close, 1))))"
        ),
        reading="Follow a move that kept its direction for five sessions, fade the others.",
        defects=(
            "A price difference, not a return: it depends on the price level and is not ranked."
        ),
    ),
    Formula(
        name="alpha010",
        published=(
            "rank(((0 < ts_min(delta(close, 1), 4)) ? delta(close, 1) : ((ts_max(delta(close, "
            "1), 4) < 0) ? delta(close, 1) : (-1 * delta(close, 1)))))"
        ),
        reading="Rank of alpha009 with four sessions.",
        defects="A price difference, not a return.",
    ),
    Formula(
        name="alpha011",
        published=(
            "((rank(ts_max((vwap - close), 3)) + rank(ts_min((vwap - close), 3))) * "
            "rank(delta(volume, 3)))"
        ),
        reading="Range of vwap over close, times the growth of volume.",
        defects="A price difference, not a ratio.",
    ),
    Formula(
        name="alpha012",
        published="(sign(delta(volume, 1)) * (-1 * delta(close, 1)))",
        reading="Fade a price move on growing volume, follow it on falling volume.",
        defects="A price difference, not a return: it depends on the price level.",
    ),
    Formula(
        name="alpha013",
        published="(-1 * rank(covariance(rank(close), rank(volume), 5)))",
        reading="Opposite of the ranked covariance of ranked close and ranked volume.",
    ),
    Formula(
        name="alpha014",
        published="((-1 * rank(delta(returns, 3))) * correlation(open, volume, 10))",
        reading="Slowing returns, weighted with the correlation of open and volume.",
    ),
    Formula(
        name="alpha015",
        published="(-1 * sum(rank(correlation(rank(high), rank(volume), 3)), 3))",
        reading="Opposite of the summed ranks of a three-session correlation.",
        defects=(
            "Correlations of three ranks are noisy and often undefined (constant ranks), so NaN"
            " is common."
        ),
    ),
    Formula(
        name="alpha016",
        published="(-1 * rank(covariance(rank(high), rank(volume), 5)))",
        reading="Opposite of the ranked covariance of ranked high and ranked volume.",
    ),
    Formula(
        name="alpha023",
        published="(((sum(high, 20) / 20) < high) ? (-1 * delta(high, 2)) : 0)",
        reading="Fade the two-session move of a high above its own mean, else nothing.",
        defects="A price difference; many zeros, hence many ties.",
    ),
    Formula(
        name="alpha026",
        published="(-1 * ts_max(correlation(ts_rank(volume, 5), ts_rank(high, 5), 5), 3))",
        reading="Opposite of the largest recent correlation of volume and high, ranked along time.",
        defects=(
            "Five-session ranks take few values, so the largest correlation is often tied and "
            "its order is decided by the last bits."
        ),
    ),
    Formula(
        name="alpha033",
        published="rank((-1 * ((1 - (open / close))^1)))",
        reading="Rank of open over close, minus one.",
        defects="The power 1 has no effect.",
    ),
    Formula(
        name="alpha040",
        published="((-1 * rank(stddev(high, 10))) * correlation(high, volume, 10))",
        reading="Calm highs, weighted with the correlation of high and volume.",
        defects="The deviation of a price grows with the price level.",
    ),
    Formula(
        name="alpha041",
        published="(((high * low)^0.5) - vwap)",
        reading="Geometric middle of the session's range above vwap.",
        defects="A price difference, and not ranked: it depends on the price level.",
    ),
    Formula(
        name="alpha042",
        published="(rank((vwap - close)) / rank((vwap + close)))",
        reading="Vwap above close, over the price level.",
    ),
    Formula(
        name="alpha043",
        published="(ts_rank((volume / adv20), 20) * ts_rank((-1 * delta(close, 7)), 8))",
        reading="Busy sessions after a fall, both ranked along time.",
        defects=(
            "volume / adv20 divides shares by value; within one asset only the price level "
            "distorts it."
        ),
    ),
    Formula(
        name="alpha044",
        published="(-1 * correlation(high, rank(volume), 5))",
        reading="Opposite of the correlation of high and ranked volume.",
    ),
    Formula(
        name="alpha045",
        published=(
            "(-1 * ((rank((sum(delay(close, 5), 20) / 20)) * correlation(close, volume, 2)) * "
            "rank(correlation(sum(close, 5), sum(close, 20), 2))))"
        ),
        reading="Price level times two-session correlations.",
        defects="A correlation over two sessions is -1, 1 or undefined: most ranks are tied.",
    ),
    Formula(
        name="alpha053",
        published="(-1 * delta((((close - low) - (high - close)) / (close - low)), 9))",
        reading="Opposite of the nine-session change of the place of close in the range.",
        defects=(
            "Divides by close - low: NaN where the close is the low, as on a limit-down session."
        ),
    ),
    Formula(
        name="alpha054",
        published="((-1 * ((low - close) * (open^5))) / ((low - high) * (close^5)))",
        reading="Place of the close in the range, times open over close to the fifth.",
        defects="NaN where high = low (locked at a limit); x^5 loses digits in float32.",
    ),
    Formula(
        name="alpha058",
        published=(
            "(-1 * Ts_Rank(decay_linear(correlation(IndNeutralize(vwap, IndClass.sector), "
            "volume, 3.92795), 7.89291), 5.50322))"
        ),
        reading=(
            "Windows 3, 7 and 5. Sector-neutral vwap against volume, smoothed and ranked along "
            "time."
        ),
        defects="Depends on the classification; a correlation over three sessions is noisy.",
    ),
    Formula(
        name="alpha101",
        published="((close - open) / ((high - low) + .001))",
        reading="Body of the session's candle over its range.",
        defects="The 0.001 is in currency: it weighs more on cheap shares and on locked sessions.",
    ),
)
"""The formulas, in the order of the paper."""


def alpha101() -> dict[str, Factor]:
    """Return the formulas of the paper that the language can say.

    Returns
    -------
    dict of str to Factor
        ``alpha001`` … in the order of the paper; parsed on the first call.

    Examples
    --------
    >>> alpha101()["alpha012"]
    Factor('sign(delta(volume, 1)) * (-1 * delta(close, 1))', name='alpha012')
    """
    return dict(_parsed())


@cache
def _parsed() -> tuple[tuple[str, Factor], ...]:
    return tuple((row.name, factor(row.published, row.name)) for row in FORMULAS)
