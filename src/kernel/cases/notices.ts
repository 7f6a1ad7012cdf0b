import { z } from 'zod';
import { type Act, act, anyone, notFound, signedIn } from '../acts/index.ts';
import type { Tx } from '../database/index.ts';
import { idOf, newId } from '../ids.ts';
import { type Text, text } from '../text.ts';
import { notifyPart } from './notifications.ts';
import type { Procedure } from './procedure.ts';
import { decidedByWhoeverInvestigates, newGround, noFloodOfObjections, withinPublicity } from './rules.ts';
import { moveCase, partsOf, stateOf } from './store.ts';
import type { CaseRow, Notice, Objection } from './tables.ts';

export const NoticeId = idOf('ntc', text('公示', 'Public notice'));
export const ObjectionId = idOf('obj', text('异议', 'Objection'));
type Procedures = ReadonlyMap<string, Procedure>;
const field = (zh: string, en: string) => ({ title: zh, 'x-title-en': en });

/**
 * Puts a case before the public. Its time is the clock of the state the case is in: publish after the move.
 * @param row the case as moved, so that it holds the end of that clock
 */
export async function openNotice(
  tx: Tx,
  row: CaseRow,
  notice: { readonly title: Text; readonly body: Text },
  at: Date,
): Promise<string> {
  const id = newId('ntc');
  await tx
    .insertInto('public_notice')
    .values({
      id,
      case_id: row.id,
      title: JSON.stringify(notice.title),
      body: JSON.stringify(notice.body),
      opened_at: at,
      closes_at: row.due_at,
      closed_at: null,
    })
    .execute();
  return id;
}

/** Ends the notices of a case: its time is over and nothing stands against it, or the case ends otherwise. */
export async function closeNotices(tx: Tx, caseId: string, at: Date): Promise<void> {
  await tx
    .updateTable('public_notice')
    .set({ closed_at: at })
    .where('case_id', '=', caseId)
    .where('closed_at', 'is', null)
    .execute();
}

async function lockNotice(tx: Tx, noticeId: string): Promise<{ notice: Notice; row: CaseRow }> {
  const found = await tx.selectFrom('public_notice').select('case_id').where('id', '=', noticeId).executeTakeFirst();
  if (!found) throw notFound();
  const row = await tx
    .selectFrom('case_file')
    .selectAll()
    .where('id', '=', found.case_id)
    .forUpdate()
    .executeTakeFirstOrThrow();
  const notice = await tx.selectFrom('public_notice').selectAll().where('id', '=', noticeId).executeTakeFirstOrThrow();
  return { notice, row };
}

const undecided = (tx: Tx, noticeId: string): Promise<Objection[]> =>
  tx
    .selectFrom('objection')
    .selectAll()
    .where('notice_id', '=', noticeId)
    .where('state', '=', 'filed')
    .orderBy('id')
    .execute();

/** Objections decided by one act. */
const TOGETHER_MAX = 100;

/** How a contact is compared: 139 1234 5678 and 13912345678 are one. */
const sameContact = (contact: string): string =>
  contact
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\s()+-]/g, '');

