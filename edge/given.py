"""The types of what Litestar gives to handlers by name; they are taken as they are."""

from __future__ import annotations

from uuid import UUID

from litestar.di import NamedDependency
from litestar.params import FromPath, SkipValidation

from edge.ports import Ports
from handlers.records.access import Principal
from handlers.records.views import Filter

PortsGiven = NamedDependency[SkipValidation[Ports]]
Caller = NamedDependency[SkipValidation[Principal]]
FilterGiven = NamedDependency[SkipValidation[Filter]]
IdInPath = FromPath[UUID]
