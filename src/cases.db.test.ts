import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { type TestExchange, testExchange } from './exchange/testing.ts';
import { type Act, type Actor, ANONYMOUS, act, execute, notFound, role, SYSTEM, system } from './kernel/acts/index.ts';
import {
  alsoAbout,
  CaseId,
  type CaseRow,
  caseRoom,
  closeNotices,
  lockCase,
  moveCase,
  openCase,
  openNotice,
  procedure,
} from './kernel/cases/index.ts';
import { newId } from './kernel/ids.ts';
import { dated, loadRulebook } from './kernel/rulebook/index.ts';
import { text } from './kernel/text.ts';

/** A licence: asked for, sent back for papers, put before the public, granted. Two working days to answer, one before the end a reminder. */
const from = '2020-01-01';
const licence = procedure({
  name: 'test.licence',
  title: text('试验许可', 'Test licence'),
  rule: 'HS-12.2',
  parts: { applicant: text('申请人', 'Applicant'), authority: text('机关', 'Authority') },
  supervisor: 'authority',
  papers: { proof: { title: text('证明', 'Proof'), neededFor: ['accept'] } },
  clocks: {
    answer: {
      title: text('答复期限', 'Time to answer'),
      rule: 'HS-12.2',
      period: dated({ from, value: 48, unit: 'hour', reference: 'HS-12.2' }),
      warnBefore: dated({ from, value: 24, unit: 'hour', reference: 'HS-12.2' }),
      onDue: 'escalate',
    },
    supplement: {
      title: text('补正期限', 'Time for papers'),
      rule: 'HS-12.2',
      period: dated({ from, value: 5, unit: 'working day', reference: 'HS-12.2' }),
      onDue: 'escalate',
    },
    publicity: {
      title: text('公示期', 'Publicity'),
      rule: 'HS-12.3',
      period: dated({ from, value: 1, unit: 'hour', reference: 'HS-12.3' }),
      onDue: { event: 'grant' },
    },
    objection: {
      title: text('异议处理期限', 'Time for objections'),
      rule: 'HS-12.4',
      period: dated({ from, value: 10, unit: 'working day', reference: 'HS-12.4' }),
      onDue: 'escalate',
    },
  },
  way: ['asked', 'public', 'granted'],
  states: {
    asked: {
      title: text('待审查', 'to be reviewed'),
      waits: { part: 'authority', what: text('请审查', 'Review it') },
      clock: 'answer',
      moves: { 'send-back': { to: 'incomplete', act: 'test.move' }, accept: { to: 'public', act: 'test.move' } },
    },
    incomplete: {
      title: text('待补正', 'papers wanted'),
      waits: { part: 'applicant', what: text('请补正', 'Send the papers') },
      clock: 'supplement',
      pauses: ['answer'],
      moves: { supply: { to: 'asked', act: 'test.move' } },
    },
    public: {
      title: text('公示中', 'before the public'),
      waits: { part: 'authority', what: text('公示中', 'Before the public') },
      clock: 'publicity',
      moves: { object: { to: 'objected', act: 'notice.object', by: [] }, grant: { to: 'granted', act: 'test.grant' } },
    },
    objected: {
      title: text('异议处理中', 'objection looked into'),
      waits: { part: 'authority', what: text('请处理异议', 'Decide the objection') },
      clock: 'objection',
      pauses: ['publicity'],
      moves: {
        dismiss: { to: 'public', act: 'notice.decide-objection' },
        uphold: { to: 'asked', act: 'notice.decide-objection' },
      },
    },
    granted: { title: text('已许可', 'granted'), moves: {} },
  },
});

