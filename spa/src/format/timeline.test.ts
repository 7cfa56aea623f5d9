import { describe, expect, it } from "vitest";

import { bars, codeOf, showMs, showTook, split, wordOf, type Hop } from "./timeline";

function hops(...gaps: (number | null)[]): Hop[] {
  return gaps.map((gap, n) => ({
    n,
    at: "2026-03-02T10:00:00Z",
    stage: "sent",
    from_state: null,
    to_state: null,
    actor: "worker",
    ms_since_previous: gap,
    evidence: {},
  }));
}

describe("a waterfall", () => {
  it("lays each hop after the one before it", () => {
    expect(bars(hops(null, 2, 6)).map(({ left, width }) => [left, width])).toEqual([[0, 0], [0, 25], [25, 75]]);
  });

  it("stands when all happened at once, or clocks ran back", () => {
    expect(bars(hops(null, 0, -3)).map(({ width }) => width)).toEqual([0, 0, 0]);
  });

  it("begins anew where an order waited at its venue", () => {
    expect(split(hops(null, 5, 60_000, 3)).map((part) => part.length)).toEqual([2, 2]);
    expect(split([])).toEqual([]);
  });

  it("calls the venue's word what the venue said, and nothing else", () => {
    const [hop] = hops(null) as [Hop];
    const wordsOf = (stage: Hop["stage"], evidence: Hop["evidence"]) => wordOf({ ...hop, stage, evidence });

    expect(wordsOf("settled", { report: { state: "filled" } })).toBe("venue");
    expect(wordsOf("settled", { type: "rejected", message: "balance" })).toBe("venue");
    expect(wordsOf("settled", { type: "unknown", why: "timed out" })).toBe("record");
    expect(wordsOf("frozen", { symbol: { by: "rule" } })).toBe("freeze");
    expect(wordsOf("resolved", { resolved_by: "user" })).toBe("record");
  });

  it("tells by its code why we ended an order, and nothing of what a venue said", () => {
    const [hop] = hops(null) as [Hop];

    expect(codeOf({ ...hop, stage: "expired", evidence: { code: "expired" } })).toBe("expired");
    expect(codeOf({ ...hop, evidence: { report: { code: "x" } } })).toBeNull();
    expect(codeOf({ ...hop, evidence: { code: 5 } })).toBeNull();
  });

  it("shows milliseconds as finely as they deserve", () => {
    expect([0.456, 12.34, 1234.5].map(showMs)).toEqual(["0.46", "12.3", "1235"]);
  });

  it("says how long something took in the unit that reads best", () => {
    expect([0.456, 999.4, 3127, 84_485, 599_999, 7_260_000, 180_000_000].map(showTook)).toEqual([
      "0.46 ms", "999 ms", "3.13 s", "1 min 24 s", "10 min 0 s", "2 h 1 min", "2 d 2 h",
    ]);
  });
});
