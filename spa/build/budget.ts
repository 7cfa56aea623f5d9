import { brotliCompressSync } from "node:zlib";

import type { Plugin, Rolldown } from "vite";

/**
 * Fails the build where what a browser loads first weighs more than `most` bytes of brotli.
 *
 * First is the entry with all that it imports, and so each chunk whose module matches `first`.
 */
export function budget(most: number, first: RegExp): Plugin {
  return {
    name: "budget",
    apply: "build",
    generateBundle(_options, bundle) {
      const begun = Object.values(bundle).filter(
        (each): each is Rolldown.OutputChunk =>
          each.type === "chunk" && (each.isEntry || first.test(each.facadeModuleId ?? "")),
      );
      const loaded = new Set<string>();
      const load = (name: string): void => {
        const chunk = bundle[name];
        if (loaded.has(name) || chunk?.type !== "chunk") return;
        loaded.add(name);
        chunk.imports.forEach(load);
      };
      begun.forEach((chunk) => { load(chunk.fileName); });
      const weight = [...loaded].reduce((sum, name) => sum + packed(bundle[name]), 0);
      const told = `initial JS: ${(weight / 1000).toFixed(1)} kB brotli of ${most / 1000} kB, ${loaded.size} chunks`;
      if (weight > most) this.error(`${told}: too much`);
      this.info(told);
    },
  };
}

function packed(chunk: Rolldown.OutputChunk | Rolldown.OutputAsset | undefined): number {
  return chunk?.type === "chunk" ? brotliCompressSync(chunk.code).length : 0;
}
