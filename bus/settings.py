"""How to reach the post, and the rules of its lanes; read from the environment once, by a root."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

import msgspec

from bus.base import Destination
from bus.environment import whole_number, yes_or_no
from bus.errors import SettingsError
from bus.routing import Carrier
from bus.sqs_settings import SqsSettings, read_sqs_settings

URL_VARIABLE = "FOURPASS_VALKEY_URL"
CLUSTER_VARIABLE = "FOURPASS_VALKEY_CLUSTER"
CA_VARIABLE = "FOURPASS_VALKEY_CA_FILE"
QUEUES_VARIABLE = "FOURPASS_QUEUES"

_TLS_SCHEMES = frozenset({"rediss", "valkeys"})
_TCP_SCHEMES = frozenset({"redis", "valkey"}) | _TLS_SCHEMES
_MOST_DATABASES = 1 << 16


class Password(msgspec.Struct, frozen=True):
    """A password that no log line shows."""

    plain: str

    def __repr__(self) -> str:
        return "Password('***')"


class ValkeyAddress(msgspec.Struct, frozen=True, kw_only=True):
    """Where a Valkey server listens and who we are there.

    Attributes:
        socket_path: A unix socket; host and port are then unused.
        ca_file: The authorities to trust besides the system's; TLS is always verified.
        is_cluster: The server answers for slots and redirects (ElastiCache Serverless does).
    """

    host: str = "127.0.0.1"
    port: int = 6379
    socket_path: str | None = None
    username: str | None = None
    password: Password | None = None
    database: int = 0
    is_tls: bool = False
    ca_file: str | None = None
    is_cluster: bool = False


class LaneRules(msgspec.Struct, frozen=True, kw_only=True):
    """The rules of one destination that is a queue.

    Attributes:
        visibility: How long a consumer may keep a delivery unsettled.
        delay: How long every message is held back.
        max_attempts: Deliveries before a message is set aside.
        dedup_window: How long a dedup id is remembered, counted from its first acceptance.
        is_fifo: Order per group; otherwise every envelope is a group of its own.
        retention: After this long SQS forgets what nobody took; Valkey keeps it.
    """

    visibility: timedelta
    delay: timedelta = timedelta(0)
    max_attempts: int = 3
    dedup_window: timedelta = timedelta(seconds=300)
    is_fifo: bool = True
    retention: timedelta = timedelta(days=4)


LANES: Mapping[Destination, LaneRules] = MappingProxyType(
    {
        # Half as long as an entry waits for its worker: who dies with a start in hand hides it, and
        # all of its user's, for no longer than this.
        Destination.WORKER_CONTROL: LaneRules(visibility=timedelta(seconds=30)),
        Destination.ORDER_TASKS: LaneRules(
            visibility=timedelta(seconds=180), delay=timedelta(seconds=30)
        ),
        Destination.POOL_CLAIM: LaneRules(
            visibility=timedelta(seconds=10), is_fifo=False, retention=timedelta(minutes=5)
        ),
        Destination.MAINTENANCE: LaneRules(visibility=timedelta(seconds=90), is_fifo=False),
    }
)


class BusSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that opening the post needs.

    Attributes:
        valkey: The server of hints, pool, replies and broadcast, and of the queues by default.
        queues: What carries the queues.
        sqs: How to reach SQS where that carries the queues.
        lanes: The rules of each queue.
        command_timeout: After this long without an answer a server counts as unavailable.
    """

    valkey: ValkeyAddress
    queues: Carrier = Carrier.VALKEY
    sqs: SqsSettings | None = None
    lanes: Mapping[Destination, LaneRules] = LANES
    command_timeout: timedelta = timedelta(seconds=1)


def read_settings(environment: Mapping[str, str]) -> BusSettings:
    """Read the settings from environment variables.

    Raises:
        SettingsError: A variable is missing or cannot be understood; it is named.
    """
    url = environment.get(URL_VARIABLE, "")
    if not url:
        raise SettingsError(URL_VARIABLE, "is not set; example: redis://127.0.0.1:6379/0")
    address = parse_address(url)
    if CLUSTER_VARIABLE in environment:
        is_cluster = _flag(CLUSTER_VARIABLE, environment[CLUSTER_VARIABLE])
        address = msgspec.structs.replace(address, is_cluster=is_cluster)
    if environment.get(CA_VARIABLE):
        address = msgspec.structs.replace(address, ca_file=environment[CA_VARIABLE])
    queues = _queues(environment)
    sqs = read_sqs_settings(environment) if queues is Carrier.SQS else None
    return BusSettings(valkey=_checked(address), queues=queues, sqs=sqs)


def parse_address(url: str) -> ValkeyAddress:
    """Read `redis[s]://[user[:password]@]host[:port][/database]` or `unix://[…@]/path[?db=0]`.

    Raises:
        SettingsError: It is no such address. The message never repeats the URL: it may hold a
            password.
    """
    try:
        parts = urlsplit(url)
        query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        port = parts.port
    except ValueError as error:
        raise SettingsError(URL_VARIABLE, "is not a URL") from error
    who = ValkeyAddress(
        username=unquote(parts.username) if parts.username else None,
        password=Password(unquote(parts.password)) if parts.password else None,
        ca_file=query.get("ca_file"),
        is_cluster=_flag(URL_VARIABLE, query.get("cluster", "")),
    )
    if parts.scheme == "unix":
        if not parts.path:
            raise SettingsError(URL_VARIABLE, "names no socket path")
        database = _database(query.get("db", "0"))
        return _checked(
            msgspec.structs.replace(who, socket_path=unquote(parts.path), database=database)
        )
    return _checked(_tcp(who, parts, port=port))


def _tcp(who: ValkeyAddress, parts: SplitResult, *, port: int | None) -> ValkeyAddress:
    if parts.scheme not in _TCP_SCHEMES:
        raise SettingsError(URL_VARIABLE, "must begin with redis://, rediss:// or unix://")
    if not parts.hostname:
        raise SettingsError(URL_VARIABLE, "names no host")
    return msgspec.structs.replace(
        who,
        host=parts.hostname,
        port=6379 if port is None else port,
        database=_database(parts.path.lstrip("/") or "0"),
        is_tls=parts.scheme in _TLS_SCHEMES,
    )


def _checked(address: ValkeyAddress) -> ValkeyAddress:
    if address.is_cluster and address.database:
        raise SettingsError(URL_VARIABLE, "a cluster has database 0 only")
    if address.is_cluster and address.socket_path:
        raise SettingsError(URL_VARIABLE, "a cluster is not reached by a unix socket")
    return address


def _database(text: str) -> int:
    database = whole_number(text, least=0, most=_MOST_DATABASES)
    if database is None:
        raise SettingsError(URL_VARIABLE, "the database is not a number")
    return database


def _flag(variable: str, text: str) -> bool:
    is_set = yes_or_no(text)
    if is_set is None:
        raise SettingsError(variable, "is neither true nor false")
    return is_set


def _queues(environment: Mapping[str, str]) -> Carrier:
    name = environment.get(QUEUES_VARIABLE, "") or Carrier.VALKEY
    try:
        return Carrier(name)
    except ValueError as error:
        known = ", ".join(Carrier)
        raise SettingsError(QUEUES_VARIABLE, f"is none of: {known}") from error
