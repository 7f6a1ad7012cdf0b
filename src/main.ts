import { existsSync } from 'node:fs';
import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { buildSample, forgetProgress, type SampleAccount } from '../examples/sample.ts';
import { type Engine, startEngine } from './engine.ts';
import { buildApp } from './interfaces/http/app.ts';
import {
  bundleRoutes,
  certificateRoutes,
  deliveryRoutes,
  disclosureRoutes,
  evidenceRoutes,
  openingRoutes,
  paperRoutes,
  verifierRoute,
} from './interfaces/http/files.ts';
import { actorOf, bootstrap, registerSessions } from './kernel/access/index.ts';
import type { Actor, Kernel } from './kernel/acts/index.ts';
import {
  type EmbeddedServer,
  migrate,
  type OpenDatabase,
  openDatabase,
  startEmbeddedServer,
} from './kernel/database/index.ts';
import { logStatus } from './kernel/evidence/index.ts';
import { OperatorError } from './kernel/operator-error.ts';
import { ROOT } from './kernel/root.ts';
import type { Settings } from './kernel/settings.ts';
import { registerUploads } from './kernel/vault/index.ts';
import { arrangeWitnesses } from './witnesses.ts';

/** Entries may wait this long for their index before the server calls itself not ready. */
const LOG_LAG_MAX_MS = 60_000;
const DATABASE_CHECK_MS = 1_000;

const MEBIBYTE = 1024 ** 2;

export interface RunningServer {
  readonly url: string;
  readonly accounts: readonly SampleAccount[] | null;
  readonly stop: () => Promise<void>;
}

/** Tells the operator what is happening: a line for each step, figures while a step works. */
export type Report = (step: string, progress?: { readonly done: number; readonly total: number }) => void;

/** The database of these settings: the given one, or the embedded server in the data folder. */
export async function reachDatabase(settings: Settings): Promise<{ url: string; server: EmbeddedServer | null }> {
  await mkdir(settings.SHUHENG_DATA, { recursive: true, mode: 0o700 });
  if (settings.DATABASE_URL) return { url: settings.DATABASE_URL, server: null };
  const server = await startEmbeddedServer(settings.SHUHENG_DATA);
  return { url: server.urlOf('postgres'), server };
}

export interface StartOptions {
  /** `small` takes some thousand flights instead of three million: for tests that build a whole exchange. */
  readonly sampleSize?: 'full' | 'small';
}

