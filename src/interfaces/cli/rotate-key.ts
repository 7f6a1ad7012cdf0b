import { sql } from 'kysely';
import { signingKeys } from '../../engine.ts';
import type { Kernel } from '../../kernel/acts/index.ts';
import { Refused } from '../../kernel/acts/index.ts';
import { type Database, openDatabase } from '../../kernel/database/index.ts';
import type { KeyPurpose } from '../../kernel/evidence/index.ts';
import { type Rotated, rotateKeys } from '../../kernel/evidence/key-acts.ts';
import { OperatorError } from '../../kernel/operator-error.ts';
import { loadRulebook } from '../../kernel/rulebook/index.ts';
import { readSettings } from '../../kernel/settings.ts';
import { reachDatabase } from '../../main.ts';
import { type Arguments, UsageError } from './arguments.ts';

/** Long enough for whoever checks the log to take the new key over; the operator may state another. */
const OVERLAP_DAYS = 30;
/** A running sequencer looks for new keys twice a second. */
const BEGIN_WAIT_MS = 15_000;
const POLL_MS = 100;
const DECIMAL = /^\d{1,4}$/;

/**
 * `shuheng log rotate-key`: makes new signing keys where this host keeps them, announces them in the log, and waits until
 * they sign. On the host itself, because only there the keys can be made; never over the network.
 */
export async function rotateKeyCommand(args: Arguments): Promise<number> {
  const how = readHow(args);
  const settings = readSettings();
  const { url, server } = await reachDatabase(settings);
  const database = openDatabase(url, { max: 2 });
  try {
    const keys = signingKeys({
      dataFolder: settings.SHUHENG_DATA,
      origin: settings.LOG_ORIGIN,
      suite: settings.CRYPTO_SUITE,
      keyProvider: settings.KEY_PROVIDER,
    });
    const kernel: Kernel = { db: database.db, rulebook: loadRulebook() };
    const announced = await rotateKeys(kernel, keys, how).catch((error: unknown) => {
      throw error instanceof Refused ? new OperatorError(inWords(error)) : error;
    });
    const from = how.purpose === 'log' ? await beginning(database.db, announced) : null;
    if (args.flags.json) process.stdout.write(`${JSON.stringify({ ...announced, ...how, firstSize: from })}\n`);
    else process.stdout.write(said(announced, how, from));
    return 0;
  } finally {
    await database.close();
    await server?.stop();
  }
}

interface How {
  readonly purpose: KeyPurpose;
  readonly reason: 'scheduled' | 'leaked' | 'lost';
  readonly overlapDays: number;
}

function readHow({ words, flags }: Arguments): How {
  const purpose = words[1] ?? 'log';
  if (purpose !== 'log' && purpose !== 'certificate')
    throw new UsageError(`用途应为 log 或 certificate。The purpose is log or certificate, not ${purpose}.`);
  if (flags.leaked && flags.lost)
    throw new UsageError('--leaked 与 --lost 只能选一个。Give one of --leaked and --lost.');
  const reason = flags.leaked ? 'leaked' : flags.lost ? 'lost' : 'scheduled';
  const days = flags['overlap-days'];
  if (days !== undefined && !(typeof days === 'string' && DECIMAL.test(days)))
    throw new UsageError('--overlap-days 应为天数。--overlap-days takes a number of days.');
  const standard = purpose === 'log' && reason === 'scheduled' ? OVERLAP_DAYS : 0;
  return { purpose, reason, overlapDays: typeof days === 'string' ? Number(days) : standard };
}

const inWords = ({ refusal }: Refused): string =>
  refusal.violations.map((v) => `${v.fact.zh}${v.fact.en} ${v.remedy.zh}${v.remedy.en}`).join('\n');

/** @returns the size from which the new key signs, or null while no sequencer runs */
async function beginning(db: Database, { vkeys }: Rotated): Promise<number | null> {
  for (const until = Date.now() + BEGIN_WAIT_MS; ; await new Promise((resolve) => setTimeout(resolve, POLL_MS))) {
    const { rows } = await sql<{ first: number | null; led: boolean }>`
      select (select first_size from signing_key where vkey = ${vkeys[0] ?? ''}) as first,
             exists (select from pg_stat_activity
               where application_name = 'shuheng-sequencer' and datname = current_database()) as led`.execute(db);
    const { first = null, led = false } = rows[0] ?? {};
    if (first !== null || !led || Date.now() > until) return first;
  }
}

function said({ receiptId, vkeys, replaces }: Rotated, { purpose, overlapDays }: How, from: number | null): string {
  const lines = [
    `已公布新公钥（回执 ${receiptId}）Announced new public keys (receipt ${receiptId}):`,
    ...vkeys.map((vkey) => `  ${vkey}`),
    '代替 in place of:',
    ...replaces.map((vkey) => `  ${vkey}`),
  ];
  if (purpose === 'certificate') lines.push('自即日起用于签发凭证。Certificates are signed with them from now on.');
  else if (from === null)
    lines.push('下次启动编制日志时开始使用。They begin at the next start, once their announcement is in a checkpoint.');
  else
    lines.push(
      `自第 ${from} 条的检查点起使用；原密钥并用 ${overlapDays} 天。They sign from the checkpoint of ${from} entries on; the old ones beside them for ${overlapDays} days.`,
      '请将新公钥告知见证方和长期核验者。Tell the witnesses, and those who keep the key, the new one.',
    );
  return `${lines.join('\n')}\n`;
}
