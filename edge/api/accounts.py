"""Accounts: where orders go."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any
from uuid import UUID

import msgspec
from litestar import get, post
from litestar.params import JSONBody

from bus.ids import uuid7
from bus.values import AccountId, Mode
from edge.api import values
from edge.api.own import forget_everywhere, one_of
from edge.api.paging import PLAIN_LIST, SpanGiven, page_in_memory
from edge.api.shapes import Page
from edge.doing import DoerGiven
from edge.errors import ApiError, not_found
from edge.given import Caller, IdInPath, PortsGiven
from edge.guards import needs
from handlers.records import Account, AccountState, Principal

if TYPE_CHECKING:
    from bus.values import UserId
    from edge.ports import Ports
    from handlers.audit import Deed

_READ = [needs("read")]
_ADMIN = [needs("admin")]
_TAGS = ["Accounts"]
_BEGINNING = datetime.min.replace(tzinfo=UTC)


class BrokerName(StrEnum):
    """The venues that an account may be at."""

    PAPER = "paper"
    GATEIO = "gateio"
    SHIOAJI = "shioaji"


class NewAccount(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An account to be made. `credentials` are write-only: no reply ever shows them."""

    name: str
    broker: BrokerName
    mode: Mode = Mode.PAPER
    options: dict[str, Any] = {}
    credentials: dict[str, str] | None = None
    sealed_credentials: str | None = None


class AccountBody(msgspec.Struct, frozen=True, kw_only=True):
    """An account, without its credentials."""

    id: UUID
    name: str
    broker: str
    mode: Mode
    state: AccountState
    created_at: datetime | None


@get("/api/accounts", guards=_READ, tags=_TAGS, summary="List accounts", opt=PLAIN_LIST)
async def list_accounts(ports: PortsGiven, principal: Caller, span: SpanGiven) -> Page[AccountBody]:
    """Return your accounts, newest first."""
    rows = await ports.store.catalogue.accounts(principal.user_id)
    return page_in_memory(rows, span, key=_key, show=account_body)


@post("/api/accounts", guards=_ADMIN, tags=_TAGS, summary="Create an account")
async def create_account(
    ports: PortsGiven, principal: Caller, doer: DoerGiven, data: JSONBody[NewAccount]
) -> AccountBody:
    """Create a paper account."""
    _check(data)
    name = values.name("name", data.name)
    await _refuse_taken(ports, principal, name)
    account = await ports.store.catalogue.add_account(
        Account(
            id=AccountId(uuid7()),
            user_id=principal.user_id,
            name=name,
            broker=data.broker.value,
            mode=data.mode,
        ),
        deed=doer.does("account.create"),
    )
    return account_body(account)


@post(
    "/api/accounts/{account_id:uuid}/enable",
    guards=_ADMIN,
    status_code=200,
    tags=_TAGS,
    summary="Enable an account",
)
async def enable_account(
    ports: PortsGiven, doer: DoerGiven, principal: Caller, account_id: IdInPath
) -> AccountBody:
    """Let orders be sent to the account again."""
    deed = doer.does("account.enable")
    return await _set_state(ports, principal.user_id, account_id, AccountState.ENABLED, deed)


@post(
    "/api/accounts/{account_id:uuid}/disable",
    guards=_ADMIN,
    status_code=200,
    tags=_TAGS,
    summary="Disable an account",
)
async def disable_account(
    ports: PortsGiven, doer: DoerGiven, principal: Caller, account_id: IdInPath
) -> AccountBody:
    """Let no order be sent to the account; what is queued for it is denied when its turn comes."""
    deed = doer.does("account.disable")
    return await _set_state(ports, principal.user_id, account_id, AccountState.DISABLED, deed)


def account_body(account: Account) -> AccountBody:
    """Print an account."""
    return AccountBody(
        id=account.id,
        name=account.name,
        broker=account.broker,
        mode=account.mode,
        state=account.state,
        created_at=account.created_at,
    )


def _check(data: NewAccount) -> None:
    if data.broker is not BrokerName.PAPER:
        raise ApiError(
            400,
            "unsupported",
            f"This version cannot trade at {data.broker.value}.",
            field="broker",
            hint="Create a paper account.",
        )
    if data.mode is not Mode.PAPER:
        message = "A paper account trades on paper."
        raise ApiError(400, "invalid_mode", message, field="mode")
    for field in ("options", "credentials", "sealed_credentials"):
        if getattr(data, field):
            message = f"A paper account has no {field}."
            raise ApiError(400, "invalid_field", message, field=field)


async def _refuse_taken(ports: Ports, principal: Principal, name: str) -> None:
    """Refuse a name that is in use: alerts select accounts by their names."""
    for account in await ports.store.catalogue.accounts(principal.user_id):
        if account.name.casefold() == name.casefold():
            message = "You have an account of this name already."
            raise ApiError(409, "already_exists", message, field="name")


async def _set_state(
    ports: Ports, user: UserId, account_id: UUID, state: AccountState, deed: Deed
) -> AccountBody:
    wanted, catalogue = AccountId(account_id), ports.store.catalogue
    if not await catalogue.set_account_state(user, wanted, state, deed=deed):
        raise not_found("account")
    await forget_everywhere(ports, user)
    return account_body(one_of(await catalogue.accounts(user), wanted, "account"))


def _key(account: Account) -> tuple[datetime, str]:
    return account.created_at or _BEGINNING, str(account.id)


ROUTES = (list_accounts, create_account, enable_account, disable_account)
