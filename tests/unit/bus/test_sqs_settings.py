from __future__ import annotations

import pytest

from bus.errors import SettingsError
from bus.sqs_settings import SqsSettings, read_sqs_settings


def test_a_region_must_be_named_where_aws_itself_is_asked() -> None:
    with pytest.raises(SettingsError, match="FOURPASS_AWS_REGION is not set"):
        read_sqs_settings({})


@pytest.mark.parametrize("variable", ["FOURPASS_AWS_REGION", "AWS_REGION", "AWS_DEFAULT_REGION"])
def test_the_region_is_ours_or_that_of_the_standard_variables(variable: str) -> None:
    assert read_sqs_settings({variable: "eu-north-1"}).region == "eu-north-1"


def test_our_own_region_wins() -> None:
    told = {"AWS_REGION": "eu-north-1", "FOURPASS_AWS_REGION": "ap-northeast-1"}

    assert read_sqs_settings(told).region == "ap-northeast-1"


def test_what_plays_aws_needs_no_region() -> None:
    settings = read_sqs_settings({"FOURPASS_AWS_ENDPOINT_URL": "http://127.0.0.1:4566"})

    assert settings == SqsSettings(region="us-east-1", endpoint_url="http://127.0.0.1:4566")


@pytest.mark.parametrize("url", ["127.0.0.1:4566", "redis://cache", "http://", "http://h:x"])
def test_an_endpoint_that_is_no_http_address_is_refused(url: str) -> None:
    with pytest.raises(SettingsError, match="FOURPASS_AWS_ENDPOINT_URL"):
        read_sqs_settings({"FOURPASS_AWS_ENDPOINT_URL": url})


@pytest.mark.parametrize("prefix", ["a.b", "a b", "x" * 51])
def test_a_prefix_that_no_queue_may_have_is_refused(prefix: str) -> None:
    with pytest.raises(SettingsError, match="FOURPASS_QUEUE_PREFIX"):
        read_sqs_settings({"AWS_REGION": "eu-north-1", "FOURPASS_QUEUE_PREFIX": prefix})
