// How the console is built, served while it is developed, and tested.
import { fileURLToPath } from 'node:url';

import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

const server = process.env['BARKER_URL'] ?? 'http://127.0.0.1:8080';
const proxied = ['/api', '/openapi.json', '/docs', '/health', '/ready'];
/** What is shared by fewer pages stands by itself, so that signing in need not wait for it. */
const MANY_PAGES = 12;
const isNoDrawing = (path: string): boolean => !/node_modules\/(echarts|zrender)\//.test(path);

export default defineConfig({
  plugins: [react()],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  server: { proxy: Object.fromEntries(proxied.map((path) => [path, server])) },
  build: {
    target: 'es2022',
    // Sizes are checked by a test, on what is sent: compressed.
    chunkSizeWarningLimit: 1_000,
    modulePreload: { polyfill: false },
    // A browser asks for six files at a time: what nearly every page needs comes in two files, not in eighty.
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            { name: 'start', tags: ['$initial'], priority: 2 },
            { name: 'common', test: isNoDrawing, minShareCount: MANY_PAGES, priority: 1 },
          ],
        },
      },
    },
  },
  test: {
    environment: 'node',
    include: ['src/**/*.test.{ts,tsx}'],
    restoreMocks: true,
  },
});
