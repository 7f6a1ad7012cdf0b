import { sql } from 'kysely';
import { z } from 'zod';
import { type Actor, PageQuery, pageOf, type Read, read, signedIn } from '../../kernel/acts/index.ts';
import { type CaseRoom, calendarNow, undatedClocks } from '../../kernel/cases/index.ts';
import type { Queryable } from '../../kernel/database/index.ts';
import { type Text, TextSchema, text } from '../../kernel/text.ts';
import { actionsOn, type Order, waitingOn } from '../contracts/index.ts';
import { sandboxTasks } from './tasks-sandbox.ts';

/** Most cases of one kind that are looked at; who has more finishes some first. */
const EACH_MAX = 100;

const Task = z.object({
  /** Id of what waits. */
  subject: z.string(),
  /** Where it follows a procedure. */
  caseId: z.string().nullable().default(null),
  kind: z.enum([
    'case',
    'order',
    'erasure',
    'calendar',
    'assessment',
    'party',
    'withdrawal',
    'product',
    'report',
    'import',
    'sandbox',
  ]),
  title: TextSchema,
  what: TextSchema,
  /** The act that moves the case on. */
  act: z.string(),
  dueAt: z.string().nullable(),
  /** What is left until then, where the law counts it in working days. */
  left: z.object({ unit: z.string(), count: z.number().int() }).nullable().default(null),
  /** Address of the case in the API. */
  link: z.string(),
});
type Task = z.input<typeof Task>;

const isRole = (actor: Actor, ...roles: readonly string[]): boolean => actor.roles.some((r) => roles.includes(r));
const same = (words: string): Text => text(words, words);

async function orderTasks(q: Queryable, actor: Actor): Promise<Task[]> {
  const mine = actor.partyId ?? '';
  const rows = await q
    .selectFrom('trade_order')
    .selectAll()
    .where('due_at', 'is not', null)
    .where((e) =>
      e.or([
        e('buyer_party_id', '=', mine),
        e('seller_party_id', '=', mine),
        ...(isRole(actor, 'exchange') ? [e('state', '=', 'disputed')] : []),
      ]),
    )
    .orderBy('due_at')
    .limit(EACH_MAX)
    .execute();
  return rows.flatMap((order) => {
    const act = nextAct(order, actor);
    const waiting = waitingOn(order);
    if (!act || !waiting) return [];
    return {
      subject: order.id,
      kind: 'order' as const,
      title: same(order.terms.product.title),
      what: waiting.what,
      act,
      dueAt: order.due_at?.toISOString() ?? null,
      link: `/v1/orders/${order.id}`,
    };
  });
}

/** The act by which this person moves the order on; cancelling and disputing are a right, not a turn. */
const nextAct = (order: Order, actor: Actor): string | undefined =>
  actionsOn(order, actor).find((a) => a !== 'order.cancel' && a !== 'order.dispute');

async function assessmentTasks(q: Queryable, actor: Actor): Promise<Task[]> {
  if (!isRole(actor, 'compliance-assessor', 'quality-assessor')) return [];
  const rows = await q
    .selectFrom('assessment as a')
    .innerJoin('product as p', 'p.id', 'a.product_id')
    .select(['a.id', 'a.kind', 'a.state', 'p.title'])
    .where('a.assessor_id', '=', actor.partyId ?? '')
    .where('a.state', '<>', 'issued')
    .orderBy('a.id')
    .limit(EACH_MAX)
    .execute();
  return rows.map((row) => ({
    subject: row.id,
    kind: 'assessment' as const,
    title: same(row.title),
    what:
      row.kind === 'quality'
        ? text('请出具质量评估意见', 'Issue the quality opinion')
        : text('请出具合规评估意见', 'Issue the compliance opinion'),
    act: 'assessment.issue',
    dueAt: null,
    link: `/v1/assessments/${row.id}`,
  }));
}

