"""Figures of statements from text to values: what was known when, and never sooner."""

from __future__ import annotations

from datetime import UTC, date, datetime

import numpy as np
import polars as pl
import pytest

import workbench as wb
from tests.data import cellar_fixture as world
from workbench.data.assembly.fields import family_field
from workbench.data.assembly.market import market
from workbench.data.assembly.statement_figures import MOST, STATEMENTS, read_figure
from workbench.data.catalog import dataset
from workbench.data.point_in_time import Fundamentals
from workbench.data.point_in_time.figures import FIGURES as FORMULAS
from workbench.errors import OperatorArgumentError, UnknownFieldError
from workbench.factor import Constant, Field
from workbench.factor.figure import FIGURES, point_in_time_field
from workbench.factor.figure import STATEMENTS as SPOKEN
from workbench.factor.library.style import style

# Only two shares have reports: the others were never fetched.
SPAN = {"start": "2023-12-01", "end": "2024-01-31", "on_gap": "ignore"}
DAYS = world.sessions(date(2023, 12, 1), date(2024, 1, 31))
ONE, OTHER = "600519.SH", "000001.SZ"
SEEN = datetime(2024, 2, 1, 12, tzinfo=UTC)
REPORTS = (
    (ONE, "2022-09-30", "2022-10-25", 60.0),
    (ONE, "2022-12-31", "2023-04-10", 100.0),
    (ONE, "2023-09-30", "2023-12-08", 90.0),
    # The older year is restated, then the newest quarter.
    (ONE, "2022-12-31", "2023-12-20", 110.0),
    (ONE, "2023-09-30", "2024-01-10", 95.0),
    # Too old from the 401st day on.
    (OTHER, "2022-09-30", "2022-11-20", 7.0),
)


def income(reports, seen=SEEN) -> pl.DataFrame:
    """Rows of cn.income: asset, period, day of announcement, revenue."""
    contract = dataset("cn.income")
    rows = [
        {
            "asset": asset, "period": date.fromisoformat(period), "report_type": "1",
            "announced": date.fromisoformat(told), "f_announced": date.fromisoformat(told),
            "update_flag": "0", "content_hash": f"{place:03d}{told}{seen:%d}", "revenue": value,
            "n_income_attr_p": value / 10, "first_seen_at": seen,
        }
        for place, (asset, period, told, value) in enumerate(reports)
    ]  # fmt: skip
    schema = contract.schema()
    return pl.DataFrame({key: [row.get(key) for row in rows] for key in schema}, schema=schema)


def with_income(root, reports, seen=SEEN):
    cellar = world.make_cellar(root)
    cellar.store.append(dataset("cn.income"), income(reports, seen), metadata={})
    return cellar


def shown(text: str, found, asset: str = ONE) -> dict[str, float]:
    """Values of an expression where they change, by day."""
    values = wb.compute(text, found, dtype="float64").values[:, found.assets.index(asset)]
    said = [None if np.isnan(value) else round(float(value), 9) for value in values]
    days = [str(day) for day in found.sessions.values]
    return {day: value for day, value, before in zip(days, said, [object(), *said], strict=False)
            if value != before}  # fmt: skip


@pytest.fixture(scope="module")
def cellar(tmp_path_factory):
    return with_income(tmp_path_factory.mktemp("words") / "ws", REPORTS)


@pytest.fixture(scope="module")
def whole(cellar):
    return market(cellar, "cn", **SPAN)


