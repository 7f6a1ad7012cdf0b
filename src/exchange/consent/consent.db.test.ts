import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Actor } from '../../kernel/acts/index.ts';
import { newUlid } from '../../kernel/ids.ts';
import { loadRulebook } from '../../kernel/rulebook/index.ts';
import { openVault, queryTable } from '../../kernel/vault/index.ts';
import { platform } from '../../platform.ts';
import { inDays, testOperation } from '../authorisation/testing.ts';
import { rightsBehind, serveGranted } from '../catalog/index.ts';
import { configureDelivery } from '../delivery/index.ts';
import { ANONYMOUS, refusedKind, rulesOf } from '../testing.ts';

const house = platform(loadRulebook());
type Party = Actor & { readonly partyId: string };
let o: Awaited<ReturnType<typeof testOperation>>;
let operator: Party;
let rival: Party;
let resourceId: string;
let agreementId: string;

const refused = async (name: string, actor: Actor, input: unknown) =>
  rulesOf(await o.refusal(o.act(name), actor, input));
const PURPOSE = '客流指数产品';

beforeAll(async () => {
  o = await testOperation(house);
  configureDelivery({ vault: await openVault({ db: o.db, dataFolder: o.folder }), linkKey: randomBytes(32) });
  operator = await o.party('示例数据运营公司', ['operating-unit']);
  rival = await o.party('示例另一运营公司', ['operating-unit']);
  resourceId = await o.resource('card,line,passengers\nA001,1,10\nA002,1,20\nA003,2,30\nA004,2,40\n', {
    title: '乘车记录',
    sensitive: ['card'],
  });
  ({ agreementId } = await o.agreement(operator, [resourceId]));
});
afterAll(() => o?.end());

const notice = (change: Record<string, unknown> = {}) => ({
  resourceId,
  purpose: PURPOSE,
  level: 'record',
  keyColumn: 'card',
  processor: '示例市交通运输局，0531-0000000',
  kinds: '按线路统计乘车次数',
  retention: '一年',
  rights: '凭撤回码在网站撤回，或者来电',
  words: '为计算客流指数，我们将使用您的乘车记录。',
  ...change,
});
const now = () => new Date().toISOString();
const lines = (...cards: string[]) => `subject,time,method\n${cards.map((c) => `${c},${now()},app`).join('\n')}\n`;
const scenario = () => ({ ...o.scenario(agreementId, resourceId), columns: ['line', 'passengers'] });
const product = (authorised = resourceId) => ({
  title: '线路乘车次数',
  kind: 'dataset',
  summary: '逐条',
  scenario: '商铺保险定价',
  resourceIds: [authorised],
  recipe: {
    resourceId: authorised,
    filters: [],
    groupBy: [],
    columns: [
      { name: 'line', titleZh: '线路' },
      { name: 'passengers', titleZh: '次数' },
    ],
  },
  pricing: { mode: 'one-off', price: { amountFen: '0', currency: 'CNY' } },
  terms: { purposes: ['研究'], validDays: 365, redistribution: false },
  supply: { updateFrequency: '每月', commitment: '每月更新' },
  offersTestData: true,
  shares: [{ partyId: operator.partyId, basisPoints: 10_000, reason: '产品加工' }],
});
const built = async (productId: unknown) => {
  await o.jobs();
  const page = (await o.look('/products/:productId', operator, { productId })) as unknown as {
    build: { state: string; rows: number; failure: unknown };
    sample: { rows: unknown[][] };
  };
  return page;
};

