"""Every error code has its section, in both languages, with an example that gives it."""

from __future__ import annotations

import re

import pytest

from handlers.signals import Code
from handlers.signals.explain import Unexplained, explain
from tests.structure.rooms import ROOT
from tests.structure.used_codes import codes_of, codes_of_sql, used_codes

LANGUAGES = ("en", "zh-TW")
MEND = {"en": "**Mend:** ", "zh-TW": "**處理方式：** "}  # noqa: RUF001 - Chinese punctuation
SECTION = re.compile(r"^## (?P<code>\S+)\n(?P<body>.*?)(?=^#{1,2} |\Z)", re.DOTALL | re.MULTILINE)
EXAMPLE = re.compile(r"^```\w+\n(?P<example>.*?)```$", re.DOTALL | re.MULTILINE)
# What no page can show as it is.
UNSHOWN = {Code.BODY_TOO_LARGE, Code.NOT_UTF8}


def sections(language: str) -> list[tuple[str, str]]:
    text = (ROOT / "docs/errors" / f"{language}.md").read_text()
    return [(found["code"], found["body"]) for found in SECTION.finditer(text)]


def examples(language: str) -> dict[str, list[str]]:
    return {
        code: [found["example"].strip() for found in EXAMPLE.finditer(body)]
        for code, body in sections(language)
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_of_a_body_has_its_section(language: str) -> None:
    assert {code.value for code in Code} - {code for code, _ in sections(language)} == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_that_a_source_gives_has_its_section(language: str) -> None:
    written = {code for code, _ in sections(language)}

    assert {code: file for code, file in used_codes().items() if code not in written} == {}


def test_every_section_is_of_a_code_that_exists() -> None:
    assert {code for code, _ in sections("en")} <= set(used_codes())


def test_languages_have_the_same_sections_in_the_same_order() -> None:
    assert [code for code, _ in sections("en")] == [code for code, _ in sections("zh-TW")]


def test_languages_show_the_same_examples() -> None:
    assert examples("en") == examples("zh-TW")


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_code_has_two_sections(language: str) -> None:
    codes = [code for code, _ in sections(language)]

    assert len(codes) == len(set(codes))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_section_says_what_it_means_shows_one_example_and_how_to_mend_it(
    language: str,
) -> None:
    lacking = [
        code
        for code, body in sections(language)
        if not body.partition("```")[0].strip()
        or len(EXAMPLE.findall(body)) != 1
        or not body.partition(MEND[language])[2].strip()
    ]

    assert lacking == []


@pytest.mark.parametrize("code", sorted(set(Code) - UNSHOWN))
def test_example_of_a_body_gives_its_code(code: Code) -> None:
    (example,) = examples("en")[code.value]

    answer = explain(example.encode())

    assert isinstance(answer, Unexplained)
    assert answer.code == code


@pytest.mark.parametrize(
    ("source", "codes"),
    [
        ('Denied(code="a_b", message="no such thing")', {"a_b"}),
        ('ApiError(400, "a_b", "words")', {"a_b"}),
        ('raise RefusedError("a_b")', {"a_b"}),
        ('_X = "a_b"\nSettlement(error_code=_X)', {"a_b"}),
        ('f(code="a_b" if x else "c")', {"a_b", "c"}),
        ('state, code = OrderState.X, "a_b"', {"a_b"}),
        ('class Reason(StrEnum):\n    A = "a_b"', {"a_b"}),
        ('def denied_code(self):\n    if x:\n        return "a_b"\n    return None', {"a_b"}),
        ('print("a_b", word="c")', set[str]()),
    ],
)
def test_codes_are_found_wherever_they_stand(source: str, codes: set[str]) -> None:
    assert codes_of(source) == codes


def test_codes_are_found_in_migrations() -> None:
    source = "PERFORM move_order(v, 'x', 'x', a, 'a_b', NULL);\ncode := CASE WHEN y THEN 'c' END;"

    assert codes_of_sql(source) == {"a_b", "c"}
