"""When an alert fired, in whatever way it says so, and its idempotency key."""

from __future__ import annotations

import pytest

from tests.unit.handlers.signals.body_cases import (
    Refused,
    as_json,
    assert_means,
    assert_refused,
    meant,
)


@pytest.mark.parametrize(
    ("sent", "printed"),
    [
        ("2026-11-20T01:45:07Z", "2026-11-20T01:45:07Z"),
        ("2026-11-20T01:45:07z", "2026-11-20T01:45:07Z"),
        ("2026-11-20t01:45:07Z", "2026-11-20T01:45:07Z"),
        ("2026-11-20T09:45:07+08:00", "2026-11-20T01:45:07Z"),
        ("2026-11-20T09:45:07+0800", "2026-11-20T01:45:07Z"),
        ("2026-11-20T09:45:07+08", "2026-11-20T01:45:07Z"),
        ("2026-11-19T20:45:07-05:00", "2026-11-20T01:45:07Z"),
        ("2026-11-20T07:15:07+05:30", "2026-11-20T01:45:07Z"),
        ("2026-11-20 01:45:07 +00:00", "2026-11-20T01:45:07Z"),
        ("2026-11-20T01:45:07.250Z", "2026-11-20T01:45:07.250Z"),
        ("2026-11-20T01:45:07,250Z", "2026-11-20T01:45:07.250Z"),
        ("2026-11-20T01:45:07.123456789Z", "2026-11-20T01:45:07.123Z"),
        ("2026-11-20T01:45Z", "2026-11-20T01:45:00Z"),
        ("20261120T014507Z", "2026-11-20T01:45:07Z"),
        ("2026-11-20", "2026-11-20T00:00:00Z"),
        (" 2026-11-20T01:45:07Z ", "2026-11-20T01:45:07Z"),
        (1763604907, "2025-11-20T02:15:07Z"),
        ("1763604907", "2025-11-20T02:15:07Z"),
        (1763604907000, "2025-11-20T02:15:07Z"),
        (1763604907250, "2025-11-20T02:15:07.250Z"),
        ("1763604907.250", "2025-11-20T02:15:07.250Z"),
        (946684800, "2000-01-01T00:00:00Z"),
    ],
)
def test_time_is_printed_in_utc(sent: object, printed: str) -> None:
    assert_means(as_json(time=sent), {"time": printed})


@pytest.mark.parametrize(
    "sent",
    [
        "now", "today", "20/11/2026", "2026-13-01T00:00:00Z", "2026-11-20T25:00:00Z",
        "2026-11-20T01:45:07+99:00", "Fri Nov 20 2026", "01:45", 0, 17636, -1763604907,
        1763604907250000, 99999999999999, "1999-12-31T23:59:59Z", "2100-01-01T00:00:00Z",
        True, [], {}, "2026-11-20T01:45:60Z", "1763604907Z", "0x69", "2026-W47-5",
    ],
)  # fmt: skip
def test_what_is_no_time_is_refused(sent: object) -> None:
    assert_refused(as_json(timestamp=sent), Refused("invalid_time", "timestamp"))


def test_first_of_the_row_counts() -> None:
    times = {
        name: f"2026-11-20T01:45:0{place}Z"
        for place, name in enumerate(["timenow", "timestamp", "time", "date", "sent_at"], 1)
    }
    for name, time in list(times.items()):
        assert_means(as_json(**dict(reversed(times.items()))), {"time": time})
        del times[name]


@pytest.mark.parametrize("nothing", [None, ""])
def test_what_says_no_time_is_passed_over(nothing: object) -> None:
    body = as_json(timenow=nothing, time="2026-11-20T01:45:07Z")

    assert_means(body, {"time": "2026-11-20T01:45:07Z"})


def test_time_without_a_zone_is_utc_and_told() -> None:
    expected = {"time": "2026-11-20T01:45:07Z", "warnings": "no time zone"}

    assert_means(as_json(time="2026-11-20T01:45:07"), expected)


