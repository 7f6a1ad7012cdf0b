import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { getPerson, usccCheckCharacter } from '../../kernel/access/index.ts';
import type { Actor } from '../../kernel/acts/index.ts';
import { ANONYMOUS, refusedKind, rulesOf, type TestExchange, testExchange } from '../testing.ts';
import * as party from './acts.ts';
import { reads } from './queries.ts';

let x: TestExchange;
let exchange: Actor & { partyId: string };
let regulator: Actor & { partyId: string };
let buyer: Actor & { partyId: string };
beforeAll(async () => {
  x = await testExchange([]);
  exchange = await x.party('样例数据交易所', ['exchange']);
  regulator = await x.party('样例监管局', ['regulator']);
  buyer = await x.party('样例买方', ['buyer']);
});
afterAll(() => x.close());

let serial = 0;
const uscc = (): string => {
  const body = `91370102MA${String(++serial).padStart(7, '0')}`;
  return `${body}${usccCheckCharacter(body) ?? ''}`;
};
const application = (change: Record<string, unknown> = {}) => ({
  name: '样例数商有限公司',
  uscc: uscc(),
  legalRepresentative: '某甲',
  contact: '0531-00000000',
  roles: ['data-merchant'],
  login: `merchant${serial}`,
  password: 'correct horse battery staple',
  displayName: '某乙',
  statement: '开发航班数据产品',
  businessTypes: ['develop'],
  ...change,
});
const applied = async (change: Record<string, unknown> = {}): Promise<string> =>
  String((await x.run(party.apply, ANONYMOUS, application(change))).partyId);
const admission = { identityChecked: true, reason: '已核验营业执照和登记信息' };

describe('party.apply', () => {
  test('anyone applies; the first person is the party administrator and can do nothing yet', async () => {
    const input = application({ login: 'Firstone' });
    const { partyId } = await x.run(party.apply, ANONYMOUS, input);
    const person = await x.db
      .selectFrom('person')
      .select('id')
      .where('login', '=', 'firstone')
      .executeTakeFirstOrThrow();
    const found = await getPerson(x.db, person.id);
    expect(found).toMatchObject({ party_id: partyId, personal_roles: ['party-admin'], roles: ['data-merchant'] });
    const { state, roles } = await x.db
      .selectFrom('party')
      .selectAll()
      .where('id', '=', String(partyId))
      .executeTakeFirstOrThrow();
    expect({ state, roles }).toEqual({ state: 'applied', roles: [] });
    const { rows } = await x.db.executeQuery<{ line: string }>({
      sql: 'select sealed::text as line from evidence_entry',
      parameters: [],
    } as never);
    expect(rows.some((r) => r.line.includes(input.password))).toBe(false);
  });

  test('a wrong check character is refused by the standard', async () => {
    const good = uscc();
    const bad = `${good.slice(0, -1)}${good.endsWith('0') ? '1' : '0'}`;
    const refusal = await x.refusal(party.apply, ANONYMOUS, application({ uscc: bad }));
    expect(rulesOf(refusal)).toEqual(['GB32100-1.1']);
    expect(refusal.violations[0]?.article).toContain('32100');
    expect(refusal.violations[0]?.fact.zh).toContain('校验码');
    expect(refusal.violations[0]?.fact.en).toContain('check character');
    for (const malformed of ['', 'x', '9137', `${good}0`, 'ABCDEFGHIJKLMNOPQR']) {
      expect(rulesOf(await x.refusal(party.apply, ANONYMOUS, application({ uscc: malformed })))).toEqual([
        'GB32100-1.1',
      ]);
    }
  });

  test('a code in use and a login in use are refused', async () => {
    const code = uscc();
    await applied({ uscc: code, login: 'taken' });
    expect(rulesOf(await x.refusal(party.apply, ANONYMOUS, application({ uscc: code, login: 'other' })))).toEqual([
      'HS-2.4',
    ]);
    expect((await x.refusal(party.apply, ANONYMOUS, application({ login: 'TAKEN' }))).kind).toBe('conflict');
  });
});

