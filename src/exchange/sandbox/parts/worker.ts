import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '../../../kernel/database/index.ts';
import {
  IsolatedFailure,
  type IsolatedFailureKind,
  type SandboxExecutor,
  type SqlSession,
} from '../../../kernel/isolation/index.ts';
import { valueAt } from '../../../kernel/rulebook/index.ts';
import { cached, cachedKeys } from '../cache.ts';
import { sandboxSetting } from '../setting.ts';
import { HeldSessions, heldName } from './held.ts';
import { giveUp, handIn, MEMORY, nameOf, type PartRun, renewLease, sweepParts, takePart } from './leases.ts';
import { PART_RENEWAL, PART_TRIES, pauseAfter } from './limits.ts';
import { sealAnswer } from './seal.ts';

/** How often an idle worker looks: more often while a query may ask again; and how long it waits for a database. */
const [LOOK_MS, SOON_MS, AWAY_MS] = [250, 30, 2_000];
const ASKS_AGAIN_MS = 2_000;
const SWEEP_MS = 60_000;

export interface PartWorker {
  /** Ends what runs; another worker takes it over. */
  readonly stop: () => Promise<void>;
}

export interface WorkerOptions {
  /** Parts at once. */
  readonly places: number;
  /** With room for the parts at once and for the processes that wait (`HELD_MAX`). */
  readonly executor: SandboxExecutor;
}

interface Worker {
  readonly db: Database;
  readonly executor: SandboxExecutor;
  readonly held: HeldSessions;
  readonly stopping: AbortSignal;
}

/** Works on parts of large queries, whoever asked them, on any host that reaches database and vault. */
export function startPartWorker({ places, executor }: WorkerOptions): PartWorker {
  const { db } = sandboxSetting().kernel;
  const stopping = new AbortController();
  const worker = { db, executor, held: new HeldSessions(), stopping: stopping.signal };
  const sweeping = setInterval(() => void sweepParts(db).catch(() => undefined), SWEEP_MS);
  sweeping.unref();
  const loops = Array.from({ length: places }, () => loop(worker));
  return {
    stop: async () => {
      clearInterval(sweeping);
      stopping.abort();
      await Promise.all(loops);
      await worker.held.closeAll();
    },
  };
}

async function loop(worker: Worker): Promise<void> {
  const { db, held, stopping } = worker;
  let workedAt = 0;
  /** Parts in a row that this process failed on. */
  let failed = 0;
  while (!stopping.aborted) {
    try {
      const tries = valueAt(PART_TRIES, new Date()).value;
      const part = await takePart(db, { held: held.objects, here: cachedKeys() }, tries);
      if (part) {
        failed = (await work(worker, part, tries)) ? 0 : failed + 1;
        workedAt = Date.now();
        // Longer than the part waits: whoever is sound takes it first.
        if (failed > 0) await pause(2 * pauseAfter(failed, new Date()), stopping);
      } else await pause(Date.now() - workedAt < ASKS_AGAIN_MS ? SOON_MS : LOOK_MS, stopping);
    } catch {
      await pause(AWAY_MS, stopping);
    }
  }
}

const pause = (ms: number, signal: AbortSignal) => sleep(ms, undefined, { signal, ref: false }).catch(() => undefined);

/** Runs one part in isolation for as long as the lease holds. @returns false when this process failed at it */
async function work(worker: Worker, part: PartRun, tries: number): Promise<boolean> {
  const { db, stopping } = worker;
  const lost = new AbortController();
  const renewing = setInterval(async () => {
    const holds = await renewLease(db, part).catch(() => true);
    if (!holds) lost.abort();
  }, valueAt(PART_RENEWAL, new Date()).value);
  renewing.unref();
  const ends = AbortSignal.any([lost.signal, stopping]);
  try {
    const answer = await answerPart(worker, part, ends);
    await handIn(db, part, sealAnswer(answer, part.answerTo, nameOf(part)));
    return true;
  } catch (error) {
    // No renewal may lengthen the pause that follows.
    clearInterval(renewing);
    const kind = ends.aborted ? 'cancelled' : kindOf(error);
    await giveUp(db, part, kind, tries);
    return kind !== 'internal' && kind !== 'unavailable';
  } finally {
    clearInterval(renewing);
  }
}

function kindOf(error: unknown): IsolatedFailureKind | typeof MEMORY {
  if (!(error instanceof IsolatedFailure)) return 'internal';
  return error.ofMemory ? MEMORY : error.kind;
}

async function answerPart({ executor, held }: Worker, part: PartRun, ends: AbortSignal) {
  const name = heldName(part);
  const session = held.take(name) ?? (await open(executor, part, ends));
  const end = () => void session.close();
  ends.addEventListener('abort', end, { once: true });
  try {
    ends.throwIfAborted();
    const answers = [];
    for (const statement of part.statements) answers.push((await session.rows(statement, part.rowsMax)).rows);
    await held.keep(name, session);
    return answers;
  } catch (error) {
    await session.close();
    throw error;
  } finally {
    ends.removeEventListener('abort', end);
  }
}

/** The file stays here for the next query even where this one is over before it came. */
async function open(executor: SandboxExecutor, part: PartRun, ends: AbortSignal): Promise<SqlSession> {
  const began = performance.now();
  const path = await cached(part.objectId, part.bytes);
  ends.throwIfAborted();
  const wallMs = Math.max(1, Math.floor(part.leftMs - (performance.now() - began)));
  return executor.openSql([{ name: part.attached, path }], { ...part.limits, wallMs });
}
