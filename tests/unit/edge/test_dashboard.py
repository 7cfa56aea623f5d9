"""The dashboard's files over HTTP: what is cached, what is compressed, and what stays a 404."""

from __future__ import annotations

import gzip
import os
from typing import TYPE_CHECKING

import pytest

from edge.settings import EdgeSettings
from tests.unit.edge.house import a_house

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.unit.edge.house import House

pytestmark = pytest.mark.anyio

PAGE = b"<!doctype html><title>the page</title>"
SCRIPT = b"console.log('the script')"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A build: a page, a script in three forms, a picture, and what is nobody's business."""
    (tmp_path / "assets").mkdir()
    (tmp_path / ".vite").mkdir()
    (tmp_path / "index.html").write_bytes(PAGE)
    (tmp_path / "assets/index-a1b2.js").write_bytes(SCRIPT)
    (tmp_path / "assets/index-a1b2.js.br").write_bytes(b"smallest")
    (tmp_path / "assets/index-a1b2.js.gz").write_bytes(gzip.compress(SCRIPT))
    (tmp_path / "icon.svg").write_bytes(b"<svg/>")
    (tmp_path / ".vite/manifest.json").write_bytes(b"{}")
    return tmp_path


@pytest.fixture
async def house(folder: Path) -> AsyncIterator[House]:
    async with a_house(settings=EdgeSettings(dashboard=folder)) as opened:
        yield opened


@pytest.mark.parametrize(
    "address", ["/", "/orders", "/orders/01a205d0?state=filled", "/sign-in?link=x", "/apiary"]
)
async def test_every_deep_link_gets_the_page(house: House, address: str) -> None:
    answer = await house.client.get(address)

    assert (answer.status_code, answer.content) == (200, PAGE)
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "address",
    ["/api", "/api/nowhere", "/api/orders/x/y", "/assets/old-9z.js", "/health/x",
     "/webhook", "/webhook/x/y/z"],
)  # fmt: skip
async def test_what_belongs_to_programs_is_never_a_page(house: House, address: str) -> None:
    answer = await house.client.get(address)

    assert answer.status_code in {404, 405}
    assert answer.headers["content-type"].startswith("application/json")


async def test_hashed_file_is_kept_for_ever(house: House) -> None:
    answer = await house.client.get("/assets/index-a1b2.js")

    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
    assert answer.content == SCRIPT


async def test_file_without_a_hash_is_not_kept(house: House) -> None:
    answer = await house.client.get("/icon.svg")

    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-type"] == "image/svg+xml"


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("gzip, deflate, br", "br"),
        ("gzip", "gzip"),
        ("gzip, br;q=0", "gzip"),
        ("br; q=0.000, gzip;q=0.5", "gzip"),
        ("br;q=0.5", "br"),
        ("identity", None),
        ("", None),
    ],
)
async def test_browser_gets_the_smallest_form_that_it_takes(
    house: House, accepted: str, coding: str | None
) -> None:
    asked = house.client.build_request(
        "GET", "/assets/index-a1b2.js", headers={"accept-encoding": accepted}
    )
    answer = await house.client.send(asked, stream=True)
    sent = b"".join([piece async for piece in answer.aiter_raw()])

    assert answer.headers.get("content-encoding") == coding
    assert answer.headers["vary"] == "accept-encoding"
    assert sent.startswith({"br": b"smallest", "gzip": b"\x1f\x8b", None: SCRIPT}[coding])


@pytest.mark.parametrize("address", ["/.vite/manifest.json", "/assets/../../secret.json"])
async def test_hidden_and_foreign_files_are_not_served(house: House, address: str) -> None:
    answer = await house.client.get(address)

    assert answer.content != b"{}"
    assert answer.status_code in {200, 404}


async def test_new_build_shows_without_a_restart(house: House, folder: Path) -> None:
    await house.client.get("/")
    (folder / "index.html").write_bytes(b"anew")
    os.utime(folder / "index.html", ns=(1, 1))

    assert (await house.client.get("/")).content == b"anew"


async def test_missing_build_says_how_to_make_it(house: House, folder: Path) -> None:
    (folder / "index.html").unlink()

    answer = await house.client.get("/orders")

    assert answer.status_code == 503
    assert "make dashboard" in answer.text


async def test_page_takes_no_other_method(house: House) -> None:
    answer = await house.client.post("/orders")

    assert answer.status_code == 405
