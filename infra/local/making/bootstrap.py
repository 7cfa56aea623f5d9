"""Sets the project up from nothing: `.tools` with uv, `.venv` with every locked package.

Runs on the machine's own Python before anything is installed, so it uses the standard library
only and stays readable for interpreters that are too old to run the rest.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping

BASE_PYTHON = getattr(sys, "_base_executable", sys.executable)
ROOT = Path(__file__).resolve().parents[3]
TOOLS = ROOT / ".tools"
VENV = ROOT / ".venv"
STAMP = VENV / ".set-up"
PLACE = VENV / ".made-from"
LOCK_FILE = ROOT / "requirements" / "dev.txt"
PEERS_LOCK = ROOT / "requirements" / "peers.txt"
SHIOAJI_LOCK = ROOT / "requirements" / "shioaji.txt"
EMULATOR = TOOLS / "emulator"
EMULATOR_LOCK = ROOT / "requirements" / "emulator.txt"
UV_VERSION = "0.13.9"
OLDEST_PYTHON = (3, 11)
OLDEST_NODE = (20, 19)
NODE = "Node 20.19"


class SetupError(Exception):
    """Something that is taken for granted is missing; the text says what to do."""


def main() -> int:
    """Set up what is missing; say what is being done only when there is something to do."""
    try:
        check_machine()
        if STAMP.is_file() and STAMP.read_text() == fingerprint():
            return 0
        with exclusive():
            set_up()
    except SetupError as error:
        sys.stderr.write(f"setup: {error}\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("setup: interrupted; run it again to go on\n")
        return 1
    return 0


def check_machine() -> None:
    """Refuse a machine that lacks what is taken for granted."""
    if sys.version_info < OLDEST_PYTHON:
        found = ".".join(str(part) for part in sys.version_info[:3])
        refuse(f"Python 3.11 or newer is needed, {sys.executable} is {found}")
    node = shutil.which("node")
    if node is None:
        refuse(f"{NODE} or newer is needed, and no `node` is on PATH")
    if STAMP.is_file():
        return
    version = execute([node, "--version"]).stdout.strip()
    told = re.match(r"v(\d+)\.(\d+)", version)
    if told is None or (int(told[1]), int(told[2])) < OLDEST_NODE:
        refuse(f"{NODE} or newer is needed, {node} is {version or 'broken'}")


def fingerprint() -> str:
    """Name the state that a finished set-up leaves: packages, project, place and interpreter."""
    digest = hashlib.sha256()
    locks = (LOCK_FILE, PEERS_LOCK, SHIOAJI_LOCK, EMULATOR_LOCK)
    for path in (*locks, ROOT / "pyproject.toml", Path(__file__)):
        digest.update(path.read_bytes())
    digest.update(made_from().encode())
    return digest.hexdigest()


@contextmanager
def exclusive() -> Generator[None]:
    """Let one set-up run at a time; the second finds the first one's work done."""
    TOOLS.mkdir(exist_ok=True)
    with (TOOLS / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("waiting for another set-up of this checkout")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def set_up() -> None:
    """Install uv, then the locked packages, then the project itself."""
    wanted = fingerprint()
    if STAMP.is_file() and STAMP.read_text() == wanted:
        return
    began = time.monotonic()
    STAMP.unlink(missing_ok=True)
    uv = install_uv()
    environ = uv_environment()
    if not venv_is_usable():
        say("making .venv")
        step([uv, "venv", "--quiet", "--clear", "--python", BASE_PYTHON, str(VENV)], environ)
        PLACE.write_text(made_from())
    say(f"installing {count_packages()} locked packages into .venv")
    target = ["--quiet", "--python", str(VENV / "bin" / "python")]
    locks = [str(LOCK_FILE), str(PEERS_LOCK)]
    step([uv, "pip", "sync", *target, "--require-hashes", *locks], environ)
    say("installing the `fourpass` command")
    own = ["--offline", "--no-deps", "--no-build-isolation", "--editable", str(ROOT)]
    step([uv, "pip", "install", *target, *own], environ)
    install_shioaji(uv, environ)
    install_emulator(uv, environ)
    STAMP.write_text(wanted)
    say(f"ready after {time.monotonic() - began:.1f} s")


def install_uv() -> str:
    """Return the pinned uv, installing it into `.tools` with pip if it is not there."""
    uv = TOOLS / "env" / "bin" / "uv"
    if uv.is_file() and execute([str(uv), "--version"]).stdout.split()[1:2] == [UV_VERSION]:
        return str(uv)
    say(f"installing uv {UV_VERSION} into .tools")
    step([BASE_PYTHON, "-m", "venv", "--clear", str(TOOLS / "env")])
    pip = [str(TOOLS / "env" / "bin" / "python"), "-m", "pip", "install", "--quiet"]
    step([*pip, "--disable-pip-version-check", "--no-input", f"uv=={UV_VERSION}"])
    return str(uv)


def install_shioaji(uv: str, environ: Mapping[str, str]) -> None:
    """Add SinoPac's SDK where it has a wheel; without it that one broker alone says so."""
    target = ["--quiet", "--python", str(VENV / "bin" / "python"), "--no-deps"]
    lock = ["--require-hashes", "--only-binary", ":all:", "--requirement", str(SHIOAJI_LOCK)]
    if not is_done([uv, "pip", "install", *target, *lock], environ):
        say("no wheel of shioaji for this machine: accounts at SinoPac cannot be opened here")


def install_emulator(uv: str, environ: Mapping[str, str]) -> None:
    """Install what speaks SQS and KMS on this machine, apart: it pins packages that we pin too."""
    say(f"installing the AWS emulator into .tools/{EMULATOR.name}")
    made = [uv, "venv", "--quiet", "--allow-existing", "--python", BASE_PYTHON, str(EMULATOR)]
    step(made, environ)
    python = ["--quiet", "--python", str(EMULATOR / "bin" / "python")]
    step([uv, "pip", "sync", *python, "--require-hashes", str(EMULATOR_LOCK)], environ)


def uv_environment() -> dict[str, str]:
    """Let uv use the index and certificates that pip is set up for, if it has none of its own."""
    environ = {**os.environ, "UV_PYTHON_DOWNLOADS": "never"}
    own = ("UV_CONFIG_FILE", "UV_DEFAULT_INDEX", "UV_INDEX", "UV_INDEX_URL")
    files = (Path("/etc/uv/uv.toml"), Path.home() / ".config" / "uv" / "uv.toml")
    if any(name in environ for name in own) or any(path.is_file() for path in files):
        return environ
    pip = pip_settings()
    if pip.get("index-url"):
        environ["UV_DEFAULT_INDEX"] = pip["index-url"]
    if pip.get("cert"):
        environ.setdefault("SSL_CERT_FILE", pip["cert"])
    return environ


def pip_settings() -> dict[str, str]:
    """Read pip's own settings, whichever file or variable they come from."""
    listed = execute([str(TOOLS / "env" / "bin" / "python"), "-m", "pip", "config", "list"])
    found = re.findall(r"^(?:global|install|:env:)\.([a-z-]+)='(.*)'$", listed.stdout, re.MULTILINE)
    return dict(found)


def made_from() -> str:
    """Name what `.venv` belongs to: scripts in it carry its path, packages fit its interpreter."""
    return f"{VENV} {sys.base_prefix} {sys.version}"


def venv_is_usable() -> bool:
    """Tell whether `.venv` was made here (not copied), by this interpreter, and still runs."""
    python = VENV / "bin" / "python"
    if not PLACE.is_file() or PLACE.read_text() != made_from() or not python.exists():
        return False
    return execute([str(python), "-c", "pass"]).returncode == 0


def count_packages() -> int:
    """Count the packages in the locks of `.venv`; many stand in both."""
    text = LOCK_FILE.read_text() + PEERS_LOCK.read_text()
    return len(set(re.findall(r"^([a-z0-9].*)==", text, re.MULTILINE)))


def step(command: list[str], environ: Mapping[str, str] | None = None) -> None:
    """Run one step; the last lines it said explain a failure."""
    done = execute(command, environ)
    if done.returncode:
        sys.stderr.write(done.stdout[-2000:] + done.stderr[-4000:])
        refuse(f"`{' '.join(Path(part).name for part in command[:3])}` failed, see above")


def is_done(command: list[str], environ: Mapping[str, str]) -> bool:
    """Run one step that set-up can do without; false if it failed."""
    return execute(command, environ).returncode == 0


def execute(
    command: list[str], environ: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a command of this file to its end and keep what it says."""
    return subprocess.run(  # noqa: S603 - no part of a command comes from outside
        command, cwd=ROOT, env=environ, capture_output=True, text=True, check=False
    )


def refuse(why: str) -> NoReturn:
    """Stop with one line."""
    raise SetupError(why)


def say(line: str) -> None:
    """Tell the person who waits what is going on."""
    sys.stdout.write(f"setup: {line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
