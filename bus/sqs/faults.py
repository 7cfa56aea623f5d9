"""What SQS and the way to it can say instead of an answer, as errors of ours."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError

from bus.errors import BusError, RefusedError, TransportUnavailableError

if TYPE_CHECKING:
    from collections.abc import Generator

# What repeating does not mend, because the message itself is at fault. All else may pass: a queue
# that is not made yet, a permission or a key that is being changed, a throttle, a fault of theirs.
_OUR_FAULT = frozenset(
    {
        "BatchRequestTooLong",
        "InvalidMessageContents",
        "InvalidParameterValue",
        "MissingParameter",
        "UnsupportedOperation",
    }
)
# How SQS says that a receipt holds nothing any more.
_RUN_OUT = frozenset({"InvalidParameterValue", "MessageNotInflight", "ReceiptHandleIsInvalid"})
_NO_QUEUE = frozenset({"NonExistentQueue", "QueueDoesNotExist"})


class ReceiptRunOutError(BusError):
    """The receipt holds nothing any more; settling with it has no effect."""


class QueueMissingError(TransportUnavailableError):
    """There is no such queue now; it may be made in a moment."""


@contextmanager
def translated() -> Generator[None]:
    """Turn what the driver raises into our errors."""
    try:
        yield
    except ClientError as error:
        raise failure_of(code_of(error), str(error)) from error
    except (BotoCoreError, ResponseParserError, OSError) as error:
        # An OSError is also the TimeoutError of a deadline of ours.
        raise TransportUnavailableError(str(error) or type(error).__name__) from error


@contextmanager
def translated_receipt() -> Generator[None]:
    """As `translated`, around a call whose only parameter that can be wrong is a receipt."""
    with translated():
        try:
            yield
        except ClientError as error:
            if code_of(error) in _RUN_OUT:
                raise ReceiptRunOutError(str(error)) from error
            raise


def failure_of(code: str, text: str) -> BusError:
    """Return what a code of SQS's means."""
    if code in _NO_QUEUE:
        return QueueMissingError(text)
    return RefusedError(text) if code in _OUR_FAULT else TransportUnavailableError(text)


def code_of(error: ClientError) -> str:
    """Return SQS's code without the name space that older protocols put before it."""
    return plain_code(error.response.get("Error", {}).get("Code", ""))


def plain_code(code: str) -> str:
    """Take a code's name space off, and the `Exception` that a newer protocol adds."""
    return code.rpartition(".")[2].removesuffix("Exception")
