from __future__ import annotations

import pytest

from infra.local.making.lock import LOCKS, ROOT, command


@pytest.mark.parametrize("name", LOCKS)
def test_lock_is_written_with_hashes_and_without_hosts(name: str) -> None:
    line = command(name, LOCKS[name])

    assert {"--generate-hashes", "--no-emit-index-url", "--no-emit-find-links"} <= set(line)
    assert (ROOT / "requirements" / name).is_file()