describe('party.admit', () => {
  test('the exchange admits; then the party stands in the public register', async () => {
    const partyId = await applied();
    expect(await refusedKind(x.read(reads, '/parties/:partyId', ANONYMOUS, { partyId }))).toBe('not-found');
    expect(await x.run(party.admit, exchange, { partyId, ...admission })).toEqual({
      partyId,
      roles: ['data-merchant'],
    });
    const seen = await x.read(reads, '/parties/:partyId', ANONYMOUS, { partyId });
    expect(seen).toMatchObject({
      state: 'admitted',
      roles: ['data-merchant'],
      businessTypes: ['develop'],
      dossier: null,
    });
    expect(JSON.stringify(seen)).not.toContain('某甲');
    const own = await x.read(reads, '/parties/:partyId', { ...buyer, partyId }, { partyId });
    expect(own).toMatchObject({ dossier: { legalRepresentative: '某甲' } });
    const { items } = (await x.read(reads, '/parties', ANONYMOUS, {}, { role: 'data-merchant' })) as {
      items: { id: string }[];
    };
    expect(items.map((i) => i.id)).toContain(partyId);
  });

  test('who runs public data names its head, by the rule; a buyer need not', async () => {
    for (const role of ['operating-unit', 'data-provider']) {
      const partyId = await applied({ roles: [role], legalRepresentative: ' ' });
      const refusal = await x.refusal(party.admit, exchange, { partyId, ...admission });
      expect(rulesOf(refusal)).toEqual(['JN-15.2']);
      expect(refusal.violations[0]?.article).toContain('第十五条');
    }
    const partyId = await applied({ roles: ['buyer'], legalRepresentative: '' });
    await x.run(party.admit, exchange, { partyId, ...admission });
    expect(await x.read(reads, '/parties/:partyId', exchange, { partyId })).toMatchObject({
      dossier: { legalRepresentative: null },
    });
  });

  test('strangers, other roles and other states are refused', async () => {
    const partyId = await applied();
    expect((await x.refusal(party.admit, ANONYMOUS, { partyId, ...admission })).kind).toBe('unauthenticated');
    expect((await x.refusal(party.admit, buyer, { partyId, ...admission })).kind).toBe('forbidden');
    expect(
      (await x.refusal(party.admit, exchange, { partyId: 'pty_01kaq000000000000000000000', ...admission })).kind,
    ).toBe('not-found');
    await x.run(party.admit, exchange, { partyId, ...admission });
    const again = await x.refusal(party.admit, exchange, { partyId, ...admission });
    expect([again.kind, rulesOf(again)]).toEqual(['state', ['HS-2.1']]);
  });

  test.each<[string, Record<string, unknown>, Record<string, unknown>]>([
    ['HS-2.3', {}, { roles: ['data-merchant', 'broker'] }],
    ['DSL-33.2', {}, { identityChecked: false }],
    ['SH-15.1', { businessTypes: [] }, {}],
    ['SH-15.3', { roles: ['exchange', 'data-merchant'] }, {}],
    ['JN-13.3', { roles: ['operating-unit'], maintainsPlatform: true }, {}],
  ])('%s refuses', async (rule, application, decision) => {
    const partyId = await applied(application);
    const refusal = await x.refusal(party.admit, exchange, { partyId, ...admission, ...decision });
    expect(rulesOf(refusal)).toEqual([rule]);
    const violation = refusal.violations[0];
    expect(violation?.article).not.toBe('');
    expect(violation?.fact.zh).toMatch(/\p{Script=Han}/u);
    expect(violation?.remedy.en).toMatch(/[a-z]/);
  });

  test('nobody decides on the own case', async () => {
    const partyId = await applied();
    expect(rulesOf(await x.refusal(party.admit, { ...exchange, partyId }, { partyId, ...admission }))).toEqual([
      'HS-2.2',
    ]);
    expect(rulesOf(await x.refusal(party.suspend, exchange, { partyId: exchange.partyId, reason: '测试' }))).toEqual([
      'HS-2.2',
    ]);
  });

  test('management and operation in one hand is let pass and reported', async () => {
    const partyId = await applied({ roles: ['data-authority', 'data-merchant'] });
    await x.run(party.admit, exchange, { partyId, ...admission });
    const { rows } = await x.db.executeQuery<{ rule_id: string }>({
      sql: `select rule_id from alert where subject = $1`,
      parameters: [partyId],
    } as never);
    expect(rows).toEqual([{ rule_id: 'BJ-10.1' }]);
  });
});

test('a refused applicant may apply again with the same code', async () => {
  const code = uscc();
  const partyId = await applied({ uscc: code, login: 'again1' });
  expect(await x.run(party.refuse, exchange, { partyId, reason: '资料不全' })).toEqual({ partyId, state: 'refused' });
  expect((await x.refusal(party.refuse, exchange, { partyId, reason: '资料不全' })).kind).toBe('state');
  expect(await applied({ uscc: code, login: 'again2' })).not.toBe(partyId);
});

test('suspended and resumed, by exchange or regulator with a second factor', async () => {
  const partyId = await applied();
  await x.run(party.admit, exchange, { partyId, ...admission });
  const reason = '涉嫌违规，暂停核查';
  expect(
    (await x.refusal(party.suspend, { ...exchange, secondFactor: false }, { partyId, reason })).violations[0]?.rule,
  ).toBe('HS-1.3');
  expect((await x.refusal(party.suspend, buyer, { partyId, reason })).kind).toBe('forbidden');
  expect((await x.refusal(party.resume, regulator, { partyId, reason })).kind).toBe('state');
  expect(await x.run(party.suspend, regulator, { partyId, reason })).toEqual({ partyId, state: 'suspended' });
  expect(await x.read(reads, '/parties/:partyId', ANONYMOUS, { partyId })).toMatchObject({ state: 'suspended' });
  expect(await x.run(party.resume, exchange, { partyId, reason })).toEqual({ partyId, state: 'admitted' });
});

test('applications are listed for those who decide, not for the public', async () => {
  const partyId = await applied();
  const ids = async (actor: Actor) =>
    (
      (await x.read(reads, '/parties', actor, {}, { state: 'applied', limit: 100 })) as { items: { id: string }[] }
    ).items.map((i) => i.id);
  expect(await ids(exchange)).toContain(partyId);
  expect(await ids(buyer)).not.toContain(partyId);
  expect(await ids(ANONYMOUS)).not.toContain(partyId);
});