describe('consent by row', () => {
  let noticeId: string;

  it('is told of in full, in versions, by who may keep it', async () => {
    expect(await refused('consent.publish-notice', rival, notice())).toEqual(['HS-1.4']);
    expect(await refused('consent.publish-notice', o.provider, notice({ retention: ' ' }))).toEqual(['PIPL-17.1']);
    expect(await refused('consent.publish-notice', o.provider, notice({ keyColumn: 'name' }))).toEqual(['HS-17.6']);
    const first = await o.run('consent.publish-notice', o.provider, notice());
    expect(first).toMatchObject({ version: 1 });
    // Each keeper has versions of its own; who the person is, the holder has said.
    expect(await refused('consent.publish-notice', operator, notice({ keyColumn: 'line' }))).toEqual(['HS-17.6']);
    expect(await o.run('consent.publish-notice', operator, notice())).toMatchObject({ version: 1 });
    expect(await refused('consent.publish-notice', o.provider, notice({ keyColumn: 'line' }))).toEqual(['HS-17.6']);
    const second = await o.run('consent.publish-notice', o.provider, notice({ words: '改写后的告知书。' }));
    expect(second).toMatchObject({ version: 2 });
    expect(second.contentHash).not.toBe(first.contentHash);
    noticeId = String(second.noticeId);
    expect(await o.look('/consent-notices/:noticeId', ANONYMOUS, { noticeId })).toMatchObject({
      resource: '乘车记录',
      contentHash: second.contentHash,
    });
    expect(
      await refused('consent.import', o.provider, {
        noticeId: first.noticeId,
        subjectKind: 'person',
        csv: lines('A001'),
      }),
    ).toEqual(['PIPL-14.1']);
  });

  it('is needed before a scenario is asked for, is imported whole or not at all, and stands nowhere in clear', async () => {
    expect(await refused('scenario.ask', operator, scenario())).toEqual(['JN-6.2', 'PIPL-23.1']);
    const bad = { noticeId, subjectKind: 'person', csv: `${lines('A001')}A002,昨天,app\n` };
    expect(await refused('consent.import', o.provider, bad)).toEqual(['HS-17.7']);
    const early = { noticeId, subjectKind: 'person', csv: 'A001,2020-01-01T00:00:00Z,app' };
    expect(await refused('consent.import', o.provider, early)).toEqual(['PIPL-14.1']);
    expect(await refused('consent.import', rival, { ...bad, csv: lines('A001') })).toEqual(['HS-1.4']);
    expect(await refused('scenario.ask', operator, scenario())).toContain('JN-6.2');
    const csv = lines('A001', 'A002', 'A003', 'A003');
    expect(await o.run('consent.import', o.provider, { noticeId, subjectKind: 'person', csv })).toEqual({
      imported: 3,
      already: 1,
    });
    const one = { noticeId, subjectKind: 'person', subject: 'A001', method: 'written', givenAt: now() };
    expect(await refused('consent.record', o.provider, one)).toEqual(['HS-17.8']);
    const { rows } = await sql<{ said: string }>`select string_agg(x::text, ' ') as said from (
      select c::text as x from consent c union all select convert_from(e.bytes, 'utf8') || e.sealed::text from evidence_entry e
      union all select l::text from act_log l) t`.execute(o.db);
    for (const card of ['A001', 'A002', 'A003']) expect(rows[0]?.said).not.toContain(card);
    expect(await o.look('/consents', rival)).toEqual({ items: [], nextCursor: null });
  });

  it('lets only the rows of those be built who consented; a withdrawal stops what was made and leaves the row out of the next', async () => {
    await o.grant(operator, scenario());
    const { productId } = await o.run('product.draft', operator, product());
    const first = await built(productId);
    expect(first.build).toMatchObject({ state: 'built', rows: 3 });
    expect(JSON.stringify(first.sample)).not.toContain('40');
    const stopped = async (version: number) =>
      (await rightsBehind(o.db, String(productId), version, new Date())).stopped;
    expect(await stopped(1)).toBeNull();

    // Whoever consents later is in no row yet: their leaving stops nothing.
    const late = await o.run('consent.record', o.provider, {
      noticeId,
      subjectKind: 'person',
      subject: 'A004',
      method: 'online',
      givenAt: now(),
    });
    await o.run('consent.withdraw', o.provider, { consentId: late.consentId });
    expect(await stopped(1)).toBeNull();

    const { items } = (await o.look('/consents', o.provider, {}, { notice: noticeId, state: 'living' })) as unknown as {
      items: { id: string; code: string }[];
    };
    expect(items).toHaveLength(3);
    const code = items[2]?.code ?? '';
    expect(await refused('consent.withdraw-by-code', ANONYMOUS, { code: 'AAAAA-AAAAA-AAAAA-AAAAA' })).toEqual([
      'HS-17.11',
    ]);
    // After many wrong codes a right one is asked for with its notice, and nothing is told of it without.
    await sql`insert into refusal select 'rfs_' || ${newUlid()} || n, act_name, now(), null, null, null, kind, title, violations
      from refusal, generate_series(1, 100) n where act_name = 'consent.withdraw-by-code'`.execute(o.db);
    expect(await refused('consent.withdraw-by-code', ANONYMOUS, { code })).toEqual(['HS-17.11']);
    expect(await refused('consent.withdraw-by-code', ANONYMOUS, { code, noticeId: `cnt_${'0'.repeat(26)}` })).toEqual([
      'HS-17.11',
    ]);
    expect(await o.run('consent.withdraw-by-code', ANONYMOUS, { code: code.toLowerCase(), noticeId })).toMatchObject({
      purpose: PURPOSE,
    });
    expect(await refused('consent.withdraw-by-code', ANONYMOUS, { code, noticeId })).toEqual(['PIPL-15.1']);
    await sql`delete from refusal`.execute(o.db);
    expect(await stopped(1)).toMatchObject({ forConsent: true, state: 'suspended' });

    await o.run('product.revise', operator, { productId, summary: '逐条，去除已撤回' });
    const second = await built(productId);
    expect(second.build).toMatchObject({ state: 'built', rows: 2 });
    expect(await stopped(2)).toBeNull();
    expect(await refused('consent.withdraw', rival, { consentId: items[0]?.id })).toEqual(['HS-1.4']);
    // Two leave at once: one of them is the last, nothing covers the purpose any more, and the right itself ends.
    const left = await Promise.all(
      items.slice(0, 2).map(({ id }) => o.run('consent.withdraw', o.provider, { consentId: id })),
    );
    expect(left.map((l) => l.effect).sort()).toEqual(['rights-ended', 'rows-left-out']);
    expect(await refused('product.revise', operator, { productId, summary: '再改' })).not.toEqual([]);
    expect(
      await refusedKind(o.look('/consent-notices/:noticeId', ANONYMOUS, { noticeId: `cnt_${'0'.repeat(26)}` })),
    ).toBe('not-found');
  });
});

