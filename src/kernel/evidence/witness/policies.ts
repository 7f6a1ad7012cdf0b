import type { Queryable } from '../../database/index.ts';
import { OperatorError } from '../../operator-error.ts';
import { keyLines, trustedVkeys } from '../log-keys.ts';
import { rowsOf } from '../tiles.ts';
import {
  type Cosigner,
  checkCosignatures,
  cosignatureTime,
  linesOf,
  type Policy,
  parseNote,
  parsePolicy,
  textOf,
} from '../verify/index.ts';

/** The policy of an exchange without witnesses. */
const NO_QUORUM = 'quorum none\n';

/**
 * Reads an operator's policy for this log. Its own `log` lines are dropped: the keys of the log are told by the log.
 * @throws OperatorError naming the line that is wrong
 */
export function operatorPolicy(file: Uint8Array): string {
  const { policy, trouble } = parsePolicy(file);
  if (trouble)
    throw new OperatorError(
      `见证策略第 ${trouble.line} 行：${trouble.says.zh}。The trust policy, line ${trouble.line}: ${trouble.says.en}.`,
    );
  const text = textOf(file);
  if (text === undefined)
    throw new OperatorError('见证策略须为 UTF-8 文本。The trust policy must be UTF-8 to be served.');
  const unknown = policy.witnesses.filter((witness) => !isAddress(witness.url));
  if (unknown.length > 0)
    throw new OperatorError(
      `见证策略中 ${unknown.map((w) => w.name).join('、')} 缺少 http(s) 地址，无法请其联署。The trust policy gives no http(s) address for ${unknown.map((w) => w.name).join(', ')}: they cannot be asked.`,
    );
  return withNewline(text.replaceAll(/^[ \t]*log[ \t].*\n?/gm, ''));
}

const isAddress = (url: string | null): boolean =>
  url !== null && URL.canParse(url) && /^https?:$/.test(new URL(url).protocol);
const withNewline = (text: string): string => (text === '' || text.endsWith('\n') ? text : `${text}\n`);

/**
 * Makes a policy the one of this log. A checkpoint that was witnessed under another policy counts as witnessed only if
 * it meets this one as well.
 * @param text without `log` lines; null for no witnesses
 */
export async function setWitnessPolicy(db: Queryable, text: string | null): Promise<void> {
  const rows = rowsOf(db);
  const { policy } = parsePolicy(text ?? NO_QUORUM);
  if (!policy) throw new RangeError('the policy was not checked');
  const [state] = await rows<{ witnessed_checkpoint: string | null }>(
    'update log_state set witness_policy = $1 returning witnessed_checkpoint',
    [text],
  );
  if (state?.witnessed_checkpoint && !meets(state.witnessed_checkpoint, policy))
    await rows(
      `update log_state set witnessed_size = null, witnessed_checkpoint = null, witnessed_at = null
        where witnessed_checkpoint = $1`,
      [state.witnessed_checkpoint],
    );
  await rows('delete from log_witness where vkey <> all($1::text[])', [policy.witnesses.map((w) => w.key.vkey)]);
}

/** True when so many cosigned as the policy asks for, and it asks for any. */
export function meets(checkpoint: string, policy: Policy): boolean {
  const note = parseNote(checkpoint);
  const cosigning = note && checkCosignatures(note, policy);
  return policy.quorum !== null && cosigning !== undefined && cosigning.forged === undefined && cosigning.met;
}

/** The policy of this log, and the newest checkpoint that met its quorum. */
export async function witnessedCheckpoint(db: Queryable): Promise<{ policy: Policy; checkpoint: string | null }> {
  const [state] = await rowsOf(db)<{ witness_policy: string | null; witnessed_checkpoint: string | null }>(
    'select witness_policy, witnessed_checkpoint from log_state',
    [],
  );
  const { policy } = parsePolicy(state?.witness_policy ?? NO_QUORUM);
  if (!policy) throw new Error('the stored policy cannot be read');
  return { policy, checkpoint: state?.witnessed_checkpoint ?? null };
}

/** Who cosigned a checkpoint from our own database, where every line was checked when it came. */
export function cosignersOf(checkpoint: string, { witnesses }: Policy): Cosigner[] {
  const note = parseNote(checkpoint);
  return witnesses.flatMap(({ name, key }) => {
    const [line] = note ? linesOf(note, key) : [];
    const seconds = line && cosignatureTime(line.signature);
    return seconds === undefined ? [] : [{ name, seconds }];
  });
}

/** For `/log/policy`: every key this log ever had, its witnesses and their quorum (C2SP tlog-policy). */
export async function policyFile(db: Queryable): Promise<string | undefined> {
  const rows = rowsOf(db);
  const [state] = await rows<{ witness_policy: string | null }>('select witness_policy from log_state', []);
  if (!state) return undefined;
  return `${await keyLines(rows)}${state.witness_policy ?? NO_QUORUM}`;
}

/** For whoever watches the log: its keys of today and those announced to follow. */
export const logVkeys = (db: Queryable): Promise<string[]> => trustedVkeys(rowsOf(db));
