import { sql } from 'kysely';
import { z } from 'zod';
import { afterOf, PageQuery, page, pageOf, type Read, read, signedIn } from '../../kernel/acts/index.ts';
import { TextSchema, text } from '../../kernel/text.ts';
import { ResourceId } from '../catalog/index.ts';
import { AgreementId, RowFilter, ScenarioId, USE_CLASSES, type UseClass } from './model.ts';
import { dataApplication } from './procedure.ts';
import { inCase, type NameOf, namesOf, Party } from './reads-shared.ts';

const ScenarioItem = z.object({
  id: ScenarioId,
  caseId: z.string(),
  agreementId: z.string(),
  title: z.string(),
  operator: Party,
  provider: Party,
  resource: z.object({ id: z.string(), title: z.string() }),
  scenario: z.string(),
  feasibility: z.string(),
  value: z.string(),
  purpose: z.string(),
  useClass: z.enum(USE_CLASSES),
  columns: z.array(z.string()),
  rowFilter: z.array(RowFilter),
  validUntil: z.iso.datetime(),
  rowsMax: z.number().nullable(),
  usesMax: z.number().nullable(),
  state: z.string(),
  stateTitle: TextSchema,
  askedAt: z.iso.datetime(),
  dueAt: z.iso.datetime().nullable(),
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
  query: PageQuery.extend({
    agreement: AgreementId.optional(),
    id: ScenarioId.optional(),
    resource: ResourceId.optional(),
  }),
  output: pageOf(ScenarioItem),
  run: async ({ db, actor, query, at }) => {
    const after = afterOf(query.cursor) ?? null;
    const { rows } =
      await sql<ScenarioRow>`select s.*, c.state, c.due_at, r.title as resource, r.holder_id, a.id as right_id, a.revoked_at,
        a.suspended_at, a.valid_until as right_until
      from data_scenario s join case_file c on c.id = s.case_id join resource r on r.id = s.resource_id
      left join resource_authorisation a on a.scenario_id = s.id
     where (${after}::text is null or s.id < ${after})
       and (${query.agreement ?? null}::text is null or s.agreement_id = ${query.agreement ?? null})
       and (${query.id ?? null}::text is null or s.id = ${query.id ?? null})
       and (${query.resource ?? null}::text is null or s.resource_id = ${query.resource ?? null})
       and ${inCase(actor, 's.case_id')}
     order by s.id desc limit ${query.limit + 1}`.execute(db);
    const { items, nextCursor } = page(rows, query.limit, (s) => s.id);
    const name = await namesOf(
      db,
      items.flatMap((s) => [s.operator_id, s.holder_id, ...s.approvals]),
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
  readonly holder_id: string;
  readonly asked_at: Date;
  readonly due_at: Date | null;
  readonly title: string;
  readonly scenario: string;
  readonly feasibility: string;
  readonly value: string;
  readonly purpose: string;
  readonly use_class: UseClass;
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
    provider: name(s.holder_id),
    resource: { id: s.resource_id, title: s.resource },
    scenario: s.scenario,
    feasibility: s.feasibility,
    value: s.value,
    purpose: s.purpose,
    useClass: s.use_class,
    columns: s.columns,
    rowFilter: s.row_filter,
    validUntil: s.valid_until.toISOString(),
    rowsMax: s.rows_max,
    usesMax: s.uses_max,
    state: s.state,
    stateTitle: dataApplication.states[s.state as keyof typeof dataApplication.states]?.title ?? text(s.state, s.state),
    askedAt: s.asked_at.toISOString(),
    dueAt: s.due_at?.toISOString() ?? null,
    approvals: s.approvals.map(name),
    reason: s.reason,
    right:
      s.right_id === null ? null : { id: s.right_id, state: over ? 'ended' : s.suspended_at ? 'suspended' : 'live' },
  };
}

export const scenarioReads: readonly Read[] = [scenarios];
