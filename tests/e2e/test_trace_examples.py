"""The traces that the docs show are those of a house that runs, on every carrier of the queues."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.e2e.profile import running_profile
from tests.e2e.trace_examples import CARRIERS, TOLD, example, first_order, shape_of, trace_of

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.e2e, pytest.mark.aws, pytest.mark.timeout(90)]


@pytest.mark.parametrize("carrier", CARRIERS)
def test_example_is_what_is_printed(carrier: str, tmp_path: Path) -> None:
    with running_profile(tmp_path, queues=carrier, told=TOLD) as profile:
        printed = trace_of(profile, first_order(profile)).splitlines()

    shown = example(carrier).read_text().splitlines()
    assert shape_of(shown) == shape_of(printed), "python -m tests.e2e.trace_examples makes it anew"
