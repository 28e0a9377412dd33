// The client of the server's API. Its types are made from the server's OpenAPI document; see contract.d.ts.
import createClient from 'openapi-fetch';

import { accessToken, tokenAfter } from '../session/token';
import { serverIsGone } from './connection';
import type { paths, components } from './contract';
import { problemOf, Unreachable } from './problem';

export type Schema<Name extends keyof components['schemas']> = components['schemas'][Name];

async function send(request: Request): Promise<Response> {
  try {
    return await fetch(request);
  } catch (error) {
    if (request.signal.aborted) throw error;
    serverIsGone();
    throw new Unreachable(error);
  }
}

/** Sends a request as whoever is signed in; a token that has just ended is renewed and the request sent once more. */
export async function authorizedFetch(request: Request): Promise<Response> {
  const token = await accessToken();
  if (token === undefined) return send(request);
  const again = request.clone();
  request.headers.set('authorization', `Bearer ${token.text}`);
  const response = await send(request);
  if (response.status !== 401) return response;
  const renewed = await tokenAfter(token);
  if (renewed === undefined) return response;
  again.headers.set('authorization', `Bearer ${renewed.text}`);
  return send(again);
}

export const api = createClient<paths>({ baseUrl: window.location.origin, fetch: authorizedFetch });

interface Answer<Data> {
  data?: Data;
  error?: unknown;
  response: Response;
}

/** What was asked for, or the problem thrown. */
export async function answer<Data>(request: Promise<Answer<Data>>): Promise<NonNullable<Data>> {
  const { data, error, response } = await request;
  if (!response.ok) throw problemOf(error, response);
  return data as NonNullable<Data>;
}

/** What was asked for, with the tag that says which state it is: a change may name it in `If-Match`. */
export interface Tagged<Data> {
  data: Data;
  tag: string;
}

/** The same with its tag, or the problem thrown. */
export async function tagged<Data>(request: Promise<Answer<Data>>): Promise<Tagged<NonNullable<Data>>> {
  const { response } = await request;
  return { data: await answer(request), tag: response.headers.get('etag') ?? '' };
}

/** The same for a change that answers nothing. */
export async function done(request: Promise<Answer<unknown>>): Promise<void> {
  const { error, response } = await request;
  if (!response.ok) throw problemOf(error, response);
}

/** A page of a list, and how long the whole list is. */
export interface Listed<Row> {
  rows: Row[];
  total: number;
}

/** A page of a list, or the problem thrown. */
export async function listed<Row>(request: Promise<Answer<Row[]>>): Promise<Listed<Row>> {
  const { data, error, response } = await request;
  if (!response.ok) throw problemOf(error, response);
  const rows = data ?? [];
  return { rows, total: Number(response.headers.get('x-total-count') ?? rows.length) };
}
