/** The real stack of the journeys: `fourpass up` on a free port, in a data folder of its own. */
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import type { TestProject } from "vitest/node";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const READY_WITHIN_MS = 60_000;
const LINK = /http\S+\/sign-in\?link=\S+/;

/** What `demo.json` holds, and the link of the welcome. */
export interface Demo {
  base_url: string;
  email: string;
  password: string;
  api_key: string;
  webhook_url: string;
  account_id: string;
  strategy_id: string;
  link: string;
  data_dir: string;
}

declare module "vitest" {
  interface ProvidedContext {
    demo: Demo;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const dataDir = mkdtempSync(join(tmpdir(), "4p-"));
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith("FOURPASS_"));
  const up = spawn(join(ROOT, ".venv/bin/fourpass"), ["up", "--port", "0", "--with-doubles", "--data-dir", dataDir], {
    env: { ...Object.fromEntries(own), PYTHONUNBUFFERED: "1", FOURPASS_LOG_LEVEL: "warning" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = new Promise<void>((resolve) => up.once("exit", () => { resolve(); }));
  const link = await new Promise<string>((resolve, reject) => {
    let said = "";
    const timer = setTimeout(() => { reject(new Error(`The stack is not ready: ${said}`)); }, READY_WITHIN_MS);
    up.once("exit", () => { reject(new Error(`The stack ended: ${said}`)); });
    up.stdout.on("data", (piece: Buffer) => {
      said += piece.toString();
      const found = LINK.exec(said);
      if (!found) return;
      clearTimeout(timer);
      resolve(found[0]);
    });
  });
  const demo = JSON.parse(readFileSync(join(dataDir, "demo.json"), "utf8")) as Omit<Demo, "link" | "data_dir">;
  project.provide("demo", { ...demo, link, data_dir: dataDir });
  return async () => {
    up.kill("SIGTERM");
    await ended;
    rmSync(dataDir, { recursive: true, force: true });
  };
}
