"""Formulas 137 to 160 of Guotai Junan's 191 alphas; `alpha191` says how they are read."""

from __future__ import annotations

from functools import partial

from workbench.factor.library.formula import Formula

__all__ = ["FORMULAS"]

_formula = partial(Formula, profile="gtja191")

FORMULAS: tuple[Formula, ...] = (
    _formula(
        name="gtja137",
        published=(
            "16*(CLOSE-DELAY(CLOSE,1)+(CLOSE-OPEN)/2+DELAY(CLOSE,1)-DELAY(OPEN,1))/((ABS("
            "HIGH-DELAY(CLOSE,1))>ABS(LOW-DELAY(CLOSE,1)) & "
            "ABS(HIGH-DELAY(CLOSE,1))>ABS(HIGH-DELAY(LOW,1))?ABS(HIGH-DELAY(CLOSE,1))+ABS("
            "LOW-DELAY(CLOSE,1))/2+ABS(DELAY(CLOSE,1)-DELAY(OPEN,1))/4:(ABS(LOW-DELAY(CLOSE,1))"
            ">ABS(HIGH-DELAY(LOW,1)) & ABS(LOW-DELAY(CLOSE,1))>ABS(HIGH-DELAY(CLOSE,1))?ABS("
            "LOW-DELAY(CLOSE,1))+ABS(HIGH-DELAY(CLOSE,1))/2+ABS(DELAY(CLOSE,1)-DELAY(OPEN,1))/"
            "4:ABS(HIGH-DELAY(LOW,1))+ABS(DELAY(CLOSE,1)-DELAY(OPEN,1))/4)))*MAX(ABS(HIGH-DELAY("
            "CLOSE,1)),ABS(LOW-DELAY(CLOSE,1)))"
        ),
        reading="Wilder's swing index of the session.",
        defects=(
            "Wilder's swing index takes a quarter of the former body; printed whole, so that "
            "DELAY(CLOSE,1) cancels. A price difference: it depends on the price level of the "
            "share."
        ),
    ),
    _formula(
        name="gtja138",
        published=(
            "((RANK(DECAYLINEAR(DELTA((((LOW * 0.7) + (VWAP *0.3))), 3), 20)) - "
            "TSRANK(DECAYLINEAR(TSRANK(CORR(TSRANK(LOW, 8), TSRANK(MEAN(VOLUME,60), 17), 5), 19), "
            "16), 7)) * -1)"
        ),
        reading="Standing of the correlation of low and volume, above the ranked move of price.",
        defects="Subtracts a rank along time from a rank among the assets.",
    ),
    _formula(
        name="gtja139",
        published="(-1 * CORR(OPEN, VOLUME, 10))",
        reading="Opposite of the correlation of open and volume.",
    ),
    _formula(
        name="gtja140",
        published=(
            "MIN(RANK(DECAYLINEAR(((RANK(OPEN) + RANK(LOW)) - (RANK(HIGH) + RANK(CLOSE))), 8)), "
            "TSRANK(DECAYLINEAR(CORR(TSRANK(CLOSE, 8), TSRANK(MEAN(VOLUME,60), 20), 8), 7), 3))"
        ),
        reading=(
            "Smaller of two ranks: the shape of the candle among the assets, and a correlation "
            "along time."
        ),
        defects="Compares a rank among the assets with a rank along time.",
    ),
    _formula(
        name="gtja141",
        published="(RANK(CORR(RANK(HIGH), RANK(MEAN(VOLUME,15)), 9))* -1)",
        reading="Opposite of the ranked correlation of ranked high and ranked usual volume.",
    ),
    _formula(
        name="gtja142",
        published=(
            "(((-1 * RANK(TSRANK(CLOSE, 10))) * RANK(DELTA(DELTA(CLOSE, 1), 1))) * "
            "RANK(TSRANK((VOLUME /MEAN(VOLUME,20)), 5)))"
        ),
        reading="Fade a high close that accelerates on busy volume, all ranked.",
        defects="A price difference: it depends on the price level of the share.",
    ),
    _formula(
        name="gtja143",
        published="CLOSE>DELAY(CLOSE,1)?(CLOSE-DELAY(CLOSE,1))/DELAY(CLOSE,1)*SELF:SELF",
        reading="Product of the returns of the rising sessions among the last twenty.",
        defects=(
            "SELF is the factor's own former value, and neither its start nor its memory is said; "
            "read as a recursion from 1 over the last 20 sessions, so that the value does not "
            "depend on where the data begin. The product of returns soon vanishes: only its order "
            "carries information."
        ),
        text="scan_linear(CLOSE>DELAY(CLOSE,1)?(CLOSE-DELAY(CLOSE,1))/DELAY(CLOSE,1):1,0,20)",
    ),
    _formula(
        name="gtja144",
        published=(
            "SUMIF(ABS(CLOSE/DELAY(CLOSE,1)-1)/AMOUNT,20,CLOSE<DELAY(CLOSE,1))/COUNT(CLOSE<DELAY("
            "CLOSE,1),20)"
        ),
        reading="Amihud's illiquidity of the falling sessions among twenty.",
        defects="NaN where no session fell.",
    ),
    _formula(
        name="gtja145",
        published="(MEAN(VOLUME,9)-MEAN(VOLUME,26))/MEAN(VOLUME,12)*100",
        reading="Short minus long mean volume over a middle one, in percent.",
    ),
    _formula(
        name="gtja146",
        published=(
            "MEAN((CLOSE-DELAY(CLOSE,1))/DELAY(CLOSE,1)-SMA((CLOSE-DELAY(CLOSE,1))/DELAY(CLOSE,1),"
            "61,2),20)*((CLOSE-DELAY(CLOSE,1))/DELAY(CLOSE,1)-SMA((CLOSE-DELAY(CLOSE,1))/DELAY("
            "CLOSE,1),61,2))/SMA(((CLOSE-DELAY(CLOSE,1))/DELAY(CLOSE,1)-((CLOSE-DELAY(CLOSE,1))/"
            "DELAY(CLOSE,1)-SMA((CLOSE-DELAY(CLOSE,1))/DELAY(CLOSE,1),61,2)))^2,60);"
        ),
        reading="Return above its trend, times its own mean, over the mean square of the trend.",
        defects=(
            "The last SMA is printed without a weight; read as MEAN over 60 sessions, as by "
            "DolphinDB. A return minus itself minus its trend is the trend. The semicolon is "
            "dropped."
        ),
        text=(
            "MEAN((CLOSE-DELAY(CLOSE,1))/DELAY(CLOSE,1)-SMA((CLOSE-DELAY(CLOSE,1))/DELAY(CLOSE,1),"
            "61,2),20)*((CLOSE-DELAY(CLOSE,1))/DELAY(CLOSE,1)-SMA((CLOSE-DELAY(CLOSE,1))/DELAY("
            "CLOSE,1),61,2))/MEAN(((CLOSE-DELAY(CLOSE,1))/DELAY(CLOSE,1)-((CLOSE-DELAY(CLOSE,1))/"
            "DELAY(CLOSE,1)-SMA((CLOSE-DELAY(CLOSE,1))/DELAY(CLOSE,1),61,2)))^2,60)"
        ),
    ),
    _formula(
        name="gtja147",
        published="REGBETA(MEAN(CLOSE,12),SEQUENCE(12))",
        reading="Slope of the twelve-session mean close on time, over twelve sessions.",
        defects=(
            "Printed without the window of REGBETA; read as the length of SEQUENCE, and written "
            "REGBETA(x, 12), the slope on 1 … 12. A price difference: it depends on the price "
            "level of the share."
        ),
        text="REGBETA(MEAN(CLOSE,12),12)",
    ),
    _formula(
        name="gtja148",
        published=(
            "((RANK(CORR((OPEN), SUM(MEAN(VOLUME,60), 9), 6)) < RANK((OPEN - TSMIN(OPEN, 14)))) * "
            "-1)"
        ),
        reading=(
            "Minus one where the correlation of open and volume ranks below the open above its low."
        ),
        defects="Takes the values -1 and 0 only.",
    ),
    _formula(
        name="gtja149",
        published=(
            "REGBETA(FILTER(CLOSE/DELAY(CLOSE,1)-1,BANCHMARKINDEXCLOSE<DELAY(BANCHMARKINDEXCLOSE,1)"
            "),FILTER(BANCHMARKINDEXCLOSE/DELAY(BANCHMARKINDEXCLOSE,1)-1,BANCHMARKINDEXCLOSE<DELAY("
            "BANCHMARKINDEXCLOSE,1)),252)"
        ),
        reading="Beta to the benchmark over its falling sessions among the last 252.",
        defects=(
            "FILTER shortens a series, which a panel cannot; read as a window of 252 sessions of "
            "which the falling ones count, at least 60 of them. Needs the field benchmark_close."
        ),
        text=(
            "ts_regression(FILTER(CLOSE/DELAY(CLOSE,1)-1,BANCHMARKINDEXCLOSE<DELAY("
            "BANCHMARKINDEXCLOSE,1)),FILTER(BANCHMARKINDEXCLOSE/DELAY(BANCHMARKINDEXCLOSE,1)-1,"
            "BANCHMARKINDEXCLOSE<DELAY(BANCHMARKINDEXCLOSE,1)),252,slope,60)"
        ),
    ),
    _formula(
        name="gtja150",
        published="(CLOSE+HIGH+LOW)/3*VOLUME",
        reading="Typical price times volume.",
        defects="In CNY: it depends on the size of the company.",
    ),
    _formula(
        name="gtja151",
        published="SMA(CLOSE-DELAY(CLOSE,20),20,1)",
        reading="Twenty-session move of the close, smoothed.",
        defects="A price difference: it depends on the price level of the share.",
    ),
    _formula(
        name="gtja152",
        published=(
            "SMA(MEAN(DELAY(SMA(DELAY(CLOSE/DELAY(CLOSE,9),1),9,1),1),12)-MEAN(DELAY(SMA(DELAY("
            "CLOSE/DELAY(CLOSE,9),1),9,1),1),26),9,1)"
        ),
        reading="Short minus long mean of a smoothed nine-session ratio, smoothed again.",
    ),
    _formula(
        name="gtja153",
        published="(MEAN(CLOSE,3)+MEAN(CLOSE,6)+MEAN(CLOSE,12)+MEAN(CLOSE,24))/4",
        reading="Mean of four moving averages (BBI).",
        defects="A price: it only says how the share is denominated.",
    ),
    _formula(
        name="gtja154",
        published="(((VWAP - MIN(VWAP, 16))) < (CORR(VWAP, MEAN(VOLUME,180), 18)))",
        reading="Whether vwap above its low is smaller than the correlation of vwap and volume.",
        defects=(
            "Printed MIN with a window; read as TSMIN, as in WorldQuant's alpha061, whose ranks "
            "are lost: a price difference is compared with a correlation. True or false: 1 or 0."
        ),
        text="(((VWAP - TSMIN(VWAP, 16))) < (CORR(VWAP, MEAN(VOLUME,180), 18)))",
    ),
    _formula(
        name="gtja155",
        published="SMA(VOLUME,13,2)-SMA(VOLUME,27,2)-SMA(SMA(VOLUME,13,2)-SMA(VOLUME,27,2),10,2)",
        reading="Histogram of the convergence and divergence of volume (12, 26, 9).",
        defects="Counted in shares: it depends on the size of the company.",
    ),
    _formula(
        name="gtja156",
        published=(
            "(MAX(RANK(DECAYLINEAR(DELTA(VWAP, 5), 3)), RANK(DECAYLINEAR(((DELTA(((OPEN * 0.15) + "
            "(LOW *0.85)), 2) / ((OPEN * 0.15) + (LOW * 0.85))) * -1), 3))) * -1)"
        ),
        reading=(
            "Opposite of the larger of two ranks: the move of vwap, and the fall of a blend of "
            "open and low."
        ),
        defects="A price difference: it depends on the price level of the share.",
    ),
    _formula(
        name="gtja157",
        published=(
            "(MIN(PROD(RANK(RANK(LOG(SUM(TSMIN(RANK(RANK((-1 * RANK(DELTA((CLOSE - 1), 5))))), 2), "
            "1)))), 1), 5) + TSRANK(DELAY((-1 * RET), 6), 5))"
        ),
        reading="Lowest recent rank of a five-session fall, plus the standing of an older fall.",
        defects=(
            "MIN is printed with a window; read as TSMIN, as in WorldQuant's alpha029. The windows "
            "of 1 and the repeated ranks have no effect."
        ),
        text=(
            "(TSMIN(PROD(RANK(RANK(LOG(SUM(TSMIN(RANK(RANK((-1 * RANK(DELTA((CLOSE - 1), 5))))), "
            "2), 1)))), 1), 5) + TSRANK(DELAY((-1 * RET), 6), 5))"
        ),
    ),
    _formula(
        name="gtja158",
        published="((HIGH-SMA(CLOSE,15,2))-(LOW-SMA(CLOSE,15,2)))/CLOSE",
        reading="Range of the session over close.",
        defects="The smoothed close cancels, but its warm-up still delays the first values.",
    ),
    _formula(
        name="gtja159",
        published=(
            "((CLOSE-SUM(MIN(LOW,DELAY(CLOSE,1)),6))/SUM(MAX(HGIH,DELAY(CLOSE,1))-MIN(LOW,DELAY("
            "CLOSE,1)),6)*12*24+(CLOSE-SUM(MIN(LOW,DELAY(CLOSE,1)),12))/SUM(MAX(HGIH,DELAY(CLOSE,1)"
            ")-MIN(LOW,DELAY(CLOSE,1)),12)*6*24+(CLOSE-SUM(MIN(LOW,DELAY(CLOSE,1)),24))/SUM(MAX("
            "HGIH,DELAY(CLOSE,1))-MIN(LOW,DELAY(CLOSE,1)),24)*6*24)*100/(6*12+6*24+12*24)"
        ),
        reading="Ultimate oscillator of 6, 12 and 24 sessions, as printed.",
        defects=(
            "Printed HGIH; read as HIGH. The oscillator sums CLOSE minus the true low, where one "
            "close is printed before the sum, and its last weight is 6*12, where 6*24 is printed; "
            "both are kept."
        ),
        text=(
            "((CLOSE-SUM(MIN(LOW,DELAY(CLOSE,1)),6))/SUM(MAX(HIGH,DELAY(CLOSE,1))-MIN(LOW,DELAY("
            "CLOSE,1)),6)*12*24+(CLOSE-SUM(MIN(LOW,DELAY(CLOSE,1)),12))/SUM(MAX(HIGH,DELAY(CLOSE,1)"
            ")-MIN(LOW,DELAY(CLOSE,1)),12)*6*24+(CLOSE-SUM(MIN(LOW,DELAY(CLOSE,1)),24))/SUM(MAX("
            "HIGH,DELAY(CLOSE,1))-MIN(LOW,DELAY(CLOSE,1)),24)*6*24)*100/(6*12+6*24+12*24)"
        ),
    ),
    _formula(
        name="gtja160",
        published="SMA((CLOSE<=DELAY(CLOSE,1)?STD(CLOSE,20):0),20,1)",
        reading="Deviation of the close on sessions that did not rise, smoothed.",
        defects="The deviation of a price grows with the price level.",
    ),
)
