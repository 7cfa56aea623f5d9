"""Lists what the house is made of, by module and type: `make infra-inventory`."""

from __future__ import annotations

import sys

from infra.local.cloud.plan import counted, mocked_plan
from infra.local.cloud.terraform import workspace
from infra.local.errors import CloudError


def main() -> int:
    """Plan the smallest house without asking anybody, and count."""
    try:
        with workspace("mocked") as space:
            table = counted(mocked_plan(space))
    except CloudError as error:
        sys.stderr.write(f"inventory: {error}\n")
        return 1
    for module, types in sorted(table.items()):
        sys.stdout.write(f"{module}  {sum(types.values())}\n")
        for name, count in sorted(types.items()):
            sys.stdout.write(f"  {count:>4}  {name}\n")
    total = sum(sum(types.values()) for types in table.values())
    sys.stdout.write(f"{total} resources in {len(table)} modules (tier solo)\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
