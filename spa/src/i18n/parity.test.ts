import { describe, expect, it } from "vitest";

import en from "./en";
import { flat } from "./gathered";
import zh from "./zh-TW";

const english = flat(en);
const chinese = flat(zh);
const sources = import.meta.glob<string>(["../**/*.vue", "../**/*.ts", "!../**/*.test.ts"], {
  eager: true,
  query: "?raw",
  import: "default",
});

function placeholders(words: string | undefined): string[] {
  return [...(words ?? "").matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? "").sort();
}

describe("the words", () => {
  it("are the same keys in both languages", () => {
    expect([...chinese.keys()].sort()).toEqual([...english.keys()].sort());
  });

  it("are never empty", () => {
    const empty = [...english, ...chinese].filter(([, words]) => words.trim() === "");
    expect(empty).toEqual([]);
  });

  it("have the same placeholders in both languages", () => {
    const uneven = [...english].filter(
      ([key, words]) => placeholders(words).join() !== placeholders(chinese.get(key)).join(),
    );
    expect(uneven).toEqual([]);
  });

  it("exist for every key that a source names", () => {
    const named = Object.entries(sources).flatMap(([file, text]) =>
      [...text.matchAll(/\bt\(\s*"([\w.-]+)"/g)].map(([, key = ""]) => ({ file, key })),
    );
    expect(named.length).toBeGreaterThan(10);
    expect(named.filter(({ key }) => !english.has(key))).toEqual([]);
  });
});
