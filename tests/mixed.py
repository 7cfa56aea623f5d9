"""Files of a run that is spread over processes, in an order that keeps the machine evenly busy.

What starts whole houses takes long and waits much; most unit tests take no time. One kind after the
other would leave four houses to fight for two cores at the end, and the last process alone.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, TypeVar

import pytest

if TYPE_CHECKING:
    from collections.abc import Sequence

_T = TypeVar("_T")

_DEAR = frozenset(["attacks", "docs", "e2e", "integration", "simulation"])
_CHEAP_BESIDE_A_DEAR = 3


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Order the files of a process among several; whoever runs some by hand has theirs."""
    if hasattr(config, "workerinput"):
        files = [list(each) for _, each in groupby(items, key=lambda item: item.path)]
        dear = [each for each in files if _DEAR.intersection(each[0].path.parts)]
        cheap = [each for each in files if not _DEAR.intersection(each[0].path.parts)]
        items[:] = [item for file in mixed(dear, cheap) for item in file]


def mixed(dear: Sequence[_T], cheap: Sequence[_T]) -> list[_T]:
    """Return all, with some cheap ones after each dear one and the rest at the end."""
    step = _CHEAP_BESIDE_A_DEAR
    beside = [[each, *cheap[step * at : step * at + step]] for at, each in enumerate(dear)]
    return [*(each for some in beside for each in some), *cheap[step * len(dear) :]]
