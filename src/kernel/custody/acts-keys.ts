import { z } from 'zod';
import { act, role, system } from '../acts/index.ts';
import { notifyParty } from '../cases/index.ts';
import { idOf, newId } from '../ids.ts';
import { text } from '../text.ts';
import { REMOVE_TASK, ROTATE_TASK, RotationId, StoredObjectId } from './model.ts';
import * as rules from './rules.ts';
import { destroyKeys, endingFacts, lockObject, withFiles } from './store.ts';

const field = (zh: string, en: string) => ({ title: zh, 'x-title-en': en });
const PartyRef = idOf('pty', text('单位编号', 'Party id'));

/** 轮换密钥: asked here, done by a job that wraps keys anew; no data is written again. */
export const rotateKeys = act({
  name: 'custody.rotate-keys',
  title: text('轮换保管密钥', 'Rotate the keys of the vault'),
  by: role('security-admin'),
  secondFactor: true,
  input: z.object({
    /** Left out: the master key. */
    partyId: PartyRef.optional(),
    reason: z.string().trim().min(2).max(500).meta(field('理由', 'Reason')),
  }),
  output: z.object({ rotationId: RotationId }),
  rules: [rules.oneRotation],
  facts: async ({ tx, input }) => {
    const running = await tx
      .selectFrom('key_rotation')
      .select('id')
      .where('kind', '=', input.partyId ? 'owner' : 'master')
      .where('party_id', input.partyId ? '=' : 'is', input.partyId ?? null)
      .where('done_at', 'is', null)
      .executeTakeFirst();
    const key = input.partyId
      ? await tx
          .selectFrom('vault_object')
          .select('id')
          .where('owner_party_id', '=', input.partyId)
          .limit(1)
          .executeTakeFirst()
      : true;
    return { running: running !== undefined, hasKey: key !== undefined };
  },
  perform: async ({ tx, input, at, enqueue }) => {
    const rotationId = newId('rot');
    await tx
      .insertInto('key_rotation')
      .values({
        id: rotationId,
        kind: input.partyId ? 'owner' : 'master',
        party_id: input.partyId ?? null,
        reason: input.reason,
        asked_at: at,
      })
      .execute();
    enqueue({ task: ROTATE_TASK, payload: { rotationId }, key: rotationId });
    return { rotationId };
  },
  entry: ({ input, result }) => ({
    subject: result.rotationId,
    sealed: { party: input.partyId ?? null, reason: input.reason },
    parties: [input.partyId ?? null],
  }),
});

/** 密钥轮换完成 */
export const recordRotation = act({
  name: 'custody.record-rotation',
  title: text('密钥轮换完成', 'Record a rotation'),
  by: system(),
  input: z.object({ rotationId: RotationId, rewrapped: z.number().int().min(0) }),
  output: z.object({ rotationId: RotationId }),
  facts: ({ tx, input }) =>
    tx.selectFrom('key_rotation').selectAll().where('id', '=', input.rotationId).forUpdate().executeTakeFirstOrThrow(),
  perform: async ({ tx, input, at }) => {
    await tx
      .updateTable('key_rotation')
      .set({ done_at: at, rewrapped: input.rewrapped })
      .where('id', '=', input.rotationId)
      .execute();
    return { rotationId: input.rotationId };
  },
  entry: ({ input, facts }) => ({
    subject: input.rotationId,
    sealed: { key: facts.new_key_id, rewrapped: input.rewrapped },
    parties: [facts.party_id],
  }),
});

/** 到期清除: what its owner wanted cleared at the end of its time; the key is destroyed with the evidence. */
export const expireObject = act({
  name: 'custody.expire',
  title: text('保存期满清除', 'Clear what was kept long enough'),
  by: system(),
  input: z.object({ objectId: StoredObjectId }),
  output: z.object({ objectId: StoredObjectId }),
  rules: [rules.notHeld, rules.retentionOver, rules.notNeeded],
  facts: async ({ tx, input }) => {
    const object = await lockObject(tx, input.objectId);
    const ids = await withFiles(tx, [object.id]);
    return { ...(await endingFacts(tx, ids)), object, ids };
  },
  perform: async ({ tx, facts, at, enqueue }) => {
    await destroyKeys(tx, facts.ids, at);
    enqueue({ task: REMOVE_TASK, payload: { objectIds: facts.ids } });
    return { objectId: facts.object.id };
  },
  entry: ({ facts }) => ({
    subject: facts.object.id,
    sealed: { sha256: facts.object.sha256, keptUntil: facts.keptUntil },
    parties: [facts.object.owner_party_id],
  }),
});

/** 完整性告警: told once, when the damage is found. */
export const recordDamage = act({
  name: 'custody.record-damage',
  title: text('存储数据完整性受损', 'Record damaged data'),
  by: system(),
  input: z.object({ objectId: StoredObjectId }),
  output: z.object({ objectId: StoredObjectId }),
  rules: [rules.undamaged],
  facts: async ({ tx, input }) => ({ damaged: true, object: await lockObject(tx, input.objectId) }),
  perform: async ({ tx, facts, at }) => {
    await tx.updateTable('vault_object').set({ damaged_at: at }).where('id', '=', facts.object.id).execute();
    await notifyParty(
      tx,
      facts.object.owner_party_id,
      text(
        `保管的数据“${facts.object.name}”未通过完整性校验，请联系交易所从备份恢复。`,
        `“${facts.object.name}” in custody failed its integrity check; ask the exchange to restore it.`,
      ),
      at,
    );
    return { objectId: facts.object.id };
  },
  entry: ({ facts }) => ({
    subject: facts.object.id,
    sealed: { sha256: facts.object.sha256 },
    parties: [facts.object.owner_party_id],
  }),
});
