"""Where the queues of the local profile are: on Valkey, or on what plays SQS."""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio
import msgspec

from bus.errors import BusError
from bus.open import create_queues
from bus.settings import read_settings
from infra.local import settings as names
from infra.local.embedded import open_emulator
from infra.local.embedded.emulator import NAME
from infra.local.errors import PartFailedError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from contextlib import AsyncExitStack

    from infra.local.settings import LocalSettings
    from infra.local.supervising.parts import Part

TRIES = 5
PAUSE_S = 0.5
# The embedded server wants requests signed and does not look by whom; and no real key goes there.
NOBODY: Mapping[str, str] = {
    "AWS_ACCESS_KEY_ID": "nobody",
    "AWS_SECRET_ACCESS_KEY": "nothing",
    "AWS_SESSION_TOKEN": "",
    "AWS_EC2_METADATA_DISABLED": "true",
}


async def open_queues(
    stack: AsyncExitStack,
    settings: LocalSettings,
    environment: Mapping[str, str],
    *,
    on_change: Callable[[Part], None],
) -> Mapping[str, str]:
    """Start what plays SQS unless it is named, and make the queues; return what to tell children.

    Where the queues are on Valkey there is nothing to do.

    Raises:
        PartFailedError: It did not come up, or refuses the queues.
    """
    if settings.queues != "sqs":
        return {}
    if settings.aws_endpoint_url is not None:
        await make_queues(environment, settings.aws_endpoint_url, is_ours=False)
        return {}

    async def furnish(url: str) -> None:
        await make_queues(environment, url, is_ours=True)

    opened = open_emulator(settings.data_dir, furnish=furnish, on_change=on_change)
    url = (await stack.enter_async_context(opened)).url
    return {names.AWS_VARIABLE: url, **NOBODY}


async def make_queues(environment: Mapping[str, str], url: str, *, is_ours: bool) -> None:
    """Make all queues as they are in the cloud; those that are there are made so.

    Raises:
        PartFailedError: They could not be made.
    """
    settings = read_settings({**environment, names.AWS_VARIABLE: url})
    if settings.sqs is not None:
        sqs = msgspec.structs.replace(settings.sqs, signs_as_nobody=is_ours)
        settings = msgspec.structs.replace(settings, sqs=sqs)
    for left in reversed(range(TRIES)):
        try:
            await create_queues(settings)
        except BusError as error:
            if not left:
                raise PartFailedError(NAME, f"the queues could not be made: {error}") from error
            await anyio.sleep(PAUSE_S)
        else:
            return
