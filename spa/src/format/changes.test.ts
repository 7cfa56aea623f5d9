import { describe, expect, it } from "vitest";

import { changesOf } from "./changes";

describe("the changes of an audit entry", () => {
  it("names nested fields by their path, and marks those that changed", () => {
    expect(changesOf({ state: "active", limits: { max: "5" } }, { state: "paused", limits: { max: "5" } })).toEqual([
      { field: "state", before: "active", after: "paused", isChanged: true },
      { field: "limits.max", before: "5", after: "5", isChanged: false },
    ]);
  });

  it("tells a field that was not there from one that is empty", () => {
    expect(changesOf(null, { cidr: null, scopes: ["read"] })).toEqual([
      { field: "cidr", before: null, after: "null", isChanged: true },
      { field: "scopes", before: null, after: '["read"]', isChanged: true },
    ]);
  });

  it("is nothing where nothing was kept", () => {
    expect(changesOf(null, null)).toEqual([]);
  });
});
