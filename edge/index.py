"""The page at the root: where things are."""

from __future__ import annotations

from litestar import MediaType, get

_PAGE = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>4pass</title></head>
<body>
<h1>4pass</h1>
<p>This server turns TradingView alerts into broker orders. It runs.</p>
<p>The dashboard is not part of this version; everything it will show is in the API.</p>
<ul>
<li><a href="/schema/openapi.json">/schema/openapi.json</a>: the description of the API</li>
<li><a href="/health/ready">/health/ready</a>: whether alerts can be recorded</li>
<li>/api/orders, /api/signals, /api/positions, /api/stream and more: with an API key, sent as
<code>Authorization: Bearer fp_…</code></li>
<li>/webhook/tradingview/<i>token</i>: where alerts are sent</li>
</ul>
</body>
</html>
"""


@get("/", media_type=MediaType.HTML, include_in_schema=False)
async def index() -> str:
    """Return the page."""
    return _PAGE


ROUTES = (index,)