const open = act({
  name: 'test.open',
  title: text('申请', 'Ask'),
  by: role('buyer'),
  input: z.object({ authorityId: z.string() }),
  output: z.object({ caseId: CaseId }),
  facts: async () => ({}),
  perform: async ({ tx, actor, input, at, enqueue }) => {
    const row = await openCase(
      tx,
      {
        procedure: licence,
        subjectId: 'lic_1',
        title: text('许可', 'Licence'),
        parts: { applicant: [actor.partyId ?? ''], authority: [input.authorityId] },
      },
      { at, enqueue },
    );
    return { caseId: row.id };
  },
  entry: ({ result }) => ({ subject: result.caseId }),
});
const move = act({
  name: 'test.move',
  title: text('办理', 'Move'),
  by: role('buyer', 'data-authority'),
  input: z.object({ caseId: CaseId, event: z.string() }),
  output: z.object({ state: z.string() }),
  facts: ({ tx, actor, input }) => lockCase(tx, actor, input.caseId),
  version: (row: CaseRow) => row.version,
  perform: async ({ tx, input, facts: row, at, enqueue }) => {
    const moved = await moveCase(tx, { procedure: licence, row, event: input.event }, { at, enqueue });
    if (moved.state === 'public')
      await openNotice(tx, moved, { title: text('公示', 'Notice'), body: text('许可', 'Licence') }, at);
    return { state: moved.state };
  },
  entry: ({ input }) => ({ subject: input.caseId }),
});
const grant = act({
  name: 'test.grant',
  title: text('许可', 'Grant'),
  by: system(),
  input: z.object({ caseId: CaseId }),
  output: z.object({ state: z.string() }),
  facts: async ({ tx, input }) => {
    const row = await tx
      .selectFrom('case_file')
      .selectAll()
      .where('id', '=', input.caseId)
      .forUpdate()
      .executeTakeFirst();
    if (!row) throw notFound();
    return row;
  },
  perform: async ({ tx, facts: row, at, enqueue }) => {
    await closeNotices(tx, row.id, at);
    return { state: (await moveCase(tx, { procedure: licence, row, event: 'grant' }, { at, enqueue })).state };
  },
  entry: ({ input }) => ({ subject: input.caseId }),
});

const acts: Act[] = [open, move, grant];
const room = caseRoom([licence], () => acts, loadRulebook().citation);
acts.push(...room.acts);
const named = (name: string): Act => {
  const found = acts.find((a) => a.name === name);
  if (!found) throw new Error(`no act ${name}`);
  return found;
};

let t: TestExchange;
let applicant: Actor & { partyId: string };
let authority: Actor & { partyId: string };
let other: Actor & { partyId: string };
beforeAll(async () => {
  t = await testExchange(room.tasks);
  applicant = await t.party('申请人', ['buyer']);
  authority = await t.party('机关', ['data-authority']);
  other = await t.party('别家', ['buyer']);
});
afterAll(() => t?.close());

const begin = async (): Promise<string> =>
  String((await t.run(open, applicant, { authorityId: authority.partyId })).caseId);
const go = (actor: Actor, caseId: string, event: string) => t.run(move, actor, { caseId, event });
const look = (actor: Actor, caseId: string) =>
  t.read(room.reads, '/cases/:caseId', actor, { caseId }) as Promise<{
    state: string;
    dueAt: string | null;
    waitingFor: { part: string; mine: boolean } | null;
    notices: string[];
    clocks: { name: string; state: string; unscheduled: boolean; pauses: unknown[] }[];
  }>;
/** Lets time pass for one case: everything of it happened so much earlier. */
async function age(caseId: string, hours: number): Promise<void> {
  const back = sql`interval '1 hour' * ${hours}`;
  await sql`update case_clock set due_at = due_at - ${back}, warn_at = warn_at - ${back} where case_id = ${caseId}`.execute(
    t.db,
  );
  await sql`update graphile_worker._private_jobs set run_at = run_at - ${back}`.execute(t.db);
}
async function personOf(partyId: string, name: string): Promise<string> {
  const id = newId('psn');
  await sql`insert into person (id, party_id, login, display_name, password, password_at, created_at)
    values (${id}, ${partyId}, ${id}, ${name}, '', now(), now())`.execute(t.db);
  return id;
}
const told = async (partyId: string): Promise<number> =>
  Number(
    (await sql<{ n: number }>`select count(*)::int as n from notification where party_id = ${partyId}`.execute(t.db))
      .rows[0]?.n,
  );

