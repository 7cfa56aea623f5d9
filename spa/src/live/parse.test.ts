import { describe, expect, it } from "vitest";

import { eventReader } from "./parse";

describe("a stream's reader", () => {
  it("gives an event once it is whole, wherever the pieces break", () => {
    const read = eventReader();
    const text = 'id: 7\nevent: order\ndata: {"id":"a"}\n\n';

    const given = text.split("").flatMap((letter) => read(letter));

    expect(given).toEqual([{ id: "7", kind: "order", data: '{"id":"a"}' }]);
  });

  it("passes over comments and hints", () => {
    expect(eventReader()("retry: 1000\n\n: still here\n\n")).toEqual([]);
  });

  it("gives several events of one piece in their order", () => {
    const given = eventReader()("id: 1\nevent: a\ndata: 1\n\nid: 2\nevent: b\ndata: 2\n\n");

    expect(given.map((event) => event.id)).toEqual(["1", "2"]);
  });
});
