import { join } from 'node:path';
import { announceKeys, configureCertificates } from './exchange/certificates/index.ts';
import { configureDelivery } from './exchange/delivery/index.ts';
import { derivedKey, openAccessKey, scheduleSweep } from './kernel/access/index.ts';
import type { Kernel } from './kernel/acts/index.ts';
import type { OpenDatabase } from './kernel/database/index.ts';
import {
  DEFAULT_ORIGIN,
  fileKeyProvider,
  type LogSigner,
  openTileStore,
  startSequencer,
  type TileStore,
} from './kernel/evidence/index.ts';
import { startJobs } from './kernel/jobs.ts';
import { loadRulebook } from './kernel/rulebook/index.ts';
import { openVault, type Vault } from './kernel/vault/index.ts';
import { type Platform, platform } from './platform.ts';

export interface EngineOptions {
  readonly database: OpenDatabase;
  /** Keys, objects and the log's files. */
  readonly dataFolder: string;
  readonly objectStore?: string | undefined;
  /** `s3://…` for the public files of the log; without it the folder `log/`. */
  readonly logStore?: string | undefined;
  /** Name of the evidence log. */
  readonly origin?: string;
}

/** Everything that runs behind the interfaces: acts, vault, jobs, the log. */
export interface Engine extends Platform {
  readonly kernel: Kernel;
  readonly vault: Vault;
  readonly dataFolder: string;
  readonly logFiles: TileStore;
  /** Finishes running jobs, takes a last batch of the log. The database stays open. */
  readonly stop: () => Promise<void>;
}

/** Opens keys and vault, and starts this process's share of the log and the jobs, on a migrated database. */
export async function startEngine({
  database,
  dataFolder,
  objectStore,
  logStore,
  origin,
}: EngineOptions): Promise<Engine> {
  const rulebook = loadRulebook();
  const everything = platform(rulebook);
  await openAccessKey(join(dataFolder, 'access.key'));
  const vault = await openVault({ db: database.db, dataFolder, objectStore });
  configureDelivery({ vault, linkKey: derivedKey('delivery links') });
  const logFiles = await openTileStore(dataFolder, logStore);
  const sequencer = await startSequencer({
    url: database.url,
    store: logFiles,
    keys: fileKeyProvider(join(dataFolder, 'log.key')),
    ...(origin ? { origin } : {}),
    onError: complain,
  });
  configureCertificates({ signers: certificateSigners(dataFolder, origin) });
  const kernel: Kernel = { db: database.db, rulebook, committed: sequencer.nudge };
  const jobs = await startJobs(database.pool, everything.tasks, { kernel, vault });
  await scheduleSweep(database.db);
  await announceKeys(kernel);
  const stop = async () => {
    await jobs.stop();
    await sequencer.stop();
  };
  return { ...everything, kernel, vault, dataFolder, logFiles, stop };
}

/** The key that signs certificates, made at the first start; it belongs into every backup, beside the log's. */
function certificateSigners(dataFolder: string, origin = DEFAULT_ORIGIN): () => Promise<readonly LogSigner[]> {
  const keys = fileKeyProvider(join(dataFolder, 'certificate.key'));
  let signer: Promise<LogSigner> | undefined;
  const load = async () => (await keys.load()) ?? keys.create(`${origin}/certificate`);
  return async () => {
    signer ??= load();
    return [await signer];
  };
}

function complain(error: unknown): void {
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`${JSON.stringify({ level: 'error', source: 'log', message })}\n`);
}
