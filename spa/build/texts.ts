/** Reads docs/errors: what each code means and how it is mended, as plain text. */

export interface ErrorText {
  meaning: string;
  mend: string;
}

const SECTION = /^## ([a-z][a-z0-9_]*)\n([\s\S]*?)(?=^#{1,2} |(?![\s\S]))/gm;
const MEND = /\*\*(?:Mend:|處理方式：)\*\*([\s\S]*)/;
const WIDE = "\\u3000-\\u303f\\u3400-\\u9fff\\uff00-\\uffef";
// "401. " or "503: the only …": what HTTP says of it is for programs.
const STATUS = /(?<=[.。]\s*)[45]\d\d[.。;；:：]\s*(\p{Ll})?/gu;
const WRAPPED_WIDE = new RegExp(`(?<=[${WIDE}])\\s*\\n\\s*|\\s*\\n\\s*(?=[${WIDE}])`, "g");

/** Returns the texts of a page of docs/errors, by code. */
export function readTexts(page: string): Record<string, ErrorText> {
  return Object.fromEntries(
    [...page.matchAll(SECTION)].map(([, code = "", body = ""]) => {
      const [told = ""] = body.split(/```|\*\*(?:Mend:|處理方式：)\*\*/);
      return [code, { meaning: plain(told), mend: plain(MEND.exec(body)?.[1] ?? "") }];
    }),
  );
}

/** Takes the marks out, and the line ends: none stands between two Chinese characters. */
function plain(marked: string): string {
  return marked
    .replace(/```[\s\S]*?```/g, "")
    .replace(/\[([^\]]+)\]\([^)]+\)/g, "$1")
    .replace(/`|\*\*/g, "")
    .trim()
    .replace(WRAPPED_WIDE, "")
    .replace(/\s+/g, " ")
    .replace(STATUS, (_all, next = "") => String(next).toUpperCase())
    .trim();
}
