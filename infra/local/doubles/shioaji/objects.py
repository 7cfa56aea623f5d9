"""What the SDK's own classes cannot be made into from Python, duck for duck."""

# ruff: noqa: ANN401 - the SDK is not typed for us

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

from infra.local.doubles.shioaji.sdk import sj

_TAIPEI = timezone(timedelta(hours=8))


class Thing:
    """Attributes, and `dict()` for those who want them all."""

    def __init__(self, **fields: Any) -> None:
        self.__dict__.update(fields)

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(name)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(self.__dict__)})"

    def dict(self) -> dict[str, Any]:
        """Return the fields."""
        return dict(self.__dict__)


class Event(dict[str, Any]):
    """An event as a callback gets it: a mapping that cannot be told from the SDK's."""


def account(fields: dict[str, Any]) -> Any:
    """Return the SDK's own account."""
    kind = sj.AccountType.Stock if fields["account_type"] == "S" else sj.AccountType.Future
    named = {name: fields[name] for name in ("person_id", "broker_id", "account_id")}
    return sj.Account(kind, **named, signed=fields["signed"], username=fields["username"])


def base_contract(fields: dict[str, Any]) -> Any:
    """Return the SDK's own contract."""
    return sj.BaseContract(
        fields["security_type"], fields["exchange"], fields["code"], fields["target_code"]
    )


def trade(fields: dict[str, Any]) -> Thing:
    """Return a `Trade`."""
    order, status = dict(fields["order"]), dict(fields["status"])
    deals = [Thing(**deal, datetime=_local(deal["ts"])) for deal in status.pop("deals")]
    known = {"PendingSubmit", "PreSubmitted", "Submitted", "PartFilled", "Filled"}
    known |= {"Cancelled", "Failed", "Inactive"}
    word = status.pop("status")
    return Thing(
        contract=Thing(**fields["contract"]),
        order=Thing(
            **order
            | {
                "account": account(order["account"]),
                "action": sj.Action(order["action"]),
                "order_type": sj.OrderType(order["time_in_force"]),
            }
        ),
        status=Thing(
            **status,
            status=sj.OrderStatus(word) if word in known else word,
            order_datetime=_local(status["order_ts"]),
            modified_time=None,
            deals=deals,
        ),
    )


def position(fields: dict[str, Any]) -> Thing:
    """Return a position."""
    return Thing(**fields | {"direction": sj.Action(fields["direction"])})


def health(*, has_gap: bool) -> Thing:
    """Return what `trade_cache_health` tells."""
    state = sj.TradeCacheHealthState
    if not has_gap:
        return Thing(state=state.Healthy, reasons=[])
    code = sj.TradeCacheHealthReasonCode.SequenceGap
    reason = Thing(event_type=sj.OrderState("SORDER"), reason=code)
    return Thing(state=state.Degraded, reasons=[reason])


def _local(stamp: float) -> datetime:
    return datetime.fromtimestamp(stamp, _TAIPEI)
