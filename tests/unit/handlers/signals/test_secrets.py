"""Secrets are recognised, and never stored, printed or raised, whatever the body looks like."""

from __future__ import annotations

import json
from time import process_time

import msgspec
import pytest

from handlers.signals import SignalError, find_token, masked_body, normalise
from handlers.signals.explain import explain

CANARY = "canary5eed"
TOKEN = "wh_canary5eed-_0123456789abcdef"
KEYS = ["token", "secret", "passphrase", "key", "apikey", "password"]
SPELLINGS = [
    "TOKEN", "Secret", "pass_phrase", "api_key", "API-KEY", "apiKey", "_key_", "pass-word",
    "to__ken", "webhook_secret", "email_token", "apiSecret", "secretKey", "access-token", "license",
    "licence", "private_key", "api key", "myPassword", "pwd", "pass", "PIN", "auth", "authCode",
    "Authorization", "x-signature", "bearer", "access_key", "webhook-key", "passcode",
]  # fmt: skip
JSON_FORMS = {
    "plain": '{{"ticker":"A","action":"buy","{key}":"{secret}"}}',
    "first": '{{"{key}":"{secret}","ticker":"A","action":"buy"}}',
    "spaced": '{{ "ticker" : "A" , "action" : "buy" , "{key}" : "{secret}" }}',
    "far away": '{{"ticker":"A","action":"buy","{key}":' + " " * 200 + '"{secret}"}}',
    "on another line": '{{"ticker":"A","action":"buy",\n"{key}"\n:\n"{secret}"}}',
    "with a quote in it": '{{"ticker":"A","action":"buy","{key}":"a\\"{secret}"}}',
    "with brackets in it": '{{"ticker":"A","action":"buy","{key}":"a}},]{secret}"}}',
    "escaped": '{{"ticker":"A","action":"buy","\\u0074oken":"{secret}","{key}":"{secret}"}}',
    "in a list": '{{"ticker":"A","action":"buy","{key}":["x","{secret}"]}}',
    "in an object": '{{"ticker":"A","action":"buy","{key}":{{"a":"{secret}"}}}}',
    "in an object of objects": '{{"ticker":"A","{key}":{{"a":{{"b":1}},"c":"{secret}"}}}}',
    "behind a hidden space": '{{"ticker":"A","tok\\u0020en":"a\\"{secret}","{key}":1}}',
    "in a block": '{{"ticker":"A","strategy":{{"order_action":"buy","{key}":"{secret}"}}}}',
    "in extras": '{{"ticker":"A","action":"buy","extras":{{"{key}":"{secret}"}}}}',
    "in an array": '[{{"ticker":"A","action":"buy","{key}":"{secret}"}}]',
    "of an account": '{{"symbol":"A","data":"buy","multiple_accounts":[{{"{key}":"{secret}"}}]}}',
    "beside a fault": '{{"ticker":"A","action":"hodl","{key}":"{secret}"}}',
    "beside a typo": '{{"ticker":"A","stopLos":1,"{key}":"{secret}"}}',
    "behind a comma too many": '{{"ticker":"A","{key}":"{secret}",}}',
    "without an end": '{{"ticker":"A","{key}":"{secret}',
    "without an end and with a comma": '{{"ticker":"A","{key}":"a,{secret}',
    "in single quotes": "{{'ticker':'A','{key}':'{secret}'}}",
    "without quotes": "{{ticker:A,{key}:{secret},action:buy}}",
    "without quotes and with a comma": "{{ticker:A,{key}:a,{secret}}}",
    "with an equals sign": '{{"ticker"="A","{key}"="{secret}"}}',
    "twice": '{{"ticker":"A","{key}":"{secret}","{key}":"{secret}"}}',
    "in a broken list": '{{"ticker":"A","{key}":["x","{secret}"],}}',
    "in a broken list of objects": '{{"ticker":"A","{key}":[{{"x":1,"y":"{secret}"}}],}}',
    "in a broken object of two": '{{"ticker":"A","{key}":{{"x":1,"y":"{secret}"}},}}',
    "in a broken object": '{{"ticker":"A","{key}":{{"x":"{secret}"}},}}',
}
TEXT_FORMS = {
    "keyvalue": "ticker=A;action=buy;{key}={secret};",
    "keyvalue on lines": "{key} = {secret}\nticker=A\naction=buy",
    "keyvalue with a comma": "ticker=A;action=buy;{key}=a,{secret};",
    "keyvalue with brackets": "ticker=A;action=buy;{key}=a}}]{secret};",
    "keyvalue with a space": "ticker=A;action=buy;{key}=a {secret};",
    "keyvalue in quotes": 'ticker=A;action=buy;{key}="a;{secret}";',
    "keyvalue beside a fault": "ticker=A;action=hodl;{key}={secret};",
    "pineconnector": "60123456789,buy,EURUSD,risk=1,{key}={secret}",
    "pineconnector before more": "60123456789,buy,EURUSD,{key}={secret},risk=1",
    "free text": "buy A\n{key}: {secret}",
    "wundertrading": "ENTER-LONG A {key}={secret}",
}


def everything_said(body: bytes) -> str:
    """Return whatever may be stored, printed, logged or answered of a body."""
    shown = masked_body(body) + msgspec.json.encode(explain(body)).decode()
    try:
        understood = normalise(body)
    except SignalError as error:
        return f"{shown}{error!r}{error}{error.field}{error.hint}"
    return shown + repr(understood)


@pytest.mark.parametrize("form", JSON_FORMS.values(), ids=JSON_FORMS)
@pytest.mark.parametrize("key", [*KEYS, *SPELLINGS])
def test_secret_of_a_json_body_is_never_shown(form: str, key: str) -> None:
    body = form.format(key=key, secret=CANARY)

    assert CANARY not in everything_said(body.encode())


