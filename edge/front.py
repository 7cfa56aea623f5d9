"""The application as its server sees it: alerts take the short way, all else Litestar's router."""

from __future__ import annotations

from typing import TYPE_CHECKING

from litestar import Litestar
from typing_extensions import override

from edge.webhooks import is_webhook, serve_webhook

if TYPE_CHECKING:
    from litestar.types import (
        LifeSpanReceive,
        LifeSpanScope,
        LifeSpanSend,
        Receive,
        Scope,
        Send,
    )


class Front(Litestar):
    """Litestar, but for one address: on the way to it the router costs as much as the record."""

    @override
    async def __call__(
        self,
        scope: Scope | LifeSpanScope,
        receive: Receive | LifeSpanReceive,
        send: Send | LifeSpanSend,
    ) -> None:
        """Serve one request, or the application's life."""
        if scope["type"] == "http" and is_webhook(scope["path"]):
            await serve_webhook(self.state.ports, scope, receive, send)
            return
        try:
            await super().__call__(scope, receive, send)
        finally:
            # The body is kept in here, and the server keeps the scope until the connection's next
            # request: a password or a broker's key would live on for as long.
            scope.get("state", {}).clear()
