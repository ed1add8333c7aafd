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
    │   └── BadValueError               ValueError    values that cannot be market data
    ├── ComputeError                    the engine
    │   ├── DeviceUnavailableError      RuntimeError
    │   └── PlanError                   ValueError    a plan that cannot be made or run
    ├── EvaluationError                 ValueError
    ├── PortfolioError                  ValueError
    ├── BacktestError                   ValueError
    ├── ReportError                     paper
    │   ├── UnknownTemplateError        LookupError
    │   ├── ParameterError              ValueError
    │   ├── ReportPathError             ValueError
    │   └── ReportFailedError           RuntimeError
    └── AppError                        ValueError    screens

`KernelsMissingWarning` is the one warning of the package: the compiled kernels are absent and
the slower NumPy oracle serves.
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

__all__ = [
    "AppError",
    "BacktestError",
    "BadValueError",
    "ComputeError",
    "DataError",
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
    "OperatorArgumentError",
    "PanelError",
    "ParameterError",
    "PlanError",
    "PortfolioError",
    "ReportError",
    "ReportFailedError",
    "ReportPathError",
    "SchemaError",
    "SourceNotFoundError",
    "UnknownAssetError",
    "UnknownFieldError",
    "UnknownOperatorError",
    "UnknownRuleError",
    "UnknownSessionError",
    "UnknownTemplateError",
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


class ComputeError(WorkbenchError):
    """The engine cannot compute."""


class DeviceUnavailableError(ComputeError, RuntimeError):
    """The device asked for cannot be used here."""


class PlanError(ComputeError, ValueError):
    """No plan can be made for this request."""


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
