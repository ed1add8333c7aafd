"""Formulas 051 to 075 of "101 Formulaic Alphas"; `alpha101` says how they are read."""

from __future__ import annotations

from workbench.factor.library.formula import Formula

__all__ = ["FORMULAS"]

FORMULAS: tuple[Formula, ...] = (
    Formula(
        name="alpha051",
        published=(
            "(((((delay(close, 20) - delay(close, 10)) / 10) - ((delay(close, 10) - close) / 10)) "
            "< (-1 * 0.05)) ? 1 : ((-1 * 1) * (close - delay(close, 1))))"
        ),
        reading="alpha049 with half the threshold.",
        defects=(
            "The threshold -0.05 is in currency per session; a constant and price differences are "
            "mixed."
        ),
    ),
    Formula(
        name="alpha052",
        published=(
            "((((-1 * ts_min(low, 5)) + delay(ts_min(low, 5), 5)) * rank(((sum(returns, 240) - "
            "sum(returns, 20)) / 220))) * ts_rank(volume, 5))"
        ),
        reading=(
            "A falling five-session low, weighted with the returns before the last month and with "
            "volume."
        ),
        defects="The first part is a price difference.",
    ),
    Formula(
        name="alpha053",
        published="(-1 * delta((((close - low) - (high - close)) / (close - low)), 9))",
        reading=(
            "Opposite of the nine-session change of the place of close in the range. Delay 0 in "
            "the paper: traded at the close it reads."
        ),
        defects=(
            "Divides by close - low: NaN where the close is the low, as on a limit-down session."
        ),
    ),
    Formula(
        name="alpha054",
        published="((-1 * ((low - close) * (open^5))) / ((low - high) * (close^5)))",
        reading=(
            "Place of the close in the range, times open over close to the fifth. Delay 0 in the "
            "paper: traded at the close it reads."
        ),
        defects="NaN where high = low (locked at a limit); x^5 loses digits in float32.",
    ),
    Formula(
        name="alpha055",
        published=(
            "(-1 * correlation(rank(((close - ts_min(low, 12)) / (ts_max(high, 12) - ts_min(low, "
            "12)))), rank(volume), 6))"
        ),
        reading=(
            "Opposite of the correlation of the place in the twelve-session range with volume, "
            "both ranked."
        ),
    ),
    Formula(
        name="alpha056",
        published=(
            "(0 - (1 * (rank((sum(returns, 10) / sum(sum(returns, 2), 3))) * rank((returns * "
            "cap)))))"
        ),
        reading=(
            "Opposite of ten-session over recent returns, times the rank of the session's gain in "
            "market value."
        ),
        defects=(
            "The denominator is a sum of returns: near zero the quotient explodes, below zero it "
            "turns over. Needs the market value, which many data sets lack."
        ),
    ),
    Formula(
        name="alpha057",
        published="(0 - (1 * ((close - vwap) / decay_linear(rank(ts_argmax(close, 30)), 2))))",
        reading="Vwap above close, over the rank of how recently the 30-session high stood.",
        defects="A price difference, and not ranked.",
    ),
    Formula(
        name="alpha058",
        published=(
            "(-1 * Ts_Rank(decay_linear(correlation(IndNeutralize(vwap, IndClass.sector), volume, "
            "3.92795), 7.89291), 5.50322))"
        ),
        reading="Sector-neutral vwap against volume, smoothed and ranked along time.",
        defects=(
            "Depends on the classification; a correlation over three sessions is noisy. Windows "
            "are cut to 3, 7, 5; rounded they would be 4, 8, 6."
        ),
    ),
    Formula(
        name="alpha059",
        published=(
            "(-1 * Ts_Rank(decay_linear(correlation(IndNeutralize(((vwap * 0.728317) + (vwap * (1 "
            "- 0.728317))), IndClass.industry), volume, 4.25197), 16.2289), 8.19648))"
        ),
        reading="Industry-neutral vwap against volume, smoothed and ranked along time.",
        defects=(
            "Depends on the classification. The two weights add up to 1 on the same field: it is "
            "vwap. Windows are cut to 4, 16, 8; rounded they are the same."
        ),
    ),
    Formula(
        name="alpha060",
        published=(
            "(0 - (1 * ((2 * scale(rank(((((close - low) - (high - close)) / (high - low)) * "
            "volume)))) - scale(rank(ts_argmax(close, 10))))))"
        ),
        reading=(
            "Opposite of the place in the range times volume, plus how recently the ten-session "
            "high stood."
        ),
        defects=(
            "NaN where high = low (locked at a limit); ts_argmax has ten values, hence many ties."
        ),
    ),
    Formula(
        name="alpha061",
        published=(
            "(rank((vwap - ts_min(vwap, 16.1219))) < rank(correlation(vwap, adv180, 17.9282)))"
        ),
        reading="Whether vwap stands lower above its low than it goes with activity.",
        defects=(
            "A truth value: 0 or 1, the same for half of the market. Windows are cut to 16, 17; "
            "rounded they would be 16, 18."
        ),
    ),
    Formula(
        name="alpha062",
        published=(
            "((rank(correlation(vwap, sum(adv20, 22.4101), 9.91009)) < rank(((rank(open) + "
            "rank(open)) < (rank(((high + low) / 2)) + rank(high))))) * -1)"
        ),
        reading="-1 where vwap goes less with activity than open stands below the range.",
        defects=(
            "A truth value times -1: 0 or -1. The right side ranks a truth value, so it has two "
            "values. Windows are cut to 22, 9; rounded they would be 22, 10."
        ),
    ),
    Formula(
        name="alpha063",
        published=(
            "((rank(decay_linear(delta(IndNeutralize(close, IndClass.industry), 2.25164), "
            "8.22237)) - rank(decay_linear(correlation(((vwap * 0.318108) + (open * (1 - "
            "0.318108))), sum(adv180, 37.2467), 13.557), 12.2883))) * -1)"
        ),
        reading=(
            "Correlation of price and long activity, less the industry-neutral rise of close, "
            "both smoothed."
        ),
        defects=(
            "Depends on the classification. A difference of prices. Windows are cut to 2, 8, 37, "
            "13, 12; rounded they would be 2, 8, 37, 14, 12."
        ),
    ),
    Formula(
        name="alpha064",
        published=(
            "((rank(correlation(sum(((open * 0.178404) + (low * (1 - 0.178404))), 12.7054), "
            "sum(adv120, 12.7054), 16.6208)) < rank(delta(((((high + low) / 2) * 0.178404) + "
            "(vwap * (1 - 0.178404))), 3.69741))) * -1)"
        ),
        reading="-1 where prices rise more than they go with activity.",
        defects=(
            "A truth value times -1: 0 or -1. Windows are cut to 12, 12, 16, 3; rounded they "
            "would be 13, 13, 17, 4."
        ),
    ),
    Formula(
        name="alpha065",
        published=(
            "((rank(correlation(((open * 0.00817205) + (vwap * (1 - 0.00817205))), sum(adv60, "
            "8.6911), 6.40374)) < rank((open - ts_min(open, 13.635)))) * -1)"
        ),
        reading="-1 where open stands higher above its low than price goes with activity.",
        defects=(
            "A truth value times -1: 0 or -1. Windows are cut to 8, 6, 13; rounded they would be "
            "9, 6, 14."
        ),
    ),
    Formula(
        name="alpha066",
        published=(
            "((rank(decay_linear(delta(vwap, 3.51013), 7.23052)) + Ts_Rank(decay_linear(((((low * "
            "0.96633) + (low * (1 - 0.96633))) - vwap) / (open - ((high + low) / 2))), 11.4157), "
            "6.72611)) * -1)"
        ),
        reading=(
            "Opposite of a rising vwap plus the place of low under vwap relative to open over the "
            "middle."
        ),
        defects=(
            "The two weights add up to 1 on the same field: it is low. NaN or explosive where "
            "open is the middle of the range. Windows are cut to 3, 7, 11, 6; rounded they would "
            "be 4, 7, 11, 7."
        ),
    ),
    Formula(
        name="alpha067",
        published=(
            "((rank((high - ts_min(high, 2.14593)))^rank(correlation(IndNeutralize(vwap, "
            "IndClass.sector), IndNeutralize(adv20, IndClass.subindustry), 6.02936))) * -1)"
        ),
        reading=(
            "Opposite of a rising high, to the power of the neutral correlation of vwap and "
            "activity."
        ),
        defects=(
            "Depends on the classification. The least of two sessions makes the base zero, and "
            "tied, wherever high does not rise. Windows are cut to 2, 6; rounded they are the "
            "same."
        ),
    ),
    Formula(
        name="alpha068",
        published=(
            "((Ts_Rank(correlation(rank(high), rank(adv15), 8.91644), 13.9333) < "
            "rank(delta(((close * 0.518371) + (low * (1 - 0.518371))), 1.06157))) * -1)"
        ),
        reading="-1 where the price rises more than high goes with activity.",
        defects=(
            "A truth value times -1: 0 or -1. Compares a rank along time with a rank across "
            "assets. Windows are cut to 8, 13, 1; rounded they would be 9, 14, 1."
        ),
    ),
    Formula(
        name="alpha069",
        published=(
            "((rank(ts_max(delta(IndNeutralize(vwap, IndClass.industry), 2.72412), "
            "4.79344))^Ts_Rank(correlation(((close * 0.490655) + (vwap * (1 - 0.490655))), adv20, "
            "4.92416), 9.0615)) * -1)"
        ),
        reading=(
            "Opposite of the largest industry-neutral rise of vwap, to the power of price going "
            "with activity."
        ),
        defects=(
            "Depends on the classification. Windows are cut to 2, 4, 4, 9; rounded they would be "
            "3, 5, 5, 9."
        ),
    ),
    Formula(
        name="alpha070",
        published=(
            "((rank(delta(vwap, 1.29456))^Ts_Rank(correlation(IndNeutralize(close, "
            "IndClass.industry), adv50, 17.8256), 17.9171)) * -1)"
        ),
        reading="Opposite of a rising vwap, to the power of neutral close going with activity.",
        defects=(
            "Depends on the classification. Windows are cut to 1, 17, 17; rounded they would be "
            "1, 18, 18."
        ),
    ),
    Formula(
        name="alpha071",
        published=(
            "max(Ts_Rank(decay_linear(correlation(Ts_Rank(close, 3.43976), Ts_Rank(adv180, "
            "12.0647), 18.0175), 4.20501), 15.6948), Ts_Rank(decay_linear((rank(((low + open) - "
            "(vwap + vwap)))^2), 16.4662), 4.4388))"
        ),
        reading=(
            "The larger of close going with long activity and of prices above vwap, along time."
        ),
        defects=(
            "A rank of three sessions has few values, so its correlation is noisy. Windows are "
            "cut to 3, 12, 18, 4, 15, 16, 4; rounded they would be 3, 12, 18, 4, 16, 16, 4."
        ),
    ),
    Formula(
        name="alpha072",
        published=(
            "(rank(decay_linear(correlation(((high + low) / 2), adv40, 8.93345), 10.1519)) / "
            "rank(decay_linear(correlation(Ts_Rank(vwap, 3.72469), Ts_Rank(volume, 18.5188), "
            "6.86671), 2.95011)))"
        ),
        reading="Middle of the range going with activity, over vwap going with volume along time.",
        defects=(
            "A quotient of ranks explodes where the denominator is small. A rank of three "
            "sessions has few values. Windows are cut to 8, 10, 3, 18, 6, 2; rounded they would "
            "be 9, 10, 4, 19, 7, 3."
        ),
    ),
    Formula(
        name="alpha073",
        published=(
            "(max(rank(decay_linear(delta(vwap, 4.72775), 2.91864)), "
            "Ts_Rank(decay_linear(((delta(((open * 0.147155) + (low * (1 - 0.147155))), 2.03608) "
            "/ ((open * 0.147155) + (low * (1 - 0.147155)))) * -1), 3.33829), 16.7411)) * -1)"
        ),
        reading="Opposite of the larger of a rising vwap and of falling open and low.",
        defects=(
            "Compares a rank across assets with a rank along time. Windows are cut to 4, 2, 2, 3, "
            "16; rounded they would be 5, 3, 2, 3, 17."
        ),
    ),
    Formula(
        name="alpha074",
        published=(
            "((rank(correlation(close, sum(adv30, 37.4843), 15.1365)) < "
            "rank(correlation(rank(((high * 0.0261661) + (vwap * (1 - 0.0261661)))), "
            "rank(volume), 11.4791))) * -1)"
        ),
        reading="-1 where ranked price goes with ranked volume more than close with activity.",
        defects=(
            "A truth value times -1: 0 or -1. Windows are cut to 37, 15, 11; rounded they are the "
            "same."
        ),
    ),
    Formula(
        name="alpha075",
        published=(
            "(rank(correlation(vwap, volume, 4.24304)) < rank(correlation(rank(low), rank(adv50), "
            "12.4413)))"
        ),
        reading="Whether vwap goes less with volume than low goes with activity.",
        defects="A truth value: 0 or 1. Windows are cut to 4, 12; rounded they are the same.",
    ),
)
"""The formulas, in the order of the paper."""
