"""Envelopes survive the wire; anything else is refused by one error."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime, timedelta, timezone
from uuid import uuid4

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bus.codec import decode, encode, with_attempt
from bus.envelope import Envelope
from bus.errors import UndecodableError
from bus.messages import (
    CancelOrder,
    ClaimWorker,
    CompareAccount,
    Drain,
    ExecuteOrder,
    Finding,
    FindInstruments,
    FindOrphans,
    HealOrphan,
    KeepPool,
    Message,
    ProbeAccount,
    ReloadAccount,
    StartWorker,
    StopWorker,
    VerifyFills,
    VerifyOrder,
)
from bus.values import UserId

_IDS = st.uuids()
_COUNTS = st.integers(0, 2**31)
_TEXT = st.text(st.characters(exclude_categories=("Cs",)))
_ZONES = st.sampled_from([UTC, timezone(timedelta(hours=8)), timezone(timedelta(hours=-3.5))])
_INSTANTS = st.datetimes(
    min_value=datetime(1970, 1, 2),  # noqa: DTZ001 - the strategy adds the zone
    max_value=datetime(2200, 1, 1),  # noqa: DTZ001 - the strategy adds the zone
    timezones=_ZONES,
)
_MESSAGES = st.one_of(
    st.builds(ExecuteOrder, user_id=_IDS, order_id=_IDS, account_id=_IDS),
    st.builds(CancelOrder, user_id=_IDS, order_id=_IDS, account_id=_IDS, request=st.none() | _IDS),
    st.builds(
        VerifyFills,
        user_id=_IDS,
        order_id=_IDS,
        account_id=_IDS,
        attempt=_COUNTS,
        request=st.none() | _IDS,
    ),
    st.builds(ProbeAccount, user_id=_IDS, account_id=_IDS, request=_IDS),
    st.builds(
        FindInstruments,
        user_id=_IDS,
        account_id=_IDS,
        symbol=st.none() | _TEXT,
        query=_TEXT,
        request=_IDS,
    ),
    st.builds(ReloadAccount, user_id=_IDS, account_id=_IDS),
    st.builds(CompareAccount, user_id=_IDS, account_id=_IDS),
    st.builds(Drain, user_id=_IDS, reason=_TEXT),
    st.builds(StartWorker, user_id=_IDS, cause=st.none() | _IDS, deadline=_INSTANTS),
    st.builds(StopWorker, user_id=_IDS, reason=_TEXT),
    st.builds(
        ClaimWorker,
        user_id=_IDS,
        worker_id=st.none() | _IDS,
        deadline=_INSTANTS,
        cause=st.none() | _IDS,
    ),
    st.builds(VerifyOrder, user_id=_IDS, order_id=_IDS, account_id=_IDS, attempt=_COUNTS),
    st.builds(
        HealOrphan,
        user_id=_IDS,
        finding=st.sampled_from(Finding),
        order_id=st.none() | _IDS,
        epoch=st.none() | _COUNTS,
    ),
    st.builds(FindOrphans, user_id=_IDS),
    st.builds(KeepPool, user_id=_IDS),
)
_ENVELOPES = st.builds(
    Envelope,
    id=_IDS,
    message=_MESSAGES,
    group=_TEXT,
    dedup_id=_TEXT,
    sent_at_ns=st.integers(0, 2**62),
    deadline_ns=st.none() | st.integers(0, 2**62),
    traceparent=_TEXT,
    attempt=st.integers(1, 100),
)


def test_every_message_is_among_those_tried() -> None:
    tried = {
        ExecuteOrder,
        CancelOrder,
        VerifyFills,
        ProbeAccount,
        FindInstruments,
        ReloadAccount,
        CompareAccount,
        Drain,
        StartWorker,
        StopWorker,
        ClaimWorker,
        VerifyOrder,
        HealOrphan,
        FindOrphans,
        KeepPool,
    }

    assert set(Message.__args__) == tried


@given(_ENVELOPES)
def test_an_envelope_survives_the_wire(envelope: Envelope) -> None:
    assert decode(encode(envelope)) == envelope


@given(_ENVELOPES)
def test_the_same_envelope_gives_the_same_bytes(envelope: Envelope) -> None:
    assert encode(decode(encode(envelope))) == encode(envelope)


@given(st.binary())
def test_foreign_bytes_are_refused_by_one_error(body: bytes) -> None:
    with pytest.raises(UndecodableError):
        decode(body)


@given(_ENVELOPES, st.data())
def test_a_damaged_envelope_is_refused_or_whole(envelope: Envelope, drawn: st.DataObject) -> None:
    body = bytearray(encode(envelope))
    place = drawn.draw(st.integers(0, len(body) - 1))
    body[place] = drawn.draw(st.integers(0, 255))

    with contextlib.suppress(UndecodableError):
        assert isinstance(decode(bytes(body)), Envelope)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'{"id":', b'{"surplus":1,"id":'),
        (b'"user_id":', b'"surplus":1,"user_id":'),
        (b'"type":"stop_worker"', b'"type":"unheard_of"'),
        (b'"group":"g",', b""),
    ],
    ids=["surplus field", "surplus field of the message", "unknown message", "missing field"],
)
def test_another_shape_is_refused(old: bytes, new: bytes) -> None:
    message = StopWorker(user_id=UserId(uuid4()), reason="")
    body = encode(Envelope(id=uuid4(), message=message, group="g", dedup_id="d", sent_at_ns=1))
    assert old in body

    with pytest.raises(UndecodableError):
        decode(body.replace(old, new))


def test_an_instant_without_a_zone_is_refused() -> None:
    body = (
        b'{"id":"00000000-0000-0000-0000-000000000001","message":{"type":"start_worker",'
        b'"user_id":"00000000-0000-0000-0000-000000000002","cause":null,'
        b'"deadline":"2026-11-22T10:00:00"},"group":"g","dedup_id":"d","sent_at_ns":1}'
    )

    with pytest.raises(UndecodableError, match="timezone"):
        decode(body)


def test_a_deeply_nested_body_is_refused() -> None:
    with pytest.raises(UndecodableError):
        decode(b'{"id":' * 100_000)


@given(_ENVELOPES, st.integers(1, 100))
def test_only_the_attempt_changes_on_delivery(envelope: Envelope, attempt: int) -> None:
    delivered = with_attempt(envelope, attempt)

    assert delivered == msgspec.structs.replace(envelope, attempt=attempt)
