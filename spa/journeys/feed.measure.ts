/** How long an alert takes from its 202 until the open page shows it: over 120 alerts a page, sent one by one. */
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, inject, it } from "vitest";

import { aPage, launch, signIn } from "./browser";
import { report } from "./figures";

const ALERTS = 120;
const WARM_UP = 10;
const demo = inject("demo");
let browser: Browser;
let page: Page;

// Runs in the page: notes when each thing first stands in it, by the wall clock that both sides share.
const WATCH = `(name) => {
  window.seen = new Map();
  const look = () => {
    for (const each of document.querySelectorAll("[data-" + name + "]")) {
      const id = each.getAttribute("data-" + name);
      if (!window.seen.has(id)) window.seen.set(id, performance.timeOrigin + performance.now());
    }
  };
  look();
  new MutationObserver(look).observe(document.body, { childList: true, subtree: true, attributes: true });
}`;

beforeAll(async () => {
  browser = await launch();
  ({ page } = await aPage(await browser.newContext({ locale: "en-US", viewport: { width: 1440, height: 900 } })));
  await signIn(page, demo);
});

afterAll(() => browser.close());

async function takenAt(id: string): Promise<number> {
  const handle = await page.waitForFunction((key: string) => (window as unknown as { seen: Map<string, number> }).seen.get(key), id, { polling: 20 });
  return (await handle.jsonValue())!;
}

it.each([
  ["signal", "/signals"],
  ["order", "/orders"],
])("%s", async (name, path) => {
  await page.goto(demo.base_url + path);
  await page.locator('[data-connection="live"]').waitFor();
  await page.evaluate(`(${WATCH})(${JSON.stringify(name)})`);
  const taken: number[] = [];
  for (let n = 0; n < WARM_UP + ALERTS; n += 1) {
    const body = JSON.stringify({ ticker: "BTCUSDT", action: n % 2 ? "sell" : "buy", quantity: "0.01", id: `${name}-${n}` });
    const answer = await fetch(demo.webhook_url, { method: "POST", body });
    const accepted = performance.timeOrigin + performance.now();
    expect(answer.status).toBe(202);
    const said = (await answer.json()) as { signal_id: string; orders: { id: string }[] };
    const id = name === "signal" ? said.signal_id : said.orders[0]!.id;
    const ms = (await takenAt(id)) - accepted;
    if (n >= WARM_UP) taken.push(ms);
    // As alerts come: apart, and not in step with anything that the page does.
    await page.waitForTimeout(200 + 400 * Math.random());
  }
  report(`from 202 to the DOM of ${path}`, taken);
});
