"""Every query of the runbooks can be typed into Prometheus."""

from __future__ import annotations

import promql_parser
import pytest

from tests.docs.promql import queries, selectors


@pytest.mark.parametrize("query", queries())
def test_query_is_understood(query: str) -> None:
    assert promql_parser.parse(query).prettify()
    assert selectors(query)


def test_there_are_queries() -> None:
    assert len(queries()) >= 20


@pytest.mark.parametrize(
    "wrong", ["fourpass_x{a=…} > 0", "sum by (a (fourpass_x)", "rate(fourpass_x)"]
)
def test_what_prometheus_would_not_understand_is_found(wrong: str) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        promql_parser.parse(wrong)
