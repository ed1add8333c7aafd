"""The one place that touches the network: a request with its token out, a capped answer in.

1. `Transport.send` puts the token where the vendor wants it and asks the configured origin, once
2. It reads the answer within the total deadline and the caps, and takes an echoed token out of it
3. Whatever goes wrong comes back as a `Trouble`: a value without the request, so that no token can
   be reached from an error
"""

from __future__ import annotations

import asyncio
import json
import ssl
from typing import Any, cast

import httpx

from workbench.data.client.body import ENCODINGS, Body
from workbench.data.client.core import Trouble
from workbench.data.client.origin import Origin
from workbench.data.provider import Credential, Request, Response
from workbench.data.redaction import redact, redact_bytes
from workbench.data.secrets import Secret
from workbench.data.settings import ProviderSettings
from workbench.errors import BadAnswerError, BadValueError, UnreachableError, UpstreamError

__all__ = ["Transport"]

FAILURES: tuple[tuple[type[httpx.HTTPError], str], ...] = (
    (httpx.ConnectTimeout, "does not answer when connecting"),
    (httpx.ReadTimeout, "went silent"),
    (httpx.TimeoutException, "takes too long"),
    (httpx.ProxyError, "cannot be reached through the proxy"),
    (httpx.ConnectError, "cannot be reached"),
    (httpx.RemoteProtocolError, "broke off its answer or does not speak HTTP"),
    (httpx.NetworkError, "broke the connection"),
    (httpx.HTTPError, "failed"),
)
"""What each failure of httpx means, the first that fits."""

UNREACHABLE = (httpx.ProxyError, httpx.ConnectError)
"""Failures before anything was said: refused, no such host, no TLS. A timeout is none."""


