from __future__ import annotations

from pathlib import Path

from infra.local.demo import Demo, KeysGone, Made
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


def test_demo_user_is_shown_the_one_time_link() -> None:
    demo = Demo(
        base_url=URL, email="d@4pass.invalid", password="p", api_key="fp_k", webhook_url="w",
        webhook_token="t", strategy_id="s", account_id="a", user_id="u",
    )  # fmt: skip

    said = welcome(URL, Made(demo=demo, link=f"{URL}/sign-in?link=secret"), FOLDER)

    assert f"\n  {URL}/sign-in?link=secret\n" in said
    assert "fp_k" not in said


def test_nothing_is_said_of_a_demo_that_nobody_wanted() -> None:
    assert welcome(URL, None, FOLDER) == f"4pass is ready at {URL} (Ctrl-C ends it)\n"
