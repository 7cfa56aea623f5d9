import { describe, expect, it } from "vitest";

import { seated, spanOf } from "./sight";

describe("the rows in sight", () => {
  it("are those between both edges, and a few beyond them", () => {
    expect(spanOf(4000, 400, 40, 10_000)).toEqual({ first: 94, end: 116 });
  });

  it("end where the list ends", () => {
    expect(spanOf(0, 400, 40, 3)).toEqual({ first: 0, end: 3 });
    expect(spanOf(0, 400, 40, 0)).toEqual({ first: 0, end: 0 });
  });

  it("are none where the list became shorter than what was scrolled", () => {
    expect(spanOf(40_000, 400, 40, 3)).toEqual({ first: 3, end: 3 });
  });
});

describe("the seats of rows", () => {
  it("are kept by who stays, and taken by who is new", () => {
    const before = seated(new Map(), ["a", "b", "c"]);
    const after = seated(before, ["b", "c", "d"]);

    expect(after.get("b")).toBe(before.get("b"));
    expect(after.get("c")).toBe(before.get("c"));
    expect(after.get("d")).toBe(before.get("a"));
  });

  it("are never shared, and new ones are made where none is free", () => {
    const after = seated(seated(new Map(), ["a", "b"]), ["x", "a", "y", "b", "z"]);

    expect(new Set(after.values()).size).toBe(5);
  });
});
