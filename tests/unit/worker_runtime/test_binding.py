"""A key of another venue account takes nothing over unseen: its session is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import msgspec
import pytest

from broker_adapters.base import SessionInfo
from broker_adapters.errors import BrokerUnavailableError, OtherVenueAccountError
from bus.values import Mode
from handlers.asking.account_probe import code_of
from handlers.asking.replies import Reason
from handlers.errors import StoreUnavailableError
from handlers.records.accounts import CredentialsKept
from tests.builders import START, a_user, an_account
from worker_runtime.binding import bind_account

if TYPE_CHECKING:
    from handlers.store.accounts import AccountStore

pytestmark = pytest.mark.anyio

INFO = SessionInfo(broker="gateio", mode=Mode.LIVE, since=START, venue_account="10002")
BARE = an_account(a_user(), broker="gateio")
KEYED = msgspec.structs.replace(BARE, credentials=CredentialsKept(hint="cdef", set_at=START))


class Record:
    """What of the record is asked."""

    def __init__(self, answer: object) -> None:
        self.answer = answer
        self.asked: list[tuple[Any, ...]] = []

    async def bind_venue(self, *asked: Any) -> bool:
        self.asked.append(asked)
        if isinstance(self.answer, Exception):
            raise self.answer
        return bool(self.answer)


async def bound(answer: object, account: Any = KEYED) -> list[tuple[Any, ...]]:
    record = Record(answer)
    await bind_account(cast("AccountStore", record), account, INFO)
    return record.asked


async def test_the_same_account_is_taken() -> None:
    assert await bound(answer=True) == [(KEYED.user_id, KEYED.id, "10002")]


async def test_another_account_is_refused_for_good_with_a_code_of_its_own() -> None:
    with pytest.raises(OtherVenueAccountError) as refused:
        await bound(answer=False)

    assert code_of(refused.value) is Reason.VENUE_ACCOUNT_CHANGED


async def test_a_record_that_does_not_answer_is_asked_again() -> None:
    with pytest.raises(BrokerUnavailableError):
        await bound(StoreUnavailableError())


async def test_an_account_without_a_key_is_nobody_else_s() -> None:
    assert await bound(StoreUnavailableError(), BARE) == []
