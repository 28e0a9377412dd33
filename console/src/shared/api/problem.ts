// What the server refuses, as RFC 9457 problem documents, and what happens on the way to it.
import type { components } from './contract';

export type ProblemField = components['schemas']['ProblemField'];
type ProblemDocument = components['schemas']['Problem'];

/** A request that the server answered, but not with what was asked for. */
export class Problem extends Error {
  readonly code: string;
  readonly status: number;
  readonly title: string;
  readonly fields: ProblemField[];
  readonly requestId: string | undefined;
  readonly retryAfterSeconds: number | undefined;

  constructor(document: ProblemDocument, response: Response) {
    super(document.detail);
    this.name = 'Problem';
    this.code = document.code;
    this.status = document.status;
    this.title = document.title;
    this.fields = document.errors ?? [];
    this.requestId = response.headers.get('x-request-id') ?? undefined;
    const wait = Number(response.headers.get('retry-after'));
    this.retryAfterSeconds = Number.isFinite(wait) && wait > 0 ? wait : undefined;
  }
}

/** The server could not be reached at all, or something on the way answered in its place. */
export class Unreachable extends Error {
  constructor(cause?: unknown) {
    super('the server does not answer', { cause });
    this.name = 'Unreachable';
  }
}

/** Whether the same request may well succeed a moment later. */
export function isTemporary(error: unknown): boolean {
  return error instanceof Unreachable || (error instanceof Problem && (error.status === 503 || error.status === 429));
}

/** Whether nobody is signed in any more. */
export function isSignedOut(error: unknown): boolean {
  return error instanceof Problem && error.status === 401 && error.code === 'unauthorized';
}

/** The problem that a response carries; an answer that is no problem document is none of the server's. */
export function problemOf(body: unknown, response: Response): Problem | Unreachable {
  if (typeof body === 'object' && body !== null && 'code' in body && 'status' in body) {
    return new Problem(body as ProblemDocument, response);
  }
  return new Unreachable();
}
