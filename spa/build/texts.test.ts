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

  it("leave the status of HTTP to programs", () => {
    const told = readTexts("## a_code\n\nIt is away. 503: the only case.\n\n## b_code\n\nA fault of ours. 500.\n\n## c_code\n\n有誤。401；不會透露。\n\n## d_code\n\nAt most 200. 409.\n");

    expect(Object.values(told).map(({ meaning }) => meaning)).toEqual(["It is away. The only case.", "A fault of ours.", "有誤。不會透露。", "At most 200."]);
    expect(Object.values({ ...readTexts(page("en")), ...readTexts(page("zh-TW")) }).filter(({ meaning }) => /[.。]\s*[45]\d\d[.。;；:：]/.test(meaning))).toEqual([]);
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
