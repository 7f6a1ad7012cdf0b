import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Act, Actor } from '../../kernel/acts/index.ts';
import { beijingDay } from '../../kernel/rulebook/index.ts';
import { platform } from '../../platform.ts';
import { hashOf } from './model.ts';
import type { GrantPolicy } from './policy.ts';
import { type SandboxWorld, sandboxWorld } from './testing.ts';

let w: SandboxWorld;
beforeAll(async () => {
  w = await sandboxWorld();
}, 120_000);
afterAll(() => w?.close());

const rulesOf = async (act: string, actor: Actor, input: unknown) =>
  (await w.refusal(act, actor, input)).violations.map((v) => v.rule);

describe('a project', () => {
  it('is opened by a party with its own people, changed with its version, and closed with its grants', async () => {
    const stranger = await w.t.party('示例外人公司', ['operating-unit']);
    await w.person(stranger);
    expect(
      (await w.refusal('sandbox.open-project', w.operator, w.project({ memberIds: [stranger.personId] }))).kind,
    ).toBe('not-found');
    const { projectId } = await w.run('sandbox.open-project', w.operator, w.project());
    expect((await w.refusal('sandbox.set-members', stranger, { projectId, memberIds: [stranger.personId] })).kind).toBe(
      'not-found',
    );
    await w.run('sandbox.set-members', w.operator, {
      projectId,
      memberIds: [w.operator.personId, w.colleague.personId],
    });
    const { grantId } = await w.grant(String(projectId));
    const before = await w.look('/sandbox-projects/:projectId', w.operator, { projectId });
    expect(before).toMatchObject({ part: 'operator', memberCount: 2, tables: 1, mayAsk: true, version: 2 });
    await w.run('sandbox.close-project', w.operator, { projectId, reason: '研究结束' });
    const after = await w.look('/sandbox-projects/:projectId', w.operator, { projectId });
    expect(after).toMatchObject({ state: 'closed', tables: 0, mayAsk: false });
    expect(after.tableList).toMatchObject([{ grantId, state: 'revoked' }]);
    expect(
      (await w.refusal('sandbox.set-members', w.operator, { projectId, memberIds: [w.operator.personId] }))
        .violations[0]?.rule,
    ).toBe('HS-21.1');
    await w.t.jobs();
    // What was prepared of it goes with it.
    expect(await w.t.db.selectFrom('sandbox_prepared').selectAll().where('grant_id', '=', grantId).execute()).toEqual(
      [],
    );
  });

  it('takes a record of training of its own people only, of one that was held', async () => {
    const today = beijingDay(new Date());
    const admin = { ...w.operator, roles: [...w.operator.roles, 'party-admin'] };
    const of = (change: Record<string, unknown>) => ({
      ...{ personId: w.operator.personId, heldOn: today, topic: '数据安全', validUntil: today },
      ...change,
    });
    expect(
      await rulesOf('sandbox.record-training', admin, of({ heldOn: '2999-01-01', validUntil: '2999-02-01' })),
    ).toEqual(['HS-21.5']);
    expect((await w.refusal('sandbox.record-training', admin, of({ personId: w.holder.personId }))).kind).toBe(
      'not-found',
    );
    expect((await w.refusal('sandbox.record-training', w.operator, of({}))).kind).toBe('forbidden');
  });
});

