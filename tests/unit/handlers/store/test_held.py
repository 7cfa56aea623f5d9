from __future__ import annotations

from uuid import uuid4

from bus.ids import uuid7
from bus.values import UserId
from handlers.store.postgres.held import Held


def test_a_proof_is_shown_for_its_user_alone() -> None:
    held, mine, theirs = Held(), UserId(uuid7()), UserId(uuid7())
    proof, another = uuid4(), uuid4()
    held.keep(mine, proof)
    held.keep(theirs, another)

    assert held.of(mine) == [str(proof)]
    assert held.of(UserId(uuid7())) == []
    assert held.all() == [str(proof), str(another)]


def test_the_oldest_proofs_are_forgotten() -> None:
    held, user = Held(), UserId(uuid7())
    proofs = [uuid4() for _ in range(6)]
    for proof in proofs:
        held.keep(user, proof)

    assert held.of(user) == [str(proof) for proof in proofs[-4:]]
