"""The OpenAPI description: what Litestar knows of the routes, and what it cannot know.

JSON only: the pages that Litestar offers for it load foreign scripts, which nothing here does.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import msgspec
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import Components, SecurityScheme
from typing_extensions import override

from edge.alerts.preview import PreviewBody
from edge.alerts.replies import SignalReply
from edge.errors import ErrorBody
from edge.schema_examples import ALERT_BODY, ALERT_REPLIES, EXAMPLES, PREVIEW, WEBHOOK_PATHS

if TYPE_CHECKING:
    from litestar import Request

_JSON = "application/json"
_SECURITY: list[dict[str, list[str]]] = [{"bearer": []}, {"session": [], "csrf": []}]
_IN_SESSION: list[dict[str, list[str]]] = [{"session": [], "csrf": []}]
_AT_THE_DOOR = frozenset({"sign-up", "verify", "sign-in", "link", "forgot", "reset"})
_PAGE = re.compile(rb"Page_edge\.api\.[a-z_]+\.([A-Za-z]+)Body_")


class WholeDescription(JsonRenderPlugin):
    """Renders the description with everything in it."""

    @override
    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:
        return msgspec.json.encode(complete(openapi_schema))


def schema_config() -> OpenAPIConfig:
    """Return the description's settings."""
    return OpenAPIConfig(
        title="4pass",
        version="0.1.0",
        summary="TradingView alerts become broker orders, exactly as sent and never twice.",
        path="/schema",
        use_handler_docstrings=True,
        render_plugins=[WholeDescription(path="/openapi.json")],
        components=Components(
            security_schemes={
                "bearer": SecurityScheme(
                    type="http",
                    scheme="bearer",
                    description="An API key: `fp_` and 256 random bits, with its scopes.",
                ),
                "session": SecurityScheme(
                    type="apiKey",
                    security_scheme_in="cookie",
                    name="__Host-fourpass_session",
                    description="A session; on the loopback its cookie has no `__Host-`.",
                ),
                "csrf": SecurityScheme(
                    type="apiKey",
                    security_scheme_in="header",
                    name="X-CSRF-Token",
                    description="The `csrf_token` of the session; for changes alone.",
                ),
            }
        ),
    )


def complete(described: dict[str, Any]) -> dict[str, Any]:
    """Return the description with the webhooks, the one error shape, and plain names."""
    whole: dict[str, Any] = msgspec.json.decode(_with_plain_names(msgspec.json.encode(described)))
    schemas: dict[str, Any] = whole["components"]["schemas"]
    schemas.update(_schemas(ErrorBody, PreviewBody, SignalReply))
    for name, example in EXAMPLES.items():
        if name in schemas:
            schemas[name]["examples"] = [example]
    for path, item in whole["paths"].items():
        for operation in item.values():
            _complete_operation(path, operation)
    whole["paths"] |= WEBHOOK_PATHS
    return whole


def _complete_operation(path: str, operation: dict[str, Any]) -> None:
    operation["responses"].pop("400", None)
    # There is none with this status (RFC 9110, 15.3.5), whatever type the handler names.
    operation["responses"].get("204", {}).pop("content", None)
    operation["responses"]["default"] = error_response()
    if path.startswith("/api/"):
        operation["security"] = _security(path)
    for parameter in operation.get("parameters", ()):
        if parameter["name"] == "Idempotency-Key":
            parameter["required"] = True
    _complete_replies(path, operation)
    if path == "/api/stream":
        operation["responses"]["200"]["content"] = {"text/event-stream": {"schema": {}}}


def _security(path: str) -> list[dict[str, list[str]]]:
    if not path.startswith("/api/auth/"):
        return _SECURITY
    return [] if path.rpartition("/")[2] in _AT_THE_DOOR else _IN_SESSION


def _complete_replies(path: str, operation: dict[str, Any]) -> None:
    """Add the replies that a handler chooses as it runs, and a body that it reads itself."""
    replies = operation["responses"]
    if path == "/api/signals/explain":
        operation["requestBody"] = ALERT_BODY
        replies["200"]["content"] = {_JSON: {"schema": PREVIEW}}
    elif path == "/api/strategies/{strategy_id}/test":
        operation["requestBody"] = ALERT_BODY
        replies |= ALERT_REPLIES
    elif path == "/api/orders" and "202" in replies:
        replies["200"] = replies["202"] | {"description": "The key was used: the same order."}
    elif path == "/health/ready":
        replies["503"] = replies["200"] | {"description": "Alerts cannot be recorded."}


def error_response() -> dict[str, Any]:
    """Describe any reply that is no success."""
    return {
        "description": "Anything else: always this one shape.",
        "content": {_JSON: {"schema": {"$ref": "#/components/schemas/ErrorBody"}}},
    }


def _schemas(*types: type[msgspec.Struct]) -> dict[str, Any]:
    _, components = msgspec.json.schema_components(
        types, ref_template="#/components/schemas/{name}"
    )
    return components


def _with_plain_names(text: bytes) -> bytes:
    """Turn `Page_edge.api.account_shapes.AccountBody_` into `AccountPage`."""
    return _PAGE.sub(rb"\1Page", text)
