import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Actor } from '../../../kernel/acts/index.ts';
import { rulesOf, type TestExchange, testExchange } from '../../testing.ts';
import { addUp, intersect, type JointApi, JointOver, type JointView } from './client.ts';
import { acts, reads, tasks } from './index.ts';
import { masked, type SumKeys, sumKeys } from './masks.ts';
import { PART_POINTS, type Step } from './model.ts';
import { type Blinder, blinder, POINT_BYTES, shuffled } from './psi.ts';

type Party = Actor & { readonly partyId: string };
let x: TestExchange;
let bank: Party;
let shop: Party;
let clinic: Party;
let stranger: Party;

const act = (name: string) => acts.find((a) => a.name === name) ?? expect.unreachable(name);
const run = (name: string, actor: Actor, input: unknown) => x.run(act(name), actor, input);
const refused = async (name: string, actor: Actor, input: unknown) => rulesOf(await x.refusal(act(name), actor, input));
const look = (path: string, actor: Actor, params: unknown, query?: unknown) =>
  x.read(reads, path, actor, params, query) as Promise<Record<string, unknown>>;

beforeAll(async () => {
  x = await testExchange(tasks);
  bank = await x.party('示例银行', ['data-merchant']);
  shop = await x.party('示例商场', ['buyer']);
  clinic = await x.party('示例医院', ['data-provider']);
  stranger = await x.party('示例旁人', ['buyer']);
});
afterAll(() => x?.close());

const intersection = (change: Record<string, unknown> = {}) => ({
  kind: 'intersection',
  title: '会员重合度',
  purpose: '联合营销前估计重合人数',
  reveal: 'count',
  identifier: '手机号，11 位数字',
  partyIds: [shop.partyId],
  ...change,
});

interface Side {
  readonly actor: Party;
  readonly ids: readonly string[];
  readonly hand: Blinder;
  sent: readonly Buffer[];
}
const side = (actor: Party, ids: readonly string[]): Side => ({ actor, ids, hand: blinder(), sent: [] });
const members = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) => `138${String(from + i).padStart(8, '0')}`);

async function sendAll(sessionId: string, actor: Party, step: Step, points: readonly Buffer[]) {
  let answer: Record<string, unknown> = {};
  for (let part = 0; part * PART_POINTS < points.length; part++) {
    const some = points.slice(part * PART_POINTS, (part + 1) * PART_POINTS);
    answer = await run('joint.send', actor, { sessionId, step, part, points: Buffer.concat(some).toString('base64') });
  }
  return answer;
}

async function fetchAll(sessionId: string, actor: Party, step: Step): Promise<Buffer[]> {
  const found: Buffer[] = [];
  for (let part = 0; ; part++) {
    const { points } = await look('/joint-sessions/:sessionId/points', actor, { sessionId }, { step, part });
    if (points === null) return found;
    const bytes = Buffer.from(String(points), 'base64');
    for (let i = 0; i < bytes.length; i += POINT_BYTES) found.push(bytes.subarray(i, i + POINT_BYTES));
  }
}

/** Both sides to where each has sent its own set. */
async function begun(a: Side, b: Side, change: Record<string, unknown> = {}): Promise<string> {
  const { sessionId } = await run('joint.open', a.actor, intersection({ partyIds: [b.actor.partyId], ...change }));
  for (const s of [a, b]) await run('joint.join', s.actor, { sessionId, ground: 'consent', size: s.ids.length });
  for (const s of [a, b]) {
    s.sent = shuffled(s.ids.map(s.hand.blind));
    await sendAll(String(sessionId), s.actor, 'own', s.sent);
  }
  return String(sessionId);
}

async function finished(a: Side, b: Side, sessionId: string, inOrder: boolean) {
  let last: Record<string, unknown> = {};
  for (const s of [a, b]) {
    const again = (await fetchAll(sessionId, s.actor, 'own')).map(s.hand.again);
    last = await sendAll(sessionId, s.actor, 'other', inOrder ? again : shuffled(again));
  }
  return last;
}

