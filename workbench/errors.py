"""Every failure workbench can name, on one page.

Each error is also a builtin, so callers may catch either. A message says what was expected,
what came and what to do::

    WorkbenchError
    ├── FactorError                     the language
    │   ├── FactorSyntaxError           ValueError    text that is not a factor; carries a caret
    │   ├── UnknownOperatorError        LookupError   a word followed by "(" that no operator has
    │   ├── UnknownFieldError           LookupError   a field that the market does not deliver
    │   ├── OperatorArgumentError       ValueError    right operator, wrong operand or parameter
    │   └── LookAheadError              ValueError    an attempt to read the future
    ├── MarketError                     values: sessions, assets, panels, rules
    │   ├── PanelError                  ValueError    shapes, labels or types that do not fit
    │   ├── UnknownSessionError         LookupError
    │   ├── UnknownAssetError           LookupError
    │   ├── EmptyUniverseError          ValueError    nothing left to look at
    │   ├── InsufficientHistoryError    ValueError    a window longer than the sample
    │   └── UnknownRuleError            LookupError   no dated rule covers the question
    ├── DataError                       vendors and files
    │   ├── SourceNotFoundError         FileNotFoundError
    │   ├── SchemaError                 ValueError    columns missing, unknown or ambiguous
    │   ├── DuplicateKeyError           ValueError    one asset twice on one session
    │   ├── BadValueError               ValueError    values that cannot be market data
    │   ├── UnknownDatasetError         LookupError   no dataset of this name
    │   ├── NotCoveredError             LookupError   not in the store yet; says the command to run
    │   ├── DataGapError                LookupError   rows that should be there are not
    │   ├── CalendarUnknownError        LookupError   beyond the days the calendar knows
    │   ├── SnapshotError               LookupError   no such snapshot or version
    │   ├── QueryError                  ValueError    SQL that may not run, or does not
    │   ├── TokenError                  LookupError   no token, or no place to keep one
    │   ├── ProviderError               RuntimeError  a vendor refused or failed
    │   │   ├── AuthenticationError     the token is wrong
    │   │   ├── AccessDeniedError       the account may not call this API
    │   │   ├── QuotaError              the allowance is spent; says until when
    │   │   ├── UpstreamError           network or vendor failure that retries did not cure
    │   │   │   └── UnreachableError    no connection: no network, no such host, no trust
    │   │   ├── BadRequestError         the vendor does not understand the request
    │   │   └── BadAnswerError          ValueError    an answer that cannot be true
    │   └── StoreError                  RuntimeError  the cellar itself
    │       ├── StorePathError          ValueError    a place that cannot hold a store
    │       ├── StoreCorruptionError    a file is torn, missing or altered
    │       ├── StoreBusyError          TimeoutError  another process holds the dataset
    │       └── StoreVersionError       written by a newer workbench
    ├── ComputeError                    the engine
    │   ├── DeviceUnavailableError      RuntimeError
    │   ├── PlanError                   ValueError    a plan that cannot be made or run
    │   ├── StaleResultError            ValueError    what is stored does not fit what would be made
    │   └── UserOperatorError           RuntimeError  an operator of the user failed or is unlawful
    ├── EvaluationError                 ValueError
    ├── PortfolioError                  ValueError
    ├── BacktestError                   ValueError
    ├── ReportError                     paper
    │   ├── UnknownTemplateError        LookupError
    │   ├── ParameterError              ValueError
    │   ├── ReportPathError             ValueError
    │   └── ReportFailedError           RuntimeError
    └── AppError                        ValueError    screens

Two warnings: `KernelsMissingWarning` says that the compiled kernels are absent and the slower
NumPy oracle serves, `MemoDamagedWarning` that a remembered result was unusable and made anew.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from difflib import get_close_matches

__all__ = [
    "AccessDeniedError",
    "AppError",
    "AuthenticationError",
    "BacktestError",
    "BadAnswerError",
    "BadRequestError",
    "BadValueError",
    "CalendarUnknownError",
    "ComputeError",
    "DataError",
    "DataGapError",
    "DeviceUnavailableError",
    "DuplicateKeyError",
    "EmptyUniverseError",
    "EvaluationError",
    "FactorError",
    "FactorSyntaxError",
    "InsufficientHistoryError",
    "KernelsMissingWarning",
    "LookAheadError",
    "MarketError",
    "MemoDamagedWarning",
    "NotCoveredError",
    "OperatorArgumentError",
    "PanelError",
    "ParameterError",
    "PlanError",
    "PortfolioError",
    "ProviderError",
    "QueryError",
    "QuotaError",
    "ReportError",
    "ReportFailedError",
    "ReportPathError",
    "SchemaError",
    "SnapshotError",
    "SourceNotFoundError",
    "StaleResultError",
    "StoreBusyError",
    "StoreCorruptionError",
    "StoreError",
    "StorePathError",
    "StoreVersionError",
    "TokenError",
    "UnknownAssetError",
    "UnknownDatasetError",
    "UnknownFieldError",
    "UnknownOperatorError",
    "UnknownRuleError",
    "UnknownSessionError",
    "UnknownTemplateError",
    "UnreachableError",
    "UpstreamError",
    "UserOperatorError",
    "WorkbenchError",
    "near_names",
]


class WorkbenchError(Exception):
    """Root of every failure that workbench raises on purpose."""


class FactorError(WorkbenchError):
    """A factor expression cannot be read or built."""


class FactorSyntaxError(FactorError, ValueError):
    """The text is not an expression of the factor language."""


class UnknownOperatorError(FactorError, LookupError):
    """No operator has this name."""


class UnknownFieldError(FactorError, LookupError):
    """The market delivers no field of this name."""


class OperatorArgumentError(FactorError, ValueError):
    """An operand or parameter does not fit the operator's declaration."""


