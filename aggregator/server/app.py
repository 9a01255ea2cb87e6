"""The web application: published files, a health check for machines, a status page for people."""

import functools
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route, Router
from starlette.types import ASGIApp

from aggregator.server.content import GUARDED, PAGE_POLICY
from aggregator.server.files import Files
from aggregator.server.limiter import Limited
from aggregator.server.pages import error_page, status_page
from aggregator.server.proxies import Proxied
from aggregator.server.readers import Readers
from aggregator.server.ready import Front
from aggregator.server.status import Check, Report, answered
from aggregator.terms import Terms

_FRESH = {"Cache-Control": "no-store", **GUARDED}


def health_route(check: Check) -> Route:
    """Return what answers machines that watch the service; 503 when ``check`` raises."""
    return Route("/healthz", functools.partial(_healthz, check))


async def _healthz(check: Check, _request: Request) -> Response:
    health = await answered(check)
    if health is None:
        return JSONResponse({"status": "error"}, HTTPStatus.SERVICE_UNAVAILABLE, _FRESH)
    counts = health.counts
    body = {"status": health.word, "sources": counts.sources, "failing": counts.failing}
    return JSONResponse(body, headers=_FRESH)


def build(
    output: Path, report: Report, *more: Route, terms: Callable[[], Terms] = Terms
) -> ASGIApp:
    """Return the application that serves the folder ``output``.

    ``report`` is awaited for ``/status``, which answers 503 when it raises. ``more``: what else is
    served, before the files; who asks for that is neither kept out nor counted. ``terms`` is asked
    for each request.
    """
    app = Starlette(
        routes=more,
        middleware=[Middleware(Proxied, terms=terms)],
        exception_handlers={HTTPException: _refused, Exception: _broken},
    )
    app.router.redirect_slashes = False
    status = Route("/status", functools.partial(_status, report))
    files = Files(output, terms)
    pages = Router([status], redirect_slashes=False, default=files)
    app.router.default = Limited(Readers(pages, terms), terms)
    return Front(app, files.ready, terms)


async def _status(report: Report, _request: Request) -> Response:
    status = await answered(report)
    if status is None:
        raise HTTPException(HTTPStatus.SERVICE_UNAVAILABLE)
    return _page(status_page(status, datetime.now(UTC)), HTTPStatus.OK)


async def _refused(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - what Starlette hands to this handler
    return _page(error_page(error.status_code), error.status_code, error.headers)


async def _broken(_request: Request, _error: Exception) -> Response:
    return _page(error_page(HTTPStatus.INTERNAL_SERVER_ERROR), HTTPStatus.INTERNAL_SERVER_ERROR)


def _page(html: str, status: int, more: Mapping[str, str] | None = None) -> Response:
    headers = {"Content-Security-Policy": PAGE_POLICY, **_FRESH, **(more or {})}
    return HTMLResponse(html, status, headers)
