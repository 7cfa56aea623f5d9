"""Accounts: where orders go. Credentials come in, are sealed, and are never shown again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from litestar import delete, get, post, put
from litestar.params import JSONBody, QueryParameter

from broker_adapters.forms import BrokerName
from bus.ids import uuid7
from bus.values import AccountId, Mode
from edge.alerts.dispatch import tell_of_account
from edge.api import values
from edge.api.account_shapes import AccountBody, NewAccount, account_body
from edge.api.broker_forms import (
    hint_of,
    read_credentials,
    read_options,
    require_credentials,
)
from edge.api.key_change import kept_while_open, require_same_account
from edge.api.own import forget_everywhere, own_account
from edge.api.paging import PLAIN_LIST, SpanGiven, by_age, page_in_memory
from edge.api.shapes import Page
from edge.door.doing import DoerGiven
from edge.door.guards import needs
from edge.door.step_up import require_second_factor, stepped_up
from edge.errors import ApiError, not_found
from edge.given import Caller, IdInPath, PortsGiven
from handlers.records.accounts import Account, AccountState
from handlers.store.accounts import NewCredentials
from handlers.vault.base import SealContext

if TYPE_CHECKING:
    from uuid import UUID

    from broker_adapters.credentials import Credentials
    from bus.values import UserId
    from edge.ports import Ports
    from handlers.records.access import Principal
    from handlers.records.audit import Deed

_READ = [needs("read")]
_ADMIN = [needs("admin")]
_FRESH = [needs("admin"), stepped_up]
_TAGS = ["Accounts"]
OtherAccountQuery = Annotated[
    bool,
    QueryParameter(
        description="They may be of another account at the venue, whatever is open at this one."
    ),
]


@get("/api/accounts", guards=_READ, tags=_TAGS, summary="List accounts", opt=PLAIN_LIST)
async def list_accounts(ports: PortsGiven, principal: Caller, span: SpanGiven) -> Page[AccountBody]:
    """Return your accounts, newest first."""
    rows = await ports.store.catalogue.accounts(principal.user_id)
    return page_in_memory(rows, span, key=by_age, show=account_body)


@get("/api/accounts/{account_id:uuid}", guards=_READ, tags=_TAGS, summary="Read one account")
async def read_account(ports: PortsGiven, principal: Caller, account_id: IdInPath) -> AccountBody:
    """Return an account."""
    return account_body(await own_account(ports, principal.user_id, account_id))


@post("/api/accounts", guards=_FRESH, tags=_TAGS, summary="Create an account")
async def create_account(
    ports: PortsGiven, principal: Caller, doer: DoerGiven, data: JSONBody[NewAccount]
) -> AccountBody:
    """Create an account; its credentials are sealed before they are written anywhere."""
    account, secret = _read(data, principal)
    if account.mode is Mode.LIVE:
        await require_second_factor(ports, principal)
    await _refuse_taken(ports, principal, account.name)
    sealed = None if secret is None else await _sealed(ports, account, secret)
    deed = doer.does("account.create")
    return account_body(await ports.store.catalogue.add_account(account, sealed, deed=deed))


@put(
    "/api/accounts/{account_id:uuid}/credentials",
    guards=_FRESH,
    status_code=200,
    tags=_TAGS,
    summary="Replace an account's credentials",
)
async def replace_credentials(  # noqa: PLR0913 - who asks, a path, a body and a query
    ports: PortsGiven,
    principal: Caller,
    doer: DoerGiven,
    account_id: IdInPath,
    data: JSONBody[dict[str, Any]],
    *,
    other_account: OtherAccountQuery = False,
) -> AccountBody:
    """Take these credentials from now on; what is under way is finished with the old ones.

    While orders or positions are open, your worker tries them first, for up to 10 s: if they are of
    another account at the venue the old ones stay, 409 `venue_account_changed`. A venue that does
    not answer then is asked when the session is opened; till then nothing is sent.
    """
    user = principal.user_id
    account = await own_account(ports, user, account_id)
    secret = require_credentials(BrokerName(account.broker), data)
    reading = doer.does("account.credentials_read")
    old = None if other_account else await kept_while_open(ports, account, reading)
    sealed, deed = await _sealed(ports, account, secret), doer.does("account.credentials")
    if not await ports.store.accounts.put_credentials(
        user, account.id, sealed, is_other=other_account, deed=deed
    ):
        raise not_found("account")
    await tell_of_account(ports, user, account.id)
    if old is not None:
        await require_same_account(ports, account, old, doer.does("account.credentials_kept"))
    return account_body(await own_account(ports, user, account_id))


@post(
    "/api/accounts/{account_id:uuid}/enable",
    guards=_FRESH,
    status_code=200,
    tags=_TAGS,
    summary="Enable an account",
)
async def enable_account(
    ports: PortsGiven, doer: DoerGiven, principal: Caller, account_id: IdInPath
) -> AccountBody:
    """Let orders be sent to the account again."""
    account = await own_account(ports, principal.user_id, account_id)
    if account.mode is Mode.LIVE:
        await require_second_factor(ports, principal)
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


@delete(
    "/api/accounts/{account_id:uuid}",
    guards=_ADMIN,
    tags=_TAGS,
    summary="Delete an account",
)
async def delete_account(
    ports: PortsGiven, principal: Caller, doer: DoerGiven, account_id: IdInPath
) -> None:
    """Forget an account and its credentials; its orders and fills stay.

    409 `orders_working` while one of its orders is not over.
    """
    wanted, deed = AccountId(account_id), doer.does("account.delete")
    if not await ports.store.accounts.delete(principal.user_id, wanted, deed=deed):
        raise not_found("account")
    await forget_everywhere(ports, principal.user_id)
    await tell_of_account(ports, principal.user_id, wanted)


def _read(data: NewAccount, principal: Principal) -> tuple[Account, Credentials | None]:
    """Take an account as it was asked for, or refuse it by the field's name."""
    if data.sealed_credentials is not None:
        message = "Credentials are sealed here, not by who sends them."
        hint = "Send credentials instead, over TLS."
        raise ApiError(400, "unsupported", message, field="sealed_credentials", hint=hint)
    if data.broker is BrokerName.PAPER and data.mode is not Mode.PAPER:
        raise ApiError(400, "invalid_mode", "A paper account trades on paper.", field="mode")
    account = Account(
        id=AccountId(uuid7()),
        user_id=principal.user_id,
        name=values.name("name", data.name),
        broker=data.broker.value,
        mode=data.mode,
        options=read_options(data.broker, data.mode, data.options),
    )
    return account, read_credentials(data.broker, data.credentials)


async def _sealed(ports: Ports, account: Account, secret: Credentials) -> NewCredentials:
    context = SealContext(user=account.user_id, account=account.id, broker=account.broker)
    return NewCredentials(sealed=await ports.sealer.seal(secret, context), hint=hint_of(secret))


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
    await tell_of_account(ports, user, wanted)
    return account_body(await own_account(ports, user, account_id))


ROUTES = (
    list_accounts,
    read_account,
    create_account,
    replace_credentials,
    enable_account,
    disable_account,
    delete_account,
)
