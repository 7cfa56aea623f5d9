"""Serves the dashboard: its files, and its one page at every address that nothing else has.

What belongs to programs stays theirs: an unknown address below `/api` is a 404 in JSON.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from litestar import MediaType, Request, Response, get

from edge.build import find_build
from edge.errors import ApiError
from edge.given import PortsGiven

if TYPE_CHECKING:
    from edge.build import BuiltFile

_FOR_EVER = "public, max-age=31536000, immutable"
_NEVER = "no-store"
_NOT_BUILT = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>4pass</title></head>
<body>
<h1>4pass</h1>
<p>This server turns TradingView alerts into broker orders. It runs; its dashboard is not
built.</p>
<p>Build it with <code>make dashboard</code>, then load this page again; <code>make run</code> does
so by itself. The API needs none: <a href="/schema/openapi.json">/schema/openapi.json</a>.</p>
</body>
</html>
"""
# Addresses of programs. No page of the dashboard begins with one of these.
_PROGRAMS = frozenset({"api", "assets", "health", "schema", "webhook"})


@get(["/", "/{page:path}"], include_in_schema=False)
async def dashboard(request: Request[Any, Any, Any], ports: PortsGiven) -> Response[Any]:
    """Return a file of the build, or the page that finds its way by the address itself."""
    address: str = request.scope["path"]
    build = find_build(ports.settings.dashboard)
    found = None if build is None else build.files.get(address)
    if found is None and address.split("/")[1] in _PROGRAMS:
        raise ApiError(404, "not_found", "There is nothing at this address.")
    if build is None:
        return Response(_NOT_BUILT, media_type=MediaType.HTML, status_code=503)
    return _reply(found or build.index, request.headers.get("accept-encoding", ""))


def _reply(file: BuiltFile, accepted: str) -> Response[bytes]:
    coding = _coding(file, accepted)
    headers = {"cache-control": _FOR_EVER if file.is_hashed else _NEVER, "vary": "accept-encoding"}
    if coding is not None:
        headers["content-encoding"] = coding
    body = file.plain if coding is None else file.packed[coding]
    return Response(body, media_type=file.media_type, headers=headers)


def _coding(file: BuiltFile, accepted: str) -> str | None:
    """Choose the smallest that the browser takes; one with `q=0` it does not (RFC 9110, 12.5.3)."""
    taken: set[str] = set()
    for each in accepted.lower().split(","):
        name, _, weight = each.partition(";")
        if weight.replace(" ", "").rstrip("0") not in {"q=", "q=0."}:
            taken.add(name.strip())
    return next((coding for coding in file.packed if coding in taken), None)


ROUTES = (dashboard,)
