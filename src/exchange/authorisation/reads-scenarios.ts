import { sql } from 'kysely';
import { z } from 'zod';
import { afterOf, PageQuery, page, pageOf, type Read, read, signedIn } from '../../kernel/acts/index.ts';
import { text } from '../../kernel/text.ts';
import { AgreementId, RowFilter, ScenarioId } from './model.ts';
import { type NameOf, namesOf, Party } from './reads-shared.ts';

const ScenarioItem = z.object({
  id: ScenarioId,
  caseId: z.string(),
  agreementId: z.string(),
  title: z.string(),
  operator: Party,
  resource: z.object({ id: z.string(), title: z.string() }),
  scenario: z.string(),
  feasibility: z.string(),
  value: z.string(),
  purpose: z.string(),
  columns: z.array(z.string()),
  rowFilter: z.array(RowFilter),
  validUntil: z.iso.datetime(),
  rowsMax: z.number().nullable(),
  usesMax: z.number().nullable(),
  state: z.string(),
  approvals: z.array(Party),
  reason: z.string().nullable(),
  /** The right to use that it gave: living, suspended or ended. */
  right: z.object({ id: z.string(), state: z.enum(['live', 'suspended', 'ended']) }).nullable(),
});

const scenarios = read({
  path: '/scenarios',
  title: text('数据申请', 'Applications for data'),
  by: signedIn(),
  params: z.object({}),
  query: PageQuery.extend({ agreement: AgreementId.optional(), id: ScenarioId.optional() }),
  output: pageOf(ScenarioItem),
  run: async ({ db, actor, query, at }) => {
    const after = afterOf(query.cursor) ?? null;
    const { rows } = await sql<ScenarioRow>`select s.*, c.state, r.title as resource, a.id as right_id, a.revoked_at,
        a.suspended_at, a.valid_until as right_until
      from data_scenario s join case_file c on c.id = s.case_id join resource r on r.id = s.resource_id
      left join resource_authorisation a on a.scenario_id = s.id
     where (${after}::text is null or s.id < ${after})
       and (${query.agreement ?? null}::text is null or s.agreement_id = ${query.agreement ?? null})
       and (${query.id ?? null}::text is null or s.id = ${query.id ?? null})
       and exists (select from case_part p where p.case_id = s.case_id and p.party_id = ${actor.partyId})
     order by s.id desc limit ${query.limit + 1}`.execute(db);
    const { items, nextCursor } = page(rows, query.limit, (s) => s.id);
    const name = await namesOf(
      db,
      items.flatMap((s) => [s.operator_id, ...s.approvals]),
    );
    return { items: items.map((s) => scenarioShown(s, name, at)), nextCursor };
  },
});

interface ScenarioRow {
  readonly id: string;
  readonly case_id: string;
  readonly agreement_id: string;
  readonly operator_id: string;
  readonly resource_id: string;
  readonly resource: string;
  readonly title: string;
  readonly scenario: string;
  readonly feasibility: string;
  readonly value: string;
  readonly purpose: string;
  readonly columns: string[];
  readonly row_filter: z.infer<typeof RowFilter>[];
  readonly valid_until: Date;
  readonly rows_max: number | null;
  readonly uses_max: number | null;
  readonly approvals: string[];
  readonly state: string;
  readonly reason: string | null;
  readonly right_id: string | null;
  readonly revoked_at: Date | null;
  readonly suspended_at: Date | null;
  readonly right_until: Date | null;
}

function scenarioShown(s: ScenarioRow, name: NameOf, at: Date): z.input<typeof ScenarioItem> {
  const over = s.revoked_at !== null || (s.right_until !== null && s.right_until <= at);
  return {
    id: s.id,
    caseId: s.case_id,
    agreementId: s.agreement_id,
    title: s.title,
    operator: name(s.operator_id),
    resource: { id: s.resource_id, title: s.resource },
    scenario: s.scenario,
    feasibility: s.feasibility,
    value: s.value,
    purpose: s.purpose,
    columns: s.columns,
    rowFilter: s.row_filter,
    validUntil: s.valid_until.toISOString(),
    rowsMax: s.rows_max,
    usesMax: s.uses_max,
    state: s.state,
    approvals: s.approvals.map(name),
    reason: s.reason,
    right:
      s.right_id === null ? null : { id: s.right_id, state: over ? 'ended' : s.suspended_at ? 'suspended' : 'live' },
  };
}

export const scenarioReads: readonly Read[] = [scenarios];
