import { existsSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { defineConfig, type Plugin } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files that build or break whole exchanges or logs, longest first: begun last, one of them would run alone for minutes. */
const LONGEST = [
  ...['src/kill.', 'src/privacy.db', 'src/hostile.', 'src/restore.', 'examples/sample.'],
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

const ROOT = import.meta.dirname;
const BUILT = join(ROOT, 'dist');

/**
 * What `npm test` has just compiled (`SHUHENG_BUILT=1`) is what its tests import: each file has a process of its own, and
 * translating nine hundred modules for it costs two seconds. Tests and their helpers are not compiled and stay sources.
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

/** Unit tests need nothing but Node; the others use a real PostgreSQL and are named *.db.test.ts. */
export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        plugins: process.env.SHUHENG_BUILT === '1' ? [compiled] : [],
        test: {
          name: 'unit',
          server: { deps: { external: [/\/dist\/(src|examples)\//] } },
          sequence: { groupOrder: 0 },
          include: ['src/**/*.test.ts', 'web/src/**/*.test.ts', 'examples/**/*.test.ts'],
          exclude: ['**/*.db.test.ts'],
          isolate: false,
          maxWorkers: 2,
          // No test is a stopwatch: a slow machine fails none.
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        plugins: process.env.SHUHENG_BUILT === '1' ? [compiled] : [],
        test: {
          name: 'database',

          server: { deps: { external: [/\/dist\/(src|examples)\//] } },
          sequence: { groupOrder: 1 },
          include: ['src/**/*.db.test.ts', 'examples/**/*.db.test.ts'],
          testTimeout: 180_000,
          hookTimeout: 600_000,
          maxWorkers: 3,
          isolate: false,
        },
      },
    ],
  },
});
