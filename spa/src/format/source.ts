/** A text as lines, and where in it the edge found a fault. */

export interface Piece {
  text: string;
  isMarked: boolean;
}

export interface Line {
  number: number;
  pieces: Piece[];
  isMarked: boolean;
}

export interface Place {
  line?: number | null | undefined;
  column?: number | null | undefined;
  field?: string | null | undefined;
}

// Shown where a fault is at the end of a line, where no letter stands.
const END = "⏎";

/** Cuts a text into lines, with the place of a fault marked: a letter, or the name of a field. */
export function linesOf(text: string, place: Place): Line[] {
  return text.split(/\r\n|\r|\n/).map((line, index) => {
    const [from, to] = span(line, index + 1, place);
    const number = index + 1;
    if (from < 0) return { number, pieces: [{ text: line, isMarked: false }], isMarked: false };
    const marked = line.slice(from, to) || END;
    const pieces = [
      { text: line.slice(0, from), isMarked: false },
      { text: marked, isMarked: true },
      { text: line.slice(to), isMarked: false },
    ];
    return { number, pieces: pieces.filter((piece) => piece.text !== ""), isMarked: true };
  });
}

function span(text: string, number: number, { line, column, field }: Place): [number, number] {
  if (line) return line === number ? letter(text, column ?? 1) : [-1, -1];
  const at = field ? text.indexOf(`"${field}"`) : -1;
  return at < 0 ? [-1, -1] : [at, at + (field ?? "").length + 2];
}

function letter(text: string, column: number): [number, number] {
  const at = Math.min(Math.max(column - 1, 0), text.length);
  return [at, at + 1];
}
