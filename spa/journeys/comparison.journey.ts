import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";

import { aPage, isAccessible, launch, signIn } from "./browser";
import { picture } from "./pictures";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const demo = inject("demo");
let browser: Browser;
let page: Page;
let faults: string[];

beforeAll(async () => {
  browser = await launch();
  ({ page, faults } = await aPage(await browser.newContext({ locale: "en-US" })));
  execFileSync(join(ROOT, ".venv/bin/python"), ["-m", "tests.scenes.differing", demo.data_dir, demo.account_id], { cwd: ROOT });
  await signIn(page, demo);
});

afterAll(() => browser.close());

describe("an account whose venue shows something else", () => {
  it("is a concern of the overview, with the way to it", async () => {
    await page.locator('[data-concern="differs"]').click();

    await page.locator('[data-comparison="differs"]').waitFor();
    expect(new URL(page.url()).pathname).toBe(`/accounts/${demo.account_id}`);
  });

  it("says both numbers, and what it may mean", async () => {
    await page.getByText("ADAUSDT: the venue shows 1,250.5, the fills of orders sent from here come to 1,200.").waitFor();
    await page.getByText("You may have traded elsewhere", { exact: false }).waitFor();
    await page.getByText("Fills that were found only by comparing, and count now: 1").waitFor();
    await isAccessible(page);
    await picture(page, "comparison");
  });

  it("needs nobody any more once its owner knows", async () => {
    await page.setViewportSize({ width: 375, height: 812 });
    await page.getByRole("button", { name: "I know about this" }).click();

    await page.locator('[data-comparison="known"]').waitFor();
    await page.setViewportSize({ width: 1280, height: 800 });
    await page.getByRole("navigation").getByRole("link", { name: "Overview" }).click();
    await page.locator("[data-attention]").waitFor();
    expect(await page.locator('[data-concern="differs"]').count()).toBe(0);
  });

  it("had no fault on its way", () => {
    expect(faults).toEqual([]);
  });
});