@pytest.mark.parametrize("form", TEXT_FORMS.values(), ids=TEXT_FORMS)
@pytest.mark.parametrize(
    "key", [*KEYS, "API_KEY", "pass-phrase", "webhook_secret", "pwd", "pin", "auth"]
)
def test_secret_of_a_text_is_never_shown(form: str, key: str) -> None:
    body = form.format(key=key, secret=CANARY)

    assert CANARY not in everything_said(body.encode())


@pytest.mark.parametrize(
    "body",
    [
        f"buy A {TOKEN}",
        f"{TOKEN} BTCUSDT",
        f"buy {TOKEN}",
        f'{{"ticker":"A","action":"buy","comment":"{TOKEN}"}}',
        f'{{"ticker":"A","action":"buy","{TOKEN}":1}}',
        f'{{"ticker":"A","action":"buy","{TOKEN}":1,"{TOKEN}":2}}',
        f'{{"ticker":"A","action":"buy","id":"{TOKEN}","order_id":"{TOKEN}"}}',
        f'{{"ticker":"A","action":"buy","extras":{{"a":["{TOKEN}"]}}}}',
        f'{{"ticker":"A","action":"buy","{{{{{TOKEN}}}}}":1}}',
        f'{{"ticker":"A","action":"{TOKEN}"}}',
        f"ticker=A;action=buy;comment={TOKEN}",
        f"60123456789,buy,A,comment={TOKEN}",
        f"60123456789,buy,A,{TOKEN}=1,{TOKEN}=2",
        f'{{"ticker":"{TOKEN}',
    ],
)
def test_token_is_never_shown_wherever_it_stands(body: str) -> None:
    assert "canary5eed" not in everything_said(body.encode())


@pytest.mark.parametrize("field", ["comment", "order_id", "message", "extras"])
@pytest.mark.parametrize("words", ["passphrase={}", "pin: {}", 'say "hi", token={} now'])
def test_secret_told_inside_a_value_is_never_shown(field: str, words: str) -> None:
    value: object = words.format(CANARY)
    said = {"note": [value]} if field == "extras" else value
    body = json.dumps({"ticker": "A", "action": "buy", field: said})

    assert CANARY not in everything_said(body.encode())


def test_author_is_no_secret() -> None:
    body = '{"ticker":"A","action":"buy","author":"me"}'

    assert masked_body(body.encode()) == body


@pytest.mark.parametrize("before", ["", "\ufeff", " \n\ufeff "])
def test_licence_of_a_command_is_masked(before: str) -> None:
    shown = everything_said(f"{before}60123456789,buy,EURUSD,risk=1".encode())

    assert "60123456789" not in shown
    assert "***,buy,EURUSD,risk=1" in shown


def test_masked_body_is_what_was_typed_but_for_the_secret() -> None:
    body = '{\n "passphrase": "not real", "ticker": "A",\n "action": "buy", "quantity": 1.50}'

    assert masked_body(body.encode()) == body.replace("not real", "***")


@pytest.mark.parametrize(
    "body",
    [
        '{"ticker":"A","action":"buy","quantity":1.50}',
        "ticker=A;action=buy;qty=1",
        "buy A 1",
        '{"ticker":"A","keyboard":"x"}',
    ],
)
def test_body_without_secrets_stays_as_it_is(body: str) -> None:
    assert masked_body(body.encode()) == body


@pytest.mark.parametrize("value", ["12345", "null", "true", "-1.5e3"])
def test_what_stands_behind_a_secret_number_stays(value: str) -> None:
    body = f'{{"ticker":"A","token":{value}}}'

    assert masked_body(body.encode()) in {body, '{"ticker":"A","token":***}'}


@pytest.mark.parametrize("key", [*KEYS, "API_KEY", "Pass-Phrase"])
@pytest.mark.parametrize(
    "form",
    [
        '{{"ticker":"A","{key}":"{secret}"}}',
        '{{"strategy":{{"{key}":"{secret}"}}}}',
        '[{{"{key}":"{secret}"}}]',
        '{{"ticker":"A","{key}":"{secret}",}}',
        "ticker=A;{key}={secret};",
        '{key}="{secret}"\nticker=A',
        "60123456789,buy,A,{key}={secret}",
    ],
)
def test_token_is_found_under_a_secret_key(form: str, key: str) -> None:
    assert find_token(form.format(key=key, secret=TOKEN).encode()) == TOKEN


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff",
        b"{",
        b"[]",
        b"buy A",
        b'{"token":"not-ours"}',
        b'{"token":1}',
        b'{"token":["x"]}',
        f'{{"comment":"{TOKEN}"}}'.encode(),
        f'{{"webhook":"{TOKEN}"}}'.encode(),
        f"buy {TOKEN}".encode(),
        f'{{"license":"{TOKEN}"}}'.encode(),
    ],
)
def test_body_without_a_token_under_a_secret_key_has_none(body: bytes) -> None:
    assert find_token(body) is None


@pytest.mark.parametrize(
    "piece",
    [b"_", b"key ", b"key=", b'"key":', b"'", b'"', b",", b"a,", b"token=[", b"\\", b"k:k:"],
)
def test_masking_takes_no_long_time_over_any_body(piece: bytes) -> None:
    began = process_time()

    masked_body(piece * (16 * 1024 // len(piece)))
    masked_body(b"key=" + piece * (16 * 1024 // len(piece)))

    assert process_time() - began < 0.5


def test_nul_is_no_part_of_what_is_stored() -> None:
    body = json.dumps({"ticker": "A", "action": "buy", "secret": "a\x00b"}) + "\x00"

    assert "\x00" not in masked_body(body.encode())
