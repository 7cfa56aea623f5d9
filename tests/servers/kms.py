"""Keys of the emulator's KMS, drawn once a test run: each takes it seconds."""

from __future__ import annotations

import functools
from typing import Any, cast

from botocore.config import Config
from botocore.session import Session

from tests.servers.emulator import CREDENTIALS, REGION, shared_emulator

IDENTITY = CREDENTIALS | {"AWS_DEFAULT_REGION": REGION}


@functools.cache
def drawn_kms_key(version: int) -> str:
    """Return the id of the RSA-4096 key that stands for this version in the whole test run."""
    session = cast("Any", Session())
    client = session.create_client(
        "kms",
        region_name=REGION,
        endpoint_url=shared_emulator().url,
        aws_access_key_id=CREDENTIALS["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
        config=Config(read_timeout=60, retries={"total_max_attempts": 1}),
    )
    answer = client.create_key(
        KeySpec="RSA_4096", KeyUsage="ENCRYPT_DECRYPT", Description=f"version {version}"
    )
    client.close()
    return answer["KeyMetadata"]["KeyId"]
