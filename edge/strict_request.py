"""Requests whose JSON is read strictly: exact numbers, no key twice, or a 400 that says why."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any, NoReturn

import anyio
from litestar import Request
from litestar.datastructures import State
from litestar.exceptions import InternalServerException
from typing_extensions import override

from edge.errors import ApiError
from handlers.records.access import Principal

_PATIENCE = 10.0


class StrictRequest(Request[Principal, Any, State]):
    """What API handlers are given; a number never passes through a float."""

    @override
    async def body(self) -> bytes:
        try:
            with anyio.fail_after(_PATIENCE):
                return await super().body()
        except TimeoutError as error:
            message = f"The body did not arrive within {_PATIENCE:.0f} s."
            raise ApiError(408, "request_timeout", message) from error
        except InternalServerException as error:
            # Litestar's word for a caller that went away: nobody hears the answer.
            raise ApiError(400, "client_gone", "The body broke off.") from error

    @override
    async def json(self) -> Any:
        body = await self.body()
        try:
            return json.loads(
                body.decode("utf-8") or "null",
                parse_float=Decimal,
                parse_constant=_refuse_constant,
                object_pairs_hook=_object,
            )
        except RecursionError as error:
            raise ApiError(400, "too_deep", "The body is nested too deeply.") from error
        except ValueError as error:
            raise _malformed(error) from error


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise ApiError(400, "duplicate_key", f"{key} is given twice.", field=key)
        found[key] = value
    return found


def _refuse_constant(name: str) -> NoReturn:
    raise ApiError(400, "malformed_json", f"{name} is no JSON.")


def _malformed(error: ValueError) -> ApiError:
    if isinstance(error, json.JSONDecodeError):
        where = error.lineno, error.colno
        return ApiError(400, "malformed_json", f"The body is no JSON: {error.msg}.", at=where)
    if isinstance(error, UnicodeDecodeError):
        return ApiError(400, "not_utf8", "The body is no UTF-8 text.")
    return ApiError(400, "malformed_json", "The body is no JSON: a number is too long.")
