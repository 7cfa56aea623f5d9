"""What can be opened an account at, and what each asks for: forms are drawn from this."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

import msgspec
from litestar import get

from broker_adapters.forms import FORMS, BrokerName
from bus.values import Mode
from edge.door.guards import needs

if TYPE_CHECKING:
    from broker_adapters.forms import Form


class FieldKind(StrEnum):
    """How a field is asked for."""

    TEXT = "text"
    SECRET = "secret"  # noqa: S105 - the name of a kind
    CERTIFICATE = "certificate"


# Whatever is not named here is hidden while it is typed.
_KINDS = {
    "api_key": FieldKind.TEXT,
    "person_id": FieldKind.TEXT,
    "ca": FieldKind.CERTIFICATE,
}


class FieldBody(msgspec.Struct, frozen=True, kw_only=True):
    """One of a broker's credentials. A `certificate` is a .pfx file, sent as base64."""

    name: str
    kind: FieldKind
    required: bool


class BrokerBody(msgspec.Struct, frozen=True, kw_only=True):
    """A broker and its form.

    Attributes:
        modes: What an account there may trade.
        practice: The option by which a paper account there moves no real money; its mode sets it.
        credentials: In the order in which they are asked for; none for a paper account.
    """

    broker: BrokerName
    modes: list[Mode]
    practice: str | None
    credentials: list[FieldBody]


class BrokersBody(msgspec.Struct, frozen=True, kw_only=True):
    """All brokers."""

    items: list[BrokerBody]


@get("/api/brokers", guards=[needs("read")], tags=["Accounts"], summary="List brokers")
async def list_brokers() -> BrokersBody:
    """Return what an account may be opened at, and the credentials that each asks for."""
    return BrokersBody(items=[_body(broker, FORMS.get(broker)) for broker in BrokerName])


def _body(broker: BrokerName, form: Form | None) -> BrokerBody:
    if form is None:
        return BrokerBody(broker=broker, modes=[Mode.PAPER], practice=None, credentials=[])
    fields = [
        FieldBody(
            name=field.name,
            kind=_KINDS.get(field.name, FieldKind.SECRET),
            required=field.required,
        )
        for field in msgspec.structs.fields(form.credentials)
    ]
    return BrokerBody(
        broker=broker, modes=[Mode.PAPER, Mode.LIVE], practice=form.practice, credentials=fields
    )


ROUTES = (list_brokers,)
