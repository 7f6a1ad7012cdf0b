import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { configureBundles } from './exchange/bundles/index.ts';
import { configureCatalogue } from './exchange/catalog/index.ts';
import { configureCertificates } from './exchange/certificates/index.ts';
import { configureDelivery } from './exchange/delivery/index.ts';
import { clearCopies, configureSandbox, HELD_MAX, startPartWorker } from './exchange/sandbox/index.ts';
import { derivedKey, openAccessKey, scheduleSweep } from './kernel/access/index.ts';
import type { Kernel } from './kernel/acts/index.ts';
import { configureOutbound, type OutboundSetting } from './kernel/cases/index.ts';
import { requireSoundSm } from './kernel/crypto/index.ts';
import type { OpenDatabase } from './kernel/database/index.ts';
import {
  type Anchoring,
  type AnchoringOptions,
  anchorKey,
  anchorTrouble,
  startAnchoring,
} from './kernel/evidence/anchor/index.ts';
import {
  type CryptoSuite,
  configureKeys,
  DEFAULT_ORIGIN,
  type Feeder,
  keyProviderOf,
  openTileStore,
  type SigningKeys,
  signers,
  startFeeder,
  startSequencer,
  type TileStore,
} from './kernel/evidence/index.ts';
import { ensureKeys } from './kernel/evidence/key-acts.ts';
import { type ExecutorSetting, openExecutor } from './kernel/isolation/index.ts';
import { startJobs } from './kernel/jobs.ts';
import { loadRulebook } from './kernel/rulebook/index.ts';
import { openVault, type Vault } from './kernel/vault/index.ts';
import { ownFolder } from './own-folder.ts';
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
  /** Which signatures are made; `international` without one. */
  readonly suite?: CryptoSuite;
  /** `file`, or `exec:<program>`. */
  readonly keyProvider?: string;
  /** Address of this site, once it is known. */
  readonly site?: () => string;
  /** Imports of directories may reach private addresses. */
  readonly privateAddresses?: boolean;
  /** Where checkpoints are anchored; nowhere by default. */
  readonly anchor?: AnchorSettings;
  /** How notifications leave; by webhooks to public addresses only, without one. */
  readonly outbound?: Omit<OutboundSetting, 'site'>;
  /** Where code that nobody trusts runs; shut in on this host without one. */
  readonly sandbox?: ExecutorSetting;
  /** Parts of large sandbox queries worked on at once by this process; one by default. */
  readonly partWorkers?: number;
}

export interface AnchorSettings extends Omit<AnchoringOptions, 'chain'> {
  readonly url: string;
  readonly keyFile?: string | undefined;
  readonly feeMaxGwei: number;
}

/** Everything that runs behind the interfaces: acts, vault, jobs, the log. */
export interface Engine extends Platform {
  readonly kernel: Kernel;
  readonly vault: Vault;
  readonly dataFolder: string;
  readonly logFiles: TileStore;
  /** True while this process is the one that sequences the log. */
  readonly leading: () => boolean;
  /** Finishes running jobs, takes a last batch of the log. The database stays open. */
  readonly stop: () => Promise<void>;
}

/** Opens keys and vault, and starts this process's share of the log and the jobs, on a migrated database. */
export async function startEngine(options: EngineOptions): Promise<Engine> {
  const { database, dataFolder, objectStore, logStore, anchor } = options;
  const keys = signingKeys(options);
  const rulebook = loadRulebook();
  const everything = platform(rulebook);
  await openAccessKey(join(dataFolder, 'access.key'));
  const vault = await openVault({ db: database.db, dataFolder, objectStore });
  configureCatalogue({ privateAddresses: options.privateAddresses ?? false });
  configureDelivery({ vault, linkKey: derivedKey('delivery links') });
  configureOutbound({
    ...(options.outbound ?? { mailFrom: '', privateWebhooks: false }),
    site: options.site ?? (() => ''),
  });
  configureBundles({ vault, linkKey: derivedKey('bundle links'), ...(options.site ? { site: options.site } : {}) });
  const logFiles = await openTileStore(dataFolder, logStore);
  let feeder: Feeder | undefined;
  const sequencer = await startSequencer({
    url: database.url,
    onPublished: () => feeder?.nudge(),
    store: logFiles,
    keys: keys.provider,
    suite: keys.suite,
    origin: keys.origin,
    onError: complain,
  });
  feeder = startFeeder({ db: database.db, leading: sequencer.leading, onError: complain, onAlarm: complain });
  configureCertificates({ signers: (q) => signers(q, 'certificate') });
  const kernel: Kernel = { db: database.db, rulebook, committed: sequencer.nudge };
  await ensureKeys(kernel, keys);
  const sandbox = await ownFolder(join(dataFolder, 'sandbox'));
  const executor = await openExecutor(options.sandbox ?? { engine: 'local' }, join(sandbox, 'jobs'));
  configureSandbox({ kernel, vault, executor, folder: join(sandbox, 'tables') });
  const places = options.partWorkers ?? 1;
  const parts = await openExecutor(
    {
      ...options.sandbox,
      engine: options.sandbox?.engine === 'off' ? 'off' : 'local',
      jobsMax: places + HELD_MAX,
      warm: 0,
    },
    join(sandbox, 'parts'),
  );
  const partWorker = startPartWorker({ places, executor: parts });
  const jobs = await startJobs(database.pool, everything.tasks, { kernel, vault });
  await scheduleSweep(database.db);
  const anchoring = anchor && (await anchorOn(database, kernel, dataFolder, anchor));
  const stop = async () => {
    await anchoring?.stop();
    await jobs.stop();
    await partWorker.stop();
    await parts.stop();
    await executor.stop();
    await clearCopies();
    await rm(sandbox, { recursive: true, force: true });
    await feeder?.stop();
    await sequencer.stop();
  };
  return { ...everything, kernel, vault, dataFolder, logFiles, leading: sequencer.leading, stop };
}

/**
 * The keys of these settings, ready to sign.
 * @throws OperatorError when the commercial algorithms are asked for and do not pass their known answers here
 */
export function signingKeys({
  dataFolder,
  origin = DEFAULT_ORIGIN,
  suite = 'international',
  keyProvider = 'file',
}: Omit<EngineOptions, 'database'>): SigningKeys {
  if (suite === 'sm') requireSoundSm();
  const keys = { provider: keyProviderOf(keyProvider, dataFolder), suite, origin };
  configureKeys(keys);
  return keys;
}

/** The chain's library is large, and loaded only where there is a chain. */
async function anchorOn(
  database: OpenDatabase,
  kernel: Kernel,
  dataFolder: string,
  { url, keyFile, feeMaxGwei, ...options }: AnchorSettings,
): Promise<Anchoring> {
  const { evmChain } = await import('./kernel/evidence/anchor/evm.ts');
  const privateKey = await anchorKey(keyFile ?? join(dataFolder, 'anchor.key'));
  const chain = evmChain({ url, privateKey, feeMaxGwei });
  return startAnchoring(database, kernel, { ...options, chain }, (error) => complainOf('anchor', anchorTrouble(error)));
}

function complain(error: unknown): void {
  complainOf('log', error instanceof Error ? error.message : String(error));
}

function complainOf(source: string, message: string): void {
  process.stderr.write(`${JSON.stringify({ level: 'error', source, message })}\n`);
}
