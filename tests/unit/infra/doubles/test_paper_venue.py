"""The venue process's command line."""

from __future__ import annotations

import pytest

from infra.local.doubles.hostility import KINDS, Hostility
from infra.local.doubles.paper_venue import hostility_of, parsed


def test_venue_is_honest_by_default() -> None:
    arguments = parsed(["--database-url", "postgresql://x"])

    assert hostility_of(arguments) == Hostility()
    assert set(arguments.kinds.split(",")) == KINDS


def test_every_way_to_misbehave_can_be_asked_for() -> None:
    words = "--late-share 0.1 --late-ms 60:200 --swallow-after 0.03 --swallow-before 0.01"
    arguments = parsed([*words.split(), "--held-share", "0.2", "--database-url", "x"])

    assert hostility_of(arguments) == Hostility(
        late_share=0.1, late_ms=(60, 200), swallow_after=0.03, swallow_before=0.01, held_share=0.2
    )


def test_database_must_be_named(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parsed([])

    assert "--database-url" in capsys.readouterr().err
