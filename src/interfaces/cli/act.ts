import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { OperatorError } from '../../kernel/operator-error.ts';
import { type Arguments, need, UsageError } from './arguments.ts';

const TIMEOUT_MS = 60_000;

/** `shuheng act <name>`: one act through the API, with its receipt on stdout; a refusal goes to stderr, exit code 1. */
export async function actCommand(args: Arguments): Promise<number> {
  const name = args.words[0];
  if (!name) throw new UsageError('缺少行为名称 the name of the act is missing');
  const url =
    typeof args.flags.url === 'string' ? args.flags.url : (process.env.SHUHENG_URL ?? 'http://127.0.0.1:8080');
  const key = typeof args.flags.key === 'string' ? args.flags.key : process.env.SHUHENG_KEY;
  const input = await readInput(need(args, 'input'));
  const idempotencyKey =
    typeof args.flags['idempotency-key'] === 'string' ? args.flags['idempotency-key'] : randomUUID();
  const response = await fetch(new URL(`/v1/acts/${encodeURIComponent(name)}`, url), {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'idempotency-key': idempotencyKey,
      ...(key ? { authorization: `Bearer ${key}` } : {}),
    },
    body: input,
    signal: AbortSignal.timeout(TIMEOUT_MS),
  }).catch((error: unknown) => {
    throw new OperatorError(`连不上 ${url}：${error instanceof Error ? error.message : error}。Cannot reach ${url}.`);
  });
  const body: unknown = await response.json();
  (response.ok ? process.stdout : process.stderr).write(`${JSON.stringify(body, null, 2)}\n`);
  return response.ok ? 0 : 1;
}

async function readInput(source: string): Promise<string> {
  let text = '';
  if (source === '-') for await (const chunk of process.stdin) text += chunk;
  else
    text = await readFile(source, 'utf8').catch(() => Promise.reject(new UsageError(`读不到 cannot read ${source}`)));
  try {
    JSON.parse(text);
  } catch {
    throw new UsageError(`${source} 不是 JSON is not JSON`);
  }
  return text;
}
