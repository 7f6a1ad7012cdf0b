import { sql } from 'kysely';
import { z } from 'zod';
import { type Act, act, notFound, refused, role } from '../../kernel/acts/index.ts';
import type { Queryable, Tx } from '../../kernel/database/index.ts';
import { newId } from '../../kernel/ids.ts';
import { beijingDay } from '../../kernel/rulebook/index.ts';
import { type Text, text } from '../../kernel/text.ts';
import { rightsLive, type StoppedUse, withinQuantity } from '../catalog/index.ts';
import { chargeUse, lockAudience, rowsToCount } from './charge.ts';
import { refusalOf } from './failures.ts';
import { type Asked, answer, lend, readQuery } from './lane.ts';
import { Answer, Budget, OPERATORS, ProjectId, QueryId } from './model.ts';
import { takePlace } from './places.ts';
import * as rules from './rules.ts';
import { canMix, cellsLeft, epsilonLeft } from './sdc/index.ts';
import { closedGrammar } from './sql/index.ts';
import {
  budgetOf,
  exactAboutPeople,
  type GrantInHand,
  getProject,
  grantsInHand,
  requireOpen,
  tightest,
  trainingsOf,
} from './store.ts';

/** Longest text of a query; the closed grammar needs far less. */
const SQL_CHARS_MAX = 20_000;

interface Facts {
  readonly asked: Asked | null;
  /** Every table the party may ask in this project: the history may compare with others than the query names. */
  readonly granted: readonly GrantInHand[];
  readonly problems: readonly { readonly message: Text }[];
  /** Tables whose data are newer than those that answers were told of before. */
  readonly newer: readonly string[];
  readonly repeated: boolean;
  readonly useStopped: StoppedUse | null;
  readonly usesLeft: number | null;
  readonly rowsLeft: number | null;
  readonly rows: number;
  readonly grantUsesLeft: number;
  readonly cellsUsed: number;
  readonly cellsMax: number;
  readonly spentMicro: number | null;
  readonly queryMicro: number;
  readonly totalMicro: number;
}

const NOTHING: Omit<Facts, 'problems'> = {
  asked: null,
  granted: [],
  newer: [],
  repeated: false,
  useStopped: null,
  usesLeft: null,
  rowsLeft: null,
  rows: 0,
  grantUsesLeft: 1,
  cellsUsed: 0,
  cellsMax: 1,
  spentMicro: null,
  queryMicro: 0,
  totalMicro: 0,
};

/** 在线查询: answered at once and without a human, so all is decided by code: form, right, budget, every cell. */
const query = act({
  name: 'sandbox.query',
  title: text('沙箱在线查询', 'Ask the sandbox'),
  by: role(...OPERATORS),
  input: z.object({
    projectId: ProjectId,
    sql: z.string().trim().min(1).max(SQL_CHARS_MAX).meta({ title: '查询（SQL）', 'x-title-en': 'Query (SQL)' }),
  }),
  output: Answer.extend({ queryId: QueryId, budget: Budget, cached: z.boolean() }),
  rules: [
    rules.namedMember,
    rules.trainedFirst,
    rules.trainedByMeasures,
    closedGrammar,
    rules.oneRevision,
    ...rightsLive,
    withinQuantity,
    rules.usesLeft,
    cellsLeft,
    epsilonLeft,
  ],
  facts: async ({ tx, actor, input, at }) => {
    const project = await getProject(tx, input.projectId);
    if (!project || project.party_id !== actor.partyId) throw notFound();
    requireOpen(project);
    const personId = actor.personId ?? '';
    const { rows: named } = await sql`select 1 from sandbox_member where project_id = ${project.id}
      and person_id = ${personId}`.execute(tx);
    const trained = (await trainingsOf(tx, [personId], beijingDay(at))).has(personId);
    const who = { project, member: named.length > 0, trained };
    // Whoever may not ask is refused before a process is started for the text.
    if (!who.member || !trained) return { ...who, ...NOTHING, problems: [] };
    await takePlace(tx, at);
    return { ...who, ...(await factsOf(tx, input, at)) };
  },
  perform: async ({ tx, actor, input, facts: { project, asked, granted }, at }) => {
    if (asked === null) throw new Error('a query without its tables passed the rules');
    const queryId = newId('sbq');
    const lent = await lend(granted).catch((e) => Promise.reject(refusalOf(e)));
    await lockAudience(tx, project.party_id, asked.tables);
    await standOnData(tx, asked.tables, at);
    const { told, released } = await answer({ tx, at, asked, lent, queryId, audience: project.party_id }).catch((e) =>
      Promise.reject(refusalOf(e)),
    );
    const cells = released.cached ? 0 : told.marks.flat().filter((mark) => mark === null).length;
    // The rights are asked again before the answer leaves: one may have ended while the query ran.
    const after = await chargeUse(tx, asked.tables, {
      projectId: project.id,
      madeId: queryId,
      at,
      free: released.cached,
      cells,
    });
    const first = released.cached ? await firstOf(tx, project.party_id, asked.shape.fingerprint) : null;
    await tx
      .insertInto('sandbox_query')
      .values({
        id: queryId,
        project_id: project.id,
        audience_id: project.party_id,
        person_id: actor.personId,
        at,
        sql: input.sql,
        answer_key: asked.shape.fingerprint,
        answer: JSON.stringify(told),
        cells,
        same_as: first,
      })
      .execute();
    return { queryId, ...told, budget: tightest(after.map(budgetOf)), cached: released.cached };
  },
  entry: ({ input, facts: { asked }, result }) => ({
    subject: result.queryId,
    sealed: { project: input.projectId, query: asked?.shape.fingerprint, cached: result.cached },
    parties: (asked?.tables ?? []).map((t) => t.grant.holder_id),
  }),
});

