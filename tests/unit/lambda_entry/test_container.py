"""Who opens a container sees to logs and garbage in Lambda, and leaves both alone elsewhere."""

from __future__ import annotations

import gc
import logging
from typing import TYPE_CHECKING

import pytest
from typing_extensions import override

from lambda_entry import _container
from lambda_entry._addresses import AddressesUnavailableError
from lambda_entry._container import Container, open_container
from telemetry.plain import JsonFormatter

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


IN_LAMBDA = {"AWS_LAMBDA_FUNCTION_NAME": "fourpass-maintenance"}


class _Unopened(Container):
    @override
    def __init__(self, environment: Mapping[str, str]) -> None:
        self.environment = environment


@pytest.fixture
def root(monkeypatch: pytest.MonkeyPatch) -> Iterator[logging.Logger]:
    monkeypatch.setattr(_container, "Container", _Unopened)
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield root
    root.handlers[:] = handlers
    root.setLevel(level)
    gc.enable()


def test_a_function_logs_lines_of_json(root: logging.Logger) -> None:
    open_container(IN_LAMBDA)

    [handler] = root.handlers
    assert isinstance(handler.formatter, JsonFormatter)


def test_a_process_that_plays_aws_logs_as_before(root: logging.Logger) -> None:
    before = [*root.handlers]

    open_container({})

    assert root.handlers == before


@pytest.mark.usefixtures("root")
def test_a_start_that_fails_leaves_the_collector_on() -> None:
    gc.disable()
    away = {"FOURPASS_ADDRESSES_SECRET": "a", "FOURPASS_AWS_ENDPOINT_URL": "http://127.0.0.1:1"}

    with pytest.raises(AddressesUnavailableError):
        open_container({**IN_LAMBDA, **away})

    assert gc.isenabled()
