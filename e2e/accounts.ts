import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Secret, TOTP } from 'otpauth';
import { ROOT } from '../src/kernel/root.ts';

const POINTER = join(ROOT, '.cache', 'e2e-data-folder');

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

/** The first account that holds a role. */
export async function accountWith(role: string): Promise<Account> {
  const found = (await accounts()).find((a) => a.roles.includes(role));
  if (!found) throw new Error(`no sample account holds ${role}`);
  return found;
}

export const codeOf = (secret: string): string => new TOTP({ secret: Secret.fromBase32(secret) }).generate();
