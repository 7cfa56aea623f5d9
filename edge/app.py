"""The edge's root: opens the ports in the order of the path, and serves them over HTTP."""

from __future__ import annotations

import os
import sys
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING

from broker_adapters.registry import open_paper_venue, set_paper_price
from bus.errors import BusError
from bus.open import open_bus
from bus.values import SystemClock
from edge.alerts.webhooks import ALERT_LINE
from edge.application import app_over, ports_of
from edge.serving import serve_app
from edge.settings import Settings, read_settings
from handlers.identity.passwords import Passwords
from handlers.identity.refused_sign_ins import RefusedSignIns
from handlers.identity.services import IdentityServices
from handlers.mail.open import open_mailer
from handlers.mail.queue import MailQueue
from handlers.store.open import open_store, usage_of
from handlers.throttle.open import open_throttle
from handlers.vault.open import check_sealer, open_box, open_sealer
from telemetry.errors import TelemetryError
from telemetry.logs import configure
from telemetry.vitals import vitals_shown

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from decimal import Decimal

    from litestar import Litestar

    from bus.values import UserId
    from edge.ports import Ports
    from handlers.vault.base import SecretBox
    from telemetry.lines import PreparedLine
    from telemetry.logs import Logs

_REFUSED = 78
_FAILED = 1


def create_app(settings: Settings, logs: Logs) -> Litestar:
    """Build the application; its ports open when it starts.

    Raises:
        VaultSettingsError: A key file is missing or unsafe; its variable is named.
    """
    box = open_box(settings.box_keys)
    alert_line = logs.prepare(*ALERT_LINE)
    return app_over(partial(_open_ports, settings, box, alert_line))


@asynccontextmanager
async def _open_ports(
    settings: Settings, box: SecretBox, alert_line: PreparedLine
) -> AsyncGenerator[Ports]:
    """Open what the edge works with, top to bottom in the order of the path."""
    clock = SystemClock()
    async with AsyncExitStack() as stack:
        store = await stack.enter_async_context(open_store(settings.store, clock))
        bus = await stack.enter_async_context(open_bus(settings.bus))
        venue = await stack.enter_async_context(
            open_paper_venue(_paper_venue(settings), clock=clock)
        )

        async def set_price(user: UserId, symbol: str, price: Decimal) -> int:
            return await set_paper_price(venue, owner=user, symbol=symbol, price=price)

        throttle = await stack.enter_async_context(open_throttle(settings.bus.valkey))
        identity = IdentityServices(
            store=store,
            passwords=Passwords(),
            throttle=throttle,
            box=box,
            mail=MailQueue(open_mailer(settings.mail, clock)),
            refused=RefusedSignIns(store.audit, clock),
            clock=clock,
            public_url=settings.edge.public_url,
        )
        sealer = await stack.enter_async_context(open_sealer(settings.sealer))
        ports = ports_of(
            settings.edge,
            bus,
            identity,
            set_price=set_price,
            sealer=sealer,
            alert_line=alert_line,
        )
        held = {"postgres": partial(usage_of, store), "valkey": bus.usage}
        shown = vitals_shown(settings.export, "edge", held, more=ports.answers.show)
        await stack.enter_async_context(shown)
        yield ports


def _paper_venue(settings: Settings) -> str:
    """The paper venue's ledger is beside the record, unless a venue of its own is named."""
    url = settings.store.database_url
    return settings.paper_venue or ("memory:" if url.startswith("memory:") else url)


def main() -> int:
    """Run one edge as the environment says; 78 where it says something impossible."""
    try:
        settings = read_settings(os.environ)
        check_sealer(settings.sealer)
        logs = configure(settings.telemetry)
        app = create_app(settings, logs)
    except (ValueError, BusError, TelemetryError) as error:
        sys.stderr.write(f"edge: {error}\n")
        return _REFUSED
    try:
        serve_app(app, settings.edge)
    except OSError as error:
        sys.stderr.write(f"edge: cannot listen on {_where(settings)}: {error}\n")
        return _FAILED
    return 0


def _where(settings: Settings) -> str:
    return f"{settings.edge.host}:{settings.edge.port}"


if __name__ == "__main__":
    sys.exit(main())
