import { describe, expect, it } from "vitest";

import { fillPlaceholders, hasPlaceholders } from "./placeholders";

const NOW = new Date("2026-03-02T10:00:00.123Z");

describe("placeholders", () => {
  it("are filled as TradingView would, and told", () => {
    expect(fillPlaceholders('{"t":"{{ticker}}","at":"{{timenow}}"}', "2330", NOW)).toEqual({
      text: '{"t":"2330","at":"2026-03-02T10:00:00Z"}',
      put: { "{{ticker}}": "2330", "{{timenow}}": "2026-03-02T10:00:00Z" },
    });
  });

  it.each(["{{plot_3}}", '{{plot("RSI")}}'])("of plots are numbers: %s", (name) => {
    expect(fillPlaceholders(name, "X", NOW).text).toBe("1");
  });

  it.each(["{{strategy.order.alert_message}}", "{{tikcer}}", "{{ __proto__ }}"])("that nobody can fill stay: %s", (name) => {
    expect(fillPlaceholders(name, "X", NOW)).toEqual({ text: name, put: {} });
  });

  it("are noticed", () => {
    expect([hasPlaceholders("{{close}}"), hasPlaceholders('{"a":{}}')]).toEqual([true, false]);
  });
});
