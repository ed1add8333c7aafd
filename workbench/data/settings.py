"""Settings of a workspace: where vendors live, how fast and how patiently they are asked.

1. `home` says which folder is the workspace
2. `Settings.load` takes the defaults, lays ``<root>/workbench.toml`` over them and the environment
   over both, and checks every value; secrets have no place here
3. `Settings.provider` answers what holds for one vendor
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
    TomlConfigSettingsSource,
)

from workbench.errors import BadValueError

__all__ = ["FILE", "ProviderSettings", "Settings", "Timeouts", "home"]

FILE = "workbench.toml"
"""Name of the optional file in the workspace folder."""

MEBIBYTE = 1 << 20

URLS = {"WORKBENCH_TUSHARE_URL": "tushare", "WORKBENCH_MASSIVE_URL": "massive"}
"""Variables that name a vendor's origin."""


def home(path: str | Path | None = None) -> Path:
    """The workspace folder: `path`, else ``$WORKBENCH_HOME``, else the platform's data folder.

    Parameters
    ----------
    path : str, Path or None
        ``~`` is expanded.

    Returns
    -------
    Path
        Absolute; nothing is made or checked.

    Examples
    --------
    >>> home("/tmp/quant").name
    'quant'
    """
    named = path if path is not None else os.environ.get("WORKBENCH_HOME")
    if named is None or not str(named).strip():
        import platformdirs

        named = platformdirs.user_data_dir("workbench", appauthor=False)
    return Path(named).expanduser().absolute()


class _Strict(BaseModel):
    """Frozen, without unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class Timeouts(_Strict):
    """Seconds: for connecting, for silence while reading or writing, and for one whole answer."""

    connect: float = Field(10.0, gt=0)
    read: float = Field(30.0, gt=0)
    write: float = Field(30.0, gt=0)
    total: float = Field(120.0, gt=0)


class ProviderSettings(_Strict):
    """How one vendor is asked.

    Attributes
    ----------
    origin : str
        ``https://host[:port][/prefix]``; empty is the vendor's own.
    rates : tuple of (calls, seconds), or None
        Allowed calls per api; None is what the vendor publishes.
    allow_insecure : bool
        Whether the token may travel over plain http, also to this very machine.
    timeout_s : Timeouts
        Seconds.
    max_body_bytes : int
        Largest answer, as sent and as decompressed.
    concurrency : int
        Units asked for at once.
    retries : int
        Further attempts after a failure of the vendor or the network.
    retry_wait_s : float
        Seconds before the first further attempt; doubled each time, with jitter.
    max_wait_s : float
        Seconds that one unit waits in total for a vendor that says "too fast".
    """

    origin: str = ""
    rates: tuple[tuple[int, float], ...] | None = None
    allow_insecure: bool = False
    timeout_s: Timeouts = Timeouts()
    max_body_bytes: int = Field(64 * MEBIBYTE, gt=0)
    concurrency: int = Field(4, ge=1, le=64)
    retries: int = Field(5, ge=0, le=100)
    retry_wait_s: float = Field(1.0, ge=0)
    max_wait_s: float = Field(600.0, ge=0)

    @field_validator("origin")
    @classmethod
    def _origin(cls, value: str) -> str:
        if not value:
            return value
        try:
            parts = urlsplit(value)
            known = parts.scheme in ("http", "https") and bool(parts.hostname)
            bare = not (parts.query or parts.fragment or parts.username or parts.password)
            usable = known and bare and parts.port != 0
        except ValueError:
            usable = False
        if not usable or any(letter.isspace() for letter in value):
            raise ValueError("expected https://host, with a port or a path where needed")
        return value.rstrip("/")

    @field_validator("rates")
    @classmethod
    def _rates(cls, value: tuple[tuple[int, float], ...] | None) -> Any:
        if value is not None and any(calls < 1 or seconds <= 0 for calls, seconds in value):
            raise ValueError("expected pairs of (calls, seconds), both positive")
        return value


class Settings(BaseSettings):
    """What a workspace is set to.

    Made by hand, it is exactly what was said; `load` reads file and environment.

    Attributes
    ----------
    providers : mapping of str to ProviderSettings
        Vendors whose settings differ from the defaults.
    allow_insecure : bool
        Plain http for every vendor.
    keep_raw : bool
        Keep landed answers after they are committed.
    chunk_sessions : int
        Sessions that one commit covers at most.
    audit_units : int
        Old units that each update fetches again as a sample.

    Examples
    --------
    >>> Settings().provider("tushare").concurrency
    4
    """

    model_config = SettingsConfigDict(
        frozen=True,
        extra="forbid",
        env_prefix="WORKBENCH_",
        env_nested_delimiter="__",
        hide_input_in_errors=True,
    )

    providers: Mapping[str, ProviderSettings] = Field(default_factory=dict)
    allow_insecure: bool = False
    keep_raw: bool = False
    chunk_sessions: int = Field(21, ge=1)
    audit_units: int = Field(2, ge=0)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Take arguments alone; `load` lays the other sources over each other."""
        return (init_settings,)

    @classmethod
    def load(cls, root: Path) -> Settings:
        """Defaults, under ``<root>/workbench.toml``, under the environment.

        ``WORKBENCH_TUSHARE_URL`` and ``WORKBENCH_MASSIVE_URL`` name origins;
        ``WORKBENCH_ALLOW_INSECURE``, ``WORKBENCH_KEEP_RAW``, … the fields;
        ``WORKBENCH_PROVIDERS__TUSHARE__RETRIES`` one value of one vendor.

        Raises
        ------
        BadValueError
            Naming the key and the place, never the value.
        """
        file = Path(root) / FILE
        urls = {name: os.environ[variable] for variable, name in URLS.items() if _set(variable)}
        try:
            values = TomlConfigSettingsSource(cls, toml_file=file)() if file.is_file() else {}
            values = _over(values, EnvSettingsSource(cls)())
            values = _over(values, {"providers": {k: {"origin": v} for k, v in urls.items()}})
            return cls(**values)
        except ValidationError as error:
            raise BadValueError(_told(error, file)) from None
        except (SettingsError, OSError, ValueError) as error:
            raise BadValueError(f"The settings cannot be read ({file}): {error}") from None

    def provider(self, name: str) -> ProviderSettings:
        """The settings of one vendor; the defaults where nothing was said."""
        found = self.providers.get(name, ProviderSettings())
        if self.allow_insecure and not found.allow_insecure:
            return found.model_copy(update={"allow_insecure": True})
        return found


def _set(variable: str) -> bool:
    return bool(os.environ.get(variable, "").strip())


def _over(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Lay one tree of values over another."""
    merged = dict(below)
    for key, value in above.items():
        under = merged.get(key)
        both = isinstance(under, Mapping) and isinstance(value, Mapping)
        merged[key] = _over(under, value) if both else value
    return merged


def _told(error: ValidationError, file: Path) -> str:
    """One line a key: where it stands and what was expected; values may be secrets, so unsaid."""
    lines = []
    for found in error.errors(include_input=False, include_url=False):
        key = ".".join(str(part) for part in found["loc"])
        hint = ""
        if any(word in key.lower() for word in ("token", "key", "secret", "password")):
            hint = ". Tokens do not belong here: use `workbench token set`"
        lines.append(f"{key}: {found['msg'].removeprefix('Value error, ')}{hint}")
    return (
        "The settings do not fit: " + "; ".join(lines) + f". See {file} and the variables "
        "WORKBENCH_… of the environment."
    )
