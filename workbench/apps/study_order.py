"""What a user asks the factor lab for, read from text and handed to the evaluation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from workbench.errors import AppError
from workbench.evaluation import evaluate
from workbench.widgets.factor_editor import read_expression

if TYPE_CHECKING:
    from workbench.apps.job import Tell
    from workbench.apps.markets import MarketShelf
    from workbench.evaluation import FactorStudy

__all__ = ["StudyOrder", "read_horizons"]


def read_horizons(text: str) -> tuple[int, ...]:
    """Read holding periods from text.

    Parameters
    ----------
    text : str
        Whole numbers with commas or spaces between them.

    Returns
    -------
    tuple of int
        In the order written.

    Raises
    ------
    AppError
        If a part is not a whole number, or there is none.

    Examples
    --------
    >>> read_horizons("1, 5 20")
    (1, 5, 20)
    """
    parts = text.replace(",", " ").split()
    if not parts or not all(part.isascii() and part.isdigit() for part in parts):
        raise AppError(
            f"Horizons: expected whole numbers of sessions such as 1, 5, 20; got {text!r}."
        )
    return tuple(int(part) for part in parts)


@dataclass(frozen=True)
class StudyOrder:
    """Everything that decides a study.

    Parameters
    ----------
    expression : str
        Text of the factor language.
    market : str
        Name on the shelf.
    horizons : str
        As typed; see `read_horizons`.
    quantiles : int
        Number of buckets.
    entry : str
        Price at which positions are opened.
    """

    expression: str
    market: str
    horizons: str
    quantiles: int
    entry: str

    def fill(self, shelf: MarketShelf, tell: Tell) -> FactorStudy:
        """Load, read, evaluate; cheap mistakes are found before the market is loaded.

        Parameters
        ----------
        shelf : MarketShelf
            Where the market stands.
        tell : callable
            Progress; may raise to end the work.

        Returns
        -------
        FactorStudy
            The result.

        Raises
        ------
        WorkbenchError
            Whatever the rooms below object to.
        """
        factor = read_expression(self.expression)
        horizons = read_horizons(self.horizons)
        tell("loading the market", 0.0)
        market = shelf.load(self.market)
        return evaluate(factor, market, horizons, self.quantiles, self.entry, progress=tell)
