import { describe, expect, it } from "vitest";

import { ownZone, showTime, showUtc, sortable, zoneName, zoneOf } from "./time";

const NOW = new Date("2026-03-02T20:00:00Z");

describe("a time", () => {
  it("is shown in the zone of the exchange", () => {
    expect(showTime("2026-03-02T19:30:05.25Z", "Asia/Taipei", { now: NOW })).toBe("03:30:05");
    expect(showTime("2026-03-02T19:30:05.25Z", "UTC", { now: NOW, withMs: true })).toBe("19:30:05.250");
  });

  it("names its day where that is not today in this zone", () => {
    expect(showTime("2026-03-02T01:00:00Z", "Asia/Taipei", { now: NOW })).toBe("03-02 09:00:00");
  });

  it("names its year where that is not this one", () => {
    expect(showTime("2025-12-31T15:59:59Z", "Asia/Taipei", { now: NOW })).toBe("2025-12-31 23:59:59");
    expect(showTime("2025-12-31T16:00:00Z", "Asia/Taipei", { now: NOW })).toBe("01-01 00:00:00");
  });

  it("is given in UTC to the millisecond", () => {
    expect(showUtc("2026-03-02T19:30:05.123456Z")).toBe("2026-03-02 19:30:05.123 UTC");
  });

  it("sorts although zero fractions are left out", () => {
    const times = ["2026-03-02T19:30:05.000001Z", "2026-03-02T19:30:05Z"];
    expect(times.map(sortable).sort()[0]).toBe("2026-03-02T19:30:05.000000");
  });
});

describe("a symbol", () => {
  it("tells the zone of its exchange", () => {
    expect(["BTCUSDT", "ETHUSDT.P", "TXFR1", "2330"].map(zoneOf)).toEqual([
      "UTC", "UTC", "Asia/Taipei", "Asia/Taipei",
    ]);
  });

  it("of Taiwan alone is Taiwan's", () => {
    const theirs = ["00631L", "MXF202612", "TXF1!", "CDFL6", "TWSE:2330", "TAIFEX:TXF1!"];
    const others = ["AAPL", "NASDAQ:AAPL", "ES1!", "XAUEUR", "1000PEPEUSDT.P", "BF"];

    expect(theirs.filter((symbol) => zoneOf(symbol) !== "Asia/Taipei")).toEqual([]);
    expect(others.filter((symbol) => zoneOf(symbol) !== "UTC")).toEqual([]);
  });
});

describe("the reader's own zone", () => {
  it("is that of the device", () => {
    expect(ownZone()).toBe(new Intl.DateTimeFormat().resolvedOptions().timeZone);
  });

  it("is named by how far from UTC it is on that day", () => {
    expect(zoneName("America/New_York", "2026-01-15T12:00:00Z")).toBe("UTC-5");
    expect(zoneName("America/New_York", "2026-07-15T12:00:00Z")).toBe("UTC-4");
    expect(zoneName("Asia/Kolkata", "2026-07-15T12:00:00Z")).toBe("UTC+5:30");
    expect(zoneName("Asia/Taipei", "2026-07-15T12:00:00Z")).toBe("TPE");
    expect(zoneName("Europe/Berlin", "never")).toBe("Europe/Berlin");
  });

  it("counts its days there", () => {
    expect(showTime("2026-03-02T03:30:00Z", "America/New_York", { now: NOW })).toBe("03-01 22:30:00");
  });
});
