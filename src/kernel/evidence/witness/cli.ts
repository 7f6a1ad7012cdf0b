import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { codeOf } from '../durable.ts';
import { keyProviderOf } from '../exec-keys.ts';
import { checkMisbehaviour, type Misbehaviour, type NoteKey, parseKey } from '../verify/index.ts';
import { lockFolder } from './lock.ts';
import { serveWitness } from './server.ts';
import { WitnessStore } from './store.ts';
import { Witness } from './witness.ts';

const HELP = `见证方：核对日志只增不改并联署检查点（C2SP tlog-witness）。A witness: checks that logs only append, and cosigns.

  shuheng witness --listen [host]:port --store DIR --log <vkey> [--log <vkey2> …] [--name N] [--url U]
  shuheng witness export --store DIR            导出不当行为证据 print the evidence of misbehaviour kept, as JSON
  shuheng witness check FILE --log <vkey> …     离线核验证据 check such evidence offline

  --listen  监听地址，端口 0 为任意空闲端口 address; port 0 takes a free one
  --store   密钥与记录的目录（0700）；不得从备份恢复 folder of key and records; never restore it from a backup
  --log     日志公钥或其文件，可多次；轮换密钥时新旧同列 a log's key or a file with it; old and new while a log changes its key
  --name    新见证方的名称，如 regulator.example/witness name of a new witness
  --keys    exec:<程序> 私钥在密码设备或另一程序中 the key is behind a program (docs/evidence.md, Keys); otherwise in the store
  --url     写入策略行的对外地址 address for the policy line, where a proxy stands in front
  --until-stdin-ends  标准输入关闭时退出 end when standard input closes: for whoever starts it as a child

退出码 Exit codes: 0 完成 done · 1 未成功；check：证据属实 failed; of check: misbehaviour is proven · 2 用法有误 unusable call
`;

const OPTIONS = {
  listen: { type: 'string' },
  store: { type: 'string' },
  log: { type: 'string', multiple: true },
  name: { type: 'string' },
  url: { type: 'string' },
  keys: { type: 'string' },
  'until-stdin-ends': { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

interface Values {
  readonly listen?: string;
  readonly store?: string;
  readonly log?: string[];
  readonly name?: string;
  readonly url?: string;
  readonly keys?: string;
  readonly 'until-stdin-ends'?: boolean;
  readonly help?: boolean;
}

class Usage extends Error {}

/**
 * `shuheng witness`: runs until a signal, or exports and checks evidence.
 * @param args the words after `witness`
 * @returns the exit code
 */
export async function witnessCommand(args: readonly string[]): Promise<number> {
  try {
    const { values, positionals } = parse(args);
    if (values.help) {
      process.stdout.write(HELP);
      return 0;
    }
    const [word, file, ...more] = positionals;
    if (word === 'export' && file === undefined) return await exportCases(values);
    if (word === 'check' && file !== undefined && more.length === 0) return await checkFile(file, values);
    if (word === undefined) return await run(values);
    throw new Usage(`不认识“${word}” what is “${word}”?`);
  } catch (error) {
    if (!(error instanceof Usage)) throw error;
    process.stderr.write(`${error.message}\n\n${HELP}`);
    return 2;
  }
}

function parse(args: readonly string[]): { values: Values; positionals: string[] } {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
  } catch (error) {
    throw new Usage(error instanceof Error ? error.message : String(error));
  }
}

async function run(values: Values): Promise<number> {
  const [, host = '', port = ''] = /^(.*):(\d{1,5})$/.exec(values.listen ?? '') ?? [];
  if (port === '' || Number(port) > 65_535) throw new Usage('--listen [host]:port');
  if (!values.store) throw new Usage('--store DIR');
  if (values.keys !== undefined && !/^exec:./.test(values.keys)) throw new Usage('--keys exec:PROGRAM');
  const logs = await logKeys(values.log);
  const store = await WitnessStore.open(values.store);
  const unlock = await lockFolder(store.folder);
  try {
    await store.sweep();
    const keys = values.keys === undefined ? undefined : keyProviderOf(values.keys, values.store);
    const witness = await Witness.open({ store, logs, name: values.name, keys, onAlarm: complain });
    const server = await serveWitness(witness, { host: host.replace(/^\[(.*)\]$/, '$1') || '::', port: Number(port) });
    introduce(witness, values.url ?? server.url, logs);
    await asked(values['until-stdin-ends'] === true);
    process.stdin.destroy();
    await server.close();
    return 0;
  } finally {
    await unlock();
  }
}

/** The last line is one of a policy, ready to be copied. */
function introduce({ key }: Witness, url: string, logs: readonly NoteKey[]): void {
  for (const log of logs) process.stdout.write(`# 见证日志 witnesses the log ${log.vkey}\n`);
  process.stdout.write(`# 公钥 vkey ${key.vkey}\nwitness ${key.name} ${key.vkey} ${url}\n`);
}

/** Resolves when the process is asked to end. */
function asked(untilStdinEnds: boolean): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
    if (!untilStdinEnds) return;
    for (const event of ['end', 'close', 'error'] as const) process.stdin.once(event, () => resolve());
    process.stdin.resume();
  });
}

async function exportCases({ store: folder }: Values): Promise<number> {
  if (!folder) throw new Usage('--store DIR');
  const cases = await (await WitnessStore.open(folder)).cases();
  process.stdout.write(`${JSON.stringify(cases, null, 2)}\n`);
  return 0;
}

async function checkFile(file: string, values: Values): Promise<number> {
  const keys = await logKeys(values.log);
  let cases: Misbehaviour[];
  try {
    const read: unknown = JSON.parse(await textOf(file));
    cases = (Array.isArray(read) ? read : [read]) as Misbehaviour[];
  } catch (error) {
    throw new Usage(`${file}: ${error instanceof Error ? error.message : error}`);
  }
  let proven = 0;
  for (const one of cases) {
    const { finding, says } = checkMisbehaviour(one, keys);
    if (finding === 'proven') proven++;
    process.stdout.write(`${one.origin} ${one.at}\n  ${says.zh}\n  ${says.en}\n`);
  }
  process.stdout.write(`${cases.length} 件，属实 ${proven} 件。${cases.length} cases, ${proven} proven.\n`);
  return proven > 0 ? 1 : 0;
}

async function logKeys(given: readonly string[] = []): Promise<NoteKey[]> {
  if (given.length === 0) throw new Usage('--log <vkey|file>');
  const keys: NoteKey[] = [];
  for (const word of given) {
    const key = parseKey(word) ?? parseKey(await textOf(word));
    if (!key) throw new Usage(`${word} 不是日志公钥 is no log key`);
    keys.push(key);
  }
  return keys;
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new Usage(`${file}: ${codeOf(error)}`);
  }
}

function complain(text: string): void {
  process.stderr.write(`${JSON.stringify({ level: 'error', source: 'witness', message: text })}\n`);
}
