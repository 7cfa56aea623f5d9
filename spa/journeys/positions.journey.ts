import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";

import { aPage, alert, isAccessible, launch, signIn } from "./browser";

const demo = inject("demo");
const SYMBOL = "ATOMUSDT";
let browser: Browser;
let context: BrowserContext;
let page: Page;
let faults: string[];

beforeAll(async () => {
  browser = await launch();
  context = await browser.newContext({ locale: "en-US" });
  ({ page, faults } = await aPage(context));
  await signIn(page, demo, "/positions");
});

afterAll(() => browser.close());

function row() {
  return page.locator("tr", { has: page.locator(`[data-position="${SYMBOL}"]`) });
}

describe("positions", () => {
  it("grow with a fill, without a reload", async () => {
    await page.getByRole("heading", { name: "Positions" }).waitFor();
    await isAccessible(page);
    await alert(demo, { ticker: SYMBOL, action: "buy", quantity: "120", price: "0.75" });

    await row().getByText("+120", { exact: true }).waitFor();
    await row().getByText("Long").waitFor();
    await row().getByText("0.75", { exact: true }).waitFor();
    await isAccessible(page);
  });

  it("turn short with their sign", async () => {
    await alert(demo, { ticker: SYMBOL, action: "sell", quantity: "150", price: "0.8" });
    await row().getByText("−30", { exact: true }).waitFor();
    await row().getByText("Short").waitFor();
  });

  it("are out of sight once closed, and there when asked for", async () => {
    await alert(demo, { ticker: SYMBOL, action: "buy", quantity: "30", price: "0.8" });
    await row().waitFor({ state: "detached" });
    await page.getByLabel("Show positions that are closed").check();
    await row().getByText("Flat").waitFor();
    await isAccessible(page);
  });

  it("lead to the orders that made them", async () => {
    await row().getByRole("link", { name: SYMBOL }).click();
    await page.getByRole("heading", { name: "Orders" }).waitFor();
    expect(new URL(page.url()).searchParams.get("symbol")).toBe(SYMBOL);
    await page.locator("[data-order]").nth(2).waitFor();
  });

  it("never broke the policy or threw", () => {
    expect(faults).toEqual([]);
  });
});
