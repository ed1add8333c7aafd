"""What a study is asked for, checked before any work is done.

Every wrong request fails here, with a message that says what was expected, what came and what
to do; the rooms behind compute only.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from workbench.arrays import BoolPanel, FloatPanel
from workbench.errors import EmptyUniverseError, EvaluationError, InsufficientHistoryError
from workbench.evaluation.forward_returns import Entry, find_entry
from workbench.evaluation.inference import SESSIONS_PER_YEAR

__all__ = ["StudyRequest", "check_factor", "study_request"]


@dataclass(frozen=True)
class StudyRequest:
    """The checked parameters of a study.

    Attributes
    ----------
    horizons : tuple of int
        Sessions held, in the order asked for.
    quantiles : int
    entry : Entry
    decay_lags : int
    minimum_names : int
    sessions_per_year : float
    """

    horizons: tuple[int, ...]
    quantiles: int
    entry: Entry
    decay_lags: int = 20
    minimum_names: int = 10
    sessions_per_year: float = SESSIONS_PER_YEAR


def study_request(
    horizons: Iterable[int] | int,
    quantiles: int,
    entry: str,
    decay_lags: int,
    minimum_names: int,
    sessions_per_year: float,
    n_sessions: int,
) -> StudyRequest:
    """Check the parameters of a study of a market with `n_sessions` sessions.

    Raises
    ------
    EvaluationError
        If horizons are empty, repeated, or not whole positive numbers; if there are fewer than
        2 quantiles; if the entry is unknown; if a count is not a whole positive number.
    InsufficientHistoryError
        If a horizon has no exit inside the sample.

    Examples
    --------
    >>> study_request((1, 5), 10, "next_open", 20, 10, 242.0, n_sessions=250).horizons
    (1, 5)
    """
    chosen = find_entry(entry)
    held = _horizons(horizons)
    _whole("quantiles", quantiles, least=2)
    _whole("decay_lags", decay_lags, least=1)
    if decay_lags >= n_sessions:
        raise EvaluationError(
            f"decay_lags must be smaller than the number of sessions, {n_sessions}; "
            f"got {decay_lags}."
        )
    _whole("minimum_names", minimum_names, least=2)
    if not np.isfinite(sessions_per_year) or sessions_per_year <= 0:
        raise EvaluationError(
            f"sessions_per_year must be a positive number; got {sessions_per_year!r}."
        )
    longest = max(held)
    if chosen.delay + longest >= n_sessions:
        raise InsufficientHistoryError(
            f"A horizon of {longest} sessions with entry {chosen.name!r} needs more than "
            f"{chosen.delay + longest} sessions; the market has {n_sessions}. "
            "Shorten the horizon or load more history."
        )
    return StudyRequest(
        held, int(quantiles), chosen, int(decay_lags), int(minimum_names), float(sessions_per_year)
    )


def check_factor(
    values: FloatPanel, estimation: BoolPanel, request: StudyRequest, lookback: int | None
) -> None:
    """Check that a factor says enough to be studied.

    Raises
    ------
    EmptyUniverseError
        If no name is in the estimation mask on any session.
    InsufficientHistoryError
        If the factor needs more history than there is.
    EvaluationError
        If the factor has no value in the mask, or on no session enough names for the
        correlations or the quantiles.
    """
    if not estimation.any():
        raise EmptyUniverseError(
            "The estimation mask (universe and quoted) is empty on every session: there is "
            "nothing to study. Check the universe and the prices of the market."
        )
    names = (estimation & np.isfinite(values)).sum(axis=1)
    widest = int(names.max())
    if widest == 0:
        n_sessions = values.shape[0]
        if lookback is not None and lookback >= n_sessions:
            raise InsufficientHistoryError(
                f"The factor looks back {lookback} sessions and the market has {n_sessions}, so "
                "it has no value anywhere. Load more history."
            )
        raise EvaluationError(
            "The factor is NaN for every name of the estimation mask on every session. Check "
            "its fields and windows: one missing session makes a whole window NaN."
        )
    if widest < request.minimum_names:
        raise EvaluationError(
            f"No session has {request.minimum_names} names with a factor value; the widest has "
            f"{widest}. Widen the universe or lower minimum_names."
        )
    if widest < request.quantiles:
        raise EvaluationError(
            f"{request.quantiles} quantiles need at least as many names in a session; the "
            f"widest has {widest}. Ask for fewer quantiles or widen the universe."
        )


def _horizons(horizons: Iterable[int] | int) -> tuple[int, ...]:
    """Whole, positive, distinct horizons, in the order given."""
    if isinstance(horizons, int | np.integer):
        horizons = (int(horizons),)
    if isinstance(horizons, str) or not isinstance(horizons, Iterable):
        raise EvaluationError(
            f"horizons must be a sequence of whole numbers of sessions; got {horizons!r}."
        )
    held = tuple(horizons)
    if not held:
        raise EvaluationError("horizons must name at least one holding period; got none.")
    for horizon in held:
        _whole("horizons", horizon, least=1)
    if len(set(held)) < len(held):
        raise EvaluationError(f"horizons must differ from each other; got {held}.")
    return tuple(int(horizon) for horizon in held)


def _whole(name: str, value: object, least: int) -> None:
    """Refuse anything but a whole number of at least `least`."""
    whole = isinstance(value, int | np.integer) and not isinstance(value, bool | np.bool_)
    if not whole or value < least:  # type: ignore[operator]
        raise EvaluationError(f"{name} must be whole and at least {least}; got {value!r}.")
