"""What travels to PostgreSQL."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.store.postgres.rows import as_json, storable

texts = st.text(alphabet=st.sampled_from('\0\\"u0a\u2028\U0001f4c8'))


@given(texts)
def test_all_of_a_text_is_kept_but_its_nuls(text: str) -> None:
    assert json.loads(as_json({"body": text})) == {"body": text.replace("\0", "\ufffd")}


@given(texts)
def test_no_nul_is_left(text: str) -> None:
    encoded = storable(msgspec.json.encode(text))

    assert "\0" not in json.loads(encoded)


@pytest.mark.parametrize("value", [{"a": [1, "x"]}, None, "plain"])
def test_what_has_no_nul_is_left_as_it_is(value: Any) -> None:
    encoded = msgspec.json.encode(value)

    assert storable(encoded) is encoded
