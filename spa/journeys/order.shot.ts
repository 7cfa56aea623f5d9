/** A picture of an order's page: its house's `demo.json`, its id and the file come from the environment. */
import { readFileSync } from "node:fs";

import { expect, it } from "vitest";

import { launch, signIn } from "./browser";
import type { Demo } from "./stack";

const { DEMO_FILE = "", ORDER = "", PNG = "" } = process.env;

it("takes it once the order is settled", async () => {
  const demo = JSON.parse(readFileSync(DEMO_FILE, "utf8")) as Demo;
  const browser = await launch();
  const page = await browser.newPage({ locale: "en-US", colorScheme: "dark", viewport: { width: 1280, height: 800 } });

  await signIn(page, demo, `/orders/${ORDER}`);
  await page.locator('[data-stage="settled"]').waitFor();
  const png = await page.screenshot({ path: PNG });
  await browser.close();

  expect(png.length).toBeGreaterThan(0);
});
