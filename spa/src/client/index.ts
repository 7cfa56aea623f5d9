/** The one way to the edge: typed by its own description, with the session's token on changes. */
import createClient, { type Middleware } from "openapi-fetch";

import { csrfToken } from "./csrf";
import { ApiProblem } from "./problem";
import type { components, paths } from "./schema";

export { ApiProblem, problemOf } from "./problem";
export type Schemas = components["schemas"];
export type Order = Schemas["OrderBody"];
export type OrderDetail = Schemas["OrderDetailBody"];
export type Signal = Schemas["SignalBody"];
export type Position = Schemas["PositionBody"];
export type DeadLetter = Schemas["DeadLetterBody"];
export type Strategy = Schemas["StrategyBody"];
export type Account = Schemas["AccountBody"];

const SAFE = new Set(["GET", "HEAD"]);

const showsToken: Middleware = {
  onRequest({ request }) {
    if (!SAFE.has(request.method)) request.headers.set("X-CSRF-Token", csrfToken());
    return request;
  },
};

export const client = createClient<paths>({ baseUrl: location.origin, credentials: "same-origin" });
client.use(showsToken);

interface Asked<T> {
  data?: T | undefined;
  error?: unknown;
  response: Response;
}

type Listener = () => void;
let onExpired: Listener = () => undefined;

/** Says what happens when the edge no longer knows the session. */
export function whenExpired(listener: Listener): void {
  onExpired = listener;
}

/**
 * Awaits a call of `client` and returns its data.
 *
 * Throws ApiProblem for anything but success; a lost session is told to `whenExpired` as well.
 */
export async function answer<T>(asked: Promise<Asked<T>>): Promise<T> {
  const { data, error, response } = await asked.catch((failed: unknown) => {
    if (failed instanceof DOMException && failed.name === "AbortError") throw failed;
    throw new ApiProblem(0, {});
  });
  if (response.ok) return data as T;
  const problem = new ApiProblem(response.status, isBody(error) ? error : {});
  if (problem.code === "unauthenticated") onExpired();
  throw problem;
}

function isBody(error: unknown): error is Partial<Schemas["ErrorBody"]> {
  return typeof error === "object" && error !== null;
}
