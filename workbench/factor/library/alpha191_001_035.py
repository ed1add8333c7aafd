"""Formulas 001 to 035 of Guotai Junan's 191 alphas; `alpha191` says how they are read."""

from __future__ import annotations

from functools import partial

from workbench.factor.library.formula import Formula

__all__ = ["FORMULAS"]

_formula = partial(Formula, profile="gtja191")

FORMULAS: tuple[Formula, ...] = (
    _formula(
        name="gtja001",
        published="(-1 * CORR(RANK(DELTA(LOG(VOLUME), 1)), RANK(((CLOSE - OPEN) / OPEN)), 6))",
        reading=(
            "Opposite of the correlation of volume growth and the session's own return, both "
            "ranked."
        ),
    ),
    _formula(
        name="gtja002",
        published="(-1 * DELTA((((CLOSE - LOW) - (HIGH - CLOSE)) / (HIGH - LOW)), 1))",
        reading="Opposite of the change of the place of close in the session's range.",
        defects="NaN where high = low, as on a session locked at a limit.",
    ),
    _formula(
        name="gtja003",
        published=(
            "SUM((CLOSE=DELAY(CLOSE,1)?0:CLOSE-(CLOSE>DELAY(CLOSE,1)?MIN(LOW,DELAY(CLOSE,1)):MAX("
            "HIGH,DELAY(CLOSE,1)))),6)"
        ),
        reading=(
            "Accumulation and distribution: close above the true low after a rise, below the true "
            "high after a fall, summed over six sessions."
        ),
        defects="A price difference: it depends on the price level of the share.",
    ),
    _formula(
        name="gtja004",
        published=(
            "((((SUM(CLOSE, 8) / 8) + STD(CLOSE, 8)) < (SUM(CLOSE, 2) / 2)) ? (-1 * 1) : "
            "(((SUM(CLOSE, 2) / 2) < ((SUM(CLOSE, 8) / 8) - STD(CLOSE, 8))) ? 1 : (((1 < (VOLUME / "
            "MEAN(VOLUME,20))) || ((VOLUME / MEAN(VOLUME,20)) == 1)) ? 1 : (-1 * 1))))"
        ),
        reading=(
            "Fade a close that left its eight-session band, else -1 on quiet and 1 on busy "
            "sessions."
        ),
        defects="Takes the values -1 and 1 only, so that every rank of it is tied.",
    ),
    _formula(
        name="gtja005",
        published="(-1 * TSMAX(CORR(TSRANK(VOLUME, 5), TSRANK(HIGH, 5), 5), 3))",
        reading="Opposite of the largest recent correlation of volume and high, ranked along time.",
        defects="Five-session ranks take few values: ties and undefined correlations are common.",
    ),
    _formula(
        name="gtja006",
        published="(RANK(SIGN(DELTA((((OPEN * 0.85) + (HIGH * 0.15))), 4)))* -1)",
        reading=(
            "Opposite of the ranked direction of the four-session move of a blend of open and high."
        ),
        defects="A sign has three values: nearly all ranks are tied.",
    ),
    _formula(
        name="gtja007",
        published=(
            "((RANK(MAX((VWAP - CLOSE), 3)) + RANK(MIN((VWAP - CLOSE), 3))) * RANK(DELTA(VOLUME, "
            "3)))"
        ),
        reading=(
            "Largest and smallest vwap over close of three sessions, times the growth of volume."
        ),
        defects=(
            "Printed MAX and MIN with a window; read as TSMAX and TSMIN, as in WorldQuant's "
            "alpha011."
        ),
        text=(
            "((RANK(TSMAX((VWAP - CLOSE), 3)) + RANK(TSMIN((VWAP - CLOSE), 3))) * "
            "RANK(DELTA(VOLUME, 3)))"
        ),
    ),
    _formula(
        name="gtja008",
        published="RANK(DELTA(((((HIGH + LOW) / 2) * 0.2) + (VWAP * 0.8)), 4) * -1)",
        reading="Ranked fall over four sessions of a blend of the middle of the range and vwap.",
        defects="A price difference: it depends on the price level of the share.",
    ),
    _formula(
        name="gtja009",
        published="SMA(((HIGH+LOW)/2-(DELAY(HIGH,1)+DELAY(LOW,1))/2)*(HIGH-LOW)/VOLUME,7,2)",
        reading=(
            "Ease of movement: the move of the middle of the range times the range per share "
            "traded, smoothed."
        ),
        defects="A price difference: it depends on the price level of the share.",
    ),
    _formula(
        name="gtja010",
        published="(RANK(MAX(((RET < 0) ? STD(RET, 20) : CLOSE)^2),5))",
        reading=(
            "Rank of the largest square over five sessions of a volatility on falling days and the "
            "close on rising days."
        ),
        defects=(
            "The parentheses put the window outside MAX; read as TSMAX(…, 5). The branches have "
            "different units (fraction against price), so the close nearly always wins; in "
            "WorldQuant's alpha001, its model, it is the place of the largest and not its size."
        ),
        text="(RANK(TSMAX(((RET < 0) ? STD(RET, 20) : CLOSE)^2,5)))",
    ),
    _formula(
        name="gtja011",
        published="SUM(((CLOSE-LOW)-(HIGH-CLOSE))./(HIGH-LOW).*VOLUME,6)",
        reading="Place of close in the range times volume, summed over six sessions.",
        defects=(
            "Printed with Matlab's ./ and .*, which are read as / and *. NaN where high = low, as "
            "on a session locked at a limit."
        ),
        text="SUM(((CLOSE-LOW)-(HIGH-CLOSE))/(HIGH-LOW)*VOLUME,6)",
    ),
    _formula(
        name="gtja012",
        published="(RANK((OPEN - (SUM(VWAP, 10) / 10)))) * (-1 * (RANK(ABS((CLOSE - VWAP)))))",
        reading=(
            "Open above its ten-session vwap, times the opposite of the distance of close and "
            "vwap, both ranked."
        ),
        defects="A price difference: it depends on the price level of the share.",
    ),
    _formula(
        name="gtja013",
        published="(((HIGH * LOW)^0.5) - VWAP)",
        reading="Geometric middle of the session's range above vwap.",
        defects="A price difference: it depends on the price level of the share.",
    ),
    _formula(
        name="gtja014",
        published="CLOSE-DELAY(CLOSE,5)",
        reading="Five-session move of the close.",
        defects="A price difference: it depends on the price level of the share.",
    ),
    _formula(
        name="gtja015",
        published="OPEN/DELAY(CLOSE,1)-1",
        reading="Overnight return.",
    ),
    _formula(
        name="gtja016",
        published="(-1 * TSMAX(RANK(CORR(RANK(VOLUME), RANK(VWAP), 5)), 5))",
        reading="Opposite of the highest recent rank of the correlation of volume and vwap.",
    ),
    _formula(
        name="gtja017",
        published="RANK((VWAP - MAX(VWAP, 15)))^DELTA(CLOSE, 5)",
        reading="Rank of vwap below its 15-session high, to the power of the five-session move.",
        defects=(
            "Printed MAX with a window; read as TSMAX, as in WorldQuant's alpha084. The exponent "
            "is a price difference: small ranks of expensive shares grow without bound."
        ),
        text="RANK((VWAP - TSMAX(VWAP, 15)))^DELTA(CLOSE, 5)",
    ),
    _formula(
        name="gtja018",
        published="CLOSE/DELAY(CLOSE,5)",
        reading="Five-session ratio of closes.",
    ),
    _formula(
        name="gtja019",
        published=(
            "(CLOSE<DELAY(CLOSE,5)?(CLOSE-DELAY(CLOSE,5))/DELAY(CLOSE,5):(CLOSE=DELAY(CLOSE,5)?0:("
            "CLOSE-DELAY(CLOSE,5))/CLOSE))"
        ),
        reading=(
            "Five-session return, over the old close after a fall and over the new one after a "
            "rise."
        ),
    ),
    _formula(
        name="gtja020",
        published="(CLOSE-DELAY(CLOSE,6))/DELAY(CLOSE,6)*100",
        reading="Six-session return in percent.",
    ),
    _formula(
        name="gtja021",
        published="REGBETA(MEAN(CLOSE,6),SEQUENCE(6))",
        reading="Slope of the six-session mean close on time, over six sessions.",
        defects=(
            "Printed without the window of REGBETA; read as the length of SEQUENCE, and written "
            "REGBETA(x, 6), the slope on 1 … 6. A price difference: it depends on the price level "
            "of the share."
        ),
        text="REGBETA(MEAN(CLOSE,6),6)",
    ),
    _formula(
        name="gtja022",
        published=(
            "SMEAN(((CLOSE-MEAN(CLOSE,6))/MEAN(CLOSE,6)-DELAY((CLOSE-MEAN(CLOSE,6))/MEAN(CLOSE,6),"
            "3)),12,1)"
        ),
        reading="Three-session change of the distance to the six-session mean, smoothed.",
        defects=(
            "SMEAN is not among the report's functions; read as SMA, which takes the same "
            "arguments."
        ),
    ),
    _formula(
        name="gtja023",
        published=(
            "SMA((CLOSE>DELAY(CLOSE,1)?STD(CLOSE:20),0),20,1)/(SMA((CLOSE>DELAY(CLOSE,1)?STD(CLOSE,"
            "20):0),20,1)+SMA((CLOSE<=DELAY(CLOSE,1)?STD(CLOSE,20):0),20,1))*100"
        ),
        reading=(
            "Relative volatility index: deviation on rising sessions over that on all sessions, "
            "smoothed."
        ),
        defects=(
            "The first STD is printed (CLOSE:20),0; read as (CLOSE,20):0, as in the denominator."
        ),
        text=(
            "SMA((CLOSE>DELAY(CLOSE,1)?STD(CLOSE,20):0),20,1)/(SMA((CLOSE>DELAY(CLOSE,1)?STD(CLOSE,"
            "20):0),20,1)+SMA((CLOSE<=DELAY(CLOSE,1)?STD(CLOSE,20):0),20,1))*100"
        ),
    ),
    _formula(
        name="gtja024",
        published="SMA(CLOSE-DELAY(CLOSE,5),5,1)",
        reading="Five-session move of the close, smoothed.",
        defects="A price difference: it depends on the price level of the share.",
    ),
    _formula(
        name="gtja025",
        published=(
            "((-1 * RANK((DELTA(CLOSE, 7) * (1 - RANK(DECAYLINEAR((VOLUME / MEAN(VOLUME,20)), "
            "9)))))) * (1 + RANK(SUM(RET, 250))))"
        ),
        reading=(
            "Reversal of the seven-session move on quiet volume, more for the winners of the year."
        ),
        defects="A price difference: it depends on the price level of the share.",
    ),
    _formula(
        name="gtja026",
        published="((((SUM(CLOSE, 7) / 7) - CLOSE)) + ((CORR(VWAP, DELAY(CLOSE, 5), 230))))",
        reading=(
            "Close below its seven-session mean, plus the 230-session correlation of vwap and the "
            "close of five sessions before."
        ),
        defects=(
            "Adds a price difference to a correlation: expensive shares are ruled by the first "
            "term."
        ),
    ),
    _formula(
        name="gtja027",
        published=(
            "WMA((CLOSE-DELAY(CLOSE,3))/DELAY(CLOSE,3)*100+(CLOSE-DELAY(CLOSE,6))/DELAY(CLOSE,6)*"
            "100,12)"
        ),
        reading=(
            "Three- and six-session returns in percent, averaged over twelve sessions with weights "
            "0.9^age."
        ),
    ),
    _formula(
        name="gtja028",
        published=(
            "3*SMA((CLOSE-TSMIN(LOW,9))/(TSMAX(HIGH,9)-TSMIN(LOW,9))*100,3,1)-2*SMA(SMA(("
            "CLOSE-TSMIN(LOW,9))/(MAX(HIGH,9)-TSMAX(LOW,9))*100,3,1),3,1)"
        ),
        reading="J line of the KDJ oscillator, nine sessions.",
        defects=(
            "The second denominator is printed MAX(HIGH,9)-TSMAX(LOW,9); read as "
            "TSMAX(HIGH,9)-TSMIN(LOW,9), the range of the first."
        ),
        text=(
            "3*SMA((CLOSE-TSMIN(LOW,9))/(TSMAX(HIGH,9)-TSMIN(LOW,9))*100,3,1)-2*SMA(SMA(("
            "CLOSE-TSMIN(LOW,9))/(TSMAX(HIGH,9)-TSMIN(LOW,9))*100,3,1),3,1)"
        ),
    ),
    _formula(
        name="gtja029",
        published="(CLOSE-DELAY(CLOSE,6))/DELAY(CLOSE,6)*VOLUME",
        reading="Six-session return times volume.",
        defects="Counted in shares: it depends on the size of the company.",
    ),
    _formula(
        name="gtja030",
        published="WMA((REGRESI(CLOSE/DELAY(CLOSE)-1,MKT,SMB,HML，60))^2,20)",
        reading=(
            "Squared residual of the return on the three Fama-French factors over 60 sessions, "
            "averaged with weights 0.9^age."
        ),
        defects=(
            "Needs the fields ff_mkt, ff_smb and ff_hml: daily returns of the factors, the same "
            "for every asset. Printed with a full-width comma, and DELAY without a lag, which is "
            "read as 1. Each session's residual comes from its own window."
        ),
        text="WMA((REGRESI(CLOSE/DELAY(CLOSE)-1,MKT,SMB,HML,60))^2,20)",
    ),
    _formula(
        name="gtja031",
        published="(CLOSE-MEAN(CLOSE,12))/MEAN(CLOSE,12)*100",
        reading="Close above its twelve-session mean, in percent.",
    ),
    _formula(
        name="gtja032",
        published="(-1 * SUM(RANK(CORR(RANK(HIGH), RANK(VOLUME), 3)), 3))",
        reading="Opposite of the summed ranks of a three-session correlation of high and volume.",
        defects="Correlations of three ranks are noisy and often undefined, so NaN is common.",
    ),
    _formula(
        name="gtja033",
        published=(
            "((((-1 * TSMIN(LOW, 5)) + DELAY(TSMIN(LOW, 5), 5)) * RANK(((SUM(RET, 240) - SUM(RET, "
            "20)) / 220))) * TSRANK(VOLUME, 5))"
        ),
        reading=(
            "Fall of the five-session low, for the winners of the year without the last month, on "
            "busy sessions."
        ),
        defects="A price difference: it depends on the price level of the share.",
    ),
    _formula(
        name="gtja034",
        published="MEAN(CLOSE,12)/CLOSE",
        reading="Twelve-session mean over close.",
    ),
    _formula(
        name="gtja035",
        published=(
            "(MIN(RANK(DECAYLINEAR(DELTA(OPEN, 1), 15)), RANK(DECAYLINEAR(CORR((VOLUME), ((OPEN * "
            "0.65) + (OPEN *0.35)), 17),7))) * -1)"
        ),
        reading=(
            "Opposite of the smaller of two ranks: the smoothed move of open, and its correlation "
            "with volume."
        ),
        defects="OPEN * 0.65 + OPEN * 0.35 is OPEN.",
    ),
)