class LookAheadError(FactorError, ValueError):
    """The expression asks for a value that is not known yet."""


class MarketError(WorkbenchError):
    """Sessions, assets, panels or rules do not fit together."""


class PanelError(MarketError, ValueError):
    """Values, shapes or labels of a panel are wrong."""


class UnknownSessionError(MarketError, LookupError):
    """The day is not a session of this calendar."""


class UnknownAssetError(MarketError, LookupError):
    """The asset is not part of this market."""


class EmptyUniverseError(MarketError, ValueError):
    """No asset or session is left to look at."""


class InsufficientHistoryError(MarketError, ValueError):
    """A window needs more sessions than there are."""


class UnknownRuleError(MarketError, LookupError):
    """No dated rule answers the question."""


class DataError(WorkbenchError):
    """A vendor or a file delivered something unusable."""


class SourceNotFoundError(DataError, FileNotFoundError):
    """There is nothing to read at this place."""


class SchemaError(DataError, ValueError):
    """Columns are missing, unknown or ambiguous."""


class DuplicateKeyError(DataError, ValueError):
    """One asset has two rows on one session."""


class BadValueError(DataError, ValueError):
    """A value cannot be market data, or an argument cannot describe a data set."""


class UnknownDatasetError(DataError, LookupError):
    """The catalogue and the store have no dataset of this name."""


class NotCoveredError(DataError, LookupError):
    """The store does not hold what was asked for; the message says the command that fetches it."""


class DataGapError(DataError, LookupError):
    """Rows that must exist are missing from the store."""


class CalendarUnknownError(DataError, LookupError):
    """The trading calendar does not reach this day."""


class SnapshotError(DataError, LookupError):
    """No snapshot or version of this name."""


class QueryError(DataError, ValueError):
    """The SQL text may not run here, or failed."""


class TokenError(DataError, LookupError):
    """A token is missing, or cannot be kept."""


class ProviderError(DataError, RuntimeError):
    """A vendor refused or failed; messages never hold a token."""


class AuthenticationError(ProviderError):
    """The vendor does not accept the token."""


class AccessDeniedError(ProviderError):
    """The account behind the token may not call this API."""


class QuotaError(ProviderError):
    """The allowance of the hour or the day is spent; `until` (UTC) says when it returns."""

    until: datetime | None = None


class UpstreamError(ProviderError):
    """The vendor, or the way to it, failed and retries did not cure it."""


class UnreachableError(UpstreamError):
    """No connection to the vendor could be made; every further call of the run would fail too."""


class BadRequestError(ProviderError):
    """The vendor does not understand the request."""


class BadAnswerError(ProviderError, ValueError):
    """An answer that cannot be what was asked for; it is quarantined, the store stays as it was."""


class StoreError(DataError, RuntimeError):
    """The store cannot do what was asked."""


class StorePathError(StoreError, ValueError):
    """The place cannot hold a store."""


class StoreCorruptionError(StoreError):
    """A file of the store is torn, missing or altered."""


class StoreBusyError(StoreError, TimeoutError):
    """Another process holds the dataset for writing."""


class StoreVersionError(StoreError):
    """The store was written by a newer workbench."""


class ComputeError(WorkbenchError):
    """The engine cannot compute."""


class DeviceUnavailableError(ComputeError, RuntimeError):
    """The device asked for cannot be used here."""


class PlanError(ComputeError, ValueError):
    """No plan can be made for this request."""


class StaleResultError(ComputeError, ValueError):
    """A stored result and the market no longer belong together."""


class UserOperatorError(ComputeError, RuntimeError):
    """An operator of the user failed, returned nonsense, or breaks a law of the house."""


class EvaluationError(WorkbenchError, ValueError):
    """A factor study was asked for something it cannot answer."""


class PortfolioError(WorkbenchError, ValueError):
    """Weights cannot be built from this request."""


class BacktestError(WorkbenchError, ValueError):
    """A backtest cannot be run on this request."""


class ReportError(WorkbenchError):
    """A report cannot be made."""


class UnknownTemplateError(ReportError, LookupError):
    """No template has this name."""


class ParameterError(ReportError, ValueError):
    """A report parameter is unknown, missing or of the wrong type."""


class ReportPathError(ReportError, ValueError):
    """A report would be written outside its folder."""


class ReportFailedError(ReportError, RuntimeError):
    """The notebook behind a report raised; the partial result was kept."""


class AppError(WorkbenchError, ValueError):
    """A dashboard cannot be served as asked."""


class KernelsMissingWarning(UserWarning):
    """The compiled kernels are absent; the NumPy oracle serves, more slowly."""


class MemoDamagedWarning(UserWarning):
    """A remembered result was damaged; it was computed again."""


def near_names(name: str, candidates: Iterable[str], limit: int = 3) -> str:
    """Say which known names come near `name`, ready to append to a message.

    Returns
    -------
    str
        ``" Did you mean 'close'?"`` or an empty string when nothing is near.

    Examples
    --------
    >>> near_names("clsoe", ["open", "close", "volume"])
    " Did you mean 'close'?"
    >>> near_names("xyz", ["open", "close"])
    ''
    """
    known = sorted(set(candidates))
    by_lower = {candidate.lower(): candidate for candidate in reversed(known)}
    matches = get_close_matches(name.lower(), list(by_lower), n=limit, cutoff=0.6)
    if not matches:
        return ""
    return f" Did you mean {' or '.join(repr(by_lower[match]) for match in matches)}?"
