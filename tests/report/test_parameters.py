"""Parameters: what is accepted, what is refused, and that nothing runs for a mistake."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest

from workbench.errors import ParameterError
from workbench.report import run as run_function
from workbench.report.parameters import (
    MODELS,
    FactorStudyParameters,
    check,
    from_text,
    read_value,
)
from workbench.report.templates import folder

GOOD = {"factor": "rank(close)"}

HOSTILE_NAMES = [
    "z=1;open('PWNKEY','w');y",
    "z = __import__('os').system('touch PWNKEY') #",
    "factor\nopen('PWNKEY','w')",
    "__class__",
    "model_config",
    "FILES",
    "",
    " ",
    "factor ",
    "Factor",
    "fäctor",
    "../factor",
    "x" * 100_000,
    "\0",
    7,
    None,
    ("factor",),
]

HOSTILE_VALUES = [
    ("factor", "__import__('os').system('touch PWNKEY')"),
    ("factor", "close.__class__"),
    ("factor", "open('PWNKEY','w')"),
    ("factor", "rank(close"),
    ("factor", "delay(close, -1)"),
    ("factor", "rank(close)\0"),
    ("factor", ""),
    ("factor", "close + " * 5000 + "close"),
    ("factor", "(" * 3000 + "close" + ")" * 3000),
    ("factor", 7),
    ("factor", None),
    ("factor", ["rank(close)"]),
    ("factor", {"a": 1}),
    ("data", "../../../etc/passwd"),
    ("data", "/etc/passwd"),
    ("data", "absent.parquet"),
    ("data", "demo\0"),
    ("data", "."),
    ("data", ""),
    ("data", "x" * 3999),
    ("data", "x" * 100_000),
    ("data", True),
    ("horizons", []),
    ("horizons", [0]),
    ("horizons", [-5]),
    ("horizons", [5, 1]),
    ("horizons", [1, 1]),
    ("horizons", [1.5]),
    ("horizons", ["1"]),
    ("horizons", [True]),
    ("horizons", [10_000]),
    ("horizons", 5),
    ("horizons", "1,5"),
    ("quantiles", 1),
    ("quantiles", 51),
    ("quantiles", 10.0),
    ("quantiles", "10"),
    ("quantiles", True),
    ("quantiles", float("nan")),
    ("entry", "tomorrow"),
    ("entry", "next_open'; open('PWNKEY','w')"),
    ("entry", None),
    ("seed", -1),
    ("seed", 2**40),
    ("seed", "7"),
    ("seed", 7.5),
    ("start", "2020-13-01"),
    ("start", "20200101"),
    ("start", "2020-1-1"),
    ("start", 20200101),
    ("end", "yesterday"),
    ("title", "x" * 161),
    ("title", "a\x1b[31mred"),
    ("title", 5),
]


@pytest.fixture
def no_kernel(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail if anything would be run."""

    def refuse(*arguments: object) -> bool:
        raise AssertionError("a process was started for a mistake")

    # the function of the same name hides the module from a dotted path
    monkeypatch.setattr(import_module("workbench.report.run"), "watch", refuse)


def everything_in(folder: Path) -> set[Path]:
    return set(folder.rglob("*"))


@pytest.mark.usefixtures("no_kernel")
@pytest.mark.parametrize("name", HOSTILE_NAMES, ids=lambda name: repr(name)[:30])
def test_hostile_names_are_refused_before_anything_happens(
    name: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ParameterError, match="Expected a parameter among factor, data") as caught:
        run_function("factor_study", GOOD | {name: 1}, out=tmp_path / "out")
    assert len(str(caught.value)) < 400
    assert everything_in(tmp_path) == set()


@pytest.mark.usefixtures("no_kernel")
@pytest.mark.parametrize(
    ("name", "value"), HOSTILE_VALUES, ids=[f"{n}={v!r}"[:40] for n, v in HOSTILE_VALUES]
)
def test_hostile_values_are_refused_before_anything_happens(
    name: str, value: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ParameterError, match=f"Parameter '{name}") as caught:
        run_function("factor_study", GOOD | {name: value}, out=tmp_path / "out")
    assert len(str(caught.value)) < 2000
    assert everything_in(tmp_path) == set()


