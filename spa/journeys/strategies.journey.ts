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

  it("takes a test from whoever is signed in, all the way to a fill", async () => {
    await page.getByText("A paper buy").click();
    await page.locator("[data-planned]").waitFor();
    await page.getByRole("button", { name: "Send test" }).click();
    await page.locator('[data-reply="accepted"]').waitFor();
    await page.locator('[data-reply="accepted"] a').click();
    await page.locator('[data-state="filled"]').first().waitFor();
    await page.goto(`${demo.base_url}/signals`);
    await page.locator("[data-test-alert]").first().waitFor();
    await page.goBack();
  });

  it("forgets its address with the page", async () => {
    await page.goBack();
    await page.getByRole("link", { name: "Strategies", exact: true }).click();
    await page.getByRole("link", { name: "Breakout" }).click();
    await page.locator('[data-webhook="masked"]').waitFor();
    await page.locator("[data-signal]").first().waitFor();
    await page.locator("[data-test-alert]").waitFor();
    await isAccessible(page);

    expect(await page.content()).not.toContain(address.slice(-20));
  });

  it("is paused and resumed", async () => {
    await page.getByRole("button", { name: "Pause: Breakout" }).focus();
    await page.keyboard.press("Enter");
    await page.locator('[data-strategy-state="paused"]').waitFor();
    expect((await fetch(address, { method: "POST", body: "ping BTCUSDT" })).status).toBe(403);
    const resume = page.getByRole("button", { name: "Resume: Breakout" });
    expect(await resume.evaluate((button) => button === document.activeElement)).toBe(true);
    await resume.click();
    await page.locator('[data-strategy-state="active"]').waitFor();
  });

  it("is changed by its settings, and the log says how it was", async () => {
    await page.getByRole("link", { name: "Edit" }).click();
    await page.getByLabel("Name", { exact: true }).fill("Breakout II");
    await page.getByLabel("Entries good for, seconds").fill("45");
    await page.getByLabel("Position is not as expected").selectOption("resync");
    await isAccessible(page);
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByRole("heading", { name: "Breakout II" }).waitFor();

    await page.reload();
    expect(await page.getByLabel("Entries good for, seconds").inputValue()).toBe("45");
    await page.goto(`${demo.base_url}/security/audit`);
    await page.getByText("Strategy changed").first().waitFor();
    await page.goBack();
  });

  it("is not overwritten with what somebody read before another changed it", async () => {
    await page.getByLabel("Name", { exact: true }).waitFor();
    const id = new URL(page.url()).pathname.split("/")[2] ?? "";
    const headers = { Authorization: `Bearer ${demo.api_key}`, "Content-Type": "application/json" };
    const elsewhere = await fetch(`${demo.base_url}/api/strategies/${id}`, { method: "PATCH", headers, body: '{"revision": 2, "name": "Elsewhere"}' });
    expect(elsewhere.status).toBe(200);

    await page.getByLabel("Name", { exact: true }).fill("Mine");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("changed_meanwhile").waitFor();
    await page.getByRole("button", { name: "Show what it is now" }).click();
    expect(await page.getByLabel("Name", { exact: true }).inputValue()).toBe("Elsewhere");
    await page.getByLabel("Name", { exact: true }).fill("Breakout");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByRole("heading", { name: "Breakout", exact: true }).waitFor();
    await page.getByRole("navigation", { name: "Parts of the strategy" }).getByRole("link", { name: "Overview" }).click();
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

describe("any of it", () => {
  it("never broke the policy or threw", () => {
    expect(faults).toEqual([]);
  });
});
