"""Examples for the description, and the raw webhook routes, which no decorator describes."""

from __future__ import annotations

from typing import Any

_TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
_ORDER = "01a205d0-8fce-7519-aeda-6a2a1a359ea5"
_ACCOUNT = "01a205d0-8fa5-7af3-b50a-83a754922268"
_SIGNAL = "01a205d0-8fce-7638-b30a-52e32c3f23ee"
_ALERT = {"ticker": "BTCUSDT", "action": "buy", "quantity": "0.01", "time": "{{timenow}}"}
_REPLY = {
    "status": "accepted",
    "signal_id": _SIGNAL,
    "trace_id": _TRACE,
    "dialect": "plain",
    "orders": [{"id": _ORDER, "account": _ACCOUNT, "summary": "buy 0.01 BTCUSDT at market"}],
    "warnings": [],
}

EXAMPLES: dict[str, dict[str, Any]] = {
    "ErrorBody": {
        "code": "invalid_quantity",
        "message": "quantity must be a number above zero.",
        "field": "qty",
        "trace_id": _TRACE,
    },
    "SignalReply": _REPLY,
    "ManualOrder": {
        "account_id": _ACCOUNT,
        "symbol": "BTCUSDT",
        "side": "buy",
        "quantity": "0.01",
        "order_type": "limit",
        "limit_price": "64250.1",
    },
    "NewStrategy": {"name": "Breakout", "accounts": [_ACCOUNT], "mode": "paper"},
    "NewAccount": {"name": "Practice", "broker": "paper", "mode": "paper"},
    "NewOverride": {"chart": "BITSTAMP:BTCUSD", "broker": "gateio", "symbol": "BTC_USDT"},
    "OrderResolution": {"outcome": "not_placed"},
    "SwitchWish": {"engaged": True, "cancel_working": True, "allow_exits": False},
}

PREVIEW: dict[str, Any] = {"$ref": "#/components/schemas/PreviewBody"}
_ERROR = {
    "description": "Anything else: always this one shape. After 503 alone, send it again.",
    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/ErrorBody"}}},
}
ALERT_BODY: dict[str, Any] = {
    "required": True,
    "description": "The alert's message, 16 KiB at most; its content type is ignored.",
    "content": {
        "application/json": {"schema": {}, "example": _ALERT},
        "text/plain": {"schema": {"type": "string"}, "example": "buy BTCUSDT q=0.01"},
    },
}


_ABOUT = {
    "SendAlert": "Record an alert and hand its orders to your worker; again, it is a duplicate.",
    "SendAlertWithToken": "The same, with the token in the body, for addresses that are logged.",
    "SendOlderAlert": "The same. On paper, unless `simulation=false` leaves it to the strategy.",
    "TryAlert": "Say what an alert would mean and order if it were sent now; nothing happens.",
}


def _answer(description: str) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/SignalReply"}
    return {"description": description, "content": {"application/json": {"schema": schema}}}


ALERT_REPLIES: dict[str, Any] = {
    "202": _answer("On record: the orders are on their way."),
    "200": _answer("On record: a duplicate, or rejected by a rule of yours."),
}


def _post(summary: str, parameters: list[dict[str, Any]], name: str) -> dict[str, Any]:
    return {
        "post": {
            "tags": ["Webhooks"],
            "summary": summary,
            "description": _ABOUT[name],
            "operationId": name,
            "parameters": parameters,
            "requestBody": ALERT_BODY,
            "responses": ALERT_REPLIES | {"default": _ERROR},
            "security": [],
        }
    }


def _dry_run(parameters: list[dict[str, Any]]) -> dict[str, Any]:
    item = _post("Try an alert: nothing is recorded", parameters, "TryAlert")
    item["post"]["responses"] = {
        "200": {
            "description": "What it means, and `plan`: what would be ordered, account by account.",
            "content": {"application/json": {"schema": PREVIEW}},
        },
        "default": _ERROR,
    }
    return item


_TOKEN = {
    "name": "token",
    "in": "path",
    "required": True,
    "schema": {"type": "string"},
    "description": "The strategy's webhook token, `wh_…`.",
}
_SIMULATION = {
    "name": "simulation",
    "in": "query",
    "required": False,
    "schema": {"type": "boolean", "default": True},
    "description": "True, or absent: on paper, whatever the strategy's mode.",
}

WEBHOOK_PATHS: dict[str, dict[str, Any]] = {
    "/webhook/tradingview/{token}": _post("Send an alert", [_TOKEN], "SendAlert"),
    "/webhook/tradingview": _post(
        "Send an alert with the token in its body", [], "SendAlertWithToken"
    ),
    "/webhook/{token}/order": _post(
        "Send an alert to an address of the older form", [_TOKEN, _SIMULATION], "SendOlderAlert"
    ),
    "/webhook/tradingview/{token}/dry-run": _dry_run([_TOKEN]),
}
