import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";

import { aPage, alert, isAccessible, launch, signIn } from "./browser";
import { picture } from "./pictures";

const demo = inject("demo");
let browser: Browser;
let page: Page;
let faults: string[];
let order: Record<"id" | "client_order_id" | "broker_order_id" | "signal_id", string>;

/** A day of UTC, so many after today's: neither end of a span lies where a test could cross midnight. */
function day(after: number): string {
  return new Date(Date.now() + after * 24 * 3_600_000).toISOString().slice(0, 10);
}

beforeAll(async () => {
  browser = await launch();
  ({ page, faults } = await aPage(await browser.newContext({ locale: "en-US" })));
  const [id = ""] = await alert(demo, { ticker: "AVAXUSDT", action: "buy", quantity: "2", price: "80" });
  await alert(demo, { ticker: "AVAXUSDT", action: "buy", quantity: "3", price: "80" });
  await signIn(page, demo, `/orders/${id}`);
  await page.locator('[data-state="filled"]').first().waitFor();
  order = await page.evaluate<typeof order>(`fetch("/api/orders/${id}").then((answer) => answer.json())`);
});

afterAll(() => browser.close());

async function look(label: string, value: string): Promise<void> {
  await page.getByLabel(label, { exact: true }).fill(value);
  await page.keyboard.press("Enter");
}

function shown(): Promise<(string | null)[]> {
  return page.locator("[data-order]").evaluateAll((links) => links.map((link) => link.getAttribute("data-order")));
}

describe("looking an order up", () => {
  it("finds it by each of its ids, and by all but the end of one", async () => {
    await page.goto(`${demo.base_url}/orders`);
    await page.locator("[data-order]").nth(1).waitFor();

    for (const text of [order.id, order.client_order_id, order.broker_order_id, order.signal_id, order.id.slice(0, -1)]) {
      await look("Id", text);
      await page.waitForURL((address) => address.searchParams.get("search") === text);
      await expect.poll(shown, { timeout: 30_000 }).toEqual([order.id]);
    }
    await isAccessible(page);
    await picture(page, "lookup");
  });

  it("says how an id is typed where a part of one finds nothing", async () => {
    await look("Id", order.id.slice(0, 5));

    await page.getByText("first 8 characters or more").waitFor();
    await page.getByRole("main").getByRole("button", { name: "Clear filters" }).last().click();
    await page.locator("[data-order]").nth(1).waitFor();
    expect(new URL(page.url()).search).toBe("");
  });

  it("teaches which days to let go where nothing was in them, and keeps them in the address", async () => {
    await look("From (UTC)", "2001-02-03");
    await look("To (UTC)", "2001-02-04");
    await page.getByText("No order between 2001-02-03 and 2001-02-04").waitFor();
    expect(new URL(page.url()).search).toBe("?from=2001-02-03&to=2001-02-04");
    await isAccessible(page);
    await picture(page, "lookup-none");

    await page.reload();
    await page.getByText("No order between 2001-02-03 and 2001-02-04").waitFor();
    await page.getByRole("button", { name: "Clear the dates" }).click();
    await page.locator("[data-order]").nth(1).waitFor();
  });

  it("shows what is in the days, beside what else is asked for, and takes in what comes", async () => {
    await look("From (UTC)", day(-1));
    await look("To (UTC)", day(1));
    await look("Symbol", "AVAXUSDT");
    await page.waitForURL((address) => address.searchParams.get("symbol") === "AVAXUSDT");
    await expect.poll(async () => (await shown()).includes(order.id), { timeout: 30_000 }).toBe(true);

    const [fresh = ""] = await alert(demo, { ticker: "AVAXUSDT", action: "buy", quantity: "4", price: "80" });
    await page.locator(`[data-order="${fresh}"]`).waitFor();
    await look("From (UTC)", day(1));
    await page.getByText(`No order between ${day(1)} and ${day(1)}`).waitFor();
  });

  it("says so where the last day is before the first", async () => {
    await look("To (UTC)", day(-1));

    await page.getByText("This day is before the first.").waitFor();
    await page.getByRole("alert").getByText("invalid_time").waitFor();
    await isAccessible(page);
  });

  it("stands in Chinese and counts days in Taipei there", async () => {
    await page.evaluate(() => { localStorage.setItem("4pass.locale", "zh-TW"); });
    await page.goto(`${demo.base_url}/orders?from=2001-02-03&to=2001-02-04`);
    await page.getByText("2001-02-03 至 2001-02-04 之間沒有委託").waitFor();
    await page.getByLabel("起始日（TPE）").waitFor();
    await isAccessible(page);
    await picture(page, "lookup-none-chinese");
    await page.goto(`${demo.base_url}/orders?search=${order.id}`);
    await page.locator(`[data-order="${order.id}"]`).waitFor();
    await picture(page, "lookup-chinese");
    await page.setViewportSize({ width: 375, height: 812 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(375);
  });

  it("never broke the policy or threw", () => {
    expect(faults).toEqual([]);
  });
});
