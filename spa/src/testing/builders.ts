/** What tests begin with; each names only what it is about. */
import type { Order, Signal } from "@/client";

/** Returns a paper order that was just recorded. */
export function anOrder(over: Partial<Order> = {}): Order {
  return {
    id: "01a205d0-8fce-7638-b30a-52e32c3f23ee",
    signal_id: null,
    strategy_id: null,
    account_id: "01a205d0-8fce-7638-b30a-52e32c3f23aa",
    parent_id: null,
    leg: 1,
    seq: 1,
    mode: "paper",
    symbol: "BTCUSDT",
    side: "buy",
    quantity: "0.05",
    frozen_quantity: null,
    order_type: "market",
    limit_price: null,
    stop_price: null,
    time_in_force: "gtc",
    reduce_only: false,
    state: "accepted",
    filled_quantity: "0",
    average_price: null,
    client_order_id: "4p-1",
    broker_order_id: null,
    error_code: null,
    error_message: null,
    expires_at: "2026-03-02T11:00:00Z",
    created_at: "2026-03-02T10:00:00Z",
    updated_at: "2026-03-02T10:00:00Z",
    trace_id: "4bf92f3577b34da6a3ce929d0e0e4736",
    reversal: null,
    mapping: null,
    ...over,
  };
}

/** Returns an alert that was accepted and made no order yet. */
export function aSignal(over: Partial<Signal> = {}): Signal {
  return {
    id: "01a205d0-8fce-7638-b30a-52e32c3f23ff",
    strategy_id: "01a205d0-8fce-7638-b30a-52e32c3f23cc",
    dialect: "plain",
    outcome: "accepted",
    code: null,
    duplicate_of: null,
    signal: null,
    body: "{}",
    orders: [],
    received_at: "2026-03-02T10:00:00Z",
    trace_id: "4bf92f3577b34da6a3ce929d0e0e4736",
    ...over,
  };
}
