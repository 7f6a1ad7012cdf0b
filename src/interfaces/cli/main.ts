import { OperatorError } from '../../kernel/operator-error.ts';
import { type Arguments, readArguments, UsageError } from './arguments.ts';

interface Command {
  readonly name: string;
  readonly zh: string;
  readonly en: string;
  readonly usage: string;
  /** Has a help text of its own. */
  readonly explains?: true;
  readonly run: (args: Arguments) => Promise<number>;
}

/** Each command loads what it needs and no more: verifying a receipt should not load the exchange. */
const COMMANDS: readonly Command[] = [
  {
    name: 'start',
    zh: '启动交易所',
    en: 'start the exchange',
    usage: 'shuheng start',
    run: async () => (await import('./commands.ts')).startCommand(),
  },
  {
    name: 'verify',
    zh: '离线核验凭证、回执、锚定、司法包',
    en: 'verify certificates, receipts, anchors and court bundles offline',
    usage: 'shuheng verify --proof p.tlog-proof --entry e.json (--policy file | --key <vkey|file>)',
    explains: true,
    run: async (args) => (await import('../../kernel/evidence/verify-cli.ts')).verifyCommand(args.raw),
  },
  {
    name: 'witness',
    zh: '见证日志：核对并联署检查点',
    en: 'witness logs: check and cosign their checkpoints',
    usage:
      'shuheng witness --listen :7380 --store DIR --log <vkey|file> [--log …] [--name N] | export --store DIR | check FILE --log <vkey>',
    explains: true,
    run: async (args) => (await import('../../kernel/evidence/witness/cli.ts')).witnessCommand(args.raw),
  },
  {
    name: 'act',
    zh: '通过接口办理业务',
    en: 'execute an act through the API',
    usage:
      'shuheng act <name> --input file.json|- [--url http://127.0.0.1:8080] [--key <api key>] [--idempotency-key k]   (SHUHENG_URL, SHUHENG_KEY)',
    run: async (args) => (await import('./act.ts')).actCommand(args),
  },
  {
    name: 'joint',
    zh: '参加隐私集合求交或安全求和，本方数据不离开本机',
    en: 'take part in a private set intersection or a secure sum; your data stay on this machine',
    usage:
      'shuheng joint <jns_…> --file ids.csv|numbers.json [--ground consent|statutory|not-personal] [--out common.txt] [--url …] [--key …]',
    run: async (args) => (await import('./joint.ts')).jointCommand(args),
  },
  {
    name: 'sandbox-worker',
    zh: '为大表查询增加分片处理进程，可在多台机器上启动',
    en: 'work on parts of large sandbox queries beside the server, on this host or another',
    usage: 'shuheng sandbox-worker [--places 1]   (DATABASE_URL, SHUHENG_DATA, OBJECT_STORE as the server has them)',
    run: async (args) => (await import('./sandbox-worker.ts')).sandboxWorkerCommand(args),
  },
  {
    name: 'log',
    zh: '重算并检查存证日志；导出可独立核验的副本；更换签名密钥',
    en: 're-derive and check the evidence log; keep a mirror that verifies by itself; change signing keys',
    usage:
      'shuheng log fsck [<mirror folder> [--key <vkey|file> | --policy file]] [--json]\n           shuheng log export <folder> [--from https://…/log [--key <vkey|file> | --policy file]] [--json]\n           shuheng log rotate-key [log|certificate] [--overlap-days 30] [--leaked|--lost] [--json]',
    run: async (args) => (await import('./log.ts')).logCommand(args),
  },
  {
    name: 'clock',
    zh: '计算期间的最后一日',
    en: 'say on which day a period ends',
    usage:
      'shuheng clock --from 2025-06-01 --working-days 30   (--days --hours --months --years; --from 可为 may be 2025-06-01T09:30+08:00)',
    run: async (args) => (await import('./clock.ts')).clockCommand(args),
  },
  {
    name: 'backup',
    zh: '备份数据库、对象与密钥',
    en: 'save database, objects and keys',
    usage: 'shuheng backup <new folder>',
    run: async (args) => (await import('./commands.ts')).backupCommand(args),
  },
  {
    name: 'restore',
    zh: '恢复到空的数据目录',
    en: 'restore into an empty data folder',
    usage: 'shuheng restore <folder>',
    run: async (args) => (await import('./commands.ts')).restoreCommand(args),
  },
  {
    name: 'doctor',
    zh: '检查本机缺什么',
    en: 'say what this machine lacks',
    usage: 'shuheng doctor [--json]',
    run: async (args) => (await import('./commands.ts')).doctorCommand(args),
  },
];

const EXIT_CODES =
  '退出码 Exit codes: 0 成功 done · 1 未成功或核验不通过 failed or false · 2 用法或输入有误 unusable call';

function help(): string {
  const lines = COMMANDS.map((c) => `  ${c.name.padEnd(9)}${c.zh} · ${c.en}\n           ${c.usage}`);
  return `数衡 Shuheng\n\n${lines.join('\n')}\n\n${EXIT_CODES}\n设置 Settings: docs/operations.md\n`;
}

/** Runs one command line and sets the exit code; a command that keeps running (start) returns when it is up. */
export async function runCommandLine(values: readonly string[]): Promise<void> {
  const command = COMMANDS.find((c) => c.name === values[0]);
  if (!command) {
    const asked = values.length === 0 || values[0] === '--help' || values[0] === 'help';
    (asked ? process.stdout : process.stderr).write(help());
    process.exitCode = asked ? 0 : 2;
    return;
  }
  const args = readArguments(values.slice(1));
  if (args.flags.help && !command.explains) {
    process.stdout.write(`${command.zh} · ${command.en}\n  ${command.usage}\n${EXIT_CODES}\n`);
    return;
  }
  try {
    process.exitCode = await command.run(args);
  } catch (error) {
    if (error instanceof UsageError) {
      process.stderr.write(`${error.message}\n  ${command.usage}\n`);
      process.exitCode = 2;
    } else if (error instanceof OperatorError) {
      process.stderr.write(`\n✗ ${error.message}\n`);
      process.exitCode = 1;
    } else if (isMissingTable(error)) {
      process.stderr.write(
        '\n✗ 数据库中还没有这一版本的交易所：请先启动一次。The database holds no exchange of this release yet: start it once.\n',
      );
      process.exitCode = 1;
    } else {
      throw error;
    }
  }
}

/** What PostgreSQL says of a table that no migration has made yet. */
const isMissingTable = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && 'code' in error && error.code === '42P01';
