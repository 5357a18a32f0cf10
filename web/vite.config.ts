import { createReadStream, existsSync, readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import react from '@vitejs/plugin-react';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';

const require = createRequire(import.meta.url);
const flagsPackage = path.dirname(require.resolve('country-flag-icons/package.json'));
const flagsVersion = (JSON.parse(readFileSync(path.join(flagsPackage, 'package.json'), 'utf8')) as { version: string }).version;
// The version is in the path, so the files may be cached for ever like every other asset.
const flagsBase = `assets/flags-${flagsVersion}`;

/** Serves the flags as single files: a browser loads only those it shows, none is part of the JavaScript. */
function flags(): Plugin {
  const folder = path.join(flagsPackage, '3x2');
  return {
    name: 'davylamp-flags',
    configureServer(server) {
      server.middlewares.use((request, response, next) => {
        const name = /\/assets\/flags-[^/]+\/([A-Z-]+\.svg)$/.exec(request.url ?? '')?.[1];
        if (!name || !existsSync(path.join(folder, name))) return next();
        response.setHeader('Content-Type', 'image/svg+xml');
        createReadStream(path.join(folder, name)).pipe(response);
      });
    },
    generateBundle() {
      for (const name of readdirSync(folder).filter((file) => /^[A-Z]{2}\.svg$/.test(file)))
        this.emitFile({ type: 'asset', fileName: `${flagsBase}/${name}`, source: readFileSync(path.join(folder, name)) });
    },
  };
}

/** The fonts are under the OFL, which asks that its text travels with them. */
function fontLicence(): Plugin {
  return {
    name: 'davylamp-font-licence',
    generateBundle() {
      const folder = path.dirname(require.resolve('@fontsource-variable/geist/package.json'));
      this.emitFile({ type: 'asset', fileName: 'assets/geist-OFL.txt', source: readFileSync(path.join(folder, 'LICENSE')) });
    },
  };
}

const backend = process.env.DAVYLAMP_URL ?? 'http://127.0.0.1:8090';

export default defineConfig({
  // Relative, so that the page works below any path: <base href> in index.html says which, and the server fills it in.
  base: './',
  plugins: [react(), flags(), fontLicence()],
  define: { __FLAGS_BASE__: JSON.stringify(`/${flagsBase}`) },
  build: { sourcemap: false, assetsInlineLimit: 0, target: 'es2022', reportCompressedSize: true },
  server: { proxy: { '/api': { target: backend, ws: true } } },
  test: {
    testTimeout: 60_000, hookTimeout: 60_000, setupFiles: ['src/lib/test-setup.ts'],
    projects: [
      // A document costs more than most of these tests do: a .test.ts that needs one says so in its first line.
      { extends: true, test: { name: 'logic', environment: 'node', include: ['src/**/*.test.ts'] } },
      { extends: true, test: { name: 'page', environment: 'happy-dom', include: ['src/**/*.test.tsx'] } },
    ],
  },
});
