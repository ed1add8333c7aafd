"""Formulas 026 to 050 of "101 Formulaic Alphas"; `alpha101` says how they are read."""

from __future__ import annotations

from workbench.factor.library.formula import Formula

__all__ = ["FORMULAS"]

FORMULAS: tuple[Formula, ...] = (
    Formula(
        name="alpha026",
        published="(-1 * ts_max(correlation(ts_rank(volume, 5), ts_rank(high, 5), 5), 3))",
        reading="Opposite of the largest recent correlation of volume and high, ranked along time.",
        defects=(
            "Five-session ranks take few values, so the largest correlation is often tied and its "
            "order is decided by the last bits."
        ),
    ),
    Formula(
        name="alpha027",
        published=(
            "((0.5 < rank((sum(correlation(rank(volume), rank(vwap), 6), 2) / 2.0))) ? (-1 * 1) : "
            "1)"
        ),
        reading=(
            "Sell the half with the larger correlation of ranked volume and ranked vwap, buy the "
            "other."
        ),
        defects="Only -1 and 1 come out.",
    ),
    Formula(
        name="alpha028",
        published="scale(((correlation(adv20, low, 5) + ((high + low) / 2)) - close))",
        reading=(
            "Middle of the range above close, plus the correlation of activity and low, scaled."
        ),
        defects=(
            "Adds a pure number to amounts of currency: on high prices the correlation hardly "
            "counts."
        ),
    ),
    Formula(
        name="alpha029",
        published=(
            "(min(product(rank(rank(scale(log(sum(ts_min(rank(rank((-1 * rank(delta((close - 1), "
            "5))))), 2), 1))))), 1), 5) + ts_rank(delay((-1 * returns), 6), 5))"
        ),
        reading="Least rank of recent falls over five sessions, plus the place of an older return.",
        defects=(
            "min(x, 5) is read as ts_min over five sessions; ports that take the smaller of x and "
            "5 differ, since a rank never exceeds 1. product and sum over one session, the - 1 "
            "inside delta and the ranks of ranks have no effect."
        ),
    ),
    Formula(
        name="alpha030",
        published=(
            "(((1.0 - rank(((sign((close - delay(close, 1))) + sign((delay(close, 1) - "
            "delay(close, 2)))) + sign((delay(close, 2) - delay(close, 3)))))) * sum(volume, 5)) "
            "/ sum(volume, 20))"
        ),
        reading="Losers of three sessions, weighted with recent over longer volume.",
        defects="The sum of three signs has seven values, hence many ties.",
    ),
    Formula(
        name="alpha031",
        published=(
            "((rank(rank(rank(decay_linear((-1 * rank(rank(delta(close, 10)))), 10)))) + rank((-1 "
            "* delta(close, 3)))) + sign(scale(correlation(adv20, low, 12))))"
        ),
        reading=(
            "Reversal over ten and three sessions, plus the sign of the correlation of activity "
            "and low."
        ),
        defects=(
            "Ranks of ranks, and scale inside sign, have no effect; the sign outweighs the ranks."
        ),
    ),
    Formula(
        name="alpha032",
        published=(
            "(scale(((sum(close, 7) / 7) - close)) + (20 * scale(correlation(vwap, delay(close, "
            "5), 230))))"
        ),
        reading=(
            "Close below its seven-session mean, plus twenty times the correlation of vwap and "
            "the earlier close."
        ),
        defects="Some ports divide the mean by 7 once more. The first part is a price difference.",
    ),
    Formula(
        name="alpha033",
        published="rank((-1 * ((1 - (open / close))^1)))",
        reading="Rank of open over close, minus one.",
        defects="The power 1 has no effect.",
    ),
    Formula(
        name="alpha034",
        published=(
            "rank(((1 - rank((stddev(returns, 2) / stddev(returns, 5)))) + (1 - rank(delta(close, "
            "1)))))"
        ),
        reading="Calming returns and a fall of the session.",
        defects=(
            "A deviation of two values is their distance over the square root of 2; delta is in "
            "currency."
        ),
    ),
    Formula(
        name="alpha035",
        published=(
            "((Ts_Rank(volume, 32) * (1 - Ts_Rank(((close + high) - low), 16))) * (1 - "
            "Ts_Rank(returns, 32)))"
        ),
        reading="Busy, low and falling, each against the asset's own past.",
    ),
    Formula(
        name="alpha036",
        published=(
            "(((((2.21 * rank(correlation((close - open), delay(volume, 1), 15))) + (0.7 * "
            "rank((open - close)))) + (0.73 * rank(Ts_Rank(delay((-1 * returns), 6), 5)))) + "
            "rank(abs(correlation(vwap, adv20, 6)))) + (0.6 * rank((((sum(close, 200) / 200) - "
            "open) * (close - open)))))"
        ),
        reading=(
            "Weighted sum of five ranks: volume before bodies, a falling body, an older loss, "
            "vwap with activity, a body against the long mean."
        ),
        defects="The common pandas port divides the 200-session mean by 200 once more.",
    ),
    Formula(
        name="alpha037",
        published=(
            "(rank(correlation(delay((open - close), 1), close, 200)) + rank((open - close)))"
        ),
        reading=(
            "Long correlation of the earlier body with close, plus the falling body of the session."
        ),
        defects="The second part is a price difference.",
    ),
    Formula(
        name="alpha038",
        published="((-1 * rank(Ts_Rank(close, 10))) * rank((close / open)))",
        reading="Opposite of a high close that also rose in the session.",
        defects="The common pandas port ranks open instead of close.",
    ),
    Formula(
        name="alpha039",
        published=(
            "((-1 * rank((delta(close, 7) * (1 - rank(decay_linear((volume / adv20), 9)))))) * (1 "
            "+ rank(sum(returns, 250))))"
        ),
        reading="Fade a seven-session rise on fading volume, more so for the winners of the year.",
        defects=(
            "volume / adv20 divides shares by value, so its rank across assets is mostly that of "
            "low prices."
        ),
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
        reading=(
            "Vwap above close, over the price level. Delay 0 in the paper: traded at the close it "
            "reads."
        ),
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
        name="alpha046",
        published=(
            "((0.25 < (((delay(close, 20) - delay(close, 10)) / 10) - ((delay(close, 10) - close) "
            "/ 10))) ? (-1 * 1) : (((((delay(close, 20) - delay(close, 10)) / 10) - "
            "((delay(close, 10) - close) / 10)) < 0) ? 1 : ((-1 * 1) * (close - delay(close, "
            "1)))))"
        ),
        reading=(
            "Sell when the ten-session slope turned up, buy when it turned down, else fade the "
            "session's move."
        ),
        defects=(
            "The threshold 0.25 is in currency per session; constants and price differences are "
            "mixed."
        ),
    ),
    Formula(
        name="alpha047",
        published=(
            "((((rank((1 / close)) * volume) / adv20) * ((high * rank((high - close))) / "
            "(sum(high, 5) / 5))) - rank((vwap - delay(vwap, 5))))"
        ),
        reading="Cheap and busy with a close far below high, less the rank of the rise of vwap.",
        defects=(
            "volume / adv20 divides shares by value. The common pandas port divides the "
            "five-session mean by 5 once more."
        ),
    ),
    Formula(
        name="alpha048",
        published=(
            "(indneutralize(((correlation(delta(close, 1), delta(delay(close, 1), 1), 250) * "
            "delta(close, 1)) / close), IndClass.subindustry) / sum(((delta(close, 1) / "
            "delay(close, 1))^2), 250))"
        ),
        reading=(
            "Move of the session times its autocorrelation over a year, within the subindustry, "
            "over the sum of squared returns. Delay 0 in the paper: traded at the close it reads."
        ),
        defects="Depends on the classification.",
    ),
    Formula(
        name="alpha049",
        published=(
            "(((((delay(close, 20) - delay(close, 10)) / 10) - ((delay(close, 10) - close) / 10)) "
            "< (-1 * 0.1)) ? 1 : ((-1 * 1) * (close - delay(close, 1))))"
        ),
        reading="Buy when the ten-session slope turned down, else fade the session's move.",
        defects=(
            "The threshold -0.1 is in currency per session; a constant and price differences are "
            "mixed."
        ),
    ),
    Formula(
        name="alpha050",
        published="(-1 * ts_max(rank(correlation(rank(volume), rank(vwap), 5)), 5))",
        reading=(
            "Opposite of the largest recent rank of the correlation of volume and vwap, both "
            "ranked."
        ),
    ),
)
"""The formulas, in the order of the paper."""
