import { describe, expect, it } from "vitest";

import { safeNext } from "./next";

describe("the page after signing in", () => {
  it("is the deep link that was wanted", () => {
    expect(safeNext("/orders/7?state=filled#x")).toBe("/orders/7?state=filled#x");
  });

  it.each(["//evil.example/x", "https://evil.example", "/\\evil.example/x", "/.//evil.example", "javascript:alert(1)", undefined, ["/a"]])(
    "is never another site: %s",
    (wanted) => {
      expect(safeNext(wanted)).toBe("/");
    },
  );
});
