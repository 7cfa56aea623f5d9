"""The emulator of AWS that set-up puts into `.tools`: one process a test run, AWS's own protocol.

It listens on the loopback alone and keeps nothing; it dies with us.
"""

from __future__ import annotations

import atexit
import ctypes
import functools
import os
import signal
import subprocess
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path
from time import monotonic, sleep
from typing import TYPE_CHECKING, Any, cast
from urllib.request import urlopen

from botocore.config import Config
from botocore.session import Session

from tests.servers.postgres import free_port

if TYPE_CHECKING:
    from collections.abc import Generator

PROGRAM = Path(__file__).parents[2] / ".tools" / "emulator" / "bin" / "ministack"
# What its own documentation takes for granted; AWS's programs want some identity.
IDENTITY = {
    "AWS_ACCESS_KEY_ID": "emulated",
    "AWS_SECRET_ACCESS_KEY": "emulated",
    "AWS_DEFAULT_REGION": "eu-central-1",
}
_START_SECONDS = 15.0
_STOP_SECONDS = 5.0
_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None)


@functools.cache
def shared_aws() -> str:
    """Return the address of this test run's emulator, started by the first who asks."""
    opened = running_aws()
    address = opened.__enter__()
    atexit.register(opened.__exit__, None, None, None)
    return address


@functools.cache
def drawn_kms_key(version: int) -> str:
    """Return the id of the RSA-4096 key that stands for this version in the whole test run.

    Drawing it may take the emulator seconds.
    """
    session = cast("Any", Session())
    patient = Config(read_timeout=60, retries={"total_max_attempts": 1})
    client = session.create_client(
        "kms",
        region_name=IDENTITY["AWS_DEFAULT_REGION"],
        endpoint_url=shared_aws(),
        aws_access_key_id=IDENTITY["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=IDENTITY["AWS_SECRET_ACCESS_KEY"],
        config=patient,
    )
    answer = client.create_key(
        KeySpec="RSA_4096", KeyUsage="ENCRYPT_DECRYPT", Description=f"version {version}"
    )
    client.close()
    return answer["KeyMetadata"]["KeyId"]


@contextmanager
def running_aws() -> Generator[str]:
    """Run an emulator of one's own; yields its address."""
    address = f"http://127.0.0.1:{(port := free_port())}"
    told = {"BIND_HOST": "127.0.0.1", "IOT_MTLS_ENABLED": "0", "GATEWAY_PORT": str(port)}
    with tempfile.TemporaryFile() as log, tempfile.TemporaryDirectory() as folder:
        process = subprocess.Popen(
            [str(PROGRAM)],
            cwd=folder,
            env={"PATH": os.environ.get("PATH", ""), "HOME": folder, **told},
            stdout=log,
            stderr=log,
            preexec_fn=_die_with_parent,  # noqa: PLW1509 - one prctl call, which takes no lock
        )
        try:
            _wait_until_ready(process, address)
            yield address
        finally:
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(_STOP_SECONDS)
            process.kill()
            process.wait()


def _wait_until_ready(process: subprocess.Popen[bytes], address: str) -> None:
    patience_ends = monotonic() + _START_SECONDS
    while monotonic() < patience_ends and process.poll() is None:
        with suppress(OSError), urlopen(f"{address}/_ministack/health", timeout=1):
            return
        sleep(0.05)
    raise RuntimeError("the emulator of AWS did not start")


def _die_with_parent() -> None:
    """Ask the kernel to end this process when the one that started it is gone, however it went."""
    _LIBC.prctl(_PR_SET_PDEATHSIG, int(signal.SIGTERM), 0, 0, 0)
