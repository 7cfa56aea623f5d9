"""Where SQS answers, and what our queues are called there; read once, by a root."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import msgspec

from bus.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Mapping

ENDPOINT_VARIABLE = "FOURPASS_AWS_ENDPOINT_URL"
REGION_VARIABLE = "FOURPASS_AWS_REGION"
PREFIX_VARIABLE = "FOURPASS_QUEUE_PREFIX"

_STANDARD_REGION_VARIABLES = ("AWS_REGION", "AWS_DEFAULT_REGION")
# What plays AWS on one machine answers for any region.
_REGION_OF_A_DOUBLE = "us-east-1"
_PREFIX = re.compile(r"[A-Za-z0-9_-]{0,50}")


class SqsSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How to reach SQS. Credentials come from the standard chain of AWS, never from a setting.

    Attributes:
        region: The queues' region, such as `ap-northeast-1`.
        endpoint_url: What plays AWS instead of AWS; `None` for AWS itself.
        prefix: What every queue's name begins with, so that two houses share an account.
        signs_as_nobody: What plays AWS wants requests signed, and does not look by whom.
        answer_within: After this long without an answer SQS counts as unavailable.
    """

    region: str
    endpoint_url: str | None = None
    prefix: str = "fourpass-"
    signs_as_nobody: bool = False
    answer_within: timedelta = timedelta(seconds=3)


def read_sqs_settings(environment: Mapping[str, str]) -> SqsSettings:
    """Read the settings from environment variables.

    Raises:
        SettingsError: A variable is missing or cannot be understood; it is named.
    """
    endpoint_url = read_endpoint(environment)
    prefix = environment.get(PREFIX_VARIABLE, "fourpass-")
    if not _PREFIX.fullmatch(prefix):
        raise SettingsError(PREFIX_VARIABLE, "may have 50 letters, digits, - and _ at most")
    return SqsSettings(region=read_region(environment), endpoint_url=endpoint_url, prefix=prefix)


def read_endpoint(environment: Mapping[str, str]) -> str | None:
    """Read what plays AWS instead of AWS; `None` for AWS itself.

    Raises:
        SettingsError: It is no URL.
    """
    endpoint_url = environment.get(ENDPOINT_VARIABLE, "").strip() or None
    if endpoint_url is not None and not _is_http(endpoint_url):
        raise SettingsError(ENDPOINT_VARIABLE, "must be a URL that begins with http:// or https://")
    return endpoint_url


def read_region(environment: Mapping[str, str]) -> str:
    """Read the region of AWS; what plays AWS needs none named.

    Raises:
        SettingsError: It is not set.
    """
    for variable in (REGION_VARIABLE, *_STANDARD_REGION_VARIABLES):
        if region := environment.get(variable, "").strip():
            return region
    if read_endpoint(environment) is None:
        raise SettingsError(REGION_VARIABLE, "is not set; example: ap-northeast-1")
    return _REGION_OF_A_DOUBLE


def _is_http(url: str) -> bool:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname)
