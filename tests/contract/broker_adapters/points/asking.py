"""What the points have in common: a mark that names them, and how a lacking trait is declared."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.contract.broker_adapters.grounds.ground import Ground, Trait

point = pytest.mark.point


class Asking:
    """One test's ground; says when there is nothing to ask."""

    def __init__(self, request: pytest.FixtureRequest) -> None:
        self._request = request

    async def declares(self, ground: Ground, trait: Trait) -> bool:
        """Tell whether the venue lacks the trait, and write it into the table if it does."""
        is_lacking = await ground.lacks(trait)
        if is_lacking:
            why = f"{trait.name.lower()}: {ground.lacking[trait]}"
            self._request.node.user_properties.append(("declared", why))
        return is_lacking
