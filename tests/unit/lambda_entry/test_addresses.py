from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING, NoReturn

import msgspec
import pytest
from typing_extensions import override

from bus.errors import SettingsError
from bus.messages import KeepPool
from bus.values import HOUSE
from lambda_entry import _serving
from lambda_entry._addresses import AddressesUnavailableError, with_addresses
from lambda_entry._container import Container, Warm

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

ENVIRONMENT = {
    "FOURPASS_ADDRESSES_SECRET": "arn:of:a:secret",
    "AWS_REGION": "us-east-1",
    "AWS_ACCESS_KEY_ID": "somebody",
    "AWS_SECRET_ACCESS_KEY": "drawn",
    "AWS_SESSION_TOKEN": "for-an-hour",
    "FOURPASS_QUEUES": "sqs",
}


class _Keeper(HTTPServer):
    """Plays Secrets Manager: tells one secret, or refuses."""

    told = ""
    status = 200
    heard: list[tuple[dict[str, str], bytes]]


class _Answer(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        keeper = self.server
        assert isinstance(keeper, _Keeper)
        body = self.rfile.read(int(self.headers["Content-Length"]))
        keeper.heard.append((dict(self.headers), body))
        self.send_response(keeper.status)
        self.end_headers()
        self.wfile.write(msgspec.json.encode({"SecretString": keeper.told, "Name": "a"}))

    @override
    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def keeper() -> Generator[_Keeper]:
    with _Keeper(("127.0.0.1", 0), _Answer) as server:
        server.heard = []
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def at(keeper: _Keeper) -> dict[str, str]:
    return {**ENVIRONMENT, "FOURPASS_AWS_ENDPOINT_URL": f"http://127.0.0.1:{keeper.server_port}"}


def test_no_secret_named_changes_nothing() -> None:
    environment = {"FOURPASS_DATABASE_URL": "memory://"}

    assert with_addresses(environment) is environment


def test_what_the_secret_says_is_added(keeper: _Keeper) -> None:
    keeper.told = '{"FOURPASS_DATABASE_URL": "postgresql://somewhere", "password": "of the proxy"}'

    told = with_addresses(at(keeper))

    assert told["FOURPASS_DATABASE_URL"] == "postgresql://somewhere"
    assert told["FOURPASS_QUEUES"] == "sqs"
    assert "password" not in told
    [(headers, body)] = keeper.heard
    assert body == b'{"SecretId":"arn:of:a:secret"}'
    assert headers["X-Amz-Target"] == "secretsmanager.GetSecretValue"
    assert headers["Host"] == f"127.0.0.1:{keeper.server_port}"
    assert headers["Authorization"].startswith("AWS4-HMAC-SHA256 Credential=somebody/")
    assert headers["X-Amz-Security-Token"] == "for-an-hour"
    assert "drawn" not in str(headers)


@pytest.mark.parametrize("said", ["s3cret-words", "[]", '{"FOURPASS_DATABASE_URL": 7}'])
def test_a_secret_of_another_form_is_refused_and_not_repeated(keeper: _Keeper, said: str) -> None:
    keeper.told = said

    with pytest.raises(SettingsError, match="FOURPASS_ADDRESSES_SECRET") as refused:
        with_addresses(at(keeper))

    assert said not in str(refused.value)


def test_a_refusal_is_told_by_its_number(keeper: _Keeper) -> None:
    keeper.status = 400

    with pytest.raises(AddressesUnavailableError, match="HTTP 400"):
        with_addresses(at(keeper))


def test_a_keeper_that_is_away_is_told() -> None:
    environment = {**ENVIRONMENT, "FOURPASS_AWS_ENDPOINT_URL": "http://127.0.0.1:1"}

    with pytest.raises(AddressesUnavailableError, match="ConnectionRefusedError"):
        with_addresses(environment)


def test_where_nothing_plays_aws_the_region_itself_is_asked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[tuple[str, int | None]] = []

    def connect(host: str, port: int | None, *, timeout: float) -> NoReturn:
        del timeout
        asked.append((host, port))
        raise ConnectionRefusedError

    monkeypatch.setattr("http.client.HTTPSConnection", connect)

    with pytest.raises(AddressesUnavailableError, match="ConnectionRefusedError"):
        with_addresses(ENVIRONMENT)

    assert asked == [("secretsmanager.us-east-1.amazonaws.com", None)]


class _Opened(Container):
    """A container that opens nothing and does nothing."""

    def __init__(self) -> None:
        self.is_closed = False

    @override
    def run(self, work: Callable[..., object]) -> None:  # pyright: ignore[reportIncompatibleMethodOverride] - it runs nothing
        del work

    @override
    def close(self) -> None:
        self.is_closed = True


@pytest.mark.parametrize(("age", "is_kept"), [(29.0, True), (30.0, False)])
def test_after_a_failure_an_old_container_is_opened_anew(age: float, *, is_kept: bool) -> None:
    opened: list[_Opened] = []
    now = [100.0]

    def open_one() -> Container:
        opened.append(_Opened())
        return opened[-1]

    warm = Warm(open_one, now=lambda: now[0])
    warm.run(lambda _: None)  # pyright: ignore[reportArgumentType] - nothing runs
    now[0] += age

    warm.doubt()
    warm.run(lambda _: None)  # pyright: ignore[reportArgumentType] - nothing runs

    assert len(opened) == (1 if is_kept else 2)
    assert opened[0].is_closed is not is_kept


class _Failing:
    """A container in which every message and every turn fails."""

    def __init__(self, answer: object) -> None:
        self.answer = answer
        self.doubts = 0

    def run(self, work: object) -> object:
        del work
        return self.answer

    def doubt(self) -> None:
        self.doubts += 1


def test_messages_that_come_back_cast_doubt(monkeypatch: pytest.MonkeyPatch) -> None:
    failing = _Failing({"batchItemFailures": [{"itemIdentifier": "0"}]})
    monkeypatch.setattr(_serving, "warm", failing)

    _serving.serve_batch({"Records": []})

    assert failing.doubts == 1


def test_a_turn_that_fails_casts_doubt(monkeypatch: pytest.MonkeyPatch) -> None:
    failing = _Failing(OSError("away"))
    monkeypatch.setattr(_serving, "warm", failing)

    with pytest.raises(OSError, match="away"):
        _serving.take_turn(KeepPool(user_id=HOUSE), {})

    assert failing.doubts == 1
