import { describe, expect, it } from "vitest";

import { beginOf, endOf } from "./days";

describe("a day", () => {
  it("begins and ends by the clock of its zone", () => {
    expect([beginOf("2026-11-23", "UTC"), endOf("2026-11-23", "UTC")]).toEqual(["2026-11-23T00:00:00.000Z", "2026-11-24T00:00:00.000Z"]);
    expect([beginOf("2026-11-23", "Asia/Taipei"), endOf("2026-11-23", "Asia/Taipei")]).toEqual(["2026-11-22T16:00:00.000Z", "2026-11-23T16:00:00.000Z"]);
    expect(beginOf("2026-11-23", "America/New_York")).toBe("2026-11-23T05:00:00.000Z");
  });

  it("is as long as its clock says where that is put forward or back", () => {
    expect([beginOf("2026-03-29", "Europe/Berlin"), endOf("2026-03-29", "Europe/Berlin")]).toEqual(["2026-03-28T23:00:00.000Z", "2026-03-29T22:00:00.000Z"]);
    expect([beginOf("2026-11-01", "America/New_York"), endOf("2026-11-01", "America/New_York")]).toEqual(["2026-11-01T04:00:00.000Z", "2026-11-02T05:00:00.000Z"]);
  });

  it("ends with its year and its month", () => {
    expect(endOf("2026-12-31", "UTC")).toBe("2027-01-01T00:00:00.000Z");
    expect(endOf("2028-02-28", "UTC")).toBe("2028-02-29T00:00:00.000Z");
  });

  it("is handed on as it stands where it is none: the edge says what is wrong with it", () => {
    expect([beginOf("yesterday", "UTC"), endOf("2026-13-45", "UTC")]).toEqual(["yesterday", "2026-13-45"]);
  });
});
