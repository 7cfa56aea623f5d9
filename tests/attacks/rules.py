"""The rules of security, each with the tests that try it; what is for later says so.

A rule without a test, or a test that is not there, turns `test_rules` red; `report` writes the
table of how they went.
"""

from __future__ import annotations

import tomllib
from pathlib import Path

import msgspec


class Rule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One rule.

    Attributes:
        tests: `file::function`, in every form that the function has.
        later: What of it is not there yet, or is tried elsewhere than in a test.
    """

    area: str
    rule: str
    tests: tuple[str, ...] = ()
    later: str = ""


def _rules() -> tuple[Rule, ...]:
    written = tomllib.loads(Path(__file__).with_suffix(".toml").read_text())
    return msgspec.convert(written["rule"], tuple[Rule, ...])


RULES = _rules()
# Every part of the design has a rule.
AREAS = (
    "Webhook token", "Four layers", "Rate limits", "Proxy trust", "Passwords", "Login abuse",
    "TOTP", "Sessions", "CSRF", "API keys", "Tenancy", "Broker credentials", "In memory", "Headers",
    "Input", "SSRF", "Logs and audit", "Supply chain", "Defaults", "IAM",
)  # fmt: skip
