import { readFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { readTexts } from "./texts.ts";

const page = (name: string): string =>
  readFileSync(join(import.meta.dirname, `../../docs/errors/${name}.md`), "utf8");

describe("the texts of error codes", () => {
  it("are what a code means, and how it is mended", () => {
    const told = readTexts("# A\n\n## one_code\n\nIt is `so`.\n\n```text\n{}\n```\n\n**Mend:** Do\nthis.\n\n## next_code\n\nB.\n");

    expect(told).toEqual({ one_code: { meaning: "It is so.", mend: "Do this." }, next_code: { meaning: "B.", mend: "" } });
  });

  it("have no blank where a Chinese line was wrapped", () => {
    expect(readTexts("## one_code\n\n內容是\n空的 JSON\n文字。\n").one_code?.meaning).toBe("內容是空的 JSON文字。");
  });

  it("are there in both languages, for the same codes", () => {
    const [english, chinese] = [readTexts(page("en")), readTexts(page("zh-TW"))];

    expect(Object.keys(english).length).toBeGreaterThan(50);
    expect(Object.keys(chinese).sort()).toEqual(Object.keys(english).sort());
    expect(Object.entries({ ...english }).filter(([, text]) => !text.meaning || /[`*]/.test(text.meaning + text.mend))).toEqual([]);
    expect(Object.entries(chinese).filter(([, text]) => !text.meaning)).toEqual([]);
  });
});
