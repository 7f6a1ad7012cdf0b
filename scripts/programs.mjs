// Makes one file each of the programs that fault tests start by the dozen: a start that reads three hundred modules costs
// more than half a second of processor time, a start that reads one file a fifth of a second.
import { dirname, join } from 'node:path';
import { build } from 'vite';
import { ROOT } from './prepare.mjs';

/** Compiled already; what holds all they import takes their place. */
const PROGRAMS = ['evidence/testing-child.js', 'evidence/anchor/testing-child.js', 'evidence/witness/testing-child.js'];

for (const program of PROGRAMS) {
  const path = join(ROOT, 'dist', 'src', 'kernel', program);
  await build({
    configFile: false,
    root: ROOT,
    logLevel: 'error',
    ssr: { noExternal: true },
    build: {
      ssr: path,
      outDir: dirname(path),
      emptyOutDir: false,
      copyPublicDir: false,
      minify: false,
      rolldownOptions: { output: { entryFileNames: '[name].js', codeSplitting: false } },
    },
  });
}