async function admissionTasks(q: Queryable, actor: Actor): Promise<Task[]> {
  if (!isRole(actor, 'exchange')) return [];
  const rows = await q
    .selectFrom('party')
    .select(['id', 'name'])
    .where('state', '=', 'applied')
    .orderBy('id')
    .limit(EACH_MAX)
    .execute();
  return rows.map((row) => ({
    subject: row.id,
    kind: 'party' as const,
    title: same(row.name),
    what: text('请审核入驻申请', 'Decide the application for admission'),
    act: 'party.admit',
    dueAt: null,
    link: `/v1/parties/${row.id}`,
  }));
}

async function withdrawalTasks(q: Queryable, actor: Actor): Promise<Task[]> {
  if (!isRole(actor, 'settlement-officer')) return [];
  const rows = await q
    .selectFrom('withdrawal as w')
    .innerJoin('party as p', 'p.id', 'w.party_id')
    .select(['w.id', 'p.name'])
    .where('w.state', '=', 'requested')
    .where('w.requested_by', '<>', actor.personId ?? '')
    .orderBy('w.id')
    .limit(EACH_MAX)
    .execute();
  return rows.map((row) => ({
    subject: row.id,
    kind: 'withdrawal' as const,
    title: same(row.name),
    what: text('请复核出金申请', 'Check the withdrawal'),
    act: 'account.approve-withdrawal',
    dueAt: null,
    link: `/v1/withdrawals`,
  }));
}

const PRODUCT_TURNS: Readonly<Record<'draft' | 'assessed', { what: Text; act: string }>> = {
  draft: {
    what: text('请申请合规评估和质量评估', 'Ask for the compliance and the quality assessment'),
    act: 'assessment.request',
  },
  assessed: { what: text('评估已通过，可以挂牌', 'Assessed: list it'), act: 'product.list' },
};

async function productTasks(q: Queryable, actor: Actor): Promise<Task[]> {
  const { rows } = await sql<{ id: string; title: string; state: 'draft' | 'assessed' }>`select p.id, p.title, p.state
      from product p
     where p.holder_id = ${actor.partyId ?? ''} and p.build_state = 'built'
       and (p.state = 'assessed' or (p.state = 'draft' and (
         select count(distinct a.kind) from assessment a
          where a.product_id = p.id and a.product_version = p.version and a.conclusion is distinct from 'failed') < 2))
     order by p.id limit ${EACH_MAX}`.execute(q);
  return rows.map((row) => ({
    subject: row.id,
    kind: 'product' as const,
    title: same(row.title),
    ...PRODUCT_TURNS[row.state],
    dueAt: null,
    link: `/v1/products/${row.id}`,
  }));
}

async function reportTasks(q: Queryable, actor: Actor): Promise<Task[]> {
  if (!isRole(actor, 'regulator', 'exchange')) return [];
  const rows = await q
    .selectFrom('violation_report')
    .select(['id', 'subject', 'due_at'])
    .where('state', '<>', 'closed')
    .orderBy('due_at')
    .limit(EACH_MAX)
    .execute();
  return rows.map((row) => ({
    subject: row.id,
    kind: 'report' as const,
    title: same(row.subject),
    what: text('请办理举报', 'Handle the report'),
    act: 'violation.handle',
    dueAt: row.due_at?.toISOString() ?? null,
    link: `/v1/violation-reports?reportId=${row.id}`,
  }));
}

async function importTasks(q: Queryable, actor: Actor): Promise<Task[]> {
  if (!isRole(actor, 'exchange')) return [];
  const rows = await q
    .selectFrom('imported_certificate')
    .select(['id', 'number', 'title'])
    .where('state', '=', 'submitted')
    .orderBy('id')
    .limit(EACH_MAX)
    .execute();
  return rows.map((row) => ({
    subject: row.id,
    kind: 'import' as const,
    title: same(`${row.number} ${row.title}`),
    what: text('请核验外部登记证书', 'Check the certificate issued elsewhere'),
    act: 'certificate.recognise',
    dueAt: null,
    link: `/v1/imported-certificates/${row.id}`,
  }));
}