it('says who must act and by when, and shows it to nobody else', async () => {
  const caseId = await begin();
  const seen = await look(authority, caseId);
  expect(seen).toMatchObject({ state: 'asked', waitingFor: { part: 'authority', mine: true } });
  expect(Date.parse(seen.dueAt ?? '') - Date.now()).toBeGreaterThan(47 * 3_600_000);
  expect((await look(applicant, caseId)).waitingFor?.mine).toBe(false);
  await expect(look(other, caseId)).rejects.toThrow('Not found');
  expect((await t.refusal(move, other, { caseId, event: 'supply' })).kind).toBe('not-found');
});

it('keeps the way it has gone, what is left, and what a reader may do', async () => {
  const caseId = await begin();
  await go(authority, caseId, 'send-back');
  const seen = (await look(applicant, caseId)) as unknown as Record<string, unknown>;
  expect(seen).toMatchObject({
    way: ['asked', 'public', 'granted'],
    steps: [{ state: 'asked' }, { state: 'incomplete' }],
    subjects: ['lic_1'],
    left: { unit: 'working-day' },
    myActs: ['test.move'],
    moves: [{ event: 'supply', mine: true }],
    handledBy: null,
  });
  expect(await look(authority, caseId)).toMatchObject({ myActs: [], moves: [{ mine: false }] });
  await go(applicant, caseId, 'supply');
  await go(authority, caseId, 'accept');
  // Before the public nobody has to act: only time moves it on.
  expect(await look(authority, caseId)).toMatchObject({
    waitingFor: { mine: false, idle: true },
    steps: [{}, {}, {}, { state: 'public' }],
  });
});

it('shows the history of a case and all it is about to whoever takes part, and an objector to nobody', async () => {
  const caseId = await begin();
  await t.db.transaction().execute((tx) => alsoAbout(tx, caseId, 'lic_beside'));
  await go(authority, caseId, 'accept');
  const noticeId = (await look(authority, caseId)).notices[0];
  await t.run(named('notice.object'), other, { noticeId, grounds: '不符合条件', contact: '13800000000' });
  const history = async (actor: Actor, query: object = {}) =>
    (await t.read(room.reads, '/cases/:caseId/history', actor, { caseId }, query)) as {
      items: { act: string; party: { name: string } | null; mine: boolean; decisions: { outcome: string }[] }[];
      nextCursor: string | null;
    };
  const { items } = await history(authority);
  expect(items.map((e) => [e.act, e.party?.name ?? null, e.mine])).toEqual([
    ['notice.object', null, false],
    ['test.move', '机关', true],
    ['test.open', '申请人', false],
  ]);
  const [first] = (await history(applicant)).items;
  expect(first).toMatchObject({ act: 'notice.object', party: null, decisions: [] });
  const pages = await history(authority, { limit: '2' });
  expect(pages.items).toHaveLength(2);
  expect((await history(authority, { limit: '2', cursor: pages.nextCursor ?? '' })).items.map((e) => e.act)).toEqual([
    'test.open',
  ]);
  await expect(history(other)).rejects.toThrow('Not found');
  const regulator = await t.party('监管', ['regulator']);
  expect((await history(regulator)).items).toHaveLength(3);
  await expect(t.read(room.reads, '/cases/:caseId/history', regulator, { caseId: newId('cas') }, {})).rejects.toThrow(
    'Not found',
  );
  // Whom to call about it is for whoever looks into it alone.
  const full = async (actor: Actor) =>
    (
      (await t.read(room.reads, '/notices/:noticeId', actor, { noticeId })) as {
        objectionsInFull: { contact: string | null; grounds: string }[] | null;
      }
    ).objectionsInFull;
  expect(await full(authority)).toMatchObject([{ contact: '13800000000', grounds: '不符合条件' }]);
  expect(await full(applicant)).toMatchObject([{ contact: null, grounds: '不符合条件' }]);
  expect(await full(other)).toBeNull();
});

