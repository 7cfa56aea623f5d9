import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";

import { aPage, isAccessible, launch, signIn } from "./browser";

const demo = inject("demo");
const ROOT = fileURLToPath(new URL("../../", import.meta.url));
let browser: Browser;
let context: BrowserContext;
let page: Page;
let faults: string[];

beforeAll(async () => {
  browser = await launch();
  context = await browser.newContext({ locale: "en-US" });
  ({ page, faults } = await aPage(context));
  await signIn(page, demo, "/dead-letters");
});

afterAll(() => browser.close());

/** Has the real control plane set a message of this user's aside; returns its id. */
async function bury(): Promise<string> {
  const user = await page.evaluate<string>("fetch('/api/auth/session').then((r) => r.json()).then((s) => s.user.id)");
  const line = ["-m", "tests.scenes.burying", demo.data_dir, user];
  return execFileSync(join(ROOT, ".venv/bin/python"), line, { cwd: ROOT }).toString().trim();
}

async function isSetAside(id: string): Promise<boolean> {
  const ask = `fetch('/api/dead-letters').then((r) => r.json()).then((p) => p.items.some((l) => l.id === '${id}'))`;
  return page.evaluate<boolean>(ask);
}

function card(id: string) {
  return page.locator(`[data-letter="${id}"]`);
}

describe("dead letters", () => {
  let letter: string;

  it("teach what they are while there is none", async () => {
    await page.getByText("Nothing was set aside").waitFor();
    await isAccessible(page);
  });

  it("show why a message was set aside and what it would do now", async () => {
    letter = await bury();
    await expect.poll(() => isSetAside(letter), { timeout: 30_000 }).toBe(true);
    await page.reload();

    await card(letter).getByText("drain", { exact: true }).waitFor();
    await card(letter).getByText("No part of this version knows what to do with it.").waitFor();
    await card(letter).getByText("Discard it; if it comes again").waitFor();
    await card(letter).getByText("UnroutableError: Drain").waitFor();
    await card(letter).getByText("Now it would:").waitFor();
    await card(letter).getByText("Message, secrets masked").click();
    await card(letter).locator("pre").waitFor();
    await isAccessible(page);
  });

  it("are said again by one press, with a key, and then gone", async () => {
    const asked = page.waitForRequest((request) => request.url().endsWith(`/${letter}/replay`));
    await card(letter).getByRole("button", { name: "Replay" }).click();
    expect((await asked).headers()["idempotency-key"]).toBe(`replay-${letter}`);
    await page.getByText("Said again.").waitFor();
    await card(letter).waitFor({ state: "detached" });
  });

  it("are thrown away after a question only", async () => {
    letter = await bury();
    await expect.poll(() => isSetAside(letter), { timeout: 30_000 }).toBe(true);
    await page.reload();
    await card(letter).getByRole("button", { name: "Discard" }).click();
    await isAccessible(page);
    await page.getByRole("dialog").getByRole("button", { name: "Cancel" }).click();
    expect(await isSetAside(letter)).toBe(true);

    await card(letter).getByRole("button", { name: "Discard" }).click();
    await page.getByRole("button", { name: "Discard it" }).click();
    await card(letter).waitFor({ state: "detached" });
    expect(await isSetAside(letter)).toBe(false);
  });

  it("never broke the policy or threw", () => {
    expect(faults).toEqual([]);
  });
});
