/** The token that goes with every change; it belongs to the session and lives in memory alone. */
let token = "";

/** Remembers the token of the session that just began; nothing, when it ended. */
export function setCsrfToken(given: string): void {
  token = given;
}

/** Returns the token, or nothing while nobody is signed in. */
export function csrfToken(): string {
  return token;
}