describe('a purpose with two keepers', () => {
  it('cannot be taken by the first; rows are read by consents to either, and the right lives while one of them does', async () => {
    const both = await o.resource('card,line,passengers\nD001,1,10\nD002,1,20\nD003,2,30\n', {
      title: '双方留存',
      sensitive: ['card'],
    });
    const own = await o.agreement(operator, [both]);
    const give = async (keeper: Party, subject: string) => {
      const told = await o.run('consent.publish-notice', keeper, notice({ resourceId: both }));
      const { noticeId } = told;
      const given = { noticeId, subjectKind: 'person', subject, method: 'app', givenAt: now() };
      return (await o.run('consent.record', keeper, given)).consentId;
    };
    await o.agreement(rival, [both]);
    await give(rival, 'D003');
    const kept = await give(operator, 'D001');
    const holders = await give(o.provider, 'D002');
    const columns = ['line', 'passengers'];
    await o.grant(operator, { ...o.scenario(own.agreementId, both), title: '双方指数', columns });
    const { productId } = await o.run('product.draft', operator, product(both));
    expect((await built(productId)).build).toMatchObject({ state: 'built', rows: 2 });
    // The holder's last one leaves; the operating unit has one of its own.
    expect(await o.run('consent.withdraw', o.provider, { consentId: holders })).toMatchObject({
      effect: 'rows-left-out',
    });
    await o.run('product.revise', operator, { productId, summary: '去除撤回' });
    expect((await built(productId)).build).toMatchObject({ state: 'built', rows: 1 });
    expect(await o.run('consent.withdraw', operator, { consentId: kept })).toMatchObject({ effect: 'rights-ended' });
    expect(await refused('product.revise', operator, { productId, summary: '再改' })).not.toEqual([]);
  });
});

describe('consent for the whole', () => {
  it('ends the right to use when it is withdrawn', async () => {
    const firms = await o.resource('line,day,passengers\n1,2026-01-01,5\n', { title: '企业用车', sensitive: ['line'] });
    const own = await o.agreement(operator, [firms]);
    const told = await o.run(
      'consent.publish-notice',
      operator,
      notice({ resourceId: firms, level: 'organisation', keyColumn: null }),
    );
    const fileId = await o.keep(operator, 'consent.pdf', '%PDF consent');
    const { consentId, code } = await o.run('consent.record', operator, {
      noticeId: told.noticeId,
      subjectKind: 'organisation',
      subject: '示例物流公司',
      method: 'written',
      givenAt: now(),
      proofFileId: fileId,
    });
    const asked = { ...o.scenario(own.agreementId, firms), validUntil: inDays(50) };
    expect(await refused('scenario.ask', operator, { ...asked, purpose: '另一用途' })).toEqual(['JN-6.2', 'PIPL-23.1']);
    const scenarioId = await o.grant(operator, asked);
    const right = async () =>
      (await o.look('/scenarios', operator, {}, { id: scenarioId })) as unknown as {
        items: { right: { state: string } }[];
      };
    expect((await right()).items[0]?.right.state).toBe('live');
    expect(await o.look('/consents', operator, {}, { notice: told.noticeId })).toMatchObject({
      items: [{ id: consentId, code, proofFileId: fileId }],
    });
    await o.run('consent.withdraw-by-code', ANONYMOUS, { code });
    expect((await right()).items[0]?.right.state).toBe('ended');
  });
});

