import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Actor, ANONYMOUS, type Read } from '../../../kernel/acts/index.ts';
import { sha256Hex } from '../../../kernel/evidence/index.ts';
import { newId } from '../../../kernel/ids.ts';
import { beijingDay } from '../../../kernel/rulebook/index.ts';
import * as products from '../../products/index.ts';
import { certificateJson, reads } from '../index.ts';
import { type Market, openMarket, type Person } from '../testing.ts';

/** Issued this month, whenever the test runs. */
const MONTH = beijingDay(new Date()).slice(0, 7);
const YEAR = Number(MONTH.slice(0, 4));
const ISSUED = `${MONTH}-01`;
const until = (years: number, day = '01') => `${YEAR + years}-${MONTH.slice(5)}-${day}`;
const code = (serial: number, month = MONTH, region = '37') =>
  `SJ${region}1${month.replace('-', '')}${String(serial).padStart(4, '0')}`;

let market: Market;
let people: Market['people'];
let ip: string;
let rights: string;
let productId: string;
let resourceId: string;

beforeAll(async () => {
  market = await openMarket();
  people = market.people;
  ip = await registry({
    name: '示例省知识产权保护中心',
    kinds: ['data-ip'],
    numberFormat: '示知99999999',
    validYears: 3,
  });
  rights = await registry({ name: '示例省数据登记中心', kinds: ['data-rights'], numberFormat: 'SJ9999999999999' });
  ({ productId, resourceId } = await market.product());
}, 120_000);
afterAll(() => market.drop());

async function done(name: string, actor: Actor, input: unknown): Promise<Record<string, string>> {
  const outcome = await market.run(name, actor, input);
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.refusal));
  return outcome.result as Record<string, string>;
}

async function registry(input: object): Promise<string> {
  const { registryId } = await done('registry.recognise', people.exchange, { basis: '主管部门公布的名单', ...input });
  return registryId ?? '';
}

/** A paper of the party, kept. */
async function paper(owner: Person, content: string = newId('x')): Promise<string> {
  const fileId = newId('fil');
  const sha256 = sha256Hex(content);
  await sql`insert into upload (id, party_id, name, media_type, bytes, expires_at) values (${`upl_${fileId}`}, ${owner.partyId}, 'x', 'x', 1, now())`.execute(
    market.database.db,
  );
  await sql`insert into vault_file (id, party_id, upload_id, name, media_type, state, bytes, sha256, created_at)
    values (${fileId}, ${owner.partyId}, ${`upl_${fileId}`}, '证书.pdf', 'application/pdf', 'kept', 1, ${sha256}, now())`.execute(
    market.database.db,
  );
  return fileId;
}

async function uscc(person: Person): Promise<string> {
  const { rows } = await sql<{ uscc: string }>`select uscc from party where id = ${person.partyId}`.execute(
    market.database.db,
  );
  return rows[0]?.uscc ?? '';
}

async function input(more: object = {}, owner = people.seller): Promise<Record<string, unknown>> {
  return {
    subjectId: productId,
    registryId: rights,
    kind: 'data-rights',
    number: code(12),
    title: '航班准点率数据集',
    holderName: owner.name,
    holderUscc: await uscc(owner),
    rights: ['hold', 'operate'],
    issuedOn: ISSUED,
    validUntil: until(3),
    fileId: await paper(owner),
    ...more,
  };
}
const bring = async (more: object = {}, owner = people.seller) =>
  (await done('certificate.import', owner, await input(more, owner))).importId ?? '';
const refused = async (more: object, owner = people.seller) =>
  market.refusal('certificate.import', owner, await input(more, owner));

async function get<T>(path: string, actor: Actor, params: object = {}, query: object = {}): Promise<T> {
  const found = reads.find((r) => r.path === path) as Read;
  const { db } = market.database;
  const answer = await found.run({ db, actor, params, query: found.query.parse(query), at: new Date() } as never);
  return found.output.parse(answer) as T;
}
interface Item {
  readonly id: string;
  readonly number: string;
  readonly state: string;
  readonly ground: { readonly zh: string } | null;
  readonly dossier: { readonly checks: { readonly ok: boolean; readonly title: { readonly zh: string } }[] } | null;
}

