"""Formulas 001 to 025 of "101 Formulaic Alphas"; `alpha101` says how they are read."""

from __future__ import annotations

from workbench.factor.library.formula import Formula

__all__ = ["FORMULAS"]

FORMULAS: tuple[Formula, ...] = (
    Formula(
        name="alpha001",
        published=(
            "(rank(Ts_ArgMax(SignedPower(((returns < 0) ? stddev(returns, 20) : close), 2.), 5)) "
            "- 0.5)"
        ),
        reading=(
            "How recently the largest of a volatility on falling days and the close on rising "
            "days stood."
        ),
        defects=(
            "The two branches have different units (fraction against price), so the close nearly "
            "always wins."
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
            "shares and is nearly always false where a share costs more than one CNY. Ports that "
            "use share volume differ."
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
            "((0 < ts_min(delta(close, 1), 5)) ? delta(close, 1) : ((ts_max(delta(close, 1), 5) < "
            "0) ? delta(close, 1) : (-1 * delta(close, 1))))"
        ),
        reading="Follow a move that kept its direction for five sessions, fade the others.",
        defects=(
            "A price difference, not a return: it depends on the price level and is not ranked."
        ),
    ),
    Formula(
        name="alpha010",
        published=(
            "rank(((0 < ts_min(delta(close, 1), 4)) ? delta(close, 1) : ((ts_max(delta(close, 1), "
            "4) < 0) ? delta(close, 1) : (-1 * delta(close, 1)))))"
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
            "Correlations of three ranks are noisy and often undefined (constant ranks), so NaN "
            "is common."
        ),
    ),
    Formula(
        name="alpha016",
        published="(-1 * rank(covariance(rank(high), rank(volume), 5)))",
        reading="Opposite of the ranked covariance of ranked high and ranked volume.",
    ),
    Formula(
        name="alpha017",
        published=(
            "(((-1 * rank(ts_rank(close, 10))) * rank(delta(delta(close, 1), 1))) * "
            "rank(ts_rank((volume / adv20), 5)))"
        ),
        reading="Opposite of a high close that speeds up on growing activity, each ranked.",
        defects=(
            "volume / adv20 divides shares by value; within one asset only the price level "
            "distorts it. A rank along five sessions has few values, hence many ties."
        ),
    ),
    Formula(
        name="alpha018",
        published=(
            "(-1 * rank(((stddev(abs((close - open)), 5) + (close - open)) + correlation(close, "
            "open, 10))))"
        ),
        reading=(
            "Opposite of the size and direction of the session's body plus the correlation of "
            "close and open."
        ),
        defects=(
            "Adds two amounts of currency and a pure number: the price level decides which one "
            "counts."
        ),
    ),
    Formula(
        name="alpha019",
        published=(
            "((-1 * sign(((close - delay(close, 7)) + delta(close, 7)))) * (1 + rank((1 + "
            "sum(returns, 250)))))"
        ),
        reading="Fade the seven-session move, more so for the winners of the year.",
        defects=(
            "close - delay(close, 7) and delta(close, 7) are the same number, and the 1 inside "
            "the rank has no effect."
        ),
    ),
    Formula(
        name="alpha020",
        published=(
            "(((-1 * rank((open - delay(high, 1)))) * rank((open - delay(close, 1)))) * "
            "rank((open - delay(low, 1))))"
        ),
        reading="Opposite of the gap of open over the earlier high, close and low.",
        defects="Price differences, not returns: the ranks depend on the price level.",
    ),
    Formula(
        name="alpha021",
        published=(
            "((((sum(close, 8) / 8) + stddev(close, 8)) < (sum(close, 2) / 2)) ? (-1 * 1) : "
            "(((sum(close, 2) / 2) < ((sum(close, 8) / 8) - stddev(close, 8))) ? 1 : (((1 < "
            "(volume / adv20)) || ((volume / adv20) == 1)) ? 1 : (-1 * 1))))"
        ),
        reading=(
            "Sell a close above its eight-session band, buy one below it; between, buy on busy "
            "sessions."
        ),
        defects=(
            "Only -1 and 1 come out. volume / adv20 divides shares by value and is nearly always "
            "below 1 where a share costs more than one CNY; the test for exactly 1 only turns < "
            "into <=."
        ),
    ),
    Formula(
        name="alpha022",
        published="(-1 * (delta(correlation(high, volume, 5), 5) * rank(stddev(close, 20))))",
        reading="Falling correlation of high and volume, weighted with the deviation of close.",
        defects="The deviation of a price grows with the price level.",
    ),
    Formula(
        name="alpha023",
        published="(((sum(high, 20) / 20) < high) ? (-1 * delta(high, 2)) : 0)",
        reading="Fade the two-session move of a high above its own mean, else nothing.",
        defects="A price difference; many zeros, hence many ties.",
    ),
    Formula(
        name="alpha024",
        published=(
            "((((delta((sum(close, 100) / 100), 100) / delay(close, 100)) < 0.05) || "
            "((delta((sum(close, 100) / 100), 100) / delay(close, 100)) == 0.05)) ? (-1 * (close "
            "- ts_min(close, 100))) : (-1 * delta(close, 3)))"
        ),
        reading=(
            "In a slow long trend the distance to the 100-session low, else the three-session "
            "move, both faded."
        ),
        defects="Price differences, not ranked; `|| … == 0.05` only turns < into <=.",
    ),
    Formula(
        name="alpha025",
        published="rank(((((-1 * returns) * adv20) * vwap) * (high - close)))",
        reading="Rank of a fall on large traded value that closes far below its high.",
        defects="Traded value times two prices: size decides most of the rank.",
    ),
)
"""The formulas, in the order of the paper."""
