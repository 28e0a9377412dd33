// The types of the server's API, as openapi-typescript makes them of its OpenAPI document.
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

import openapiTS, { astToString } from 'openapi-typescript';

const snapshot = new URL('../../crates/server/tests/api/snapshots/api__openapi__openapi.snap', import.meta.url);

export const contractFile = fileURLToPath(new URL('../src/shared/api/contract.d.ts', import.meta.url));

/** The server's OpenAPI document. */
export async function contractDocument() {
  const text = await readFile(snapshot, 'utf8');
  // A snapshot begins with a header between two lines of dashes.
  return JSON.parse(text.slice(text.indexOf('---', 3) + 3));
}

/** What the file should hold. */
export async function contractText() {
  const types = astToString(await openapiTS(await contractDocument(), { alphabetize: true }));
  return `// Made by npm run generate from the server's OpenAPI document. Do not edit.\n\n${types}`;
}
