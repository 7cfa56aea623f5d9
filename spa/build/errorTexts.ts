import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import type { Plugin } from "vite";

import { readTexts } from "./texts.ts";

const MODULE = "virtual:error-texts/";

/** `virtual:error-texts/<locale>`: the texts of docs/errors, a chunk a language. */
export function errorTexts(): Plugin {
  return {
    name: "error-texts",
    resolveId: (id) => (id.startsWith(MODULE) ? `\0${id}` : null),
    load(id) {
      if (!id.startsWith(`\0${MODULE}`)) return null;
      const locale = id.slice(MODULE.length + 1);
      const page = fileURLToPath(new URL(`../../docs/errors/${locale}.md`, import.meta.url));
      this.addWatchFile(page);
      return `export default ${JSON.stringify(readTexts(readFileSync(page, "utf8")))}`;
    },
  };
}
