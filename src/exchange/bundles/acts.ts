import { z } from 'zod';
import { type Act, type Actor, act, notFound, refused, signedIn, system } from '../../kernel/acts/index.ts';
import type { Tx } from '../../kernel/database/index.ts';
import { seesAllReceipts } from '../../kernel/evidence/reads.ts';
import { newId } from '../../kernel/ids.ts';
import { valueAt } from '../../kernel/rulebook/index.ts';
import { TextSchema, text } from '../../kernel/text.ts';
import { PartyId } from '../parties/index.ts';
import { lifeOf } from '../timelines/index.ts';
import { type Bundle, BundleId, bundleLife } from './model.ts';
import { bundleSize, bundlesAtOnce, KEPT_DAYS, LINK_MINUTES, periodInOrder } from './rules.ts';
import { partyItself, receiptsIn } from './scope.ts';
import { linkUrl } from './setting.ts';

export const MAKE_TASK = 'bundles.make';
export const REMOVE_TASK = 'bundles.remove';
const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
const SECOND_MS = 1_000;
/** Counting goes no further: the rule says what is too many. */
const COUNTED_MAX = 100_000;

const field = (zh: string, en: string) => ({ title: zh, 'x-title-en': en });
const Day = z.iso.date();

/** Midnight in Beijing, where a day of the form begins. */
const startOf = (day: string): Date => new Date(`${day}T00:00:00+08:00`);

/** 制作司法包: everything a party may show of a subject, a period or all, for a court or an auditor. */
const exportBundle = act({
  name: 'evidence.export-bundle',
  title: text('制作司法包', 'Make a court bundle'),
  by: signedIn(),
  input: z.object({
    subjectId: z
      .string()
      .regex(/^(res|prd|asm|ord|dlv|clr|cer|cas)_[0-9a-hjkmnp-tv-z]{26}$/)
      .optional()
      .meta({
        ...field('事项编号（不填为全部）', 'Subject; all when left out'),
        'x-id': 'res|prd|asm|ord|dlv|clr|cer|cas',
      }),
    from: Day.optional().meta(field('起日', 'From')),
    until: Day.optional().meta(field('止日（含当日）', 'Until, inclusive')),
    partyId: PartyId.optional().meta(
      field(
        '谁的存证（监管、审计、公证填写；不填为本单位）',
        'Whose evidence, for supervisors, auditors and notaries; your own when left out',
      ),
    ),
  }),
  output: z.object({ bundleId: BundleId, receipts: z.number().int(), expiresAt: z.iso.datetime() }),
  rules: [periodInOrder, bundlesAtOnce, bundleSize],
  facts: async ({ tx, actor, input, at }) => {
    const requester = actor.partyId;
    const partyId = input.partyId ?? requester;
    if (requester === null || partyId === null) throw notFound();
    if (partyId !== requester && !seesAllReceipts(actor)) throw notFound();
    const party = await tx.selectFrom('party').select('id').where('id', '=', partyId).executeTakeFirst();
    if (!party) throw notFound();
    const subject = input.subjectId ?? null;
    if (subject !== null && !(await lifeOf(tx, partyItself(partyId), subject))) throw notFound();
    const until = input.until === undefined ? null : new Date(startOf(input.until).getTime() + DAY_MS);
    const from = input.from === undefined ? null : startOf(input.from);
    const scope = { partyId, subject, from, until, before: null };
    const receipts = (await receiptsIn(tx, scope, COUNTED_MAX)).length;
    // A subject of others is as if it were not there.
    if (subject !== null && receipts === 0 && from === null && until === null) throw notFound();
    const { making } = await tx
      .selectFrom('evidence_bundle')
      .select((e) => e.fn.countAll<number>().as('making'))
      .where('requested_by', '=', requester)
      .where('state', '=', 'making')
      .executeTakeFirstOrThrow();
    return {
      requester,
      partyId,
      subject,
      from: from?.toISOString() ?? null,
      until: until?.toISOString() ?? null,
      receipts,
      making: Number(making),
      openings: opens(actor, partyId),
      keptDays: valueAt(KEPT_DAYS, at).value,
    };
  },
  perform: async ({ tx, facts, actId, at, enqueue }) => {
    const bundleId = newId('bdl');
    const expiresAt = new Date(at.getTime() + facts.keptDays * DAY_MS);
    await tx
      .insertInto('evidence_bundle')
      .values({
        id: bundleId,
        party_id: facts.partyId,
        requested_by: facts.requester,
        requested_at: at,
        requested_act: actId,
        subject: facts.subject,
        from_at: facts.from === null ? null : new Date(facts.from),
        until_at: facts.until === null ? null : new Date(facts.until),
        openings: facts.openings,
        state: bundleLife.first as 'making',
        receipts: facts.receipts,
        failure: null,
        object_id: null,
        bytes: null,
        sha256: null,
        sealed_act: null,
        made_at: null,
        expires_at: expiresAt,
      })
      .execute();
    enqueue({ task: MAKE_TASK, payload: { bundleId }, key: `${MAKE_TASK} ${bundleId}` });
    enqueue({ task: REMOVE_TASK, payload: { bundleId }, key: `${REMOVE_TASK} ${bundleId}`, runAt: expiresAt });
    return { bundleId, receipts: facts.receipts, expiresAt: expiresAt.toISOString() };
  },
  entry: ({ facts, result }) => ({
    subject: result.bundleId,
    sealed: {
      of: facts.partyId,
      about: facts.subject,
      from: facts.from,
      until: facts.until,
      receipts: facts.receipts,
    },
  }),
});