class TestKnownWhen:
    """Each announcement counts from the session after it; weekends wait for Monday."""

    def test_latest(self, whole):
        # The restatement of the older year (20 December) does not replace the newest quarter.
        expected = {"2023-12-01": 100.0, "2023-12-11": 90.0, "2024-01-11": 95.0}
        assert shown("latest(income_revenue)", whole) == expected

    def test_ttm_moves_with_the_base_that_was_restated(self, whole):
        expected = {"2023-12-01": 100.0, "2023-12-11": 130.0, "2023-12-21": 140.0,
                    "2024-01-11": 145.0}  # fmt: skip
        assert shown("ttm(income_revenue)", whole) == expected

    def test_older_quarters(self, whole):
        expected = {"2023-12-01": 60.0, "2023-12-11": 100.0, "2023-12-21": 110.0}
        assert shown("q(income_revenue, 2)", whole) == expected
        assert shown("q(income_revenue, 3)", whole) == {"2023-12-01": None, "2023-12-11": 60.0}
        assert shown("q(income_revenue, 1)", whole) == shown("latest(income_revenue)", whole)

    def test_growth_against_the_year_before(self, whole):
        expected = {"2023-12-01": None, "2023-12-11": 0.5, "2024-01-11": round(35 / 60, 9)}
        assert shown("yoy(income_revenue)", whole) == expected

    def test_revision_is_told_once(self, whole):
        # The newest quarter itself is compared: a new quarter has nothing to be compared with.
        found = shown("revision(income_revenue, 5)", whole)
        assert found == {"2023-12-01": 0.0, "2023-12-11": None, "2023-12-18": 0.0,
                         "2024-01-11": round(5 / 90, 9), "2024-01-18": 0.0}  # fmt: skip

    def test_age(self, whole):
        values = wb.compute("days_since_announce(income_revenue)", whole, dtype="float64").values
        column = values[:, whole.assets.index(ONE)]
        first = [date(2023, 4, 10) if day < date(2023, 12, 11) else date(2023, 12, 8)
                 for day in DAYS]  # fmt: skip
        assert column.tolist() == [
            float((day - told).days) for day, told in zip(DAYS, first, strict=True)
        ]
        assert column.min() == 3  # Friday's announcement on Monday

    def test_what_is_too_old_is_missing(self, whole):
        assert shown("latest(income_revenue)", whole, OTHER) == {
            "2023-12-01": 7.0, "2023-12-26": None,
        }  # fmt: skip

    def test_who_reported_nothing_has_nothing(self, whole):
        assert shown("ttm(income_revenue)", whole, "688981.SH") == {"2023-12-01": None}

    def test_in_expressions(self, whole):
        both = wb.compute("ttm(income_revenue) / cap", whole, dtype="float64").values
        parts = whole["income_revenue_ttm"].values / whole["cap"].values
        np.testing.assert_array_equal(both, parts)


class TestNoFuture:
    WORDS = tuple(
        f"{name}(income_revenue{', 2' if row.literal else ''})" for name, row in FIGURES.items()
    )

    def test_what_is_announced_later_changes_nothing_before(self, tmp_path, whole):
        later = (
            *REPORTS,
            (ONE, "2023-12-31", "2024-01-16", 1e6),
            (ONE, "2023-09-30", "2024-01-17", 2e6),
            (ONE, "2022-12-31", "2024-01-18", 3e6),
            (OTHER, "2023-12-31", "2024-01-19", 4e6),
        )
        other = market(with_income(tmp_path / "ws", later), "cn", **SPAN)
        until, moved = DAYS.index(date(2024, 1, 16)) + 1, 0
        for word in self.WORDS:
            here = wb.compute(word, whole, dtype="float64").values
            there = wb.compute(word, other, dtype="float64").values
            np.testing.assert_array_equal(here[:until], there[:until], err_msg=word)
            moved += not np.array_equal(here, there, equal_nan=True)
        assert moved >= 8

    def test_a_silent_correction_waits_until_it_was_seen(self, tmp_path):
        # Same period and same day of announcement, but downloaded a month later.
        cellar = with_income(tmp_path / "ws", REPORTS[:3], datetime(2023, 12, 9, tzinfo=UTC))
        fixed = income([(ONE, "2023-09-30", "2023-12-08", 80.0)],
                       datetime(2024, 1, 9, 12, tzinfo=UTC))  # fmt: skip
        cellar.store.append(dataset("cn.income"), fixed, metadata={})
        assert shown("latest(income_revenue)", market(cellar, "cn", **SPAN)) == {
            "2023-12-01": 100.0, "2023-12-11": 90.0, "2024-01-10": 80.0,
        }  # fmt: skip

    def test_values_do_not_depend_on_the_window(self, cellar, whole):
        part = market(cellar, "cn", **{**SPAN, "start": "2024-01-08"})
        first, columns = DAYS.index(date(2024, 1, 8)), [whole.assets.index(a) for a in part.assets]
        cut = whole.truncate("2024-01-12")
        for word in self.WORDS:
            expected = wb.compute(word, whole, dtype="float64").values
            np.testing.assert_array_equal(
                wb.compute(word, part, dtype="float64").values, expected[first:, columns]
            )
            np.testing.assert_array_equal(
                wb.compute(word, cut, dtype="float64").values, expected[: len(cut.sessions)]
            )


