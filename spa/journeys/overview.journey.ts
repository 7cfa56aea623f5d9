import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";

import { aPage, alert, isAccessible, isLive, launch, signIn } from "./browser";
import { enter, signUp } from "./newcomer";

const demo = inject("demo");
const newcomer = { email: "first@example.com", password: "a seventh walk under the trees" };
let browser: Browser;
let context: BrowserContext;
let page: Page;
let faults: string[];

beforeAll(async () => {
  browser = await launch();
  context = await browser.newContext({ locale: "en-US" });
  ({ page, faults } = await aPage(context));
  await signIn(page, demo);
});

afterAll(() => browser.close());

async function engage(isEngaged: boolean): Promise<void> {
  const answer = await fetch(`${demo.base_url}/api/kill-switch`, {
    method: "POST",
    headers: { Authorization: `Bearer ${demo.api_key}`, "Content-Type": "application/json" },
    body: JSON.stringify({ engaged: isEngaged }),
  });
  expect(answer.status).toBe(200);
}

describe("the overview", () => {
  it("shows a newcomer the whole way to the first fill", async () => {
    const own = await browser.newContext({ locale: "en-US" });
    const { page: fresh, faults: theirs } = await aPage(own);
    await signUp(fresh, demo, newcomer);
    await enter(fresh, demo, newcomer);

    await fresh.getByRole("heading", { name: "From here to your first fill: 1 of 7" }).waitFor();
    await fresh.locator('[data-step="verified"][data-done="true"]').waitFor();
    expect(await fresh.locator('[data-step][data-done="false"]').count()).toBe(6);
    await isAccessible(fresh);
    faults.push(...theirs);
    await own.close();
  });

  it("is where one arrives, and says what is still to be set up", async () => {
    expect(new URL(page.url()).pathname).toBe("/");
    await page.getByRole("heading", { name: "Overview" }).waitFor();
    await page.locator('[data-step="totp"][data-done="false"]').waitFor();
    await isAccessible(page);
  });

  it("follows an alert to its fill, without a reload", async () => {
    await alert(demo, { ticker: "DOTUSDT", action: "buy", quantity: "7", price: "5.5" });

    await page.getByRole("heading", { name: "Still to set up: 1" }).waitFor();
    expect(await page.locator("[data-step]").evaluateAll((steps) => steps.map((step) => step.getAttribute("data-step")))).toEqual(["totp"]);
    await page.locator("[data-signal]", { hasText: "DOTUSDT" }).first().waitFor();
    await page.getByRole("link", { name: "DOTUSDT", exact: true }).waitFor();
    await isAccessible(page);
  });

  it("says how many orders its latency is of", async () => {
    const count = await page.locator("[data-latency-of]").getAttribute("data-latency-of");
    await page.getByText(`: ${String(count)} orders.`).waitFor();
    await page.getByRole("rowheader", { name: "Venue answered" }).waitFor();
  });

  it("names what needs action, as the server has it", async () => {
    await page.locator("[data-attention]").waitFor();
    await engage(true);
    await page.locator('[data-concern="switch"]').waitFor();
    await isAccessible(page);
    await engage(false);
    await page.locator('[data-concern="switch"]').waitFor({ state: "detached" });
  });

  it("says that it does not know, where the edge does not answer, and never that all is well", async () => {
    await page.route("**/api/dead-letters*", (route) => route.abort());
    await page.reload();
    await page.locator('[data-attention="unknown"]').waitFor();
    expect(await page.locator('[data-attention="none"]').count()).toBe(0);
    await page.unroute("**/api/dead-letters*");
  });

  it.each(["/", "/signals", "/positions", "/dead-letters"])("stands on a narrow screen, light and in Chinese: %s", async (path) => {
    await page.setViewportSize({ width: 375, height: 812 });
    await page.evaluate(() => { localStorage.setItem("4pass.theme", "light"); localStorage.setItem("4pass.locale", "zh-TW"); });
    await page.goto(demo.base_url + path);
    await isLive(page);
    await page.locator('html[lang="zh-TW"] h1').waitFor();
    const [wide, narrow] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
    expect(wide).toBe(narrow);
    await isAccessible(page);
  });

  it("never broke the policy or threw", () => {
    expect(faults).toEqual([]);
  });
});
