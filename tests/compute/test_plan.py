"""Plans: executed here by a naive interpreter over whole panels, and compared with the oracle."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.compute.oracle import ORACLE, evaluate_term
from workbench.compute.plan import Plan, make_plan
from workbench.factor.term import Call
from workbench.factor.text import parse, to_text

T, N = 25, 6
RNG = np.random.default_rng(11)
FIELDS = {name: RNG.normal(1.0, 0.3, (T, N)) for name in ("open", "close", "volume")}
FIELDS["open"][4, 2] = np.nan
GROUPS = {"industry": np.tile(np.array([0, 0, 1, 1, -1, 2], dtype=np.int32), (T, 1))}


def shifted(values: np.ndarray, lag: int) -> np.ndarray:
    result = np.full_like(values, np.nan)
    result[lag:] = values[: len(values) - lag]
    return result


def interpret(plan: Plan) -> dict[str, np.ndarray]:
    """Run a plan step by step; buffers never written hold a poison that would show."""
    heights = [min(height, T) for height in plan.heights]
    panels = [FIELDS[name][-rows:] for name, rows in zip(plan.fields, heights, strict=False)]
    panels += [np.full((rows, N), 1e99) for rows in heights[len(panels) :]]
    for stage in plan.stages:
        rows = min(stage.rows, T)
        slots = [np.full((rows, N), 1e99) for _ in range(stage.slots)]
        for step in stage.steps:
            operands = []
            for operand in step.operands:
                if operand.place == "constant":
                    operands.append(shifted(np.full((rows, N), operand.value), operand.lag))
                elif operand.place == "group":
                    operands.append(GROUPS[plan.groups[operand.number]][-rows:])
                else:
                    assert not (operand.lag and operand.place == "slot" and stage.axis == "section")
                    assert not (operand.place == "slot" and stage.axis == "python")
                    store = panels if operand.place == "panel" else slots
                    assert len(store[operand.number]) >= rows
                    operands.append(shifted(store[operand.number][-rows:], operand.lag))
            value = (
                operands[0]
                if step.operator == "copy"
                else ORACLE[step.operator](*operands, *step.parameters)
            )
            if step.out.place == "slot":
                slots[step.out.number] = value
            else:
                assert len(panels[step.out.number]) >= rows
                # A copy: a panel may be written again after it was read.
                panels[step.out.number] = panels[step.out.number].copy()
                panels[step.out.number][-rows:] = value
    last = T if plan.last is None else plan.last
    return {name: panels[number][-last:] for name, number in plan.outputs.items()}


def assert_plan_is_right(texts: list[str], last: int | None = None) -> Plan:
    terms = {f"f{number}": parse(text) for number, text in enumerate(texts)}
    plan = make_plan(terms, last)
    found = interpret(plan)
    for name, term in terms.items():
        expected = evaluate_term(term, {**FIELDS, **GROUPS})[-(last or T) :]
        np.testing.assert_array_equal(found[name], expected, err_msg=to_text(term))
    return plan


@pytest.mark.parametrize(
    "texts",
    [
        ["close"],
        ["delay(close, 3)"],
        ["delay(rank(close), 2)", "rank(close)"],
        ["rank(delay(rank(close), 2))"],
        ["ts_mean(rank(close), 5) - delay(rank(close), 1)"],
        ["rank(close - delay(ts_mean(open, 3), 4))"],
        ["indneutralize(correlation(close, volume, 5), industry)"],
        ["-1 * correlation(rank(open), rank(volume), 10)", "rank(open)", "rank(volume)"],
        ["where(close > open, ts_sum(volume, 3), rank(volume))"],
        ["close + 1", "1 + close"],
        ["delay(close, 2)", "delay(close, 2)", "delay(delay(close, 1), 1)"],
        ["rank(close) * rank(close)"],
        ["delay(2, 2)"],
        ["rank(close + delay(2, 2))"],
        ["delay(close - open, 1) + rank(delay(close - open, 1))"],
    ],
)
@pytest.mark.parametrize("last", [None, 1, 3, T])
def test_plans_compute_what_the_terms_say(texts: list[str], last: int | None) -> None:
    assert_plan_is_right(texts, last)


EXPRESSIONS = st.recursive(
    st.sampled_from(["close", "open", "volume", "2"]),
    lambda inner: st.one_of(
        st.tuples(st.sampled_from(["+", "-", "*", "/"]), inner, inner).map(
            lambda p: f"({p[1]} {p[0]} {p[2]})"
        ),
        st.tuples(
            st.sampled_from(["rank({})", "ts_mean({}, 3)", "delay({}, 2)", "-({})", "zscore({})"]),
            inner,
        ).map(lambda p: p[0].format(p[1])),
        inner.map(lambda text: f"indneutralize({text}, industry)"),
        st.tuples(inner, inner).map(lambda p: f"correlation({p[0]}, {p[1]}, 4)"),
    ),
    max_leaves=8,
)


@settings(max_examples=150, deadline=None)
@given(st.lists(EXPRESSIONS, min_size=1, max_size=4), st.sampled_from([None, 1, 2, 7]))
def test_random_batches(texts: list[str], last: int | None) -> None:
    assert_plan_is_right(texts, last)


def test_shared_work_is_done_once() -> None:
    plan = assert_plan_is_right(
        ["rank(close) + ts_mean(close, 5)", "rank(close) - ts_mean(close, 5)", "rank(close)"]
    )
    assert plan.calls_written == 7
    assert sorted(step.operator for step in plan.steps) == ["add", "rank", "subtract", "ts_mean"]


def test_a_delay_is_an_offset_and_costs_no_step() -> None:
    plan = assert_plan_is_right(["close - delay(close, 5)"])
    assert [step.operator for step in plan.steps] == ["subtract"]
    assert plan.steps[0].operands[1].lag == 5
    assert plan.lookback == 5


def test_elementwise_work_moves_to_its_reader() -> None:
    plan = assert_plan_is_right(["rank(close / open - 1)"])
    assert [stage.axis for stage in plan.stages] == ["section"]
    assert plan.panel_count == 3  # two fields and the result: the quotient stays in the cache


def test_buffers_are_reused_when_their_last_reader_has_run() -> None:
    chain = "close"
    for _ in range(6):
        chain = f"ts_mean(rank({chain}), 2)"
    plan = assert_plan_is_right([chain])
    assert plan.panel_count <= 4  # a field, and panels handed back and forth


def test_the_last_session_is_made_from_the_rows_it_depends_on() -> None:
    plan = assert_plan_is_right(["rank(ts_mean(close, 5))", "delay(open, 2)"], last=1)
    assert [(stage.axis, stage.rows) for stage in plan.stages] == [
        ("time", 6),  # 1 row and the 4 before it, rounded up
        ("section", 1),
        ("time", 3),
    ]
    assert dict(zip(plan.fields, plan.heights, strict=False)) == {"close": 6, "open": 3}


def test_a_field_gives_its_panel_back_after_its_last_reader() -> None:
    plan = assert_plan_is_right(["ts_mean(rank(close), 3)"])
    assert plan.panel_count == 2


def test_bytes_are_known_before_anything_runs() -> None:
    plan = make_plan({"f": parse("indneutralize(close, industry)")})
    assert plan.bytes(sessions=10, pitch=16, itemsize=4) == 2 * 10 * 16 * 4 + 10 * 16 * 4


def test_every_call_of_the_batch_is_in_the_plan() -> None:
    plan = make_plan({"f": parse("decay_linear(delta(rank(close), 2) * sign(open), 4)")})
    assert [step.term.operator for step in plan.steps if isinstance(step.term, Call)] == [
        "rank",
        "sign",
        "delta",
        "multiply",
        "decay_linear",
    ]
