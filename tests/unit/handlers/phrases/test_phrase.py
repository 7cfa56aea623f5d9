"""Everything that is said to a trader is said in both languages."""

# ruff: noqa: RUF001 - Chinese is written with full-width punctuation

from __future__ import annotations

import ast
import re
from pathlib import Path
from string import Formatter
from typing import TYPE_CHECKING

import pytest

from handlers.phrases import LANGUAGES, any_of, in_turn, listed, phrase
from handlers.phrases.phrase import TABLES
from handlers.signals import SignalError, normalise
from tests.unit.handlers.signals.test_corpus import CASES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.unit.handlers.signals.test_corpus import Case

ROOT = Path(__file__).parents[4]
WORDS = {key: texts for table in TABLES for key, texts in table.items()}
HAN = re.compile(r"[\u4e00-\u9fff]")


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def calls() -> Iterator[tuple[str, set[str]]]:
    """Find the phrases that the code says by a literal key, and what it puts into them."""
    for file in [*ROOT.glob("handlers/**/*.py"), *ROOT.glob("edge/**/*.py")]:
        for node in ast.walk(ast.parse(file.read_text())):
            match node:
                case ast.Call(
                    func=ast.Name(id="phrase"), args=[ast.Constant(value=str(key))], keywords=given
                ):
                    yield key, {word.arg for word in given if word.arg is not None}
                case _:
                    pass


def keys() -> tuple[set[str], tuple[str, ...]]:
    """Find the texts in the code, and how those begin that are put together: `f"order_{kind}"`."""
    named: set[str] = set()
    begun: set[str] = set()
    for folder in ("handlers", "edge"):
        for file in ROOT.joinpath(folder).rglob("*.py"):
            if file.name.startswith("of_"):
                continue
            for node in ast.walk(ast.parse(file.read_text())):
                match node:
                    case ast.JoinedStr(values=[ast.Constant(value=str(start)), _, *_]):
                        begun.add(start)
                    case ast.Constant(value=str(text)):
                        named.add(text)
                    case _:
                        pass
    return named, tuple(start for start in begun if re.fullmatch(r"[a-z]+_[a-z_]*", start))


@pytest.mark.parametrize("key", WORDS)
def test_a_phrase_has_the_same_places_in_every_language(key: str) -> None:
    texts = WORDS[key]

    assert len(texts) == len(LANGUAGES)
    assert all(text.strip() for text in texts)
    assert len({frozenset(places(text)) for text in texts}) == 1


@pytest.mark.parametrize("key", WORDS)
def test_what_is_said_in_chinese_is_chinese(key: str) -> None:
    # These only put others together.
    if key in {"order_whole", "in_turn", "listed", "with_note", "means_of_fixed_quantity"}:
        assert places(WORDS[key][1])
    else:
        assert HAN.search(WORDS[key][1])
        assert not HAN.search(WORDS[key][0])


def test_no_two_tables_name_the_same_phrase() -> None:
    assert sum(map(len, TABLES)) == len(WORDS)


def test_what_the_code_says_has_words_and_all_its_values() -> None:
    missing = {key for key, given in calls() if key not in WORDS or places(WORDS[key][0]) - given}

    assert not missing


def test_no_words_are_left_over() -> None:
    named, begun = keys()

    assert {key for key in WORDS if not key.startswith(begun)} <= named


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_every_body_of_the_corpus_is_told_of_in_chinese(case: Case) -> None:
    try:
        told = list(normalise(case.body.encode()).warnings)
    except SignalError as error:
        told = [error.message, *([] if error.hint is None else [error.hint])]

    assert all(HAN.search(each.said("zh-TW")) for each in told)


def test_a_phrase_within_a_phrase_is_said_in_the_same_language() -> None:
    why = phrase("bracket", key="stop_loss", why=phrase("stop_limit_needs"))

    assert str(why) == "`stop_loss` cannot be used: a stop-limit needs its limit_price."
    assert why.said("zh-TW") == "`stop_loss` 無法使用：停損限價單需要 limit_price。"


def test_braces_in_a_value_are_nothing_to_fill_in() -> None:
    assert str(phrase("missing", field="{{ticker}}")) == "`{{ticker}}` is missing."
    assert str(phrase("send_timenow")) == "Send {{timenow}}."


def test_names_are_joined_by_the_word_of_the_language() -> None:
    joined = phrase("candidates", names=any_of(["A", "B", "C"]))

    assert str(joined) == "Did you mean A or B or C?"
    assert joined.said("zh-TW") == "您是不是要找 A 或 B 或 C？"


def test_sentences_follow_one_another() -> None:
    told = in_turn([phrase("no_shorts"), phrase("no_delay")])

    assert str(told) == "No short position can be held here. No order is delayed yet."


def test_parts_of_a_sentence_are_listed_however_many_they_are() -> None:
    many = phrase("means_accounts", accounts=listed(["A"] * 9_999))

    assert str(many) == f"Only for: {'A, ' * 9_998}A."
    assert many.said("zh-TW") == f"僅用於帳戶：{'A、' * 9_998}A。"


def test_another_language_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="'fr' is none of en, zh-TW"):
        phrase("no_shorts").said("fr")
