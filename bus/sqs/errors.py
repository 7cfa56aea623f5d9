"""What SQS can say instead of doing what it was asked, as errors of ours."""

from __future__ import annotations

from bus.errors import BusError, RefusedError, TransportUnavailableError

# What repeating does not mend, because the message itself is at fault. All else may pass: a queue
# that is not made yet, a permission or a key that is being changed, a throttle, a fault of theirs.
_OUR_FAULT = frozenset(
    {
        "BatchRequestTooLong",
        "InvalidAttributeValue",
        "InvalidMessageContents",
        "InvalidParameterValue",
        "MissingParameter",
        "UnsupportedOperation",
    }
)
_RUN_OUT = frozenset({"MessageNotInflight", "ReceiptHandleIsInvalid"})


class ReceiptRunOutError(BusError):
    """The receipt holds nothing any more; settling with it has no effect."""


def failure_of(code: str, text: str) -> BusError:
    """Return what a code of SQS's means, with or without the name space of older protocols."""
    plain = code.rpartition(".")[2].removesuffix("Exception")
    if plain in _RUN_OUT:
        return ReceiptRunOutError(text)
    return RefusedError(text) if plain in _OUR_FAULT else TransportUnavailableError(text)
