"""Results: any table or number becomes plain JSON and comes back."""

from __future__ import annotations

import datetime as dt
import json

import numpy as np
import pandas as pd
import pytest

from workbench.report.results import MIME, collect, plain, publish


def test_a_frame_keeps_every_label_and_value() -> None:
    frame = pd.DataFrame(
        {"ic": [0.1, np.nan], "n": [3, 4]},
        index=pd.MultiIndex.from_tuples([(1, "a"), (5, "b")], names=["horizon", "side"]),
    )
    assert plain(frame) == {
        "index_names": ["horizon", "side"],
        "index": [[1, "a"], [5, "b"]],
        "columns": ["ic", "n"],
        "data": [[0.1, 3], [None, 4]],
    }


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (np.float64("nan"), None),
        (np.inf, None),
        (np.float32(0.5), 0.5),
        (np.int64(3), 3),
        (np.bool_(True), True),
        (True, True),
        (None, None),
        ("text", "text"),
        (dt.date(2020, 1, 2), "2020-01-02"),
        (pd.Timestamp("2020-01-02"), "2020-01-02"),
        (pd.Timestamp("2020-01-02 03:04"), "2020-01-02T03:04:00"),
        (np.array([[1.0, np.nan]]), [[1.0, None]]),
        ({1: (2, 3)}, {"1": [2, 3]}),
        (pd.Series({"a": 1.0}), {"a": 1.0}),
    ],
    ids=repr,
)
def test_values(value: object, expected: object) -> None:
    assert plain(value) == expected
    assert type(plain(value)) is type(expected)
    json.dumps(plain(value), allow_nan=False)


def test_what_is_published_can_be_collected(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[dict[str, object]] = []
    monkeypatch.setattr("IPython.display.display", lambda data, raw: shown.append(data))
    publish(a=1, b=[np.nan])
    publish(a=2)
    outputs = [{"output_type": "display_data", "data": data} for data in shown]
    cells = [{"outputs": outputs}, {"cell_type": "markdown"}, {"outputs": [{"text": "x"}]}]
    assert collect({"cells": cells}) == {"a": 2, "b": [None]}
    assert shown[0]["text/plain"] == "Results: a, b"
    assert MIME in shown[0]
