"""A warm worker is claimed by the edge itself, or through the queue where the settings say so."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bus.base import Destination
from bus.messages import ClaimWorker
from edge.settings import EdgeSettings, read_edge_settings
from telemetry.propagation import trace_id_in
from tests.builders import a_worker
from tests.unit.edge.house import a_house, an_alert

pytestmark = pytest.mark.anyio


async def test_the_edge_claims_by_itself() -> None:
    async with a_house() as house:
        await house.ports.bus.pool.offer(worker := a_worker())

        await house.alert(an_alert())

        handed = await house.ports.bus.pool.await_claim(worker, timeout=timedelta(seconds=2))
        assert handed == house.user


async def test_the_control_plane_claims_where_the_settings_say_so() -> None:
    async with a_house(settings=EdgeSettings(claims_by_queue=True)) as house:
        await house.ports.bus.pool.offer(a_worker())

        said = (await house.alert(an_alert())).json()

        envelope = await house.next_of(Destination.POOL_CLAIM)
        asked = envelope.message
        assert isinstance(asked, ClaimWorker)
        assert (asked.user_id, str(asked.cause)) == (house.user, said["orders"][0]["id"])
        assert trace_id_in(envelope.traceparent) == said["trace_id"]
        assert await house.ports.bus.pool.ready() == 1


def test_the_road_is_a_setting() -> None:
    assert not read_edge_settings({}).claims_by_queue
    assert read_edge_settings({"FOURPASS_CLAIM_BY_QUEUE": "yes"}).claims_by_queue