describe('private set intersection', () => {
  it('counts what two have in common, in parts, and leaves nothing behind', async () => {
    const [a, b] = [side(bank, members(0, 150)), side(shop, members(100, 5_110))];
    const sessionId = await begun(a, b);
    const last = await finished(a, b, sessionId, false);
    expect(last).toMatchObject({ done: true, result: { tooFew: false, count: 50 } });
    for (const who of [bank, shop])
      expect(await look('/joint-sessions/:sessionId', who, { sessionId })).toMatchObject({
        state: 'done',
        result: { count: 50 },
        transcript: expect.stringMatching(/^[0-9a-f]{64}$/),
        receipts: expect.arrayContaining([expect.objectContaining({ act: 'joint.open' })]),
      });
    const listed = (actor: Party, query = {}) => look('/joint-sessions', actor, {}, query);
    expect(await listed(shop, { state: 'done' })).toMatchObject({
      items: [{ id: sessionId, joined: true, partners: [{ id: bank.partyId, name: '示例银行', joined: true }] }],
    });
    expect(await listed(shop, { state: 'proposed' })).toMatchObject({ items: [] });
    expect(await listed(stranger)).toMatchObject({ items: [] });
    expect(await look('/joint-limits', stranger, {})).toMatchObject({ sizeLeast: 100, sumParties: 3 });
    const { rows } = await sql<{ n: number }>`select count(*)::int as n from joint_points`.execute(x.db);
    expect(rows[0]?.n).toBe(0);
    // Whose identifiers they were was not agreed on: not even the own points come back.
    await expect(fetchAll(sessionId, bank, 'other')).rejects.toThrow();
  });

  it('tells each side which of its own are in both, where both agreed', async () => {
    const [a, b] = [side(bank, members(0, 120)), side(shop, members(90, 260))];
    const sessionId = await begun(a, b, { reveal: 'ids' });
    await finished(a, b, sessionId, true);
    const idOf = new Map(a.ids.map((id) => [a.hand.blind(id).toString('hex'), id]));
    const twice = await fetchAll(sessionId, bank, 'other');
    const theirs = new Set(b.sent.map((p) => a.hand.again(p).toString('hex')));
    const common = a.sent.flatMap((p, i) =>
      theirs.has(twice[i]?.toString('hex') ?? '') ? [idOf.get(p.toString('hex'))] : [],
    );
    expect(common.sort()).toEqual(members(90, 120));
  });

  it('says only that there are too few', async () => {
    const [a, b] = [side(bank, members(0, 109)), side(clinic, members(100, 220))];
    const sessionId = await begun(a, b, { reveal: 'ids' });
    const last = await finished(a, b, sessionId, true);
    expect(last).toMatchObject({ done: true, result: { tooFew: true, count: null } });
    await expect(fetchAll(sessionId, bank, 'other')).rejects.toThrow();
  });

  it('refuses sets of few, steps out of order, parts that do not fit, and everybody else', async () => {
    expect(await refused('joint.open', bank, intersection({ partyIds: [bank.partyId] }))).toEqual(['HS-24.4']);
    expect(await refused('joint.open', bank, intersection({ partyIds: [shop.partyId, clinic.partyId] }))).toEqual([
      'HS-24.4',
    ]);
    expect(await refused('joint.open', bank, intersection({ hours: 169 }))).toEqual(['HS-24.7']);
    expect((await x.refusal(act('joint.open'), bank, intersection({ reveal: null }))).kind).toBe('invalid');
    const { sessionId } = await run('joint.open', bank, intersection());
    const joined = { sessionId, ground: 'consent', size: 100 };
    expect(await refused('joint.join', shop, { ...joined, size: 99 })).toEqual(['HS-24.1']);
    expect(await refused('joint.join', shop, { ...joined, size: null })).toEqual(['HS-24.6']);
    expect(await refused('joint.join', stranger, joined)).toEqual(['HS-1.4']);
    const points = (n: number) => Buffer.concat(members(0, n).map(blinder().blind)).toString('base64');
    const first = { sessionId, step: 'own', part: 0, points: points(100) };
    expect(await refused('joint.send', bank, first)).toContain('HS-24.5');
    await run('joint.join', shop, joined);
    expect(await refused('joint.join', shop, joined)).toContain('HS-24.5');
    await run('joint.join', bank, joined);
    expect(await refused('joint.send', bank, { ...first, step: 'other' })).toContain('HS-24.5');
    for (const wrong of [{ part: 1 }, { points: points(99) }, { points: points(101) }, { points: 'AAAA' }])
      expect(await refused('joint.send', bank, { ...first, ...wrong })).toEqual(['HS-24.6']);
    await run('joint.send', bank, first);
    expect(await refused('joint.send', bank, first)).toEqual(['HS-24.6']);
    // The other has committed to nothing yet: it sees nothing of ours.
    await expect(fetchAll(String(sessionId), shop, 'own')).rejects.toThrow();
    await expect(look('/joint-sessions/:sessionId', stranger, { sessionId })).rejects.toThrow();
    await run('joint.end', shop, { sessionId, reason: '计划取消' });
    expect(await refused('joint.send', bank, { ...first, part: 1 })).toContain('HS-24.5');
  });

  it('is over by time, and cleared', async () => {
    const [a, b] = [side(bank, members(0, 100)), side(clinic, members(0, 100))];
    const sessionId = await begun(a, b);
    await sql`update joint_session set until = now() - interval '1 minute' where id = ${sessionId}`.execute(x.db);
    await sql`select graphile_worker.add_job('joint.sweep')`.execute(x.db);
    await x.jobs();
    expect(await look('/joint-sessions/:sessionId', bank, { sessionId })).toMatchObject({ state: 'ended' });
    const { rows } = await sql<{ n: number }>`
      select count(*)::int as n from joint_points where session_id = ${sessionId}`.execute(x.db);
    expect(rows[0]?.n).toBe(0);
  });

  it('is not run by the same two again and again', async () => {
    const pair = intersection({ partyIds: [clinic.partyId] });
    for (let i = 0; i < 9; i++) {
      const { sessionId } = await run('joint.open', shop, pair);
      for (const who of [shop, clinic]) await run('joint.join', who, { sessionId, ground: 'consent', size: 100 });
    }
    await run('joint.open', clinic, intersection({ partyIds: [shop.partyId] }));
    const { sessionId } = await run('joint.open', shop, pair);
    for (const who of [shop, clinic]) await run('joint.join', who, { sessionId, ground: 'consent', size: 100 });
    expect(await refused('joint.open', clinic, intersection({ partyIds: [shop.partyId] }))).toEqual(['HS-24.2']);
  });
});

