"""The SDK's client as the adapter uses it: same names, same arguments, callbacks on a thread.

Held to the installed SDK's signatures by a test.
"""

# ruff: noqa: ANN401, FBT001, FBT002 - the signatures are the SDK's

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from infra.local.doubles.shioaji import objects
from infra.local.doubles.shioaji.refusal import Refused
from infra.local.doubles.shioaji.sdk import sj

if TYPE_CHECKING:
    from infra.local.doubles.shioaji.line import Line

Callback = Callable[..., Any]
_LONGEST_MS = 30000


class Contracts:
    """`api.contracts`."""

    def __init__(self, ask: Callable[..., Any]) -> None:
        self._ask = ask

    def get(
        self, code: str, region: Any = None, security_type: Any = None, exchange: Any = None
    ) -> Any:
        """Look a contract up."""
        del region, security_type, exchange
        found = self._ask("contract", code=code)
        return None if found is None else objects.base_contract(found)

    def info(self, base: Any) -> Any:
        """Return a contract's fields."""
        found = self._ask("info", code=base.code)
        return None if found is None else objects.Thing(**found)


class DoubleShioaji:
    """`shioaji.Shioaji`, without SinoPac."""

    line: Line

    def __init__(
        self, simulation: bool | None = None, proxy: str | None = None, vpn: bool | None = None
    ) -> None:
        del proxy, vpn
        self._is_simulated = simulation is not False
        self._token: str | None = None
        self._accounts: list[Any] = []
        self._trades: dict[str, Any] = {}
        self._callbacks: dict[str, Callback] = {}
        self._person = ""
        self.contracts = Contracts(self._ask)

    @property
    def stock_account(self) -> Any:
        """The stock account."""
        return self._account("S")

    @property
    def futopt_account(self) -> Any:
        """The futures account."""
        return self._account("F")

    def login(
        self,
        api_key: str,
        secret_key: str,
        subscribe_trade: bool = True,
        receive_window: int = 30000,
        force_refresh: bool = False,
    ) -> list[Any]:
        """Open a session; it leaves a token in `SJ_HOME_PATH`, as the SDK does."""
        del subscribe_trade, receive_window, force_refresh
        opened = self._ask("login", key=api_key, secret=secret_key, simulation=self._is_simulated)
        self._token = opened["token"]
        self._accounts = [objects.account(each) for each in opened["accounts"]]
        home = Path(os.environ.get("SJ_HOME_PATH", Path.home() / ".shioaji"))
        home.mkdir(parents=True, exist_ok=True)
        (home / "token.json").write_text(json.dumps({"token": self._token}))
        threading.Thread(target=self._listen, args=(self._token,), daemon=True).start()
        return list(self._accounts)

    def logout(self) -> None:
        """Give the session's place back."""
        token, self._token = self._token, None
        self.line.ask("logout", token, {})

    def list_accounts(self) -> list[Any]:
        """Return the accounts."""
        self._require_login()
        return list(self._accounts)

    def activate_ca(self, ca_path: str, ca_passwd: str, person_id: str | None = None) -> bool:
        """Read a certificate's file, which must exist."""
        if not Path(ca_path).read_bytes():
            raise sj.CaError("empty certificate")
        self._person = person_id or ""
        return self._ask("activate_ca", password=ca_passwd)

    def get_ca_expiretime(self, person_id: str) -> datetime:
        """Return when the certificate ends."""
        del person_id
        return datetime.fromtimestamp(self._ask("ca_expires")).astimezone()

    def place_order(
        self,
        contract: Any,
        order: Any,
        timeout: int | None = _LONGEST_MS,
        cb: Callback | None = None,
    ) -> Any:
        """Place an order of the SDK's own type."""
        del cb
        asked = {name: _plain(value) for name, value in order.dict().items() if name != "account"}
        asked["code"] = contract.target_code or contract.code
        shown = self._ask("place", timeout_ms=timeout or 0, order=asked)
        return self._keep(shown)

    def cancel_order(
        self, trade: Any, timeout: int | None = _LONGEST_MS, cb: Callback | None = None
    ) -> Any:
        """Cancel an order that the cache knows."""
        del timeout, cb
        if trade.order.id not in self._trades:
            msg = f"Trade {trade.order.id} not found in cache"
            raise sj.BadRequestError(msg)
        return self._keep(self._ask("cancel", order_id=trade.order.id))

    def update_status(
        self,
        account: Any = None,
        *,
        trade: Any = None,
        timeout: int | None = _LONGEST_MS,
        cb: Callback | None = None,
    ) -> None:
        """Read an account's orders of the day into the cache."""
        del timeout, cb
        whose = trade.order.account if account is None and trade is not None else account
        accounts = self._accounts if whose is None else [whose]
        for each in accounts:
            kind = "S" if each.account_type == sj.AccountType.Stock else "F"
            for shown in self._ask("trades", kind=kind):
                self._keep(shown)

    def list_trades(self) -> list[Any]:
        """Return the cache."""
        self._require_login()
        return list(self._trades.values())

    def trade_cache_health(self, account: Any) -> Any:
        """Tell whether the cache may lack something."""
        del account
        return objects.health(has_gap=self._ask("gap"))

    def list_positions(
        self,
        account: Any = None,
        unit: Any = None,
        timeout: int | None = _LONGEST_MS,
        cb: Callback | None = None,
    ) -> list[Any]:
        """Return positions; of stocks in shares, if asked for."""
        del timeout, cb
        is_stock = account is None or account.account_type == sj.AccountType.Stock
        held = self._ask("positions", kind="S" if is_stock else "F")
        if is_stock and unit != sj.Unit.Share:
            held = [each | {"quantity": each["quantity"] // 1000} for each in held]
        return [objects.position(each) for each in held]

    def account_balance(
        self, account: Any = None, timeout: int | None = _LONGEST_MS, cb: Callback | None = None
    ) -> Any:
        """Return the stock account's money."""
        del account, timeout, cb
        return objects.Thing(acc_balance=self._ask("money"), date="", errmsg="")

    def margin(
        self, account: Any = None, timeout: int | None = _LONGEST_MS, cb: Callback | None = None
    ) -> Any:
        """Return the futures account's money."""
        del account, timeout, cb
        return objects.Thing(**self._ask("margin"))

    def set_order_callback(self, callback: Callback) -> None:
        """Be told of orders; needs a login."""
        self._require_login()
        self._callbacks["order"] = callback

    def set_event_callback(self, callback: Callback) -> None:
        """Be told of the connection."""
        self._callbacks["event"] = callback

    def set_session_down_callback(self, callback: Callback) -> None:
        """Be told when the session ends; needs a login."""
        self._require_login()
        self._callbacks["down"] = callback

    def _listen(self, token: str) -> None:
        """Hand what is told to the callbacks, on this thread."""
        try:
            while (told := self.line.next_told(token)) is not None:
                self._hand_on(told)
                if told["kind"] == "down":
                    return
        except (Refused, OSError):
            return

    def _hand_on(self, told: dict[str, Any]) -> None:
        callback = self._callbacks.get(told["kind"])
        if callback is None:
            return
        if told["kind"] == "order":
            callback(sj.OrderState(told["state"]), objects.Event(told["event"]))
        elif told["kind"] == "event":
            callback(0, told["code"], told["info"], "session")
        else:
            callback()

    def _account(self, kind: str) -> Any:
        wanted = sj.AccountType.Stock if kind == "S" else sj.AccountType.Future
        return next((each for each in self._accounts if each.account_type == wanted), None)

    def _keep(self, shown: dict[str, Any]) -> Any:
        trade = objects.trade(shown)
        self._trades[trade.order.id] = trade
        return trade

    def _require_login(self) -> None:
        if self._token is None:
            raise sj.AuthError("Not authenticated")

    def _ask(self, question: str, **asked: Any) -> Any:
        try:
            return self.line.ask(question, self._token, asked)
        except Refused as refused:
            raise getattr(sj, refused.error)(refused.text) from None


def _plain(value: Any) -> Any:
    return getattr(value, "value", value)


class DoubleSdk:
    """The module `shioaji` with another client in it."""

    def __init__(self, line: Line) -> None:
        self.Shioaji = type("Shioaji", (DoubleShioaji,), {"line": line})

    def __getattr__(self, name: str) -> Any:
        return getattr(sj, name)
