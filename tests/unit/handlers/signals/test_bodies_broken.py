from __future__ import annotations

import pytest

from handlers.signals import SignalError, normalise
from tests.unit.handlers.signals.body_cases import Refused, assert_refused, refusal_of

# What users paste by hand: the body, and the line and column at which it stops being JSON.
MALFORMED = {
    "a comma before the bracket": ('{"ticker":"A","action":"buy",}', (1, 30)),
    "a comma before the bracket on another line": (
        '{\n "ticker": "A",\n "action": "buy",\n}',
        (4, 1),
    ),
    "a comma before the end of an array": ('[{"ticker":"A"},]', (1, 17)),
    "no comma": ('{"ticker":"A" "action":"buy"}', (1, 15)),
    "no comma at the end of a line": ('{"ticker":"A"\n"action":"buy"}', (2, 1)),
    "two commas": ('{"ticker":"A",,"action":"buy"}', (1, 15)),
    "single quotes": ("{'ticker':'A','action':'buy'}", (1, 2)),
    "typographic quotes": ("{“ticker”:“A”}", (1, 2)),
    "an equals sign": ('{"ticker"="A","action":"buy"}', (1, 10)),
    "a comma for a colon": ('{"ticker","A"}', (1, 10)),
    "a key without quotes": ('{ticker:"A","action":"buy"}', (1, 2)),
    "a value without quotes": ('{"ticker":"A","action":buy}', (1, 24)),
    "a stray quote": ('{"ticker":"A"","action":"buy"}', (1, 14)),
    "no closing bracket": ('{"ticker":"A","action":"buy"', (1, 29)),
    "no closing quote": ('{"ticker":"A","action":"buy}', (1, 24)),
    "two objects": ('{"ticker":"A","action":"buy"}{"ticker":"B"}', (1, 30)),
    "two objects on two lines": ('{"ticker":"A","action":"buy"}\n{"ticker":"B"}', (2, 1)),
    "words behind": ('{"ticker":"A","action":"buy"} thanks', (1, 31)),
    "a comment": ('{"ticker":"A", // mine\n"action":"buy"}', (1, 16)),
    "a comment before": ('{\n# mine\n"ticker":"A"}', (2, 1)),
    "a line break in a text": ('{"ticker":"A","comment":"one\ntwo","action":"buy"}', (1, 29)),
    "a tab in a text": ('{"ticker":"A\t"}', (1, 13)),
    "not a number": ('{"ticker":"A","action":"buy","quantity":NaN}', (1, 41)),
    "the words of no number in a text before": (
        '{"ticker":"NaN","comment":"-Infinity \\" NaN","quantity":-Infinity}',
        (1, 57),
    ),
    "a placeholder without quotes": (
        '{"ticker":"A","quantity":{{strategy.order.contracts}}}',
        (1, 27),
    ),
    "a number with a comma": ('{"ticker":"A","quantity":1,000}', (1, 28)),
    "a number with a zero before": ('{"ticker":"A","quantity":01}', (1, 27)),
    "a number with a plus": ('{"ticker":"A","quantity":+1}', (1, 26)),
    "a number that ends in a point": ('{"ticker":"A","quantity":1.}', (1, 27)),
    "a number that begins with a point": ('{"ticker":"A","quantity":.5}', (1, 26)),
    "True": ('{"ticker":"A","reduce_only":True}', (1, 29)),
    "a bad escape": ('{"ticker":"A\\x"}', (1, 13)),
    "half a character": ('{"ticker":"A","comment":"\\ud83d\\ude00 \\ud83d"}', (1, 39)),
    "an opening bracket alone": ("{", (1, 2)),
    "two brackets": ('{{"ticker":"A"}}', (1, 2)),
    "Windows line ends": ('{\r\n"ticker":"A",\r\n}', (3, 1)),
    "lines before": ('\n\n  {"ticker":"A",}', (3, 17)),
    "a byte order mark before": ('\ufeff{"ticker":"A",}', (1, 15)),
    "a byte order mark and lines before": (' \ufeff\r\n {"ticker":"A",}', (2, 16)),
    "after text in Chinese": ('{"comment":"備用","ticker":"A",}', (1, 30)),
    "a key twice before": ('{"a":{"x":1,"x":2},}', (1, 20)),
}
HINTS = {
    '{"ticker":"A",}': "Remove the comma",
    "{'ticker':'A'}": "double quotes",
    "{“ticker”:“A”}": "double quotes",
    '{"ticker"\uff1a"A"}': "colon",
    '{"ticker":"A"\uff0c"action":"buy"}': "comma",
    '{"ticker":"A",\xa0"action":"buy"}': "type it anew",
    '{"ticker"="A"}': "colon",
    '{ticker:"A"}': "double quotes",
    '{"ticker":"A" "action":"buy"}': "comma is missing",
    '{"ticker":"A" // x\n}': "no comments",
    '{"comment":"a\nb"}': "\\n",
    '{"a":1}{"b":2}': "array",
    '{"quantity":{{x}}}': "placeholder",
}


