from __future__ import annotations

from pathlib import Path

from infra.local.demo import KeysGone
from infra.local.welcome import welcome

URL = "http://127.0.0.1:8000"
FOLDER = Path("/data")


def test_deleted_keys_are_told_with_the_ways_out() -> None:
    said = welcome(URL, KeysGone(has_broken_file=False), FOLDER)

    assert "/data/demo.json is not there" in said
    assert "keys cannot be had back" in said
    assert "remove the data folder\n  /data" in said


def test_broken_file_is_told_with_the_name_it_is_kept_under() -> None:
    said = welcome(URL, KeysGone(has_broken_file=True), FOLDER)

    assert "could not be read and is kept as demo.json.broken" in said


def test_nothing_is_said_of_a_demo_that_nobody_wanted() -> None:
    assert welcome(URL, None, FOLDER) == f"4pass is ready at {URL} (Ctrl-C ends it)\n"
