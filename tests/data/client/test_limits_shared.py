"""One account is one allowance: counts belong to the user, not to a workspace."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from workbench.data.cellar import Cellar
from workbench.data.client.engine import Engine
from workbench.data.client.limits import Limits, state_folder
from workbench.data.providers import provider
from workbench.data.secrets import Secret
from workbench.data.settings import ProviderSettings, Settings
from workbench.errors import StoreError

TOKEN = Secret("one account of one user")


def granted(limits: Limits) -> int:
    made = 0
    while limits.ask("daily", TOKEN) == 0.0:
        made += 1
    return made


def test_two_workspaces_of_one_account_share_its_allowance(tmp_path: Path):
    settings = Settings(providers={"tushare": ProviderSettings(rates=((10, 60.0),))})
    engines = [
        Engine(provider("tushare"), Cellar.open(tmp_path / name, settings=settings), TOKEN)
        for name in ("one", "two")
    ]
    limits = [engine._desk.limits for engine in engines]
    assert [granted(one) for one in limits] == [9, 0]
    for one in limits:
        one.close()
    assert not list(tmp_path.rglob("limits.sqlite"))


def test_another_process_shares_it_too(tmp_path: Path):
    code = """
from workbench.data.client.limits import Limits
from workbench.data.secrets import Secret
limits = Limits("fake", lambda api: ((10, 60),))
print(sum(limits.ask("daily", Secret("one account of one user")) == 0.0 for _ in range(20)))
limits.close()
"""
    run = [sys.executable, "-c", code]
    said = [
        subprocess.run(run, capture_output=True, text=True, check=True, env=os.environ).stdout
        for _ in range(2)
    ]
    assert [int(one) for one in said] == [9, 0]


def test_a_shorter_window_elsewhere_does_not_end_a_longer_one():
    long = Limits("fake", lambda api: ((5, 0.1), (10, 60)))
    short = Limits("fake", lambda api: ((5, 0.1),))
    end = time.monotonic() + 3
    made = 0
    while made < 9 and time.monotonic() < end:
        made += long.ask("daily", TOKEN) == 0.0
    time.sleep(0.11)
    assert short.ask("daily", TOKEN) == 0.0
    assert long.ask("daily", TOKEN) > 1.0
    long.close()
    short.close()


@pytest.mark.skipif(os.name != "posix", reason="modes are of POSIX")
def test_only_its_owner_may_read_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    folder = tmp_path / "deep" / "state"
    monkeypatch.setenv("WORKBENCH_STATE_HOME", str(folder))
    assert state_folder() == folder
    limits = Limits("fake", lambda api: ((10, 60),))
    limits.ask("daily", TOKEN)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}
    assert {"limits.sqlite", "limits.sqlite-wal", "salt"} <= set(modes)
    assert set(modes.values()) == {0o600}
    limits.close()
    folder.chmod(0o755)
    Limits("fake", lambda api: ())
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_by_default_it_lies_in_the_platforms_folder(monkeypatch: pytest.MonkeyPatch):
    import platformdirs

    monkeypatch.delenv("WORKBENCH_STATE_HOME")
    assert state_folder() == Path(platformdirs.user_state_dir("workbench", appauthor=False))


def test_a_folder_that_cannot_be_made_says_what_to_do(tmp_path: Path):
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(StoreError, match="WORKBENCH_STATE_HOME"):
        Limits("fake", lambda api: (), folder=tmp_path / "file" / "state")
