import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** Where `npm run dev` runs the server that answers what is not of the page. */
const SERVER = 'http://127.0.0.1:4318';

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  // The built page works below any path: its addresses are relative, and the server sets <base>.
  base: './',
  plugins: [react()],
  publicDir: 'public',
  build: {
    outDir: fileURLToPath(new URL('../dist/web', import.meta.url)),
    emptyOutDir: true,
    // The Content-Security-Policy allows no data: URI but for pictures, and a file of its own is cached for good.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: 'es2022',
  },
  server: { proxy: { '/api': SERVER, '/openapi.json': SERVER } },
});
