"""The quickstart in JupyterLab, driven in a real browser without network."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from workbench.cli.lab import command, environment

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOK = ROOT / "notebooks" / "00_quickstart.ipynb"
TOKEN = "a-token-for-this-test"
RUN_ALL = "() => { window.jupyterapp.commands.execute('notebook:run-all-cells'); }"


def free_port() -> int:
    """Return a port that nobody uses."""
    with contextlib.closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def answer(url: str) -> int:
    """Return the HTTP status of `url`, 0 if nobody answers."""
    try:
        with urllib.request.urlopen(url, timeout=5) as response:
            return response.status
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Run ``workbench lab``'s own command on a copy of the quickstart; give its address."""
    home = tmp_path_factory.mktemp("lab")
    work, settings = home / "notebooks", home / "settings" / "@jupyterlab" / "notebook-extension"
    work.mkdir()
    settings.mkdir(parents=True)
    shutil.copy(NOTEBOOK, work)
    # every cell in the page, not only those in view
    windowing = settings / "tracker.jupyterlab-settings"
    windowing.write_text(json.dumps({"windowingMode": "none"}))
    settled = environment() | {
        "JUPYTER_CONFIG_DIR": str(home / "config"),
        "JUPYTER_DATA_DIR": str(home / "data"),
        "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
        "JUPYTERLAB_SETTINGS_DIR": str(home / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces"),
        "IPYTHONDIR": str(home / "ipython"),
        "JUPYTER_TOKEN": TOKEN,
        "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]),
    }
    port = free_port()
    words = [*command(work, port, browser=False), "--expose-app-in-browser", "--allow-root"]
    with (home / "log").open("w") as log:
        server = subprocess.Popen(
            words, cwd=work, env=settled, stdout=log, stderr=log, start_new_session=True
        )
    try:
        deadline = time.monotonic() + 60
        while answer(f"http://127.0.0.1:{port}/api/status?token={TOKEN}") != 200:
            assert server.poll() is None, (home / "log").read_text()[-3000:]
            assert time.monotonic() < deadline, (home / "log").read_text()[-3000:]
            time.sleep(0.3)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.send_signal(signal.SIGINT)
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def test_the_door_is_locked(lab: str) -> None:
    assert answer(f"{lab}/api/contents") == 403
    assert answer(f"{lab}/api/contents?token=wrong") == 403
    assert answer(f"{lab}/api/contents?token={TOKEN}") == 200


def test_it_listens_on_loopback_only(lab: str) -> None:
    port = int(lab.rsplit(":", 1)[1])
    with contextlib.closing(socket.socket(socket.AF_INET, socket.SOCK_STREAM)) as probe:
        probe.settimeout(2)
        assert probe.connect_ex(("127.0.0.2", port)) != 0, "bound to more than 127.0.0.1"


def test_the_quickstart_runs_and_draws(lab: str, offline_page: Any) -> None:
    page = offline_page.page
    page.set_viewport_size({"width": 1400, "height": 1400})
    page.goto(f"{lab}/lab/tree/{NOTEBOOK.name}?token={TOKEN}&reset", timeout=60_000)
    idle = ".jp-NotebookPanel .jp-Notebook-ExecutionIndicator[data-status=idle]"
    page.wait_for_selector(idle, timeout=90_000)
    page.wait_for_timeout(2000)  # the first idle comes before the cells are ready to run
    page.evaluate(RUN_ALL)
    last = page.locator(".jp-CodeCell").last
    last.locator(".bk-Figure").first.wait_for(state="attached", timeout=150_000)
    page.wait_for_timeout(2000)

    assert (
        page.locator(
            ".jp-OutputArea-output[data-mime-type*=error], .jp-RenderedText pre .ansi-red-fg"
        ).count()
        == 0
    )
    prompts = page.locator(".jp-CodeCell .jp-InputPrompt").all_inner_texts()
    assert [text.strip() for text in prompts] == [f"[{n}]:" for n in range(1, len(prompts) + 1)]
    assert last.locator(".bk-Figure").count() >= 8
    assert last.locator("canvas").count() >= 8
    assert page.locator(".jp-CodeCell", has_text="'planted': '0.05', 'found': '0.05'").count() == 1
    shots = os.environ.get("WORKBENCH_SCREENSHOTS")
    if shots:
        last.scroll_into_view_if_needed()
        page.wait_for_timeout(500)
        page.screenshot(path=Path(shots) / "jupyterlab_quickstart.png")
        page.locator(".jp-CodeCell").nth(1).scroll_into_view_if_needed()
        page.wait_for_timeout(500)
        page.screenshot(path=Path(shots) / "jupyterlab_quickstart_top.png")
    assert page.get_by_text("Jupyter news").count() == 0
    offline_page.assert_quiet()
