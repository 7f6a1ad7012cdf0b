import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Secret, TOTP } from 'otpauth';
import { z } from 'zod';

const AccountSchema = z.object({
  login: z.string(),
  password: z.string(),
  totpSecret: z.string().optional(),
  party: z.string(),
  roles: z.array(z.string()),
  apiKey: z.string().optional(),
});
export type Account = z.infer<typeof AccountSchema>;

export async function readAccounts(dataFolder: string): Promise<Account[]> {
  return z.array(AccountSchema).parse(JSON.parse(await readFile(join(dataFolder, 'sample-accounts.json'), 'utf8')));
}

export interface Receipt {
  readonly id: string;
  readonly at: string;
}

/** A refusal or a fault as the API tells it. */
export class Problem extends Error {
  readonly status: number;
  readonly body: { type?: string; violations?: { rule: string }[] };
  constructor(status: number, body: Problem['body']) {
    super(`${status} ${JSON.stringify(body)}`);
    this.status = status;
    this.body = body;
  }
}

/** One person at the API, over HTTP as anybody would use it. */
export class Client {
  readonly url: string;
  readonly token: string;
  constructor(url: string, token: string) {
    this.url = url;
    this.token = token;
  }

  static async signIn(url: string, account: Account): Promise<Client> {
    const totp = account.totpSecret
      ? new TOTP({ secret: Secret.fromBase32(account.totpSecret) }).generate()
      : undefined;
    const response = await fetch(`${url}/v1/sessions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ login: account.login, password: account.password, totp }),
    });
    const body = (await response.json()) as { token: string };
    if (!response.ok) throw new Problem(response.status, body as never);
    return new Client(url, body.token);
  }

  async act<T = Record<string, unknown>>(
    name: string,
    input: unknown,
    key: string = randomUUID(),
  ): Promise<{ result: T; receipt: Receipt; replayed: boolean }> {
    const response = await fetch(`${this.url}/v1/acts/${name}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${this.token}`, 'idempotency-key': key },
      body: JSON.stringify(input),
    });
    const body = await response.json();
    if (!response.ok) throw new Problem(response.status, body as never);
    const answer = body as { result: T; receipt: Receipt };
    return { ...answer, replayed: response.headers.get('idempotency-replayed') === 'true' };
  }

  async get<T>(path: string): Promise<T> {
    const response = await fetch(`${this.url}/v1${path}`, {
      headers: this.token ? { authorization: `Bearer ${this.token}` } : {},
    });
    const body = await response.json();
    if (!response.ok) throw new Problem(response.status, body as never);
    return body as T;
  }
}

/** Does `task` again and again in `lanes` lanes until `seconds` have passed; returns how often it was done. */
export async function repeatFor(
  seconds: number,
  lanes: number,
  task: (lane: number) => Promise<void>,
): Promise<{ done: number; seconds: number }> {
  const started = performance.now();
  let done = 0;
  const lane = async (i: number) => {
    while (performance.now() - started < seconds * 1000) {
      await task(i);
      done++;
    }
  };
  await Promise.all(Array.from({ length: lanes }, (_, i) => lane(i)));
  return { done, seconds: (performance.now() - started) / 1000 };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted[Math.floor((sorted.length - 1) / 2)] ?? Number.NaN;
  const next = sorted[Math.ceil((sorted.length - 1) / 2)] ?? Number.NaN;
  return (middle + next) / 2;
}

export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly baseline: string;
  readonly baselineValue: number;
}

/** One JSON object a line with `--json`, a readable line without. */
export function print(figure: Figure): void {
  const ratio = figure.baselineValue > 0 ? figure.value / figure.baselineValue : null;
  if (process.argv.includes('--json')) process.stdout.write(`${JSON.stringify({ ...figure, ratio })}\n`);
  else {
    const round = (n: number) => (n >= 100 ? n.toFixed(0) : n.toPrecision(3));
    process.stdout.write(
      `${figure.name}: ${round(figure.value)} ${figure.unit}; ${figure.baseline}: ${round(figure.baselineValue)}; ratio ${ratio === null ? '–' : ratio.toPrecision(3)}\n`,
    );
  }
}
