import { sql } from 'kysely';
import { z } from 'zod';
import { type Act, act, notFound, refused, role } from '../acts/index.ts';
import type { Tx } from '../database/index.ts';
import { type Text, text } from '../text.ts';
import { notRetroactive, onlyDrafts } from './adoption-rules.ts';
import type { Rulebook, RulebookDocument } from './documents.ts';
import { beijingDay } from './rule.ts';
import { type Adoption, adoptions } from './tables.ts';

const REASON_MAX = 1000;

const Document = z
  .string()
  .regex(/^[A-Z0-9]{2,10}$/)
  .meta({ title: '文件', 'x-title-en': 'Document' });
const Reason = z.string().trim().min(1).max(REASON_MAX).meta({ title: '理由', 'x-title-en': 'Reason' });

/** Decided by those who answer for the exchange, and public from then on. */
const deciders = () => role('data-authority', 'exchange');

/** Drafts bind only where the operator adopted them: the two acts that say so (architecture §5). */
export function rulebookActs(rulebook: Rulebook): Act[] {
  /** Two people deciding on the same document at once are put in a row; nobody can adopt what is not in the rulebook. */
  const load = async (tx: Tx, code: string): Promise<{ document: RulebookDocument; living: Adoption | undefined }> => {
    const document = rulebook.documents.get(code);
    if (!document) throw notFound();
    await sql`select pg_advisory_xact_lock(hashtextextended(${`document_adoption ${code}`}, 0))`.execute(tx);
    const living = (await adoptions(tx)).find((a) => a.document === code && a.revokedAt === null);
    return { document, living };
  };

  const adopt = act({
    name: 'rulebook.adopt',
    title: text('采用草案', 'Adopt a draft'),
    by: deciders(),
    secondFactor: true,
    input: z.object({
      document: Document,
      adoptedFrom: z.iso.date().meta({ title: '自何日起', 'x-title-en': 'Binding from' }),
      reason: Reason,
    }),
    output: z.object({ document: z.string(), adoptedFrom: z.string() }),
    rules: [onlyDrafts, notRetroactive],
    facts: async ({ tx, input, at }) => {
      const { document, living } = await load(tx, input.document);
      return {
        status: document.status as string,
        adoptedFrom: input.adoptedFrom,
        today: beijingDay(at),
        short: document.short,
        livingFrom: living?.adoptedFrom ?? null,
      };
    },
    perform: async ({ tx, input, facts, actId }) => {
      if (facts.livingFrom !== null) throw alreadyAdopted(facts.short, facts.livingFrom);
      const row = { revoked_at: null, reason: input.reason, act_id: actId };
      // A draft adopted, revoked and adopted again for the same day is one row; the acts themselves stay in the log.
      await tx
        .insertInto('document_adoption')
        .values({ document: input.document, adopted_from: input.adoptedFrom, ...row })
        .onConflict((c) => c.columns(['document', 'adopted_from']).doUpdateSet(row))
        .execute();
      return { document: input.document, adoptedFrom: input.adoptedFrom };
    },
    entry: ({ input }) => ({
      subject: input.document,
      public: true,
      open: { adoptedFrom: input.adoptedFrom },
      sealed: { reason: input.reason },
    }),
  });

  const revoke = act({
    name: 'rulebook.revoke-adoption',
    title: text('撤销采用', 'Revoke an adoption'),
    by: deciders(),
    secondFactor: true,
    input: z.object({ document: Document, reason: Reason }),
    output: z.object({ document: z.string(), adoptedFrom: z.string() }),
    facts: async ({ tx, input }) => {
      const { document, living } = await load(tx, input.document);
      return { short: document.short, livingFrom: living?.adoptedFrom ?? null };
    },
    perform: async ({ tx, input, facts, at }) => {
      if (facts.livingFrom === null) throw notAdopted(facts.short);
      await tx
        .updateTable('document_adoption')
        .set({ revoked_at: at })
        .where('document', '=', input.document)
        .where('adopted_from', '=', facts.livingFrom)
        .execute();
      return { document: input.document, adoptedFrom: facts.livingFrom };
    },
    entry: ({ input, result }) => ({
      subject: input.document,
      public: true,
      open: { adoptedFrom: result.adoptedFrom },
      sealed: { reason: input.reason },
    }),
  });

  return [adopt, revoke];
}

const alreadyAdopted = (short: Text, from: string) =>
  refused(
    'state',
    'HS-9.3',
    text('已经采用', 'Already adopted'),
    text(`《${short.zh}》已决定自${from}起采用。`, `“${short.en}” is adopted from ${from} on.`),
    text('如要改变日期，请先撤销采用。', 'To change the day, revoke the adoption first.'),
  );

const notAdopted = (short: Text) =>
  refused(
    'state',
    'HS-9.4',
    text('尚未采用', 'Not adopted'),
    text(`《${short.zh}》目前没有有效的采用。`, `No adoption of “${short.en}” is living.`),
    text('无需撤销。', 'There is nothing to revoke.'),
  );
