import { OperatorError } from '../../operator-error.ts';
import {
  type Checkpoint,
  checkCosignatures,
  checkNote,
  type NoteKey,
  type Policy,
  parseCheckpoint,
  parseKey,
  parseNote,
  parsePolicy,
} from '../verify/index.ts';

/** Whose word a mirror takes: keys of one log and, with a policy, a quorum of witnesses. */
export interface Trust {
  readonly keys: readonly NoteKey[];
  readonly policy: Policy | null;
}

/**
 * @param keys one verifier key a line, all of one log
 * @throws OperatorError when they cannot be read
 */
export function trustInKeys(keys: string): Trust {
  const lines = keys.split('\n').filter((line) => line.trim() !== '');
  const parsed = lines.map(parseKey);
  if (parsed.length === 0 || !parsed.every((key) => key !== undefined))
    throw new OperatorError('日志公钥无法读取。The key of the log cannot be read.');
  return oneLog(parsed, null);
}

/** @throws OperatorError with the line that is wrong */
export function trustInPolicy(file: Uint8Array): Trust {
  const { policy, trouble } = parsePolicy(file);
  if (trouble)
    throw new OperatorError(
      `策略第 ${trouble.line} 行：${trouble.says.zh}。Policy, line ${trouble.line}: ${trouble.says.en}.`,
    );
  return oneLog(
    policy.logs.map((log) => log.key),
    policy,
  );
}

function oneLog(keys: readonly NoteKey[], policy: Policy | null): Trust {
  const names = new Set(keys.map((key) => key.name));
  if (names.size !== 1)
    throw new OperatorError(
      `须恰好是一个日志的公钥，现有 ${names.size} 个。Keys of exactly one log are needed, not of ${names.size}.`,
    );
  return { keys, policy };
}

export type Standing =
  | { readonly checkpoint: Checkpoint; readonly note: string }
  | { readonly checkpoint?: undefined; readonly zh: string; readonly en: string };

/** A checkpoint is taken when a key of its log signed it, none of the known lines is wrong, and the quorum is met. */
export function readCheckpoint(text: string, { keys, policy }: Trust): Standing {
  const note = parseNote(text);
  const checkpoint = note && parseCheckpoint(note.text);
  if (!note || !checkpoint) return { zh: '检查点无法读取', en: 'the checkpoint cannot be read' };
  if (checkpoint.origin !== keys[0]?.name) {
    return {
      zh: `检查点属于日志“${checkpoint.origin}”，不是“${keys[0]?.name}”`,
      en: `the checkpoint is of log ${checkpoint.origin}, not of ${keys[0]?.name}`,
    };
  }
  const standings = keys.map((key) => checkNote(note, key));
  if (standings.includes('forged') || !standings.includes('signed'))
    return { zh: '检查点的签名不符', en: 'the signature of the checkpoint is not right' };
  const cosigned = policy ? checkCosignatures(note, policy) : { met: true };
  if ('forged' in cosigned && cosigned.forged !== undefined)
    return {
      zh: `见证“${cosigned.forged}”的联署不符`,
      en: `the cosignature of witness ${cosigned.forged} is not right`,
    };
  if (!('met' in cosigned) || !cosigned.met)
    return { zh: '联署的见证不足策略所定', en: 'fewer witnesses cosigned than the policy asks for' };
  return { checkpoint, note: text };
}
