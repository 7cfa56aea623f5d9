import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";

import { aPage, alert, isAccessible, launch, signIn } from "./browser";
import { signUp } from "./newcomer";
import { picture } from "./pictures";

const demo = inject("demo");
const password = "the third bridge upstream";
const email = "visitor@example.com";
let browser: Browser;
let context: BrowserContext;
let page: Page;
let faults: string[];

beforeAll(async () => {
  browser = await launch();
  context = await browser.newContext({ locale: "en-US" });
  ({ page, faults } = await aPage(context));
});

afterAll(() => browser.close());

describe("the operator's page", () => {
  it("shows everybody's workers and orders, the pool, the queues, and how long hops took", async () => {
    await signIn(page, demo);
    const [order = ""] = await alert(demo, { ticker: "BTCUSDT", action: "buy", quantity: "0.01", price: "64000" });
    await page.goto(`${demo.base_url}/orders`);
    await page.locator("tr", { has: page.locator(`[data-order="${order}"]`) }).locator('[data-state="filled"]').waitFor();

    await page.getByRole("link", { name: "Operations" }).click();
    await page.locator("[data-worker]").first().waitFor();
    await page.locator('[data-queue="worker-control"]').waitFor();
    await page.locator('[data-count="active"]').waitFor();
    await page.locator('[data-hop="settled"]').waitFor();
    // Everybody's, and nothing that anybody trades.
    expect(await page.locator("main").innerText()).not.toContain("BTCUSDT");
    await isAccessible(page);
    await picture(page, "operator");
  });

  it("reads in Chinese, on paper", async () => {
    await page.evaluate(() => { localStorage.setItem("4pass.theme", "light"); localStorage.setItem("4pass.locale", "zh-TW"); });
    await page.reload();
    await page.locator("[data-worker]").first().waitFor();
    await isAccessible(page);
    await picture(page, "operator-zh");
    await page.goto(`${demo.base_url}/security`);
    await page.locator("[data-session]").first().waitFor();
    await isAccessible(page);
    await picture(page, "security-zh");
  });

  it("is no page of a trader's", async () => {
    const others = await browser.newContext({ locale: "en-US" });
    const other = await aPage(others);
    await signUp(other.page, demo, { email, password });
    await signIn(other.page, { ...demo, email, password }, "/operator");
    await other.page.getByText("There is nothing at this address").waitFor();
    expect(await other.page.getByRole("link", { name: "Operations" }).count()).toBe(0);
    expect(other.faults).toEqual([]);
    await others.close();
  });

  it("never broke the policy or threw", () => {
    expect(faults).toEqual([]);
  });
});