describe('a grant', () => {
  const from = (change: Partial<GrantPolicy>) => ({ ...w.policy, ...change });

  it('is asked for under one’s right, given by the holder alone, and its hash stands in the evidence', async () => {
    const projectId = await w.open();
    const asked = {
      projectId,
      resourceId: w.resourceId,
      authorisationId: w.authorisationId,
      alias: 'trips',
      wanted: '按线路统计',
    };
    await w.run('sandbox.request-table', w.operator, asked);
    const seen = (await w.look('/sandbox-projects', w.holder)) as {
      items: { id: string; part: string; waiting: number }[];
    };
    expect(seen.items.find((p) => p.id === projectId)).toMatchObject({ part: 'holder', waiting: 1 });
    expect((await w.refusal('sandbox.grant-table', w.operator, w.granting(projectId))).kind).toBe('not-found');
    expect(await w.turns(w.holder)).toContain(`sandbox.grant-table ${projectId}`);
    expect(await w.turns(w.operator)).toEqual([]);
    const { grantId, grantHash } = await w.grant(projectId);
    expect(await w.turns(w.holder)).not.toContain(`sandbox.grant-table ${projectId}`);
    const row = await w.t.db
      .selectFrom('sandbox_grant')
      .selectAll()
      .where('id', '=', grantId)
      .executeTakeFirstOrThrow();
    const document = {
      ...{ grant: grantId, project: projectId, purpose: '研究客流规律', resource: w.resourceId },
      ...{ holder: w.holder.partyId, audience: w.operator.partyId, right: w.authorisationId, alias: 'trips' },
      ...{ policy: w.policy, validUntil: row.valid_until.toISOString(), grantedAt: row.granted_at.toISOString() },
    };
    expect(hashOf(document)).toBe(grantHash);
    const { rows } = await sql<{ sealed: Record<string, { value?: unknown }> }>`
      select e.sealed from evidence_entry e join act_log a on e.id = replace(a.id, 'act_', 'rct_') where a.subject = ${grantId}`.execute(
      w.t.db,
    );
    expect(rows[0]?.sealed.grant?.value).toBe(grantHash);
    const detail = await w.look('/sandbox-projects/:projectId', w.operator, { projectId });
    expect(detail.requests).toMatchObject([{ state: 'granted' }]);
    expect(detail.tableList).toMatchObject([
      {
        alias: 'trips',
        state: 'live',
        policy: w.policy,
        columns: [
          { name: 'line' },
          { name: 'card', uses: ['join'] },
          { name: 'fare', uses: ['filter'] },
          { name: 'paid', range: { lower: 0, upper: 100 } },
        ],
        budget: { usesLeft: 1_000, usesMax: 1_000, cellsLeft: 10_000, epsilonLeftMicro: null },
      },
    ]);
  });

  it('counts the uses against the right where it leaves fewer than the policy', async () => {
    const projectId = await w.open();
    await w.grant(projectId);
    const setUsesMax = (max: number | null) =>
      w.t.db.updateTable('resource_authorisation').set({ uses_max: max }).where('id', '=', w.authorisationId).execute();
    await setUsesMax(7);
    const detail = await w.look('/sandbox-projects/:projectId', w.operator, { projectId });
    await setUsesMax(null);
    expect(detail.tableList).toMatchObject([{ budget: { usesLeft: 7, usesMax: 7 } }]);
  });

  it('shows a holder its own tables, a stranger nothing', async () => {
    const projectId = await w.open();
    await w.grant(projectId);
    const held = await w.look('/sandbox-projects/:projectId', w.holder, { projectId });
    expect(held).toMatchObject({ part: 'holder', members: [], memberCount: 1, tableList: [{ alias: 'trips' }] });
    const stranger = await w.t.party('示例路人公司', ['operating-unit', 'data-provider']);
    await expect(w.look('/sandbox-projects/:projectId', stranger, { projectId })).rejects.toThrow('Not found');
    await expect(w.look('/sandbox-projects/:projectId/queries', w.holder, { projectId })).rejects.toThrow('Not found');
  });

  const wrong: readonly (readonly [string, string, () => Partial<GrantPolicy>])[] = [
    ['an unknown column', 'HS-21.6', () => ({ columns: [{ name: 'nothing', uses: ['group'] }] })],
    ['words to add up', 'HS-21.6', () => ({ columns: [{ name: 'line', uses: ['aggregate'] }] })],
    ['people without a key', 'HS-21.6', () => ({ entityKey: null })],
    ['an unknown key', 'HS-21.6', () => ({ entityKey: 'nobody' })],
    [
      'noise without ranges',
      'HS-21.6',
      () => ({
        privacy: { kind: 'noise', epsilonTotal: 1_000_000, epsilonQuery: 1_000 },
        columns: [{ name: 'fare', uses: ['aggregate'] }],
      }),
    ],
    [
      'a range upside down',
      'HS-21.6',
      () => ({ columns: [{ name: 'fare', uses: ['aggregate'], range: { lower: 2, upper: 1 } }] }),
    ],
    ['what is protected filtering', 'HS-21.6', () => ({ columns: [{ name: 'fare', uses: ['aggregate', 'filter'] }] })],
    ['a sensitive column filtering', 'HS-21.6', () => ({ columns: [{ name: 'illness', uses: ['filter'] }] })],
    ['nothing that may be used', 'HS-21.6', () => ({ columns: [{ name: 'line', uses: [] }] })],
    ['the key shown', 'GY-12.1', () => ({ columns: [{ name: 'card', uses: ['group'] }] })],
    ['the key filtered on', 'GY-12.1', () => ({ columns: [{ name: 'card', uses: ['filter'] }] })],
    ['a sensitive column shown', 'GY-12.1', () => ({ columns: [{ name: 'illness', uses: ['group'] }] })],
    ['a column beyond the right', 'GY-11.2', () => ({ columns: [{ name: 'illness', uses: ['filter'] }] })],
  ];
  it.each(wrong)('with %s is refused', async (_name, rule, change) => {
    const projectId = await w.open();
    expect(await rulesOf('sandbox.grant-table', w.holder, w.granting(projectId, { policy: from(change()) }))).toContain(
      rule,
    );
  });

  it('outlives no right, rests on no other’s, and stands once', async () => {
    const projectId = await w.open();
    expect(
      await rulesOf('sandbox.grant-table', w.holder, w.granting(projectId, { validUntil: '2999-01-01T00:00:00Z' })),
    ).toContain('GY-11.2');
    const other = await w.t.party('示例同行公司', ['operating-unit']);
    await w.person(other);
    const { projectId: theirs } = await w.run(
      'sandbox.open-project',
      other,
      w.project({ memberIds: [other.personId] }),
    );
    expect((await w.refusal('sandbox.grant-table', w.holder, w.granting(String(theirs)))).kind).toBe('not-found');
    await w.grant(projectId);
    expect(await rulesOf('sandbox.grant-table', w.holder, w.granting(projectId, { alias: 'again' }))).toEqual([
      'HS-21.8',
    ]);
  });

  it('shows one party one portion of a resource, whatever its projects', async () => {
    await w.grant(await w.open());
    const other = await w.authorise({ purpose: '另一用途' });
    const second = await w.open();
    expect(await rulesOf('sandbox.grant-table', w.holder, w.granting(second, { authorisationId: other }))).toContain(
      'HS-21.9',
    );
    await w.grant(second);
  });

  it('is revoked once, by its holder', async () => {
    const { grantId } = await w.grant(await w.open());
    expect((await w.refusal('sandbox.revoke-grant', w.operator, { grantId, reason: '不再需要' })).kind).toBe(
      'not-found',
    );
    await w.run('sandbox.revoke-grant', w.holder, { grantId, reason: '不再提供' });
    expect(await rulesOf('sandbox.revoke-grant', w.holder, { grantId, reason: '不再提供' })).toEqual(['HS-21.10']);
  });
});

