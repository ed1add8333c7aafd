"""The command line: help at once, clear errors, JSON where there is a table."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from typer.testing import CliRunner

from workbench.cli import demo, doctor, lab, tables
from workbench.cli.main import app, run

HEAVY = ("numpy", "pandas", "polars", "scipy", "panel", "holoviews", "bokeh", "papermill", "cupy")
COMMANDS = [
    [],
    ["demo"],
    ["lab"],
    ["dashboard"],
    ["doctor"],
    ["factor"],
    ["factor", "list"],
    ["factor", "eval"],
    ["factor", "audit"],
    ["report"],
    ["report", "list"],
    ["report", "run"],
]


def invoke(*words: str) -> Any:
    """Run the command line in this process."""
    return CliRunner().invoke(app, list(words))


def test_help_loads_nothing_heavy() -> None:
    probe = (
        "import sys; from workbench.cli.main import run\n"
        "try: run(['--help'])\n"
        "except SystemExit as end: status = end.code\n"
        f"heavy = [name for name in {HEAVY!r} if name in sys.modules]\n"
        "sys.exit(f'{status} {heavy}' if status or heavy else 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", probe], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "Usage: workbench" in done.stdout


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_every_command_has_help(words: list[str]) -> None:
    done = invoke(*words, "--help")
    assert done.exit_code == 0
    assert "Usage:" in done.output


@pytest.mark.parametrize(
    "words",
    [
        ["nonsense"],
        ["factor", "eval"],
        ["factor", "eval", "rank(close)", "--quantiles", "many"],
        ["factor", "eval", "rank(close)", "--quantiles", "1"],
        ["report", "run"],
        ["demo", "--seed", "-1"],
        ["lab", "--port", "99999"],
        ["doctor", "extra"],
    ],
    ids=" ".join,
)
def test_wrong_usage_ends_with_two(words: list[str]) -> None:
    with pytest.raises(SystemExit) as end:
        run(words)
    assert end.value.code == 2


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["report", "run", "nonsense"], "Expected the name of a template"),
        (["report", "run", "../factor_study"], "Expected the name of a template"),
        (["report", "run", "factor_study"], "Parameter 'factor': Field required"),
        (["report", "run", "factor_study", "-p", "factor"], "Expected name=value"),
        (
            ["report", "run", "factor_study", "-p", "z=1;open('PWNKEY','w');y=1"],
            "Expected a parameter among",
        ),
        (["report", "run", "factor_study", "-p", "factor=rank(clo"], "Parameter 'factor'"),
        (["factor", "eval", "rank(close"], "Parameter 'factor'"),
        (["factor", "eval", "close", "--data", "absent.csv"], "expected 'demo' or an existing"),
        (["factor", "eval", "close", "--horizons", "5,1"], "ascending"),
        (["factor", "audit", "nonsense(close)"], "nonsense"),
        (["dashboard", "nonsense", "--no-browser"], "factor_lab"),
        (["lab", "absent"], "Expected a folder of notebooks"),
    ],
    ids=lambda value: " ".join(value)[:50] if isinstance(value, list) else "",
)
def test_typed_errors_end_with_one_and_a_message(
    words: list[str],
    message: str,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as end:
        run(words)
    said = capsys.readouterr()
    assert end.value.code == 1
    assert said.err.strip().startswith("Error: ") or "Error: " in said.err
    assert message in said.err
    assert "Traceback" not in said.err
    assert said.out == ""
    assert list(tmp_path.iterdir()) == []


def test_interrupted(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def interrupt() -> tuple[()]:
        raise KeyboardInterrupt

    monkeypatch.setattr(doctor, "CHECKS", (interrupt,))
    with pytest.raises(SystemExit) as end:
        run(["doctor"])
    assert end.value.code == 130
    said = capsys.readouterr()
    assert "Traceback" not in said.err + said.out


def test_version() -> None:
    import workbench

    assert invoke("--version").output.strip() == workbench.__version__


def test_as_a_module() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "workbench", "report", "list", "--json"],
        capture_output=True,
        text=True,
        check=True,
    )
    (template,) = json.loads(done.stdout)
    assert template["template"] == "factor_study"
    assert template["parameters"].startswith("factor, data='demo'")


def test_doctor_json() -> None:
    done = invoke("doctor", "--json")
    found = {finding["check"]: finding for finding in json.loads(done.stdout)}
    assert list(found) == [check.__name__ for check in doctor.CHECKS]
    assert {finding["status"] for finding in found.values()} <= {"ok", "note", "problem"}
    assert found["python"]["found"].startswith(".".join(map(str, sys.version_info[:3])))
    assert found["notebooks"]["found"] == "templates: factor_study"
    broken = any(finding["status"] == "problem" for finding in found.values())
    assert done.exit_code == int(broken)


def test_doctor_ends_with_one_if_something_is_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> doctor.Finding:
        return doctor.Finding("x", "problem", "[red]gone", "bring it back")

    monkeypatch.setattr(doctor, "CHECKS", (broken,))
    done = invoke("doctor")
    assert done.exit_code == 1
    assert "[red]gone" in done.output, "data are not markup"


def test_factor_list_json() -> None:
    from workbench.factor.library import alpha101

    factors = json.loads(invoke("factor", "list", "--library", "alpha101", "--json").stdout)
    assert [factor["factor"] for factor in factors] == list(alpha101())
    assert {"library", "factor", "lookback", "expression"} == set(factors[0])
    everything = json.loads(invoke("factor", "list", "--json").stdout)
    shelves = {factor["library"] for factor in everything}
    assert shelves == {"alpha101", "alpha158", "alpha191", "alpha360", "style"}
    assert "alpha191" in str(invoke("factor", "list", "--library", "alpha19").exception)
    operators = json.loads(invoke("factor", "list", "--operators", "--json").stdout)
    words = {operator["operator"] for operator in operators}
    assert {"rank", "delay", "correlation", "ttm"} <= words


@pytest.fixture
def small_market(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Make the demo market small."""
    import workbench.data

    market = workbench.data.demo_market(seed=7, sessions=90, assets=40)
    monkeypatch.setattr(workbench.data, "demo_market", lambda seed: market, raising=False)
    return market


