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

  it("keeps filters in the address", async () => {
    await page.getByRole("link", { name: /All orders/ }).click();
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
