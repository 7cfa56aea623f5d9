"""Where SinoPac's SDK may write, and what is said where it is not installed."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from broker_adapters.errors import InvalidOptionsError
from broker_adapters.shioaji.driver import load_sdk, private_home

if TYPE_CHECKING:
    from pathlib import Path


def base_of(root: Path) -> Path:
    return root / f"4pass-shioaji-{os.getuid()}"


def test_home_is_this_process_s_own_and_nobody_else_can_look_in(tmp_path: Path) -> None:
    home = private_home(tmp_path)

    assert home == base_of(tmp_path) / str(os.getpid())
    assert {place.stat().st_mode & 0o777 for place in (home, home.parent)} == {0o700}


def test_home_of_a_dead_process_is_removed(tmp_path: Path) -> None:
    left = private_home(tmp_path).parent / "999999999"
    left.mkdir()
    (left / "token.json").write_text("{}")

    private_home(tmp_path)

    assert not left.exists()


def test_place_that_others_can_read_is_refused(tmp_path: Path) -> None:
    base_of(tmp_path).mkdir(mode=0o755)

    with pytest.raises(InvalidOptionsError, match="alone"):
        private_home(tmp_path)


def test_place_that_leads_elsewhere_is_refused(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir(mode=0o700)
    base_of(tmp_path).symlink_to(elsewhere)

    with pytest.raises(InvalidOptionsError):
        private_home(tmp_path)


def test_missing_sdk_is_said_in_words() -> None:
    with pytest.raises(InvalidOptionsError, match="not installed"):
        load_sdk("no_such_sdk")
