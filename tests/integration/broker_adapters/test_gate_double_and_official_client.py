"""The official client, unmodified, against the double: it must take it for Gate."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import pytest

from tests.servers.gateio import KEY, SECRET, GateProcess, running_gate

if TYPE_CHECKING:
    from collections.abc import Iterator

PAIR = "BTC_USDT"
# The package has no types.
gate_api: Any = None


@pytest.fixture(scope="module")
def double() -> Iterator[GateProcess]:
    with running_gate("--no-limits") as process:
        yield process


@pytest.fixture(scope="module")
def client(double: GateProcess) -> Iterator[Any]:
    """The official client; its only setting is the address."""
    global gate_api  # noqa: PLW0603 - imported late: it is large, and warns while it is imported
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import gate_api as official  # noqa: PLC0415 - as said
    gate_api = official
    host = f"{double.address}/api/v4"
    configuration = gate_api.Configuration(host=host, key=KEY, secret=SECRET)
    configuration.retries = False
    api = gate_api.ApiClient(configuration)
    yield api
    api.rest_client.pool_manager.clear()


@pytest.fixture
def spot(client: Any) -> Any:
    return gate_api.SpotApi(client)


@pytest.fixture
def futures(client: Any) -> Any:
    return gate_api.FuturesApi(client)


def a_spot_order(**fields: Any) -> Any:
    defaults = {
        "currency_pair": PAIR,
        "side": "buy",
        "amount": "0.01",
        "price": "50000",
        "text": "t-official",
    }
    return gate_api.Order(**{**defaults, **fields})


def a_futures_order(**fields: Any) -> Any:
    defaults = {"contract": PAIR, "size": "5", "price": "50000", "tif": "gtc", "text": "t-official"}
    return gate_api.FuturesOrder(**{**defaults, **fields})


def test_spot_limit_order_is_placed_found_by_text_listed_and_cancelled(spot: Any) -> None:
    placed = spot.create_order(a_spot_order(text="t-spot-limit"))
    by_text = spot.get_order("t-spot-limit", PAIR)
    (group,) = spot.list_all_open_orders()
    listed = spot.list_orders(PAIR, "open")
    cancelled = spot.cancel_order(placed.id, PAIR)

    assert placed.status == "open"
    assert by_text.id == placed.id
    assert [order.id for order in group.orders] == [placed.id]
    assert [order.id for order in listed] == [placed.id]
    assert (cancelled.status, cancelled.finish_as) == ("cancelled", "cancelled")
    with pytest.raises(gate_api.exceptions.GateApiException) as refused:
        spot.get_order("t-spot-limit", PAIR)
    assert refused.value.label == "CLIENT_ID_NOT_FOUND"


def test_spot_market_purchase_is_in_money_and_shows_in_trades_and_balances(spot: Any) -> None:
    order = a_spot_order(
        type="market", amount="600", price=None, time_in_force="ioc", text="t-spot-market"
    )

    placed = spot.create_order(order)

    assert (placed.status, placed.filled_amount) == ("closed", "0.01")
    (trade,) = spot.list_my_trades(currency_pair=PAIR, order_id=placed.id)
    assert (trade.text, trade.amount, trade.price) == ("t-spot-market", "0.01", "60000")
    coins = {account.currency: account.available for account in spot.list_spot_accounts()}
    assert coins["BTC"] == "0.01"


def test_perpetual_is_opened_found_listed_and_closed(futures: Any) -> None:
    opened = futures.create_futures_order(
        "usdt", a_futures_order(price="0", tif="ioc", text="t-perp-open")
    )
    by_text = futures.get_futures_order("usdt", "t-perp-open")
    (held,) = futures.list_positions("usdt", holding=True)
    closed = futures.create_futures_order(
        "usdt",
        a_futures_order(size="0", price="0", tif="ioc", close=True, text="t-perp-close"),
    )

    assert (opened.status, opened.finish_as, opened.left) == ("finished", "filled", "0")
    assert by_text.id == opened.id
    assert (held.size, held.mode, held.entry_price) == ("5", "single", "60000")
    assert closed.size == "-5"
    assert futures.list_positions("usdt", holding=True) == []
    trades = futures.get_my_trades("usdt", contract=PAIR)
    assert {trade.text for trade in trades} == {"t-perp-open", "t-perp-close"}


def test_perpetual_limit_order_is_listed_and_cancelled(futures: Any) -> None:
    placed = futures.create_futures_order("usdt", a_futures_order(text="t-perp-limit"))
    listed = futures.list_futures_orders("usdt", "open", contract=PAIR)
    cancelled = futures.cancel_futures_order("usdt", str(placed.id))
    finished = futures.list_futures_orders("usdt", "finished", contract=PAIR)

    assert [order.id for order in listed] == [placed.id]
    assert cancelled.finish_as == "cancelled"
    assert placed.id in {order.id for order in finished}


def test_dual_mode_keeps_both_sides(futures: Any) -> None:
    futures.set_dual_mode("usdt", dual_mode=True)
    try:
        for size in ("3", "-2"):
            futures.create_futures_order("usdt", a_futures_order(size=size, price="0", tif="ioc"))
        held = futures.list_positions("usdt", holding=True)
        for side in ("close_long", "close_short"):
            order = a_futures_order(
                size="0", price="0", tif="ioc", reduce_only=True, auto_size=side
            )
            futures.create_futures_order("usdt", order)

        assert {(each.mode, each.size) for each in held} == {
            ("dual_long", "3"),
            ("dual_short", "-2"),
        }
        assert futures.list_futures_accounts("usdt").in_dual_mode is True
        assert futures.list_positions("usdt", holding=True) == []
    finally:
        futures.set_dual_mode("usdt", dual_mode=False)


def test_rules_of_pairs_and_contracts_are_read(spot: Any, futures: Any) -> None:
    pair = spot.get_currency_pair(PAIR)
    contract = futures.get_futures_contract("usdt", PAIR)
    (ticker,) = spot.list_tickers(currency_pair=PAIR)

    assert (pair.amount_precision, pair.precision) == (6, 2)
    assert contract.quanto_multiplier == "0.0001"
    assert ticker.lowest_ask == "60000"
    assert spot.get_system_time().server_time > 0


def test_late_order_is_refused_and_does_not_exist(spot: Any, double: GateProcess) -> None:
    with pytest.raises(gate_api.exceptions.GateApiException) as refused:
        spot.create_order(a_spot_order(text="t-late"), x_gate_exptime=1)

    assert refused.value.label == "REQUEST_EXPIRED"
    assert [order for order in double.ledger().orders if order.text == "t-late"] == []


def test_wrong_secret_is_refused(double: GateProcess) -> None:
    host = f"{double.address}/api/v4"
    stranger = gate_api.ApiClient(gate_api.Configuration(host=host, key=KEY, secret="other"))

    with pytest.raises(gate_api.exceptions.GateApiException) as refused:
        gate_api.SpotApi(stranger).list_spot_accounts()
    stranger.rest_client.pool_manager.clear()

    assert refused.value.label == "INVALID_SIGNATURE"


def test_official_clients_order_is_found_by_nobody_elses_eyes(double: GateProcess) -> None:
    ledger = double.ledger()

    assert {order.key for order in ledger.orders} == {KEY}
    assert ledger.posts["t-spot-market"] == 1
