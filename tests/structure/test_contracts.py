"""`.importlinter` against the folders: it names what stands, and forgets nothing of the house."""

from __future__ import annotations

import subprocess

import pytest

from tests.structure.rooms import CONTRACTS, HOUSE, ROOT, is_ours, read_contracts, stands

INTENDED = read_contracts(HOUSE)
WRITTEN = read_contracts(CONTRACTS)
_GUARDED = ("modules", "protected_modules", "source_modules")


def is_due(section: str) -> bool:
    """A contract is due once the rooms it guards stand (two that keep apart), and their door."""
    doors = INTENDED.get((section, "allowed_importers"))
    if doors is not None and not any(map(stands, doors)):
        return False
    for key in _GUARDED:
        if (section, key) in INTENDED:
            standing = sum(map(stands, INTENDED[section, key]))
            return standing >= (2 if key == "modules" else 1)
    return True


@pytest.mark.parametrize("place", WRITTEN, ids="/".join)
def test_contract_names_only_rooms_that_stand(place: tuple[str, str]) -> None:
    assert [name for name in WRITTEN[place] if is_ours(name) and not stands(name)] == []


@pytest.mark.parametrize("place", INTENDED, ids="/".join)
def test_contract_forgets_no_room_that_stands(place: tuple[str, str]) -> None:
    standing = [name for name in INTENDED[place] if not is_ours(name) or stands(name)]
    due = standing if is_due(place[0]) else []

    assert [name for name in due if name not in WRITTEN.get(place, [])] == []


def test_layers_keep_the_order_of_the_house() -> None:
    for place, intended in INTENDED.items():
        if place[1] == "layers":
            ranks = [intended.index(name) for name in WRITTEN[place] if name in intended]

            assert ranks == sorted(ranks)


@pytest.mark.timeout(120)
def test_contracts_are_kept() -> None:
    command = [ROOT / ".venv" / "bin" / "lint-imports", "--no-cache"]

    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout
