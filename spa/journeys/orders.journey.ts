import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";

import { aPage, alert, isAccessible, isLive, launch } from "./browser";

const demo = inject("demo");
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

describe("from an alert to its timeline", () => {
  it("signs in by the one-time link, and the link leaves the address", async () => {
    await page.goto(demo.link);
    await isAccessible(page);
    expect(page.url()).toBe(`${demo.base_url}/sign-in`);
    expect(await page.getByLabel("Code of your second factor").count()).toBe(0);

    await page.getByRole("button", { name: "Sign in" }).click();
    await page.waitForURL(`${demo.base_url}/`);
    await isLive(page);
    await page.getByRole("navigation").getByRole("link", { name: "Orders" }).click();
    await page.getByRole("heading", { name: "Orders" }).waitFor();
    await isAccessible(page);
  });

  it("shows an alert's order in the open list without a reload", async () => {
    const [order = ""] = await alert(demo, { ticker: "BTCUSDT", action: "buy", quantity: "0.05", price: "64250.1" });

    const row = page.locator("tr", { has: page.locator(`[data-order="${order}"]`) });
    await row.waitFor();
    await row.locator('[data-state="filled"]').waitFor();
    await isAccessible(page);
  });

  it("opens its timeline, hop by hop, and what was asked against what was got", async () => {
    await page.getByRole("link", { name: "BTCUSDT" }).first().click();
    await page.locator('[data-stage="settled"]').waitFor();

    const stages = await page.locator("[data-stage]").evaluateAll((hops) => hops.map((hop) => hop.getAttribute("data-stage")));
    expect(stages.slice(0, 2)).toEqual(["edge_received", "edge_recorded"]);
    expect(stages).toContain("sent");
    await page.getByText("64,250.1", { exact: true }).first().waitFor();
    await isAccessible(page);
  });

  it("comes back to the deep link after the session ended", async () => {
    const deep = page.url();
    await context.clearCookies();
    await page.reload();
    await page.waitForURL("**/sign-in?next=**");

    await page.getByLabel("E-mail").fill(demo.email);
    await page.getByLabel("Password").fill(demo.password);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.waitForURL(deep);
    await page.locator('[data-stage="settled"]').waitFor();
  });

  it("takes a resting order back, after asking", async () => {
    const asked = { ticker: "NEARUSDT", action: "buy", quantity: "1", price: "5", order_type: "limit", limit_price: "1.5" };
    const [order = ""] = await alert(demo, asked);
    await page.goto(`${demo.base_url}/orders/${order}`);
    await page.locator('[data-state="accepted"]').first().waitFor();

    await page.getByRole("button", { name: "Cancel order" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Cancel order" }).click();

    await page.locator('[data-state="cancelled"]').first().waitFor();
    expect(await page.getByRole("button", { name: "Cancel order" }).count()).toBe(0);
    await isAccessible(page);
  });

  it("says why an order came to nothing, and alarms nobody where there was nothing to do", async () => {
    const [order = ""] = await alert(demo, { ticker: "ZECUSDT", action: "close", price: "30" });
    await page.getByRole("link", { name: /All orders/ }).click();
    const row = page.locator("tr", { has: page.locator(`[data-order="${order}"]`) });
    await row.getByText("Nothing to do").waitFor();
    await row.locator('[data-reason="nothing_to_do"]').filter({ hasText: "There is nothing to trade" }).waitFor();

    await row.getByRole("link").click();
    await page.getByRole("note").getByText("There is nothing to trade").waitFor();
    expect(await page.getByRole("main").getByRole("alert").count()).toBe(0);
    await page.getByRole("main").getByRole("link", { name: "Demo" }).waitFor();
    await isAccessible(page);
  });

  it("says so where the browser lets nothing be copied", async () => {
    await page.evaluate(() => { navigator.clipboard.writeText = () => Promise.reject(new Error("no")); });
    await page.getByRole("button", { name: "Copy support bundle" }).click();
    await page.getByRole("button", { name: "Not copied" }).waitFor();
  });

  it("asks for a whole symbol where a part of one finds nothing", async () => {
    await page.getByRole("link", { name: /All orders/ }).click();
    await page.getByLabel("Symbol").fill("BT");
    await page.keyboard.press("Enter");
    await page.getByText("A symbol is matched whole").waitFor();
    await page.getByRole("main").getByRole("button", { name: "Clear filters" }).last().click();
    await page.locator("[data-order]").first().waitFor();
  });

  it("keeps filters in the address", async () => {
    await page.getByLabel("State").selectOption("rejected");
    await page.getByText("No order matches").waitFor();
    expect(new URL(page.url()).search).toBe("?state=rejected");

    await page.reload();
    await page.getByText("No order matches").waitFor();
  });

  it("never broke the policy or threw", () => {
    expect(faults).toEqual([]);
  });
});