describe('a prepared table', () => {
  it('holds the granted columns and rows, and is made anew when they change', async () => {
    const right = await w.authorise({ purpose: '部分线路' });
    await sql`update resource_authorisation set columns = ${['line', 'fare']}, row_filter = ${JSON.stringify([{ column: 'line', operator: '=', value: 'L1' }])}::jsonb
      where id = ${right}`.execute(w.t.db);
    const resourceTaken =
      await sql`update sandbox_grant set revoked_at = now() where resource_id = ${w.resourceId} and revoked_at is null`.execute(
        w.t.db,
      );
    expect(resourceTaken.numAffectedRows).toBeGreaterThan(0n);
    const policy = { ...w.policy, columns: w.policy.columns.filter((c) => ['line', 'fare'].includes(c.name)) };
    const { grantId } = await w.run(
      'sandbox.grant-table',
      w.holder,
      w.granting(await w.open(), { authorisationId: right, policy }),
    );
    await w.t.jobs();
    const prepared = () =>
      w.t.db
        .selectFrom('sandbox_prepared')
        .selectAll()
        .where('grant_id', '=', String(grantId))
        .executeTakeFirstOrThrow();
    const first = await prepared();
    expect(first).toMatchObject({
      columns: [
        { name: 'line', type: 'text' },
        { name: 'fare', type: 'integer' },
      ],
    });
    expect([Number(first.rows), Number(first.entities)]).toEqual([200, 40]);
    await sql`update resource_authorisation set row_filter = '[]'::jsonb where id = ${right}`.execute(w.t.db);
    await w.prepare(String(grantId));
    const second = await prepared();
    expect(Number(second.rows)).toBe(400);
    expect(second.key).not.toBe(first.key);
    await w.t.jobs();
    expect(await w.t.vault.info(first.object_id)).toBeUndefined();
  });
});

it('every act of the room is one of the platform', () => {
  const names = platform(w.t.kernel.rulebook)
    .acts.map((a: Act) => a.name)
    .filter((n) => n.startsWith('sandbox.'));
  expect(names).toEqual(
    expect.arrayContaining(['sandbox.open-project', 'sandbox.grant-table', 'sandbox.revoke-grant']),
  );
});
