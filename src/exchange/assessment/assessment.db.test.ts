import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { getForOrder } from '../products/index.ts';
import { ANONYMOUS, refusedKind, rulesOf } from '../testing.ts';
import { issue, recordMeasurement, request } from './acts.ts';
import { reads } from './index.ts';
import { named, type TestMarket, testMarket } from './testing.ts';

let m: TestMarket;
beforeAll(async () => {
  m = await testMarket();
});
afterAll(() => m.x.close());

test('the wrong assessor is refused: other role, own party, one with a share', async () => {
  const productId = await m.built();
  const ask = (assessorId: string, kind = 'compliance') =>
    m.x.refusal(request, m.merchant, { productId, kind, assessorId });
  expect(rulesOf(await ask(m.tester.partyId))).toEqual(['HS-4.14']);
  await m.x.db
    .updateTable('party')
    .set({ roles: ['data-provider', 'compliance-assessor'] })
    .where('id', '=', m.department.partyId)
    .execute();
  expect(rulesOf(await ask(m.department.partyId))).toEqual(['GY-21.1']);
  await m.x.db
    .updateTable('party')
    .set({ roles: ['data-provider'] })
    .where('id', '=', m.department.partyId)
    .execute();
  expect(rulesOf(await ask(m.merchant.partyId))).toEqual(['HS-4.14', 'GY-21.1']);
  expect(
    (await m.x.refusal(request, m.stranger, { productId, kind: 'compliance', assessorId: m.lawyer.partyId })).kind,
  ).toBe('not-found');
  expect(
    (await m.x.refusal(request, m.lawyer, { productId, kind: 'compliance', assessorId: m.lawyer.partyId })).kind,
  ).toBe('forbidden');
});

test('whoever holds a resource behind the product is refused, without a share and also at the conclusion', async () => {
  const shares = [{ partyId: m.merchant.partyId, basisPoints: 10_000, reason: '全部' }];
  const productId = await m.built({ shares });
  const setRoles = (roles: string[]) =>
    m.x.db.updateTable('party').set({ roles }).where('id', '=', m.department.partyId).execute();
  await setRoles(['data-provider', 'compliance-assessor']);
  const input = { productId, kind: 'compliance', assessorId: m.department.partyId };
  const refusal = await m.x.refusal(request, m.merchant, input);
  expect(rulesOf(refusal)).toEqual(['GY-21.1']);
  expect(refusal.violations[0]?.fact.zh).toContain('持有该产品所用的数据资源');
  await setRoles(['data-provider']);
  // The lawyer is asked while it holds nothing, and comes to hold a resource of the product afterwards.
  const assessmentId = await m.requested(productId, 'compliance', m.lawyer);
  const holder = (partyId: string) =>
    m.x.db.updateTable('resource').set({ holder_id: partyId }).where('id', '=', m.resourceId).execute();
  await holder(m.lawyer.partyId);
  const opinion = { assessmentId, conclusion: 'passed', statement: '符合', checklist: m.answers('compliance') };
  expect(rulesOf(await m.x.refusal(issue, m.lawyer, opinion))).toEqual(['GY-21.1']);
  await holder(m.department.partyId);
  await m.x.run(issue, m.lawyer, opinion);
});

test('one head of the assessor and of an interested party raises an alert, and refuses nothing', async () => {
  const head = (partyId: string, legal_representative: string) =>
    m.x.db.updateTable('party').set({ legal_representative }).where('id', '=', partyId).execute();
  const alerts = async () =>
    (await sql<{ n: number }>`select count(*) as n from alert where rule_id = 'HS-4.15'`.execute(m.x.db)).rows[0]?.n;
  await head(m.lawyer.partyId, '甲');
  await head(m.department.partyId, '乙');
  const before = await alerts();
  await m.requested(await m.built(), 'compliance', m.lawyer);
  expect(await alerts()).toBe(before);
  await head(m.department.partyId, ' 甲 ');
  await m.requested(await m.built(), 'compliance', m.lawyer);
  expect(await alerts()).toBe((before ?? 0) + 1);
});

