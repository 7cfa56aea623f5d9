"""The demo user of a first start: a paper account, an armed strategy, and the keys to both.

The secrets are drawn and written down before anything is made with them, so that a start that was
killed in between goes on with the same ones.
"""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import UUID

import msgspec
import structlog

from broker_adapters.registry import open_paper_venue, set_paper_price
from bus.ids import uuid7
from bus.values import AccountId, Mode, StrategyId, UserId
from edge.alerts.webhook_tokens import new_webhook_token, webhook_url
from handlers.errors import AlreadyExistsError
from handlers.identity.links import new_link
from handlers.identity.passwords import Passwords
from handlers.identity.tokens import hash_secret
from handlers.records.accounts import Account, Strategy, StrategyState
from handlers.records.people import NewKey
from handlers.store.open import StoreSettings, open_store

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from bus.values import Clock
    from handlers.store.base import Store

FILE_NAME = "demo.json"
BROKEN_NAME = "demo.json.broken"
_SCOPES = ("read", "trade", "admin")
_PRICES: Mapping[str, Decimal] = {
    "BTCUSDT": Decimal(64000),
    "ETHUSDT": Decimal(3100),
    "SOLUSDT": Decimal(150),
    "TXFR1": Decimal(23000),
}

log: structlog.stdlib.BoundLogger = structlog.get_logger("up")


class Demo(msgspec.Struct, frozen=True, kw_only=True):
    """What `demo.json` holds; never printed as a whole."""

    base_url: str
    email: str
    password: str
    api_key: str
    webhook_url: str
    webhook_token: str
    strategy_id: str
    account_id: str
    user_id: str

    def __repr__(self) -> str:
        return f"Demo(base_url={self.base_url!r}, email={self.email!r})"


class Made(msgspec.Struct, frozen=True, kw_only=True):
    """The demo user, and a link that signs in as it once, within 30 minutes."""

    demo: Demo
    link: str

    def __repr__(self) -> str:
        return "Made()"


class KeysGone(msgspec.Struct, frozen=True, kw_only=True):
    """There are users, but no file with the demo user's keys.

    Attributes:
        has_broken_file: There was a file that could not be read; it was put aside.
    """

    has_broken_file: bool


async def make_demo(
    data_dir: Path, *, database_url: str, base_url: str, clock: Clock
) -> Made | KeysGone:
    """Make the demo user once; its URLs and its sign-in link are new at every start.

    Returns:
        The demo and its link; or that there are users already and no keys: the record has
        hashes alone.
    """
    path = data_dir / FILE_NAME
    settings = StoreSettings(database_url=database_url, pool_size=2, deadline_s=10.0)
    async with open_store(settings, clock) as store:
        demo = _read(path)
        if demo is None or not await _is_known(store, demo):
            if demo is None and await store.identity.has_users():
                return KeysGone(has_broken_file=path.with_name(BROKEN_NAME).exists())
            demo = demo or _draw(base_url)
            _write(path, demo)
            await _make(store, demo)
            await _set_prices(database_url, demo, clock)
        user = UserId(_uuid(demo.user_id))
        link = await new_link(store.passwords, user, base_url=base_url)
    demo = _addressed(demo, base_url)
    _write(path, demo)
    return Made(demo=demo, link=link)


def _draw(base_url: str) -> Demo:
    token = new_webhook_token()
    return Demo(
        base_url=base_url,
        email="demo@4pass.invalid",
        password=secrets.token_urlsafe(18),
        api_key=f"fp_{secrets.token_urlsafe(32)}",
        webhook_url=webhook_url(base_url, token),
        webhook_token=token,
        strategy_id=str(uuid7()),
        account_id=str(uuid7()),
        user_id=str(uuid7()),
    )


def _addressed(demo: Demo, base_url: str) -> Demo:
    return msgspec.structs.replace(
        demo, base_url=base_url, webhook_url=webhook_url(base_url, demo.webhook_token)
    )


async def _is_known(store: Store, demo: Demo) -> bool:
    """Say whether the record has all of it; the strategy is made last.

    A key or a password that its owner did away with since does not come back.
    """
    strategies = await store.catalogue.strategies(UserId(_uuid(demo.user_id)))
    return _uuid(demo.strategy_id) in {strategy.id for strategy in strategies}


async def _make(store: Store, demo: Demo) -> None:
    """Make what is not there yet, in the order of what needs what."""
    user, account = UserId(_uuid(demo.user_id)), AccountId(_uuid(demo.account_id))
    with suppress(AlreadyExistsError):
        hashed = await Passwords().hash(demo.password)
        await store.identity.add_user(user, email=demo.email, password_hash=hashed)
    with suppress(AlreadyExistsError):
        key = NewKey(id=uuid7(), name="demo", scopes=_SCOPES)
        await store.keys.add(user, key, key_hash=hash_secret(demo.api_key))
    if account not in {each.id for each in await store.catalogue.accounts(user)}:
        await store.catalogue.add_account(
            Account(id=account, user_id=user, name="Paper", broker="paper", mode=Mode.PAPER)
        )
    await store.catalogue.add_strategy(
        Strategy(
            id=StrategyId(_uuid(demo.strategy_id)),
            user_id=user,
            name="Demo",
            state=StrategyState.ACTIVE,
            mode=Mode.PAPER,
            accounts=(account,),
        ),
        token_hash=hash_secret(demo.webhook_token),
    )


async def _set_prices(database_url: str, demo: Demo, clock: Clock) -> None:
    async with open_paper_venue(database_url, clock=clock) as venue:
        for symbol, price in _PRICES.items():
            owner = UserId(_uuid(demo.user_id))
            await set_paper_price(venue, owner=owner, symbol=symbol, price=price)


def _read(path: Path) -> Demo | None:
    """Read the file; one that cannot be understood is put aside, where a person can look at it."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Demo)
    except FileNotFoundError:
        return None
    except msgspec.DecodeError:
        aside = path.replace(path.with_name(BROKEN_NAME))
        log.warning("demo_file_unreadable", kept_as=str(aside))
        return None


def _write(path: Path, demo: Demo) -> None:
    """Replace the file in one step; nobody else may ever read it."""
    draft = path.with_suffix(".new")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(msgspec.json.format(msgspec.json.encode(demo), indent=2) + b"\n")
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def _uuid(text: str) -> UUID:
    return UUID(text)