def test_the_hostile_lists_are_long_enough() -> None:
    assert len(HOSTILE_NAMES) + len(HOSTILE_VALUES) >= 40


def test_missing_factor_is_named() -> None:
    with pytest.raises(ParameterError, match="Parameter 'factor': Field required"):
        check(FactorStudyParameters, {})


def test_near_name_is_offered() -> None:
    with pytest.raises(ParameterError, match="Did you mean 'quantiles'"):
        check(FactorStudyParameters, GOOD | {"quantile": 5})


def test_not_a_mapping() -> None:
    with pytest.raises(ParameterError, match="Expected a mapping of parameters, got list"):
        check(FactorStudyParameters, [("factor", "close")])  # type: ignore[arg-type]


def test_range_must_not_be_empty() -> None:
    with pytest.raises(ParameterError, match="expected start <= end"):
        check(FactorStudyParameters, GOOD | {"start": "2020-02-01", "end": "2020-01-01"})


def test_every_mistake_is_told_at_once() -> None:
    with pytest.raises(ParameterError) as caught:
        check(FactorStudyParameters, GOOD | {"quantiles": 1, "seed": -1})
    assert len(str(caught.value).splitlines()) == 2


def test_good_values_pass_unchanged(tmp_path: Path) -> None:
    file = tmp_path / "prices.csv"
    file.touch()
    values = GOOD | {
        "data": str(file),
        "horizons": [1, 10],
        "quantiles": 5,
        "entry": "next_close",
        "start": "2020-01-01",
        "end": "2020-12-31",
        "sessions_per_year": 252.0,
        "seed": 0,
        "title": "价格 <b>",
    }
    checked = check(FactorStudyParameters, values)
    assert checked.model_dump(mode="json") == values
    assert checked.file_parameters() == ("data",)
    assert check(FactorStudyParameters, checked) == checked


def test_a_library_name_becomes_its_formula() -> None:
    checked = check(FactorStudyParameters, {"factor": "alpha003"})
    assert checked.factor == "-1 * correlation(rank(open), rank(volume), 10)"


def test_horizons_say_how_they_are_written() -> None:
    with pytest.raises(ParameterError, match="such as 1,5,20"):
        check(FactorStudyParameters, GOOD | {"horizons": "abc"})


def test_demo_is_not_a_file() -> None:
    assert check(FactorStudyParameters, GOOD).file_parameters() == ()


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("quantiles=5", 5),
        ("horizons=1,5,20", [1, 5, 20]),
        ("horizons=[1, 5]", [1, 5]),
        ("horizons=3", [3]),
        ("seed=0", 0),
        ("title=true", "true"),
        ("title=5", "5"),
        ("title=a=b", "a=b"),
        ("end=none", None),
        ("end=None", None),
        ("end=2020-01-01", "2020-01-01"),
        ("entry=close", "close"),
        ("factor=-1 * rank(close)", "-1 * rank(close)"),
        ("quantiles=many", "many"),
        ("quantiles=true", True),
    ],
)
def test_words_are_typed_by_the_model(word: str, value: object) -> None:
    (found,) = from_text(FactorStudyParameters, [word]).values()
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize("text", ["true", "True", "false", "False"])
def test_truth_is_never_the_string_true(text: str) -> None:
    assert read_value(text, bool) is (text.lower() == "true")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["quantiles"], "Expected name=value"),
        (["nonsense=1"], "Expected a parameter among"),
        (["z=1;open('PWNKEY','w');y=1"], "Expected a parameter among"),
        (["seed=1", "seed=2"], "once"),
        (["=5"], "Expected a parameter among"),
    ],
)
def test_wrong_words(words: list[str], message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        from_text(FactorStudyParameters, words)


def test_wrongly_typed_words_are_refused_by_the_model() -> None:
    for word in ("quantiles=many", "quantiles=true", "horizons=a,b", "seed=1.5"):
        with pytest.raises(ParameterError):
            check(FactorStudyParameters, GOOD | from_text(FactorStudyParameters, [word]))


def test_every_template_with_a_notebook_has_a_model() -> None:
    home = folder() / "templates"
    assert {path.stem for path in home.glob("*.ipynb")} == set(MODELS)
