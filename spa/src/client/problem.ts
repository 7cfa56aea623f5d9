import type { components } from "./schema";

type ErrorBody = components["schemas"]["ErrorBody"];

/** A request that was not served: the edge's own words, or that it could not be reached. */
export class ApiProblem extends Error {
  readonly code: string;
  readonly status: number;
  readonly field: string | null;
  readonly hint: string | null;
  readonly traceId: string | null;

  constructor(status: number, body: Partial<ErrorBody>) {
    super(body.message ?? "The server could not be reached.");
    this.name = "ApiProblem";
    this.status = status;
    this.code = body.code ?? (status === 0 ? "unreachable" : "unavailable");
    this.field = body.field ?? null;
    this.hint = body.hint ?? null;
    this.traceId = body.trace_id ?? null;
  }
}

/** Turns whatever was thrown into a problem that can be shown. */
export function problemOf(thrown: unknown): ApiProblem {
  return thrown instanceof ApiProblem ? thrown : new ApiProblem(0, {});
}
