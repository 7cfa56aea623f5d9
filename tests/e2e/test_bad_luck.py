"""Servers that go away and come back, switches, signals: what is promised stays promised."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from tests.e2e.profile import until

if TYPE_CHECKING:
    from tests.e2e.profile import Profile

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(90)]


def test_alert_without_valkey_is_accepted_and_executed_when_it_is_back(profile: Profile) -> None:
    profile.order(profile.alert(), until_state="filled")
    profile.valkey.kill()

    reply = profile.alert()
    ready = httpx.get(profile.demo["base_url"] + "/health/ready", timeout=3)
    profile.valkey.start()

    assert reply.status_code == 202
    assert (ready.status_code, ready.json()["status"]) == (200, "degraded")
    profile.order(reply, until_state="filled", within=20)


def test_alert_without_postgresql_is_answered_503_in_time(profile: Profile) -> None:
    profile.order(profile.alert(), until_state="filled")
    profile.postgres.kill()

    began = monotonic()
    reply = profile.alert()
    took = monotonic() - began
    ready = httpx.get(profile.demo["base_url"] + "/health/ready", timeout=3)
    profile.postgres.start()

    assert (reply.status_code, reply.json()["code"]) == (503, "unavailable")
    assert took < 2.5
    assert ready.status_code == 503
    until(lambda: profile.is_ready() or None, within=15)
    profile.order(profile.alert(), until_state="filled", within=25)


def test_nothing_is_sent_while_the_kill_switch_is_engaged(profile: Profile) -> None:
    engaged = profile.post("/api/kill-switch", {"engaged": True})
    refused = profile.alert()
    orders = len(profile.get("/api/orders?limit=200")["items"])
    released = profile.post("/api/kill-switch", {"engaged": False})

    assert (engaged.status_code, engaged.json()["engaged"]) == (200, True)
    assert (refused.status_code, refused.json()["code"]) == (403, "kill_switch_active")
    assert released.json()["engaged"] is False
    profile.order(profile.alert(), until_state="filled")
    assert len(profile.get("/api/orders?limit=200")["items"]) in {orders + 1, 200}


def test_live_stream_resumes_without_a_gap(profile: Profile) -> None:
    profile.order(profile.alert(), until_state="filled")
    seen = _events(profile, last=0, want=3)

    resumed = _events(profile, last=seen[0]["id"], want=2)

    assert [event["id"] for event in resumed] == [event["id"] for event in seen[1:3]]


def test_it_stops_when_told_and_starts_where_it_was(profile: Profile) -> None:
    order = profile.order(profile.alert(), until_state="filled")

    code = profile.stop()
    profile.start()

    assert code == 0
    assert profile.get(f"/api/orders/{order['id']}")["state"] == "filled"
    profile.order(profile.alert(), until_state="filled")


def _events(profile: Profile, *, last: int, want: int) -> list[dict[str, Any]]:
    """Read so many events of the live stream from a point on."""
    headers = {**profile.key(), "Last-Event-ID": str(last)}
    url = profile.demo["base_url"] + "/api/stream"
    found: list[dict[str, Any]] = []
    with httpx.stream("GET", url, headers=headers, timeout=10) as stream:
        for line in stream.iter_lines():
            if line.startswith("id:"):
                found.append({"id": int(line.removeprefix("id:").strip())})
                if len(found) == want:
                    break
    return found
