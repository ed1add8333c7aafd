"""Settings: defaults under the file under the environment; bad values name their key."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from pydantic import ValidationError

from workbench.data.settings import ProviderSettings, Settings, home
from workbench.errors import BadValueError


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """No settings from the environment of whoever runs the tests."""
    for name in list(os.environ):
        if name.startswith("WORKBENCH_"):
            monkeypatch.delenv(name)


def written(root: Path, text: str) -> Path:
    (root / "workbench.toml").write_text(text, encoding="utf-8")
    return root


def test_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    assert home().name == "workbench"
    assert home().is_absolute()
    monkeypatch.setenv("WORKBENCH_HOME", "~/库")
    assert home() == tmp_path / "库"
    assert home("~/other") == tmp_path / "other"
    monkeypatch.chdir(tmp_path)
    assert home("here") == tmp_path / "here"
    monkeypatch.setenv("WORKBENCH_HOME", " ")
    assert home().name == "workbench"


def test_defaults(tmp_path: Path) -> None:
    loaded = Settings.load(tmp_path)
    assert loaded == Settings()
    own = loaded.provider("tushare")
    assert own == ProviderSettings()
    assert own.max_body_bytes == 64 * 1024 * 1024
    assert (own.concurrency, own.retries, own.allow_insecure, own.origin) == (4, 5, False, "")
    assert (loaded.keep_raw, loaded.chunk_sessions, loaded.audit_units) == (False, 21, 2)


def test_layers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = written(
        tmp_path,
        """
        keep_raw = true
        chunk_sessions = 5
        [providers.tushare]
        origin = "https://broker.example/pro/"
        retries = 2
        rates = [[10, 2], [100, 3600]]
        timeout_s = {total = 3}
        """,
    )
    monkeypatch.setenv("WORKBENCH_KEEP_RAW", "0")
    monkeypatch.setenv("WORKBENCH_PROVIDERS__TUSHARE__RETRIES", "7")
    monkeypatch.setenv("WORKBENCH_MASSIVE_URL", "http://127.0.0.1:8000")
    loaded = Settings.load(root)
    own = loaded.provider("tushare")
    assert (loaded.keep_raw, loaded.chunk_sessions) == (False, 5)
    assert (own.origin, own.retries) == ("https://broker.example/pro", 7)
    assert own.rates == ((10, 2), (100, 3600))
    assert (own.timeout_s.total, own.timeout_s.connect) == (3, 10)
    assert loaded.provider("massive").origin == "http://127.0.0.1:8000"
    monkeypatch.setenv("WORKBENCH_TUSHARE_URL", "https://other.example")
    assert Settings.load(root).provider("tushare").origin == "https://other.example"


def test_made_by_hand_ignores_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORKBENCH_KEEP_RAW", "1")
    assert not Settings().keep_raw


def test_insecure_for_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORKBENCH_ALLOW_INSECURE", "1")
    loaded = Settings.load(tmp_path)
    assert loaded.provider("tushare").allow_insecure
    assert loaded.provider("anything").allow_insecure


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ('keep_raw = "maybe"', "keep_raw"),
        ("chunk_sessions = 0", "chunk_sessions"),
        ("colour = 1", "colour"),
        ("[providers.tushare]\nconcurrency = 0", "providers.tushare.concurrency"),
        ('[providers.tushare]\norigin = "ftp://x"', "providers.tushare.origin"),
        ('[providers.tushare]\norigin = "https://u:p@x"', "providers.tushare.origin"),
        ('[providers.tushare]\norigin = "https://x/?q=1"', "providers.tushare.origin"),
        ('[providers.tushare]\norigin = "https://x:0"', "providers.tushare.origin"),
        ('[providers.tushare]\norigin = "https://x:99999"', "providers.tushare.origin"),
        ('[providers.tushare]\norigin = "https:// x"', "providers.tushare.origin"),
        ("[providers.tushare]\nrates = [[0, 60]]", "providers.tushare.rates"),
        ("[providers.tushare]\ntimeout_s = {total = -1}", "providers.tushare.timeout_s.total"),
        ("this is no toml", "workbench.toml"),
    ],
)
def test_bad_values_name_their_key(tmp_path: Path, text: str, key: str) -> None:
    with pytest.raises(BadValueError, match=key.replace(".", r"\.")):
        Settings.load(written(tmp_path, text))


def test_bad_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORKBENCH_AUDIT_UNITS", "many")
    with pytest.raises(BadValueError, match="audit_units"):
        Settings.load(tmp_path)
    monkeypatch.delenv("WORKBENCH_AUDIT_UNITS")
    monkeypatch.setenv("WORKBENCH_PROVIDERS", "{torn")
    with pytest.raises(BadValueError, match="providers"):
        Settings.load(tmp_path)


def test_a_token_in_the_file_is_refused_and_not_repeated(tmp_path: Path) -> None:
    canary = "canary-7f3a9d1c5e8b24"
    text = f'[providers.tushare]\ntoken = "{canary}"'
    with pytest.raises(BadValueError, match="workbench token set") as caught:
        Settings.load(written(tmp_path, text))
    assert canary not in str(caught.value)


def test_frozen() -> None:
    with pytest.raises(ValidationError):
        Settings().keep_raw = True