class Transport:
    """Sends requests of one vendor; used inside one event loop.

    Parameters
    ----------
    credential : Credential
        Where the token goes.
    origin : Origin
        Where requests go.
    settings : ProviderSettings
        Timeouts and caps.
    transport : httpx.AsyncBaseTransport or None
        In place of the network, such as `httpx.MockTransport`.
    """

    def __init__(
        self,
        credential: Credential,
        origin: Origin,
        settings: ProviderSettings,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        if transport is not None and not isinstance(transport, httpx.AsyncBaseTransport):
            raise BadValueError(
                "Expected a transport that httpx.AsyncClient accepts, such as MockTransport; "
                f"got {type(transport).__name__}."
            )
        self.credential = credential
        self.origin = origin
        self.settings = settings
        seconds = settings.timeout_s
        self._client = httpx.AsyncClient(
            transport=transport,
            follow_redirects=False,
            # a proxy for this very machine would only send the request abroad
            trust_env=not origin.local,
            timeout=httpx.Timeout(
                connect=seconds.connect,
                read=seconds.read,
                write=seconds.write,
                pool=seconds.total,
            ),
            limits=httpx.Limits(max_connections=settings.concurrency),
            headers={"accept-encoding": ENCODINGS, "accept": "application/json"},
        )

    async def send(self, request: Request, token: Secret) -> Response | Trouble:
        """Ask once."""
        try:
            address = self.origin.address(request)
        except BadAnswerError as error:
            return Trouble(error.with_traceback(None), again=False)
        total = self.settings.timeout_s.total
        body: list[Body] = []
        try:
            async with asyncio.timeout(total):
                return await self._exchange(request, address, token, body)
        except TimeoutError:
            said = f"{self.origin} did not finish its answer within {total:g} s"
            found = Trouble(UpstreamError(f"{said}."), again=True)
        except httpx.HTTPError as error:
            found = self._failure(error)
        except httpx.InvalidURL as error:
            said = f"{request.api}: not an address: {redact(str(error))}."
            found = Trouble(BadAnswerError(said), again=False)
        except (BadAnswerError, UpstreamError) as error:
            again = isinstance(error, UpstreamError)
            received = body[0].beginning if body else b""
            said = f"{request.api}: {redact(str(error))}."
            found = Trouble(type(error)(said), again, redact_bytes(received))
        return found

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def _exchange(
        self, request: Request, address: str, token: Secret, body: list[Body]
    ) -> Response | Trouble:
        answer = await self._opened(self._build(request, address, token))
        try:
            headers = {name.lower(): redact(value) for name, value in answer.headers.items()}
            if 300 <= answer.status_code < 400 and "location" in headers:
                return self._redirected(answer.status_code, answer.url.join(headers["location"]))
            body.append(Body(headers, self.settings.max_body_bytes))
            # the stream itself, not `aiter_raw`: a MockTransport's answer was read before
            async for chunk in cast(httpx.AsyncByteStream, answer.stream):
                body[0].feed(chunk)
            return Response(answer.status_code, headers, redact_bytes(body[0].finish()))
        finally:
            await answer.aclose()

    async def _opened(self, built: httpx.Request) -> httpx.Response:
        """Send, and answer as soon as the headers are there.

        httpcore forgets a socket whose TLS handshake is cancelled, by the deadline or by Ctrl-C:
        it is remembered and closed here.
        """
        bare: list[Any] = []

        async def trace(event: str, info: dict[str, Any]) -> None:
            if event == "connection.connect_tcp.complete":
                bare.append(info["return_value"])
            elif event == "connection.start_tls.complete":
                bare.clear()

        built.extensions = {**built.extensions, "trace": trace}
        try:
            return await self._client.send(built, stream=True)
        except asyncio.CancelledError:
            for stream in bare:
                await stream.aclose()
            raise

    def _build(self, request: Request, address: str, token: Secret) -> httpx.Request:
        """The request on the wire.

        Nothing with the token is ever a variable of ours, and everything that may be refused is
        tried without it first: tracebacks that show variables show no token.
        """
        url = httpx.URL(address)
        plain = None if request.body is None else dict(request.body)
        json.dumps(plain, allow_nan=False)
        headers = {} if plain is None else {"content-type": "application/json"}
        if self.credential.place == "bearer":
            content = None if plain is None else json.dumps(plain).encode()
            built = self._client.build_request(
                request.method, url, headers=headers, content=content
            )
            built.headers["authorization"] = f"Bearer {token.reveal()}"
            return built
        return self._client.build_request(
            request.method,
            url,
            headers={"content-type": "application/json"},
            content=json.dumps({**(plain or {}), self.credential.name: token.reveal()}),
        )

    def _redirected(self, status: int, target: httpx.URL) -> Trouble:
        return Trouble(
            UpstreamError(
                f"{self.origin} sends us elsewhere (HTTP {status}, to {target.host or '?'}); "
                "redirects are not followed, because the token goes to the configured origin "
                "only. A portal of the network may stand between; otherwise correct the origin."
            ),
            again=False,
        )

    def _failure(self, error: httpx.HTTPError) -> Trouble:
        trust = _certificate(error)
        if trust is not None:
            return Trouble(
                UnreachableError(
                    f"{self.origin} shows a certificate that is not trusted: {redact(trust)}. "
                    "Check the clock and whether a proxy stands between; a company's own "
                    "authority is named with SSL_CERT_FILE. Verification cannot be turned off."
                ),
                again=False,
            )
        meaning = next(said for kind, said in FAILURES if isinstance(error, kind))
        why = redact(str(error)) or type(error).__name__
        kind = UnreachableError if isinstance(error, UNREACHABLE) else UpstreamError
        return Trouble(
            kind(
                f"{self.origin} {meaning} ({why}). Check the network and the origin that the "
                "settings name."
            ),
            again=True,
        )


def _certificate(error: BaseException) -> str | None:
    """What the TLS layer found wrong with the certificate, None where that is not the cause."""
    link: BaseException | None = error
    for _ in range(8):
        if link is None:
            return None
        if isinstance(link, ssl.SSLCertVerificationError):
            return link.verify_message or str(link)
        link = link.__cause__ or link.__context__
    return None
