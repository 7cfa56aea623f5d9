"""A module with logic has its test."""

from __future__ import annotations

from functools import cache

from tests.structure.rooms import FOLDERS, ROOT
from tests.structure.sources import dotted, has_logic, imports_of, modules

TESTED_THROUGH = {
    "infra.local.shim": "tests/integration/embedded/test_death.py",
}


@cache
def imported_by_tests() -> frozenset[str]:
    return frozenset(name for path in modules("tests") for name in imports_of(path))


def has_test(module: str) -> bool:
    name = f"test_{module.rpartition('.')[2]}.py"
    folder = module.partition(".")[0]
    mirrored = any(
        path.name == name and folder in path.parts for path in (ROOT / "tests").rglob(name)
    )
    return mirrored or module in imported_by_tests() or module in TESTED_THROUGH


def test_module_with_logic_has_its_test() -> None:
    code = [path for folder in FOLDERS for path in modules(folder) if path.name != "__init__.py"]
    untested = [dotted(path) for path in code if has_logic(path) and not has_test(dotted(path))]

    assert untested == []


def test_what_is_tested_elsewhere_is_tested_there() -> None:
    missing = [place for place in TESTED_THROUGH.values() if not (ROOT / place).is_file()]

    assert missing == []
