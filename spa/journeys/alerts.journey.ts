import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";

import { aPage, isAccessible, launch, signIn } from "./browser";

const demo = inject("demo");
let browser: Browser;
let context: BrowserContext;
let page: Page;
let faults: string[];
let address = "";

beforeAll(async () => {
  const headers = { Authorization: `Bearer ${demo.api_key}`, "Content-Type": "application/json" };
  const body = JSON.stringify({ name: "Builder", accounts: [demo.account_id] });
  const made = (await (await fetch(`${demo.base_url}/api/strategies`, { method: "POST", headers, body })).json()) as { id: string; webhook_url: string };
  address = made.webhook_url;
  browser = await launch();
  context = await browser.newContext({ locale: "en-US", permissions: ["clipboard-read", "clipboard-write"] });
  ({ page, faults } = await aPage(context));
  await signIn(page, demo, `/strategies/${made.id}`);
});

afterAll(() => browser.close());

function clipboard(): Promise<string> {
  return page.evaluate(() => navigator.clipboard.readText());
}

describe("the alert builder", () => {
  it("builds an alert that fills when it is sent", async () => {
    await page.getByRole("link", { name: "Alert builder" }).click();
    await page.getByLabel("Purpose").selectOption("entry");
    await page.getByLabel("Quantity", { exact: true }).fill("0.02");
    await page.locator('[data-explained="ok"] [data-planned]').waitFor();
    await isAccessible(page);

    await page.getByRole("button", { name: "Copy message" }).click();
    const message = await clipboard();
    expect(JSON.parse(message)).toMatchObject({ ticker: "{{ticker}}", action: "long_entry", quantity: "0.02", time: "{{timenow}}" });

    const now = `${new Date().toISOString().slice(0, 19)}Z`;
    const sent = message.replace("{{ticker}}", "ETHUSDT").replace("{{close}}", "3100").replace("{{timenow}}", now);
    const answer = await fetch(address, { method: "POST", body: sent });
    expect(answer.status).toBe(202);
    const { orders } = (await answer.json()) as { orders: { id: string }[] };
    const parts = page.getByRole("navigation", { name: "Parts of the strategy" });
    await parts.getByRole("link", { name: "Overview" }).click();
    await page.locator("[data-signal]", { hasText: "Enter long" }).getByText("ETHUSDT").waitFor();
    await page.goto(`${demo.base_url}/orders/${orders[0]!.id}`);
    await page.locator('[data-state="filled"]').first().waitFor();
    await page.goBack();
  });

  it.each([
    ["orders", "buy"],
    ["position", "target"],
    ["entry", "long_entry"],
    ["exit", "long_exit"],
    ["reverse", "reverse"],
    ["cancel", "cancel_all"],
    ["ping", "ping"],
  ])("writes what the edge understands: %s", async (preset, action) => {
    await page.getByRole("link", { name: "Alert builder" }).click();
    await page.getByLabel("Purpose").selectOption(preset);
    if (preset === "entry") await page.getByLabel("Quantity", { exact: true }).fill("1");

    await page.locator('[data-explained="ok"]').getByText(`"action": "${action}"`).waitFor();
  });

  it("says at its field what this strategy would refuse", async () => {
    await page.getByLabel("Purpose").selectOption("entry");
    await page.getByLabel("Quantity", { exact: true }).fill("-1");

    await page.locator('[data-fault="invalid_quantity"]').waitFor();
    await page.locator("mark").getByText('"quantity"').waitFor();
    await isAccessible(page);
  });

  it("opens the same alert from its address", async () => {
    const path = await page.getByRole("link", { name: "Alert builder" }).getAttribute("href");
    await page.goto(`${demo.base_url}${path}?preset=exit&side=short&ticker=SOLUSDT`);

    await page.locator('[data-explained="ok"]').waitFor();
    expect(await page.locator("[data-alert]").textContent()).toContain('"action": "short_exit"');
  });
});

describe("a pasted alert", () => {
  it("is shown where it breaks", async () => {
    await page.getByRole("link", { name: "Explain an alert" }).click();
    await page.getByLabel("Alert message").fill('{\n  "ticker": "BTCUSDT",\n  "action": "buy"\n  "quantity": "1"\n}');

    await page.locator('[data-fault="malformed_json"]').waitFor();
    expect(await page.locator("[data-place]").textContent()).toMatch(/Line 4, column 3/);
    expect(await page.locator('[data-line="4"] mark').textContent()).toBe('"');
    await isAccessible(page);
  });

  it("says in words what it means, and what it would order", async () => {
    await page.getByLabel("Alert message").fill("buy BTCUSDT q=0.01");

    await page.locator("[data-meaning]").getByText("Buy 0.01 BTCUSDT at market", { exact: false }).waitFor();
    await page.locator("[data-planned]").waitFor();
    await isAccessible(page);
  });

  it("is explained in Chinese to who reads Chinese", async () => {
    await page.evaluate(() => { localStorage.setItem("4pass.locale", "zh-TW"); });
    await page.reload();
    await page.getByLabel("快訊訊息").fill('{"ticker":"{{ticker}}","action":"buy","quantity":"1"}');

    await page.locator("[data-meaning]").getByText(/買/).waitFor();
    await page.getByText("{{ticker}} → BTCUSDT").waitFor();
    await isAccessible(page);
  });
});

describe("any of it", () => {
  it("never broke the policy or threw", () => {
    expect(faults).toEqual([]);
  });
});
