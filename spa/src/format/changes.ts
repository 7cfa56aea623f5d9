/** What an entry of the audit log changed, field by field. */

export interface Change {
  field: string;
  before: string | null;
  after: string | null;
  isChanged: boolean;
}

/** Lists all fields of both, nested ones as `limits.max_quantity`; a missing one is null. */
export function changesOf(before: unknown, after: unknown): Change[] {
  const was = flattened(before);
  const is = flattened(after);
  return [...new Set([...was.keys(), ...is.keys()])].map((field) => {
    const change = { field, before: was.get(field) ?? null, after: is.get(field) ?? null };
    return { ...change, isChanged: change.before !== change.after };
  });
}

function flattened(value: unknown, path = "", found = new Map<string, string>()): Map<string, string> {
  if (isObject(value)) {
    for (const [name, inner] of Object.entries(value)) flattened(inner, path ? `${path}.${name}` : name, found);
  } else if (path || value !== null) {
    found.set(path, typeof value === "string" ? value : JSON.stringify(value));
  }
  return found;
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