/** A notary confirms what stands in the log and sees of its content what a party shows itself. */
const opens = (actor: Actor, partyId: string): boolean =>
  actor.partyId === partyId || actor.roles.some((r) => r === 'regulator' || r === 'audit-admin');

/** @throws notFound for what is not the actor's, as for what does not exist */
async function locked(tx: Tx, bundleId: string, actor: Actor): Promise<Bundle> {
  const row = await tx
    .selectFrom('evidence_bundle')
    .selectAll()
    .where('id', '=', bundleId)
    .forUpdate()
    .executeTakeFirst();
  if (!row || (actor.kind !== 'system' && (actor.partyId === null || row.requested_by !== actor.partyId)))
    throw notFound();
  return row;
}

const linkBundle = act({
  name: 'evidence.link-bundle',
  title: text('生成司法包下载链接', 'Make a download link of a court bundle'),
  by: signedIn(),
  input: z.object({ bundleId: BundleId }),
  output: z.object({ url: z.string(), expiresAt: z.iso.datetime() }),
  secretOutput: ['url'],
  facts: async ({ tx, actor, input, at }) => {
    const row = await locked(tx, input.bundleId, actor);
    if (row.state !== 'ready') throw notReady(row);
    const linkMinutes = valueAt(LINK_MINUTES, at).value;
    return { id: row.id, sha256: row.sha256, until: row.expires_at.toISOString(), linkMinutes };
  },
  perform: async ({ facts, at }) => {
    const until = Math.min(at.getTime() + facts.linkMinutes * MINUTE_MS, Date.parse(facts.until));
    const expires = Math.floor(until / SECOND_MS);
    return {
      url: linkUrl({ bundleId: facts.id, expires }),
      expiresAt: new Date(expires * SECOND_MS).toISOString(),
    };
  },
  entry: ({ facts, result }) => ({
    subject: facts.id,
    sealed: { object: `sha256:${facts.sha256}`, expiresAt: result.expiresAt },
  }),
});

function notReady({ state }: Bundle) {
  return refused(
    'state',
    'HS-10.63',
    text('司法包还不能下载', 'The bundle cannot be downloaded'),
    text(`司法包${bundleLife.title(state).zh}。`, `The bundle is ${bundleLife.title(state).en}.`),
    state === 'making'
      ? text('请等它做完。', 'Wait until it is made.')
      : text('请重新申请一个。', 'Ask for a new one.'),
  );
}

const removal = {
  input: z.object({ bundleId: BundleId }),
  output: z.object({ bundleId: BundleId, objectId: z.string().nullable() }),
  facts: async ({ tx, actor, input }: { tx: Tx; actor: Actor; input: { bundleId: string } }) => {
    const row = await locked(tx, input.bundleId, actor);
    return { id: row.id, state: row.state, version: row.version, objectId: row.object_id };
  },
};

const removeBundle = act({
  name: 'evidence.remove-bundle',
  title: text('删除司法包', 'Remove a court bundle'),
  by: signedIn(),
  ...removal,
  version: (facts) => facts.version,
  perform: async ({ tx, facts, enqueue }) => {
    await toRemoved(tx, facts);
    // The object goes after the commit: nobody can link to it any more.
    enqueue({ task: REMOVE_TASK, payload: { bundleId: facts.id }, key: `${REMOVE_TASK} ${facts.id}` });
    return { bundleId: facts.id, objectId: facts.objectId };
  },
  entry: ({ facts }) => ({ subject: facts.id }),
});

