"""Formulas 106 to 136 of Guotai Junan's 191 alphas; `alpha191` says how they are read."""

from __future__ import annotations

from functools import partial

from workbench.factor.library.formula import Formula

__all__ = ["FORMULAS"]

_formula = partial(Formula, profile="gtja191")

FORMULAS: tuple[Formula, ...] = (
    _formula(
        name="gtja106",
        published="CLOSE-DELAY(CLOSE,20)",
        reading="Twenty-session move of the close.",
        defects="A price difference: it depends on the price level of the share.",
    ),
    _formula(
        name="gtja107",
        published=(
            "(((-1 * RANK((OPEN - DELAY(HIGH, 1)))) * RANK((OPEN - DELAY(CLOSE, 1)))) * RANK((OPEN "
            "- DELAY(LOW, 1))))"
        ),
        reading="Opposite of the gap of the open over the former high, close and low, ranked.",
        defects="A price difference: it depends on the price level of the share.",
    ),
    _formula(
        name="gtja108",
        published="((RANK((HIGH - MIN(HIGH, 2)))^RANK(CORR((VWAP), (MEAN(VOLUME,120)), 6))) * -1)",
        reading=(
            "Opposite of the ranked rise of high, to the power of the ranked correlation of vwap "
            "and volume."
        ),
        defects=(
            "Printed MIN with a window; read as TSMIN, as in WorldQuant's alpha067. A price "
            "difference: it depends on the price level of the share."
        ),
        text="((RANK((HIGH - TSMIN(HIGH, 2)))^RANK(CORR((VWAP), (MEAN(VOLUME,120)), 6))) * -1)",
    ),
    _formula(
        name="gtja109",
        published="SMA(HIGH-LOW,10,2)/SMA(SMA(HIGH-LOW,10,2),10,2)",
        reading="Smoothed range over itself smoothed again.",
    ),
    _formula(
        name="gtja110",
        published="SUM(MAX(0,HIGH-DELAY(CLOSE,1)),20)/SUM(MAX(0,DELAY(CLOSE,1)-LOW),20)*100",
        reading="Movement above over movement below the former close, twenty sessions, in percent.",
    ),
    _formula(
        name="gtja111",
        published=(
            "SMA(VOL*((CLOSE-LOW)-(HIGH-CLOSE))/(HIGH-LOW),11,2)-SMA(VOL*((CLOSE-LOW)-(HIGH-CLOSE))"
            "/(HIGH-LOW),4,2)"
        ),
        reading="Slow minus fast smoothing of volume times the place of close in the range.",
        defects=(
            "VOL is not among the report's fields; read as VOLUME. NaN where high = low, as on a "
            "session locked at a limit."
        ),
    ),
    _formula(
        name="gtja112",
        published=(
            "(SUM((CLOSE-DELAY(CLOSE,1)>0?CLOSE-DELAY(CLOSE,1):0),12)-SUM((CLOSE-DELAY(CLOSE,1)"
            "<0?ABS(CLOSE-DELAY(CLOSE,1)):0),12))/(SUM((CLOSE-DELAY(CLOSE,1)>0?CLOSE-DELAY(CLOSE,1)"
            ":0),12)+SUM((CLOSE-DELAY(CLOSE,1)<0?ABS(CLOSE-DELAY(CLOSE,1)):0),12))*100"
        ),
        reading="Chande's momentum oscillator: gains minus losses over both, twelve sessions.",
    ),
    _formula(
        name="gtja113",
        published=(
            "(-1 * ((RANK((SUM(DELAY(CLOSE, 5), 20) / 20)) * CORR(CLOSE, VOLUME, 2)) * "
            "RANK(CORR(SUM(CLOSE, 5), SUM(CLOSE, 20), 2))))"
        ),
        reading="Price level times two-session correlations.",
        defects="A correlation over two sessions is -1, 1 or undefined: most ranks are tied.",
    ),
    _formula(
        name="gtja114",
        published=(
            "((RANK(DELAY(((HIGH - LOW) / (SUM(CLOSE, 5) / 5)), 2)) * RANK(RANK(VOLUME))) / "
            "(((HIGH - LOW) / (SUM(CLOSE, 5) / 5)) / (VWAP - CLOSE)))"
        ),
        reading="Former range and volume, ranked, over today's range a unit of vwap above close.",
        defects="NaN where high = low or vwap = close; the second RANK of volume has no effect.",
    ),
    _formula(
        name="gtja115",
        published=(
            "(RANK(CORR(((HIGH * 0.9) + (CLOSE * 0.1)), MEAN(VOLUME,30), "
            "10))^RANK(CORR(TSRANK(((HIGH + LOW) / 2), 4), TSRANK(VOLUME, 10), 7)))"
        ),
        reading=(
            "Ranked correlation of price and usual volume, to the power of that of their ranks "
            "along time."
        ),
    ),
    _formula(
        name="gtja116",
        published="REGBETA(CLOSE,SEQUENCE,20)",
        reading="Slope of the close on time, twenty sessions.",
        defects=(
            "SEQUENCE is printed without its length; read as the window, and written REGBETA(x, "
            "20), the slope on 1 … 20. A price difference: it depends on the price level of the "
            "share."
        ),
        text="REGBETA(CLOSE,20)",
    ),
    _formula(
        name="gtja117",
        published=(
            "((TSRANK(VOLUME, 32) * (1 - TSRANK(((CLOSE + HIGH) - LOW), 16))) * (1 - TSRANK(RET, "
            "32)))"
        ),
        reading="Busy sessions of weak prices and weak returns, all ranked along time.",
    ),
    _formula(
        name="gtja118",
        published="SUM(HIGH-OPEN,20)/SUM(OPEN-LOW,20)*100",
        reading="Movement above over movement below the open, twenty sessions, in percent.",
    ),
    _formula(
        name="gtja119",
        published=(
            "(RANK(DECAYLINEAR(CORR(VWAP, SUM(MEAN(VOLUME,5), 26), 5), 7)) - "
            "RANK(DECAYLINEAR(TSRANK(MIN(CORR(RANK(OPEN), RANK(MEAN(VOLUME,15)), 21), 9), 7), 8)))"
        ),
        reading=(
            "Correlation of vwap and volume above the standing of the lowest correlation of open "
            "and volume."
        ),
        defects=(
            "MIN is printed with a window; read as TSMIN (in WorldQuant's alpha098, its model, "
            "Ts_ArgMin)."
        ),
        text=(
            "(RANK(DECAYLINEAR(CORR(VWAP, SUM(MEAN(VOLUME,5), 26), 5), 7)) - "
            "RANK(DECAYLINEAR(TSRANK(TSMIN(CORR(RANK(OPEN), RANK(MEAN(VOLUME,15)), 21), 9), 7), "
            "8)))"
        ),
    ),
    _formula(
        name="gtja120",
        published="(RANK((VWAP - CLOSE)) / RANK((VWAP + CLOSE)))",
        reading="Vwap above close, over the price level, both ranked.",
    ),
    _formula(
        name="gtja121",
        published=(
            "((RANK((VWAP - MIN(VWAP, 12)))^TSRANK(CORR(TSRANK(VWAP, 20), TSRANK(MEAN(VOLUME,60), "
            "2), 18), 3)) * -1)"
        ),
        reading=(
            "Opposite of vwap above its low, ranked, to the power of the standing of a correlation."
        ),
        defects=(
            "Printed MIN with a window; read as TSMIN, as in WorldQuant's alpha094. A price "
            "difference: it depends on the price level of the share."
        ),
        text=(
            "((RANK((VWAP - TSMIN(VWAP, 12)))^TSRANK(CORR(TSRANK(VWAP, 20), "
            "TSRANK(MEAN(VOLUME,60), 2), 18), 3)) * -1)"
        ),
    ),
    _formula(
        name="gtja122",
        published=(
            "(SMA(SMA(SMA(LOG(CLOSE),13,2),13,2),13,2)-DELAY(SMA(SMA(SMA(LOG(CLOSE),13,2),13,2),13,"
            "2),1))/DELAY(SMA(SMA(SMA(LOG(CLOSE),13,2),13,2),13,2),1)"
        ),
        reading="Growth of the triply smoothed logarithm of close (TRIX).",
        defects=(
            "A ratio of logarithms depends on the price level, and explodes where the close is "
            "near 1."
        ),
    ),
    _formula(
        name="gtja123",
        published=(
            "((RANK(CORR(SUM(((HIGH + LOW) / 2), 20), SUM(MEAN(VOLUME,60), 20), 9)) < "
            "RANK(CORR(LOW, VOLUME, 6))) * -1)"
        ),
        reading="Minus one where a long correlation of price and volume ranks below a short one.",
        defects="Takes the values -1 and 0 only.",
    ),
    _formula(
        name="gtja124",
        published="(CLOSE - VWAP) / DECAYLINEAR(RANK(TSMAX(CLOSE, 30)),2)",
        reading="Close above vwap, over the ranked price level.",
        defects="A price difference: it depends on the price level of the share.",
    ),
    _formula(
        name="gtja125",
        published=(
            "(RANK(DECAYLINEAR(CORR((VWAP), MEAN(VOLUME,80),17), 20)) / "
            "RANK(DECAYLINEAR(DELTA(((CLOSE * 0.5) + (VWAP * 0.5)), 3), 16)))"
        ),
        reading="Correlation of vwap and volume over the move of price, both smoothed and ranked.",
    ),
    _formula(
        name="gtja126",
        published="(CLOSE+HIGH+LOW)/3",
        reading="Typical price.",
        defects="A price: it only says how the share is denominated.",
    ),
    _formula(
        name="gtja127",
        published="(MEAN((100*(CLOSE-MAX(CLOSE,12))/(MAX(CLOSE,12)))^2))^(1/2)",
        reading=(
            "Ulcer index: root mean square of the fall below the twelve-session high, in percent."
        ),
        defects=(
            "Printed MAX with a window, read as TSMAX, and MEAN without one, read as 12, the "
            "window of the high."
        ),
        text="(MEAN((100*(CLOSE-TSMAX(CLOSE,12))/(TSMAX(CLOSE,12)))^2,12))^(1/2)",
    ),
    _formula(
        name="gtja128",
        published=(
            "100-(100/(1+SUM(((HIGH+LOW+CLOSE)/3>DELAY((HIGH+LOW+CLOSE)/3,1)?(HIGH+LOW+CLOSE)/3*"
            "VOLUME:0),14)/SUM(((HIGH+LOW+CLOSE)/3<DELAY((HIGH+LOW+CLOSE)/3,1)?(HIGH+LOW+CLOSE)/3*"
            "VOLUME:0),14)))"
        ),
        reading="Money flow index, fourteen sessions.",
        defects="NaN where no session fell.",
    ),
    _formula(
        name="gtja129",
        published="SUM((CLOSE-DELAY(CLOSE,1)<0?ABS(CLOSE-DELAY(CLOSE,1)):0),12)",
        reading="Sum of the falls of twelve sessions.",
        defects="A price difference: it depends on the price level of the share.",
    ),
    _formula(
        name="gtja130",
        published=(
            "(RANK(DECAYLINEAR(CORR(((HIGH + LOW) / 2), MEAN(VOLUME,40), 9), 10)) / "
            "RANK(DECAYLINEAR(CORR(RANK(VWAP), RANK(VOLUME), 7),3)))"
        ),
        reading="Long over short correlation of price and volume, both smoothed and ranked.",
    ),
    _formula(
        name="gtja131",
        published="(RANK(DELAT(VWAP, 1))^TSRANK(CORR(CLOSE,MEAN(VOLUME,50), 18), 18))",
        reading=(
            "Ranked move of vwap, to the power of the standing of the correlation of close and "
            "volume."
        ),
        defects=(
            "Printed DELAT; read as DELTA, as in WorldQuant's alpha070. A price difference: it "
            "depends on the price level of the share."
        ),
        text="(RANK(DELTA(VWAP, 1))^TSRANK(CORR(CLOSE,MEAN(VOLUME,50), 18), 18))",
    ),
    _formula(
        name="gtja132",
        published="MEAN(AMOUNT,20)",
        reading="Mean traded value, twenty sessions.",
        defects="In CNY: it depends on the size of the company.",
    ),
    _formula(
        name="gtja133",
        published="((20-HIGHDAY(HIGH,20))/20)*100-((20-LOWDAY(LOW,20))/20)*100",
        reading=(
            "Aroon oscillator: how much more recent the highest high is than the lowest low, in "
            "percent."
        ),
    ),
    _formula(
        name="gtja134",
        published="(CLOSE-DELAY(CLOSE,12))/DELAY(CLOSE,12)*VOLUME",
        reading="Twelve-session return times volume.",
        defects="Counted in shares: it depends on the size of the company.",
    ),
    _formula(
        name="gtja135",
        published="SMA(DELAY(CLOSE/DELAY(CLOSE,20),1),20,1)",
        reading="Twenty-session ratio of closes, a session old, smoothed.",
    ),
    _formula(
        name="gtja136",
        published="((-1 * RANK(DELTA(RET, 3))) * CORR(OPEN, VOLUME, 10))",
        reading="Slowing returns, weighted with the correlation of open and volume.",
    ),
)
