"""API keys: for programs; the whole key is shown once."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from ipaddress import ip_network
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import msgspec
from litestar import delete, get, post
from litestar.params import JSONBody

from bus.ids import uuid7
from edge.api import values
from edge.api.paging import PLAIN_LIST, SpanGiven, by_age, page_in_memory
from edge.api.shapes import Page
from edge.door.access import tell_of_access
from edge.door.doing import DoerGiven
from edge.door.guards import needs
from edge.door.step_up import stepped_up
from edge.errors import ApiError, not_found
from edge.given import Caller, IdInPath, PortsGiven
from handlers.identity.tokens import KEY_PREFIX, hash_secret, new_secret
from handlers.records.people import NewKey

if TYPE_CHECKING:
    from edge.ports import Ports
    from handlers.records.access import Principal
    from handlers.records.people import KeyView

_READ = [needs("read")]
_ADMIN = [needs("admin"), stepped_up]
_TAGS = ["API keys"]


class Scope(StrEnum):
    """What a key may do."""

    READ = "read"
    TRADE = "trade"
    ADMIN = "admin"


class KeyWish(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A key to be made.

    Attributes:
        scopes: None that the caller lacks.
        expires_at: When it ends by itself; without it, never. A key made by a key ends with it.
        cidr: The network it may be used from; without it, everywhere.
    """

    name: str
    scopes: Annotated[list[Scope], msgspec.Meta(min_length=1, max_length=len(Scope))]
    expires_at: Annotated[datetime, msgspec.Meta(tz=True)] | None = None
    cidr: Annotated[str, msgspec.Meta(max_length=64)] | None = None


class KeyBody(msgspec.Struct, frozen=True, kw_only=True):
    """A key, without the key itself."""

    id: UUID
    name: str
    scopes: list[str]
    expires_at: datetime | None
    cidr: str | None
    last_used_at: datetime | None
    created_at: datetime


class NewKeyBody(KeyBody, frozen=True, kw_only=True):
    """A new key; `key` is shown in this reply alone."""

    key: str


@get("/api/api-keys", guards=_READ, tags=_TAGS, summary="List API keys", opt=PLAIN_LIST)
async def list_keys(ports: PortsGiven, principal: Caller, span: SpanGiven) -> Page[KeyBody]:
    """Return your keys, newest first, those that expired too."""
    rows = await ports.store.keys.keys(principal.user_id)
    return page_in_memory(rows, span, key=by_age, show=key_body)


@post("/api/api-keys", guards=_ADMIN, tags=_TAGS, summary="Create an API key")
async def create_key(
    ports: PortsGiven, principal: Caller, doer: DoerGiven, data: JSONBody[KeyWish]
) -> NewKeyBody:
    """Create a key; the reply alone shows it."""
    wanted = _read(ports, principal, data)
    key = new_secret(KEY_PREFIX)
    made = await ports.store.keys.add(
        principal.user_id, wanted, key_hash=hash_secret(key), deed=doer.does("api_key.create")
    )
    return NewKeyBody(**msgspec.structs.asdict(key_body(made)), key=key)


@delete("/api/api-keys/{key_id:uuid}", guards=_ADMIN, tags=_TAGS, summary="Revoke an API key")
async def revoke_key(
    ports: PortsGiven, principal: Caller, doer: DoerGiven, key_id: IdInPath
) -> None:
    """End a key at once."""
    deed = doer.does("api_key.revoke")
    if not await ports.store.keys.drop(principal.user_id, key_id, deed=deed):
        raise not_found("API key")
    await tell_of_access(ports, principal.user_id)


def key_body(key: KeyView) -> KeyBody:
    """Print a key."""
    return KeyBody(
        id=key.id,
        name=key.name,
        scopes=list(key.scopes),
        expires_at=key.expires_at,
        cidr=key.networks[0] if key.networks else None,
        last_used_at=key.last_used_at,
        created_at=key.created_at,
    )


def _read(ports: Ports, principal: Principal, data: KeyWish) -> NewKey:
    for scope in data.scopes:
        if scope not in principal.scopes:
            message = f"You lack the scope `{scope}` yourself."
            raise ApiError(403, "forbidden", message, field="scopes")
    return NewKey(
        id=uuid7(),
        name=values.name("name", data.name),
        scopes=tuple(dict.fromkeys(scope.value for scope in data.scopes)),
        expires_at=_end(ports, principal, data.expires_at),
        networks=(_network(data.cidr),) if data.cidr is not None else principal.networks,
    )


def _end(ports: Ports, principal: Principal, wanted: datetime | None) -> datetime | None:
    if wanted is not None and values.instant("expires_at", wanted) <= ports.clock.now():
        raise ApiError(400, "invalid_field", "expires_at is over already.", field="expires_at")
    if principal.session is not None or principal.expires_at is None:
        return wanted
    return min(wanted or principal.expires_at, principal.expires_at)


def _network(text: str) -> str:
    try:
        return str(ip_network(text.strip()))
    except ValueError as error:
        message = "cidr is a network such as 203.0.113.0/24."
        raise ApiError(400, "invalid_field", message, field="cidr") from error


ROUTES = (list_keys, create_key, revoke_key)