async function factsOf(tx: Tx, input: { readonly projectId: string; readonly sql: string }, at: Date): Promise<Facts> {
  const all = await grantsInHand(tx, { projectId: input.projectId }, at);
  const interactive = all.filter(({ grant }) => grant.policy.lanes.includes('interactive'));
  const read = await readQuery(input.sql, interactive, at).catch((error) => Promise.reject(refusalOf(error)));
  const { asked, problems } = read;
  if (asked === null) return { ...NOTHING, problems };
  const policies = asked.tables.map((t) => t.grant.policy);
  if (!canMix(policies)) return { ...NOTHING, problems: [{ message: MIXED }] };
  const audience = asked.tables[0]?.grant.audience_id ?? '';
  const repeated = (await firstOf(tx, audience, asked.shape.fingerprint)) !== null;
  const left = await quantityLeft(tx, asked.tables, repeated);
  const noise = policies.flatMap((p) => (p.privacy.kind === 'noise' ? [p.privacy] : []));
  const spent = asked.tables.map((t) => t.spent);
  return {
    asked,
    granted: interactive.filter((t) => t.stopped === null),
    problems: [],
    newer: asked.tables.some(exactAboutPeople) ? asked.tables.filter((t) => t.newerData).map((t) => t.grant.alias) : [],
    repeated,
    useStopped: asked.tables.find((t) => t.stopped !== null)?.stopped ?? null,
    ...left,
    grantUsesLeft: tightest(asked.tables.map(budgetOf)).usesLeft,
    cellsUsed: repeated ? 0 : Math.max(...spent.map((s) => s.cells)),
    cellsMax: Math.min(...policies.map((p) => p.cellsMax)),
    spentMicro: noise.length === 0 || repeated ? null : Math.max(...spent.map((s) => s.epsilonMicro)),
    queryMicro: Math.min(...noise.map((n) => n.epsilonQuery), Number.MAX_SAFE_INTEGER),
    totalMicro: Math.min(...noise.map((n) => n.epsilonTotal), Number.MAX_SAFE_INTEGER),
  };
}

/** Writes down which data exact answers about people are told of, with all tables they were joined to; asked again under the lock. @throws Refused */
async function standOnData(tx: Tx, tables: readonly GrantInHand[], at: Date): Promise<void> {
  if (!tables.some(exactAboutPeople)) return;
  const asked = new Map(tables.map((t) => [t.grant.id, t.resource.objectId]));
  for (const { grant, resource, newerData } of await grantsInHand(tx, { grantIds: [...asked.keys()], all: true }, at)) {
    if (newerData || resource.objectId !== asked.get(grant.id))
      throw refused('state', rules.oneRevision.id, rules.oneRevision.title, ...rules.changedData([grant.alias]));
    await tx
      .updateTable('sandbox_grant')
      .set({ object_id: resource.objectId })
      .where('id', '=', grant.id)
      .where('object_id', 'is', null)
      .execute();
  }
}

const MIXED = text(
  '精确作答的表和加噪作答的表不能在同一查询中关联。',
  'Tables answered exactly and tables answered with noise are not joined in one query.',
);

/** What is left of the right that is nearest its end; nothing is counted of an answer told again. */
async function quantityLeft(tx: Tx, tables: readonly GrantInHand[], repeated: boolean) {
  const none = { usesLeft: null, rowsLeft: null, rows: 0 };
  if (repeated) return none;
  let tightestOf: Pick<Facts, 'usesLeft' | 'rowsLeft' | 'rows'> = none;
  for (const table of tables) {
    const { right } = table;
    if (right === null) continue;
    const rows = right.rowsLeft === null ? 0 : await rowsToCount(tx, table);
    const isShort = right.usesLeft === 0 || (right.rowsLeft !== null && rows > right.rowsLeft);
    if (isShort) return { usesLeft: right.usesLeft, rowsLeft: right.rowsLeft, rows };
    tightestOf = { usesLeft: right.usesLeft, rowsLeft: right.rowsLeft, rows };
  }
  return tightestOf;
}

/** The query under which an answer was told first; null for one never told. */
async function firstOf(q: Queryable, audienceId: string, fingerprint: string): Promise<string | null> {
  const row = await q
    .selectFrom('sandbox_query')
    .select('id')
    .where('audience_id', '=', audienceId)
    .where('answer_key', '=', fingerprint)
    .where('same_as', 'is', null)
    .executeTakeFirst();
  return row?.id ?? null;
}

export const queryActs: readonly Act[] = [query];
