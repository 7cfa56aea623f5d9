import { describe, expect, it } from "vitest";

import { linesOf } from "./source";

const marked = (text: string, place: Parameters<typeof linesOf>[1]): string[] =>
  linesOf(text, place).flatMap(({ number, pieces }) => pieces.filter((piece) => piece.isMarked).map((piece) => `${number}:${piece.text}`));

describe("the source of an alert", () => {
  it("marks the letter at a fault's line and column", () => {
    expect(marked('{\n "a" "b"\n}', { line: 2, column: 6 })).toEqual(['2:"']);
  });

  it("marks the end of a line where no letter stands", () => {
    expect(marked("{", { line: 1, column: 2 })).toEqual(["1:⏎"]);
    expect(marked("{", { line: 1, column: 99 })).toEqual(["1:⏎"]);
  });

  it("marks a field by its name where the fault has no line", () => {
    expect(marked('{"a":"1",\n"qty":"x"}', { field: "qty" })).toEqual(['2:"qty"']);
  });

  it("marks nothing without a place, and loses no letter", () => {
    const lines = linesOf('{"a"}\r\nb', {});

    expect(lines.map((line) => line.pieces.map((piece) => piece.text).join(""))).toEqual(['{"a"}', "b"]);
    expect(lines.some((line) => line.isMarked)).toBe(false);
  });

  it("loses no letter around a mark", () => {
    expect(linesOf("abcd", { line: 1, column: 2 })[0]?.pieces.map((piece) => piece.text)).toEqual(["a", "b", "cd"]);
  });
});