it('lists what waits for a person, and only for whom it was given to', async () => {
  const caseId = await begin();
  const waiting = async (actor: Actor) =>
    (await room.turns(t.db, actor, { limit: 100, at: new Date() })).map((turn) => turn.caseId);
  const listed = async (actor: Actor, query: object) =>
    (
      (await t.read(room.reads, '/cases', actor, {}, { limit: '100', ...query })) as { items: { id: string }[] }
    ).items.map((c) => c.id);
  expect(await waiting(authority)).toContain(caseId);
  expect(await waiting(applicant)).not.toContain(caseId);
  expect(await listed(authority, { waiting: 'me' })).toContain(caseId);
  expect(await listed(applicant, { waiting: 'me' })).not.toContain(caseId);
  expect(await listed(applicant, {})).toContain(caseId);
  const colleague = await personOf(authority.partyId, '乙');
  await t.run(named('case.delegate'), authority, { caseId, personId: colleague });
  expect(await waiting(authority)).not.toContain(caseId);
  expect(await waiting({ ...authority, personId: colleague })).toContain(caseId);
  expect(await look(authority, caseId)).toMatchObject({ handledBy: { id: colleague, name: '乙' } });
  await go(authority, caseId, 'accept');
  expect(await waiting({ ...authority, personId: colleague })).not.toContain(caseId);
  expect(await waiting(authority)).not.toContain(caseId);
});

it('marks what a person was told as read, for that person alone', async () => {
  const caseId = await begin();
  await age(caseId, 25);
  await t.jobs();
  const [first, second] = await Promise.all(['甲', '丙'].map((name) => personOf(authority.partyId, name)));
  const as = (personId: string | undefined): Actor => ({ ...authority, personId: personId ?? null });
  const told = async (actor: Actor) =>
    (await t.read(room.reads, '/notifications', actor, {}, { limit: '100' })) as {
      unread: number;
      items: { id: string; caseId: string; readAt: string | null }[];
    };
  const before = await told(as(first));
  const mine = before.items.find((n) => n.caseId === caseId);
  expect(mine?.readAt).toBeNull();
  const mark = (actor: Actor) =>
    t.run(named('notification.mark-read'), actor, { notificationIds: [mine?.id, mine?.id] });
  expect(await mark(as(first))).toEqual({ read: 1 });
  expect(await mark(as(first))).toEqual({ read: 0 });
  expect((await told(as(first))).unread).toBe(before.unread - 1);
  expect((await told(as(second))).unread).toBe(before.unread);
  expect((await t.refusal(named('notification.mark-read'), other, { notificationIds: [mine?.id] })).kind).toBe(
    'not-found',
  );
});

it('stops the clock while papers are awaited, and goes on with it', async () => {
  const caseId = await begin();
  await go(authority, caseId, 'send-back');
  const waiting = await look(applicant, caseId);
  expect(waiting.clocks.map((c) => [c.name, c.state])).toEqual([
    ['answer', 'paused'],
    ['supplement', 'running'],
  ]);
  await go(applicant, caseId, 'supply');
  const again = await look(authority, caseId);
  expect(again.clocks.map((c) => [c.name, c.state, c.pauses.length])).toEqual([
    ['answer', 'running', 1],
    ['supplement', 'stopped', 0],
  ]);
  expect((await t.refusal(move, applicant, { caseId, event: 'supply' })).violations[0]?.fact.zh).toContain('待审查');
});

