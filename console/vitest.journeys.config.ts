// How journeys are made: one browser, one after another, against a real server that they start and stop.
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['tests/journeys/**/*.test.ts'],
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    bail: 3,
  },
});
