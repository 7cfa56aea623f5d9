"""Whatever the audit log can tell of has words, so that nobody reads a code there."""

from __future__ import annotations

import json
import re

from tests.structure.rooms import ROOT
from tests.structure.sources import modules

# `doer.does("thing.verb")` and `action="thing.verb"`; one that is put together names both its ends.
_PLAIN = re.compile(r'(?:\bdoes\(|\baction=)"(?P<action>[a-z_]+\.[a-z_]+)"')
_EITHER = re.compile(
    r"\bdoes\(f\"(?P<thing>[a-z_]+\.)\{'(?P<one>[a-z_]+)' if [^}]* else '(?P<other>[a-z_]+)'\}"
)


def actions() -> set[str]:
    found: set[str] = set()
    for path in modules("edge", "handlers", "worker_runtime", "infra"):
        text = path.read_text()
        found |= {match["action"] for match in _PLAIN.finditer(text)}
        for match in _EITHER.finditer(text):
            found |= {match["thing"] + match["one"], match["thing"] + match["other"]}
    return found


def test_every_action_of_the_audit_log_has_words() -> None:
    words = json.loads((ROOT / "spa/src/i18n/en/security.json").read_text())["actions"]

    assert {action.replace(".", "_") for action in actions()} == words.keys()
