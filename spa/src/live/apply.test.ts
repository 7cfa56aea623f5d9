import { QueryClient } from "@tanstack/vue-query";
import { beforeEach, describe, expect, it } from "vitest";

import { keys } from "@/client/keys";
import { anOrder } from "@/testing/builders";

import { applyEvent, heal } from "./apply";
import { forgetTold, newest } from "./newest";

let queries: QueryClient;

function orderList(...orders: ReturnType<typeof anOrder>[]) {
  return { pages: [{ items: orders, next_cursor: null }], pageParams: [null] };
}

function tell(kind: string, data: unknown): void {
  applyEvent(queries, { id: "1", kind, data: JSON.stringify(data) });
}

function isStale(key: readonly unknown[]): boolean | undefined {
  return queries.getQueryState(key)?.isInvalidated;
}

beforeEach(() => {
  queries = new QueryClient();
  forgetTold();
});

describe("an order event", () => {
  it("changes every list that shows the order, each by its own filter", () => {
    queries.setQueryData(keys.orderList({}), orderList(anOrder()));
    queries.setQueryData(keys.orderList({ state: "accepted" }), orderList(anOrder()));

    tell("order", anOrder({ state: "filled" }));

    expect(queries.getQueryData(keys.orderList({}))).toEqual(orderList(anOrder({ state: "filled" })));
    expect(queries.getQueryData(keys.orderList({ state: "accepted" }))).toEqual(orderList());
  });

  it("has the order's own page read its timeline again", () => {
    queries.setQueryData(keys.order(anOrder().id), anOrder());

    tell("order", anOrder({ state: "filled" }));

    expect(isStale(keys.order(anOrder().id))).toBe(true);
  });

  it("tells of its alert once: an alert that became orders has no event of its own", () => {
    const list = keys.strategySignals("1");
    queries.setQueryData(list, { items: [] });

    tell("order", anOrder({ signal_id: "7" }));
    const first = isStale(list);
    queries.setQueryData(list, { items: [] });
    tell("order", anOrder({ signal_id: "7", state: "filled" }));

    expect([first, isStale(list)]).toEqual([true, false]);
  });

  it("outlives a list that was asked for before it", () => {
    tell("order", anOrder({ state: "filled", updated_at: "2026-03-02T10:00:02Z" }));

    expect(newest(anOrder({ state: "sending", updated_at: "2026-03-02T10:00:01Z" })).state).toBe("filled");
  });

  it("that says of a gone object no more than its id is passed over", () => {
    queries.setQueryData(keys.orderList({}), orderList(anOrder()));

    tell("order", { id: "gone" });

    expect(queries.getQueryData(keys.orderList({}))).toEqual(orderList(anOrder()));
  });
});

describe("other events", () => {
  it("set the kill switch as the server has it", () => {
    tell("switch", { engaged: true });

    expect(queries.getQueryData(keys.killSwitch)).toEqual({ engaged: true });
  });

  it("have what is keyed by their name fetched again", () => {
    queries.setQueryData(["signal", "list"], []);

    tell("signal", { id: "s" });

    expect(isStale(["signal", "list"])).toBe(true);
  });
});

describe("an opened line", () => {
  it("has everything fetched again when it is a new one", () => {
    queries.setQueryData(keys.orderList({}), orderList());

    heal(queries, false);

    expect(isStale(keys.orderList({}))).toBe(true);
  });

  it("spares the lists that it fed without a gap, and nothing else", () => {
    queries.setQueryData(keys.orderList({}), orderList());
    queries.setQueryData(keys.order("a"), anOrder());
    queries.setQueryData(keys.accounts, []);

    heal(queries, true);

    expect(isStale(keys.orderList({}))).toBe(false);
    expect([isStale(keys.order("a")), isStale(keys.accounts)]).toEqual([true, true]);
  });
});
