import { describe, expect, it } from "vitest";

import { meantFields, meantText } from "./meant";

const signal = { ticker: "BTCUSDT", quantity: "0.05", price: 1.5, limit_price: null, reduce_only: false, extras: {}, accounts: ["a"] };

describe("a recorded meaning", () => {
  it("gives texts, and believes no number", () => {
    expect(meantText({ signal }, "quantity")).toBe("0.05");
    expect(meantText({ signal }, "price")).toBeNull();
    expect(meantText({ signal: null }, "ticker")).toBeNull();
  });

  it("lists what was said, and leaves out what was left open", () => {
    expect(meantFields({ signal })).toEqual([["ticker", "BTCUSDT"], ["quantity", "0.05"], ["price", "1.5"], ["accounts", '["a"]']]);
    expect(meantFields({ signal: ["x"] })).toEqual([]);
  });
});
