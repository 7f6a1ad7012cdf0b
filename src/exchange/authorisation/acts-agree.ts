import { z } from 'zod';
import { type Act, act, role } from '../../kernel/acts/index.ts';
import { moveCase, partsOf } from '../../kernel/cases/index.ts';
import type { Tx } from '../../kernel/database/index.ts';
import { text } from '../../kernel/text.ts';
import { openObjections } from './acts-review.ts';
import { monthsAfter, redraftAgreement } from './agreements.ts';
import { beginDuties } from './duties.ts';
import { EXPIRY_TASK } from './expiry.ts';
import { AgreementId } from './model.ts';
import { operation } from './procedure.ts';
import * as rules from './rules/index.ts';
import { getAgreement, lockAgreement } from './store.ts';

const field = (zh: string, en: string) => ({ title: zh, 'x-title-en': en });

/** 拟定协议期限: the authorising unit writes the agreement anew for another term, before anybody signs. */
const draft = act({
  name: 'agreement.draft',
  title: text('拟定协议期限', 'Draft the agreement for a term'),
  by: role('data-authority', 'data-provider'),
  input: z.object({
    agreementId: AgreementId,
    termMonths: z.number().int().min(1).max(1_200).meta(field('授权期限（月）', 'Term in months')),
  }),
  output: z.object({ agreementId: AgreementId, clausesHash: z.string(), validUntil: z.iso.datetime() }),
  rules: [rules.itsTurn, rules.publicityOver, rules.nobodySigned, rules.termIsLimited],
  facts: async ({ tx, actor, input, at }) => {
    const inHand = await lockAgreement(tx, actor, input.agreementId);
    const { row, agreement } = inHand;
    return {
      ...inHand,
      parts: await partsOf(tx, actor, row.id),
      needed: 'authoriser',
      signedByAnyone: agreement.authoriser_signed_at !== null || agreement.operator_signed_at !== null,
      ...(await publicityOf(tx, row.id)),
      validFrom: at.toISOString(),
      validUntil: monthsAfter(at, input.termMonths).toISOString(),
    };
  },
  version: (f) => f.row.version,
  perform: async ({ tx, input, facts: { agreement, validUntil }, at }) => {
    await redraftAgreement(tx, agreement, input.termMonths, at);
    const { clauses_hash } = await getAgreement(tx, agreement.id);
    return { agreementId: agreement.id, clausesHash: clauses_hash, validUntil };
  },
  entry: ({ facts: { agreement }, input, result }) => ({
    subject: agreement.application_id,
    sealed: { months: input.termMonths, clauses: result.clausesHash },
    parties: [agreement.operator_id, agreement.authoriser_id],
  }),
});

async function publicityOf(tx: Tx, caseId: string): Promise<{ openObjections: number; noticeClosed: boolean }> {
  const notices = await tx.selectFrom('public_notice').select('closed_at').where('case_id', '=', caseId).execute();
  return {
    openObjections: await openObjections(tx, caseId),
    noticeClosed: notices.length > 0 && notices.every((n) => n.closed_at !== null),
  };
}

