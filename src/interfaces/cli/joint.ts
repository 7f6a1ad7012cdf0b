import { randomUUID } from 'node:crypto';
import { access, readFile, writeFile } from 'node:fs/promises';
import {
  addUp,
  identifiersOf,
  intersect,
  type JointApi,
  JointOver,
  type JointView,
} from '../../exchange/sandbox/index.ts';
import { OperatorError } from '../../kernel/operator-error.ts';
import { type Arguments, need, UsageError } from './arguments.ts';

const TIMEOUT_MS = 60_000;
const IDS_MAX = 100_000;

/**
 * `shuheng joint <session> --file F`: this party's side of a joint computation. Identifiers are one a line (the first
 * column of a CSV), numbers a JSON object by field. They stay in this process; only blinded points or masked numbers leave.
 */
export async function jointCommand(args: Arguments): Promise<number> {
  const sessionId = args.words[0];
  if (!sessionId) throw new UsageError('缺少联合计算编号 the id of the joint computation is missing');
  const file = need(args, 'file');
  const ground = typeof args.flags.ground === 'string' ? args.flags.ground : 'not-personal';
  const api = apiOf(args);
  const view = (await api.get(`/joint-sessions/${encodeURIComponent(sessionId)}`)) as JointView;
  const out = await placeOfCommon(args, view);
  const report = (step: string, done: number, of: number) => {
    if (process.stderr.isTTY) process.stderr.write(`\r${step} ${done}/${of}   `);
  };
  try {
    if (view.kind === 'sum') {
      const result = await addUp(api, view, ground, await numbers(file, view.fields ?? []), report);
      process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
      return 0;
    }
    const ids = await identifiers(file);
    const { result, common } = await intersect(api, view, ground, ids, report);
    process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
    if (common && out !== null) await writeFile(out, `${common.join('\n')}\n`, { mode: 0o600, flag: 'wx' });
    return 0;
  } catch (error) {
    if (error instanceof JointOver)
      throw new OperatorError(`联合计算已终止：${error.message}。The joint computation was ended.`);
    throw error;
  }
}

/** Where the common identifiers go. Asked before anything is sent: once told they are nowhere else. */
async function placeOfCommon(args: Arguments, view: JointView): Promise<string | null> {
  if (view.reveal !== 'ids') return null;
  const out = need(args, 'out');
  const taken = await access(out).then(
    () => true,
    () => false,
  );
  if (taken) throw new UsageError(`${out} 已存在，请换一个文件名 exists already: choose another file`);
  return out;
}

function apiOf(args: Arguments): JointApi {
  const url =
    typeof args.flags.url === 'string' ? args.flags.url : (process.env.SHUHENG_URL ?? 'http://127.0.0.1:8080');
  const key = typeof args.flags.key === 'string' ? args.flags.key : process.env.SHUHENG_KEY;
  if (!key) throw new UsageError('缺少接口密钥 --key 或 SHUHENG_KEY the API key is missing');
  const ask = async (path: string, body?: unknown): Promise<unknown> => {
    const response = await fetch(new URL(`/v1${path}`, url), {
      method: body === undefined ? 'GET' : 'POST',
      headers: {
        authorization: `Bearer ${key}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json', 'idempotency-key': randomUUID() }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    }).catch((error: unknown) => {
      throw new OperatorError(`连不上 ${url}：${error instanceof Error ? error.message : error}。Cannot reach ${url}.`);
    });
    const answer = (await response.json()) as { detail?: string };
    if (!response.ok) throw new OperatorError(`${answer.detail ?? response.status}`);
    return answer;
  };
  return { act: (name, input) => ask(`/acts/${name}`, input), get: (path) => ask(path) };
}

const textOf = (file: string): Promise<string> =>
  readFile(file, 'utf8').catch(() => Promise.reject(new UsageError(`读不到 cannot read ${file}`)));

async function identifiers(file: string): Promise<string[]> {
  const lines = (await textOf(file)).replace(/^\ufeff/, '').split(/\r?\n/);
  const values = lines.map((line) => (line.split(',')[0] ?? '').replace(/^"|"$/g, ''));
  try {
    return identifiersOf(values, IDS_MAX);
  } catch {
    throw new UsageError(`标识超过 ${IDS_MAX} 个 more than ${IDS_MAX} identifiers`);
  }
}

async function numbers(file: string, fields: readonly string[]): Promise<bigint[]> {
  const given = JSON.parse(await textOf(file)) as Record<string, unknown>;
  return fields.map((field) => {
    const value = given[field];
    if (typeof value === 'number' && Number.isSafeInteger(value)) return BigInt(value);
    throw new UsageError(`“${field}”须为整数 must be an integer`);
  });
}
