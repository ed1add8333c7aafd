"""Running: what is written, what a failure keeps, what never leaks."""

from __future__ import annotations

import hashlib
import json
import os
import queue
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from workbench.errors import ParameterError, ReportFailedError, ReportPathError
from workbench.report import process, run

SECRET = "canary-4f1d2c3b"
Toy = Callable[..., None]


def all_text(folder: Path) -> str:
    return "\n".join(path.read_text(errors="replace") for path in folder.iterdir())


def test_a_run_writes_three_files_that_agree(
    toy: Toy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    toy(
        "import os, sys\nfrom workbench.report import publish",
        "text = open(data).read()",
        "publish(number=number, text=text, python=sys.executable, hashing=hash('a'))",
        "print(os.getcwd(), os.path.expanduser('~'), sorted(os.environ))",
        "print([value for value in os.environ.values() if 'canary' in value])",
    )
    source = tmp_path / "my prices.csv"
    source.write_text("a,b")
    monkeypatch.setenv("TUSHARE_TOKEN", SECRET)
    monkeypatch.setenv("MY_API_KEY", SECRET)
    steps: list[tuple[int, int]] = []
    values = {"number": 5, "data": str(source), "title": "../../Étude <b>"}
    report = run("toy", values, tmp_path / "out", progress=lambda *step: steps.append(step))

    out = tmp_path / "out"
    assert set(out.iterdir()) == {report.html, report.notebook, report.run_card}
    assert report.html.name.startswith("toy-etude-b-")
    assert report.status == "completed"
    assert report.results["number"] == 5
    assert report.results["text"] == "a,b"
    assert report.results["python"] == sys.executable
    card = json.loads(report.run_card.read_text())
    assert card["parameters"] == values | {"data": "my prices.csv"}
    assert card["files"] == {"data": hashlib.sha256(b"a,b").hexdigest()}
    for name, digest in card["outputs"].items():
        assert digest == hashlib.sha256((out / name).read_bytes()).hexdigest()
    assert card["run"]["seconds"] == report.seconds > 0
    assert card["run"]["peak_memory_bytes"] > 10_000_000
    assert steps == sorted(steps)
    assert steps[-1] == (7, 7)
    assert_silent_about_the_machine(out, tmp_path)
    assert "/" not in card["results"]["python"]

    again = run("toy", values, out)
    assert again.html == report.html, "same inputs, same name"
    assert again.results == report.results
    first, second = (json.loads(one.notebook.read_text())["cells"] for one in (report, again))
    assert first == second


def assert_silent_about_the_machine(out: Path, home: Path) -> None:
    written = all_text(out)
    assert SECRET not in written
    assert "TUSHARE_TOKEN" not in written
    assert "workbench-report-" not in written, "the scratch folder is named"
    assert str(home) not in next(out.glob("*.run.json")).read_text()


def test_a_failure_keeps_what_there_is(toy: Toy, tmp_path: Path) -> None:
    toy("print('before the fall')", "raise ValueError('boom <script>')", "print('never')")
    with pytest.raises(ReportFailedError, match="cell 4 ended with ValueError: boom") as caught:
        run("toy", {}, tmp_path / "out")
    page, executed, run_file = (
        next((tmp_path / "out").glob(f"*{end}")) for end in (".html", ".ipynb", ".run.json")
    )
    for path in (page, executed, run_file):
        assert str(path) in str(caught.value)
    html = page.read_text()
    assert "before the fall" in html
    assert "Cell 4 failed." in html
    assert "boom &lt;script&gt;" in html
    assert ">never<" not in html
    card = json.loads(run_file.read_text())
    assert card["status"] == "failed"
    assert card["failed_cell"] == 4
    assert card["exception"] == "ValueError: boom <script>"
    assert str(tmp_path) not in all_text(tmp_path / "out")


def test_the_time_limit_ends_the_kernel_too(
    toy: Toy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    marker = tmp_path / "pid"
    toy(
        f"import os\nopen({str(marker)!r}, 'w').write(str(os.getpid()))\nprint('started')",
        "import time\ntime.sleep(300)",
    )

    def time_is_up(*_: object) -> bool:
        # the clock of this test: up once the first cell has run, however slow the machine is
        for _round in range(600):
            if marker.exists():
                break
            time.sleep(0.1)
        time.sleep(1)
        return False

    monkeypatch.setattr(process, "listen", time_is_up)
    with pytest.raises(ReportFailedError, match="Timeout: stopped after 6 s"):
        run("toy", {}, tmp_path / "out", timeout=6)
    with pytest.raises(ProcessLookupError):
        os.kill(int(marker.read_text()), 0)
    card = json.loads(next((tmp_path / "out").glob("*.run.json")).read_text())
    assert card["status"] == "failed"
    assert "started" in next((tmp_path / "out").glob("*.html")).read_text()


def test_listening_ends_at_the_deadline_or_with_the_stream() -> None:
    lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()
    steps: list[tuple[int, int]] = []
    began = time.monotonic()
    assert process.listen(lines, began + 0.2, None) is False
    assert 0.2 <= time.monotonic() - began < 5
    for line in ('{"done": 1, "cells": 2}\n', "noise\n", None):
        lines.put(line)
    assert process.listen(lines, began + 60, lambda *step: steps.append(step)) is True
    assert steps == [(1, 2)]


def test_a_dead_kernel_is_a_failure_not_a_hang(toy: Toy, tmp_path: Path) -> None:
    toy("print('alive')", "import os\nos._exit(1)")
    with pytest.raises(ReportFailedError, match="DeadKernelError"):
        run("toy", {}, tmp_path / "out", timeout=60)
    assert "alive" in next((tmp_path / "out").glob("*.html")).read_text()


def test_a_link_in_place_of_the_page_is_refused(toy: Toy, tmp_path: Path) -> None:
    toy("number")
    report = run("toy", {}, tmp_path / "out")
    report.html.unlink()
    victim = tmp_path / "victim"
    victim.write_text("precious")
    report.html.symlink_to(victim)
    with pytest.raises(ReportPathError, match="plain file"):
        run("toy", {}, tmp_path / "out")
    assert victim.read_text() == "precious"


def test_nothing_is_made_for_a_wrong_parameter(toy: Toy, tmp_path: Path) -> None:
    toy("number")
    with pytest.raises(ParameterError):
        run("toy", {"number": "many"}, tmp_path / "out")
    assert not (tmp_path / "out").exists()
