// How the console is built, served while it is developed, and tested.
import { fileURLToPath } from 'node:url';

import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

const server = process.env['BARKER_URL'] ?? 'http://127.0.0.1:8080';
const proxied = ['/api', '/openapi.json', '/docs', '/health', '/ready'];

export default defineConfig({
  plugins: [react()],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  server: { proxy: Object.fromEntries(proxied.map((path) => [path, server])) },
  build: {
    target: 'es2022',
    // Sizes are checked by a test, on what is sent: compressed.
    chunkSizeWarningLimit: 1_000,
    modulePreload: { polyfill: false },
  },
  test: {
    environment: 'jsdom',
    include: ['src/**/*.test.{ts,tsx}'],
    restoreMocks: true,
  },
});
