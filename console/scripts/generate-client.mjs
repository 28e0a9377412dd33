// Writes src/shared/api/contract.d.ts from the server's OpenAPI document, which stands as a snapshot among the server's tests.
import { writeFile } from 'node:fs/promises';

import { contractFile, contractText } from './contract.mjs';

await writeFile(contractFile, await contractText());
