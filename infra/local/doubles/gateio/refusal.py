"""How the double refuses: a label, a message, and the status that Gate gives with it."""

from __future__ import annotations

_STATUS = {
    "INVALID_KEY": 401,
    "INVALID_SIGNATURE": 401,
    "MISSING_REQUIRED_HEADER": 401,
    "FORBIDDEN": 403,
    "READ_ONLY": 403,
    "REQUEST_EXPIRED": 403,
    "ORDER_NOT_FOUND": 404,
    "CLIENT_ID_NOT_FOUND": 404,
    "POSITION_NOT_FOUND": 404,
    "CONTRACT_NOT_FOUND": 404,
    "NOT_FOUND": 404,
    "METHOD_NOT_ALLOWED": 405,
    "TOO_MANY_REQUESTS": 429,
}


class Refused(Exception):  # noqa: N818 - it is an answer, not a failure
    """The request is refused in Gate's own words."""

    def __init__(self, label: str, message: str = "") -> None:
        super().__init__(label)
        self.label = label
        self.message = message or label.lower().replace("_", " ")

    @property
    def status(self) -> int:
        """The HTTP status."""
        return _STATUS.get(self.label, 400)
