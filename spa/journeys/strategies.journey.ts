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
  browser = await launch();
  context = await browser.newContext({ locale: "en-US", permissions: ["clipboard-read", "clipboard-write"] });
  ({ page, faults } = await aPage(context));
  await signIn(page, demo, "/strategies");
});

afterAll(() => browser.close());

function clipboard(): Promise<string> {
  return page.evaluate(() => navigator.clipboard.readText());
}

describe("a strategy", () => {
  it("is created, and shows its address once", async () => {
    await isAccessible(page);
    await page.getByRole("link", { name: "New strategy" }).click();
    await page.getByLabel("Name").fill("Breakout");
    await isAccessible(page);
    await page.getByRole("button", { name: "Create strategy" }).click();

    await page.getByRole("button", { name: "Copy address" }).click();
    address = await clipboard();
    expect(address).toMatch(/\/webhook\/tradingview\/wh_[\w-]{40,}$/);
    await isAccessible(page);
  });

  it("takes a test through its real webhook, all the way to a fill", async () => {
    await page.getByText("A paper buy").click();
    await page.locator("[data-planned]").waitFor();
    await page.getByRole("button", { name: "Send test" }).click();
    await page.locator('[data-reply="accepted"]').waitFor();
    await page.locator('[data-reply="accepted"] a').click();
    await page.locator('[data-state="filled"]').first().waitFor();
  });

  it("forgets its address with the page", async () => {
    await page.goBack();
    await page.getByRole("link", { name: "Strategies", exact: true }).click();
    await page.getByRole("link", { name: "Breakout" }).click();
    await page.locator('[data-webhook="masked"]').waitFor();
    await page.locator("[data-signal]").first().waitFor();
    await isAccessible(page);

    expect(await page.content()).not.toContain(address.slice(-20));
  });

  it("is paused and resumed", async () => {
    await page.getByRole("button", { name: "Pause: Breakout" }).click();
    await page.locator('[data-strategy-state="paused"]').waitFor();
    expect((await fetch(address, { method: "POST", body: "ping BTCUSDT" })).status).toBe(403);
    await page.getByRole("button", { name: "Resume: Breakout" }).click();
    await page.locator('[data-strategy-state="active"]').waitFor();
  });

  it("rotates its token: the old one is good until it is revoked", async () => {
    const send = async (to: string): Promise<number> =>
      (await fetch(to, { method: "POST", body: '{"ticker":"BTCUSDT","action":"ping"}' })).status;

    await rotate("Good for 24 hours");
    const second = await clipboard();
    await page.getByText("The old address is good until").waitFor();
    expect(second).not.toBe(address);
    expect([await send(address) < 300, await send(second) < 300]).toEqual([true, true]);

    await rotate("Revoke now");
    expect([await send(address), await send(second)]).toEqual([401, 401]);
    address = await clipboard();
    expect(await send(address) < 300).toBe(true);
  });
});

async function rotate(grace: string): Promise<void> {
  const shown = await page.locator("[data-webhook]").textContent();
  await page.getByRole("button", { name: "New address" }).click();
  await page.getByText(grace).click();
  await isAccessible(page);
  await page.getByRole("button", { name: "Make a new address" }).click();
  await page.waitForFunction((old) => document.querySelector("[data-webhook]")?.textContent !== old, shown);
  await page.getByRole("button", { name: "Copy address" }).click();
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
    await page.getByText("long_entry 0.02 ETHUSDT").waitFor();
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
    const id = await page.getByRole("link", { name: "Alert builder" }).getAttribute("href");
    await page.goto(`${demo.base_url}${id}?preset=exit&side=short&ticker=SOLUSDT`);

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
