import { describe, expect, it } from "vitest";

import { tokenIn } from "./useTestAlert";

describe("the token of a webhook's address", () => {
  it("is its last part, blanks around it aside", () => {
    expect(tokenIn(" https://4pass.example/webhook/tradingview/wh_a-B_9\n")).toBe("wh_a-B_9");
  });

  it.each(["", "wh_x", "https://4pass.example/webhook/tradingview/wh_***", "https://4pass.example/webhook/tradingview/wh_x/dry-run"])(
    "is nowhere else: %s",
    (address) => {
      expect(tokenIn(address)).toBe("");
    },
  );
});
