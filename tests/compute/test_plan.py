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
    panels = [FIELDS[name] for name in plan.fields]
    panels += [np.full((T, N), 1e99) for _ in range(plan.panel_count - len(panels))]
    for stage in plan.stages:
        slots = [np.full((T, N), 1e99) for _ in range(stage.slots)]
        for step in stage.steps:
            operands = []
            for operand in step.operands:
                if operand.place == "constant":
                    operands.append(shifted(np.full((T, N), operand.value), operand.lag))
                elif operand.place == "group":
                    operands.append(GROUPS[plan.groups[operand.number]])
                else:
                    assert not (operand.lag and operand.place == "slot" and stage.axis == "section")
                    store = panels if operand.place == "panel" else slots
                    operands.append(shifted(store[operand.number], operand.lag))
            value = (
                operands[0]
                if step.operator == "copy"
                else ORACLE[step.operator](*operands, *step.parameters)
            )
            (panels if step.out.place == "panel" else slots)[step.out.number] = value
    return {name: panels[number] for name, number in plan.outputs.items()}


def assert_plan_is_right(texts: list[str]) -> Plan:
    terms = {f"f{number}": parse(text) for number, text in enumerate(texts)}
    plan = make_plan(terms)
    found = interpret(plan)
    for name, term in terms.items():
        expected = evaluate_term(term, {**FIELDS, **GROUPS})
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
def test_plans_compute_what_the_terms_say(texts: list[str]) -> None:
    assert_plan_is_right(texts)


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
@given(st.lists(EXPRESSIONS, min_size=1, max_size=4))
def test_random_batches(texts: list[str]) -> None:
    assert_plan_is_right(texts)


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
