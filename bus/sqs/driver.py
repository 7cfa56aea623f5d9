"""aiobotocore, which nothing else here imports: 40 MB and half a second, for who calls alone."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from aiobotocore.config import AioConfig
from aiobotocore.session import get_session
from botocore.exceptions import BotoCoreError, ClientError
from botocore.loaders import create_loader
from botocore.parsers import ResponseParserError

from bus.errors import TransportUnavailableError
from bus.sqs.errors import failure_of

if TYPE_CHECKING:
    from collections.abc import Generator
    from contextlib import AbstractAsyncContextManager

    from types_aiobotocore_sqs.client import SQSClient

    from bus.sqs_settings import SqsSettings

LONGEST_WAIT_SECONDS = 20
_CONNECT_SECONDS = 2
# Every waiting stream holds one connection, and sends go beside them.
_CONNECTIONS = 64
# Reads the package's files, which describe AWS's APIs, and keeps them: nine tenths of what it takes
# to make a client, of which a process has several.
_DESCRIPTIONS = create_loader()


def open_client(settings: SqsSettings) -> AbstractAsyncContextManager[SQSClient]:
    """Open a client; nothing is connected before its first call."""
    config = AioConfig(
        connect_timeout=_CONNECT_SECONDS,
        read_timeout=settings.answer_within.total_seconds() + LONGEST_WAIT_SECONDS,
        max_pool_connections=_CONNECTIONS,
        # A second try is safe for every verb here, and one idle connection in many is stale.
        retries={"total_max_attempts": 2, "mode": "standard"},
        parameter_validation=False,
    )
    session = get_session()
    session.register_component("data_loader", _DESCRIPTIONS)
    return session.create_client(  # pyright: ignore[reportUnknownMemberType] - it has one overload a service, most without stubs here
        "sqs",
        region_name=settings.region,
        endpoint_url=settings.endpoint_url,
        aws_access_key_id="nobody" if settings.signs_as_nobody else None,
        aws_secret_access_key="nothing" if settings.signs_as_nobody else None,
        config=config,
    )


@contextmanager
def translated() -> Generator[None]:
    """Turn what the driver raises into our errors."""
    try:
        yield
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code", "")
        raise failure_of(code, str(error)) from error
    except (BotoCoreError, ResponseParserError, OSError) as error:
        # An OSError is also the TimeoutError of a deadline of ours.
        raise TransportUnavailableError(str(error) or type(error).__name__) from error
