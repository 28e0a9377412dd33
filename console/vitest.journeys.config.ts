// How journeys are made: each file has a browser and a real server of its own, which it starts and stops; two go on at once, for
// much of their time is waiting. What measures time by the clock goes alone, before the others. The tour is made for its pictures,
// when somebody names it.
import { defineConfig } from 'vitest/config';

const ALL = 'tests/journeys/**/*.test.ts';
const TIMED = 'tests/journeys/owner.test.ts';
const TOUR = 'tests/journeys/tour.test.ts';
const unwanted = process.argv.includes('tour') ? [TIMED] : [TIMED, TOUR];

export default defineConfig({
  test: {
    testTimeout: 120_000,
    // A server starts and is filled: longer than what is waited for in between, which says what did not come.
    hookTimeout: 240_000,
    // What is asked for again and again is as late as anything else on a page.
    expect: { poll: { timeout: 20_000 } },
    bail: 3,
    projects: [
      { extends: true, test: { name: 'timed', include: [TIMED], maxWorkers: 1, sequence: { groupOrder: 1 } } },
      {
        extends: true,
        test: { name: 'journeys', include: [ALL], exclude: unwanted, maxWorkers: 2, sequence: { groupOrder: 2 } },
      },
    ],
  },
});
