import { describe, expect, it } from "vitest";

import { alertText, asksFor, FRESH, PRESETS, type Draft } from "./alert";

function built(over: Partial<Draft>): Record<string, string> {
  return JSON.parse(alertText({ ...FRESH, ...over })) as Record<string, string>;
}

describe("an alert that is built", () => {
  it.each(PRESETS)("names its ticker and its time: %s", (preset) => {
    expect(built({ preset })).toMatchObject({ ticker: "{{ticker}}", time: "{{timenow}}" });
  });

  it("follows a strategy's orders by TradingView's own words", () => {
    expect(built({ preset: "orders" })).toMatchObject({ action: "{{strategy.order.action}}", quantity: "{{strategy.order.contracts}}" });
  });

  it("leaves out what was not filled in, and keeps digits as they were typed", () => {
    expect(built({ preset: "entry" })).not.toHaveProperty("quantity");
    expect(built({ preset: "entry", quantity: " 0.010 " }).quantity).toBe("0.010");
  });

  it("says what a quantity counts, unless it is a plain one", () => {
    expect(built({ preset: "entry", quantity: "5", quantityType: "percent_of_equity" }).quantity_type).toBe("percent_of_equity");
    expect(built({ preset: "entry", quantity: "5" })).not.toHaveProperty("quantity_type");
  });

  it("has a limit price only as a limit order", () => {
    expect(built({ preset: "entry", orderType: "limit", limitPrice: "9.50" })).toMatchObject({ order_type: "limit", limit_price: "9.50" });
    expect(built({ preset: "entry", limitPrice: "9.50" })).not.toHaveProperty("limit_price");
  });

  it("exits one side, or whatever is held", () => {
    expect(built({ preset: "exit", side: "short" }).action).toBe("short_exit");
    expect(built({ preset: "exit", side: "any" }).action).toBe("exit");
  });

  it("is on paper when it was asked to be", () => {
    expect(built({ paper: "1" }).mode).toBe("paper");
    expect(built({})).not.toHaveProperty("mode");
  });

  it("asks for nothing that its preset would not send", () => {
    expect(asksFor("cancel", "quantity")).toBe(false);
    expect(asksFor("reverse", "quantity")).toBe(true);
  });
});
