"""Allowances: so many requests of a kind in a window of the double's own clock."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from infra.local.doubles.gateio.refusal import Refused

if TYPE_CHECKING:
    from infra.local.doubles.gateio.clock import VirtualClock
    from infra.local.doubles.gateio.http import Incoming


@dataclass(frozen=True, slots=True)
class Rule:
    """So many in so many seconds."""

    most: int
    seconds: int


@dataclass(slots=True)
class _Window:
    began_s: int
    used: int = 0


SPOT_PLACE = Rule(10, 1)
FUTURES_PLACE = Rule(100, 1)
CANCEL = Rule(200, 1)
OTHERS = Rule(200, 10)


class Limits:
    """The windows of every account.

    Attributes:
        is_off: Nothing is ever used up.
    """

    def __init__(self, clock: VirtualClock) -> None:
        self._clock = clock
        self._windows: dict[tuple[str, str], _Window] = {}
        self.is_off = False

    def take(self, key: str, request: Incoming, *, pair: str) -> dict[str, str]:
        """Use one of the allowance up, and return the headers; raises `Refused` if it is gone."""
        kind, rule = rule_of(request, pair)
        window = self._window(key, kind, rule)
        is_over = window.used >= rule.most
        window.used += not is_over and not self.is_off
        reset = window.began_s + rule.seconds
        headers = {
            "X-Gate-RateLimit-Requests-Remain": str(max(rule.most - window.used, 0)),
            "X-Gate-RateLimit-Limit": str(rule.most),
            "X-Gate-RateLimit-Reset-Timestamp": str(reset),
        }
        if is_over:
            raise TooFast(headers)
        return headers

    def use_up(self, key: str, request: Incoming, *, pair: str) -> None:
        """Leave nothing of this window."""
        kind, rule = rule_of(request, pair)
        self._window(key, kind, rule).used = rule.most

    def _window(self, key: str, kind: str, rule: Rule) -> _Window:
        now = int(self._clock.now().timestamp())
        began = now - now % rule.seconds
        window = self._windows.get((key, kind))
        if window is None or window.began_s != began:
            window = self._windows[key, kind] = _Window(began)
        return window


class TooFast(Refused):
    """The allowance is used up; the headers say until when."""

    def __init__(self, headers: dict[str, str]) -> None:
        super().__init__("TOO_MANY_REQUESTS", "Request Rate Limit Exceeded")
        self.headers = headers


def rule_of(request: Incoming, pair: str) -> tuple[str, Rule]:
    """Return which allowance a request counts against."""
    path = request.path
    is_order = "/orders" in path
    if is_order and request.method in {"POST", "PATCH", "PUT"}:
        return (f"place {pair}", SPOT_PLACE) if "/spot/" in path else ("place", FUTURES_PLACE)
    if is_order and request.method == "DELETE":
        return f"cancel {path.split('/')[3]}", CANCEL
    room = path.split("/orders/")[0]
    return f"{request.method} {room}", OTHERS
