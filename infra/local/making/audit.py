"""Looks for known weaknesses in the locked packages: `make audit`.

Exit codes: 0 none known, 1 some are known, 3 the advisory service gave no answer: then nothing was
audited, which is never green.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[3]
UV = ROOT / ".tools" / "env" / "bin" / "uv"
HOME = ROOT / ".tools" / "audit"
AUDITED = "requirements/dev.txt"
LONGEST_S = 120.0

CLEAN, WEAK, UNREACHABLE = 0, 1, 3


def main() -> int:
    """Audit the lock and say what was found."""
    if not set_up():
        say("pip-audit could not be installed: NOT AUDITED")
        return UNREACHABLE
    try:
        done = run(
            str(HOME / "bin" / "pip-audit"), "--requirement", AUDITED, "--disable-pip",
            "--require-hashes", "--format", "json", "--progress-spinner", "off",
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        say("the advisory service does not answer: NOT AUDITED")
        return UNREACHABLE
    return judge(done.stdout, done.stderr)


def judge(report: str, complaint: str) -> int:
    """Tell the three outcomes apart: only a whole report counts as an audit."""
    try:
        dependencies: list[dict[str, Any]] = json.loads(report)["dependencies"]
    except (ValueError, KeyError, TypeError):
        last = complaint.strip().splitlines()[-1:] or ["no report"]
        say(f"the advisory service cannot be reached: NOT AUDITED ({last[0][:200]})")
        return UNREACHABLE
    skipped = [package["name"] for package in dependencies if "skip_reason" in package]
    if skipped or not dependencies:
        count = f"{len(skipped)} of {len(dependencies)}"
        say(f"{count} packages could not be looked up ({', '.join(skipped[:3])}…): NOT AUDITED")
        return UNREACHABLE
    weak = [package for package in dependencies if package.get("vulns")]
    for package in weak:
        ids = ", ".join(weakness["id"] for weakness in package["vulns"])
        say(f"{package['name']} {package['version']}: {ids}")
    say(f"{len(dependencies)} packages, {len(weak)} with known weaknesses")
    return WEAK if weak else CLEAN


def set_up() -> bool:
    """Install the locked auditor into an environment of its own; false if that fails."""
    steps = (
        (str(UV), "venv", "--quiet", "--allow-existing", "--python", sys.executable, str(HOME)),
        (str(UV), "pip", "sync", "--quiet", "--python", str(HOME / "bin" / "python"),
         "--require-hashes", "requirements/audit.txt"),
    )  # fmt: skip
    return all(run(*step).returncode == 0 for step in steps)


def run(*command: str) -> subprocess.CompletedProcess[str]:
    """Run a command of this file to its end."""
    return subprocess.run(  # noqa: S603 - no part of a command comes from outside
        command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=LONGEST_S
    )


def say(line: str) -> None:
    """Tell the person who asked."""
    sys.stdout.write(f"audit: {line}\n")


if __name__ == "__main__":
    sys.exit(main())
