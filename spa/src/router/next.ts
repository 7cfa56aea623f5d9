/** Returns where to go after signing in: a page of ours, or the first one. */
export function safeNext(wanted: unknown): string {
  if (typeof wanted !== "string" || !wanted.startsWith("/")) return "/";
  const target = new URL(wanted, location.origin);
  return target.origin === location.origin && !target.pathname.startsWith("//")
    ? target.pathname + target.search + target.hash
    : "/";
}
