"""What the address of a webhook says: the token, and how the alert is to be taken."""

from __future__ import annotations

from urllib.parse import parse_qs

import msgspec

from edge.errors import ApiError

_TRUE = frozenset({"", "true", "1"})
_FALSE = frozenset({"false", "0"})


class Address(msgspec.Struct, frozen=True, kw_only=True):
    """An address below `/webhook`.

    Attributes:
        token: `None` where the body holds it.
        is_dry: Nothing is to happen, only to be said.
        is_paper_only: The address asks for paper, whatever the strategy's mode.
    """

    token: str | None = None
    is_dry: bool = False
    is_paper_only: bool = False


_TOKEN_IN_BODY = Address()


def read_address(path: str, query: bytes) -> Address:
    """Read the path below `/webhook`, and the query of the older form.

    Raises:
        ApiError: 404 where there is no such address, 400 where the query cannot be read.
    """
    match path.strip("/").split("/"):
        case ["tradingview"]:
            return _TOKEN_IN_BODY
        case ["tradingview", token]:
            return Address(token=token)
        case ["tradingview", token, "dry-run"]:
            return Address(token=token, is_dry=True)
        case [token, "order"]:
            return Address(token=token, is_paper_only=_is_simulation(query))
        case _:
            raise ApiError(404, "not_found", "There is no webhook at this address.")


def _is_simulation(query: bytes) -> bool:
    """Read `simulation`; only an explicit false leaves the strategy's mode as it is."""
    values = parse_qs(query.decode("latin-1"), keep_blank_values=True).get("simulation", [""])
    words = {value.strip().lower() for value in values}
    if words <= _TRUE:
        return True
    if words <= _FALSE:
        return False
    raise ApiError(400, "invalid_mode", "simulation is true or false.", field="simulation")
