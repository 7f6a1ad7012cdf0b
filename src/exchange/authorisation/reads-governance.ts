import { sql } from 'kysely';
import { z } from 'zod';
import { afterOf, PageQuery, page, pageOf, type Read, read, signedIn } from '../../kernel/acts/index.ts';
import { TextSchema, text } from '../../kernel/text.ts';
import { AgreementId, GovernanceId } from './model.ts';
import { dataGovernance } from './procedure.ts';
import { inCase, namesOf, Party } from './reads-shared.ts';

interface DemandRow {
  readonly id: string;
  readonly case_id: string;
  readonly agreement_id: string;
  readonly resource_id: string;
  readonly resource: string;
  readonly holder_id: string;
  readonly operator_id: string;
  readonly problem: string;
  readonly raised_at: Date;
  readonly answer: string | null;
  readonly answered_at: Date | null;
  readonly state: string;
  readonly due_at: Date | null;
}

/** Who raised a demand, whose data it is about, the authority and supervisors see it. */
const demands = read({
  path: '/governance-demands',
  title: text('数据治理需求', 'Demands for data governance'),
  by: signedIn(),
  params: z.object({}),
  query: PageQuery.extend({ agreement: AgreementId.optional(), id: GovernanceId.optional() }),
  output: pageOf(
    z.object({
      id: GovernanceId,
      caseId: z.string(),
      agreementId: z.string(),
      resource: z.object({ id: z.string(), title: z.string() }),
      operator: Party,
      provider: Party,
      problem: z.string(),
      raisedAt: z.iso.datetime(),
      answer: z.string().nullable(),
      answeredAt: z.iso.datetime().nullable(),
      state: z.string(),
      stateTitle: TextSchema,
      dueAt: z.iso.datetime().nullable(),
    }),
  ),
  run: async ({ db, actor, query }) => {
    const after = afterOf(query.cursor) ?? null;
    const { rows } = await sql<DemandRow>`select d.*, r.title as resource, r.holder_id, g.operator_id, c.state, c.due_at
      from governance_demand d join case_file c on c.id = d.case_id join resource r on r.id = d.resource_id
      join operation_agreement g on g.id = d.agreement_id
     where (${after}::text is null or d.id < ${after})
       and (${query.agreement ?? null}::text is null or d.agreement_id = ${query.agreement ?? null})
       and (${query.id ?? null}::text is null or d.id = ${query.id ?? null})
       and ${inCase(actor, 'd.case_id')}
     order by d.id desc limit ${query.limit + 1}`.execute(db);
    const { items, nextCursor } = page(rows, query.limit, (d) => d.id);
    const name = await namesOf(
      db,
      items.flatMap((d) => [d.operator_id, d.holder_id]),
    );
    return {
      items: items.map((d) => ({
        id: d.id,
        caseId: d.case_id,
        agreementId: d.agreement_id,
        resource: { id: d.resource_id, title: d.resource },
        operator: name(d.operator_id),
        provider: name(d.holder_id),
        problem: d.problem,
        raisedAt: d.raised_at.toISOString(),
        answer: d.answer,
        answeredAt: d.answered_at?.toISOString() ?? null,
        state: d.state,
        stateTitle:
          dataGovernance.states[d.state as keyof typeof dataGovernance.states]?.title ?? text(d.state, d.state),
        dueAt: d.due_at?.toISOString() ?? null,
      })),
      nextCursor,
    };
  },
});

export const governanceReads: readonly Read[] = [demands];