def test_a_house_and_any_library_may_be_named() -> None:
    from workbench.cli.factor import read

    assert read("STD(CLOSE, 5)", "gtja191") == "stddev(close, 5, ddof=0)"
    assert read("gtja014") == "close - delay(close, 5)"
    assert read("rank(close)") == "rank(close)"


def test_factor_eval(small_market: Any) -> None:
    from workbench.evaluation import evaluate

    words = ["factor", "eval", "rank(alpha)", "--horizons", "1,5", "--quantiles", "5", "--json"]
    found = json.loads(invoke(*words).stdout)
    expected = evaluate("rank(alpha)", small_market, (1, 5), 5).summary()
    assert found["factor"] == "rank(alpha)"
    for row in found["summary"]:
        assert row["rank_ic"] == expected.loc[row["horizon"], "rank_ic"]


def test_factor_audit(small_market: Any) -> None:
    found = json.loads(invoke("factor", "audit", "delta(close, 2)", "--json").stdout)
    assert found["passed"] is True
    assert {row["check"] for row in found["findings"]} == {"truncate", "perturb"}


def test_a_leak_ends_with_one(monkeypatch: pytest.MonkeyPatch, small_market: Any) -> None:
    import pandas as pd

    import workbench.evaluation

    row = {"check": "truncate", "session": pd.Timestamp("2020-01-02"), "expression": "close"}
    findings = pd.DataFrame([row | {"passed": False}])
    leak = SimpleNamespace(passed=False, leaks=("close",), findings=findings)
    monkeypatch.setattr(workbench.evaluation, "audit", lambda *words, **more: leak)
    done = invoke("factor", "audit", "close")
    assert done.exit_code == 1
    assert "FAILED in ('close',)" in done.output
    assert "2020-01-02" in done.output


