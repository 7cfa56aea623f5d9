"""Who may do what in the record: the one table that the catalogue is compared with.

A table, a view or a function without a line here fails the test, and so does a right that is not
written down. Rights on columns name them; `*` is the whole table.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.servers.roles import APP, CONTROL, OWNER, WORKER

if TYPE_CHECKING:
    from collections.abc import Mapping

ALL = "DELETE INSERT MAINTAIN REFERENCES SELECT TRIGGER TRUNCATE UPDATE"
APPEND = "INSERT MAINTAIN REFERENCES SELECT TRIGGER"

# Tables whose rows are one user's each, by what says whose. The edge reaches those of the user that
# its transaction is for; where there is nothing for the edge, doors alone reach them.
TENANT: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "account_counters": ("user_id", {"INSERT": "*"}),
    "account_credentials": (
        "user_id",
        {
            "INSERT": "*",
            "DELETE": "*",
            "SELECT": "account_id hint key_version set_at user_id",
            "UPDATE": "hint key_version sealed set_at",
        },
    ),
    "accounts": ("user_id", {"INSERT": "*", "SELECT": "*", "UPDATE": "state venue_account"}),
    "api_keys": (
        "user_id",
        {
            "INSERT": "*",
            "DELETE": "*",
            "SELECT": "created_at expires_at id last_used_at name networks scopes user_id",
        },
    ),
    "audit_chains": ("user_id", {"SELECT": "*"}),
    "audit_entries": ("user_id", {"SELECT": "*"}),
    "comparisons": ("user_id", {"SELECT": "*", "UPDATE": "acknowledged_at"}),
    "dedupe_windows": ("strategy_id", {}),
    "fee_sums": ("user_id", {}),
    "fills": ("user_id", {"SELECT": "*"}),
    "idempotency_keys": ("user_id", {}),
    "known_devices": ("user_id", {"DELETE": "*", "INSERT": "*", "SELECT": "*"}),
    "lease_proofs": ("user_id", {}),
    "mailed_tokens": ("user_id", {"INSERT": "*"}),
    "control_hops": ("user_id", {"SELECT": "*"}),
    "order_checks": ("order_id", {}),
    "order_events": ("user_id", {"SELECT": "*"}),
    "orders": ("user_id", {"SELECT": "*"}),
    "outbox": ("order_id", {}),
    "readings": ("user_id", {}),
    "recovery_codes": ("user_id", {"DELETE": "*", "INSERT": "*", "SELECT": "*"}),
    "sessions": (
        "user_id",
        {
            "DELETE": "*",
            "SELECT": "address created_at expires_at id last_seen_at stepped_up_at user_agent"
            " user_id",
        },
    ),
    "signals": ("user_id", {"SELECT": "*"}),
    "fold_marks": ("user_id", {}),
    "traded_sums": ("user_id", {"SELECT": "*"}),
    "strategies": (
        "user_id",
        {
            "INSERT": "*",
            "SELECT": "*",
            "UPDATE": "dedupe_window_s default_quantity mode name revision settings state",
        },
    ),
    "strategy_accounts": ("user_id", {"DELETE": "*", "INSERT": "*", "SELECT": "*"}),
    "strategy_tokens": (
        "user_id",
        {
            "INSERT": "*",
            "SELECT": "expires_at strategy_id token_hash user_id",
            "UPDATE": "expires_at",
        },
    ),
    "stream_entries": ("user_id", {"SELECT": "*"}),
    "switches": ("user_id", {}),
    "symbol_overrides": (
        "user_id",
        {"DELETE": "*", "INSERT": "*", "SELECT": "*", "UPDATE": "crosses symbol"},
    ),
    "totp": ("user_id", {"DELETE": "*", "INSERT": "*", "SELECT": "*", "UPDATE": "*"}),
    "unsealings": ("user_id", {}),
    "user_counters": ("user_id", {"SELECT": "*"}),
    "users": ("id", {"SELECT": "id password_hash", "UPDATE": "password_hash"}),
    "worker_leases": ("user_id", {}),
    "workers": ("user_id", {}),
}
# Tables whose rows are nobody's, and why; those of the record are forced as well.
NOBODYS: Mapping[str, str] = {
    "sign_ups": "there is no user yet; two doors alone reach it",
    "write_probe": "filler, to see whether the disk takes anything; one door reaches it",
    "schema_migrations": "what was applied; nobody but the owner has a right on it",
}
APPEND_ONLY = frozenset({"audit_entries", "order_events"})
# Besides: whoever checks the logs reads everybody's.
CHECKED = frozenset({"audit_chains", "audit_entries"})
VIEWS = frozenset({"account_records", "api_key_records", "session_records", "strategy_records"})

_BOTH = frozenset({APP, CONTROL})
# Every function that runs as the owner, and who may call it. Those of nobody are called by doors.
DOORS: Mapping[str, frozenset[str]] = {
    **dict.fromkeys(
        (
            "change_switch", "deny_order", "note_cancel_sent", "open_session",
            "pass_sibling", "put_worker", "record_manual", "request_cancel", "set_password",
            "settle_order", "sweep", "take_over",
        ),
        frozenset[str](),
    ),
    **dict.fromkeys(
        (
            "add_user", "change_switch_told", "credentials_of", "expire_overdue", "has_users",
            "mark_hinted", "note_sign_up", "open_own_session", "orders_in_flight",
            "principal_of_key", "recognise_token", "record_manual_told", "record_signals",
            "relay_due", "request_cancel_told", "reset_password", "resolve_order",
            "session_of_token", "set_own_password", "switch_of", "unattended_orders",
            "use_mailed_token", "use_sign_in_link", "verify_sign_up",
            "keep_answer", "finish_answer", "kept_credentials", "operations_seen",
            "tell_reading",
        ),
        frozenset({APP}),
    ),
    **dict.fromkeys(
        ("append_audit", "due_checks", "lease_holder", "order_by_id", "seen_workers"), _BOTH
    ),
    "probe_writing": frozenset({APP, CONTROL, WORKER}),
    **dict.fromkeys(
        (
            "bind_own_venue", "claim_own_order", "deny_own_order",
            "drop_own_worker", "note_own_cancel_sent",
            "own_accounts", "own_credentials", "own_oldest_queued", "own_open_orders", "own_order",
            "own_untold_orders",
            "own_order_by_client_id", "own_orders", "pass_own_sibling", "put_own_worker",
            "release_own_lease", "renew_own_lease", "settle_and_claim_own", "settle_own_order",
            "sweep_own", "take_lease", "take_over_own",
            "keep_own_comparison", "own_contracts", "own_holdings", "own_ledger", "tell_unsealing",
        ),
        frozenset({WORKER}),
    ),
    **dict.fromkeys(
        (
            "alert_counts", "census", "due_comparisons", "order_trail", "order_trails",
            "drop_worker", "drop_workers_of", "expire_order", "has_open_orders",
            "lost_workers", "note_check", "note_hop", "order_findings", "recent_leases",
            "release_lease",
        ),
        frozenset({CONTROL}),
    ),
}  # fmt: skip
# Functions that run as whoever calls them: they can do no more than he can.
HELPERS: Mapping[str, frozenset[str]] = {
    **dict.fromkeys(
        (
            "add_to_sums", "append_deed", "append_events", "audit_field", "audit_link", "born_of",
            "born_order", "can_settle", "cancel_named", "cancellable", "claim_order",
            "claimable_before", "comparison_day", "is_wanted_again", "is_worth_comparing",
            "what_is_apart", "fills_of_others", "first_orders", "fold_settlement",
            "give_birth", "held_lease", "holder_by_proof", "holds_lease", "is_blocked",
            "is_news_of_others", "is_own_saying", "judged_signal", "kept_signal", "lease_runs",
            "lock_cancellable", "lock_for_record", "move_order", "new_marks", "oldest_queued",
            "open_orders", "record_second_leg", "refuse_change", "reuses_id", "settle_known",
            "signal_of", "state_by_fills", "stream_mark", "switch_of_reversal",
            "take_fills", "tell_stream", "want_cancel", "was_given", "what_is_left",
            "why_no_second_leg", "write_born", "write_settled",
            "brought_on", "catch_up_position", "holder_at_venue", "keep_folded", "marked",
            "says_what_is_over", "taken_back",
        ),
        frozenset[str](),
    ),
    **dict.fromkeys(
        (
            "acting_user", "fold_on", "folded", "hops_of", "is_final", "is_over", "next_fills",
            "no_second_leg", "shown_order", "shown_state", "signed_quantity",
        ),
        frozenset({APP}),
    ),
    **dict.fromkeys(("cancel_pause", "is_live"), frozenset({WORKER})),
    "audit_shown": _BOTH,
}  # fmt: skip
# The paper venue plays a broker, so its ledger is keyed by account and knows no users of ours: its
# tables are the owner's alone, and who speaks to brokers or sets prices may call all its functions.
VENUE_CALLERS = frozenset({APP, WORKER})


def rights() -> set[tuple[str, str, str, str]]:
    """Return every right there is to be: table, role, verb, and the columns, or `*`."""
    wanted = {
        (table, APP, verb, columns)
        for table, (_, verbs) in TENANT.items()
        for verb, columns in verbs.items()
    }
    wanted |= {(table, CONTROL, "SELECT", "*") for table in CHECKED}
    wanted |= {(view, APP, "SELECT", "*") for view in VIEWS}
    for table in (*TENANT, *NOBODYS, *VIEWS):
        verbs = APPEND if table in APPEND_ONLY else ALL
        wanted |= {(table, OWNER, verb, "*") for verb in verbs.split()}
    return wanted


def policies() -> set[tuple[str, str, str, str | None, str | None]]:
    """Return every policy there is to be: table, role, verb, who is seen, what may be written."""
    wanted: set[tuple[str, str, str, str | None, str | None]] = set()
    for table in (*TENANT, *NOBODYS.keys() - {"schema_migrations"}):
        if table in APPEND_ONLY:
            wanted.add((table, OWNER, "SELECT", "true", None))
            wanted.add((table, OWNER, "INSERT", None, "true"))
        else:
            wanted.add((table, OWNER, "ALL", "true", None))
    for table, (column, verbs) in TENANT.items():
        if verbs:
            owns = f"({column} = ( SELECT acting_user() AS acting_user))"
            wanted.add((table, APP, "ALL", owns, None))
    return wanted | {(table, CONTROL, "SELECT", "true", None) for table in CHECKED}
