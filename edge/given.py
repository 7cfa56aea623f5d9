"""The types of what Litestar gives to handlers by name; they are taken as they are."""

from __future__ import annotations

from typing import Annotated

from litestar.params import Dependency

from edge.ports import Ports
from handlers.records import Principal
from handlers.views import Filter, Span

PortsGiven = Annotated[Ports, Dependency(skip_validation=True)]
Caller = Annotated[Principal, Dependency(skip_validation=True)]
FilterGiven = Annotated[Filter, Dependency(skip_validation=True)]
SpanGiven = Annotated[Span, Dependency(skip_validation=True)]
