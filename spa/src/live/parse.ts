/** Server-sent events out of pieces of text, as the WHATWG HTML standard reads them (9.2.6). */

export interface StreamEvent {
  id: string;
  kind: string;
  data: string;
}

/** Returns a reader that is fed pieces of a stream and gives the events that they complete. */
export function eventReader(): (piece: string) => StreamEvent[] {
  let rest = "";
  return (piece) => {
    const blocks = (rest + piece).split("\n\n");
    rest = blocks.pop() ?? "";
    return blocks.map(readBlock).filter((event) => event.data !== "");
  };
}

function readBlock(block: string): StreamEvent {
  const event: StreamEvent = { id: "", kind: "message", data: "" };
  for (const line of block.split("\n")) {
    const cut = line.indexOf(": ");
    const value = line.slice(cut + 2);
    if (line.startsWith("id: ")) event.id = value;
    else if (line.startsWith("event: ")) event.kind = value;
    else if (line.startsWith("data: ")) event.data += value;
  }
  return event;
}
