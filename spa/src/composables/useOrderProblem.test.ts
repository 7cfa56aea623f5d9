import { describe, expect, it } from "vitest";
import { ref } from "vue";

import type { OrderDetail } from "@/client";
import { anOrder } from "@/testing/builders";

import { useOrderProblem } from "./useOrderProblem";

function codeOf(over: Partial<OrderDetail>): string | undefined {
  return useOrderProblem(ref({ ...anOrder(), fills: [], events: [], control_hops: [], ...over })).value?.code;
}

describe("why an order came to nothing", () => {
  it("is told by its own code", () => {
    expect(codeOf({ state: "denied", error_code: "kill_switch_active" })).toBe("kill_switch_active");
    expect(codeOf({ state: "expired", error_code: "expired" })).toBe("expired");
  });

  it("is told by the state of one that ran out of time unsent before that had a code", () => {
    expect(codeOf({ state: "expired" })).toBe("expired");
    expect(codeOf({ state: "expired", broker_order_id: "venue-1" })).toBeUndefined();
  });

  it("is no matter of one that did not", () => {
    expect(codeOf({ state: "filled" })).toBeUndefined();
  });
});
