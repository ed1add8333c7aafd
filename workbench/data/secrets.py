"""Tokens of vendors: found, kept and removed; never shown, pickled or written into a message.

The encrypted file lies in ``$WORKBENCH_CONFIG_HOME``, else in the platform's folder for settings:
tokens belong to a person, not to a workspace.

1. `find_token` looks into the environment, then the keyring, then the encrypted file
2. `set_token` keeps a token in the keyring, or in the file where there is no keyring
3. `show_token` says where a token lies; `remove_token` removes it from keyring and file
"""

from __future__ import annotations

import hmac
import json
import logging
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from workbench.data.atomic import make_folder, write_whole
from workbench.data.redaction import ENVIRONMENT, redact, redacted_exception, register
from workbench.errors import TokenError

__all__ = [
    "SERVICES",
    "Secret",
    "TokenPlace",
    "find_token",
    "redact",
    "redacted_exception",
    "remove_token",
    "set_token",
    "show_token",
]

SERVICES = tuple(ENVIRONMENT)
"""Services whose tokens workbench knows by name."""

KEYRING = "workbench"
"""Name under which the keyring keeps the tokens."""

logger = logging.getLogger(__name__)


class Secret:
    """A value that appears in no text: `reveal` is the only way to it.

    Parameters
    ----------
    value : str
        The token; from now on `redact` knows it.
    source : str
        Where it was found.

    Examples
    --------
    >>> token = Secret("0123456789abcdef")
    >>> print(token, f"{token}", [token])
    Secret(…) Secret(…) [Secret(…)]
    >>> len(token.reveal())
    16
    """

    __slots__ = ("_value", "source")

    def __init__(self, value: str, source: str = "") -> None:
        register(value)
        self._value = value
        self.source = source

    def reveal(self) -> str:
        """The value itself, for the one place that sends it."""
        return self._value

    def __repr__(self) -> str:
        return "Secret(…)"

    def __format__(self, how: str) -> str:
        return format(repr(self), how)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        return hmac.compare_digest(self._value.encode(), other._value.encode())

    __hash__ = None  # type: ignore[assignment]  # a hash would let guesses be tested

    def __copy__(self) -> Secret:
        return self

    def __deepcopy__(self, memo: Any) -> Secret:
        return self

    def __reduce_ex__(self, protocol: Any) -> NoReturn:
        raise TokenError("A secret cannot be pickled: find it again where it is needed.")

    def __getstate__(self) -> NoReturn:
        raise TokenError("A secret has no state to copy: find it again where it is needed.")


@dataclass(frozen=True, slots=True)
class TokenPlace:
    """Where the token of a service was found, and at most its last two characters."""

    service: str
    source: str
    ending: str


def find_token(service: str) -> Secret:
    """The token of a service: from the environment, the keyring, or the encrypted file.

    Parameters
    ----------
    service : str
        ``tushare``, ``massive``.

    Raises
    ------
    TokenError
        If there is none, naming the three places; or if the file cannot be read.
    """
    found = _find(service)
    if found is None:
        first = _variables(service)[0]
        raise TokenError(
            f"There is no token for {service}. Set the variable {first}, or run "
            f"`workbench token set {service}`, which keeps it in the keyring, or in "
            f"{_file()} where there is no keyring."
        )
    return found


def _find(service: str) -> Secret | None:
    for name in _variables(service):
        if os.environ.get(name, "").strip():
            return _checked(service, Secret(os.environ[name].strip(), f"variable {name}"))
    found = _keyring("get_password", service) or _read().get(service)
    return found if found is None else _checked(service, found)


def set_token(service: str, value: str) -> str:
    """Keep a token in the keyring, or in the encrypted file where there is no keyring.

    Parameters
    ----------
    service : str
        ``tushare``, ``massive``.
    value : str
        The token; blanks around it are dropped.

    Returns
    -------
    str
        The place: ``keyring`` or ``file …``.

    Raises
    ------
    TokenError
        If this cannot be a token, or there is no place to keep it.
    """
    _variables(service)
    token = Secret(value.strip())
    del value  # from here on no frame holds it in the clear
    _checked(service, token)
    _keyring("set_password", service, token)
    # some backends take a password and forget it: believe only what can be read back
    if _keyring("get_password", service) == token:
        if service in _read():
            _write(service, None)
        return "keyring"
    _write(service, token)
    return f"file {_file()}"