/** Starts the whole exchange and resolves when it can be used. @throws OperatorError with one clear sentence */
export async function startServer(
  settings: Settings,
  report: Report,
  { sampleSize = 'full' }: StartOptions = {},
): Promise<RunningServer> {
  await checkPort(settings);
  report('数据库 database');
  const { url, server } = await reachDatabase(settings);
  const undo: (() => Promise<unknown>)[] = [server ? keepAlive(settings, server) : async () => undefined];
  const stop = async () => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  try {
    await migrate(url).catch(unreachable(settings));
    const database = openDatabase(url);
    undo.push(database.close);
    return await serve(settings, database, undo, stop, (engine) => buildSample(engine, report, { size: sampleSize }));
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Starts the embedded server again when it died under us; connections come back by themselves. Returns its stop. */
function keepAlive(settings: Settings, first: EmbeddedServer): () => Promise<void> {
  let server = first;
  let busy = false;
  const timer = setInterval(async () => {
    if (busy || server.alive()) return;
    busy = true;
    server = await startEmbeddedServer(settings.SHUHENG_DATA).catch((error: unknown) => {
      process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
      return server;
    });
    busy = false;
  }, DATABASE_CHECK_MS);
  timer.unref();
  return async () => {
    clearInterval(timer);
    await server.stop();
  };
}

async function serve(
  settings: Settings,
  database: OpenDatabase,
  undo: (() => Promise<unknown>)[],
  stop: () => Promise<void>,
  sample: (engine: Engine) => Promise<readonly SampleAccount[]>,
): Promise<RunningServer> {
  let site = () => settings.PUBLIC_URL ?? `http://127.0.0.1:${settings.PORT}`;
  const engine = await startEngine({
    database,
    dataFolder: settings.SHUHENG_DATA,
    objectStore: settings.OBJECT_STORE,
    logStore: settings.LOG_STORE,
    origin: settings.LOG_ORIGIN,
    suite: settings.CRYPTO_SUITE,
    keyProvider: settings.KEY_PROVIDER,
    site: () => site(),
    outbound: {
      smtpUrl: settings.SMTP_URL,
      mailFrom: settings.MAIL_FROM,
      privateWebhooks: settings.WEBHOOK_PRIVATE === '1',
    },
    privateAddresses: settings.IMPORT_PRIVATE_ADDRESSES === '1',
    sandbox: {
      engine: settings.SANDBOX_ENGINE,
      kubernetes: settings.SANDBOX_KUBERNETES,
      jobsMax: settings.SANDBOX_JOBS_MAX,
      memoryBytesMax: settings.SANDBOX_MEMORY_MEBIBYTES * MEBIBYTE,
      warm: settings.SANDBOX_WARM,
    },
    partWorkers: settings.SANDBOX_PART_WORKERS,
    ...(settings.ANCHOR_RPC_URL ? { anchor: anchorOf(settings, settings.ANCHOR_RPC_URL) } : {}),
  });
  undo.push(engine.stop);
  undo.push(await arrangeWitnesses(settings, database, engine.leading));
  const { kernel, vault, acts, reads, logFiles } = engine;
  const identify = (request: FastifyRequest): Promise<Actor> => actorOf(database.db, request, settings.PUBLIC_URL);
  const version = (JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as { version: string }).version;
  let prepared = false;
  const app = await buildApp({
    kernel,
    acts,
    reads,
    version,
    authenticate: identify,
    extras: [
      (a) => registerSessions(a, { db: database.db, publicUrl: settings.PUBLIC_URL, oidc: oidcOf(settings) }),
      (a) =>
        registerUploads(a, {
          kernel,
          vault,
          authenticate: identify,
          bytesMax: settings.UPLOAD_BYTES_MAX,
        }),
      (a) => evidenceRoutes(a, kernel, logFiles, identify),
      (a) => verifierRoute(a, kernel),
      (a) => certificateRoutes(a, kernel, () => site(), identify),
      (a) => bundleRoutes(a, kernel),
      (a) => deliveryRoutes(a, kernel),
      (a) => disclosureRoutes(a, kernel),
      (a) => openingRoutes(a, kernel, vault, identify),
      (a) => paperRoutes(a, kernel, vault, engine.fileViewers, identify),
    ],
    webRoot: join(ROOT, 'web', 'dist'),
    ready: async () => prepared && (await logKeepsUp(database)),
    rateLimitPerMinute: settings.RATE_LIMIT,
    trustProxy: settings.TRUST_PROXY === '1',
  });
  await app.listen({ port: settings.PORT, host: settings.HOST }).catch(portTaken(settings));
  undo.push(() => app.close());
  site = () => addressOf(app, settings);

  const accounts = await firstContent(settings, kernel, () => sample(engine));
  prepared = true;
  return { url: addressOf(app, settings), accounts, stop };
}

/** An empty database gets the sample exchange, or the first administrators; either is finished by the next start if this one is killed. */
async function firstContent(
  settings: Settings,
  kernel: Kernel,
  sample: () => Promise<readonly SampleAccount[]>,
): Promise<SampleAccount[] | null> {
  const samples = join(settings.SHUHENG_DATA, 'sample-accounts.json');
  const first = join(settings.SHUHENG_DATA, 'first-accounts.json');
  if (existsSync(samples)) return JSON.parse(await readFile(samples, 'utf8')) as SampleAccount[];
  if (existsSync(first)) return null;
  if (settings.SHUHENG_SAMPLE === 'none') {
    const made = await bootstrap(kernel, { name: settings.EXCHANGE_NAME, uscc: settings.EXCHANGE_USCC });
    if (!made) {
      throw new OperatorError(
        `平台已设立，但首批管理员的口令没有保存下来（启动时被中断）：请删除空的数据目录后重新启动。The platform was set up but its first passwords were not saved (a start was cut off): remove the empty data folder and start again.`,
      );
    }
    await writePrivate(first, made.accounts);
    return null;
  }
  const accounts = await sample();
  await writePrivate(samples, accounts);
  await forgetProgress(settings.SHUHENG_DATA);
  return [...accounts];
}

async function writePrivate(path: string, content: unknown): Promise<void> {
  const making = `${path}.making`;
  await writeFile(making, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 });
  await chmod(making, 0o600);
  await rename(making, path);
}

async function logKeepsUp(database: OpenDatabase): Promise<boolean> {
  const status = await logStatus(database.db).catch(() => undefined);
  return (
    status !== undefined &&
    (status.waitingSince === null || Date.now() - status.waitingSince.getTime() < LOG_LAG_MAX_MS)
  );
}

/** Before the long work: a taken port should be known in the first second. */
async function checkPort(settings: Settings): Promise<void> {
  if (settings.PORT === 0) return;
  await new Promise<void>((done, fail) => {
    const probe = createServer();
    probe.once('error', fail);
    probe.listen(settings.PORT, settings.HOST, () => probe.close(() => done()));
  }).catch(portTaken(settings));
}

function portTaken({ PORT, HOST }: Settings) {
  return (error: unknown): never => {
    const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
    if (code === 'EADDRINUSE')
      throw new OperatorError(
        `端口 ${PORT} 已被占用，请用 PORT=… 换一个。Port ${PORT} is taken: choose another with PORT=….`,
      );
    if (code === 'EACCES') throw new OperatorError(`没有权限使用端口 ${PORT}。Not allowed to use port ${PORT}.`);
    if (code === 'EADDRNOTAVAIL') throw new OperatorError(`本机没有地址 ${HOST}。This machine has no address ${HOST}.`);
    throw error;
  };
}

function unreachable({ DATABASE_URL }: Settings) {
  return (error: unknown): never => {
    if (error instanceof OperatorError || !DATABASE_URL) throw error;
    throw new OperatorError(
      `DATABASE_URL 无法使用：${error instanceof Error ? error.message : error}。The database of DATABASE_URL cannot be used.`,
    );
  };
}

const anchorOf = (settings: Settings, url: string) => ({
  url,
  keyFile: settings.ANCHOR_KEY_FILE,
  intervalSeconds: settings.ANCHOR_INTERVAL_SECONDS,
  confirmations: settings.ANCHOR_CONFIRMATIONS,
  feeMaxGwei: settings.ANCHOR_FEE_MAX_GWEI,
});

function oidcOf({ OIDC_ISSUER, OIDC_CLIENT_ID, OIDC_CLIENT_SECRET }: Settings) {
  if (!OIDC_ISSUER) return undefined;
  if (!OIDC_CLIENT_ID)
    throw new OperatorError(
      '设置了 OIDC_ISSUER，还需要 OIDC_CLIENT_ID。OIDC_ISSUER is set: OIDC_CLIENT_ID is needed too.',
    );
  return { issuer: OIDC_ISSUER, clientId: OIDC_CLIENT_ID, clientSecret: OIDC_CLIENT_SECRET };
}

function addressOf(app: FastifyInstance, settings: Settings): string {
  const address = app.server.address();
  const port = typeof address === 'object' && address !== null ? address.port : settings.PORT;
  const host = ['0.0.0.0', '::'].includes(settings.HOST) ? '127.0.0.1' : settings.HOST;
  return settings.PUBLIC_URL ?? `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}
