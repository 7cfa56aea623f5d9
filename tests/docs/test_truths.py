"""What the pages say of fields, forms, brokers and methods is what the code has."""

from __future__ import annotations

import ast
import re

import pytest

from broker_adapters.base import BrokerAdapter, BrokerReads
from broker_adapters.gateio.adapter import CAPABILITIES as GATE
from broker_adapters.paper.adapter import PaperBroker
from broker_adapters.registry import BROKERS
from broker_adapters.shioaji.adapter import CAPABILITIES as SINOPAC
from handlers.records.accounts import ENTRY_TTL_S, EXIT_TTL_S
from handlers.signals.explain import Explained, explain
from handlers.signals.names import FIELD_OF, fold_key
from handlers.signals.vocabulary import ACTIONS, QUANTITY_TYPES
from handlers.symbols import VENUES, Chart
from infra.local.making.bootstrap import ROOT
from tests.docs.pages import blocks_of
from tests.structure.sources import modules

ALERTS = (ROOT / "docs" / "alerts.md").read_text()
VENUE_PAGE = (ROOT / "docs" / "brokers.md").read_text()
ADDING = (ROOT / "docs" / "adding-a-broker.md").read_text()
# What TradingView puts in the place of each.
FILLED = {
    "{{ticker}}": "BTCUSDT.P",
    "{{strategy.order.action}}": "sell",
    "{{strategy.order.contracts}}": "0.05",
    "{{strategy.market_position}}": "short",
    "{{strategy.market_position_size}}": "0.05",
    "{{close}}": "64250.1",
    "{{timenow}}": "2026-11-20T09:30:07Z",
    "{{strategy.order.id}}": "Short",
}
CAPABILITIES = {"paper": PaperBroker.capabilities, "gateio": GATE, "shioaji": SINOPAC}
FORM = re.compile(r"^### (\w+)\n\n```\w+\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def table(text: str, first: str) -> list[list[str]]:
    """The rows of the table whose head begins with this word."""
    _, _, rest = text.partition(f"\n| {first} |")
    lines = rest.split("\n\n")[0].splitlines()[2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def words(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


def test_every_name_of_every_field_is_told() -> None:
    told = {fold_key(name): fold_key(words(row[0])[0])
            for row in table(ALERTS, "field")
            for name in words(row[0]) + words(row[1])}  # fmt: skip

    assert told == {name: fold_key(field) for name, field in FIELD_OF.items() if name != field} | {
        fold_key(field): fold_key(field) for field in FIELD_OF.values() if fold_key(field) in told
    }


def test_every_word_for_an_action_is_told() -> None:
    told = {
        fold_key(name) for row in table(ALERTS, "action") for cell in row for name in words(cell)
    }

    assert told == {*ACTIONS}


def test_every_quantity_type_is_told() -> None:
    told = {
        fold_key(name)
        for row in table(ALERTS, "quantity type")
        for name in words(row[0]) + words(row[1])
    }

    assert told == {*QUANTITY_TYPES}


def test_ages_are_told_as_they_are() -> None:
    assert f"older than {ENTRY_TTL_S} s and exits older than {EXIT_TTL_S} s" in ALERTS


@pytest.mark.parametrize(("form", "body"), FORM.findall(ALERTS))
def test_each_form_is_read_as_the_page_says(form: str, body: str) -> None:
    explained = explain(body.encode())

    assert isinstance(explained, Explained)
    assert explained.dialect == form


def test_the_message_for_tradingview_is_read_without_a_warning() -> None:
    [message] = [block.text for block in blocks_of(ALERTS) if "{{ticker}}" in block.text]
    for placeholder, value in FILLED.items():
        assert placeholder in message
        message = message.replace(placeholder, value)

    explained = explain(message.encode())

    assert isinstance(explained, Explained)
    assert explained.warnings == ()


def test_brokers_are_told_with_what_they_can() -> None:
    names = ["paper", "gateio", "shioaji"]
    rows = {row[0]: row[1:] for row in table(VENUE_PAGE, "| paper")}

    assert {*names} == {*BROKERS}
    for name, orders, times in zip(names, rows["order types"], rows["time in force"], strict=True):
        can = CAPABILITIES[name]
        assert words(orders) == sorted(each.value for each in can.order_types)
        assert words(times) == sorted(each.value for each in can.times_in_force)


@pytest.mark.parametrize("row", table(VENUE_PAGE, "chart"), ids=lambda row: row[0])
def test_symbols_are_called_as_the_page_says(row: list[str]) -> None:
    exchange, _, ticker = words(row[0])[0].rpartition(":")
    chart = Chart(ticker=ticker, exchange=exchange)

    for venue, cell in zip(("gateio", "shioaji"), row[1:], strict=True):
        if cell:
            assert [VENUES[venue].name(chart)] == words(cell)


def test_every_method_of_the_port_is_told() -> None:
    told = [words(row[0])[0] for row in table(ADDING, "method")]
    port = [
        name for each in (BrokerAdapter, BrokerReads) for name, value in vars(each).items()
        if callable(value) and not name.startswith("_")
    ]  # fmt: skip

    assert told == port


def files_naming(broker: str) -> list[str]:
    """The files that name a broker in their code: no docstring and no comment counts."""
    folders = ("broker_adapters", "handlers", "edge", "worker_runtime", "lambda_entry", "infra")
    return [
        str(path.relative_to(ROOT))
        for path in modules(*folders)
        if broker in said_in(ast.parse(path.read_text())).lower()
    ]


def said_in(code: ast.Module) -> str:
    for node in ast.walk(code):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            node.value.value = ""
    return ast.unparse(code)


def test_every_place_that_a_broker_is_named_in_is_told() -> None:
    rows = [*table(ADDING, "where"), *table(ADDING, "wherever")]
    told = {path for row in rows for path in words(row[0])}
    # What a broker's own folders hold, and an example in the API's description.
    own = ("broker_adapters/NAME/", "infra/local/doubles/NAME/", "edge/schema_examples.py")

    for broker in ("gateio", "shioaji"):
        there = {word.replace("NAME", broker) for word in (*told, *own)}
        assert [path for path in there if not [*ROOT.glob(path)]] == []
        assert [file for file in files_naming(broker) if not file.startswith(tuple(there))] == []
