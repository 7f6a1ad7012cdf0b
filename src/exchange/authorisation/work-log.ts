import { sql } from 'kysely';
import { z } from 'zod';
import {
  type Actor,
  afterOf,
  notFound,
  PageQuery,
  page,
  pageOf,
  type Read,
  read,
  signedIn,
} from '../../kernel/acts/index.ts';
import { seesCase } from '../../kernel/cases/index.ts';
import type { Queryable, Tx } from '../../kernel/database/index.ts';
import { dated, valueAt } from '../../kernel/rulebook/index.ts';
import { text } from '../../kernel/text.ts';
import { type Agreement, AgreementId } from './model.ts';
import { namesOf, Party } from './reads-shared.ts';

/** 工作日志留存期限: from the end of the agreement on. */
const KEPT_YEARS = dated({ from: '2020-01-01', value: 3, unit: 'year', reference: 'HS-19.5' });

type Of = Pick<Agreement, 'id' | 'application_id' | 'case_id'>;

/** Everything acts on an agreement are logged under: itself, its application and case, its applications for data and demands. */
const subjects = ({ id, application_id, case_id }: Of) => sql`
  select ${id}::text as subject union all select ${application_id}::text union all select ${case_id}::text
  union all select id from data_scenario where agreement_id = ${id}
  union all select case_id from data_scenario where agreement_id = ${id}
  union all select id from governance_demand where agreement_id = ${id}
  union all select case_id from operation_duty where agreement_id = ${id}`;

/** 留存工作日志 (art. 8(5)): every act on the agreement is there, and has its evidence. */
export async function workLogKept(tx: Tx, agreement: Of): Promise<boolean> {
  const { rows } = await sql<{ acts: number; lost: number }>`
    select count(*)::int as acts, (count(*) filter (where e.id is null))::int as lost
      from act_log a left join evidence_entry e on e.id = 'rct_' || substr(a.id, 5)
     where a.subject in (${subjects(agreement)})`.execute(tx);
  const [log] = rows;
  return log !== undefined && log.acts > 0 && log.lost === 0;
}

async function agreementFor(q: Queryable, actor: Actor, agreementId: string) {
  const found = await q
    .selectFrom('operation_agreement')
    .select(['id', 'application_id', 'case_id', 'ended_at'])
    .where('id', '=', agreementId)
    .executeTakeFirst();
  if (!found || !(await seesCase(q, actor, found.case_id))) throw notFound();
  return found;
}

/** 工作日志: kept for years after the end, for both sides and whoever supervises. */
const workLog = read({
  path: '/agreements/:agreementId/work-log',
  title: text('授权运营工作日志', 'Work log of an agreement'),
  by: signedIn(),
  params: z.object({ agreementId: AgreementId }),
  query: PageQuery,
  output: pageOf(
    z.object({ id: z.string(), act: z.string(), at: z.iso.datetime(), party: Party.nullable(), subject: z.string() }),
  ).extend({
    /** Null while the agreement lives. */
    keptUntil: z.iso.datetime().nullable(),
  }),
  run: async ({ db, actor, params, query }) => {
    const agreement = await agreementFor(db, actor, params.agreementId);
    const after = afterOf(query.cursor) ?? null;
    const { rows } = await sql<{ id: string; name: string; at: Date; party_id: string | null; subject: string }>`
      select a.id, a.name, a.at, a.party_id, a.subject from act_log a
       where a.subject in (${subjects(agreement)}) and (${after}::text is null or a.id < ${after})
       order by a.id desc limit ${query.limit + 1}`.execute(db);
    const { items, nextCursor } = page(rows, query.limit, (r) => r.id);
    const name = await namesOf(
      db,
      items.flatMap((r) => (r.party_id === null ? [] : [r.party_id])),
    );
    return {
      items: items.map((r) => ({
        id: r.id,
        act: r.name,
        at: r.at.toISOString(),
        party: r.party_id === null ? null : name(r.party_id),
        subject: r.subject,
      })),
      nextCursor,
      keptUntil: keptUntil(agreement.ended_at),
    };
  },
});

function keptUntil(ended: Date | null): string | null {
  if (ended === null) return null;
  const until = new Date(ended);
  until.setUTCFullYear(until.getUTCFullYear() + valueAt(KEPT_YEARS, ended).value);
  return until.toISOString();
}

export const workLogReads: readonly Read[] = [workLog];
