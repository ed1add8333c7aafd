"""Formulas 071 to 105 of Guotai Junan's 191 alphas; `alpha191` says how they are read."""

from __future__ import annotations

from functools import partial

from workbench.factor.library.formula import Formula

__all__ = ["FORMULAS"]

_formula = partial(Formula, profile="gtja191")

FORMULAS: tuple[Formula, ...] = (
    _formula(
        name="gtja071",
        published="(CLOSE-MEAN(CLOSE,24))/MEAN(CLOSE,24)*100",
        reading="Close above its 24-session mean, in percent.",
    ),
    _formula(
        name="gtja072",
        published="SMA((TSMAX(HIGH,6)-CLOSE)/(TSMAX(HIGH,6)-TSMIN(LOW,6))*100,15,1)",
        reading=(
            "Distance of close to the six-session high over the range, smoothed over fifteen "
            "sessions."
        ),
    ),
    _formula(
        name="gtja073",
        published=(
            "((TSRANK(DECAYLINEAR(DECAYLINEAR(CORR((CLOSE), VOLUME, 10), 16), 4), 5) - "
            "RANK(DECAYLINEAR(CORR(VWAP, MEAN(VOLUME,30), 4),3))) * -1)"
        ),
        reading=(
            "Correlation of vwap and usual volume among the assets, above that of close and volume "
            "along time."
        ),
    ),
    _formula(
        name="gtja074",
        published=(
            "(RANK(CORR(SUM(((LOW * 0.35) + (VWAP * 0.65)), 20), SUM(MEAN(VOLUME,40), 20), 7)) + "
            "RANK(CORR(RANK(VWAP), RANK(VOLUME), 6)))"
        ),
        reading="Two correlations of price and volume, long and short, ranked and added.",
    ),
    _formula(
        name="gtja075",
        published=(
            "COUNT(CLOSE>OPEN & BANCHMARKINDEXCLOSE<BANCHMARKINDEXOPEN,50)/COUNT("
            "BANCHMARKINDEXCLOSE<BANCHMARKINDEXOPEN,50)"
        ),
        reading=(
            "Share of the benchmark's falling sessions on which the share rose, fifty sessions."
        ),
        defects="Needs the fields benchmark_open and benchmark_close.",
    ),
    _formula(
        name="gtja076",
        published=(
            "STD(ABS((CLOSE/DELAY(CLOSE,1)-1))/VOLUME,20)/MEAN(ABS((CLOSE/DELAY(CLOSE,1)-1))/"
            "VOLUME,20)"
        ),
        reading="Coefficient of variation of the move per share traded, twenty sessions.",
    ),
    _formula(
        name="gtja077",
        published=(
            "MIN(RANK(DECAYLINEAR(((((HIGH + LOW) / 2) + HIGH) - (VWAP + HIGH)), 20)), "
            "RANK(DECAYLINEAR(CORR(((HIGH + LOW) / 2), MEAN(VOLUME,40), 3), 6)))"
        ),
        reading=(
            "Smaller of two ranks: the middle of the range above vwap, and its correlation with "
            "volume."
        ),
        defects=(
            "HIGH is added on both sides and cancels. A price difference: it depends on the price "
            "level of the share."
        ),
    ),
    _formula(
        name="gtja078",
        published=(
            "((HIGH+LOW+CLOSE)/3-MA((HIGH+LOW+CLOSE)/3,12))/(0.015*MEAN(ABS(CLOSE-MEAN((HIGH+LOW+"
            "CLOSE)/3,12)),12))"
        ),
        reading="Commodity channel index, twelve sessions.",
        defects=(
            "MA is not among the report's functions; read as MEAN. The index takes deviations of "
            "the typical price where CLOSE is printed."
        ),
    ),
    _formula(
        name="gtja079",
        published="SMA(MAX(CLOSE-DELAY(CLOSE,1),0),12,1)/SMA(ABS(CLOSE-DELAY(CLOSE,1)),12,1)*100",
        reading="Relative strength index, twelve sessions.",
    ),
    _formula(
        name="gtja080",
        published="(VOLUME-DELAY(VOLUME,5))/DELAY(VOLUME,5)*100",
        reading="Five-session growth of volume, in percent.",
    ),
    _formula(
        name="gtja081",
        published="SMA(VOLUME,21,2)",
        reading="Volume, smoothed over 21 sessions.",
        defects="Counted in shares: it depends on the size of the company.",
    ),
    _formula(
        name="gtja082",
        published="SMA((TSMAX(HIGH,6)-CLOSE)/(TSMAX(HIGH,6)-TSMIN(LOW,6))*100,20,1)",
        reading=(
            "Distance of close to the six-session high over the range, smoothed over twenty "
            "sessions."
        ),
    ),
    _formula(
        name="gtja083",
        published="(-1 * RANK(COVIANCE(RANK(HIGH), RANK(VOLUME), 5)))",
        reading="Opposite of the ranked covariance of ranked high and ranked volume.",
        defects="COVIANCE is the report's spelling of covariance.",
    ),
    _formula(
        name="gtja084",
        published="SUM((CLOSE>DELAY(CLOSE,1)?VOLUME:(CLOSE<DELAY(CLOSE,1)?-VOLUME:0)),20)",
        reading="On-balance volume of twenty sessions.",
        defects="Counted in shares: it depends on the size of the company.",
    ),
    _formula(
        name="gtja085",
        published="(TSRANK((VOLUME / MEAN(VOLUME,20)), 20) * TSRANK((-1 * DELTA(CLOSE, 7)), 8))",
        reading="Busy sessions after a fall, both ranked along time.",
    ),
    _formula(
        name="gtja086",
        published=(
            "((0.25 < (((DELAY(CLOSE, 20) - DELAY(CLOSE, 10)) / 10) - ((DELAY(CLOSE, 10) - CLOSE) "
            "/ 10))) ? (-1 * 1) : (((((DELAY(CLOSE, 20) - DELAY(CLOSE, 10)) / 10) - ((DELAY(CLOSE, "
            "10) - CLOSE) / 10)) < 0) ? 1 : ((-1 * 1) * (CLOSE - DELAY(CLOSE, 1)))))"
        ),
        reading="Fade an accelerating rise, follow its slowing, else fade the last move.",
        defects="The threshold 0.25 is in CNY a session, and the branches have different units.",
    ),
    _formula(
        name="gtja087",
        published=(
            "((RANK(DECAYLINEAR(DELTA(VWAP, 4), 7)) + TSRANK(DECAYLINEAR(((((LOW * 0.9) + (LOW * "
            "0.1)) - VWAP) / (OPEN - ((HIGH + LOW) / 2))), 11), 7)) * -1)"
        ),
        reading=(
            "Opposite of the move of vwap, plus the standing of low below vwap over open above the "
            "middle."
        ),
        defects="LOW * 0.9 + LOW * 0.1 is LOW. NaN where open is the middle of the range.",
    ),
    _formula(
        name="gtja088",
        published="(CLOSE-DELAY(CLOSE,20))/DELAY(CLOSE,20)*100",
        reading="Twenty-session return in percent.",
    ),
    _formula(
        name="gtja089",
        published="2*(SMA(CLOSE,13,2)-SMA(CLOSE,27,2)-SMA(SMA(CLOSE,13,2)-SMA(CLOSE,27,2),10,2))",
        reading="Histogram of the moving average convergence and divergence (12, 26, 9).",
        defects="A price difference: it depends on the price level of the share.",
    ),
    _formula(
        name="gtja090",
        published="( RANK(CORR(RANK(VWAP), RANK(VOLUME), 5)) * -1)",
        reading="Opposite of the ranked correlation of ranked vwap and ranked volume.",
    ),
    _formula(
        name="gtja091",
        published="((RANK((CLOSE - MAX(CLOSE, 5)))*RANK(CORR((MEAN(VOLUME,40)), LOW, 5))) * -1)",
        reading=(
            "Close below its five-session high, times the correlation of usual volume and low, "
            "ranked."
        ),
        defects=(
            "Printed MAX with a window; read as TSMAX, as in WorldQuant's alpha090. A price "
            "difference: it depends on the price level of the share."
        ),
        text="((RANK((CLOSE - TSMAX(CLOSE, 5)))*RANK(CORR((MEAN(VOLUME,40)), LOW, 5))) * -1)",
    ),
    _formula(
        name="gtja092",
        published=(
            "(MAX(RANK(DECAYLINEAR(DELTA(((CLOSE * 0.35) + (VWAP *0.65)), 2), 3)), "
            "TSRANK(DECAYLINEAR(ABS(CORR((MEAN(VOLUME,180)), CLOSE, 13)), 5), 15)) * -1)"
        ),
        reading=(
            "Opposite of the larger of two ranks: the smoothed move of price, and the strength of "
            "its tie to volume."
        ),
        defects="Compares a rank among the assets with a rank along time.",
    ),
    _formula(
        name="gtja093",
        published="SUM((OPEN>=DELAY(OPEN,1)?0:MAX((OPEN-LOW),(OPEN-DELAY(OPEN,1)))),20)",
        reading="Movement below a lower open (DBM), twenty sessions.",
        defects=(
            "A price difference: it depends on the price level of the share. The second branch of "
            "MAX is never positive."
        ),
    ),
    _formula(
        name="gtja094",
        published="SUM((CLOSE>DELAY(CLOSE,1)?VOLUME:(CLOSE<DELAY(CLOSE,1)?-VOLUME:0)),30)",
        reading="On-balance volume of thirty sessions.",
        defects="Counted in shares: it depends on the size of the company.",
    ),
    _formula(
        name="gtja095",
        published="STD(AMOUNT,20)",
        reading="Deviation of the traded value, twenty sessions.",
        defects="In CNY: it depends on the size of the company.",
    ),
    _formula(
        name="gtja096",
        published="SMA(SMA((CLOSE-TSMIN(LOW,9))/(TSMAX(HIGH,9)-TSMIN(LOW,9))*100,3,1),3,1)",
        reading="D line of the KDJ oscillator, nine sessions.",
    ),
    _formula(
        name="gtja097",
        published="STD(VOLUME,10)",
        reading="Deviation of volume, ten sessions.",
        defects="Counted in shares: it depends on the size of the company.",
    ),
    _formula(
        name="gtja098",
        published=(
            "((((DELTA((SUM(CLOSE, 100) / 100), 100) / DELAY(CLOSE, 100)) < 0.05) || "
            "((DELTA((SUM(CLOSE, 100) / 100), 100) / DELAY(CLOSE, 100)) == 0.05)) ? (-1 * (CLOSE - "
            "TSMIN(CLOSE, 100))) : (-1 * DELTA(CLOSE, 3)))"
        ),
        reading=(
            "Where the long mean hardly rose, close above its low faded; else the three-session "
            "move faded."
        ),
        defects=(
            "A price difference: it depends on the price level of the share. The branches are "
            "hardly comparable."
        ),
    ),
    _formula(
        name="gtja099",
        published="(-1 * RANK(COVIANCE(RANK(CLOSE), RANK(VOLUME), 5)))",
        reading="Opposite of the ranked covariance of ranked close and ranked volume.",
        defects="COVIANCE is the report's spelling of covariance.",
    ),
    _formula(
        name="gtja100",
        published="STD(VOLUME,20)",
        reading="Deviation of volume, twenty sessions.",
        defects="Counted in shares: it depends on the size of the company.",
    ),
    _formula(
        name="gtja101",
        published=(
            "((RANK(CORR(CLOSE, SUM(MEAN(VOLUME,30), 37), 15)) < RANK(CORR(RANK(((HIGH * 0.1) + "
            "(VWAP * 0.9))), RANK(VOLUME), 11))) * -1)"
        ),
        reading="Minus one where a long correlation of price and volume ranks below a short one.",
        defects="Takes the values -1 and 0 only.",
    ),
    _formula(
        name="gtja102",
        published="SMA(MAX(VOLUME-DELAY(VOLUME,1),0),6,1)/SMA(ABS(VOLUME-DELAY(VOLUME,1)),6,1)*100",
        reading="Relative strength index of volume, six sessions.",
    ),
    _formula(
        name="gtja103",
        published="((20-LOWDAY(LOW,20))/20)*100",
        reading="How recently the lowest low of twenty sessions stood, in percent.",
    ),
    _formula(
        name="gtja104",
        published="(-1 * (DELTA(CORR(HIGH, VOLUME, 5), 5) * RANK(STD(CLOSE, 20))))",
        reading=(
            "Opposite of the change of the correlation of high and volume, weighted with "
            "volatility."
        ),
        defects="The deviation of a price grows with the price level.",
    ),
    _formula(
        name="gtja105",
        published="(-1 * CORR(RANK(OPEN), RANK(VOLUME), 10))",
        reading="Opposite of the correlation of ranked open and ranked volume.",
    ),
)