it('lets one of two win, and tells the other what changed', async () => {
  const caseId = await begin();
  const both = await Promise.all(
    ['accept', 'send-back'].map((event) =>
      execute(t.kernel, move, authority, { caseId, event }, { expectedVersion: 1 }),
    ),
  );
  expect(both.filter((o) => o.ok)).toHaveLength(1);
  const lost = both.find((o) => !o.ok);
  expect(lost && !lost.ok && lost.refusal.kind).toBe('stale');
});

it('reminds once, reports once, and stays silent about what was dealt with', async () => {
  const caseId = await begin();
  const before = await told(authority.partyId);
  await age(caseId, 25);
  await t.jobs();
  await t.jobs();
  expect(await told(authority.partyId)).toBe(before + 1);
  await age(caseId, 25);
  await t.jobs();
  expect(await told(authority.partyId)).toBe(before + 2);
  const { rows } = await sql<{ n: number }>`select count(*)::int as n from alert where subject = ${caseId}`.execute(
    t.db,
  );
  expect(rows[0]?.n).toBe(1);
  const clockId = (await sql<{ id: string }>`select id from case_clock where case_id = ${caseId}`.execute(t.db)).rows[0]
    ?.id;
  const twice = await execute(t.kernel, named('case.escalate'), SYSTEM, { clockId });
  expect(twice.ok).toBe(false);
});

it('puts a case before the public: an objection stops it, the last one dismissed lets it go on, and time grants it', async () => {
  const caseId = await begin();
  await go(authority, caseId, 'accept');
  const { items } = (await t.read(room.reads, '/notices', ANONYMOUS, {}, { open: 'true' })) as {
    items: { id: string }[];
  };
  const noticeId = items[0]?.id;
  const object = (actor: Actor, grounds: string) =>
    t.run(named('notice.object'), actor, { noticeId, grounds, contact: '13800000000' });
  const first = await object(ANONYMOUS, '申请人不具备条件');
  const second = await object(other, '范围过宽');
  expect((await look(authority, caseId)).state).toBe('objected');
  const again = { noticeId, grounds: '再次提出' };
  expect((await t.refusal(named('notice.object'), other, again)).violations[0]?.rule).toBe('HS-12.7');
  const decide = { decision: 'dismiss', reason: '经查不属实' };
  expect(
    (await t.refusal(named('notice.decide-objection'), applicant, { ...decide, objectionId: first.objectionId }))
      .violations[0]?.rule,
  ).toBe('HS-12.4');
  expect(
    (await t.refusal(named('notice.decide-objection'), other, { ...decide, objectionId: first.objectionId })).kind,
  ).toBe('not-found');
  await t.run(named('notice.decide-objection'), authority, { ...decide, objectionId: first.objectionId });
  expect((await look(authority, caseId)).state).toBe('objected');
  await t.run(named('notice.decide-objection'), authority, { ...decide, objectionId: second.objectionId });
  expect((await look(authority, caseId)).state).toBe('public');
  // Heard once: the same contact brings the same in other words of length, and so does anybody word for word.
  const repeated = { noticeId, grounds: '我认为申请人不具备条件！', contact: '138 0000 0000' };
  expect((await t.refusal(named('notice.object'), ANONYMOUS, repeated)).violations[0]?.rule).toBe('HS-12.8');
  expect(
    (await t.refusal(named('notice.object'), ANONYMOUS, { noticeId, grounds: '范围 过宽。' })).violations[0]?.rule,
  ).toBe('HS-12.8');
  const seen = (await t.read(room.reads, '/notices/:noticeId', ANONYMOUS, { noticeId })) as Record<string, unknown>;
  expect(seen).toMatchObject({ objections: 2, objectionsInFull: null, caseId: null });
  expect(JSON.stringify(seen)).not.toContain('13800000000');
  await age(caseId, 2);
  await t.jobs();
  expect((await look(applicant, caseId)).state).toBe('granted');
  expect(
    (await t.refusal(named('notice.object'), ANONYMOUS, { noticeId, grounds: '太晚了' })).violations[0]?.rule,
  ).toBe('HS-12.3');
});