async function toRemoved(tx: Tx, facts: { id: string; state: Bundle['state']; version: number }): Promise<void> {
  const state = bundleLife.move(facts.state, 'remove');
  await tx
    .updateTable('evidence_bundle')
    .set({ state, version: facts.version + 1 })
    .where('id', '=', facts.id)
    .execute();
}

/** When its days are over. */
export const expireBundle = act({
  name: 'evidence.expire-bundle',
  title: text('司法包到期', 'A court bundle expires'),
  by: system(),
  ...removal,
  perform: async ({ tx, facts }) => {
    await toRemoved(tx, facts);
    return { bundleId: facts.id, objectId: facts.objectId };
  },
  entry: ({ facts }) => ({ subject: facts.id }),
});

/** 封存司法包: puts the hash of the bundle's list of files into the log, so that the log itself vouches for every byte. */
export const sealBundle = act({
  name: 'evidence.seal-bundle',
  title: text('封存司法包', 'Seal a court bundle'),
  by: system(),
  input: z.object({ bundleId: BundleId, manifestSha256: z.string().regex(/^[0-9a-f]{64}$/) }),
  output: z.object({ bundleId: BundleId }),
  facts: async ({ tx, actor, input }) => {
    const row = await locked(tx, input.bundleId, actor);
    if (row.state !== 'making') throw notReady(row);
    return { id: row.id };
  },
  perform: async ({ tx, facts, actId }) => {
    await tx.updateTable('evidence_bundle').set({ sealed_act: actId }).where('id', '=', facts.id).execute();
    return { bundleId: facts.id };
  },
  entry: ({ input, facts }) => ({
    subject: facts.id,
    open: { bundle: facts.id, manifest: `sha256:${input.manifestSha256}` },
  }),
});

export const finishBundle = act({
  name: 'evidence.finish-bundle',
  title: text('司法包做成', 'A court bundle is ready'),
  by: system(),
  input: z.object({
    bundleId: BundleId,
    objectId: z.string(),
    bytes: z.number().int(),
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
  }),
  output: z.object({ bundleId: BundleId }),
  facts: async ({ tx, actor, input }) => {
    const { id, state, version, requested_by } = await locked(tx, input.bundleId, actor);
    return { id, state, version, requester: requested_by };
  },
  perform: async ({ tx, facts, input, at }) => {
    const state = bundleLife.move(facts.state, 'finish');
    await tx
      .updateTable('evidence_bundle')
      .set((e) => ({
        state,
        version: facts.version + 1,
        object_id: input.objectId,
        bytes: input.bytes,
        sha256: input.sha256,
        done: e.ref('receipts'),
        made_at: at,
      }))
      .where('id', '=', facts.id)
      .execute();
    return { bundleId: facts.id };
  },
  entry: ({ facts, input }) => ({
    subject: facts.id,
    sealed: { object: `sha256:${input.sha256}`, bytes: input.bytes },
    parties: [facts.requester],
  }),
});

export const failBundle = act({
  name: 'evidence.fail-bundle',
  title: text('司法包没有做成', 'A court bundle could not be made'),
  by: system(),
  input: z.object({ bundleId: BundleId, failure: TextSchema }),
  output: z.object({ bundleId: BundleId }),
  facts: async ({ tx, actor, input }) => {
    const { id, state, version, requested_by } = await locked(tx, input.bundleId, actor);
    return { id, state, version, requester: requested_by };
  },
  perform: async ({ tx, facts, input }) => {
    const state = bundleLife.move(facts.state, 'fail');
    await tx
      .updateTable('evidence_bundle')
      .set({ state, version: facts.version + 1, failure: JSON.stringify(input.failure) })
      .where('id', '=', facts.id)
      .execute();
    return { bundleId: facts.id };
  },
  entry: ({ facts, input }) => ({
    subject: facts.id,
    sealed: { failure: input.failure },
    parties: [facts.requester],
  }),
});

export const acts: readonly Act[] = [
  exportBundle,
  linkBundle,
  removeBundle,
  sealBundle,
  finishBundle,
  failBundle,
  expireBundle,
];
