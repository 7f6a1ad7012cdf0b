import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Actor, SYSTEM } from '../../kernel/acts/index.ts';
import { newId } from '../../kernel/ids.ts';
import { named, type Person, type TestMarket, testMarket } from '../assessment/testing.ts';
import { endUse, resumeUse, rightsBehind, suspendUse, takeUse, type UseGrant, useRights } from '../catalog/index.ts';
import { rulesOf } from '../testing.ts';
import { list } from './acts.ts';
import { draftProduct, reviseProduct } from './drafting.ts';
import { reads } from './index.ts';

let m: TestMarket;
beforeAll(async () => {
  m = await testMarket();
});
afterAll(() => m.x.close());

interface Build {
  readonly state: string;
  readonly failure: { readonly zh: string } | null;
  readonly rows: number | null;
}
const pageOf = (productId: string, actor: Actor) =>
  m.x.read(reads, '/products/:productId', actor, { productId }) as Promise<{
    build: Build;
    sample: { rows: unknown[][] } | null;
  }>;
const tx = <T>(work: (t: Parameters<typeof suspendUse>[0]) => Promise<T>): Promise<T> =>
  m.x.db.transaction().execute(work);

/** A party of its own with one right, so that tests do not spend each other's. */
async function holder(grant: Partial<UseGrant>): Promise<{ readonly party: Person; readonly right: string }> {
  const party = await m.x.party(`样例运营${newId('x').slice(-6)}`, ['operating-unit']);
  return { party, right: await m.lend(grant, party) };
}
const recipeOf = (columns: readonly string[], filters: readonly unknown[] = []) => ({
  recipe: { resourceId: m.resourceId, filters, groupBy: [], columns: columns.map((name) => ({ name, titleZh: name })) },
});
const draft = async (
  party: Person,
  columns: readonly string[],
  change: Record<string, unknown> = {},
): Promise<string> =>
  String((await m.x.run(draftProduct, party, m.draft({ ...recipeOf(columns), ...change }))).productId);
const rightOf = async (id: string) =>
  m.x.db.selectFrom('resource_authorisation').selectAll().where('id', '=', id).executeTakeFirstOrThrow();

