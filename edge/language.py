"""Which language a caller reads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from litestar import Request


def language_of(request: Request[Any, Any, Any]) -> str:
    """Return the first language that the caller takes; all but Chinese is answered in English."""
    first = request.headers.get("accept-language", "").strip().lower()
    return "zh-TW" if first.startswith("zh") else "en"
