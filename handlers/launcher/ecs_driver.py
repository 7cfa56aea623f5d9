"""aiobotocore's client of ECS, loaded at the launcher's first call and not before."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from aiobotocore.config import AioConfig
from aiobotocore.session import get_session
from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError

from handlers.launcher.base import LauncherUnavailableError

if TYPE_CHECKING:
    from collections.abc import Generator
    from contextlib import AbstractAsyncContextManager

    from types_aiobotocore_ecs.client import ECSClient

    from handlers.launcher.ecs_settings import EcsSettings

_CONNECT_SECONDS = 2


def open_client(settings: EcsSettings) -> AbstractAsyncContextManager[ECSClient]:
    """Open a client; nothing is connected before its first call."""
    config = AioConfig(
        connect_timeout=_CONNECT_SECONDS,
        read_timeout=settings.answer_within.total_seconds(),
        # RunTask carries its client token, so that a second try starts no second task.
        retries={"total_max_attempts": 3, "mode": "standard"},
    )
    session = get_session()
    return session.create_client(  # pyright: ignore[reportUnknownMemberType] - it has one overload a service, most without stubs here
        "ecs", region_name=settings.region, endpoint_url=settings.endpoint_url, config=config
    )


@contextmanager
def translated() -> Generator[None]:
    """Turn what the driver raises into our error; all of it may pass, or be mended by a person."""
    try:
        yield
    except (ClientError, BotoCoreError, ResponseParserError, OSError) as error:
        # An OSError is also the TimeoutError of a deadline of ours.
        raise LauncherUnavailableError(str(error) or type(error).__name__) from error