class TestNames:
    """Language and store agree on every name, though neither room knows the other."""

    def test_same_words_and_statements(self):
        assert set(FIGURES) == set(FORMULAS)
        assert set(SPOKEN) == set(STATEMENTS)
        assert {name: row.most for name, row in FIGURES.items() if row.literal} == MOST

    @pytest.mark.parametrize("statement", sorted(STATEMENTS))
    def test_what_can_be_said_is_answered_and_nothing_else(self, statement):
        names = [c.name for c in dataset(f"cn.{statement}").columns if c.kind == "number"]
        for item in names:
            for how, row in FIGURES.items():
                for k in {1, 2, row.most} if row.literal else {1}:
                    number = f"_{k}" if k > 1 else ""
                    asked = read_figure(f"{statement}_{item}_{how}{number}")
                    said = [Field(f"{statement}_{item}"), *([Constant(k)] if row.literal else [])]
                    if asked is None:
                        with pytest.raises(OperatorArgumentError):
                            point_in_time_field(how, said)
                    else:
                        assert (asked.item, asked.how, asked.k) == (item, how, k)
                        assert point_in_time_field(how, said).name == asked.name

    @pytest.mark.parametrize(
        "name",
        ["income_revenue", "income_revenue_q_1", "income_revenue_q_02", "income_revenue_q_41",
         "income_revenue_ttm_2", "income_revnue_q_2", "income_asset_latest", "balance_q_2",
         "income_period_latest", "price_revenue_ttm", "income__q_2", "revenue_q_2"],
    )  # fmt: skip
    def test_other_names_are_no_figures(self, name, whole):
        assert read_figure(name) is None
        assert name not in whole
        with pytest.raises(UnknownFieldError):
            whole[name]

    def test_families_live_where_their_table_does(self, cellar):
        assert family_field(cellar, "cn", "income_revenue_q_2") is not None
        assert family_field(cellar, "cn", "balance_total_assets_q_2") is None
        assert family_field(cellar, "us", "income_revenue_q_2") is None

    def test_unknown_items_are_refused_with_near_names(self, whole):
        with pytest.raises(UnknownFieldError, match="Did you mean 'income_revenue_ttm'"):
            wb.compute("ttm(income_revnue)", whole)
        with pytest.raises(UnknownFieldError, match="balance_total_assets_q_5"):
            wb.compute("q(balance_total_assets, 5)", whole)

    def test_every_word_is_the_figure_of_the_store(self, cellar, whole):
        book, ids = Fundamentals(cellar, "cn.income"), list(world.ASSETS)
        sessions = whole.sessions.values
        for how, row in FIGURES.items():
            k = 2 if row.literal else 1
            word = f"{how}(income_revenue{', 2' if row.literal else ''})"
            expected = book.field("revenue", how, sessions, ids, k=k)
            given = wb.compute(word, whole, dtype="float64").values
            np.testing.assert_array_equal(given, expected, err_msg=word)

    def test_families_pass_through_views(self, whole):
        name = "income_revenue_q_2"
        assert name in whole
        assert name not in whole.fields
        values = whole[name].values
        few = whole.select([ONE]).between("2024-01-08")
        np.testing.assert_array_equal(
            few[name].values[:, 0], values[DAYS.index(date(2024, 1, 8)) :, whole.assets.index(ONE)]
        )
        over = whole.with_fields({"mine": np.ones(whole.shape)})
        np.testing.assert_array_equal(over[name].values, values)
        assert "mine" in over
        laid = whole.with_fields({name: np.zeros(whole.shape)})
        assert (laid[name].values == 0).all()


def test_the_store_offers_every_field_of_the_style_library(tmp_path):
    """Every table of the catalogue that fields come from, empty or not, answers the names."""
    cellar = world.make_cellar(tmp_path / "ws")
    for name in ("moneyflow_1d", "northbound_1d", *STATEMENTS):
        contract = dataset(f"cn.{name}")
        cellar.store.append(contract, contract.empty(), metadata={})
    found = market(cellar, "cn", benchmark="csi300", **SPAN)
    wanted = {name: row.fields for name, row in style().items()}
    lacking = {name: sorted(field for field in fields if field not in found)
               for name, fields in wanted.items()}  # fmt: skip
    assert {name: fields for name, fields in lacking.items() if fields} == {}
