"""The application as its server sees it: alerts take the short way, all else Litestar's router."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING, Any

from litestar import Litestar
from litestar.plugins.core import MsgspecDIPlugin
from typing_extensions import override

from edge.alerts.webhooks import is_webhook, serve_webhook
from edge.error_replies import FAILED

if TYPE_CHECKING:
    from litestar.plugins import PluginProtocol
    from litestar.types import (
        LifeSpanReceive,
        LifeSpanScope,
        LifeSpanSend,
        Receive,
        Scope,
        Send,
    )

# What was made since the last round, and what outlived one.
_YOUNG = 1


class Front(Litestar):
    """Litestar, but for one address: on the way to it the router costs as much as the record."""

    @staticmethod
    @override
    def _get_default_plugins(plugins: list[PluginProtocol]) -> list[PluginProtocol]:
        """Bodies are msgspec's; pydantic, where it is installed, would cost 0.2 s of each start."""
        return [*plugins, MsgspecDIPlugin()]

    @override
    async def __call__(
        self,
        scope: Scope | LifeSpanScope,
        receive: Receive | LifeSpanReceive,
        send: Send | LifeSpanSend,
    ) -> None:
        """Serve one request, or the application's life."""
        if scope["type"] != "http":
            await super().__call__(scope, receive, send)
        elif is_webhook(scope["path"]):
            await serve_webhook(self.state.ports, scope, receive, send)
        else:
            try:
                await super().__call__(scope, receive, send)
            finally:
                _forget(scope.get("state", {}))


def _forget(state: dict[str, Any]) -> None:
    """Let go of what a request said: it may be a password, or a broker's key.

    Litestar keeps the body in the scope's state, and the server the scope until the connection's
    next request. An error leaves frames that hold each other, and with them all that was read; the
    collector is told to look among the young, where it would come by much later.
    """
    has_failed = state.get(FAILED, False)
    state.clear()
    if has_failed:
        gc.collect(_YOUNG)
