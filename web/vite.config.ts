import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { staticVerifier } from './static-verifier.ts';

/** In development the pages come from Vite and everything else from a server started beside it. */
// The host name stays as the browser sent it: the server refuses acts whose origin is another host.
const SERVER = { target: 'http://127.0.0.1:8080', changeOrigin: false };

export default defineConfig({
  plugins: [react(), staticVerifier()],
  build: { outDir: 'dist', target: 'es2022', chunkSizeWarningLimit: 700 },
  server: { proxy: { '/v1': SERVER, '/log': SERVER, '/openapi.json': SERVER, '/docs': SERVER } },
});
