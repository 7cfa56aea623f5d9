import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";

import { Authenticator } from "./authenticator";
import { aPage, asking, isAccessible, isLive, launch } from "./browser";
import { enter, signUp } from "./newcomer";

const demo = inject("demo");
const who = { email: "rotator@example.com", password: "a fourth walk along the shore" };
let browser: Browser;
let page: Page;
let faults: string[];
let recovery: string[] = [];

beforeAll(async () => {
  browser = await launch();
  ({ page, faults } = await aPage(await browser.newContext({ locale: "en-US" })));
});

afterAll(() => browser.close());

describe("a new address for a strategy", () => {
  it("belongs to somebody with a second factor", async () => {
    await signUp(page, demo, who);
    await enter(page, demo, who);
    await isLive(page);
    const ask = asking(page);
    const account = await ask<{ id: string }>("/api/accounts", { name: "Paper", broker: "paper" });
    const strategy = await ask<{ id: string }>("/api/strategies", { name: "Guarded", accounts: [account.id] });

    await page.goto(`${demo.base_url}/security`);
    await page.getByRole("button", { name: "Set up" }).click();
    const app = new Authenticator((await page.locator("[data-secret]").innerText()).replaceAll(" ", ""));
    await page.getByLabel("Code of the app").fill(await app.next());
    await page.getByRole("button", { name: "Turn on" }).click();
    await page.locator("[data-recovery] li").first().waitFor();
    recovery = await page.locator("[data-recovery] li").allInnerTexts();
    await page.goto(`${demo.base_url}/strategies/${strategy.id}`);
    await page.locator('[data-webhook="masked"]').waitFor();
  });

  it("is made after a code alone, asked for above the dialog that asks", async () => {
    const codes = page.getByRole("heading", { name: "Show your second factor" });
    await page.getByRole("button", { name: "New address" }).click();
    await page.getByRole("button", { name: "Make a new address" }).click();
    await codes.waitFor();
    await isAccessible(page);
    await page.getByRole("button", { name: "Cancel" }).last().click();
    await page.getByText("step_up_required").waitFor();
    expect(await page.locator("[data-webhook]").getAttribute("data-webhook")).toBe("masked");

    await page.getByRole("button", { name: "Make a new address" }).click();
    await codes.waitFor();
    await page.getByLabel("Code", { exact: true }).fill(recovery[0]!);
    await page.getByRole("button", { name: "Confirm" }).click();
    await page.locator('[data-webhook="whole"]').waitFor();
    const address = (await page.locator("[data-webhook]").innerText()).trim();
    expect((await fetch(address, { method: "POST", body: '{"ticker":"BTCUSDT","action":"ping"}' })).status).toBe(202);
  });

  it("never broke the policy or threw", () => {
    expect(faults).toEqual([]);
  });
});
