import { describe, expect, it } from "vitest";

import { showDecimal, signOf, subtract } from "./decimal";

describe("a decimal", () => {
  it("is grouped and keeps each of its digits", () => {
    expect(showDecimal("1234567.8900")).toBe("1,234,567.8900");
    expect(showDecimal("-1234.5")).toBe("−1,234.5");
    expect(showDecimal("0.00000001")).toBe("0.00000001");
  });

  it("does not go through a float", () => {
    expect(showDecimal("9007199254740993.1")).toBe("9,007,199,254,740,993.1");
    expect(subtract("9007199254740993.1", "0.1")).toBe("9007199254740993.0");
    expect(subtract("0.3", "0.1")).toBe("0.2");
  });

  it("shows its sign where asked", () => {
    expect(showDecimal("2", { withSign: true })).toBe("+2");
    expect(showDecimal("0.00", { withSign: true })).toBe("0.00");
  });

  it("knows its sign", () => {
    expect([signOf("-0.00"), signOf("-0.1"), signOf("3"), signOf("x")]).toEqual([0, -1, 1, 0]);
  });

  it("is subtracted exactly", () => {
    expect(subtract("1.5", "2.25")).toBe("-0.75");
    expect(subtract("a", "1")).toBeNull();
  });
});
