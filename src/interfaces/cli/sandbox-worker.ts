import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { clearCopies, configureSandbox, HELD_MAX, startPartWorker } from '../../exchange/sandbox/index.ts';
import { openDatabase } from '../../kernel/database/index.ts';
import { openExecutor } from '../../kernel/isolation/index.ts';
import { OperatorError } from '../../kernel/operator-error.ts';
import { loadRulebook } from '../../kernel/rulebook/index.ts';
import { readSettings } from '../../kernel/settings.ts';
import { openVault } from '../../kernel/vault/index.ts';
import { ownFolder } from '../../own-folder.ts';
import { type Arguments, UsageError } from './arguments.ts';

const PLACES = /^([1-9]|[12]\d|3[0-2])$/;
const CONNECTIONS = 6;
const MEBIBYTE = 1024 ** 2;

/**
 * `shuheng sandbox-worker`: leases parts of large sandbox queries and answers them in isolation, until a signal. It needs
 * the server's database, its objects (the same folder or bucket) and a copy of `vault.key`; it serves nobody and changes
 * no state.
 */
export async function sandboxWorkerCommand(args: Arguments): Promise<number> {
  const places = args.flags.places ?? '1';
  if (typeof places !== 'string' || !PLACES.test(places))
    throw new UsageError('--places 应为 1 到 32。--places takes a number from 1 to 32.');
  const settings = readSettings();
  if (!settings.DATABASE_URL)
    throw new OperatorError(
      '请设置 DATABASE_URL，指向交易所的数据库。Set DATABASE_URL to the database of the exchange.',
    );
  const database = openDatabase(settings.DATABASE_URL, { max: CONNECTIONS + Number(places) });
  const kernel = { db: database.db, rulebook: loadRulebook() };
  const dataFolder = settings.SHUHENG_DATA;
  const vault = await openVault({ db: database.db, dataFolder, objectStore: settings.OBJECT_STORE });
  const folder = await ownFolder(join(dataFolder, 'sandbox'));
  const executor = await openExecutor(
    {
      engine: settings.SANDBOX_ENGINE,
      kubernetes: settings.SANDBOX_KUBERNETES,
      jobsMax: Number(places) + HELD_MAX,
      memoryBytesMax: settings.SANDBOX_MEMORY_MEBIBYTES * MEBIBYTE,
      warm: 0,
    },
    join(folder, 'jobs'),
  );
  const { sql, reason } = await executor.availability();
  if (!sql) throw new OperatorError(reason ? `${reason.zh} ${reason.en}` : '本机不能隔离运行。No isolation here.');
  configureSandbox({ kernel, vault, executor, folder: join(folder, 'tables') });
  const worker = startPartWorker({ places: Number(places), executor });
  process.stdout.write(`沙箱分片进程已启动，同时处理 ${places} 片。Sandbox worker: ${places} parts at once.\n`);
  await new Promise<void>((done) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, done);
  });
  await worker.stop();
  await executor.stop();
  await clearCopies();
  await rm(folder, { recursive: true, force: true });
  await database.close();
  return 0;
}
