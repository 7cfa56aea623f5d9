import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";

import { aPage, isAccessible, launch, signIn } from "./browser";
import { picture } from "./pictures";

const demo = inject("demo");
let browser: Browser;
let context: BrowserContext;
let page: Page;
let faults: string[];

beforeAll(async () => {
  browser = await launch();
  context = await browser.newContext({ locale: "en-US", permissions: ["clipboard-read", "clipboard-write"] });
  ({ page, faults } = await aPage(context));
  await signIn(page, demo, "/signals");
});

afterAll(() => browser.close());

async function send(body: string): Promise<{ status: number; id: string }> {
  const answer = await fetch(demo.webhook_url, { method: "POST", body });
  return { status: answer.status, id: String(((await answer.json()) as { signal_id?: string }).signal_id) };
}

/** Others send alerts too: a refusal's reply names no alert, the API does. */
async function newestRefused(): Promise<string> {
  const address = `${demo.base_url}/api/signals?state=refused&limit=1`;
  const answer = await fetch(address, { headers: { authorization: `Bearer ${demo.api_key}` } });
  return ((await answer.json()) as { items: { id: string }[] }).items[0]!.id;
}

function row(page: Page, id: string) {
  return page.locator("tr", { has: page.locator(`[data-signal="${id}"]`) });
}

const FIRST = JSON.stringify({ ticker: "BTCUSDT", action: "buy", quantity: "0.25", price: "64000", id: "journey-1" });

describe("the feed of alerts", () => {
  it("shows an alert as it arrives, without a reload", async () => {
    await page.getByRole("heading", { name: "Signals" }).waitFor();
    await isAccessible(page);
    const { status, id } = await send(FIRST);
    expect(status).toBe(202);

    await row(page, id).locator('[data-outcome="accepted"]').waitFor();
    await row(page, id).getByText("Buy 0.25").waitFor();
    await isAccessible(page);
  });

  it("shows what was sent twice as a duplicate, with the way to the first", async () => {
    const first = await page.locator("[data-signal]").first().getAttribute("data-signal");
    await send(FIRST);
    const duplicate = page.locator("tr", { has: page.locator('[data-outcome="duplicate"]') }).first();
    await duplicate.waitFor();
    await duplicate.getByRole("link").click();
    await page.getByRole("link", { name: "The first one" }).click();
    await page.waitForURL(`**/signals/${String(first)}`);
    await page.locator('[data-outcome="accepted"]').waitFor();
  });

  it("says in words what an alert meant, and leads to its order", async () => {
    await page.locator("[data-meaning]").waitFor();
    expect(await page.locator("[data-meaning]").textContent()).toMatch(/0\.25/);
    await isAccessible(page);

    await page.locator("[data-order]").click();
    await page.locator('[data-stage="edge_recorded"]').waitFor();
  });

  it("shows a refused alert with its reason, how to mend it, and no secret", async () => {
    await page.goto(`${demo.base_url}/signals?state=refused`);
    await page.locator('[data-connection="live"]').waitFor();
    const { status } = await send('{"ticker":"BTCUSDT","action":"buy","quantity":1,"secret":"hunter2-hunter2",}');
    expect(status).toBeGreaterThanOrEqual(400);
    const id = await newestRefused();
    expect(await row(page, id).locator("[data-said]").innerText()).toContain('"ticker":"BTCUSDT"');
    await row(page, id).locator('[data-code="malformed_json"]').last().filter({ hasText: "JSON" }).waitFor();
    await page.locator(`[data-signal="${id}"]`).click();

    await page.getByRole("alert").getByText("malformed_json").last().waitFor();
    await page.getByText("Line 1, column").waitFor();
    expect(await page.locator("body").innerHTML()).not.toContain("hunter2-hunter2");
    await isAccessible(page);
  });

  it("shows of an alert that it understood and refused what it meant, as of any other", async () => {
    const bracketed = { ticker: "BTCUSDT", action: "buy", quantity: "0.75", takeProfit: { limitPrice: "99000" }, passphrase: "hunter3-hunter3" };
    const { status } = await send(JSON.stringify(bracketed));
    expect(status).toBe(400);
    const id = await newestRefused();
    await page.goto(`${demo.base_url}/signals?state=refused`);
    await row(page, id).getByText("Buy 0.75").waitFor();
    await picture(page, "refused-list");
    await page.locator(`[data-signal="${id}"]`).click();

    await page.getByRole("alert").getByText("unsupported_field").last().waitFor();
    await page.locator("[data-meaning]").getByText("0.75").waitFor();
    await page.getByText("What was recorded of it").click();
    await page.locator("dd", { hasText: '{"limit_price":"99000"}' }).waitFor();
    expect(await page.locator("body").innerHTML()).not.toContain("hunter3-hunter3");
    await isAccessible(page);
    await picture(page, "refused");
    await page.evaluate(() => { localStorage.setItem("4pass.locale", "zh-TW"); });
    await page.reload();
    await page.locator("[data-meaning]").getByText("0.75").waitFor();
    await picture(page, "refused-chinese");
    await page.setViewportSize({ width: 375, height: 812 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(375);
    await page.setViewportSize({ width: 1280, height: 720 });
    await page.evaluate(() => { localStorage.removeItem("4pass.locale"); });
    await page.reload();
    await page.locator("[data-meaning]").getByText("0.75").waitFor();
  });

  it("keeps its filters in the address", async () => {
    await page.getByRole("link", { name: /All signals/ }).click();
    await page.getByLabel("Outcome").selectOption("rejected");
    await page.getByText("No alert matches").waitFor();
    expect(new URL(page.url()).search).toBe("?state=rejected");
    await page.reload();
    await page.getByText("No alert matches").waitFor();
  });

  it("says so where there is no such alert", async () => {
    await page.goto(`${demo.base_url}/signals/01a205d0-8fce-7638-b30a-52e32c3f23ee`);
    await page.getByRole("alert").getByText("not_found").waitFor();
  });

  it("never broke the policy or threw", () => {
    expect(faults).toEqual([]);
  });
});
