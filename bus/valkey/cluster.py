"""Commands to a Valkey cluster: each goes to the node that holds its key's slot."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, cast

import hiredis
from typing_extensions import override

from bus.errors import TransportUnavailableError
from bus.valkey.client import Client, Node
from bus.valkey.faults import as_error, redirect_of
from bus.valkey.slots import SLOTS, slot_of
from bus.valkey.wire import pack
from telemetry.vitals import Usage

if TYPE_CHECKING:
    from collections.abc import Callable

    from bus.valkey.connection import Connection, Reply
    from bus.valkey.dialling import Dialler
    from bus.valkey.faults import Redirect
    from bus.valkey.wire import Word

_MAX_REDIRECTS = 5
_ASKING = pack("ASKING")
_CLUSTER_SLOTS = pack("CLUSTER", "SLOTS")


class ClusterClient(Client):
    """Keeps the map of slots, learns from redirections, and looks the map up when it was wrong."""

    def __init__(self, dialler: Dialler) -> None:
        self._dialler = dialler
        self._seed = Node(dialler)
        self._nodes: dict[tuple[str, int], Node] = {}
        self._slots: list[Node | None] = [None] * SLOTS
        self._lock = asyncio.Lock()
        self._is_stale = True

    @override
    async def call(self, key: str, *words: Word) -> Reply:
        reply = await self.ask(key, pack(*words))
        if isinstance(reply, hiredis.ReplyError):
            raise as_error(reply)
        return reply

    @override
    async def ask(self, key: str, packed: bytes) -> Reply:
        slot = slot_of(key)
        node = await self._holder(slot)
        reply = await self._sent(node, packed)
        for _ in range(_MAX_REDIRECTS):
            redirect = redirect_of(reply) if isinstance(reply, hiredis.ReplyError) else None
            if redirect is None:
                return reply
            reply = await self._follow(redirect, packed)
        return reply

    @override
    async def dial(
        self, key: str | None, factory: Callable[[], Connection] | None = None
    ) -> Connection:
        nodes = self._all() if key is None else [await self._holder(slot_of(key))]
        failure: TransportUnavailableError | None = None
        for node in nodes:
            try:
                return await node.dial(factory)
            except TransportUnavailableError as error:
                failure = error
        self._is_stale = True
        raise failure or TransportUnavailableError("no node is known")

    @override
    def mistrust(self) -> None:
        self._is_stale = True

    @override
    def usage(self) -> Usage:
        each = [node.usage() for node in self._all()]
        return Usage(
            is_up=all(one.is_up for one in each),
            in_use=sum(one.in_use for one in each),
            waiting=sum(one.waiting for one in each),
        )

    @override
    async def aclose(self) -> None:
        for node in self._all():
            node.close()
        # The loop closes the sockets in its next turn.
        await asyncio.sleep(0)

    def _all(self) -> list[Node]:
        return [self._seed, *self._nodes.values()]

    async def _sent(self, node: Node, packed: bytes, replies: int = 1) -> Reply:
        try:
            return await node.send(packed, replies)
        except TransportUnavailableError:
            self._is_stale = True
            raise

    async def _follow(self, redirect: Redirect, packed: bytes) -> Reply:
        # A redirected command was not executed, so sending it again is safe.
        node = self._node(redirect.host, redirect.port)
        if redirect.is_ask:
            return (await self._sent(node, _ASKING + packed, 2))[1]
        self._slots[redirect.slot] = node
        self._is_stale = True
        return await self._sent(node, packed)

    async def _holder(self, slot: int) -> Node:
        if self._is_stale:
            await self._look_up()
        node = self._slots[slot]
        if node is None:
            self._is_stale = True
            msg = f"no node serves slot {slot}"
            raise TransportUnavailableError(msg)
        return node

    async def _look_up(self) -> None:
        async with self._lock:
            if not self._is_stale:
                return
            self._learn(await self._map_of_any())
            self._is_stale = False

    async def _map_of_any(self) -> list[Reply]:
        failure: Exception = TransportUnavailableError("no node of the cluster answers")
        for node in self._all():
            try:
                reply = await node.send(_CLUSTER_SLOTS)
            except TransportUnavailableError as error:
                failure = error
                continue
            if isinstance(reply, list):
                return cast("list[Reply]", reply)
            failure = as_error(reply)
        raise failure

    def _learn(self, ranges: list[Reply]) -> None:
        slots: list[Node | None] = [None] * SLOTS
        for first, last, primary, *_ in ranges:
            node = self._node((primary[0] or b"").decode(), primary[1])
            slots[first : last + 1] = [node] * (last + 1 - first)
        self._slots = slots

    def _node(self, host: str, port: int) -> Node:
        # A node that does not know its own name leaves it empty (or "?"): it is where we asked.
        where = (self._dialler.address.host if host in {"", "?"} else host, port)
        if where not in self._nodes:
            self._nodes[where] = Node(self._dialler, *where)
        return self._nodes[where]
