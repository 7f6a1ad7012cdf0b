import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BrowserContext } from '@playwright/test';
import { Secret, TOTP } from 'otpauth';
import { ROOT } from '../src/kernel/root.ts';

const POINTER = join(ROOT, '.cache', 'e2e-data-folder');
const SESSIONS = 'e2e-sessions.json';
const STEP_MS = 30_000;

export type Session = Awaited<ReturnType<BrowserContext['storageState']>>;

export interface Account {
  readonly login: string;
  readonly password: string;
  readonly totpSecret?: string;
  readonly party: string;
  readonly roles: readonly string[];
  readonly partyId: string;
  readonly apiKey: string;
}

/** Tells the tests where the server under test keeps its data. */
export async function publishDataFolder(folder: string): Promise<void> {
  await mkdir(join(ROOT, '.cache'), { recursive: true });
  await writeFile(POINTER, folder);
}

export const dataFolder = async (): Promise<string> => (await readFile(POINTER, 'utf8')).trim();

export async function accounts(): Promise<Account[]> {
  return JSON.parse(await readFile(join(await dataFolder(), 'sample-accounts.json'), 'utf8')) as Account[];
}

export async function accountOf(login: string): Promise<Account> {
  const found = (await accounts()).find((a) => a.login === login);
  if (!found) throw new Error(`the sample has no account ${login}`);
  return found;
}

export const codeOf = (secret: string, at = Date.now()): string =>
  new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: at });

/** The code of the step before is still taken, and leaves the present one to whoever signs in by hand. */
export const earlierCodeOf = (secret: string): string => codeOf(secret, Date.now() - STEP_MS);

/** A one-time code is taken once only: whoever needs one is signed in before the tests, and all tests share the session. */
export const keepSessions = async (sessions: Readonly<Record<string, Session>>): Promise<void> =>
  writeFile(join(await dataFolder(), SESSIONS), JSON.stringify(sessions), { mode: 0o600 });

export async function sessionOf(login: string): Promise<Session | undefined> {
  return (JSON.parse(await readFile(join(await dataFolder(), SESSIONS), 'utf8')) as Record<string, Session>)[login];
}