/** 签署授权运营协议: both sign the same words; with the second signature the right to operate begins. */
const sign = act({
  name: 'agreement.sign',
  title: text('签署授权运营协议', 'Sign the operation agreement'),
  by: role('operating-unit', 'data-authority', 'data-provider'),
  input: z.object({
    agreementId: AgreementId,
    clausesHash: z
      .string()
      .regex(/^[0-9a-f]{64}$/)
      .meta(field('协议文本的哈希', 'Hash of the words')),
  }),
  output: z.object({ agreementId: AgreementId, state: z.string() }),
  rules: [rules.publicityOver, rules.agreementComplete, rules.termIsLimited, rules.signsTheseWords],
  facts: async ({ tx, actor, input }) => {
    const inHand = await lockAgreement(tx, actor, input.agreementId);
    const { row, agreement } = inHand;
    const side =
      actor.partyId === agreement.operator_id
        ? 'operator'
        : actor.partyId === agreement.authoriser_id
          ? 'authoriser'
          : null;
    return {
      ...inHand,
      side,
      hashSigned: input.clausesHash,
      hashOfWords: agreement.clauses_hash,
      signedBefore: (side === 'operator' ? agreement.operator_signed_at : agreement.authoriser_signed_at) !== null,
      ...(await publicityOf(tx, row.id)),
      clauses: Object.fromEntries(Object.entries(agreement.clauses).map(([name, c]) => [name, c.zh])),
      validFrom: agreement.valid_from.toISOString(),
      validUntil: agreement.valid_until.toISOString(),
    };
  },
  version: (f) => f.row.version,
  perform: async ({ tx, facts: { row, agreement, side }, at, enqueue }) => {
    const column = side === 'operator' ? 'operator_signed_at' : 'authoriser_signed_at';
    await tx
      .updateTable('operation_agreement')
      .set({ [column]: at })
      .where('id', '=', agreement.id)
      .execute();
    const other = side === 'operator' ? agreement.authoriser_signed_at : agreement.operator_signed_at;
    if (other === null) {
      // Who signs second is waited for; where the authorising unit signs first, the case waits for the other side already.
      if (side !== 'operator') return { agreementId: agreement.id, state: row.state };
      const waiting = await moveCase(tx, { procedure: operation, row, event: 'signed-first' }, { at, enqueue });
      return { agreementId: agreement.id, state: waiting.state };
    }
    const moved = await moveCase(tx, { procedure: operation, row, event: 'agree' }, { at, enqueue });
    await beginDuties(tx, agreement, { at, enqueue });
    enqueue({
      task: EXPIRY_TASK,
      payload: { agreementId: agreement.id },
      key: `${EXPIRY_TASK} ${agreement.id}`,
      runAt: agreement.valid_until,
    });
    return { agreementId: agreement.id, state: moved.state };
  },
  entry: ({ facts: { agreement, side } }) => ({
    subject: agreement.application_id,
    // Clauses follow a model agreement: a bare hash of them could be found by trying.
    sealed: { side, clauses: agreement.clauses_hash },
    parties: [agreement.operator_id, agreement.authoriser_id],
  }),
});

/** 汇总运营单位名单报备 (art. 8, last paragraph). */
const file = act({
  name: 'authorisation.file',
  title: text('报同级政府备案', 'File with the government'),
  by: role('data-authority'),
  input: z.object({
    agreementId: AgreementId,
    filingNumber: z.string().trim().min(2).max(60).meta(field('备案号', 'Filing number')),
  }),
  output: z.object({ agreementId: AgreementId, state: z.string() }),
  rules: [rules.itsTurn, rules.filedWithGovernment],
  facts: async ({ tx, actor, input }) => {
    const inHand = await lockAgreement(tx, actor, input.agreementId);
    return {
      ...inHand,
      parts: await partsOf(tx, actor, inHand.row.id),
      needed: 'authority',
      filingNumber: input.filingNumber,
      dueAt: inHand.row.due_at?.toISOString() ?? null,
    };
  },
  version: (f) => f.row.version,
  perform: async ({ tx, input, facts: { row, agreement }, at, enqueue }) => {
    const moved = await moveCase(tx, { procedure: operation, row, event: 'file' }, { at, enqueue });
    await tx
      .updateTable('operation_agreement')
      .set({ filed_at: at, filing_number: input.filingNumber })
      .where('id', '=', agreement.id)
      .execute();
    return { agreementId: agreement.id, state: moved.state };
  },
  entry: ({ facts: { agreement } }) => ({
    subject: agreement.operator_id,
    public: true,
    open: { mode: agreement.mode, until: agreement.valid_until.toISOString() },
    parties: [agreement.operator_id, agreement.authoriser_id],
  }),
});

export const agreeActs: readonly Act[] = [draft, sign, file];