def test_a_formula_may_begin_with_a_minus(small_market: Any) -> None:
    done = invoke("factor", "eval", "-1 * delta(close, 2)", "--horizons", "1,5")
    assert done.exit_code == 0
    assert "-1 * delta(close, 2)" in done.stdout
    for statistic in ("rank_ic", "t_newey_west", "spread", "turnover", "coverage"):
        assert statistic in done.stdout  # a pipe has no width to drop columns for
    assert invoke("factor", "audit", "-1 * delta(close, 2)").exit_code == 0


def test_a_library_name_stands_for_its_formula(small_market: Any) -> None:
    assert "correlation(rank(open)" in invoke("factor", "eval", "alpha003").stdout


def test_demo_compares_with_the_truth(
    small_market: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from workbench.data import demo_truth
    from workbench.evaluation import evaluate

    page = tmp_path / "page.html"
    monkeypatch.setattr(demo, "write_report", lambda *words: page)
    found = json.loads(invoke("demo", "--json").stdout)
    assert found["report"] == str(page)
    assert found["market"] == {"sessions": 90, "assets": 40}
    assert len(found["studies"]) == len(demo.FACTORS) * len(demo.HORIZONS)
    truth = demo_truth(small_market)
    summary = evaluate("alpha", small_market, demo.HORIZONS).summary()
    for row in found["studies"][:3]:
        assert row["planted IC"] == truth.alpha_ic[row["horizon"]]
        assert row["found IC"] == summary.loc[row["horizon"], "rank_ic"]
        assert row["audit"] == "passed"
    shown = invoke("demo").output
    assert "planted alpha" in shown
    assert str(page) in shown.replace("\n", "")


def test_lab_copies_the_notebooks_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    place = lab.prepare(None)
    assert place == tmp_path.resolve() / "notebooks"
    assert (place / "00_quickstart.ipynb").is_file()
    assert (place / "templates" / "factor_study.ipynb").is_file()
    assert "Copied" in capsys.readouterr().err
    mine = place / "00_quickstart.ipynb"
    mine.write_text("mine")
    assert lab.prepare(None) == place
    assert mine.read_text() == "mine"
    assert lab.prepare(tmp_path) == tmp_path.resolve()


def test_lab_stays_at_home(tmp_path: Path) -> None:
    words = lab.command(tmp_path, 8899, browser=False)
    assert words[:3] == [sys.executable, "-m", "jupyterlab"]
    assert "--ServerApp.ip=127.0.0.1" in words
    assert "--ServerApp.allow_unauthenticated_access=False" in words
    assert "--ServerApp.open_browser=False" in words
    assert "--LabApp.news_url=None" in words
    assert not any("token" in word.lower() or "password" in word.lower() for word in words)


def test_dashboard_passes_its_options_on(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    asked: list[Any] = []

    def serve(*words: Any, ready: Any) -> None:
        asked.append(words)
        ready("http://127.0.0.1:1/x")

    monkeypatch.setattr("workbench.apps.serve.serve", serve)
    done = invoke("dashboard", "--no-browser", "--port", "0", "--data", str(tmp_path))
    assert done.exit_code == 0
    assert asked == [("factor_lab", 0, tmp_path, False)]
    assert "http://127.0.0.1:1/x" in done.output


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.031234, "0.0312"),
        (22.0965, "22.1"),
        (12345.6, "1.235e+04"),
        (None, "\N{EN DASH}"),
        (float("nan"), "\N{EN DASH}"),
        (True, "yes"),
        (7, "7"),
        ("[bold]x", "[bold]x"),
    ],
)
def test_how_values_are_written(value: object, text: str) -> None:
    assert tables.written(value) == text
