import { describe, expect, it } from "vitest";

import { anOrder } from "@/testing/builders";

import { hopTimes, percentile, sampleOf } from "./latency";
import type { Hop } from "./timeline";

function way(...hops: [Hop["stage"], number | null][]): Hop[] {
  return hops.map(([stage, ms_since_previous], n) => ({
    n, at: "2026-03-02T10:00:00Z", stage, from_state: null, to_state: null, actor: "worker", ms_since_previous, evidence: {},
  }));
}

describe("a percentile", () => {
  it("is a number that was measured", () => {
    expect(percentile([1, 2, 3, 4], 50)).toBe(2);
    expect(percentile([1, 2, 3, 4], 95)).toBe(4);
    expect(percentile(Array.from({ length: 20 }, (_, n) => n + 1), 95)).toBe(19);
    expect(percentile([], 95)).toBe(0);
  });
});

describe("the times of hops", () => {
  it("are told with how many orders they are of", () => {
    const found = hopTimes([way(["edge_received", null], ["edge_recorded", 2], ["sent", 4]), way(["edge_received", null], ["edge_recorded", 6])]);

    expect(found).toEqual([
      { stage: "edge_recorded", orders: 2, medianMs: 2, p95Ms: 6 },
      { stage: "sent", orders: 1, medianMs: 4, p95Ms: 4 },
    ]);
  });

  it("leave out what waited at a venue, and clocks that ran back", () => {
    expect(hopTimes([way(["edge_received", null], ["sent", -3], ["settled", 60_000])])).toEqual([
      { stage: "sent", orders: 1, medianMs: 0, p95Ms: 0 },
    ]);
    expect(hopTimes([])).toEqual([]);
  });
});

describe("the sample", () => {
  const now = Date.parse("2026-03-02T12:00:00Z");
  const filled = { signal_id: "s", state: "filled" as const };

  it("is of filled orders that came from alerts, of the last 24 hours", () => {
    const orders = [
      anOrder({ ...filled, id: "counts" }),
      anOrder({ ...filled, id: "by hand", signal_id: null }),
      anOrder({ ...filled, id: "working", state: "accepted" }),
      anOrder({ ...filled, id: "old", created_at: "2026-03-01T10:00:00Z" }),
    ];

    expect(sampleOf(orders, now)).toEqual(["counts"]);
  });

  it("is of the newest twenty at most", () => {
    const orders = Array.from({ length: 30 }, (_, n) => anOrder({ ...filled, id: String(n) }));

    expect(sampleOf(orders, now)).toHaveLength(20);
  });
});
