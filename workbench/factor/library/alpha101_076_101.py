"""Formulas 076 to 101 of "101 Formulaic Alphas"; `alpha101` says how they are read."""

from __future__ import annotations

from workbench.factor.library.formula import Formula

__all__ = ["FORMULAS"]

FORMULAS: tuple[Formula, ...] = (
    Formula(
        name="alpha076",
        published=(
            "(max(rank(decay_linear(delta(vwap, 1.24383), 11.8259)), "
            "Ts_Rank(decay_linear(Ts_Rank(correlation(IndNeutralize(low, IndClass.sector), adv81, "
            "8.14941), 19.569), 17.1543), 19.383)) * -1)"
        ),
        reading=(
            "Opposite of the larger of a rising vwap and of sector-neutral low going with activity."
        ),
        defects=(
            "Depends on the classification. Compares a rank across assets with a rank along time. "
            "Windows are cut to 1, 11, 8, 19, 17, 19; rounded they would be 1, 12, 8, 20, 17, 19."
        ),
    ),
    Formula(
        name="alpha077",
        published=(
            "min(rank(decay_linear(((((high + low) / 2) + high) - (vwap + high)), 20.0451)), "
            "rank(decay_linear(correlation(((high + low) / 2), adv40, 3.1614), 5.64125)))"
        ),
        reading="The smaller of the middle of the range above vwap and of its going with activity.",
        defects=(
            "high cancels: only the middle less vwap remains. A correlation of three sessions is "
            "noisy. Windows are cut to 20, 3, 5; rounded they would be 20, 3, 6."
        ),
    ),
    Formula(
        name="alpha078",
        published=(
            "(rank(correlation(sum(((low * 0.352233) + (vwap * (1 - 0.352233))), 19.7428), "
            "sum(adv40, 19.7428), 6.83313))^rank(correlation(rank(vwap), rank(volume), 5.77492)))"
        ),
        reading="Price going with activity, to the power of vwap going with volume.",
        defects="Windows are cut to 19, 19, 6, 5; rounded they would be 20, 20, 7, 6.",
    ),
    Formula(
        name="alpha079",
        published=(
            "(rank(delta(IndNeutralize(((close * 0.60733) + (open * (1 - 0.60733))), "
            "IndClass.sector), 1.23438)) < rank(correlation(Ts_Rank(vwap, 3.60973), "
            "Ts_Rank(adv150, 9.18637), 14.6644)))"
        ),
        reading="Whether the sector-neutral rise ranks below vwap going with long activity.",
        defects=(
            "Depends on the classification. A truth value: 0 or 1. Windows are cut to 1, 3, 9, "
            "14; rounded they would be 1, 4, 9, 15."
        ),
    ),
    Formula(
        name="alpha080",
        published=(
            "((rank(Sign(delta(IndNeutralize(((open * 0.868128) + (high * (1 - 0.868128))), "
            "IndClass.industry), 4.04545)))^Ts_Rank(correlation(high, adv10, 5.11456), 5.53756)) "
            "* -1)"
        ),
        reading=(
            "Opposite of the direction of the industry-neutral price, to the power of high going "
            "with activity."
        ),
        defects=(
            "Depends on the classification. The rank of a sign has three values. Windows are cut "
            "to 4, 5, 5; rounded they would be 4, 5, 6."
        ),
    ),
    Formula(
        name="alpha081",
        published=(
            "((rank(Log(product(rank((rank(correlation(vwap, sum(adv10, 49.6054), 8.47743))^4)), "
            "14.9655))) < rank(correlation(rank(vwap), rank(volume), 5.07914))) * -1)"
        ),
        reading="-1 where vwap goes with volume now more than it went with activity lately.",
        defects=(
            "A truth value times -1: 0 or -1. The fourth power under a rank, and Log under a "
            "rank, have no effect. Windows are cut to 49, 8, 14, 5; rounded they would be 50, 8, "
            "15, 5."
        ),
    ),
    Formula(
        name="alpha082",
        published=(
            "(min(rank(decay_linear(delta(open, 1.46063), 14.8717)), "
            "Ts_Rank(decay_linear(correlation(IndNeutralize(volume, IndClass.sector), ((open * "
            "0.634196) + (open * (1 - 0.634196))), 17.4842), 6.92131), 13.4283)) * -1)"
        ),
        reading=(
            "Opposite of the smaller of a rising open and of sector-neutral volume going with open."
        ),
        defects=(
            "Depends on the classification. The two weights add up to 1 on the same field: it is "
            "open. Windows are cut to 1, 14, 17, 6, 13; rounded they would be 1, 15, 17, 7, 13."
        ),
    ),
    Formula(
        name="alpha083",
        published=(
            "((rank(delay(((high - low) / (sum(close, 5) / 5)), 2)) * rank(rank(volume))) / "
            "(((high - low) / (sum(close, 5) / 5)) / (vwap - close)))"
        ),
        reading="Earlier range times volume, times vwap above close over the range of the session.",
        defects=(
            "NaN where vwap = close, where the value should be zero, and where high = low; the "
            "rank of a rank has no effect."
        ),
    ),
    Formula(
        name="alpha084",
        published=(
            "SignedPower(Ts_Rank((vwap - ts_max(vwap, 15.3217)), 20.7127), delta(close, 4.96796))"
        ),
        reading="Place of vwap under its high, to the power of the move of close.",
        defects=(
            "The exponent is in currency: on expensive shares the power vanishes or explodes. "
            "Windows are cut to 15, 20, 4; rounded they would be 15, 21, 5."
        ),
    ),
    Formula(
        name="alpha085",
        published=(
            "(rank(correlation(((high * 0.876703) + (close * (1 - 0.876703))), adv30, "
            "9.61331))^rank(correlation(Ts_Rank(((high + low) / 2), 3.70596), Ts_Rank(volume, "
            "10.1595), 7.11408)))"
        ),
        reading=(
            "Price going with activity, to the power of the middle going with volume along time."
        ),
        defects=(
            "A rank of three sessions has few values, so its correlation is noisy. Windows are "
            "cut to 9, 3, 10, 7; rounded they would be 10, 4, 10, 7."
        ),
    ),
    Formula(
        name="alpha086",
        published=(
            "((Ts_Rank(correlation(close, sum(adv20, 14.7444), 6.00049), 20.4195) < rank(((open + "
            "close) - (vwap + open)))) * -1)"
        ),
        reading="-1 where close stands above vwap more than it goes with activity.",
        defects=(
            "A truth value times -1: 0 or -1. open cancels. Compares a rank along time with one "
            "across assets. Windows are cut to 14, 6, 20; rounded they would be 15, 6, 20."
        ),
    ),
    Formula(
        name="alpha087",
        published=(
            "(max(rank(decay_linear(delta(((close * 0.369701) + (vwap * (1 - 0.369701))), "
            "1.91233), 2.65461)), Ts_Rank(decay_linear(abs(correlation(IndNeutralize(adv81, "
            "IndClass.industry), close, 13.4132)), 4.89768), 14.4535)) * -1)"
        ),
        reading=(
            "Opposite of the larger of a rising price and of neutral activity going with close, "
            "either way."
        ),
        defects=(
            "Depends on the classification. Compares a rank across assets with a rank along time. "
            "Windows are cut to 1, 2, 13, 4, 14; rounded they would be 2, 3, 13, 5, 14."
        ),
    ),
    Formula(
        name="alpha088",
        published=(
            "min(rank(decay_linear(((rank(open) + rank(low)) - (rank(high) + rank(close))), "
            "8.06882)), Ts_Rank(decay_linear(correlation(Ts_Rank(close, 8.44728), Ts_Rank(adv60, "
            "20.6966), 8.01266), 6.65053), 2.61957))"
        ),
        reading=(
            "The smaller of a falling session in ranks and of close going with activity along time."
        ),
        defects=(
            "A rank of two sessions has three values. Windows are cut to 8, 8, 20, 8, 6, 2; "
            "rounded they would be 8, 8, 21, 8, 7, 3."
        ),
    ),
    Formula(
        name="alpha089",
        published=(
            "(Ts_Rank(decay_linear(correlation(((low * 0.967285) + (low * (1 - 0.967285))), "
            "adv10, 6.94279), 5.51607), 3.79744) - Ts_Rank(decay_linear(delta(IndNeutralize(vwap, "
            "IndClass.industry), 3.48158), 10.1466), 15.3012))"
        ),
        reading="Low going with activity, less the industry-neutral rise of vwap, both along time.",
        defects=(
            "Depends on the classification. The two weights add up to 1 on the same field: it is "
            "low. Windows are cut to 6, 5, 3, 3, 10, 15; rounded they would be 7, 6, 4, 3, 10, 15."
        ),
    ),
    Formula(
        name="alpha090",
        published=(
            "((rank((close - ts_max(close, 4.66719)))^Ts_Rank(correlation(IndNeutralize(adv40, "
            "IndClass.subindustry), low, 5.38375), 3.21856)) * -1)"
        ),
        reading="Opposite of close near its high, to the power of neutral activity going with low.",
        defects=(
            "Depends on the classification. The base is tied wherever close is the high of the "
            "window. Windows are cut to 4, 5, 3; rounded they would be 5, 5, 3."
        ),
    ),
    Formula(
        name="alpha091",
        published=(
            "((Ts_Rank(decay_linear(decay_linear(correlation(IndNeutralize(close, "
            "IndClass.industry), volume, 9.74928), 16.398), 3.83219), 4.8667) - "
            "rank(decay_linear(correlation(vwap, adv30, 4.01303), 2.6809))) * -1)"
        ),
        reading="Vwap going with activity, less neutral close going with volume, smoothed twice.",
        defects=(
            "Depends on the classification. Subtracts a rank across assets from a rank along "
            "time. Windows are cut to 9, 16, 3, 4, 4, 2; rounded they would be 10, 16, 4, 5, 4, 3."
        ),
    ),
    Formula(
        name="alpha092",
        published=(
            "min(Ts_Rank(decay_linear(((((high + low) / 2) + close) < (low + open)), 14.7221), "
            "18.8683), Ts_Rank(decay_linear(correlation(rank(low), rank(adv30), 7.58555), "
            "6.94024), 6.80584))"
        ),
        reading="The smaller of how often the session fell lately and of low going with activity.",
        defects=(
            "Smooths a truth value, read as 0 and 1. Windows are cut to 14, 18, 7, 6, 6; rounded "
            "they would be 15, 19, 8, 7, 7."
        ),
    ),
    Formula(
        name="alpha093",
        published=(
            "(Ts_Rank(decay_linear(correlation(IndNeutralize(vwap, IndClass.industry), adv81, "
            "17.4193), 19.848), 7.54455) / rank(decay_linear(delta(((close * 0.524434) + (vwap * "
            "(1 - 0.524434))), 2.77377), 16.2664)))"
        ),
        reading="Neutral vwap going with activity, over the rise of price.",
        defects=(
            "Depends on the classification. A quotient of ranks explodes where the denominator is "
            "small. Windows are cut to 17, 19, 7, 2, 16; rounded they would be 17, 20, 8, 3, 16."
        ),
    ),
    Formula(
        name="alpha094",
        published=(
            "((rank((vwap - ts_min(vwap, 11.5783)))^Ts_Rank(correlation(Ts_Rank(vwap, 19.6462), "
            "Ts_Rank(adv60, 4.02992), 18.0926), 2.70756)) * -1)"
        ),
        reading="Opposite of vwap above its low, to the power of vwap going with activity.",
        defects=(
            "A rank of two sessions has three values. Windows are cut to 11, 19, 4, 18, 2; "
            "rounded they would be 12, 20, 4, 18, 3."
        ),
    ),
    Formula(
        name="alpha095",
        published=(
            "(rank((open - ts_min(open, 12.4105))) < Ts_Rank((rank(correlation(sum(((high + low) "
            "/ 2), 19.1351), sum(adv40, 19.1351), 12.8742))^5), 11.7584))"
        ),
        reading="Whether open stands lower above its low than the middle goes with activity.",
        defects=(
            "A truth value: 0 or 1. The fifth power under a rank has no effect. Windows are cut "
            "to 12, 19, 19, 12, 11; rounded they would be 12, 19, 19, 13, 12."
        ),
    ),
    Formula(
        name="alpha096",
        published=(
            "(max(Ts_Rank(decay_linear(correlation(rank(vwap), rank(volume), 3.83878), 4.16783), "
            "8.38151), Ts_Rank(decay_linear(Ts_ArgMax(correlation(Ts_Rank(close, 7.45404), "
            "Ts_Rank(adv60, 4.13242), 3.65459), 12.6556), 14.0365), 13.4143)) * -1)"
        ),
        reading=(
            "Opposite of the larger of vwap going with volume and of how recently close went most "
            "with activity."
        ),
        defects=(
            "Empty in practice: a correlation of three ranks is undefined where one rank stands "
            "still, and one such session empties the 36 that follow (on a random market of 300 "
            "assets one value in 10,000 is left). Ports put 0 there; fillna(correlation(…), 0) "
            "does the same. Its values are tied, too. Windows are cut to 3, 4, 8, 7, 4, 3, 12, "
            "14, 13; rounded they would be 4, 4, 8, 7, 4, 4, 13, 14, 13."
        ),
    ),
    Formula(
        name="alpha097",
        published=(
            "((rank(decay_linear(delta(IndNeutralize(((low * 0.721001) + (vwap * (1 - "
            "0.721001))), IndClass.industry), 3.3705), 20.4523)) - "
            "Ts_Rank(decay_linear(Ts_Rank(correlation(Ts_Rank(low, 7.87871), Ts_Rank(adv60, "
            "17.255), 4.97547), 18.5925), 15.7152), 6.71659)) * -1)"
        ),
        reading="Low going with activity along time, less the industry-neutral rise of price.",
        defects=(
            "Depends on the classification. Subtracts a rank along time from a rank across "
            "assets. Mostly NaN: a correlation of four ranks is undefined where one stands still, "
            "and one such session empties the 36 that follow (on a random market of 300 assets "
            "one value in seven is left). Windows are cut to 3, 20, 7, 17, 4, 18, 15, 6; rounded "
            "they would be 3, 20, 8, 17, 5, 19, 16, 7."
        ),
    ),
    Formula(
        name="alpha098",
        published=(
            "(rank(decay_linear(correlation(vwap, sum(adv5, 26.4719), 4.58418), 7.18088)) - "
            "rank(decay_linear(Ts_Rank(Ts_ArgMin(correlation(rank(open), rank(adv15), 20.8187), "
            "8.62571), 6.95668), 8.07206)))"
        ),
        reading="Vwap going with activity, less how recently open went least with it.",
        defects=(
            "Windows are cut to 26, 4, 7, 20, 8, 6, 8; rounded they would be 26, 5, 7, 21, 9, 7, 8."
        ),
    ),
    Formula(
        name="alpha099",
        published=(
            "((rank(correlation(sum(((high + low) / 2), 19.8975), sum(adv60, 19.8975), 8.8136)) < "
            "rank(correlation(low, volume, 6.28259))) * -1)"
        ),
        reading="-1 where low goes with volume more than the middle goes with activity.",
        defects=(
            "A truth value times -1: 0 or -1. Windows are cut to 19, 19, 8, 6; rounded they would "
            "be 20, 20, 9, 6."
        ),
    ),
    Formula(
        name="alpha100",
        published=(
            "(0 - (1 * (((1.5 * scale(indneutralize(indneutralize(rank(((((close - low) - (high - "
            "close)) / (high - low)) * volume)), IndClass.subindustry), IndClass.subindustry))) - "
            "scale(indneutralize((correlation(close, rank(adv20), 5) - rank(ts_argmin(close, "
            "30))), IndClass.subindustry))) * (volume / adv20))))"
        ),
        reading=(
            "Opposite of the neutral place in the range times volume, less the neutral difference "
            "of close going with activity and how recently its low stood, weighted with volume."
        ),
        defects=(
            "Depends on the classification. Neutralising twice by the same groups has no effect; "
            "volume / adv20 divides shares by value; NaN where high = low."
        ),
    ),
    Formula(
        name="alpha101",
        published="((close - open) / ((high - low) + .001))",
        reading="Body of the session's candle over its range.",
        defects="The 0.001 is in currency: it weighs more on cheap shares and on locked sessions.",
    ),
)
"""The formulas, in the order of the paper."""