/** The three acts every public notice has, whatever procedure it belongs to. */
export function noticeActs(procedures: Procedures): Act[] {
  const procedureOf = (row: CaseRow): Procedure => {
    const found = procedures.get(row.procedure);
    if (!found) throw new Error(`case ${row.id} follows ${row.procedure}, which this program does not know`);
    return found;
  };

  /** 提出异议: by anybody while the notice is open; the first objection stops the publicity. */
  const object = act({
    name: 'notice.object',
    title: text('对公示提出异议', 'Object to a public notice'),
    by: anyone(),
    input: z.object({
      noticeId: NoticeId,
      grounds: z.string().trim().min(1).max(4_000).meta(field('异议理由', 'Grounds')),
      contact: z
        .string()
        .trim()
        .max(200)
        .optional()
        .meta(field('联系方式（仅办理单位可见）', 'Contact (seen by whoever investigates)')),
    }),
    secretInput: ['contact'],
    output: z.object({ objectionId: ObjectionId }),
    rules: [withinPublicity, noFloodOfObjections, newGround],
    facts: async ({ tx, actor, input }) => {
      const { notice, row } = await lockNotice(tx, input.noticeId);
      const waiting = await undecided(tx, notice.id);
      const dismissed = await tx
        .selectFrom('objection')
        .select(['party_id', 'contact', 'grounds'])
        .where('notice_id', '=', notice.id)
        .where('state', '=', 'dismissed')
        .execute();
      const contact = sameContact(input.contact ?? '');
      const own = dismissed.filter((o) =>
        actor.partyId !== null
          ? o.party_id === actor.partyId
          : contact !== '' && o.contact !== null && sameContact(o.contact) === contact,
      );
      return {
        grounds: input.grounds,
        dismissed: dismissed.map((o) => o.grounds),
        ownDismissed: own.map((o) => o.grounds),
        signedIn: actor.partyId !== null,
        own: waiting.filter((o) => o.party_id !== null && o.party_id === actor.partyId).length,
        anonymous: waiting.filter((o) => o.party_id === null).length,
        notice,
        row,
        open: notice.closed_at === null,
        closesAt: notice.closes_at?.toISOString() ?? null,
      };
    },
    perform: async ({ tx, actor, input, facts: { notice, row }, at, enqueue }) => {
      const objectionId = newId('obj');
      await tx
        .insertInto('objection')
        .values({
          id: objectionId,
          notice_id: notice.id,
          party_id: actor.partyId,
          grounds: input.grounds,
          contact: input.contact || null,
          filed_at: at,
          state: 'filed',
          reason: null,
          decided_at: null,
          decided_by: null,
        })
        .execute();
      const procedure = procedureOf(row);
      const moved = stateOf(procedure, row.state).moves.object
        ? await moveCase(tx, { procedure, row, event: 'object' }, { at, enqueue })
        : row;
      await tx.updateTable('public_notice').set({ closes_at: null }).where('id', '=', notice.id).execute();
      const { waits } = stateOf(procedure, moved.state);
      if (waits)
        await notifyPart(
          tx,
          row,
          waits.part,
          text('公示收到异议，请调查处理。', 'An objection came in: look into it.'),
          at,
        );
      return { objectionId };
    },
    entry: ({ facts, input, result }) => ({
      subject: result.objectionId,
      sealed: { notice: facts.notice.id, grounds: input.grounds },
    }),
  });

  /** 异议处理: by whoever the case waits for; an objection that holds sends the case back, the last one refused lets it go on. */
  const decide = act({
    name: 'notice.decide-objection',
    title: text('处理异议', 'Decide an objection'),
    by: signedIn(),
    input: z.object({
      objectionId: ObjectionId,
      decision: z.enum(['uphold', 'dismiss']).meta(field('异议成立、不成立', 'Upheld or dismissed')),
      reason: z.string().trim().min(2).max(2_000).meta(field('调查结论与理由', 'Findings and reason')),
    }),
    output: z.object({ objectionId: ObjectionId, caseState: z.string() }),
    rules: [decidedByWhoeverInvestigates],
    facts: async ({ tx, actor, input }) => {
      const found = await tx
        .selectFrom('objection')
        .select('notice_id')
        .where('id', '=', input.objectionId)
        .executeTakeFirst();
      if (!found) throw notFound();
      const { notice, row } = await lockNotice(tx, found.notice_id);
      const parts = await partsOf(tx, actor, row.id);
      if (parts.length === 0) throw notFound();
      const objection = await tx
        .selectFrom('objection')
        .selectAll()
        .where('id', '=', input.objectionId)
        .executeTakeFirstOrThrow();
      return {
        notice,
        row,
        objection,
        state: objection.state,
        parts,
        waitsFor: stateOf(procedureOf(row), row.state).waits?.part ?? null,
        objectorIsDecider: objection.party_id !== null && objection.party_id === actor.partyId,
      };
    },
    perform: async ({ tx, actor, input, facts: { notice, row, objection }, at, enqueue }) => {
      await tx
        .updateTable('objection')
        .set({
          state: input.decision === 'uphold' ? 'upheld' : 'dismissed',
          reason: input.reason,
          decided_at: at,
          decided_by: actor.partyId,
        })
        .where('id', '=', objection.id)
        .execute();
      const others = await undecided(tx, notice.id);
      const procedure = procedureOf(row);
      // One that holds is enough; one that does not lets the case go on only when it was the last.
      if (input.decision === 'dismiss' && others.length > 0) return { objectionId: objection.id, caseState: row.state };
      const moved = await moveCase(tx, { procedure, row, event: input.decision }, { at, enqueue });
      if (input.decision === 'uphold') await closeNotices(tx, row.id, at);
      else await tx.updateTable('public_notice').set({ closes_at: moved.due_at }).where('id', '=', notice.id).execute();
      return { objectionId: objection.id, caseState: moved.state };
    },
    entry: ({ facts, input }) => ({
      subject: facts.objection.id,
      sealed: { notice: facts.notice.id, decision: input.decision, reason: input.reason },
      parties: [facts.objection.party_id],
    }),
  });

  /** 一并认定异议不成立: many objections to one notice, for one reason that fits them all. */
  const dismiss = act({
    name: 'notice.dismiss-objections',
    title: text('一并认定异议不成立', 'Dismiss objections together'),
    by: signedIn(),
    input: z.object({
      objectionIds: z.array(ObjectionId).min(1).max(TOGETHER_MAX).meta(field('异议', 'Objections')),
      reason: z.string().trim().min(2).max(2_000).meta(field('调查结论与理由', 'Findings and reason')),
    }),
    output: z.object({ dismissed: z.number().int(), caseState: z.string() }),
    rules: [decidedByWhoeverInvestigates],
    facts: async ({ tx, actor, input }) => {
      const ids = [...new Set(input.objectionIds)];
      const found = await tx.selectFrom('objection').select('notice_id').where('id', 'in', ids).execute();
      const [first] = found;
      // Of one notice, and all there: whoever plays no part learns nothing of either.
      if (!first || found.length < ids.length || found.some((o) => o.notice_id !== first.notice_id)) throw notFound();
      const { notice, row } = await lockNotice(tx, first.notice_id);
      const parts = await partsOf(tx, actor, row.id);
      if (parts.length === 0) throw notFound();
      const objections = await tx.selectFrom('objection').selectAll().where('id', 'in', ids).execute();
      return {
        notice,
        row,
        ids,
        objectors: objections.map((o) => o.party_id),
        state: objections.find((o) => o.state !== 'filed')?.state ?? 'filed',
        parts,
        waitsFor: stateOf(procedureOf(row), row.state).waits?.part ?? null,
        objectorIsDecider: objections.some((o) => o.party_id !== null && o.party_id === actor.partyId),
      };
    },
    perform: async ({ tx, actor, input, facts: { notice, row, ids }, at, enqueue }) => {
      await tx
        .updateTable('objection')
        .set({ state: 'dismissed', reason: input.reason, decided_at: at, decided_by: actor.partyId })
        .where('id', 'in', ids)
        .execute();
      const dismissed = ids.length;
      if ((await undecided(tx, notice.id)).length > 0) return { dismissed, caseState: row.state };
      const moved = await moveCase(tx, { procedure: procedureOf(row), row, event: 'dismiss' }, { at, enqueue });
      await tx.updateTable('public_notice').set({ closes_at: moved.due_at }).where('id', '=', notice.id).execute();
      return { dismissed, caseState: moved.state };
    },
    entry: ({ facts, input }) => ({
      subject: facts.notice.id,
      sealed: { objections: facts.ids, decision: 'dismiss', reason: input.reason },
      parties: facts.objectors,
    }),
  });

  return [object, decide, dismiss];
}