describe('consents of a rival', () => {
  it('neither end, nor empty, nor cover the right of another operating unit to the same purpose', async () => {
    const shared = await o.resource('card,line,passengers\nB001,1,10\nB002,1,20\n', { title: '共用客流' });
    const ours = await o.agreement(operator, [shared]);
    await o.agreement(rival, [shared]);
    await o.grant(operator, { ...o.scenario(ours.agreementId, shared), title: '共用指数' });
    const { productId } = await o.run('product.draft', operator, product(shared));
    expect((await built(productId)).build).toMatchObject({ state: 'built', rows: 2 });

    const byRow = await o.run('consent.publish-notice', rival, notice({ resourceId: shared }));
    const given = { noticeId: byRow.noticeId, subjectKind: 'person', subject: 'B001', method: 'app', givenAt: now() };
    const { consentId } = await o.run('consent.record', rival, given);
    await o.run('product.revise', operator, { productId, summary: '对方登记同意之后' });
    expect((await built(productId)).build).toMatchObject({ state: 'built', rows: 2 });
    await o.run('consent.withdraw', rival, { consentId });
    expect((await rightsBehind(o.db, String(productId), 2, new Date())).stopped).toBeNull();
    await o.run('product.revise', operator, { productId, summary: '对方撤回同意之后' });
    expect((await built(productId)).build).toMatchObject({ state: 'built', rows: 2 });

    const personal = await o.resource('card,line,passengers\nC001,1,10\n', { title: '共用个人', sensitive: ['card'] });
    const own = await o.agreement(operator, [personal]);
    await o.agreement(rival, [personal]);
    const { noticeId } = await o.run('consent.publish-notice', rival, notice({ resourceId: personal }));
    await o.run('consent.record', rival, { ...given, noticeId, subject: 'C001', givenAt: now() });
    expect(await refused('scenario.ask', operator, o.scenario(own.agreementId, personal))).toContain('JN-6.2');
  });
});

describe('data opened under conditions', () => {
  it('are given with consent only, row by row, and no product of them is charged without a cap', async () => {
    const opened = await o.resource('card,line,passengers\nE001,1,10\nE002,1,20\nE003,2,30\n', {
      title: '有条件开放的乘车记录',
      sensitive: ['card'],
      conditions: '限于公共治理',
    });
    const until = inDays(50).slice(0, 10);
    const { applicationId } = await o.run('opening.apply', operator, {
      resourceId: opened,
      purpose: PURPOSE,
      statement: '只用于统计',
      until,
    });
    const decision = { applicationId, approve: true };
    expect(await refused('opening.decide', o.provider, decision)).toEqual(['JN-6.2', 'PIPL-23.1']);
    const told = await o.run('consent.publish-notice', o.provider, notice({ resourceId: opened }));
    const given = { noticeId: told.noticeId, subjectKind: 'person', method: 'app', givenAt: now() };
    const first = await o.run('consent.record', o.provider, { ...given, subject: 'E001' });
    await o.run('consent.record', o.provider, { ...given, subject: 'E002' });
    await o.run('opening.decide', o.provider, decision);

    const renderingOf = async (_: unknown, objectId: string) => {
      const info = await o.vault.info(objectId);
      if (!info) throw new Error('gone');
      return info;
    };
    const source = { kernel: o.kernel, vault: o.vault, renderingOf };
    const serve = async () => serveGranted(source, operator, String(applicationId), 'parquet');
    const lines = async () => {
      const { body } = await serve();
      const path = join(o.folder, 'opened.parquet');
      await writeFile(path, body);
      return (await queryTable(path, { columns: ['passengers'], limit: 10 })).rows.flat().map(Number);
    };
    expect(await lines()).toEqual([10, 20]);
    const running = await serve();
    await o.run('consent.withdraw', o.provider, { consentId: first.consentId });
    // Nobody who began before reads on, nothing is kept of the rows, and the next one gets them no more.
    await expect(running.body.toArray()).rejects.toThrow();
    expect(await lines()).toEqual([20]);
    expect(await o.db.selectFrom('opening_excerpt').selectAll().execute()).toHaveLength(1);

    const { productId } = await o.run('product.draft', operator, {
      ...product(opened),
      pricing: { mode: 'one-off', price: { amountFen: '100', currency: 'CNY' } },
    });
    expect((await built(productId)).build).toMatchObject({ state: 'built', rows: 1 });
    expect(await refused('product.list', operator, { productId, board: 'main' })).toContain('HS-18.18');
    expect(await o.look('/products/:productId/price-basis', operator, { productId })).toMatchObject({
      governed: false,
      opened: true,
    });
  });
});
