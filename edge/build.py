"""The dashboard's build as it lies on disk: every file in memory, as it is and compressed."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import msgspec

DEFAULT_FOLDER = Path(__file__).resolve().parents[1] / "spa" / "dist"
_INDEX = "index.html"
_PACKED = {"br": ".br", "gzip": ".gz"}
_TYPES = {
    ".css": "text/css",
    ".html": "text/html",
    ".ico": "image/x-icon",
    ".js": "text/javascript",
    ".json": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".webmanifest": "application/manifest+json",
    ".woff2": "font/woff2",
}


class BuiltFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file of the build.

    Attributes:
        packed: The same by content coding (RFC 9110, 8.4.1), smallest first.
        is_hashed: Its name changes with what is in it.
    """

    media_type: str
    plain: bytes
    packed: dict[str, bytes]
    is_hashed: bool


class Build(msgspec.Struct, frozen=True, kw_only=True):
    """A whole build: its files by their address, and the page that every deep link gets."""

    files: dict[str, BuiltFile]
    index: BuiltFile


def find_build(folder: Path) -> Build | None:
    """Return the build that lies there now, read once; nothing where there is none."""
    try:
        made_at = (folder / _INDEX).stat().st_mtime_ns
    except OSError:
        return None
    return _read(folder, made_at)


@lru_cache(maxsize=2)
def _read(folder: Path, _made_at: int) -> Build:
    paths = [
        path
        for path in folder.rglob("*")
        if path.suffix in _TYPES and not _is_hidden(path.relative_to(folder))
    ]
    files = {f"/{path.relative_to(folder).as_posix()}": _file(path) for path in paths}
    return Build(files=files, index=files.pop(f"/{_INDEX}"))


def _is_hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)


def _file(path: Path) -> BuiltFile:
    packed = {
        coding: Path(f"{path}{ending}").read_bytes()
        for coding, ending in _PACKED.items()
        if Path(f"{path}{ending}").is_file()
    }
    return BuiltFile(
        media_type=_TYPES[path.suffix],
        plain=path.read_bytes(),
        packed=packed,
        is_hashed=path.parent.name == "assets",
    )
