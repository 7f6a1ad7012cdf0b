import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { copyBuiltSample } from '../bench/built-sample.ts';
import { buildSample, type SampleAccount } from '../examples/sample.ts';
import { type Engine, startEngine } from './engine.ts';
import { type OpenDatabase, openDatabase, startEmbeddedServer } from './kernel/database/index.ts';
import { testDatabase } from './kernel/database/testing.ts';

/** An exchange with the small sample, in this process. */
export interface SampleExchange {
  readonly folder: string;
  readonly database: OpenDatabase;
  readonly engine: Engine;
  readonly accounts: readonly SampleAccount[];
  readonly stop: () => Promise<void>;
}

/** A copy of the sample that `npm test` has built once; outside of it one is built. */
export async function sampleExchange(name: string): Promise<SampleExchange> {
  const folder = mkdtempSync(join(tmpdir(), `shuheng-${name}-`));
  const copied = copyBuiltSample(folder);
  const { database, close } = await (copied ? ownServer(folder) : sharedServer());
  const engine = await startEngine({ database, dataFolder: folder }).catch(async (error) => {
    await close();
    throw error;
  });
  const accounts = copied
    ? JSON.parse(readFileSync(join(folder, 'sample-accounts.json'), 'utf8'))
    : await buildSample(engine, () => undefined, { size: 'small' });
  return {
    folder,
    database,
    engine,
    accounts,
    stop: async () => {
      await engine.stop();
      await close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function ownServer(folder: string) {
  const server = await startEmbeddedServer(folder, { lasting: false });
  const database = openDatabase(server.url);
  const close = async () => {
    await database.close();
    await server.stop();
  };
  return { database, close };
}

async function sharedServer() {
  const database = await testDatabase();
  return { database, close: database.drop };
}