/** A person's request is answered by the administrators of the party, or by the platform's. */
async function erasureTasks(q: Queryable, actor: Actor): Promise<Task[]> {
  const all = isRole(actor, 'security-admin');
  if (!all && !isRole(actor, 'party-admin')) return [];
  const rows = await q
    .selectFrom('erasure_request as r')
    .innerJoin('person as h', 'h.id', 'r.person_id')
    .select(['r.id', 'h.display_name', 'r.due_at'])
    .where('r.state', '=', 'open')
    // Nobody answers the own request.
    .where('r.person_id', '<>', actor.personId ?? '')
    .$if(!all, (e) => e.where('r.party_id', '=', actor.partyId ?? ''))
    .orderBy('r.due_at')
    .limit(EACH_MAX)
    .execute();
  return rows.map((row) => ({
    subject: row.id,
    kind: 'erasure' as const,
    title: same(row.display_name),
    what: text('请答复删除个人信息的请求', 'Answer the request for erasure'),
    act: 'access.erase-person',
    dueAt: row.due_at.toISOString(),
    link: `/v1/erasure-requests?state=open`,
  }));
}

/** Clocks that reach into a year whose holiday notice is not recorded have no date until somebody records it. */
async function calendarTasks(q: Queryable, actor: Actor): Promise<Task[]> {
  if (!isRole(actor, 'exchange', 'data-authority')) return [];
  const undated = await undatedClocks(q);
  if (undated === 0) return [];
  const { last } = await calendarNow(q);
  return [
    {
      subject: `calendar-${last + 1}`,
      kind: 'calendar',
      title: text(`${undated} 个期限待定`, `${undated} clocks without a date`),
      what: text(`请录入${last + 1}年放假安排`, `Record the holiday notice of ${last + 1}`),
      act: 'calendar.record-year',
      dueAt: null,
      link: '/v1/calendar-years',
    },
  ];
}

const SOURCES = [
  orderTasks,
  assessmentTasks,
  admissionTasks,
  withdrawalTasks,
  productTasks,
  reportTasks,
  importTasks,
  erasureTasks,
  calendarTasks,
  (q: Queryable, actor: Actor) => sandboxTasks(q, actor, EACH_MAX),
];

/** Cases of procedures as data, whatever the procedure. */
export type Turns = CaseRoom['turns'];

const caseTasks =
  (turns: Turns, at: Date) =>
  async (q: Queryable, actor: Actor): Promise<Task[]> =>
    (await turns(q, actor, { limit: EACH_MAX, at })).map((turn) => ({
      subject: turn.subject,
      caseId: turn.caseId,
      kind: 'case' as const,
      title: turn.title,
      what: turn.what,
      act: turn.act,
      dueAt: turn.dueAt?.toISOString() ?? null,
      left: turn.left,
      link: `/v1/cases/${turn.caseId}`,
    }));

/** Everything that waits for this person, the most urgent first; what has no date comes last. */
export async function tasksOf(q: Queryable, actor: Actor, turns: Turns, at: Date): Promise<Task[]> {
  const found: Task[] = [];
  for (const source of [caseTasks(turns, at), ...SOURCES]) found.push(...(await source(q, actor)));
  const due = (task: Task) => (task.dueAt === null ? Number.MAX_SAFE_INTEGER : Date.parse(task.dueAt));
  return found.sort((a, b) => due(a) - due(b) || (a.subject < b.subject ? -1 : 1));
}

export const tasksRead = (turns: Turns): Read =>
  read({
    path: '/tasks',
    title: text('轮到我办理', 'My turn'),
    by: signedIn(),
    params: z.object({}),
    query: PageQuery,
    /** `total` counts what the page leaves out as well. */
    output: pageOf(Task).extend({ total: z.number() }),
    run: async ({ db, actor, query, at }) => {
      const all = await tasksOf(db, actor, turns, at);
      return { items: all.slice(0, query.limit), nextCursor: null, total: all.length };
    },
  });
