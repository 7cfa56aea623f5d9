"""What the adapter uses of SinoPac's SDK, which has no types that hold: narrowed here, once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

Thing = Any
"""An object of the SDK; only `mapping` looks into it."""


class ContractBook(Protocol):
    """`api.contracts`."""

    def get(self, code: str) -> Thing | None:
        """Look a contract up."""
        ...

    def info(self, base: Thing) -> Thing | None:
        """Return a contract's fields."""
        ...


class Client(Protocol):
    """`shioaji.Shioaji`: every call blocks, and callbacks come on a thread of the SDK's own."""

    @property
    def contracts(self) -> ContractBook: ...  # noqa: D102 - the SDK's own
    @property
    def stock_account(self) -> Thing | None: ...  # noqa: D102 - the SDK's own
    @property
    def futopt_account(self) -> Thing | None: ...  # noqa: D102 - the SDK's own

    def login(self, api_key: str, secret_key: str) -> Sequence[Thing]: ...  # noqa: D102 - the SDK's own
    def logout(self) -> Thing: ...  # noqa: D102 - the SDK's own
    def activate_ca(self, ca_path: str, ca_passwd: str, person_id: str | None = None) -> bool: ...  # noqa: D102 - the SDK's own
    def get_ca_expiretime(self, person_id: str) -> Thing: ...  # noqa: D102 - the SDK's own
    def place_order(self, contract: Thing, order: Thing, timeout: int) -> Thing: ...  # noqa: D102 - the SDK's own
    def cancel_order(self, trade: Thing, timeout: int) -> Thing: ...  # noqa: D102 - the SDK's own
    def update_status(self, account: Thing, *, timeout: int) -> None: ...  # noqa: D102 - the SDK's own
    def list_trades(self) -> Sequence[Thing]: ...  # noqa: D102 - the SDK's own
    def trade_cache_health(self, account: Thing) -> Thing: ...  # noqa: D102 - the SDK's own
    def list_positions(self, account: Thing, unit: Thing = None) -> Sequence[Thing]: ...  # noqa: D102 - the SDK's own
    def account_balance(self, account: Thing) -> Thing: ...  # noqa: D102 - the SDK's own
    def margin(self, account: Thing) -> Thing: ...  # noqa: D102 - the SDK's own
    def set_order_callback(self, callback: Callable[[Thing, Mapping[str, Any]], None]) -> None: ...  # noqa: D102 - the SDK's own
    def set_event_callback(self, callback: Callable[[int, int, str, str], None]) -> None: ...  # noqa: D102 - the SDK's own
    def set_session_down_callback(self, callback: Callable[[], None]) -> None: ...  # noqa: D102 - the SDK's own


class Sdk(Protocol):
    """The module `shioaji`, or what stands in for it."""

    Shioaji: Callable[..., Client]
    StockOrder: Callable[..., Thing]
    FuturesOrder: Callable[..., Thing]
    Unit: Thing
