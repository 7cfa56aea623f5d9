"""A module with logic has its test, or is part of what the tests of its folder go through."""

from __future__ import annotations

from functools import cache

from tests.structure.rooms import FOLDERS, ROOT
from tests.structure.sources import dotted, has_logic, imports_of, modules

RUN_AS_PROCESSES = {
    "bench.instant": "tests/integration/bench/test_sides.py",
    "bench.peers.seed.app": "tests/integration/bench/test_sides.py",
    "bench.peers.seed.worker": "tests/integration/bench/test_sides.py",
    "edge.app": "tests/integration/embedded/test_up.py",
    "infra.local.commands.audit_export": "tests/integration/embedded/test_audit_log.py",
    "infra.local.commands.audit_verify": "tests/integration/embedded/test_audit_log.py",
    "infra.local.commands.dead_letters": (
        "tests/integration/control_plane/test_dead_letters_command.py"
    ),
    "infra.local.post": "tests/integration/control_plane/test_dead_letters_command.py",
    "infra.local.commands.migrate": "tests/integration/embedded/test_migrate.py",
    "infra.local.commands.vault": "tests/integration/store/test_rotation.py",
    "infra.local.commands.up": "tests/integration/embedded/test_up.py",
    "infra.local.doubles.gateio.__main__": (
        "tests/integration/broker_adapters/test_gate_double_and_official_client.py"
    ),
    "infra.local.doubles.shioaji.__main__": "tests/e2e/test_shioaji.py",
    "infra.local.doubles.shioaji.remote": "tests/e2e/test_shioaji.py",
    "infra.local.supervising.shim": "tests/integration/embedded/test_death.py",
    "worker_runtime.hosting.host": "tests/integration/embedded/test_up.py",
}


@cache
def neighbours(folder: str) -> dict[str, frozenset[str]]:
    """For each module of a folder, the modules of the same folder that it imports."""
    known = {dotted(path): path for path in modules(folder)}
    return {name: frozenset(imports_of(path) & known.keys()) for name, path in known.items()}


@cache
def reached(folder: str) -> frozenset[str]:
    """The modules that tests import, and all that these go through inside the folder.

    Unit tests count for their own folder; the others for every folder they use.
    """
    inside = neighbours(folder)
    todo = [
        name
        for path in modules("tests")
        if "unit" not in path.parts or folder in path.parts
        for name in imports_of(path)
        if name in inside
    ]
    todo += [name for name in RUN_AS_PROCESSES if name in inside]
    found: set[str] = set()
    while todo:
        name = todo.pop()
        if name not in found:
            found.add(name)
            todo += inside[name]
    return frozenset(found)


@cache
def mirrors() -> frozenset[tuple[str, str]]:
    """The names of all files of tests, each with every folder that it is in."""
    return frozenset((path.name, part) for path in modules("tests") for part in path.parts)


def has_test(module: str) -> bool:
    folder, _, rest = module.partition(".")
    name = f"test_{rest.rpartition('.')[2]}.py"
    return (name, folder) in mirrors() or module in reached(folder)


def test_module_with_logic_has_its_test() -> None:
    code = [path for folder in FOLDERS for path in modules(folder) if path.name != "__init__.py"]
    untested = [dotted(path) for path in code if has_logic(path) and not has_test(dotted(path))]

    assert untested == []


def test_what_runs_as_a_process_is_run_by_its_test() -> None:
    missing = [place for place in RUN_AS_PROCESSES.values() if not (ROOT / place).is_file()]

    assert missing == []
