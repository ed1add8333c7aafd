"""A server on a real socket that answers as it is told, badly if need be."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator

__all__ = ["head", "serve"]

Handler = Callable[[socket.socket, bytes], None]


def head(status: str = "200 OK", **headers: object) -> bytes:
    """The lines before a body."""
    lines = [f"HTTP/1.1 {status}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return ("\r\n".join([*lines, "", ""])).encode()


@contextlib.contextmanager
def serve(handler: Handler, *, tls: ssl.SSLContext | None = None) -> Iterator[tuple[str, list]]:
    """Yield the origin and the list of requests received; one connection, one answer."""
    door = socket.create_server(("127.0.0.1", 0))
    door.settimeout(0.05)
    stop = threading.Event()
    received: list[bytes] = []
    threads: list[threading.Thread] = []

    def one(plug: socket.socket) -> None:
        with contextlib.suppress(OSError), plug:
            plug.settimeout(1)
            line = tls.wrap_socket(plug, server_side=True) if tls else plug
            with line:
                asked = _request(line)
                received.append(asked)
                handler(line, asked)

    def accept() -> None:
        while not stop.is_set():
            try:
                plug, _ = door.accept()
            except TimeoutError:
                continue
            threads.append(threading.Thread(target=one, args=(plug,)))
            threads[-1].start()

    main = threading.Thread(target=accept)
    main.start()
    scheme = "https" if tls else "http"
    try:
        yield f"{scheme}://127.0.0.1:{door.getsockname()[1]}", received
    finally:
        stop.set()
        main.join()
        for thread in threads:
            thread.join()
        door.close()


def _request(line: socket.socket) -> bytes:
    asked = b""
    while b"\r\n\r\n" not in asked:
        asked += line.recv(65536)
    before, _, body = asked.partition(b"\r\n\r\n")
    named = [row for row in before.lower().split(b"\r\n") if row.startswith(b"content-length:")]
    size = int(named[0].split(b":")[1]) if named else 0
    while len(body) < size:
        body += line.recv(65536)
    return before + b"\r\n\r\n" + body
