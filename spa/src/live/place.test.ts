import { describe, expect, it } from "vitest";

import { anOrder } from "@/testing/builders";

import { isWanted, newer, placed, type OrderPage } from "./place";

function at(second: number): string {
  return `2026-03-02T10:00:${String(second).padStart(2, "0")}Z`;
}

function pages(...seconds: number[][]): OrderPage[] {
  return seconds.map((each, n) => ({
    items: each.map((second) => anOrder({ id: `o${second}`, created_at: at(second) })),
    next_cursor: n === seconds.length - 1 ? null : "more",
  }));
}

function ids(shown: OrderPage[]): string[] {
  return shown.flatMap((page) => page.items.map((order) => order.id));
}

describe("an order from the stream", () => {
  it("stands first when it is the newest", () => {
    const order = anOrder({ id: "new", created_at: at(9) });

    expect(ids(placed(pages([8, 7], [6]), [order], {}))).toEqual(["new", "o8", "o7", "o6"]);
  });

  it("stands in an empty list", () => {
    expect(ids(placed(pages([]), [anOrder({ id: "new" })], {}))).toEqual(["new"]);
  });

  it("stands once, however often it is told", () => {
    const order = anOrder({ id: "new", created_at: at(9) });

    const twice = placed(placed(pages([8]), [order], {}), [order], {});

    expect(ids(twice)).toEqual(["new", "o8"]);
  });

  it("is left to the page that was not fetched yet", () => {
    const notAll = pages([8, 7]).map((page) => ({ ...page, next_cursor: "more" }));

    expect(ids(placed(notAll, [anOrder({ id: "old", created_at: at(1) })], {}))).toEqual(["o8", "o7"]);
  });

  it("leaves a list whose filter it does not meet any more", () => {
    const filled = anOrder({ id: "o8", created_at: at(8), state: "filled" });

    expect(ids(placed(pages([8, 7]), [filled], { state: "accepted" }))).toEqual(["o7"]);
  });

  it("stands only in the span of time that is asked for, by the microsecond", () => {
    const order = anOrder({ created_at: "2026-03-02T10:00:00.5Z" });

    expect(isWanted(order, { from: "2026-03-02T10:00:00.500Z" })).toBe(true);
    expect(isWanted(order, { to: "2026-03-02T10:00:00.500Z" })).toBe(false);
    expect(isWanted(order, { from: "2026-03-02T10:00:00.501Z" })).toBe(false);
    expect(isWanted(order, { from: "2026-03-02T00:00:00Z", to: "2026-03-03T00:00:00Z" })).toBe(true);
  });

  it("is meant by each of its ids and by their beginnings, as the edge finds it", () => {
    const order = anOrder({
      id: "01a205d0-8fce-7638-b30a-52e32c3f23ee", signal_id: "02b205d0-8fce-7638-b30a-52e32c3f23ee",
      client_order_id: "4p03hc3b325k22q0fdo549yl44w", broker_order_id: "AB12345678",
    });
    const isMeant = (search: string) => isWanted(order, { search });

    for (const text of [order.id, "01A205D0", "01a205d08fce", order.signal_id!, "02b205d0-8fce", "4p03hc3b", "t-4p03hc3b325k22q0fdo549yl44w", "AB12345678", "AB123456", " 01a205d0 "]) {
      expect(isMeant(text), text).toBe(true);
    }
    for (const text of ["01a205d", "ab12345678", "B12345678", "4p03hc", "99999999"]) expect(isMeant(text), text).toBe(false);
    expect(isWanted(anOrder({ broker_order_id: "77" }), { search: "77" })).toBe(true);
    expect(isWanted(anOrder({ broker_order_id: "77+78" }), { search: "78" })).toBe(true);
    expect(isWanted(anOrder({ broker_order_id: null }), { search: "" })).toBe(true);
  });

  it("never takes a state back that is newer", () => {
    const known = anOrder({ state: "filled", updated_at: "2026-03-02T10:00:01.5Z" });
    const late = anOrder({ state: "sending", updated_at: "2026-03-02T10:00:01Z" });

    expect(newer(known, late).state).toBe("filled");
    expect(newer(late, known).state).toBe("filled");
  });
});

describe("a filter", () => {
  it("reads symbols without regard to case, and passes over what is empty", () => {
    const order = anOrder({ symbol: "BTCUSDT", state: "filled" });

    expect(isWanted(order, { symbol: "btcusdt", state: "" })).toBe(true);
    expect(isWanted(order, { state: "accepted" })).toBe(false);
  });
});
