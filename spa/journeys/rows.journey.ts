import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";

import { aPage, alert, launch, signIn } from "./browser";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const ORDERS = 450;
const SYMBOL = "LTCUSDT";
const MOST_ROWS = 80;
const demo = inject("demo");
let browser: Browser;
let page: Page;
let faults: string[];
let ids: string[];

beforeAll(async () => {
  const line = ["-m", "tests.scenes.ordering", demo.data_dir, demo.strategy_id, String(ORDERS), SYMBOL];
  execFileSync(join(ROOT, ".venv/bin/python"), line, { cwd: ROOT });
  ids = await all();
  browser = await launch();
  ({ page, faults } = await aPage(await browser.newContext({ locale: "en-US", viewport: { width: 1440, height: 900 } })));
});

afterAll(() => browser.close());

/** The ids of all orders of the symbol as the API has them. */
async function all(): Promise<string[]> {
  const found: string[] = [];
  let cursor: string | null = "";
  while (cursor !== null) {
    const address = `${demo.base_url}/api/orders?symbol=${SYMBOL}&limit=200${cursor && `&cursor=${cursor}`}`;
    const answer = await fetch(address, { headers: { authorization: `Bearer ${demo.api_key}` } });
    const told = (await answer.json()) as { items: { id: string }[]; next_cursor: string | null };
    found.push(...told.items.map(({ id }) => id));
    cursor = told.next_cursor;
  }
  return found;
}

/** The rows in the page: where each stands in the whole list, and the order that it shows. */
function rows(): Promise<[number, string][]> {
  return page.locator("tbody tr[aria-rowindex]").evaluateAll((shown) =>
    shown.map((row) => [Number(row.getAttribute("aria-rowindex")) - 2, row.querySelector("[data-order]")?.getAttribute("data-order") ?? ""]),
  );
}

function count(): Promise<number> {
  return page.locator("table").getAttribute("aria-rowcount").then((told) => Number(told) - 1);
}

async function scrollBy(px: number): Promise<void> {
  await page.getByRole("region", { name: "Orders" }).evaluate(async (frame, by) => {
    frame.scrollTop += by;
    await new Promise(requestAnimationFrame);
    await new Promise(requestAnimationFrame);
  }, px);
}

describe("a long list of orders", () => {
  it("holds few rows in the page, each the order of its place, down to the end", async () => {
    await signIn(page, demo, `/orders?symbol=${SYMBOL}`);
    await page.locator("[data-order]").first().waitFor();
    expect(ids.length).toBe(ORDERS);

    let most = 0;
    let last = -1;
    for (let tries = 0; last < ORDERS - 1 && tries < 200; tries += 1) {
      const shown = await rows();
      expect(shown.map(([, id]) => id)).toEqual(shown.map(([place]) => ids[place]));
      most = Math.max(most, shown.length);
      last = shown.at(-1)?.[0] ?? -1;
      await scrollBy(700);
    }

    expect(last).toBe(ORDERS - 1);
    expect(most).toBeGreaterThan(10);
    expect(most).toBeLessThanOrEqual(MOST_ROWS);
  });

  it("takes the keyboard away from a row that shows another order", async () => {
    await scrollBy(-1e6);
    const first = page.locator(`[data-order="${ids[0]!}"]`);
    await first.focus();
    await scrollBy(40);
    expect(await first.evaluate((link) => link === document.activeElement)).toBe(true);

    await scrollBy(4000);
    expect(await page.evaluate(() => document.activeElement?.closest("tr") === null)).toBe(true);
  });

  it("loses no order that comes while a page of it is fetched", async () => {
    await page.reload();
    await page.locator("[data-order]").first().waitFor();
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    await page.route(/api\/orders\?.*cursor=/, async (route) => { await held; await route.continue(); }, { times: 1 });
    const asked = page.waitForRequest(/api\/orders\?.*cursor=/);
    await scrollBy(1e6);
    await asked;

    const before = await count();
    const [order = ""] = await alert(demo, { ticker: SYMBOL, action: "buy", quantity: "1", price: "80" });
    await expect.poll(count).toBe(before + 1);
    release();
    await expect.poll(count).toBe(before + 201);

    await scrollBy(-1e6);
    const row = page.locator("tr", { has: page.locator(`[data-order="${order}"]`) });
    await row.locator('[data-state="filled"]').waitFor();
  });

  it("never broke the policy or threw", () => {
    expect(faults).toEqual([]);
  });
});
