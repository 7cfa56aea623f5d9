"""The sealed record: every bit of it counts, twice over."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker_adapters.credentials import GateioCredentials, ShioajiCredentials
from bus.values import AccountId, UserId
from handlers.vault.base import SealContext
from handlers.vault.errors import KeyMissingError, SealBrokenError, VaultError
from handlers.vault.sealed import Head, Origins, Wrapped, decrypt, encrypt, parse

if TYPE_CHECKING:
    from broker_adapters.credentials import Credentials

ORIGINS = Origins({1: b"o" * 31 + b"1"})
HEAD = Head(key_version=1, origin=1, key_id="rsa-0123")
MINE = SealContext(user=UserId(UUID(int=1)), account=AccountId(UUID(int=2)), broker="gateio")
SECRET = GateioCredentials(api_key="canary-key", api_secret="canary-secret")


def sealed(secret: Credentials = SECRET, context: SealContext = MINE) -> tuple[bytes, Wrapped]:
    """Seal without wrapping: the data key stands in the record in the clear."""
    data_key, nonce, ciphertext = encrypt(secret, HEAD, context)
    wrapped = Wrapped(head=HEAD, data_key=data_key, nonce=nonce, ciphertext=ciphertext)
    return ORIGINS.prove(wrapped, context), wrapped


def opened(record: bytes, context: SealContext = MINE) -> Credentials:
    wrapped = ORIGINS.verified(record, context)
    return decrypt(wrapped, wrapped.data_key, context)


CONTEXTS = st.builds(
    SealContext,
    user=st.uuids().map(UserId),
    account=st.uuids().map(AccountId),
    broker=st.text(max_size=12),
    purpose=st.text(max_size=12),
)
TEXT = st.text(max_size=80)
SECRETS = st.builds(GateioCredentials, api_key=TEXT, api_secret=TEXT) | st.builds(
    ShioajiCredentials, api_key=TEXT, secret_key=TEXT, person_id=st.none() | TEXT, ca=TEXT
)


@given(secret=SECRETS, context=CONTEXTS)
def test_credentials_come_out_as_they_went_in(secret: Credentials, context: SealContext) -> None:
    record, _ = sealed(secret, context)

    assert opened(record, context) == secret


@given(mine=CONTEXTS, other=CONTEXTS, field=st.sampled_from(SealContext.__struct_fields__))
def test_a_record_opens_for_its_own_context_alone(
    mine: SealContext, other: SealContext, field: str
) -> None:
    record, wrapped = sealed(SECRET, mine)
    context = msgspec.structs.replace(mine, **{field: getattr(other, field)})

    if mine == context:
        assert opened(record, context) == SECRET
        return
    with pytest.raises(SealBrokenError):
        ORIGINS.verified(record, context)
    with pytest.raises(SealBrokenError):
        decrypt(wrapped, wrapped.data_key, context)


def test_every_flipped_bit_is_noticed() -> None:
    record, _ = sealed()

    for place in range(len(record) * 8):
        changed = bytearray(record)
        changed[place // 8] ^= 1 << place % 8
        with pytest.raises((SealBrokenError, KeyMissingError)):
            opened(bytes(changed))


def test_every_flipped_bit_is_noticed_by_the_tag_too() -> None:
    record, _ = sealed()

    for place in range((len(record) - 32) * 8):
        changed = bytearray(record[:-32])
        changed[place // 8] ^= 1 << place % 8
        with pytest.raises(VaultError):
            opened(reproved(bytes(changed)))


def test_every_cut_and_every_addition_is_noticed() -> None:
    record, _ = sealed()

    for length in range(len(record)):
        with pytest.raises(SealBrokenError):
            opened(record[:length])
    with pytest.raises(SealBrokenError):
        opened(record + b"\0")


@given(noise=st.binary(max_size=400))
def test_noise_is_no_record(noise: bytes) -> None:
    with pytest.raises((SealBrokenError, KeyMissingError)):
        opened(noise)


def test_a_record_is_as_its_layout_says() -> None:
    record, wrapped = sealed()

    at = [0, 1, 5, 9, 10, 18, 20, 52, 64]
    parts = [record[a:b] for a, b in pairwise(at)]
    assert parts[:6] == [b"\1", b"\0\0\0\1", b"\0\0\0\1", b"\x08", b"rsa-0123", b"\0\x20"]
    assert parts[6:] == [wrapped.data_key, wrapped.nonce]
    assert record[64:-32] == wrapped.ciphertext


def test_proof_of_another_origin_key_is_not_believed() -> None:
    _, wrapped = sealed()
    forged = Origins({1: b"f" * 32}).prove(wrapped, MINE)

    with pytest.raises(SealBrokenError):
        opened(forged)


def test_older_origin_keys_are_still_believed() -> None:
    record, _ = sealed()
    both = Origins({1: b"o" * 31 + b"1", 2: b"o" * 31 + b"2"})

    assert both.newest == 2
    assert both.verified(record, MINE).head == HEAD


def test_no_error_says_what_was_sealed() -> None:
    plain = msgspec.json.encode({"broker": "gateio", "api_key": "canary-key"})
    written: list[Any] = []
    for secret in (SECRET, msgspec.Raw(plain)):
        _, wrapped = sealed(secret)  # pyright: ignore[reportArgumentType] - encoded by another version
        for context in (MINE, msgspec.structs.replace(MINE, broker="x")):
            try:
                decrypt(wrapped, wrapped.data_key, context)
            except SealBrokenError as error:
                written += [repr(error), repr(error.__cause__), error.__suppress_context__]

    assert written.count(True) == 3
    assert "canary" not in repr(written)


def reproved(body: bytes) -> bytes:
    """Prove a changed body as somebody would who has the origin key."""
    return ORIGINS.prove(parse(body), MINE)
