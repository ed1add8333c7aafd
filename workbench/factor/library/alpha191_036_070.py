"""Formulas 036 to 070 of Guotai Junan's 191 alphas; `alpha191` says how they are read."""

from __future__ import annotations

from functools import partial

from workbench.factor.library.formula import Formula

__all__ = ["FORMULAS"]

_formula = partial(Formula, profile="gtja191")

FORMULAS: tuple[Formula, ...] = (
    _formula(
        name="gtja036",
        published="RANK(SUM(CORR(RANK(VOLUME), RANK(VWAP)), 6), 2)",
        reading="Rank of the correlation of volume and vwap over six sessions, summed over two.",
        defects=(
            "The parentheses put both windows one call too far out; read as CORR(…, 6) and SUM(…, "
            "2), as in WorldQuant's alpha027."
        ),
        text="RANK(SUM(CORR(RANK(VOLUME), RANK(VWAP), 6), 2))",
    ),
    _formula(
        name="gtja037",
        published=(
            "(-1 * RANK(((SUM(OPEN, 5) * SUM(RET, 5)) - DELAY((SUM(OPEN, 5) * SUM(RET, 5)), 10))))"
        ),
        reading=(
            "Opposite of the ranked ten-session change of open times returns, summed over five "
            "sessions."
        ),
        defects="A price difference: it depends on the price level of the share.",
    ),
    _formula(
        name="gtja038",
        published="(((SUM(HIGH, 20) / 20) < HIGH) ? (-1 * DELTA(HIGH, 2)) : 0)",
        reading="Fade the two-session move of a high above its own mean, else nothing.",
        defects=(
            "A price difference: it depends on the price level of the share. Many zeros, hence "
            "many ties."
        ),
    ),
    _formula(
        name="gtja039",
        published=(
            "((RANK(DECAYLINEAR(DELTA((CLOSE), 2),8)) - RANK(DECAYLINEAR(CORR(((VWAP * 0.3) + "
            "(OPEN * 0.7)), SUM(MEAN(VOLUME,180), 37), 14), 12))) * -1)"
        ),
        reading=(
            "Correlation of price and long volume above the two-session move, both smoothed and "
            "ranked."
        ),
    ),
    _formula(
        name="gtja040",
        published=(
            "SUM((CLOSE>DELAY(CLOSE,1)?VOLUME:0),26)/SUM((CLOSE<=DELAY(CLOSE,1)?VOLUME:0),26)*100"
        ),
        reading="Volume of rising over volume of other sessions, 26 sessions, in percent.",
        defects="NaN where every session rose.",
    ),
    _formula(
        name="gtja041",
        published="(RANK(MAX(DELTA((VWAP), 3), 5))* -1)",
        reading="Opposite of the ranked largest three-session move of vwap within five sessions.",
        defects=(
            "Printed MAX with a window; read as TSMAX, as in WorldQuant's alpha069. A price "
            "difference: it depends on the price level of the share."
        ),
        text="(RANK(TSMAX(DELTA((VWAP), 3), 5))* -1)",
    ),
    _formula(
        name="gtja042",
        published="((-1 * RANK(STD(HIGH, 10))) * CORR(HIGH, VOLUME, 10))",
        reading="Calm highs, weighted with the correlation of high and volume.",
        defects="The deviation of a price grows with the price level.",
    ),
    _formula(
        name="gtja043",
        published="SUM((CLOSE>DELAY(CLOSE,1)?VOLUME:(CLOSE<DELAY(CLOSE,1)?-VOLUME:0)),6)",
        reading="On-balance volume of six sessions.",
        defects="Counted in shares: it depends on the size of the company.",
    ),
    _formula(
        name="gtja044",
        published=(
            "(TSRANK(DECAYLINEAR(CORR(((LOW )), MEAN(VOLUME,10), 7), 6),4) + "
            "TSRANK(DECAYLINEAR(DELTA((VWAP), 3), 10), 15))"
        ),
        reading=(
            "Recent standing of the correlation of low and volume, plus that of the move of vwap."
        ),
    ),
    _formula(
        name="gtja045",
        published=(
            "(RANK(DELTA((((CLOSE * 0.6) + (OPEN *0.4))), 1)) * RANK(CORR(VWAP, MEAN(VOLUME,150), "
            "15)))"
        ),
        reading=(
            "Move of a blend of close and open, times the correlation of vwap and long volume, "
            "both ranked."
        ),
        defects="A price difference: it depends on the price level of the share.",
    ),
    _formula(
        name="gtja046",
        published="(MEAN(CLOSE,3)+MEAN(CLOSE,6)+MEAN(CLOSE,12)+MEAN(CLOSE,24))/(4*CLOSE)",
        reading="Mean of four moving averages over close.",
    ),
    _formula(
        name="gtja047",
        published="SMA((TSMAX(HIGH,6)-CLOSE)/(TSMAX(HIGH,6)-TSMIN(LOW,6))*100,9,1)",
        reading="Distance of close to the six-session high over the range, smoothed.",
    ),
    _formula(
        name="gtja048",
        published=(
            "(-1*((RANK(((SIGN((CLOSE - DELAY(CLOSE, 1))) + SIGN((DELAY(CLOSE, 1) - DELAY(CLOSE, "
            "2)))) + SIGN((DELAY(CLOSE, 2) - DELAY(CLOSE, 3)))))) * SUM(VOLUME, 5)) / SUM(VOLUME, "
            "20))"
        ),
        reading=(
            "Opposite of the direction of the last three sessions, times recent over usual volume."
        ),
        defects="The sum of three signs has seven values: most ranks are tied.",
    ),
    _formula(
        name="gtja049",
        published=(
            "SUM(((HIGH+LOW)>=(DELAY(HIGH,1)+DELAY(LOW,1))?0:MAX(ABS(HIGH-DELAY(HIGH,1)),ABS("
            "LOW-DELAY(LOW,1)))),12)/(SUM(((HIGH+LOW)>=(DELAY(HIGH,1)+DELAY(LOW,1))?0:MAX(ABS("
            "HIGH-DELAY(HIGH,1)),ABS(LOW-DELAY(LOW,1)))),12)+SUM(((HIGH+LOW)<=(DELAY(HIGH,1)+DELAY("
            "LOW,1))?0:MAX(ABS(HIGH-DELAY(HIGH,1)),ABS(LOW-DELAY(LOW,1)))),12))"
        ),
        reading="Share of falling sessions in the directional movement of twelve sessions.",
    ),
    _formula(
        name="gtja050",
        published=(
            "SUM(((HIGH+LOW)<=(DELAY(HIGH,1)+DELAY(LOW,1))?0:MAX(ABS(HIGH-DELAY(HIGH,1)),ABS("
            "LOW-DELAY(LOW,1)))),12)/(SUM(((HIGH+LOW)<=(DELAY(HIGH,1)+DELAY(LOW,1))?0:MAX(ABS("
            "HIGH-DELAY(HIGH,1)),ABS(LOW-DELAY(LOW,1)))),12)+SUM(((HIGH+LOW)>=(DELAY(HIGH,1)+DELAY("
            "LOW,1))?0:MAX(ABS(HIGH-DELAY(HIGH,1)),ABS(LOW-DELAY(LOW,1)))),12))-SUM(((HIGH+LOW)>=("
            "DELAY(HIGH,1)+DELAY(LOW,1))?0:MAX(ABS(HIGH-DELAY(HIGH,1)),ABS(LOW-DELAY(LOW,1)))),12)/"
            "(SUM(((HIGH+LOW)>=(DELAY(HIGH,1)+DELAY(LOW,1))?0:MAX(ABS(HIGH-DELAY(HIGH,1)),ABS("
            "LOW-DELAY(LOW,1)))),12)+SUM(((HIGH+LOW)<=(DELAY(HIGH,1)+DELAY(LOW,1))?0:MAX(ABS("
            "HIGH-DELAY(HIGH,1)),ABS(LOW-DELAY(LOW,1)))),12))"
        ),
        reading="Rising minus falling share of the directional movement of twelve sessions.",
        defects="Equals gtja051 minus gtja049, hence twice gtja051 minus one.",
    ),
    _formula(
        name="gtja051",
        published=(
            "SUM(((HIGH+LOW)<=(DELAY(HIGH,1)+DELAY(LOW,1))?0:MAX(ABS(HIGH-DELAY(HIGH,1)),ABS("
            "LOW-DELAY(LOW,1)))),12)/(SUM(((HIGH+LOW)<=(DELAY(HIGH,1)+DELAY(LOW,1))?0:MAX(ABS("
            "HIGH-DELAY(HIGH,1)),ABS(LOW-DELAY(LOW,1)))),12)+SUM(((HIGH+LOW)>=(DELAY(HIGH,1)+DELAY("
            "LOW,1))?0:MAX(ABS(HIGH-DELAY(HIGH,1)),ABS(LOW-DELAY(LOW,1)))),12))"
        ),
        reading="Share of rising sessions in the directional movement of twelve sessions.",
        defects="Equals one minus gtja049.",
    ),
    _formula(
        name="gtja052",
        published=(
            "SUM(MAX(0,HIGH-DELAY((HIGH+LOW+CLOSE)/3,1)),26)/SUM(MAX(0,DELAY((HIGH+LOW+CLOSE)/3,1)"
            "-L),26)*100"
        ),
        reading=(
            "Strength above over weakness below the former typical price, 26 sessions, in percent."
        ),
        defects="Printed L, which is no field of the report; read as LOW.",
        text=(
            "SUM(MAX(0,HIGH-DELAY((HIGH+LOW+CLOSE)/3,1)),26)/SUM(MAX(0,DELAY((HIGH+LOW+CLOSE)/3,1)"
            "-LOW),26)*100"
        ),
    ),
    _formula(
        name="gtja053",
        published="COUNT(CLOSE>DELAY(CLOSE,1),12)/12*100",
        reading="Share of rising sessions among twelve, in percent.",
        defects="Takes 13 values: most ranks are tied.",
    ),
    _formula(
        name="gtja054",
        published="(-1 * RANK((STD(ABS(CLOSE - OPEN)) + (CLOSE - OPEN)) + CORR(CLOSE, OPEN,10)))",
        reading=(
            "Opposite of the rank of the deviation of the body, the body and the correlation of "
            "close and open."
        ),
        defects=(
            "STD is printed without a window; read as 5, as in WorldQuant's alpha018 (DolphinDB "
            "takes 10). Adds prices to a correlation."
        ),
        text="(-1 * RANK((STD(ABS(CLOSE - OPEN),5) + (CLOSE - OPEN)) + CORR(CLOSE, OPEN,10)))",
    ),
    _formula(
        name="gtja055",
        published=(
            "SUM(16*(CLOSE-DELAY(CLOSE,1)+(CLOSE-OPEN)/2+DELAY(CLOSE,1)-DELAY(OPEN,1))/((ABS("
            "HIGH-DELAY(CLOSE,1))>ABS(LOW-DELAY(CLOSE,1)) & "
            "ABS(HIGH-DELAY(CLOSE,1))>ABS(HIGH-DELAY(LOW,1))?ABS(HIGH-DELAY(CLOSE,1))+ABS("
            "LOW-DELAY(CLOSE,1))/2+ABS(DELAY(CLOSE,1)-DELAY(OPEN,1))/4:(ABS(LOW-DELAY(CLOSE,1))"
            ">ABS(HIGH-DELAY(LOW,1)) & ABS(LOW-DELAY(CLOSE,1))>ABS(HIGH-DELAY(CLOSE,1))?ABS("
            "LOW-DELAY(CLOSE,1))+ABS(HIGH-DELAY(CLOSE,1))/2+ABS(DELAY(CLOSE,1)-DELAY(OPEN,1))/"
            "4:ABS(HIGH-DELAY(LOW,1))+ABS(DELAY(CLOSE,1)-DELAY(OPEN,1))/4)))*MAX(ABS(HIGH-DELAY("
            "CLOSE,1)),ABS(LOW-DELAY(CLOSE,1))),20)"
        ),
        reading="Wilder's swing index, accumulated over 20 sessions.",
        defects=(
            "Wilder's swing index takes a quarter of the former body; printed whole, so that "
            "DELAY(CLOSE,1) cancels. A price difference: it depends on the price level of the "
            "share."
        ),
    ),
    _formula(
        name="gtja056",
        published=(
            "(RANK((OPEN - TSMIN(OPEN, 12))) < RANK((RANK(CORR(SUM(((HIGH + LOW) / 2), 19), "
            "SUM(MEAN(VOLUME,40), 19), 13))^5)))"
        ),
        reading="Whether the open above its low ranks below the correlation of price and volume.",
        defects=(
            "True or false: 1 or 0. The power 5 has no effect, for a rank of a rank keeps its "
            "order."
        ),
    ),
    _formula(
        name="gtja057",
        published="SMA((CLOSE-TSMIN(LOW,9))/(TSMAX(HIGH,9)-TSMIN(LOW,9))*100,3,1)",
        reading="K line of the KDJ oscillator, nine sessions.",
    ),
    _formula(
        name="gtja058",
        published="COUNT(CLOSE>DELAY(CLOSE,1),20)/20*100",
        reading="Share of rising sessions among twenty, in percent.",
        defects="Takes 21 values: most ranks are tied.",
    ),
    _formula(
        name="gtja059",
        published=(
            "SUM((CLOSE=DELAY(CLOSE,1)?0:CLOSE-(CLOSE>DELAY(CLOSE,1)?MIN(LOW,DELAY(CLOSE,1)):MAX("
            "HIGH,DELAY(CLOSE,1)))),20)"
        ),
        reading="Accumulation and distribution of gtja003 over twenty sessions.",
        defects="A price difference: it depends on the price level of the share.",
    ),
    _formula(
        name="gtja060",
        published="SUM(((CLOSE-LOW)-(HIGH-CLOSE))./(HIGH-LOW).*VOLUME,20)",
        reading="Place of close in the range times volume, summed over twenty sessions.",
        defects=(
            "Printed with Matlab's ./ and .*, which are read as / and *. NaN where high = low, as "
            "on a session locked at a limit."
        ),
        text="SUM(((CLOSE-LOW)-(HIGH-CLOSE))/(HIGH-LOW)*VOLUME,20)",
    ),
    _formula(
        name="gtja061",
        published=(
            "(MAX(RANK(DECAYLINEAR(DELTA(VWAP, 1), 12)), "
            "RANK(DECAYLINEAR(RANK(CORR((LOW),MEAN(VOLUME,80), 8)), 17))) * -1)"
        ),
        reading=(
            "Opposite of the larger of two ranks: the smoothed move of vwap, and the correlation "
            "of low and volume."
        ),
    ),
    _formula(
        name="gtja062",
        published="(-1 * CORR(HIGH, RANK(VOLUME), 5))",
        reading="Opposite of the correlation of high and ranked volume.",
    ),
    _formula(
        name="gtja063",
        published="SMA(MAX(CLOSE-DELAY(CLOSE,1),0),6,1)/SMA(ABS(CLOSE-DELAY(CLOSE,1)),6,1)*100",
        reading="Relative strength index, six sessions.",
    ),
    _formula(
        name="gtja064",
        published=(
            "(MAX(RANK(DECAYLINEAR(CORR(RANK(VWAP), RANK(VOLUME), 4), 4)), "
            "RANK(DECAYLINEAR(MAX(CORR(RANK(CLOSE), RANK(MEAN(VOLUME,60)), 4), 13), 14))) * -1)"
        ),
        reading="Opposite of the larger of two ranks, made of correlations of price and volume.",
        defects=(
            "The inner MAX is printed with a window; read as TSMAX (in WorldQuant's alpha096, its "
            "model, Ts_ArgMax). Correlations of four ranks of slow series are often undefined, so "
            "NaN is common."
        ),
        text=(
            "(MAX(RANK(DECAYLINEAR(CORR(RANK(VWAP), RANK(VOLUME), 4), 4)), "
            "RANK(DECAYLINEAR(TSMAX(CORR(RANK(CLOSE), RANK(MEAN(VOLUME,60)), 4), 13), 14))) * -1)"
        ),
    ),
    _formula(
        name="gtja065",
        published="MEAN(CLOSE,6)/CLOSE",
        reading="Six-session mean over close.",
    ),
    _formula(
        name="gtja066",
        published="(CLOSE-MEAN(CLOSE,6))/MEAN(CLOSE,6)*100",
        reading="Close above its six-session mean, in percent.",
    ),
    _formula(
        name="gtja067",
        published="SMA(MAX(CLOSE-DELAY(CLOSE,1),0),24,1)/SMA(ABS(CLOSE-DELAY(CLOSE,1)),24,1)*100",
        reading="Relative strength index, 24 sessions.",
    ),
    _formula(
        name="gtja068",
        published="SMA(((HIGH+LOW)/2-(DELAY(HIGH,1)+DELAY(LOW,1))/2)*(HIGH-LOW)/VOLUME,15,2)",
        reading="Ease of movement of gtja009, smoothed over fifteen sessions.",
        defects="A price difference: it depends on the price level of the share.",
    ),
    _formula(
        name="gtja069",
        published=(
            "(SUM(DTM,20)>SUM(DBM,20)？(SUM(DTM,20)-SUM(DBM,20))/SUM(DTM,20)：(SUM(DTM,20)=SUM(DBM,"
            "20)？0：(SUM(DTM,20)-SUM(DBM,20))/SUM(DBM,20)))"
        ),
        reading=(
            "Movement above a higher open against movement below a lower open, twenty sessions, in "
            "-1 … 1."
        ),
        defects=(
            "Printed with full-width question marks and colons. In DBM the second branch of MAX is "
            "never positive, so DBM is open minus low where open fell."
        ),
        text=(
            "(SUM(DTM,20)>SUM(DBM,20)?(SUM(DTM,20)-SUM(DBM,20))/SUM(DTM,20):(SUM(DTM,20)=SUM(DBM,"
            "20)?0:(SUM(DTM,20)-SUM(DBM,20))/SUM(DBM,20)))"
        ),
    ),
    _formula(
        name="gtja070",
        published="STD(AMOUNT,6)",
        reading="Deviation of the traded value, six sessions.",
        defects="In CNY: it depends on the size of the company.",
    ),
)
