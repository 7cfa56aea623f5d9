"""Second factors by RFC 6238: seeds, codes and the time steps they are good for; pure."""

from __future__ import annotations

import hmac
import secrets
from typing import TYPE_CHECKING

import pyotp
from pyotp.totp import TOTP

if TYPE_CHECKING:
    from datetime import datetime

STEP_S = 30
_DIGITS = 6
# One step back and ahead: clocks differ, and people type slowly (RFC 6238, 5.2).
_DRIFT = (0, -1, 1)
_RECOVERY_CODES = 10
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
_CODE_LETTERS = 12


def new_seed() -> str:
    """Draw a seed of 160 bit, as base32, which is what authenticator apps take."""
    return pyotp.random_base32()


def uri_of(seed: str, *, email: str) -> str:
    """Return what a QR code shows an authenticator app."""
    return TOTP(seed).provisioning_uri(name=email, issuer_name="4pass")


def step_of(seed: str, code: str, now: datetime) -> int | None:
    """Return the time step that a code belongs to, about now; `None` if it is none's."""
    typed = "".join(code.split())
    if len(typed) != _DIGITS or not (typed.isascii() and typed.isdecimal()):
        return None
    generator = TOTP(seed)
    current = int(now.timestamp()) // STEP_S
    matching = [
        current + drift
        for drift in _DRIFT
        if hmac.compare_digest(generator.at((current + drift) * STEP_S), typed)
    ]
    return matching[0] if matching else None


def new_recovery_codes() -> list[str]:
    """Draw ten codes of 59 bit, in two groups that can be read out."""
    return ["-".join((_letters(), _letters())) for _ in range(_RECOVERY_CODES)]


def canonical_recovery_code(code: str) -> str:
    """Return one spelling of a recovery code, however it was typed."""
    return "".join(letter for letter in code.lower() if letter.isalnum())


def is_recovery_code(code: str) -> bool:
    """Say whether something looks like a recovery code, and not like an app's code."""
    return len(canonical_recovery_code(code)) == _CODE_LETTERS


def _letters() -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(_CODE_LETTERS // 2))
