import type { Plugin } from "vite";

/** The oldest browsers that the dashboard is built for: the floor of Tailwind 4. docs/operations.md names them too. */
export const BROWSERS = { chrome: "111", edge: "111", firefox: "128", safari: "16.4" } as const;

/** What esbuild and Lightning CSS are told. */
export const TARGET = Object.entries(BROWSERS).map(([name, version]) => name + version);

interface Feature {
  name: string;
  used: RegExp;
  /** How the build shows that the code asks first whether it is there. */
  asked?: RegExp;
}

/** What at least one of them lacks; syntax is lowered by the target, types (`lib`) hold most of the language. */
const TOO_NEW: readonly Feature[] = [
  { name: "Array.fromAsync", used: /\bArray\.fromAsync\(/ },
  { name: "groupBy", used: /\b(?:Object|Map)\.groupBy\(/ },
  { name: "Promise.withResolvers or try", used: /\bPromise\.(?:withResolvers|try)\(/ },
  { name: "URL.parse or canParse", used: /\bURL\.(?:parse|canParse)\(/ },
  { name: "AbortSignal.any", used: /\bAbortSignal\.any\(/ },
  { name: "helpers of iterators", used: /\bIterator\.(?:from|prototype)\b/ },
  { name: "a stream in `for await`", used: /for await\s*\([^)]*\bof\s+[\w$.]*\bbody\b/ },
  { name: "requestIdleCallback", used: /\brequestIdleCallback\b/, asked: /requestIdleCallback\s*(?:\|\||\?\?)/ },
  { name: "view transitions", used: /\bstartViewTransition\b/, asked: /["'`]startViewTransition["'`]\s*in document/ },
  { name: "scheduler", used: /\bscheduler\.(?:yield|postTask)\(/ },
  { name: "popovers", used: /\.(?:show|hide|toggle)Popover\(/ },
  { name: "checkVisibility", used: /\.checkVisibility\(/ },
  { name: "light-dark()", used: /\blight-dark\(/ },
  { name: "@starting-style", used: /@starting-style\b/ },
  { name: "@scope", used: /@scope\b/ },
  { name: "scrollbar-gutter", used: /\bscrollbar-gutter\s*:/ },
  { name: "field-sizing", used: /\bfield-sizing\s*:/ },
  { name: "anchors", used: /\b(?:anchor-name|position-anchor)\s*:/ },
];

/** Names what a browser of ours may lack in code or styles. */
export function tooNew(text: string): string[] {
  return TOO_NEW.filter(({ used, asked }) => used.test(text) && !asked?.test(text)).map(({ name }) => name);
}

/** Fails the build where it holds what a browser of ours lacks, libraries included. */
export function browsers(): Plugin {
  return {
    name: "browsers",
    apply: "build",
    generateBundle(_options, bundle) {
      for (const each of Object.values(bundle)) {
        const text = each.type === "chunk" ? each.code : each.fileName.endsWith(".css") ? String(each.source) : "";
        const found = tooNew(text);
        if (found.length > 0) this.error(`${each.fileName}: ${found.join(", ")}: not in every browser of build/browsers.ts`);
      }
    },
  };
}
