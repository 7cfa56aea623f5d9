import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";

import { aPage, isAccessible, launch, signIn } from "./browser";

const demo = inject("demo");
const SECRET = "double-secret";
let browser: Browser;
let context: BrowserContext;
let page: Page;
let faults: string[];

beforeAll(async () => {
  browser = await launch();
  context = await browser.newContext({ locale: "en-US" });
  ({ page, faults } = await aPage(context));
  await signIn(page, demo, "/accounts");
});

afterAll(() => browser.close());

async function begin(broker: string, name: string): Promise<void> {
  await page.goto(`${demo.base_url}/accounts/new`);
  await page.getByText(broker, { exact: true }).last().click();
  await page.getByLabel("Name").fill(name);
}

describe("accounts", () => {
  it("are added on paper without a key, and answer", async () => {
    await page.locator("[data-account]").first().waitFor();
    await isAccessible(page);
    await begin("Paper", "Practice");
    await isAccessible(page);
    await page.getByRole("button", { name: "Add account" }).click();

    await page.getByRole("heading", { name: "Practice" }).waitFor();
    await page.getByRole("button", { name: "Test connection" }).click();
    await page.locator('[data-probe="account_reachable"]').waitFor();
    await page.getByText("The account answered.").waitFor();
    await isAccessible(page);
  });

  it("at Gate are added by its form, and show what the venue holds", async () => {
    await begin("Gate.io", "Gate testnet");
    await page.getByLabel("API key").fill("double-key");
    await page.getByLabel("API secret").fill(SECRET);
    await isAccessible(page);
    await page.getByRole("button", { name: "Add account" }).click();

    await page.getByRole("heading", { name: "Gate testnet" }).waitFor();
    await page.getByRole("button", { name: "Test connection" }).click();
    await page.locator('[data-probe="account_reachable"]').waitFor();
    await page.getByText("USDT").first().waitFor();
    expect(await page.content()).not.toContain(SECRET);
  });

  it("say in words that a venue refuses their credentials", async () => {
    await page.getByRole("button", { name: "Replace credentials" }).click();
    await page.getByLabel("API key").fill("no-such-key");
    await page.getByLabel("API secret").fill("no-such-secret");
    await isAccessible(page);
    await page.getByRole("button", { name: "Replace", exact: true }).click();
    await page.getByText("The new credentials are in force.").waitFor();

    await page.getByRole("button", { name: "Test connection" }).click();
    await page.locator('[data-probe="auth"]').waitFor();
    await page.getByText("The venue refuses these credentials.").waitFor();
    await isAccessible(page);
  });

  it("drop a secret that was typed when the page is left", async () => {
    await begin("Gate.io", "Never made");
    await page.getByLabel("API secret").fill(SECRET);
    await page.getByText("SinoPac", { exact: true }).click();
    await page.getByText("Gate.io", { exact: true }).last().click();
    expect(await page.getByLabel("API secret").inputValue()).toBe("");

    await page.getByLabel("API secret").fill(SECRET);
    await page.getByRole("link", { name: "All accounts" }).click();
    await page.locator("[data-account]").first().waitFor();

    await page.goBack();
    await page.getByText("Gate.io", { exact: true }).last().click();
    expect(await page.getByLabel("API secret").inputValue()).toBe("");
  });

  it("are disabled, and deleted by name alone", async () => {
    await page.goto(`${demo.base_url}/accounts`);
    await page.getByRole("link", { name: "Gate testnet" }).click();
    await page.getByRole("button", { name: "Disable" }).click();
    await page.locator('[data-account-state="disabled"]').waitFor();

    await page.getByRole("button", { name: "Delete" }).click();
    const sure = page.getByRole("dialog").getByRole("button", { name: "Delete" });
    expect(await sure.isDisabled()).toBe(true);
    await page.getByLabel("Type Gate testnet to delete").fill("Gate testnet");
    await isAccessible(page);
    await sure.click();
    await page.getByText("Gate testnet is deleted.").waitFor();
    await page.getByRole("link", { name: "Practice" }).waitFor();
    expect(await page.getByRole("link", { name: "Gate testnet" }).count()).toBe(0);
  });

  it("never broke the policy or threw", () => {
    expect(faults).toEqual([]);
  });
});
