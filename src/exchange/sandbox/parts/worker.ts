import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '../../../kernel/database/index.ts';
import { IsolatedFailure, type IsolatedFailureKind, type SandboxExecutor } from '../../../kernel/isolation/index.ts';
import { valueAt } from '../../../kernel/rulebook/index.ts';
import { cached, cachedKeys } from '../cache.ts';
import { sandboxSetting } from '../setting.ts';
import { giveUp, handIn, nameOf, type PartRun, RENEW_MS, renewLease, sweepParts, takePart } from './leases.ts';
import { PART_TRIES } from './limits.ts';
import { sealAnswer } from './seal.ts';

/** How often an idle worker looks, and how long it waits after the database was away. */
const [LOOK_MS, AWAY_MS] = [250, 2_000];
const SWEEP_MS = 60_000;

export interface PartWorker {
  /** Ends what runs; another worker takes it over. */
  readonly stop: () => Promise<void>;
}

/** Works on parts of large queries, whoever asked them, on any host that reaches database and vault. */
export function startPartWorker({ places }: { readonly places: number }): PartWorker {
  const stopping = new AbortController();
  const { kernel } = sandboxSetting();
  const sweeping = setInterval(() => void sweepParts(kernel.db).catch(() => undefined), SWEEP_MS);
  sweeping.unref();
  const loops = Array.from({ length: places }, () => loop(kernel.db, stopping.signal));
  return {
    stop: async () => {
      clearInterval(sweeping);
      stopping.abort();
      await Promise.all(loops);
    },
  };
}

async function loop(db: Database, stopping: AbortSignal): Promise<void> {
  while (!stopping.aborted) {
    try {
      const part = await takePart(db, cachedKeys(), valueAt(PART_TRIES, new Date()).value);
      if (part) await work(db, part, stopping);
      else await pause(LOOK_MS, stopping);
    } catch {
      await pause(AWAY_MS, stopping);
    }
  }
}

const pause = (ms: number, signal: AbortSignal) => sleep(ms, undefined, { signal, ref: false }).catch(() => undefined);

/** Runs one part in isolation for as long as the lease holds. */
async function work(db: Database, part: PartRun, stopping: AbortSignal): Promise<void> {
  const lost = new AbortController();
  const renewing = setInterval(async () => {
    const holds = await renewLease(db, part).catch(() => true);
    if (!holds) lost.abort();
  }, RENEW_MS);
  renewing.unref();
  try {
    const answer = await answerPart(part, sandboxSetting().executor, AbortSignal.any([lost.signal, stopping]));
    await handIn(db, part, sealAnswer(answer, part.answerTo, nameOf(part)));
  } catch (error) {
    await giveUp(db, part, kindOf(error));
  } finally {
    clearInterval(renewing);
  }
}

const kindOf = (error: unknown): IsolatedFailureKind => (error instanceof IsolatedFailure ? error.kind : 'internal');

/** The file stays here for the next query even where this one is over before it came. */
async function answerPart(part: PartRun, executor: SandboxExecutor, signal: AbortSignal) {
  const began = performance.now();
  const path = await cached(part.objectId, part.objectId, part.bytes);
  signal.throwIfAborted();
  const wallMs = Math.max(1, Math.floor(part.leftMs - (performance.now() - began)));
  const session = await executor.openSql([{ name: part.attached, path }], { ...part.limits, wallMs }, signal);
  try {
    const answers = [];
    for (const statement of part.statements) answers.push((await session.rows(statement, part.rowsMax)).rows);
    return answers;
  } finally {
    await session.close();
  }
}
