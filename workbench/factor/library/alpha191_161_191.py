"""Formulas 161 to 191 of Guotai Junan's 191 alphas; `alpha191` says how they are read."""

from __future__ import annotations

from functools import partial

from workbench.factor.library.formula import Formula

__all__ = ["FORMULAS"]

_formula = partial(Formula, profile="gtja191")

FORMULAS: tuple[Formula, ...] = (
    _formula(
        name="gtja161",
        published="MEAN(MAX(MAX((HIGH-LOW),ABS(DELAY(CLOSE,1)-HIGH)),ABS(DELAY(CLOSE,1)-LOW)),12)",
        reading="Average true range, twelve sessions.",
        defects="A price difference: it depends on the price level of the share.",
    ),
    _formula(
        name="gtja162",
        published=(
            "(SMA(MAX(CLOSE-DELAY(CLOSE,1),0),12,1)/SMA(ABS(CLOSE-DELAY(CLOSE,1)),12,1)*100-MIN("
            "SMA(MAX(CLOSE-DELAY(CLOSE,1),0),12,1)/SMA(ABS(CLOSE-DELAY(CLOSE,1)),12,1)*100,12))/("
            "MAX(SMA(MAX(CLOSE-DELAY(CLOSE,1),0),12,1)/SMA(ABS(CLOSE-DELAY(CLOSE,1)),12,1)*100,12)"
            "-MIN(SMA(MAX(CLOSE-DELAY(CLOSE,1),0),12,1)/SMA(ABS(CLOSE-DELAY(CLOSE,1)),12,1)*100,12)"
            ")"
        ),
        reading="Place of the relative strength index within its own twelve sessions.",
        defects="Printed MIN and MAX with a window; read as TSMIN and TSMAX.",
        text=(
            "(SMA(MAX(CLOSE-DELAY(CLOSE,1),0),12,1)/SMA(ABS(CLOSE-DELAY(CLOSE,1)),12,1)*100-TSMIN("
            "SMA(MAX(CLOSE-DELAY(CLOSE,1),0),12,1)/SMA(ABS(CLOSE-DELAY(CLOSE,1)),12,1)*100,12))/("
            "TSMAX(SMA(MAX(CLOSE-DELAY(CLOSE,1),0),12,1)/SMA(ABS(CLOSE-DELAY(CLOSE,1)),12,1)*100,"
            "12)-TSMIN(SMA(MAX(CLOSE-DELAY(CLOSE,1),0),12,1)/SMA(ABS(CLOSE-DELAY(CLOSE,1)),12,1)*"
            "100,12))"
        ),
    ),
    _formula(
        name="gtja163",
        published="RANK(((((-1 * RET) * MEAN(VOLUME,20)) * VWAP) * (HIGH - CLOSE)))",
        reading="Rank of a fall, times traded value, times the distance of close to high.",
        defects="A price difference: it depends on the price level of the share.",
    ),
    _formula(
        name="gtja164",
        published=(
            "SMA((((CLOSE>DELAY(CLOSE,1))?1/(CLOSE-DELAY(CLOSE,1)):1)-MIN(((CLOSE>DELAY(CLOSE,1))"
            "?1/(CLOSE-DELAY(CLOSE,1)):1),12))/(HIGH-LOW)*100,13,2)"
        ),
        reading=(
            "Inverse of the rise above its own low of twelve sessions, over the range, smoothed."
        ),
        defects=(
            "Printed MIN with a window; read as TSMIN. The 1 of other sessions is in no unit. NaN "
            "where high = low, as on a session locked at a limit."
        ),
        text=(
            "SMA((((CLOSE>DELAY(CLOSE,1))?1/(CLOSE-DELAY(CLOSE,1)):1)-TSMIN(((CLOSE>DELAY(CLOSE,1))"
            "?1/(CLOSE-DELAY(CLOSE,1)):1),12))/(HIGH-LOW)*100,13,2)"
        ),
    ),
    _formula(
        name="gtja165",
        published="MAX(SUMAC(CLOSE-MEAN(CLOSE,48)))-MIN(SUMAC(CLOSE-MEAN(CLOSE,48)))/STD(CLOSE,48)",
        reading=(
            "Highest summed deviation from the mean, less the lowest over the deviation, 48 "
            "sessions."
        ),
        defects=(
            "Printed without windows; read as SUMAC over 48 sessions, and MAX and MIN as TSMAX and "
            "TSMIN of them. The rescaled range, (MAX - MIN) / STD, was perhaps meant; the printed "
            "order of division is kept, as by DolphinDB, which takes MAX and MIN over the assets."
        ),
        text=(
            "TSMAX(SUMAC(CLOSE-MEAN(CLOSE,48),48),48)-TSMIN(SUMAC(CLOSE-MEAN(CLOSE,48),48),48)/STD("
            "CLOSE,48)"
        ),
    ),
    _formula(
        name="gtja166",
        published=(
            "-20*(20-1)^1.5*SUM(CLOSE/DELAY(CLOSE,1)-1-MEAN(CLOSE/DELAY(CLOSE,1)-1,20),20)/((20-1)*"
            "(20-2)(SUM((CLOSE/DELAY(CLOSE,1),20)^2,20))^1.5)"
        ),
        reading="Summed deviation of the return from its mean, scaled like an opposite skewness.",
        defects=(
            "A sign and a function name are missing below: read as "
            "(20-2)*(SUM(MEAN(CLOSE/DELAY(CLOSE,1),20)^2,20)), as by DolphinDB. A sample skewness "
            "has third powers above and deviations below; they are not printed."
        ),
        text=(
            "-20*(20-1)^1.5*SUM(CLOSE/DELAY(CLOSE,1)-1-MEAN(CLOSE/DELAY(CLOSE,1)-1,20),20)/((20-1)*"
            "(20-2)*(SUM(MEAN(CLOSE/DELAY(CLOSE,1),20)^2,20))^1.5)"
        ),
    ),
    _formula(
        name="gtja167",
        published="SUM((CLOSE-DELAY(CLOSE,1)>0?CLOSE-DELAY(CLOSE,1):0),12)",
        reading="Sum of the rises of twelve sessions.",
        defects="A price difference: it depends on the price level of the share.",
    ),
    _formula(
        name="gtja168",
        published="(-1*VOLUME/MEAN(VOLUME,20))",
        reading="Opposite of volume over its twenty-session mean.",
    ),
    _formula(
        name="gtja169",
        published=(
            "SMA(MEAN(DELAY(SMA(CLOSE-DELAY(CLOSE,1),9,1),1),12)-MEAN(DELAY(SMA(CLOSE-DELAY(CLOSE,"
            "1),9,1),1),26),10,1)"
        ),
        reading="Short minus long mean of the smoothed move, smoothed again.",
        defects="A price difference: it depends on the price level of the share.",
    ),
    _formula(
        name="gtja170",
        published=(
            "((((RANK((1 / CLOSE)) * VOLUME) / MEAN(VOLUME,20)) * ((HIGH * RANK((HIGH - CLOSE))) / "
            "(SUM(HIGH, 5) / 5))) - RANK((VWAP - DELAY(VWAP, 5))))"
        ),
        reading="Cheap shares on busy sessions far below the high, less the ranked move of vwap.",
        defects="A price difference: it depends on the price level of the share.",
    ),
    _formula(
        name="gtja171",
        published="((-1 * ((LOW - CLOSE) * (OPEN^5))) / ((CLOSE - HIGH) * (CLOSE^5)))",
        reading="Place of the close in the range, times open over close to the fifth.",
        defects="NaN where the close is the high; x^5 loses digits in float32.",
    ),
    _formula(
        name="gtja172",
        published=(
            "MEAN(ABS(SUM((LD>0 & LD>HD)?LD:0,14)*100/SUM(TR,14)-SUM((HD>0 & "
            "HD>LD)?HD:0,14)*100/SUM(TR,14))/(SUM((LD>0 & LD>HD)?LD:0,14)*100/SUM(TR,14)+SUM((HD>0 "
            "& HD>LD)?HD:0,14)*100/SUM(TR,14))*100,6)"
        ),
        reading="Average directional index, fourteen sessions, averaged over six.",
        defects="NaN where no session moved in a direction.",
    ),
    _formula(
        name="gtja173",
        published=(
            "3*SMA(CLOSE,13,2)-2*SMA(SMA(CLOSE,13,2),13,2)+SMA(SMA(SMA(LOG(CLOSE),13,2),13,2),13,2)"
            ";"
        ),
        reading="Triple exponential average of the close, as printed.",
        defects=(
            "The last term smooths LOG(CLOSE) where the average has CLOSE; kept. The semicolon is "
            "dropped. A price difference: it depends on the price level of the share."
        ),
        text=(
            "3*SMA(CLOSE,13,2)-2*SMA(SMA(CLOSE,13,2),13,2)+SMA(SMA(SMA(LOG(CLOSE),13,2),13,2),13,2)"
        ),
    ),
    _formula(
        name="gtja174",
        published="SMA((CLOSE>DELAY(CLOSE,1)?STD(CLOSE,20):0),20,1)",
        reading="Deviation of the close on rising sessions, smoothed.",
        defects="The deviation of a price grows with the price level.",
    ),
    _formula(
        name="gtja175",
        published="MEAN(MAX(MAX((HIGH-LOW),ABS(DELAY(CLOSE,1)-HIGH)),ABS(DELAY(CLOSE,1)-LOW)),6)",
        reading="Average true range, six sessions.",
        defects="A price difference: it depends on the price level of the share.",
    ),
    _formula(
        name="gtja176",
        published=(
            "CORR(RANK(((CLOSE - TSMIN(LOW, 12)) / (TSMAX(HIGH, 12) - TSMIN(LOW,12)))), "
            "RANK(VOLUME), 6)"
        ),
        reading=(
            "Correlation of the place of close in the twelve-session range and volume, both ranked."
        ),
    ),
    _formula(
        name="gtja177",
        published="((20-HIGHDAY(HIGH,20))/20)*100",
        reading="How recently the highest high of twenty sessions stood, in percent.",
    ),
    _formula(
        name="gtja178",
        published="(CLOSE-DELAY(CLOSE,1))/DELAY(CLOSE,1)*VOLUME",
        reading="Return times volume.",
        defects="Counted in shares: it depends on the size of the company.",
    ),
    _formula(
        name="gtja179",
        published="(RANK(CORR(VWAP, VOLUME, 4)) *RANK(CORR(RANK(LOW), RANK(MEAN(VOLUME,50)), 12)))",
        reading="Two correlations of price and volume, short and long, ranked and multiplied.",
    ),
    _formula(
        name="gtja180",
        published=(
            "((MEAN(VOLUME,20) < VOLUME) ? ((-1 * TSRANK(ABS(DELTA(CLOSE, 7)), 60)) * "
            "SIGN(DELTA(CLOSE, 7)) : (-1 * VOLUME)))"
        ),
        reading=(
            "Reversal of the seven-session move on busy sessions, the opposite of volume on the "
            "others."
        ),
        defects=(
            "One parenthesis closes after the colon instead of before it; read as in WorldQuant's "
            "alpha007. The branches have different units: a rank in -1 … 1 against shares."
        ),
        text=(
            "((MEAN(VOLUME,20) < VOLUME) ? ((-1 * TSRANK(ABS(DELTA(CLOSE, 7)), 60)) * "
            "SIGN(DELTA(CLOSE, 7))) : (-1 * VOLUME))"
        ),
    ),
    _formula(
        name="gtja181",
        published=(
            "SUM(((CLOSE/DELAY(CLOSE,1)-1)-MEAN((CLOSE/DELAY(CLOSE,1)-1),20))-("
            "BANCHMARKINDEXCLOSE-MEAN(BANCHMARKINDEXCLOSE,20))^2,20)/SUM((BANCHMARKINDEXCLOSE-MEAN("
            "BANCHMARKINDEXCLOSE,20))^3)"
        ),
        reading=(
            "Deviation of the return less the squared deviation of the benchmark, over its cubed "
            "one."
        ),
        defects=(
            "The last SUM is printed without a window; read as 20. A minus stands where the "
            "coskewness has a product, so that squared index points rule: nearly the same value "
            "for every asset. Needs the field benchmark_close."
        ),
        text=(
            "SUM(((CLOSE/DELAY(CLOSE,1)-1)-MEAN((CLOSE/DELAY(CLOSE,1)-1),20))-("
            "BANCHMARKINDEXCLOSE-MEAN(BANCHMARKINDEXCLOSE,20))^2,20)/SUM((BANCHMARKINDEXCLOSE-MEAN("
            "BANCHMARKINDEXCLOSE,20))^3,20)"
        ),
    ),
    _formula(
        name="gtja182",
        published=(
            "COUNT((CLOSE>OPEN & BANCHMARKINDEXCLOSE>BANCHMARKINDEXOPEN)OR(CLOSE<OPEN & "
            "BANCHMARKINDEXCLOSE<BANCHMARKINDEXOPEN),20)/20"
        ),
        reading="Share of twenty sessions on which the share and the benchmark went the same way.",
        defects=(
            "Takes 21 values: most ranks are tied. Needs the fields benchmark_open and "
            "benchmark_close."
        ),
    ),
    _formula(
        name="gtja183",
        published="MAX(SUMAC(CLOSE-MEAN(CLOSE,24)))-MIN(SUMAC(CLOSE-MEAN(CLOSE,24)))/STD(CLOSE,24)",
        reading=(
            "Highest summed deviation from the mean, less the lowest over the deviation, 24 "
            "sessions."
        ),
        defects=(
            "Printed without windows; read as SUMAC over 24 sessions, and MAX and MIN as TSMAX and "
            "TSMIN of them. The rescaled range, (MAX - MIN) / STD, was perhaps meant; the printed "
            "order of division is kept, as by DolphinDB, which takes MAX and MIN over the assets."
        ),
        text=(
            "TSMAX(SUMAC(CLOSE-MEAN(CLOSE,24),24),24)-TSMIN(SUMAC(CLOSE-MEAN(CLOSE,24),24),24)/STD("
            "CLOSE,24)"
        ),
    ),
    _formula(
        name="gtja184",
        published="(RANK(CORR(DELAY((OPEN - CLOSE), 1), CLOSE, 200)) + RANK((OPEN - CLOSE)))",
        reading="Correlation of the former body and close, plus today's body, both ranked.",
        defects="A price difference: it depends on the price level of the share.",
    ),
    _formula(
        name="gtja185",
        published="RANK((-1 * ((1 - (OPEN / CLOSE))^2)))",
        reading="Rank of the opposite of the squared body.",
    ),
    _formula(
        name="gtja186",
        published=(
            "(MEAN(ABS(SUM((LD>0 & LD>HD)?LD:0,14)*100/SUM(TR,14)-SUM((HD>0 & "
            "HD>LD)?HD:0,14)*100/SUM(TR,14))/(SUM((LD>0 & LD>HD)?LD:0,14)*100/SUM(TR,14)+SUM((HD>0 "
            "& HD>LD)?HD:0,14)*100/SUM(TR,14))*100,6)+DELAY(MEAN(ABS(SUM((LD>0 & "
            "LD>HD)?LD:0,14)*100/SUM(TR,14)-SUM((HD>0 & HD>LD)?HD:0,14)*100/SUM(TR,14))/(SUM((LD>0 "
            "& LD>HD)?LD:0,14)*100/SUM(TR,14)+SUM((HD>0 & "
            "HD>LD)?HD:0,14)*100/SUM(TR,14))*100,6),6))/2"
        ),
        reading="Mean of the average directional index and of itself six sessions before (ADXR).",
        defects="NaN where no session moved in a direction.",
    ),
    _formula(
        name="gtja187",
        published="SUM((OPEN<=DELAY(OPEN,1)?0:MAX((HIGH-OPEN),(OPEN-DELAY(OPEN,1)))),20)",
        reading="Movement above a higher open (DTM), twenty sessions.",
        defects="A price difference: it depends on the price level of the share.",
    ),
    _formula(
        name="gtja188",
        published="((HIGH-LOW–SMA(HIGH-LOW,11,2))/SMA(HIGH-LOW,11,2))*100",
        reading="Range above its smoothed self, in percent.",
        defects="Printed with a dash for the second minus.",
        text="((HIGH-LOW-SMA(HIGH-LOW,11,2))/SMA(HIGH-LOW,11,2))*100",
    ),
    _formula(
        name="gtja189",
        published="MEAN(ABS(CLOSE-MEAN(CLOSE,6)),6)",
        reading="Mean distance of the close to its six-session mean.",
        defects="A price difference: it depends on the price level of the share.",
    ),
    _formula(
        name="gtja190",
        published=(
            "LOG((COUNT(CLOSE/DELAY(CLOSE)-1>((CLOSE/DELAY(CLOSE,19))^(1/20)-1),20)-1)*(SUMIF((("
            "CLOSE/DELAY(CLOSE)-1-(CLOSE/DELAY(CLOSE,19))^(1/20)-1))^2,20,CLOSE/DELAY(CLOSE)-1<("
            "CLOSE/DELAY(CLOSE,19))^(1/20)-1))/((COUNT((CLOSE/DELAY(CLOSE)-1<(CLOSE/DELAY(CLOSE,19)"
            ")^(1/20)-1),20))*(SUMIF((CLOSE/DELAY(CLOSE)-1-((CLOSE/DELAY(CLOSE,19))^(1/20)-1))^2,"
            "20,CLOSE/DELAY(CLOSE)-1>(CLOSE/DELAY(CLOSE,19))^(1/20)-1))))"
        ),
        reading=(
            "Down-to-up volatility: how far returns fall below, against above, the mean growth of "
            "twenty sessions."
        ),
        defects=(
            "The first SUMIF misses the parentheses of the second around the growth, and is read "
            "with them. DELAY without a lag is read as 1. Nineteen steps are rooted with 1/20, and "
            "the -1 stands on one count only; both are kept. NaN where at most one return is above."
        ),
        text=(
            "LOG((COUNT(CLOSE/DELAY(CLOSE)-1>((CLOSE/DELAY(CLOSE,19))^(1/20)-1),20)-1)*(SUMIF(("
            "CLOSE/DELAY(CLOSE)-1-((CLOSE/DELAY(CLOSE,19))^(1/20)-1))^2,20,CLOSE/DELAY(CLOSE)-1<("
            "CLOSE/DELAY(CLOSE,19))^(1/20)-1))/((COUNT((CLOSE/DELAY(CLOSE)-1<(CLOSE/DELAY(CLOSE,19)"
            ")^(1/20)-1),20))*(SUMIF((CLOSE/DELAY(CLOSE)-1-((CLOSE/DELAY(CLOSE,19))^(1/20)-1))^2,"
            "20,CLOSE/DELAY(CLOSE)-1>(CLOSE/DELAY(CLOSE,19))^(1/20)-1))))"
        ),
    ),
    _formula(
        name="gtja191",
        published="((CORR(MEAN(VOLUME,20), LOW, 5) + ((HIGH + LOW) / 2)) - CLOSE)",
        reading="Correlation of usual volume and low, plus the middle of the range above close.",
        defects=(
            "Adds a correlation to a price difference: expensive shares are ruled by the second."
        ),
    ),
)
