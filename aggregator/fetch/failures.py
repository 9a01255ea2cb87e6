"""What goes wrong on the network, in words for people, and what it says of a source."""

import re
import ssl
from collections.abc import Iterator, Sequence
from http import HTTPStatus

import aiohttp
import httpx

from aggregator.errors import FetchError, Trouble
from aggregator.fetch import headers
from aggregator.fetch.guard import NotPublicError
from aggregator.fetch.unpack import UnpackError

# All that the libraries below raise for what a server does, and for odd addresses and fields.
EXPECTED = (httpx.HTTPError, httpx.InvalidURL, aiohttp.ClientError, OSError, ValueError)

# Characters of an address, and of what a library says, that an error shows.
_SHOWN = 200

_TROUBLES: dict[int, Trouble] = {
    HTTPStatus.UNAUTHORIZED: "blocked",
    HTTPStatus.FORBIDDEN: "blocked",
    HTTPStatus.NOT_FOUND: "missing",
    HTTPStatus.GONE: "gone",
    HTTPStatus.TOO_MANY_REQUESTS: "blocked",
    HTTPStatus.UNAVAILABLE_FOR_LEGAL_REASONS: "blocked",
}

# OpenSSL's numbers for why a certificate is not believed (X509_V_ERR_...).
_CERTIFICATES = {
    9: "it is not valid yet",
    10: "it has expired",
    18: "it is self-signed",
    19: "it is signed by an authority that nobody knows",
    20: "it is signed by an authority that nobody knows",
    21: "it is signed by an authority that nobody knows",
    23: "it has been revoked",
    62: "it is made out to another name",
    64: "it is made out to another address",
}


def told(error: FetchError, chain: Sequence[str]) -> FetchError:
    """Return an error that names the address which was asked for, and those it was led to."""
    first, *others = (shown(address) for address in chain)
    said = f"{first}: {error}"
    if others:
        said += f" (redirected to {', then '.join(others)})"
    # It is not the address itself that says so: it may lead elsewhere tomorrow.
    trouble = "missing" if others and error.trouble == "gone" else error.trouble
    return type(error)(said, error.status, trouble, error.retry)


def shown(address: str) -> str:
    """Return an address as an error shows it: short, on one line, without a password."""
    plain = re.sub(r"^(\w+:)?//[^/?#]*@", r"\1//", address)
    return _tidy(plain)


def _tidy(said: str) -> str:
    line = "".join(sign if sign.isprintable() else "�" for sign in said[: _SHOWN + 1])
    return line if len(line) <= _SHOWN else f"{line[:_SHOWN]}…"


def answered(response: httpx.Response) -> FetchError:
    """Return what an answer that is no document means."""
    status = response.status_code
    said = f"the server answered {status} {_tidy(response.reason_phrase)}".rstrip()
    trouble: Trouble = "malformed" if response.is_success else _TROUBLES.get(status, "unreachable")
    return FetchError(said, status, trouble, headers.retry_after(response.headers))


def challenged(response: httpx.Response) -> FetchError:
    """Return what it means that a riddle came which only people in a browser can solve."""
    status = response.status_code
    said = f"the server wants to see a person in a browser: a challenge page, with status {status}"
    return FetchError(said, status, "blocked", headers.retry_after(response.headers))


def refused(error: Exception) -> FetchError:
    """Return that an address is not asked for, as the guard says."""
    return FetchError(_tidy(str(error)), trouble="refused")


def happened(error: Exception) -> FetchError:
    """Return what an exception of the libraries below means. None of their words hold secrets."""
    causes = list(_causes(error))
    for cause in causes:
        if isinstance(cause, NotPublicError):
            return refused(cause)
        # aiohttp's own error is of this kind, too, and has no code.
        if isinstance(cause, ssl.SSLCertVerificationError) and hasattr(cause, "verify_code"):
            why = _CERTIFICATES.get(cause.verify_code, cause.verify_message)
            return FetchError(
                f"the server's certificate is not believed: {why}", trouble="certificate"
            )
    for kind, (said, trouble) in _MEANT.items():
        for cause in causes:
            if isinstance(cause, kind):
                return FetchError(said.format(_said(cause)), trouble=trouble)
    return FetchError(f"cannot be asked for: {_said(error)}")


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an error and what it was made from, which the libraries wrap several times over."""
    while error is not None:
        yield error
        inner = getattr(error, "certificate_error", None) or getattr(error, "os_error", None)
        error = inner or error.__cause__ or error.__context__


def _said(error: BaseException) -> str:
    if isinstance(error, aiohttp.ClientResponseError):
        return _tidy(f"{error.status} {error.message}")  # its own text may name the proxy
    return _tidy(str(error)) or type(error).__name__


# Asked from the top: what is particular comes first.
_MEANT: dict[type[BaseException], tuple[str, Trouble]] = {
    UnpackError: ("{}", "malformed"),
    aiohttp.ClientHttpProxyError: ("the proxy refuses: {}", "unreachable"),
    aiohttp.ClientProxyConnectionError: ("the proxy cannot be reached", "unreachable"),
    aiohttp.ClientConnectorDNSError: ("the name of the server is not known", "unreachable"),
    aiohttp.ClientResponseError: ("what came is no HTTP: {}", "malformed"),
    aiohttp.ClientPayloadError: ("the answer was cut short: {}", "unreachable"),
    aiohttp.ConnectionTimeoutError: ("the server cannot be connected to in time", "unreachable"),
    aiohttp.ServerTimeoutError: ("the server is silent", "unreachable"),
    aiohttp.ServerDisconnectedError: ("the server hung up without an answer", "unreachable"),
    aiohttp.ClientConnectorSSLError: ("no secure connection could be made: {}", "unreachable"),
    ConnectionRefusedError: ("the server refuses connections", "unreachable"),
    ConnectionError: ("the connection broke: {}", "unreachable"),
    OSError: ("{}", "unreachable"),
}
