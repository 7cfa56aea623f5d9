"""What the record must be told."""

from __future__ import annotations

import pytest

from handlers.store.open import StoreSettings


def test_the_address_comes_from_the_environment() -> None:
    address = "postgresql://here/db"

    assert StoreSettings.from_env({"FOURPASS_DATABASE_URL": address}).database_url == address


@pytest.mark.parametrize("environ", [{}, {"FOURPASS_DATABASE_URL": ""}])
def test_a_missing_address_is_named(environ: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="FOURPASS_DATABASE_URL"):
        StoreSettings.from_env(environ)


def test_the_password_in_the_address_is_not_printed() -> None:
    settings = StoreSettings(database_url="postgresql://me:hush@here/db")

    assert "hush" not in repr(settings)