test('nothing is assessed before it is built, and one case runs at a time', async () => {
  const unbuilt = await m.drafted();
  expect(
    rulesOf(
      await m.x.refusal(request, m.merchant, { productId: unbuilt, kind: 'compliance', assessorId: m.lawyer.partyId }),
    ),
  ).toEqual(['HS-4.3']);
  const productId = await m.built();
  await m.requested(productId, 'compliance', m.lawyer);
  expect(
    rulesOf(await m.x.refusal(request, m.merchant, { productId, kind: 'compliance', assessorId: m.lawyer.partyId })),
  ).toEqual(['HS-4.10']);
});

test('only the assessor asked concludes, once, on a whole checklist without a no', async () => {
  const productId = await m.built();
  const assessmentId = await m.requested(productId, 'compliance', m.lawyer);
  const opinion = { assessmentId, conclusion: 'passed', statement: '符合', checklist: m.answers('compliance') };
  expect((await m.x.refusal(issue, ANONYMOUS, opinion)).kind).toBe('unauthenticated');
  expect((await m.x.refusal(issue, m.merchant, opinion)).kind).toBe('forbidden');
  expect((await m.x.refusal(issue, m.stranger, opinion)).kind).toBe('not-found');
  expect(await refusedKind(m.x.read(reads, '/assessments/:assessmentId', m.stranger, { assessmentId }))).toBe(
    'not-found',
  );
  expect(rulesOf(await m.x.refusal(issue, m.lawyer, { ...opinion, checklist: opinion.checklist.slice(1) }))).toEqual([
    'HS-4.11',
  ]);
  const withNo = opinion.checklist.map((a, i) => (i === 0 ? { ...a, answer: 'no' } : a));
  expect(rulesOf(await m.x.refusal(issue, m.lawyer, { ...opinion, checklist: withNo }))).toEqual(['HS-4.11']);
  await m.x.run(issue, m.lawyer, { ...opinion, conclusion: 'failed', checklist: withNo });
  expect(rulesOf(await m.x.refusal(issue, m.lawyer, opinion))).toEqual(['HS-4.10']);
  expect(await getForOrder(m.x.db, productId)).toMatchObject({
    complianceOpinion: 'failed',
    qualityOpinion: null,
    state: 'draft',
  });
  const mine = (await m.x.read(reads, '/assessments', m.lawyer, {}, { productId })) as {
    items: { id: string; conclusion: string }[];
  };
  expect(mine.items).toMatchObject([{ id: assessmentId, conclusion: 'failed' }]);
  expect(await m.x.read(reads, '/assessments', m.stranger, {}, { productId })).toMatchObject({ items: [] });
});

test('no quality opinion without a measurement; none on an older version', async () => {
  const productId = await m.built();
  const assessmentId = await m.requested(productId, 'quality', m.tester);
  const opinion = { assessmentId, conclusion: 'passed', statement: '良好', checklist: m.answers('quality') };
  expect(rulesOf(await m.x.refusal(issue, m.tester, opinion))).toEqual(['HS-4.12']);
  await m.x.run(named('product.revise'), m.merchant, { productId, scenario: '新的场景' });
  expect(rulesOf(await m.x.refusal(issue, m.tester, opinion))).toContain('HS-4.3');
  expect(
    (
      await m.x.refusal(recordMeasurement, m.tester, {
        assessmentId,
        objectId: 'o',
        quality: { score: 1, indicators: [] },
      })
    ).kind,
  ).toBe('forbidden');
});

test('a checklist is public and cites its rows', async () => {
  const { items, norm } = (await m.x.read(reads, '/assessment-checklists/:kind', ANONYMOUS, {
    kind: 'compliance',
  })) as {
    items: { source: string }[];
    norm: string;
  };
  for (const { source } of items) expect(m.x.kernel.rulebook.cite(source)).not.toBe('');
  expect(norm).not.toBe('');
});