@pytest.mark.parametrize(
    ("time", "interval", "is_bar_time"),
    [
        ("2026-11-20T01:45:00Z", None, True),
        ("2026-11-20T01:45:01Z", None, False),
        ("2026-11-20T01:45:00.001Z", None, False),
        ("2026-11-20T01:45:00Z", "15", True),
        ("2026-11-20T01:46:00Z", "15", False),
        ("2026-11-20T01:45:00Z", "1", True),
        ("2026-11-20T01:45:00Z", "5m", True),
        ("2026-11-20T01:47:00Z", "5", False),
        ("2026-11-20T01:45:30Z", "30S", True),
        ("2026-11-20T01:45:31Z", "30S", False),
        # TAIFEX opens at a quarter to, so that its hours and days begin there.
        ("2026-11-20T00:45:00Z", "60", True),
        ("2026-11-20T00:45:00Z", "1h", True),
        ("2026-11-20T00:45:00Z", "240", True),
        ("2026-11-20T00:44:00Z", "60", False),
        ("2026-11-20T00:45:07Z", "60", False),
        # TWSE's day begins at nine of Taipei.
        ("2026-11-20T01:00:00Z", "1D", True),
        ("2026-11-20T01:00:00Z", "D", True),
        ("2026-11-20T01:00:00Z", "1W", True),
        ("2026-11-20T01:00:00Z", "M", True),
        ("2026-11-20T01:07:00Z", "D", False),
        ("2026-11-20T01:20:00Z", "20", True),
        ("2026-11-20T01:07:00Z", "", True),
        ("2026-11-20T01:07:00Z", "100T", True),
    ],
)
def test_time_on_a_bar_counts_as_bar_time(
    time: str, interval: str | None, *, is_bar_time: bool
) -> None:
    warnings = meant(as_json(time=time, interval=interval))["warnings"]

    assert ("bar_time" in warnings) is is_bar_time


@pytest.mark.parametrize(
    ("sent", "key"),
    [("bar-1", "bar-1"), (12345, "12345"), ("x" * 128, "x" * 128), (" a ", "a"), ("訊號", "訊號")],
)
def test_id_is_kept(sent: object, key: str) -> None:
    assert_means(as_json(signal_id=sent), {"id": key})


@pytest.mark.parametrize("sent", ["x" * 129, "a\nb", "a\x00", True, [], {}])
def test_what_is_no_id_is_refused(sent: object) -> None:
    assert_refused(as_json(client_ref=sent), Refused("invalid_id", "client_ref"))


@pytest.mark.parametrize(
    ("fields", "id_", "time"),
    [
        (
            {"alertTimestamp": "2026-11-20T01:45:07Z"},
            "2026-11-20T01:45:07Z",
            "2026-11-20T01:45:07Z",
        ),
        ({"alert_timestamp": 1763604907}, "1763604907", "2025-11-20T02:15:07Z"),
        ({"alertTimestamp": "BTCUSDT-2026"}, "BTCUSDT-2026", None),
        (
            {"alertTimestamp": "2026-11-20T01:45:07Z", "time": "2026-11-20T01:45:09Z"},
            "2026-11-20T01:45:07Z",
            "2026-11-20T01:45:09Z",
        ),
        ({"id": "2026-11-20T01:45:07Z"}, "2026-11-20T01:45:07Z", None),
    ],
)
def test_alert_timestamp_is_an_id_that_may_tell_the_time(
    fields: dict[str, object], id_: str, time: str | None
) -> None:
    assert_means(as_json(**fields), {"id": id_, "time": time})


@pytest.mark.parametrize(
    ("name", "sent", "seconds"),
    [("max_lag", "300", "300"), ("maxAge", 30, "30"), ("delay", "1.5", "1.5"), ("delay", 0, None)],
)
def test_seconds_are_read(name: str, sent: object, seconds: str | None) -> None:
    field = "delay" if name == "delay" else "max_age"

    assert_means(as_json(**{name: sent}), {field: seconds})


# Of no seconds nobody knows whether it means no limit or no alert at all.
@pytest.mark.parametrize("sent", ["-1", "soon", "", True, 0, "0", "0.0"])
def test_what_is_no_number_of_seconds_is_refused(sent: object) -> None:
    assert_refused(as_json(max_age=sent), Refused("invalid_field", "max_age"))


@pytest.mark.parametrize(
    ("sent", "tif"),
    [
        ("day", "day"),
        ("DAY", "day"),
        ("ROD", "day"),
        ("GTC", "gtc"),
        ("ioc", "ioc"),
        ("Fok", "fok"),
    ],
)
def test_time_in_force_has_these_words(sent: str, tif: str) -> None:
    assert_means(as_json(tif=sent), {"time_in_force": tif})


@pytest.mark.parametrize("sent", ["GTD", "opg", "cls", "", 1])
def test_other_times_in_force_are_refused(sent: object) -> None:
    assert_refused(as_json(tif=sent), Refused("invalid_tif", "tif"))