it('lets strangers pile up no more objections than can be looked into, and hears whoever signs in', async () => {
  const caseId = await begin();
  await go(authority, caseId, 'accept');
  const { items } = (await t.read(room.reads, '/notices', ANONYMOUS, {}, { case: caseId })) as {
    items: { id: string }[];
  };
  const noticeId = items[0]?.id;
  for (let i = 0; i < 20; i++) await t.run(named('notice.object'), ANONYMOUS, { noticeId, grounds: `第${i}件` });
  const more = await t.refusal(named('notice.object'), ANONYMOUS, { noticeId, grounds: '又一件' });
  expect(more.violations[0]?.rule).toBe('HS-12.7');
  await t.run(named('notice.object'), other, { noticeId, grounds: '登录后提出' });
  const seen = (await t.read(room.reads, '/notices/:noticeId', authority, { noticeId })) as {
    objectionsInFull: { id: string }[];
  };
  const objectionIds = seen.objectionsInFull.map((o) => o.id);
  const together = { objectionIds, reason: '均与事实不符' };
  expect((await t.refusal(named('notice.dismiss-objections'), applicant, together)).violations[0]?.rule).toBe(
    'HS-12.4',
  );
  expect((await t.refusal(named('notice.dismiss-objections'), ANONYMOUS, together)).kind).toBe('unauthenticated');
  const some = { ...together, objectionIds: objectionIds.slice(0, 5) };
  expect(await t.run(named('notice.dismiss-objections'), authority, some)).toMatchObject({ caseState: 'objected' });
  expect((await t.refusal(named('notice.dismiss-objections'), authority, together)).violations[0]?.rule).toBe(
    'HS-12.4',
  );
  const rest = { ...together, objectionIds: objectionIds.slice(5) };
  expect(await t.run(named('notice.dismiss-objections'), authority, rest)).toEqual({
    dismissed: 16,
    caseState: 'public',
  });
});

it('never guesses a date beyond the calendar, and sets it when the notice is recorded', async () => {
  const caseId = await begin();
  await go(authority, caseId, 'send-back');
  await sql`update case_clock set due_at = null where case_id = ${caseId} and name = 'supplement'`.execute(t.db);
  await sql`update case_file set due_at = null where id = ${caseId}`.execute(t.db);
  expect((await look(applicant, caseId)).clocks[1]?.unscheduled).toBe(true);
  const year = { holidays: Array.from({ length: 7 }, (_, i) => `2027-10-0${i + 1}`), workdays: ['2027-10-09'] };
  const calendar = async () =>
    (await t.read(room.reads, '/calendar-years', ANONYMOUS)) as {
      undatedClocks: number;
      items: { year: number; source: string | null; holidays: string[] }[];
    };
  expect(await calendar()).toMatchObject({ undatedClocks: 1 });
  expect((await calendar()).items[0]).toMatchObject({ year: 2026, source: null });
  const { clocks } = await t.run(named('calendar.record-year'), authority, {
    year: 2027,
    ...year,
    source: '试验用，非真实通知',
  });
  expect(clocks).toBe(1);
  expect(await calendar()).toMatchObject({ undatedClocks: 0 });
  expect((await calendar()).items[0]).toMatchObject({ year: 2027, source: '试验用，非真实通知', ...year });
  expect((await look(applicant, caseId)).dueAt).not.toBeNull();
  expect(
    (
      await t.refusal(named('calendar.record-year'), authority, {
        year: 2030,
        ...year,
        holidays: Array.from({ length: 7 }, (_, i) => `2030-10-0${i + 1}`),
        workdays: [],
        source: '试验用通知',
      })
    ).violations[0]?.rule,
  ).toBe('HS-12.1');
});