def show_token(service: str) -> TokenPlace | None:
    """Where the token of a service lies, None where there is none.

    Returns
    -------
    TokenPlace or None
        With the last two characters, and none of a token under eight characters.
    """
    found = _find(service)
    if found is None:
        return None
    ending = found.reveal()[-2:] if len(found.reveal()) >= 8 else ""
    return TokenPlace(service, found.source, ending)


def remove_token(service: str) -> tuple[str, ...]:
    """Remove the token of a service from the keyring and the encrypted file.

    Returns
    -------
    tuple of str
        The places that held it. A variable of the environment is not ours to remove.

    Raises
    ------
    TokenError
        If neither place held it.
    """
    places = []
    _variables(service)
    if _keyring("get_password", service):
        _keyring("delete_password", service)
        if _keyring("get_password", service):
            raise TokenError(f"The keyring does not let go of the token for {service}.")
        places.append("keyring")
    if service in _read():
        _write(service, None)
        places.append(f"file {_file()}")
    if not places:
        raise TokenError(
            f"There is no token for {service} in the keyring, nor in {_file()}. "
            f"A variable such as {_variables(service)[0]} is removed where it was set."
        )
    return tuple(places)


def _variables(service: str) -> tuple[str, ...]:
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,31}", service):
        raise TokenError(f"Expected a service such as tushare or massive, got {service[:40]!r}.")
    return ENVIRONMENT.get(service, (f"WORKBENCH_{service.upper()}_TOKEN",))


def _checked(service: str, token: Secret) -> Secret:
    """A token is one printable ASCII word: anything else is a mistake, or would break a header."""
    if not re.fullmatch("[!-~]{1,4096}", token.reveal()):
        raise TokenError(
            f"The token for {service} ({token.source or 'given'}) must be one word of ASCII "
            f"letters, digits and signs; got {len(token.reveal())} characters that are not."
        )
    return token


def _keyring(action: str, service: str, *values: Secret) -> Secret | None:
    """Ask the keyring; where there is none, or it fails, the answer is None."""
    import keyring
    from keyring.errors import KeyringError

    try:
        got = getattr(keyring, action)(KEYRING, service, *(item.reveal() for item in values))
        return Secret(got, "keyring") if got else None
    except KeyringError as error:
        logger.debug("There is no keyring: %s", redact(str(error)))
        return None
    except Exception as error:  # backends are foreign plugins and raise what they like
        logger.warning("The keyring fails, the encrypted file serves: %s", redact(repr(error)))
        return None


def _folder() -> Path:
    named = os.environ.get("WORKBENCH_CONFIG_HOME", "").strip()
    if named:
        return Path(named).expanduser()
    import platformdirs

    return Path(platformdirs.user_config_dir("workbench", appauthor=False))


def _file() -> Path:
    return _folder() / "tokens"


def _read() -> dict[str, Secret]:
    """The tokens of the encrypted file.

    Its key lies beside it: this keeps tokens out of backups, searches and screens, not away from
    somebody who may read every file of this user.
    """
    from cryptography.fernet import Fernet, InvalidToken

    file, key = _file(), _file().with_suffix(".key")
    if not file.exists():
        return {}
    for path in (file, key):
        if os.name != "nt" and path.exists() and path.stat().st_mode & 0o077:
            raise TokenError(f"Others may read {path}. Run `chmod 600 {path}`.")
    try:
        found = json.loads(Fernet(key.read_bytes()).decrypt(file.read_bytes()))
    except (InvalidToken, OSError, ValueError):
        found = None
    if not isinstance(found, dict) or not all(isinstance(item, str) for item in found.values()):
        raise TokenError(
            f"{file} cannot be decrypted with {key.name} beside it. Remove both files and run "
            "`workbench token set` again."
        )
    return {name: Secret(value, f"file {file}") for name, value in found.items()}


def _write(service: str, token: Secret | None) -> None:
    """Set or remove one token of the encrypted file, under a lock."""
    from cryptography.fernet import Fernet
    from filelock import FileLock

    file, key = _file(), _file().with_suffix(".key")
    try:
        make_folder(file.parent)
        with FileLock(file.with_suffix(".lock"), timeout=10):
            kept = {name: item for name, item in _read().items() if name != service}
            if token is not None:
                kept[service] = token
            if not key.exists():
                write_whole(key, Fernet.generate_key())
            plain = {name: item.reveal() for name, item in kept.items()}
            write_whole(file, Fernet(key.read_bytes()).encrypt(json.dumps(plain).encode()))
    except (OSError, ValueError) as error:
        raise TokenError(f"The token cannot be kept in {file}: {redact(str(error))}") from None