describe('a product made under a right', () => {
  test('holds only the granted rows, and counts what it read', async () => {
    const rowFilter = [
      { column: '城市', operator: 'in' as const, value: ['济南', '青岛'] },
      { column: '日期', operator: '<' as const, value: '2024-02-01' },
    ];
    const { party, right } = await holder({ columns: ['城市', '金额'], rowFilter, rowsMax: 10, usesMax: 3 });
    const productId = await draft(party, ['城市', '金额']);
    await m.x.jobs();
    const { build, sample } = await pageOf(productId, party);
    expect(build).toMatchObject({ state: 'built', rows: 2 });
    expect(sample?.rows).toEqual([
      ['济南', 10],
      ['青岛', 20],
    ]);
    expect(await rightOf(right)).toMatchObject({ uses: 1, rows_used: 2 });
    const [shown] = await useRights(m.x.db, [m.resourceId], party.partyId, new Date());
    expect(shown?.grants).toMatchObject([{ usesLeft: 2, rowsLeft: 8, columns: ['城市', '金额'] }]);
  });

  test('never shows, filters or groups by a column that was not approved', async () => {
    const { party } = await holder({ columns: ['城市'] });
    const asked = [
      recipeOf(['城市', '金额']),
      recipeOf(['城市'], [{ column: '姓名', op: '=', value: '张三' }]),
      {
        recipe: {
          ...recipeOf([]).recipe,
          groupBy: ['姓名'],
          columns: [{ name: 'n', aggregate: 'count', titleZh: '数' }],
        },
      },
      { recipe: { ...recipeOf([]).recipe, columns: [{ name: 'x', column: '金额', aggregate: 'sum', titleZh: '和' }] } },
    ];
    for (const change of asked) {
      const refusal = await m.x.refusal(draftProduct, party, m.draft(change));
      expect(rulesOf(refusal)).toEqual(['HS-16.2']);
      expect(refusal.violations[0]?.fact.zh).toContain('通行缴费记录');
    }
  });

  test('adds no rights up: the columns come from one, and the party may say which', async () => {
    const { party, right } = await holder({ columns: ['城市', '金额'] });
    const second = await m.lend({ columns: ['日期', '城市'] }, party);
    expect(rulesOf(await m.x.refusal(draftProduct, party, m.draft(recipeOf(['金额', '日期']))))).toEqual(['HS-16.2']);
    await draft(party, ['城市', '日期']);
    await draft(party, ['城市'], { authorisationIds: [second] });
    await m.x.jobs();
    expect([(await rightOf(right)).uses, (await rightOf(second)).uses]).toEqual([0, 2]);
    const named = m.draft({ ...recipeOf(['金额']), authorisationIds: [second] });
    expect(rulesOf(await m.x.refusal(draftProduct, party, named))).toEqual(['HS-16.2']);
  });

  test('is not built beyond the approved rows; the holder reads why, with the article', async () => {
    const { party, right } = await holder({ rowsMax: 4 });
    const productId = await draft(party, ['城市']);
    await m.x.jobs();
    const { build } = await pageOf(productId, party);
    expect(build.state).toBe('failed');
    expect(build.failure?.zh).toContain('5 行');
    expect(build.failure?.zh).toContain('16.3');
    expect(await rightOf(right)).toMatchObject({ uses: 0, rows_used: 0 });
  });

  test('two builds at once cannot overspend, and a revision spends another use', async () => {
    const { party, right } = await holder({ usesMax: 2, rowsMax: 11 });
    const made = [await draft(party, ['城市']), await draft(party, ['金额']), await draft(party, ['日期'])];
    const take = (madeId: string) =>
      m.x.run(takeUse, SYSTEM, { authorisationId: right, madeId, version: 9, rows: 4 }).then(
        () => 'taken',
        (error: Error) => error.message,
      );
    const answers = await Promise.all(made.map(take));
    expect(answers.filter((a) => a === 'taken')).toHaveLength(2);
    expect(answers.find((a) => a !== 'taken')).toContain('HS-16.3');
    expect(await rightOf(right)).toMatchObject({ uses: 2, rows_used: 8 });
    await m.x.jobs();
    for (const productId of made) expect((await pageOf(productId, party)).build.state).toBe('failed');
    expect(rulesOf(await m.x.refusal(draftProduct, party, m.draft(recipeOf(['城市']))))).toEqual(['HS-16.3']);
    expect(rulesOf(await m.x.refusal(reviseProduct, party, { productId: made[0] }))).toEqual(['HS-16.3']);
  });

  test('is not made after the right is suspended, has ended or is over, and again when it lives', async () => {
    const { party } = await holder({ agreementId: 'agr_life' });
    const attempt = async () => rulesOf(await m.x.refusal(draftProduct, party, m.draft(recipeOf(['城市']))));
    const none = ['GY-1.2', 'SH-6.3'];
    await tx((t) => suspendUse(t, 'agr_life', new Date()));
    await tx((t) => suspendUse(t, { resourceId: m.resourceId }, new Date(), 'consent'));
    await tx((t) => resumeUse(t, 'agr_life'));
    expect(await attempt()).toEqual(none);
    await tx((t) => resumeUse(t, { resourceId: m.resourceId }, 'consent'));
    await draft(party, ['城市']);
    await tx((t) => endUse(t, 'agr_life', new Date()));
    expect(await attempt()).toEqual(none);
    const late = await holder({ validUntil: new Date(Date.now() - 1) });
    expect(rulesOf(await m.x.refusal(draftProduct, late.party, m.draft(recipeOf(['城市']))))).toEqual(none);
  });

  test('whose right is suspended while it is built is not built', async () => {
    const { party } = await holder({ agreementId: 'agr_running' });
    const productId = await draft(party, ['城市']);
    await m.x.run(takeUse, SYSTEM, {
      authorisationId: (await useRights(m.x.db, [m.resourceId], party.partyId, new Date()))[0]?.grants[0]?.id,
      ...{ madeId: productId, version: 1, rows: 5 },
    });
    await tx((t) => suspendUse(t, 'agr_running', new Date()));
    const told = {
      ...{ productId, version: 1, objectId: 'obj_late', sha256: '0'.repeat(64), rows: 5, bytes: 1, dictionary: [] },
      ...{ sample: { columns: [], rows: [] }, profile: { rows: 5, bytes: 1, duplicateRows: 0, columns: [] } },
    };
    expect(rulesOf(await m.x.refusal(named('product.record-build'), SYSTEM, told))).toEqual(['HS-16.1', 'JN-12.3']);
    await m.x.jobs();
    expect((await pageOf(productId, party)).build).toMatchObject({ state: 'failed', rows: null });
  });

  test('is listed only while its right lives, even where another right to the resource does', async () => {
    const merchant = m.merchant;
    const right = await m.lend({ agreementId: 'agr_listed' });
    const productId = await m.drafted({ authorisationIds: [right] });
    await m.x.jobs();
    await m.concluded(productId, 'compliance');
    await m.concluded(productId, 'quality');
    await tx((t) => suspendUse(t, 'agr_listed', new Date()));
    const rules = rulesOf(await m.x.refusal(list, merchant, { productId }));
    expect(rules).toEqual(['GY-1.2', 'SH-6.3', 'HS-16.1', 'JN-12.3']);
    expect((await rightsBehind(m.x.db, productId, 1, new Date())).stopped).toMatchObject({ state: 'suspended' });
    await tx((t) => resumeUse(t, 'agr_listed'));
    await m.x.run(list, merchant, { productId });
  });
});
