import { type JobRequest, SYSTEM } from '../../kernel/acts/index.ts';
import { lockCase, moveCase, openCase, type Procedure, procedure } from '../../kernel/cases/index.ts';
import type { Tx } from '../../kernel/database/index.ts';
import { dated } from '../../kernel/rulebook/index.ts';
import { type Text, text } from '../../kernel/text.ts';
import type { Agreement } from './model.ts';
import type { Duty } from './model-duties.ts';
import { authorityOf } from './store.ts';

const from = '2020-01-01';
const yearly = (reference: string) => dated({ from, value: 1, unit: 'year', reference });
const early = dated({ from, value: 30, unit: 'day', reference: 'HS-19.4' });

interface Yearly {
  readonly name: string;
  readonly title: Text;
  readonly rule: string;
  readonly reference: string;
  /** Who must see to it. */
  readonly part: 'authority' | 'authoriser';
  readonly what: Text;
  readonly act: string;
  readonly paper: Text;
}

/** A duty that comes back each year while an agreement lives; the measures name no period, so the house sets one. */
const yearlyDuty = ({ name, title, rule, reference, part, what, act, paper }: Yearly): Procedure =>
  procedure({
    name,
    title,
    rule,
    parts: {
      authority: text('大数据主管部门', 'Data authority'),
      authoriser: text('授权单位', 'Authorising unit'),
      operator: text('运营单位', 'Operating unit'),
    },
    supervisor: 'authority',
    papers: { record: { title: paper, neededFor: [] } },
    clocks: { due: { title, rule: reference, period: yearly(reference), warnBefore: early, onDue: 'escalate' } },
    states: {
      due: {
        title: text('按年办理', 'due each year'),
        waits: { part, what },
        clock: 'due',
        moves: { done: { to: 'due', act, restarts: true }, end: { to: 'ended', act: 'authorisation.exit', by: [] } },
      },
      ended: { title: text('已终止', 'ended'), moves: {} },
    },
    way: ['due', 'ended'],
  });

const PROCEDURES: Readonly<Record<Duty, Procedure>> = {
  evaluation: yearlyDuty({
    name: 'operation-evaluation',
    title: text('定期评估', 'Regular evaluation'),
    rule: 'JN-12.1',
    reference: 'HS-19.1',
    part: 'authority',
    what: text('请按年评估运营情况', 'Evaluate the operation within the year'),
    act: 'authorisation.evaluate',
    paper: text('评估材料', 'Material for the evaluation'),
  }),
  training: yearlyDuty({
    name: 'security-training',
    title: text('安全培训', 'Security training'),
    rule: 'JN-16.2',
    reference: 'HS-19.2',
    part: 'authoriser',
    what: text('请按年组织安全培训并记录', 'Hold a security training within the year and record it'),
    act: 'training.record',
    paper: text('培训记录', 'Record of the training'),
  }),
  drill: yearlyDuty({
    name: 'emergency-drill',
    title: text('应急演练', 'Emergency drill'),
    rule: 'JN-16.2',
    reference: 'HS-19.3',
    part: 'authoriser',
    what: text('请按年组织应急演练并记录', 'Hold an emergency drill within the year and record it'),
    act: 'training.record',
    paper: text('演练记录', 'Record of the drill'),
  }),
};
export const dutyProcedures: readonly Procedure[] = Object.values(PROCEDURES);

interface Moment {
  readonly at: Date;
  readonly enqueue: (job: JobRequest) => void;
}

/** With the second signature all yearly duties begin. */
export async function beginDuties(tx: Tx, agreement: Agreement, moment: Moment): Promise<void> {
  for (const kind of Object.keys(PROCEDURES) as Duty[]) await begin(tx, agreement, kind, moment);
}

async function begin(tx: Tx, agreement: Agreement, kind: Duty, moment: Moment): Promise<void> {
  const { title } = PROCEDURES[kind];
  // An authority has the same duty under every agreement: its cases are told apart by unit and announcement.
  const of = await tx
    .selectFrom('case_file')
    .select('title')
    .where('id', '=', agreement.case_id)
    .executeTakeFirstOrThrow();
  const row = await openCase(
    tx,
    {
      procedure: PROCEDURES[kind],
      subjectId: agreement.id,
      title: text(`${title.zh} · ${of.title.zh}`, `${title.en} · ${of.title.en}`),
      parts: {
        authority: [await authorityOf(tx, agreement)],
        authoriser: [agreement.authoriser_id],
        operator: [agreement.operator_id],
      },
    },
    moment,
  );
  await tx.insertInto('operation_duty').values({ agreement_id: agreement.id, kind, case_id: row.id }).execute();
}

/** When a duty was last due: before it is done, for the rule that says it came late. Null where its year is not over. */
export async function dutyDueAt(tx: Tx, agreementId: string, kind: Duty): Promise<string | null> {
  const row = await tx
    .selectFrom('operation_duty as d')
    .innerJoin('case_file as c', 'c.id', 'd.case_id')
    .select('c.due_at')
    .where('d.agreement_id', '=', agreementId)
    .where('d.kind', '=', kind)
    .executeTakeFirst();
  return row?.due_at?.toISOString() ?? null;
}

/** The duty is done; its next year begins now. An agreement signed before duties were kept gets its first year here. */
export async function dutyDone(tx: Tx, agreement: Agreement, kind: Duty, moment: Moment): Promise<void> {
  const caseId = await dutyCase(tx, agreement.id, kind);
  if (caseId === undefined) return begin(tx, agreement, kind, moment);
  const row = await lockCase(tx, SYSTEM, caseId);
  await moveCase(tx, { procedure: PROCEDURES[kind], row, event: 'done' }, moment);
}

/** The agreement has ended, and its duties with it. */
export async function endDuties(tx: Tx, agreementId: string, moment: Moment): Promise<void> {
  for (const kind of Object.keys(PROCEDURES) as Duty[]) {
    const caseId = await dutyCase(tx, agreementId, kind);
    const row = caseId === undefined ? undefined : await lockCase(tx, SYSTEM, caseId);
    if (row && row.closed_at === null) await moveCase(tx, { procedure: PROCEDURES[kind], row, event: 'end' }, moment);
  }
}

async function dutyCase(tx: Tx, agreementId: string, kind: Duty): Promise<string | undefined> {
  const row = await tx
    .selectFrom('operation_duty')
    .select('case_id')
    .where('agreement_id', '=', agreementId)
    .where('kind', '=', kind)
    .executeTakeFirst();
  return row?.case_id;
}
