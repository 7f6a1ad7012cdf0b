import { sql } from 'kysely';
import { z } from 'zod';
import { type Act, act, anyone, notFound, role } from '../../kernel/acts/index.ts';
import type { Tx } from '../../kernel/database/index.ts';
import { newUlid } from '../../kernel/ids.ts';
import { valueAt } from '../../kernel/rulebook/index.ts';
import { text } from '../../kernel/text.ts';
import { type Consent, ConsentId, type ConsentNotice, codeHash, KEEPERS, NoticeId } from './model.ts';
import * as rules from './rules.ts';
import { lockPurpose, stopUse } from './store.ts';

const HOUR_MS = 3_600_000;
const BY_CODE = 'consent.withdraw-by-code';
const field = (zh: string, en: string) => ({ title: zh, 'x-title-en': en });

const Withdrawn = z.object({ consentId: ConsentId, effect: z.enum(['rows-left-out', 'rights-ended']) });

async function lockConsent(
  tx: Tx,
  found: Pick<Consent, 'id' | 'resource_id' | 'purpose'> | undefined,
): Promise<{ consent: Consent; notice: ConsentNotice }> {
  if (!found) throw notFound();
  await lockPurpose(tx, found);
  const consent = await tx
    .selectFrom('consent')
    .selectAll()
    .where('id', '=', found.id)
    .forUpdate()
    .executeTakeFirstOrThrow();
  const notice = await tx
    .selectFrom('consent_notice')
    .selectAll()
    .where('id', '=', consent.notice_id)
    .executeTakeFirstOrThrow();
  return { consent, notice };
}

async function withdraw(
  tx: Tx,
  { consent, notice }: { consent: Consent; notice: ConsentNotice },
  by: 'subject' | 'keeper',
  at: Date,
) {
  await tx.updateTable('consent').set({ withdrawn_at: at, withdrawn_by: by }).where('id', '=', consent.id).execute();
  return { consentId: consent.id, effect: await stopUse(tx, notice, consent.recorded_at, at) };
}

/** 撤回同意（由留存单位代为办理） */
const withdrawFor = act({
  name: 'consent.withdraw',
  title: text('撤回同意', 'Withdraw a consent'),
  by: role(...KEEPERS),
  input: z.object({ consentId: ConsentId }),
  output: Withdrawn,
  rules: [rules.mayWithdraw],
  facts: async ({ tx, actor, input }) => {
    const found = await tx
      .selectFrom('consent')
      .select(['id', 'resource_id', 'purpose'])
      .where('id', '=', input.consentId)
      .where('party_id', '=', actor.partyId ?? '')
      .executeTakeFirst();
    const inHand = await lockConsent(tx, found);
    return { ...inHand, withdrawn: inHand.consent.withdrawn_at !== null };
  },
  perform: ({ tx, facts, at }) => withdraw(tx, facts, 'keeper', at),
  entry: ({ facts: { consent }, result }) => ({
    subject: consent.id,
    sealed: { by: 'keeper', effect: result.effect, subject: consent.subject_digest },
  }),
});

/** Wrong codes entered within the last hour, by anybody; counted no further than it matters. */
async function missesOf(tx: Tx, at: Date): Promise<number> {
  const since = `rfs_${newUlid(at.getTime() - HOUR_MS)}`;
  const { rows } = await sql`select from refusal
    where act_name = ${BY_CODE} and id >= ${since} and violations->0->>'rule' = ${rules.codeMatches.id}
    limit ${valueAt(rules.MISSES_MOST, at).value}`.execute(tx);
  return rows.length;
}

/** 本人撤回同意: with the code that came with the notice, without signing in and without a reason (PIPL-15.1). */
const withdrawByCode = act({
  name: BY_CODE,
  title: text('本人凭码撤回同意', 'Withdraw one’s consent with its code'),
  by: anyone(),
  input: z.object({
    code: z.string().trim().min(10).max(40).meta(field('撤回码', 'Code of withdrawal')),
    noticeId: NoticeId.optional().meta(field('告知书编号（提示时填写）', 'Number of the notice (only when asked for)')),
  }),
  secretInput: ['code'],
  output: z.object({ purpose: z.string(), processor: z.string(), withdrawnAt: z.iso.datetime() }),
  rules: [rules.codeMatches, rules.mayWithdraw],
  facts: async ({ tx, input, at }) => {
    const misses = await missesOf(tx, at);
    const numbered = input.noticeId !== undefined;
    // Nothing is told of a code that is not looked at.
    const held = misses >= valueAt(rules.MISSES_MOST, at).value && !numbered;
    const found = await tx
      .selectFrom('consent')
      .select(['id', 'resource_id', 'purpose'])
      .where('code_hash', '=', codeHash(input.code))
      .$if(numbered, (q) => q.where('notice_id', '=', input.noticeId ?? ''))
      .executeTakeFirst();
    const inHand = found && !held ? await lockConsent(tx, found) : null;
    return {
      misses,
      numbered,
      known: inHand !== null,
      withdrawn: inHand !== null && inHand.consent.withdrawn_at !== null,
      // A function, because facts are kept under a commitment, and this is nobody's to keep.
      found: () => {
        if (!inHand) throw new Error('a consent that was not found is not withdrawn');
        return inHand;
      },
    };
  },
  perform: async ({ tx, facts, at }) => {
    const inHand = facts.found();
    await withdraw(tx, inHand, 'subject', at);
    return {
      purpose: inHand.notice.purpose,
      processor: inHand.notice.content.processor,
      withdrawnAt: at.toISOString(),
    };
  },
  entry: ({ facts }) => {
    const { consent } = facts.found();
    return {
      subject: consent.id,
      sealed: { by: 'subject', subject: consent.subject_digest },
      parties: [consent.party_id],
    };
  },
});

export const withdrawActs: readonly Act[] = [withdrawFor, withdrawByCode];
