/** Words by key, nested; the first key is the name of the area's file. */
export interface Tree {
  [key: string]: string | Tree;
}

/** Names each file's words by the file: `./orders.json` becomes `orders`. */
export function gathered(files: Record<string, unknown>): Record<string, Tree> {
  return Object.fromEntries(
    Object.entries(files).map(([path, words]) => [path.slice(2, -".json".length), words as Tree]),
  );
}

/** Returns every key with its words. */
export function flat(tree: Tree, before = ""): Map<string, string> {
  const found = new Map<string, string>();
  for (const [key, value] of Object.entries(tree)) {
    if (typeof value === "string") found.set(before + key, value);
    else for (const [inner, words] of flat(value, `${before}${key}.`)) found.set(inner, words);
  }
  return found;
}
