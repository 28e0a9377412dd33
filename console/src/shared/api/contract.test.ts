// The types of the client are those of the server's OpenAPI document.
// @vitest-environment node
import { readFile } from 'node:fs/promises';

import { expect, test } from 'vitest';

// @ts-expect-error -- a script without types
import { contractFile, contractText } from '../../../scripts/contract.mjs';

test('the client is made from the present API; otherwise run: npm run generate', async () => {
  const present = await readFile(contractFile as string, 'utf8');
  expect(present === (await (contractText as () => Promise<string>)()), 'contract.d.ts is stale').toBe(true);
}, 30_000);
