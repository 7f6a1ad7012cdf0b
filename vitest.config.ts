import { existsSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { defineConfig, type Plugin } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files that build or break whole exchanges or logs, longest first: begun last, one of them would run alone for minutes. */
const LONGEST = [
  ...['src/kill.', 'src/privacy.db', 'src/hostile.', 'src/restore.'],
  ...['evidence/kill.', 'witness/process.', 'evidence/processes.', 'airlock/airlock.'],
];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification): number => {
      const found = LONGEST.findIndex((name) => moduleId.includes(name));
      return found < 0 ? LONGEST.length : found;
    };
    return (await super.sort(files)).sort((a, b) => place(a) - place(b));
  }
}

/** They put something of their own into the house (orders, uses, settings) that it keeps: each has a process of its own. */
const ALONE = [
  'src/custody.db.test.ts',
  'src/exchange/clearing/clearing.db.test.ts',
  'src/exchange/products/products.db.test.ts',
  'src/exchange/sandbox/parts/parts.db.test.ts',
];

const ROOT = import.meta.dirname;
const BUILT = join(ROOT, 'dist');

/**
 * What `npm test` has just compiled (`SHUHENG_BUILT=1`) is what its tests import:
 * translating nine hundred modules costs two seconds in each process. Tests and their helpers are not compiled and stay sources.
 */
const compiled: Plugin = {
  name: 'compiled',
  enforce: 'pre',
  resolveId(asked, importer) {
    if (!importer || !asked.startsWith('.') || !asked.endsWith('.ts')) return null;
    const path = join(BUILT, relative(ROOT, resolve(dirname(importer), asked)).replace(/\.ts$/, '.js'));
    return existsSync(path) ? path : null;
  },
};

const built = process.env.SHUHENG_BUILT === '1';
const imports = { plugins: built ? [compiled] : [] };
const external = { deps: { external: [/\/dist\/(src|examples)\//] } };
// No test is a stopwatch: a slow machine fails none.
const patient = { expect: { poll: { timeout: 120_000 } } };
const database = {
  ...patient,
  server: external,
  sequence: { groupOrder: 1 },
  testTimeout: 180_000,
  hookTimeout: 600_000,
  maxWorkers: 4,
};

/** Unit tests need nothing but Node; the others use a real PostgreSQL and are named *.db.test.ts. */
export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        ...imports,
        test: {
          ...patient,
          name: 'unit',
          server: external,
          sequence: { groupOrder: 0 },
          include: ['src/**/*.test.ts', 'web/src/**/*.test.ts', 'examples/**/*.test.ts'],
          exclude: ['**/*.db.test.ts'],
          isolate: false,
          maxWorkers: 2,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        ...imports,
        test: {
          ...database,
          name: 'database',
          include: ['src/**/*.db.test.ts', 'examples/**/*.db.test.ts'],
          exclude: ALONE,
          setupFiles: built ? ['src/testing-setup.ts'] : [],
          isolate: false,
        },
      },
      { ...imports, test: { ...database, name: 'alone', include: ALONE } },
    ],
  },
});
