"""One line for each route: how it is called well, and whose ids it takes where."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from tests.attacks.routes import Place, Route
from tests.unit.edge.people import PASSWORD

if TYPE_CHECKING:
    from tests.attacks.grounds import Owner

ORDER = {"account_id": "", "symbol": "BTCUSDT", "side": "buy", "quantity": "1"}
FILTERS = {"account_id": "account", "strategy_id": "strategy", "signal_id": "signal"}


class Line(NamedTuple):
    """How a route is called.

    Attributes:
        ids: Of which kind the id in each place is; `filter` places narrow a list.
        body: A body that is taken where the ids are one's own.
        query: What the address has beside ids.
        own: What the caller's own ids are answered with.
    """

    ids: dict[Place, str] = {}  # noqa: RUF012 - a tuple's default, never changed
    body: dict[str, Any] | None = None
    own: int = 200
    query: str = ""


def in_path(name: str, kind: str) -> dict[Place, str]:
    """Say that the path holds an id of this kind."""
    return {Place("path", name): kind}


def filters(*names: str) -> dict[Place, str]:
    """Say that these query parameters narrow a list."""
    return {Place("query", name): FILTERS[name] for name in names}


ORDER_IN_PATH = in_path("order_id", "order")
STRATEGY_IN_PATH = in_path("strategy_id", "strategy")
ACCOUNT_IN_PATH = in_path("account_id", "account")
LETTER_IN_PATH = in_path("letter_id", "dead_letter")
GATE = {"api_key": "k" * 16, "api_secret": "s" * 16}

LINES: dict[Route, Line] = {
    Route("GET", "/api/orders"): Line(filters("account_id", "strategy_id", "signal_id")),
    Route("GET", "/api/orders/{order_id}"): Line(ORDER_IN_PATH),
    Route("POST", "/api/orders"): Line({Place("body", "account_id"): "account"}, ORDER, 202),
    Route("POST", "/api/orders/{order_id}/cancel"): Line(ORDER_IN_PATH, own=202),
    Route("POST", "/api/orders/{order_id}/resolve"): Line(
        ORDER_IN_PATH, {"outcome": "placed"}, own=409
    ),
    Route("GET", "/api/signals"): Line(filters("account_id", "strategy_id", "signal_id")),
    Route("POST", "/api/signals/explain"): Line(
        {Place("query", "strategy_id"): "strategy"},
        {"ticker": "BTCUSDT", "action": "buy", "quantity": "1"},
    ),
    Route("GET", "/api/fills"): Line(filters("account_id", "strategy_id", "signal_id")),
    Route("GET", "/api/positions"): Line(filters("account_id")),
    Route("GET", "/api/workers"): Line(),
    Route("GET", "/api/brokers"): Line(),
    Route("GET", "/api/operations"): Line(own=403),
    Route("GET", "/api/symbols"): Line(),
    Route("GET", "/api/symbols/search"): Line(
        {Place("query", "account_id"): "account"}, query="text=BTCUSD"
    ),
    Route("PUT", "/api/symbols"): Line(
        {Place("body", "account_id"): "account"},
        {"chart": "BTCUSD", "symbol": "BTCUSDT", "account_id": ""},
    ),
    Route("DELETE", "/api/symbols/{override_id}"): Line(
        in_path("override_id", "override"), own=204
    ),
    Route("GET", "/api/strategies"): Line(),
    Route("POST", "/api/strategies"): Line(
        {Place("body", "accounts"): "account"}, {"name": "New", "accounts": []}, 201
    ),
    Route("PATCH", "/api/strategies/{strategy_id}"): Line(
        STRATEGY_IN_PATH | {Place("body", "accounts"): "account"},
        {"revision": 1, "accounts": ["01a205d0-8fce-7638-b30a-52e32c3f23ee"]},
    ),
    Route("POST", "/api/strategies/{strategy_id}/test"): Line(
        STRATEGY_IN_PATH, {"ticker": "BTCUSDT", "action": "buy", "quantity": "1"}, 202
    ),
    Route("POST", "/api/strategies/{strategy_id}/pause"): Line(STRATEGY_IN_PATH),
    Route("POST", "/api/strategies/{strategy_id}/resume"): Line(STRATEGY_IN_PATH),
    Route("POST", "/api/strategies/{strategy_id}/rotate-token"): Line(
        STRATEGY_IN_PATH, {"grace_s": 0}
    ),
    Route("GET", "/api/accounts"): Line(),
    Route("POST", "/api/accounts"): Line({}, {"name": "Second", "broker": "paper"}, 201),
    Route("GET", "/api/accounts/{account_id}"): Line(ACCOUNT_IN_PATH),
    Route("PUT", "/api/accounts/{account_id}/credentials"): Line(ACCOUNT_IN_PATH, GATE, own=400),
    Route("POST", "/api/accounts/{account_id}/enable"): Line(ACCOUNT_IN_PATH),
    Route("POST", "/api/accounts/{account_id}/disable"): Line(ACCOUNT_IN_PATH),
    Route("POST", "/api/accounts/{account_id}/test"): Line(ACCOUNT_IN_PATH),
    Route("DELETE", "/api/accounts/{account_id}"): Line(ACCOUNT_IN_PATH, own=409),
    Route("GET", "/api/comparisons"): Line(),
    Route("POST", "/api/comparisons/{account_id}/acknowledge"): Line(
        ACCOUNT_IN_PATH, {"at": "2026-11-30T00:00:00Z"}, own=409
    ),
    Route("GET", "/api/kill-switch"): Line(),
    Route("POST", "/api/kill-switch"): Line({}, {"engaged": True, "cancel_working": True}),
    Route("GET", "/api/audit"): Line(),
    Route("GET", "/api/audit/export"): Line(),
    Route("GET", "/api/dead-letters"): Line(),
    Route("POST", "/api/dead-letters/{letter_id}/replay"): Line(LETTER_IN_PATH, own=202),
    Route("POST", "/api/dead-letters/{letter_id}/discard"): Line(LETTER_IN_PATH),
    Route("POST", "/api/paper/ticks"): Line({}, {"symbol": "BTCUSDT", "price": "1"}, 202),
    Route("GET", "/api/api-keys"): Line(),
    Route("POST", "/api/api-keys"): Line({}, {"name": "new", "scopes": ["read"]}, 201),
    Route("DELETE", "/api/api-keys/{key_id}"): Line(in_path("key_id", "api_key"), own=204),
    Route("GET", "/api/auth/session"): Line(),
    Route("GET", "/api/auth/sessions"): Line(),
    Route("DELETE", "/api/auth/sessions"): Line(own=204),
    Route("DELETE", "/api/auth/sessions/{session_id}"): Line(
        in_path("session_id", "session"), own=204
    ),
    Route("POST", "/api/auth/sign-out"): Line(own=204),
    Route("POST", "/api/auth/step-up"): Line({}, {"totp": "000000"}, 409),
    Route("POST", "/api/auth/password"): Line(
        {}, {"current_password": PASSWORD, "new_password": "an entirely other passphrase"}
    ),
    Route("POST", "/api/auth/totp/enroll"): Line(),
    Route("POST", "/api/auth/totp/confirm"): Line({}, {"totp": "000000"}, 409),
    Route("POST", "/api/auth/totp/disable"): Line(own=409),
    Route("POST", "/api/auth/sign-up"): Line(
        {}, {"email": "new@example.org", "password": PASSWORD}, 202
    ),
    Route("POST", "/api/auth/verify"): Line({}, {"token": "x" * 43}, 400),
    Route("POST", "/api/auth/sign-in"): Line(
        {}, {"email": "bob@example.org", "password": PASSWORD}
    ),
    Route("POST", "/api/auth/link"): Line({}, {"token": "x" * 43}, 400),
    Route("POST", "/api/auth/password/forgot"): Line({}, {"email": "bob@example.org"}, 202),
    Route("POST", "/api/auth/password/reset"): Line(
        {}, {"token": "x" * 43, "password": "an entirely other passphrase"}, 400
    ),
}
# It never ends, so it has a test of its own.
ENDLESS = Route("GET", "/api/stream")


def by_key(route: Route) -> bool:
    """Say whether a key opens the route: the door and what belongs to sessions it does not."""
    return not route.path.startswith("/api/auth/") and not route.path.endswith("{strategy_id}/test")


def address(route: Route, line: Line, place: Place | None, value: str) -> tuple[str, Any]:
    """Return the address and body in which one place holds a value, and all others their own."""
    path, body = (
        route.path + (line.query and f"?{line.query}"),
        None if line.body is None else dict(line.body),
    )
    if place is None:
        return path, body
    if place.where == "path":
        return path.replace(f"{{{place.name}}}", value), body
    if place.where == "query":
        return path + ("&" if "?" in path else "?") + f"{place.name}={value}", body
    assert body is not None
    body[place.name] = [value] if isinstance(body[place.name], list) else value
    return path, body


def with_own_ids(route: Route, line: Line, owner: Owner) -> tuple[str, Any]:
    """Return the address and body with the caller's own ids in all places but filters."""
    path, body = address(route, line, None, "")
    for place, kind in line.ids.items():
        if place.where == "path":
            path = path.replace(f"{{{place.name}}}", owner.things[kind])
        elif place.where == "query":
            path += ("&" if "?" in path else "?") + f"{place.name}={owner.things[kind]}"
        else:
            _, body = address(route, line, place, owner.things[kind])
    return path, body