describe('bringing a certificate', () => {
  test('of a registry on the list, in its form and time, by its holder, for a subject of its own', async () => {
    expect(await refused({ number: code(1).slice(0, -1) })).toEqual(['rule', 'HS-7.32', 'DPR-A6.1']);
    expect(await refused({ number: code(12, MONTH, '99') })).toEqual(['rule', 'DPR-A6.1']);
    expect(await refused({ number: code(12, '2020-01') })).toEqual(['rule', 'DPR-A6.1']);
    expect(await refused({ validUntil: until(5, '02') })).toEqual(['rule', 'DPR-30.1']);
    expect(await refused({ number: code(12, '2020-08'), issuedOn: '2020-08-03', validUntil: '2025-08-02' })).toEqual([
      'rule',
      'HS-7.33',
    ]);
    expect(await refused({ holderName: '别人' })).toEqual(['rule', 'HS-7.34']);
    expect(await refused({ registryId: ip })).toEqual(['rule', 'HS-7.31', 'HS-7.32']);
    expect(await refused({ rights: ['ip'] })).toEqual(['rule', 'DPR-3.1']);
    const data = { kind: 'data-ip', registryId: ip, number: '示知20260001', rights: ['ip'], validUntil: until(3) };
    expect(await refused({ ...data, validUntil: until(3, '02') })).toEqual(['rule', 'HS-7.33']);
    expect(await refused({ registryId: newId('reg') })).toEqual(['not-found', 'HS-1.4']);
    // Public data of an organ is no subject of such rights; another's product and another's paper are nobody's business.
    expect(await refused({ subjectId: resourceId }, people.holder)).toEqual(['rule', 'DPR-15.1']);
    expect(await refused({ subjectId: resourceId })).toEqual(['not-found', 'HS-1.4']);
    expect(await refused({ fileId: await paper(people.holder) })).toEqual(['not-found', 'HS-1.4']);
    expect(await refused({}, people.buyer)).toEqual(['forbidden', 'HS-1.2']);
    expect(await bring(data)).toMatch(/^imp_/);
  });

  test('stays between holder and exchange until it is decided', async () => {
    const importId = await bring({ number: code(99) });
    const see = (actor: Actor) => get<Item>('/imported-certificates/:importId', actor, { importId });
    await expect(see(ANONYMOUS)).rejects.toThrow('Not found');
    await expect(see(people.stranger)).rejects.toThrow('Not found');
    expect((await see(people.seller)).dossier?.checks.every((c) => c.ok)).toBe(true);
    const numbers = async (actor: Actor) =>
      (await get<{ items: Item[] }>('/imported-certificates', actor)).items.map((i) => i.number);
    expect(await numbers(ANONYMOUS)).not.toContain(code(99));
    expect(await numbers(people.exchange)).toContain(code(99));
  });
});

