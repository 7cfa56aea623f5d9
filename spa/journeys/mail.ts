/** The mail of the stack: files in its outbox, as `handlers/mail/outbox.py` writes them. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { expect } from "vitest";

import type { Demo } from "./stack";

/** Waits for the newest letter to the address with a link to this page, and returns the link. */
export async function mailedLink(demo: Demo, to: string, page: "verify" | "reset"): Promise<string> {
  let link = "";
  await expect.poll(() => (link = newest(demo, to, page)), { timeout: 20_000 }).not.toBe("");
  return link;
}

function newest(demo: Demo, to: string, page: string): string {
  const folder = join(demo.data_dir, "outbox");
  if (!existsSync(folder)) return "";
  const letters = readdirSync(folder)
    .filter((name) => name.endsWith(".eml"))
    .sort()
    .reverse()
    .map((name) => readFileSync(join(folder, name), "utf8"));
  const found = letters.find((letter) => letter.includes(`To: ${to}`) && letter.includes(`/${page}?token=`));
  return /https?:\/\/\S+/.exec(found?.slice(found.indexOf("\r\n\r\n")) ?? "")?.[0] ?? "";
}
