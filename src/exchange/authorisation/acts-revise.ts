import { z } from 'zod';
import { type Act, act, role } from '../../kernel/acts/index.ts';
import { moveCase, partsOf } from '../../kernel/cases/index.ts';
import { text } from '../../kernel/text.ts';
import { keptClauses } from './agreements.ts';
import { AgreementId, CLAUSE_TITLES, CLAUSES, type Clause } from './model.ts';
import { operation } from './procedure.ts';
import * as rules from './rules/index.ts';
import { lockAgreement } from './store.ts';

const Words = z.object({ zh: z.string().trim().max(10_000), en: z.string().trim().max(10_000) });
const Clauses = z
  .object(
    Object.fromEntries(
      CLAUSES.map((c) => [c, Words.meta({ title: CLAUSE_TITLES[c].zh, 'x-title-en': CLAUSE_TITLES[c].en }).optional()]),
    ) as Record<Clause, z.ZodOptional<typeof Words>>,
  )
  .meta({ title: '条款', 'x-title-en': 'Clauses' });

/** 修订协议草案: what both agreed at the table goes into the words; a signature under the old words falls away. */
const revise = act({
  name: 'agreement.revise',
  title: text('修订协议草案', 'Revise a draft agreement'),
  by: role('data-authority', 'data-provider'),
  input: z.object({ agreementId: AgreementId, clauses: Clauses }),
  output: z.object({ agreementId: AgreementId, clausesHash: z.string() }),
  rules: [rules.itsTurn, rules.agreementComplete],
  facts: async ({ tx, actor, input }) => {
    const inHand = await lockAgreement(tx, actor, input.agreementId);
    const { row, agreement } = inHand;
    const given = Object.entries(input.clauses).filter(([, words]) => words !== undefined);
    const revised = { ...agreement.clauses, ...Object.fromEntries(given) };
    return {
      ...inHand,
      parts: await partsOf(tx, actor, row.id),
      needed: 'authoriser',
      revised,
      clauses: Object.fromEntries(Object.entries(revised).map(([name, words]) => [name, words.zh])),
    };
  },
  version: (f) => f.row.version,
  perform: async ({ tx, facts: { agreement, row, revised }, at, enqueue }) => {
    const kept = keptClauses(revised);
    await tx
      .updateTable('operation_agreement')
      .set({
        ...kept,
        authoriser_signed_at: null,
        operator_signed_at: null,
      })
      .where('id', '=', agreement.id)
      .execute();
    await moveCase(tx, { procedure: operation, row, event: 'revise' }, { at, enqueue });
    return { agreementId: agreement.id, clausesHash: kept.clauses_hash };
  },
  entry: ({ facts: { agreement }, result }) => ({
    subject: agreement.application_id,
    sealed: { clauses: result.clausesHash },
    parties: [agreement.operator_id, agreement.authoriser_id],
  }),
});

export const reviseActs: readonly Act[] = [revise];