@pytest.mark.parametrize(("body", "at"), MALFORMED.values(), ids=MALFORMED)
def test_malformed_json_is_refused_where_it_breaks(body: str, at: tuple[int, int]) -> None:
    assert_refused(body, Refused("malformed_json", None, at))


@pytest.mark.parametrize(("body", "word"), HINTS.items(), ids=HINTS)
def test_hint_names_what_is_wrong(body: str, word: str) -> None:
    assert word in str(refusal_of(body).hint)


@pytest.mark.parametrize("character", ["\x00", "\x0b", "\x1f", "\ufeff"])
def test_no_other_character_passes_for_space_inside(character: str) -> None:
    assert_refused(f'{{"ticker":{character}"A","action":"buy"}}', Refused("malformed_json"))


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ('{"ticker":"A","ticker":"A","action":"buy"}', Refused("duplicate_key", "ticker")),
        ('[{"ticker":"A","a":{"x":1,"x":1}}]', Refused("duplicate_key", "x")),
        ('{"ticker":"A","ticker":"{{ticker}}"}', Refused("duplicate_key", "ticker")),
        (
            '{"ticker":"A","action":"buy","wh_notreal":1,"wh_notreal":2}',
            Refused("duplicate_key", "wh_***"),
        ),
    ],
)
def test_key_that_stands_twice_is_refused(body: str, expected: Refused) -> None:
    assert_refused(body, expected)


@pytest.mark.parametrize("body", ['{"action":"buy","Action":"buy","ticker":"A"}'])
def test_same_key_in_two_spellings_is_two_names_of_one_field(body: str) -> None:
    assert normalise(body.encode()).signals[0].action == "buy"


@pytest.mark.parametrize(
    ("deep", "code"), [(7, None), (8, "too_deep"), (4000, "too_deep"), (8000, "too_deep")]
)
def test_at_most_eight_are_nested(deep: int, code: str | None) -> None:
    body = b'{"ticker":"A","action":"buy","mood":' + b"[" * deep + b"]" * deep + b"}"

    try:
        normalise(body)
        said = None
    except SignalError as error:
        said = error.code

    assert said == code


@pytest.mark.parametrize("head", [b"[", b'{"a":', b'[{"a":['])
def test_depth_without_an_end_is_refused(head: bytes) -> None:
    body = head * (16 * 1024 // len(head))

    assert refusal_of(body).code in {"too_deep", "malformed_json"}


@pytest.mark.parametrize(
    ("size", "code"),
    [(16 * 1024, None), (16 * 1024 + 1, "body_too_large"), (10**6, "body_too_large")],
)
def test_at_most_16_kib_are_taken(size: int, code: str | None) -> None:
    body = b'{"ticker":"A","action":"buy"}'.ljust(size)

    try:
        normalise(body)
        said = None
    except SignalError as error:
        said = error.code

    assert said == code


@pytest.mark.parametrize(
    "body",
    [
        b"\xff\xfe{\x00}\x00",
        b'{"ticker":"A\xe9","action":"buy"}',
        b"\xc3",
        "買進 BTCUSDT".encode("big5"),
    ],
)
def test_what_is_no_utf8_is_refused(body: bytes) -> None:
    assert refusal_of(body).code == "not_utf8"


@pytest.mark.parametrize(("commands", "code"), [(10, None), (11, "too_many_commands")])
def test_at_most_ten_commands_are_taken(commands: int, code: str | None) -> None:
    body = "[" + ",".join(['{"ticker":"A","action":"buy"}'] * commands) + "]"

    try:
        said = len(normalise(body.encode()).signals)
    except SignalError as error:
        said = error.code

    assert said == (code or commands)
