import { setTimeout as sleep } from 'node:timers/promises';
import { masked, sumKeys } from './masks.ts';
import type { JointResult, Step } from './model.ts';
import { blinder, POINT_BYTES, shuffled } from './psi.ts';

/** What a client needs of the exchange: acts and reads of one party. */
export interface JointApi {
  readonly act: (name: string, input: unknown) => Promise<unknown>;
  readonly get: (path: string) => Promise<unknown>;
}

export interface JointView {
  readonly id: string;
  readonly kind: 'intersection' | 'sum';
  readonly state: 'proposed' | 'running' | 'done' | 'ended';
  readonly reveal: 'count' | 'ids' | null;
  readonly fields: readonly string[] | null;
  readonly endReason: string | null;
  readonly result: JointResult | null;
  readonly partPoints: number;
  readonly parties: readonly {
    readonly id: string;
    readonly own: boolean;
    readonly joinedAt: string | null;
    readonly size: number | null;
    readonly publicKey: string | null;
    readonly sentOwn: number;
    readonly sentOther: number;
  }[];
}

export type JointProgress = (
  step: 'joining' | 'blinding' | 'sending' | 'waiting' | 'again',
  done: number,
  of: number,
) => void;

const POLL_MS = 1_000;
/** Points between two reports. */
const REPORT = 1_000;

export class JointOver extends Error {
  override name = 'JointOver';
}

/**
 * One side of an intersection, from joining to what is told. The identifiers and the secret stay in this process; when it
 * dies the session must be proposed anew.
 * @returns the count and, where both agreed, which of the own identifiers are in both
 * @throws JointOver when somebody ended the session or its time was over
 */
export async function intersect(
  api: JointApi,
  view: JointView,
  ground: string,
  ids: readonly string[],
  report: JointProgress,
): Promise<{ readonly result: JointResult; readonly common: readonly string[] | null }> {
  const hand = blinder();
  report('joining', 0, 1);
  await take(api, view.id, 'joint.join', { ground, size: ids.length });
  const points = mapped(ids, hand.blind, (n) => report('blinding', n, ids.length));
  const idOf = new Map(points.map((point, i) => [point.toString('latin1'), ids[i] ?? '']));
  const own = shuffled(points);
  await until(api, view.id, report, (v) => v.state === 'running');
  await send(api, view, 'own', own, report);
  const ready = await until(api, view.id, report, (v) => v.parties.every((p) => p.sentOwn === p.size));
  const theirs = await fetchAll(api, view.id, 'own', ready.parties.find((p) => !p.own)?.size ?? 0);
  const again = mapped(theirs, hand.again, (n) => report('again', n, theirs.length));
  await send(api, view, 'other', view.reveal === 'ids' ? again : shuffled(again), report);
  const done = await until(api, view.id, report, (v) => v.state === 'done');
  const { result } = done;
  if (!result || !('count' in result)) throw new Error('the session is done without a count');
  if (view.reveal !== 'ids' || result.tooFew) return { result, common: null };
  const twice = await fetchAll(api, view.id, 'other', own.length);
  const both = new Set(again.map((p) => p.toString('latin1')));
  const common = own.flatMap((point, i) =>
    both.has(twice[i]?.toString('latin1') ?? '') ? [idOf.get(point.toString('latin1')) ?? ''] : [],
  );
  return { result, common: common.sort() };
}

/** One party's part of a secure sum. @param values in the order of the session's fields @throws JointOver, RangeError */
export async function addUp(
  api: JointApi,
  view: JointView,
  ground: string,
  values: readonly bigint[],
  report: JointProgress,
): Promise<JointResult> {
  const keys = sumKeys();
  report('joining', 0, 1);
  await take(api, view.id, 'joint.join', { ground, publicKey: keys.publicKey });
  const running = await until(api, view.id, report, (v) => v.state === 'running');
  const others = running.parties.map((p) => p.publicKey ?? '').filter((key) => key !== keys.publicKey);
  await take(api, view.id, 'joint.contribute', { words: masked(view.id, keys, others, values) });
  const { result } = await until(api, view.id, report, (v) => v.state === 'done');
  if (!result) throw new Error('the session is done without totals');
  return result;
}

function mapped<T>(items: readonly T[], turn: (item: T) => Buffer, said: (done: number) => void): Buffer[] {
  return items.map((item, i) => {
    if (i % REPORT === 0) said(i);
    return turn(item);
  });
}

async function send(
  api: JointApi,
  view: JointView,
  step: Step,
  points: readonly Buffer[],
  report: JointProgress,
): Promise<void> {
  for (let part = 0; part * view.partPoints < points.length; part++) {
    report('sending', part * view.partPoints, points.length);
    const some = points.slice(part * view.partPoints, (part + 1) * view.partPoints);
    await take(api, view.id, 'joint.send', { step, part, points: Buffer.concat(some).toString('base64') });
  }
}

async function fetchAll(api: JointApi, sessionId: string, step: Step, size: number): Promise<Buffer[]> {
  const found: Buffer[] = [];
  for (let part = 0; found.length < size; part++) {
    const answer = (await api.get(`/joint-sessions/${sessionId}/points?step=${step}&part=${part}`)) as {
      points: string | null;
    };
    if (answer.points === null) throw new Error('points are missing');
    const bytes = Buffer.from(answer.points, 'base64');
    for (let i = 0; i + POINT_BYTES <= bytes.length; i += POINT_BYTES) found.push(bytes.subarray(i, i + POINT_BYTES));
  }
  return found;
}

/** A step that comes after the end is told as the end, however close the two were. */
async function take(api: JointApi, sessionId: string, act: string, input: Record<string, unknown>): Promise<void> {
  try {
    await api.act(act, { sessionId, ...input });
  } catch (error) {
    await look(api, sessionId);
    throw error;
  }
}

/** @throws JointOver */
async function look(api: JointApi, sessionId: string): Promise<JointView> {
  const seen = (await api.get(`/joint-sessions/${sessionId}`)) as JointView;
  if (seen.state === 'ended') throw new JointOver(seen.endReason ?? '');
  return seen;
}

async function until(
  api: JointApi,
  sessionId: string,
  report: JointProgress,
  reached: (view: JointView) => boolean,
): Promise<JointView> {
  for (;;) {
    const seen = await look(api, sessionId);
    if (reached(seen)) return seen;
    report('waiting', 0, 1);
    await sleep(POLL_MS);
  }
}
