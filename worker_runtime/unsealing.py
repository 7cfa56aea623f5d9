"""Opening an account's credentials, under the lease, for as long as its session lasts.

They are handed to the adapter and kept nowhere else: when the session closes, with the lease or
for a change of the account, nothing here holds them any more.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from broker_adapters.errors import BrokerUnavailableError, InvalidOptionsError
from handlers.errors import StoreUnavailableError
from handlers.records.audit import NewAuditEntry
from handlers.vault.base import SealContext
from handlers.vault.errors import KeyMissingError, SealBrokenError, VaultUnavailableError

if TYPE_CHECKING:
    from broker_adapters.credentials import Credentials
    from bus.values import WorkerId
    from handlers.records.accounts import Account
    from handlers.store.base import Store
    from handlers.vault.base import Sealed, Unsealer

_WITHOUT = frozenset({"paper"})

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsealing:
    """Reads sealed credentials and opens them; the audit log is told of it before it is done."""

    store: Store
    unsealer: Unsealer
    worker: WorkerId

    async def credentials_of(self, account: Account) -> Credentials | None:
        """Return an account's credentials; `None` for a broker that asks for none.

        Raises:
            InvalidOptionsError: There are none, or they cannot be opened before they are set anew
                or a key is back.
            BrokerUnavailableError: Record or vault gave no answer; trying again is safe.
        """
        if account.broker in _WITHOUT:
            return None
        try:
            sealed = await self.store.accounts.credentials(account.user_id, account.id)
            if sealed is None:
                raise InvalidOptionsError("the account has no credentials")
            return await self._open(account, sealed)
        except (StoreUnavailableError, VaultUnavailableError) as error:
            msg = f"the credentials cannot be had now: {error}"
            raise BrokerUnavailableError(msg) from error
        except (SealBrokenError, KeyMissingError) as error:
            raise InvalidOptionsError(str(error)) from error

    async def _open(self, account: Account, sealed: Sealed) -> Credentials:
        _log.info(
            "credentials_unsealed",
            extra={
                "user_id": str(account.user_id),
                "account_id": str(account.id),
                "worker_id": str(self.worker),
                "key_version": sealed.key_version,
            },
        )
        await self.store.audit.append(
            NewAuditEntry(
                user_id=account.user_id,
                actor=f"worker:{self.worker}",
                action="account.unseal",
                subject=f"account:{account.id}",
                after={"version": sealed.key_version},
            )
        )
        context = SealContext(user=account.user_id, account=account.id, broker=account.broker)
        secret = await self.unsealer.unseal(sealed, context)
        if type(secret).__struct_config__.tag != account.broker:
            raise InvalidOptionsError("the credentials are another broker's")
        return secret