describe('the client', () => {
  const api = (actor: Party): JointApi => ({
    act: (name, input) => run(name, actor, input),
    get: async (path) => {
      const [route, query] = path.split('?');
      const [, sessionId, rest] = /^\/joint-sessions\/([^/]+)(\/points)?$/.exec(route ?? '') ?? [];
      return look(
        `/joint-sessions/:sessionId${rest ?? ''}`,
        actor,
        { sessionId },
        Object.fromEntries(new URLSearchParams(query)),
      );
    },
  });
  const view = async (actor: Party, sessionId: unknown) =>
    (await look('/joint-sessions/:sessionId', actor, { sessionId })) as unknown as JointView;

  it('runs both sides of an intersection at once', async () => {
    const { sessionId } = await run('joint.open', bank, intersection({ reveal: 'ids' }));
    const side = async (actor: Party, ids: readonly string[]) =>
      intersect(api(actor), await view(actor, sessionId), 'consent', ids, () => undefined);
    const [one, other] = await Promise.all([side(bank, members(0, 130)), side(shop, members(110, 260))]);
    expect([one, other]).toEqual([
      { result: { tooFew: false, count: 20 }, common: members(110, 130) },
      { result: { tooFew: false, count: 20 }, common: members(110, 130) },
    ]);
  });

  it('runs every side of a sum, and stops when somebody ends it', async () => {
    const fields = ['甲', '乙'];
    const open = () =>
      run('joint.open', bank, {
        kind: 'sum',
        title: '合计',
        purpose: '统计',
        fields,
        partyIds: [shop.partyId, clinic.partyId],
      });
    const { sessionId } = await open();
    const side = async (actor: Party, values: readonly bigint[]) =>
      addUp(api(actor), await view(actor, sessionId), 'not-personal', values, () => undefined);
    const all = await Promise.all([side(bank, [1n, 2n]), side(shop, [10n, -20n]), side(clinic, [100n, 0n])]);
    expect(all[0]).toEqual({
      totals: [
        { field: '甲', total: '111' },
        { field: '乙', total: '-18' },
      ],
    });
    const next = await open();
    const waiting = addUp(api(bank), await view(bank, next.sessionId), 'not-personal', [1n, 2n], () => undefined);
    const over = expect(waiting).rejects.toThrow(JointOver);
    await run('joint.end', shop, { sessionId: next.sessionId, reason: '数据口径不一致' });
    await over;
  });
});

describe('secure sum', () => {
  const sum = () => ({
    kind: 'sum',
    title: '区域用电合计',
    purpose: '园区能耗统计',
    fields: ['用电量', '用水量'],
    partyIds: [shop.partyId, clinic.partyId],
  });

  it('adds up what three bring, and nobody’s numbers lie anywhere', async () => {
    const { sessionId } = await run('joint.open', bank, sum());
    const keys = new Map<Party, SumKeys>([bank, shop, clinic].map((p) => [p, sumKeys()]));
    const join = (p: Party) =>
      run('joint.join', p, { sessionId, ground: 'not-personal', publicKey: keys.get(p)?.publicKey });
    await join(bank);
    // A key that another party has put down already is not this one's.
    expect(
      await refused('joint.join', shop, { sessionId, ground: 'not-personal', publicKey: keys.get(bank)?.publicKey }),
    ).toEqual(['HS-24.6']);
    for (const p of [shop, clinic]) await join(p);
    const values = new Map([
      [bank, [100n, -5n]],
      [shop, [20n, 7n]],
      [clinic, [3n, 0n]],
    ]);
    let last: Record<string, unknown> = {};
    for (const p of [bank, shop, clinic]) {
      const others = [bank, shop, clinic].filter((o) => o !== p).map((o) => keys.get(o)?.publicKey ?? '');
      const words = masked(String(sessionId), keys.get(p) ?? sumKeys(), others, values.get(p) ?? []);
      expect(words).not.toEqual((values.get(p) ?? []).map(String));
      expect(await refused('joint.contribute', p, { sessionId, words: words.slice(1) })).toEqual(['HS-24.6']);
      last = await run('joint.contribute', p, { sessionId, words });
      if (p === bank) expect(await refused('joint.contribute', p, { sessionId, words })).toContain('HS-24.5');
    }
    expect(last).toMatchObject({
      done: true,
      result: {
        totals: [
          { field: '用电量', total: '123' },
          { field: '用水量', total: '2' },
        ],
      },
    });
  });

  it('is not of two', async () => {
    expect(await refused('joint.open', bank, { ...sum(), partyIds: [shop.partyId] })).toEqual(['HS-24.4']);
  });
});
