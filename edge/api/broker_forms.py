"""Takes the credentials and options that a broker asks of an account, strictly.

No error here repeats what was sent: it might be a secret in the wrong place.
"""

from __future__ import annotations

import base64
import binascii
import re
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from broker_adapters.forms import FORMS, BrokerName
from bus.values import Mode
from edge.errors import ApiError

if TYPE_CHECKING:
    from broker_adapters.credentials import Credentials

_LONGEST_TEXT = 512
_LONGEST_CERTIFICATE = 48 * 1024
_LEAST_KEY_FOR_HINT = 12
_HINT_LETTERS = 4
_FIELD = re.compile(r"field `(\w+)`|`\$\.(\w+)`")
_Form = TypeVar("_Form", bound=msgspec.Struct)


def read_options(broker: BrokerName, mode: Mode, given: dict[str, Any]) -> dict[str, Any]:
    """Return an account's options, with what they leave open decided by its mode.

    Raises:
        ApiError: 400; an option is unknown or of the wrong kind, or a paper account would trade
            with real money.
    """
    form = FORMS.get(broker)
    if form is None:
        if given:
            raise ApiError(400, "invalid_field", "A paper account has no options.", field="options")
        return {}
    options = _decode("options", given, form.options)
    wanted: bool | None = getattr(options, form.practice)
    if mode is Mode.PAPER and wanted is False:
        raise ApiError(
            400,
            "invalid_mode",
            f"A paper account at {broker.value} trades with play money alone.",
            field=f"options.{form.practice}",
            hint=f"Leave options.{form.practice} out, or ask for mode live.",
        )
    return {form.practice: mode is Mode.PAPER if wanted is None else wanted}


def read_credentials(broker: BrokerName, given: dict[str, Any] | None) -> Credentials | None:
    """Return a new account's credentials; `None` for a paper account, which has none.

    Raises:
        ApiError: As `require_credentials` does.
    """
    if given is None and broker not in FORMS:
        return None
    return require_credentials(broker, given)


def require_credentials(broker: BrokerName, given: dict[str, Any] | None) -> Credentials:
    """Return the credentials of an account that has some.

    Raises:
        ApiError: 400; one is missing, unknown or of the wrong kind, or the account is a paper one.
    """
    form = FORMS.get(broker)
    if form is None:
        message = "A paper account has no credentials."
        raise ApiError(400, "invalid_field", message, field="credentials")
    if given is None:
        message = f"An account at {broker.value} needs credentials."
        raise ApiError(400, "missing_field", message, field="credentials")
    secret = _decode("credentials", _stripped(given), form.credentials)
    for name in secret.__struct_fields__:
        _require_text(name, getattr(secret, name))
    _require_certificate(secret)
    return secret


def hint_of(secret: Credentials) -> str:
    """Return the last four letters of a key's public name; none of a short one."""
    key: str = getattr(secret, "api_key", "")
    return key[-_HINT_LETTERS:] if len(key) >= _LEAST_KEY_FOR_HINT else ""


def _stripped(given: dict[str, Any]) -> dict[str, Any]:
    """Take away the blanks and line ends that come along when a key is pasted."""
    return {
        name: value.strip() if isinstance(value, str) and name != "ca_password" else value
        for name, value in given.items()
    }


def _decode(field: str, given: dict[str, Any], form: type[_Form]) -> _Form:
    try:
        return msgspec.convert(given, form)
    except msgspec.ValidationError as error:
        told = str(error)
    found = _FIELD.search(told)
    inner = (found[1] or found[2]) if found else ""
    known = inner in form.__struct_fields__
    name = f"{field}.{inner}" if known else field
    if "missing required" in told:
        raise ApiError(400, "missing_field", f"{name} is missing.", field=name)
    problem = "is not of the right kind." if known else "holds what is not known here."
    hint = "It takes " + ", ".join(form.__struct_fields__) + "."
    raise ApiError(400, "invalid_field", f"{name} {problem}", field=name, hint=hint)


def _require_text(name: str, text: str | None) -> None:
    if text is None:
        return
    longest = _LONGEST_CERTIFICATE if name == "ca" else _LONGEST_TEXT
    if not 0 < len(text) <= longest or not text.isprintable():
        field = f"credentials.{name}"
        message = f"{field} is 1 to {longest} printable characters."
        raise ApiError(400, "invalid_field", message, field=field)


def _require_certificate(secret: Credentials) -> None:
    """A certificate is base64 and comes with its password; what is in it, the broker says."""
    certificate, password = getattr(secret, "ca", None), getattr(secret, "ca_password", None)
    if (certificate is None) != (password is None):
        field = "credentials.ca" if certificate is None else "credentials.ca_password"
        message = "A certificate and its password are given together."
        raise ApiError(400, "missing_field", message, field=field)
    try:
        base64.b64decode(certificate or "", validate=True)
    except (binascii.Error, ValueError):
        message = "credentials.ca is not base64."
        hint = "Send the .pfx file's bytes as base64, without line ends."
        raise ApiError(400, "invalid_field", message, field="credentials.ca", hint=hint) from None
