import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { announcements } from '../../exchange/certificates/index.ts';
import { type Database, openDatabase } from '../../kernel/database/index.ts';
import { writeDurably } from '../../kernel/evidence/durable.ts';
import { diskTileStore, fsck, openTileStore, type TileStore, verifierPage } from '../../kernel/evidence/index.ts';
import { logKeys } from '../../kernel/evidence/log-keys.ts';
import {
  checkLog,
  type LogSource,
  type MirrorReport,
  mirrorLog,
  ownLog,
  SourceTrouble,
  storedLog,
  type Trust,
  trustInKeys,
  trustInPolicy,
  webLog,
} from '../../kernel/evidence/mirror/index.ts';
import { rowsOf } from '../../kernel/evidence/tiles.ts';
import { OperatorError } from '../../kernel/operator-error.ts';
import { readSettings } from '../../kernel/settings.ts';
import { reachDatabase } from '../../main.ts';
import { type Arguments, UsageError } from './arguments.ts';
import { progressPrinter } from './progress.ts';
import { rotateKeyCommand } from './rotate-key.ts';

/** `shuheng log fsck|export|rotate-key`; exit code 1 says what is not as it should be. */
export async function logCommand(args: Arguments): Promise<number> {
  const [task, folder, ...more] = args.words;
  if (task === 'rotate-key') return rotateKeyCommand(args);
  if (more.length > 0) throw new UsageError(`多余的参数 more words than expected: ${more.join(' ')}`);
  if (task === 'fsck') return folder === undefined ? fsckOwn(args) : fsckFolder(args, resolve(folder));
  if (task === 'export') {
    if (folder === undefined) throw new UsageError('缺少目标文件夹 the target folder is missing');
    return exportTo(args, resolve(folder));
  }
  throw new UsageError('子命令为 the sub-commands are: log fsck, log export, log rotate-key');
}

/** Our own log: everything in database and files, from the entries. */
async function fsckOwn(args: Arguments): Promise<number> {
  return withOwnLog(async (db, store) => {
    const report = await withProgress((onProgress) => fsck(db, store, onProgress));
    const sound = report.ok && {
      zh: `${report.size} 条，根 ${report.root}，${report.files} 个文件，待排序 ${report.waiting}`,
      en: `${report.size} entries, root ${report.root}, ${report.files} files, waiting ${report.waiting}`,
    };
    return tell(args, report, sound || undefined, report.ok ? undefined : report.difference);
  });
}

/** A mirror: its public files alone, without a database. */
async function fsckFolder(args: Arguments, folder: string): Promise<number> {
  const trust = await trustOf(args, folder);
  const report = await withProgress((onProgress) =>
    checkLog(storedLog(folder, diskTileStore(folder)), trust, onProgress),
  );
  const sound = report.ok && {
    zh: `日志“${report.origin}”，${report.size} 条，根 ${report.root}`,
    en: `log ${report.origin}, ${report.size} entries, root ${report.root}`,
  };
  return tell(args, report, sound || undefined, report.ok ? undefined : report.difference);
}

async function exportTo(args: Arguments, folder: string): Promise<number> {
  const { from } = args.flags;
  if (typeof from === 'string') {
    if (!URL.canParse(from)) throw new UsageError(`${from} 不是地址 is no address`);
    return mirror(args, webLog(from), folder, await trustOf(args, folder));
  }
  return withOwnLog(async (db, store) => {
    // A mirror begun under an older key of the log goes on under its successors.
    const keys = await logKeys(rowsOf(db));
    if (keys.length === 0) throw new OperatorError('还没有日志。There is no log yet.');
    const trust = trustInKeys(keys.map((key) => key.vkey).join('\n'));
    return mirror(args, ownLog(db, store), folder, trust, await announcements(db));
  });
}

/** The page that verifies receipts of this log in any browser, beside the log it verifies. */
async function writeVerifier(folder: string, announced: readonly unknown[]): Promise<void> {
  const file = ['policy', 'vkey'].map((name) => join(folder, name)).find((path) => existsSync(path));
  if (file === undefined) return;
  const page = await verifierPage({ trust: await readFile(file, 'utf8'), announcements: announced }, new Date());
  if (page !== undefined) await writeDurably(join(folder, 'verify.html'), Buffer.from(page), folder);
}

async function mirror(
  args: Arguments,
  source: LogSource,
  folder: string,
  trust: Trust,
  announced: readonly unknown[] = [],
): Promise<number> {
  const report: MirrorReport = await withProgress((onProgress) =>
    mirrorLog(source, diskTileStore(folder), trust, onProgress),
  ).catch((error: unknown) => {
    if (error instanceof SourceTrouble)
      throw new OperatorError(`日志无法读取（${error.message}）。The log cannot be read (${error.message}).`);
    throw error;
  });
  if (report.ok) await writeVerifier(folder, announced);
  const sound = report.ok && {
    zh: `副本 ${folder}：日志“${report.origin}”，${report.size} 条（新增 ${report.size - report.before}），根 ${report.root}`,
    en: `mirror of log ${report.origin}, ${report.size} entries (${report.size - report.before} new), root ${report.root}`,
  };
  const refused = report.ok
    ? undefined
    : {
        zh: `${report.says.zh}${report.kept ? `该检查点已留存：${join(folder, report.kept)}。` : ''}`,
        en: `${report.says.en}${report.kept ? ` Its checkpoint is kept in ${join(folder, report.kept)}.` : ''}`,
      };
  return tell(args, report, sound || undefined, refused);
}

/** The keys given, or those the mirror was begun with. */
async function trustOf(args: Arguments, folder: string): Promise<Trust> {
  const { key, policy } = args.flags;
  if (typeof policy === 'string') return trustInPolicy(await readFile(policy).catch(unreadable(policy)));
  if (typeof key === 'string')
    return trustInKeys(existsSync(key) ? await readFile(key, 'utf8').catch(unreadable(key)) : key);
  const known = join(folder, 'vkey');
  if (existsSync(known)) return trustInKeys(await readFile(known, 'utf8'));
  throw new UsageError(
    '首次需要日志公钥（来自可信来源）：--key <公钥|文件> 或 --policy <文件>。 The first time a key from a source one trusts is needed: --key <vkey|file> or --policy <file>.',
  );
}

const unreadable = (file: string) => (): never => {
  throw new UsageError(`无法读取 cannot read ${file}`);
};

async function withOwnLog(work: (db: Database, store: TileStore) => Promise<number>): Promise<number> {
  const settings = readSettings();
  const { url, server } = await reachDatabase(settings);
  const database = openDatabase(url, { max: 2 });
  try {
    return await work(database.db, await openTileStore(settings.SHUHENG_DATA, settings.LOG_STORE));
  } finally {
    await database.close();
    await server?.stop();
  }
}

async function withProgress<T>(work: (onProgress: (done: number, total: number) => void) => Promise<T>): Promise<T> {
  const printer = progressPrinter(process.stderr);
  try {
    return await work((done, total) => printer.report('日志 log', { done, total }));
  } finally {
    printer.end();
  }
}

interface Said {
  readonly zh: string;
  readonly en: string;
}

function tell(args: Arguments, report: unknown, sound: Said | undefined, trouble: Said | undefined): number {
  if (args.flags.json) process.stdout.write(`${JSON.stringify(report)}\n`);
  else if (sound) process.stdout.write(`完好：${sound.zh}。\nSound: ${sound.en}.\n`);
  else if (trouble) process.stdout.write(`${trouble.zh}\n${trouble.en}\n`);
  return sound ? 0 : 1;
}
