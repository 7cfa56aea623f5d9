"""A broker is known everywhere or nowhere: whoever adds one is told here what is missing."""

from __future__ import annotations

import json
from typing import get_args

import pytest

from broker_adapters.credentials import AnyCredentials
from broker_adapters.forms import FORMS, BrokerName
from broker_adapters.registry import BROKERS
from handlers.symbols import VENUES
from tests.contract.broker_adapters.grounds.all import GROUNDS
from tests.structure.rooms import CONTRACTS, ROOT, read_contracts

KNOWN = {*BROKERS}
FOLDERS = {f"broker_adapters.{name}" for name in BROKERS}


def test_broker_has_credentials_that_the_vault_can_open() -> None:
    tags = {kind.__struct_config__.tag for kind in get_args(AnyCredentials)}

    assert tags == KNOWN


def test_broker_has_a_form() -> None:
    assert {name.value for name in BrokerName} == KNOWN
    assert {name.value for name in FORMS} == KNOWN - {"paper"}


def test_broker_has_names_for_symbols() -> None:
    assert {*VENUES} == KNOWN


def test_broker_is_asked_the_points() -> None:
    assert {name.partition("-")[0] for name in GROUNDS} == KNOWN


@pytest.mark.parametrize("language", ["en", "zh-TW"])
def test_broker_has_words(language: str) -> None:
    words = json.loads((ROOT / "spa" / "src" / "i18n" / language / "accounts.json").read_text())

    assert {*words["brokers"]} == {*words["brokerHints"]} == KNOWN


@pytest.mark.parametrize(
    ("contract", "key"),
    [("brokers-apart", "modules"), ("brokers-behind-registry", "protected_modules")],
)
def test_broker_is_kept_apart(contract: str, key: str) -> None:
    assert {*read_contracts(CONTRACTS)[f"importlinter:contract:{contract}", key]} == FOLDERS