describe('recognising', () => {
  test('once; a second of the same number or the same paper is refused as a duplicate, and only then', async () => {
    const content = newId('paper');
    const first = await bring({ number: code(21), fileId: await paper(people.seller, content) });
    const decision = { importId: first, reason: '已向登记机构核验' };
    expect(await market.refusal('certificate.recognise', people.seller, decision)).toEqual(['forbidden', 'HS-1.2']);
    expect(
      await market.refusal('certificate.recognise', { ...people.exchange, secondFactor: false }, decision),
    ).toEqual(['forbidden', 'HS-1.3']);
    // Nobody is turned away on a ground that the checks do not bear out.
    expect(await market.refusal('certificate.refuse', people.exchange, { ...decision, ground: 'duplicate' })).toEqual([
      'rule',
      'DPR-31.1',
    ]);
    expect(await market.refusal('certificate.refuse', people.exchange, { ...decision, ground: 'expired' })).toEqual([
      'rule',
      'DPR-31.1',
    ]);
    const second = await bring({ number: code(21) });
    await done('certificate.recognise', people.exchange, decision);
    expect(await market.refusal('certificate.recognise', people.exchange, decision)).toContain('HS-7.36');
    expect(await market.refusal('certificate.recognise', people.exchange, { ...decision, importId: second })).toEqual([
      'rule',
      'HS-7.35',
    ]);
    await done('certificate.refuse', people.exchange, {
      importId: second,
      ground: 'duplicate',
      reason: '编号已被认可',
    });
    const shown = await get<Item>('/imported-certificates/:importId', people.seller, { importId: second });
    expect(shown).toMatchObject({ state: 'refused', ground: { zh: '同一证书已被认可' } });
    await expect(get('/imported-certificates/:importId', ANONYMOUS, { importId: second })).rejects.toThrow('Not found');
    const copied = await bring({ number: code(22), fileId: await paper(people.seller, content) });
    expect(await market.refusal('certificate.recognise', people.exchange, { ...decision, importId: copied })).toEqual([
      'rule',
      'HS-7.35',
    ]);
  });

  test('of two at once with one number one is recognised', async () => {
    const both = [await bring({ number: code(31) }), await bring({ number: code(31) })];
    const answers = await Promise.all(
      both.map((importId) => market.run('certificate.recognise', people.exchange, { importId, reason: '核验无误' })),
    );
    expect(answers.filter((a) => a.ok)).toHaveLength(1);
    expect(answers.flatMap((a) => (a.ok ? [] : a.refusal.violations.map((v) => v.rule)))).toEqual(['HS-7.35']);
  });

  test('stands on the product’s certificates here, for everybody to see, until it ends', async () => {
    const made = await market.product('气象逐时数据集');
    const importId = await bring({ number: code(41), subjectId: made.productId });
    await done('certificate.recognise', people.exchange, { importId, reason: '核验无误' });
    const { certificateId } = await market.issue(people.seller, 'registration', made.productId);
    const file = JSON.parse((await certificateJson(market.database.db, people.seller, certificateId)).toString()) as {
      recognised: { number: string; registry: string; rights: string[] }[];
    };
    expect(file.recognised).toMatchObject([
      { number: code(41), registry: '示例省数据登记中心', rights: ['数据持有权', '数据经营权'] },
    ]);
    const query = { subjectId: made.productId, state: 'recognised' };
    const seen = () => get<{ items: Item[] }>('/imported-certificates', ANONYMOUS, {}, query);
    expect((await seen()).items.map((i) => i.number)).toEqual([code(41)]);
    const end = { importId, ground: 'cancelled', reason: '登记机构公告注销' };
    await done('certificate.end-recognition', people.exchange, end);
    expect((await seen()).items).toEqual([]);
    expect(await market.refusal('certificate.end-recognition', people.exchange, end)).toContain('HS-7.36');
  });

  test('with a limit remarked keeps the product off the market', async () => {
    const made = await market.product('门店客流数据集');
    const importId = await bring({ number: code(51), subjectId: made.productId });
    await done('certificate.recognise', people.exchange, {
      importId,
      restriction: 'preservation',
      reason: '备注司法保全',
    });
    await sql`update product set state = 'suspended', suspended_by = 'holder' where id = ${made.productId}`.execute(
      market.database.db,
    );
    const resume = products.acts.find((a) => a.name === 'product.resume');
    const ask = { productId: made.productId, reason: '恢复' };
    expect(await market.refusalOf(resume, people.seller, ask)).toEqual(['rule', 'DPR-23.1']);
    await done('certificate.end-recognition', people.exchange, { importId, ground: 'error', reason: '备注已解除' });
    expect(await market.refusalOf(resume, people.seller, ask)).toEqual([]);
  });

  test('needs a registry still on the list', async () => {
    const gone = await registry({ name: '临时登记中心', kinds: ['data-rights'], numberFormat: 'SJ9999999999999' });
    const importId = await bring({ registryId: gone, number: code(61) });
    await done('registry.withdraw', people.exchange, { registryId: gone, reason: '机构已撤销' });
    expect(await market.refusal('registry.withdraw', people.exchange, { registryId: gone, reason: '再撤' })).toEqual([
      'not-found',
      'HS-1.4',
    ]);
    expect(await market.refusal('certificate.recognise', people.exchange, { importId, reason: '核验无误' })).toEqual([
      'rule',
      'HS-7.31',
    ]);
    expect(
      await market.refusal('registry.recognise', people.exchange, {
        ...{ name: '太短', kinds: ['data-ip'], numberFormat: '沪登字99', basis: '无' },
        basis: '主管部门公布',
      }),
    ).toEqual(['rule', 'HS-7.30']);
  });
});
