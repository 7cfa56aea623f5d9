import { readFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { BROWSERS, TARGET, tooNew } from "./browsers.ts";

describe("what is too new for a browser of ours", () => {
  it.each(["Array.fromAsync(x)", "for await(let a of r.body)b()", ".a{scrollbar-gutter:stable}", "requestIdleCallback(f)"])("is found: %s", (text) => {
    expect(tooNew(text)).toHaveLength(1);
  });

  it("may stand where it is asked for first", () => {
    expect(tooNew("var a=w().requestIdleCallback||(e=>setTimeout(e,1))")).toEqual([]);
    expect(tooNew("`startViewTransition`in document&&document.startViewTransition(f)")).toEqual([]);
  });

  it("is not what all of them have", () => {
    expect(tooNew("a.at(-1);x.findLast(f);/(?<=a)b/;.a:has(b){color:color-mix(in srgb,red,blue)}")).toEqual([]);
  });
});

describe("the browsers", () => {
  it("are what the build is told", () => {
    expect(TARGET).toEqual(["chrome111", "edge111", "firefox128", "safari16.4"]);
  });

  it("are those that the docs name", () => {
    const told = readFileSync(join(import.meta.dirname, "../../docs/operations.md"), "utf8");
    const { chrome, firefox, safari } = BROWSERS;

    expect(told).toContain(`Chrome and Edge ${chrome}, Firefox ${firefox}, Safari ${safari}`);
  });
});
