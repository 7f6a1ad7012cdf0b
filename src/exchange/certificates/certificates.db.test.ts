import { randomInt } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Actor, ANONYMOUS, type Read } from '../../kernel/acts/index.ts';
import { canonical, logKey, settled, sha256Hex } from '../../kernel/evidence/index.ts';
import { verifyCertificate } from '../../kernel/evidence/verify/index.ts';
import { newId } from '../../kernel/ids.ts';
import { certificateJson, certificatePdf, reads } from './index.ts';
import { signedBy } from './keys.ts';
import type { Content } from './model.ts';
import { type Market, openMarket } from './testing.ts';

let market: Market;
let people: Market['people'];
let vkey: string;

beforeAll(async () => {
  market = await openMarket();
  people = market.people;
  vkey = (await logKey(market.database.db)) ?? '';
});
afterAll(() => market.drop());

const { refusal, issue, order, clear } = {
  refusal: (...args: Parameters<Market['refusal']>) => market.refusal(...args),
  issue: (...args: Parameters<Market['issue']>) => market.issue(...args),
  order: (...args: Parameters<Market['order']>) => market.order(...args),
  clear: (...args: Parameters<Market['clear']>) => market.clear(...args),
};

async function get<T>(
  path: string,
  actor: Actor,
  { params = {}, query = {} }: { params?: object; query?: object } = {},
): Promise<T> {
  const found = reads.find((r) => r.path === path) as Read;
  const answer = await found.run({
    db: market.database.db,
    actor,
    params,
    query: found.query.parse(query),
    at: new Date(),
  } as never);
  return found.output.parse(answer) as T;
}

interface CertificateFile extends Content {
  readonly contentSha256: string;
  readonly signature: string;
  readonly evidence: readonly { receiptId: string; opened?: Record<string, { value: unknown }> }[];
}
const json = (actor: Actor, id: string) => certificateJson(market.database.db, actor, id);
const parsed = (bytes: Buffer) => JSON.parse(bytes.toString()) as CertificateFile;

describe('issuing', () => {
  test('a right holder gets a certificate that names every entry it rests on; its hash can be recomputed', async () => {
    const id = await order();
    await clear(id);
    const { certificateId, number } = await issue(people.holder, 'clearing', id);
    expect(number).toMatch(/^QS-\d{4}-000001$/);
    const bytes = await json(people.holder, certificateId);
    const file = parsed(bytes);
    expect(file).toMatchObject({
      number,
      kind: 'clearing',
      issuer: '示例数据交易所',
      holder: { name: '交通局' },
      subject: { id, title: '航班准点率数据集' },
    });
    expect(file.events.map((e) => e.act)).toEqual(['order.pay', 'delivery.deliver', 'order.accept', 'clearing.clear']);
    expect(file.events.map((e) => e.title.zh)).not.toContain('order.pay');
    expect(file.amounts.map((a) => [a.title.zh, a.party, a.amount.amountFen])).toEqual([
      ['成交价款', null, '10001'],
      ['收益分配', '数商', '6931'],
      ['收益分配', '交通局', '2970'],
      ['交易服务费', null, '100'],
    ]);
    for (const e of file.events) {
      const { rows } = await sql<{ bytes: Buffer }>`select bytes from evidence_entry where id = ${e.receiptId}`.execute(
        market.database.db,
      );
      expect(e.entrySha256).toBe(sha256Hex(rows[0]?.bytes ?? Buffer.alloc(0)));
    }
    expect(verifyCertificate({ json: bytes, vkey })).toMatchObject({
      outcome: 'proven',
      certificate: { form: 'json', number, kind: 'clearing', holder: '交通局', events: 4, level: 'sequenced' },
    });
    const pdf = await certificatePdf(market.database.db, people.holder, certificateId, 'https://exchange.example');
    expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
  });

  test('strangers, and parties to something else, learn nothing', async () => {
    const id = await order();
    expect(await refusal('certificate.issue', people.stranger, { kind: 'trade', subjectId: id })).toEqual([
      'not-found',
      'HS-1.4',
    ]);
    expect(await refusal('certificate.issue', people.exchange, { kind: 'trade', subjectId: id })).toEqual([
      'not-found',
      'HS-1.4',
    ]);
    expect(await refusal('certificate.issue', people.buyer, { kind: 'trade', subjectId: newId('ord') })).toEqual([
      'not-found',
      'HS-1.4',
    ]);
    expect(await refusal('certificate.issue', people.buyer, { kind: 'registration', subjectId: id })).toEqual([
      'not-found',
      'HS-1.4',
    ]);
    expect(await refusal('certificate.issue', ANONYMOUS, { kind: 'trade', subjectId: id })).toEqual([
      'unauthenticated',
      'HS-1.1',
    ]);
    // A share in the income is a right to the clearing's certificate, not to the trade's.
    expect(await refusal('certificate.issue', people.holder, { kind: 'trade', subjectId: id })).toEqual([
      'not-found',
      'HS-1.4',
    ]);
    const { certificateId } = await issue(people.buyer, 'trade', id);
    await expect(json(people.stranger, certificateId)).rejects.toThrow('Not found');
    await expect(json(ANONYMOUS, certificateId)).rejects.toThrow('Not found');
    await expect(
      certificatePdf(market.database.db, people.stranger, certificateId, 'https://exchange.example'),
    ).rejects.toThrow('Not found');
    expect(parsed(await json(people.seller, certificateId)).holder.name).toBe('买方');
    expect((await get<{ items: { id: string }[] }>('/certificates', people.stranger)).items).toEqual([]);
    expect(
      (await get<{ items: { id: string }[] }>('/certificates', people.buyer, { query: { subjectId: id } })).items.map(
        (i) => i.id,
      ),
    ).toEqual([certificateId]);
  });

  test('nothing is certified that left no evidence', async () => {
    expect(await refusal('certificate.issue', people.buyer, { kind: 'clearing', subjectId: await order() })).toEqual([
      'rule',
      'HS-7.11',
    ]);
    const unsigned = await order({ without: ['contract.sign'] });
    expect(await refusal('certificate.issue', people.buyer, { kind: 'trade', subjectId: unsigned })).toEqual([
      'rule',
      'HS-7.11',
    ]);
    const undelivered = await order({ without: ['delivery.deliver'] });
    expect(await refusal('certificate.issue', people.buyer, { kind: 'delivery', subjectId: undelivered })).toEqual([
      'rule',
      'HS-7.11',
    ]);
    const lost = await order();
    await settled(market.database.db);
    const paid = `id = (select 'rct_' || substr(id, 5) from act_log where subject = '${lost}' and name = 'order.pay')`;
    const { pool } = market.database;
    // The log itself needs the entry back at once.
    const client = await pool.connect();
    try {
      await client.query(`create table lost_entry as select * from evidence_entry where ${paid}`);
      await client.query(`delete from evidence_entry where ${paid}`);
      expect(await refusal('certificate.issue', people.buyer, { kind: 'trade', subjectId: lost })).toEqual([
        'rule',
        'HS-7.11',
      ]);
    } finally {
      await client.query('insert into evidence_entry select * from lost_entry');
      client.release();
    }
  });

  test('one valid certificate each, also of eight at once; numbers without a gap', async () => {
    const id = await order();
    const answers = await Promise.all(
      Array.from({ length: 8 }, () =>
        market.run('certificate.issue', people.seller, { kind: 'delivery', subjectId: id }),
      ),
    );
    expect(answers.filter((a) => a.ok)).toHaveLength(1);
    expect(answers.flatMap((a) => (a.ok ? [] : a.refusal.violations.map((v) => v.rule)))).toEqual(
      Array(7).fill('HS-7.13'),
    );
    const more = await Promise.all([
      issue(people.buyer, 'delivery', id),
      ...(await Promise.all([order(), order(), order()])).map((o) => issue(people.seller, 'delivery', o)),
    ]);
    const numbers = more.map((m) => Number(m.number.slice(-6))).sort((a, b) => a - b);
    expect(numbers).toEqual([2, 3, 4, 5]);
  });
});

describe('revoking', () => {
  test('by the exchange with a second factor, once; readable as revoked, and a new one may follow', async () => {
    const id = await order();
    const { certificateId } = await issue(people.buyer, 'trade', id);
    const input = { certificateId, ground: 'content-error', reason: '主体名称有误' };
    expect(await refusal('certificate.revoke', people.buyer, input)).toEqual(['forbidden', 'HS-1.2']);
    expect(await refusal('certificate.revoke', { ...people.exchange, secondFactor: false }, input)).toEqual([
      'forbidden',
      'HS-1.3',
    ]);
    expect(await refusal('certificate.revoke', people.exchange, { ...input, certificateId: newId('cer') })).toEqual([
      'not-found',
      'HS-1.4',
    ]);
    expect(await refusal('certificate.revoke', people.exchange, input)).toEqual([]);
    expect(await refusal('certificate.revoke', people.exchange, input)).toEqual(['state', 'HS-7.14']);
    const shown = await get<Record<string, unknown>>('/certificates/:certificateId', ANONYMOUS, {
      params: { certificateId },
    });
    expect(shown).toMatchObject({ state: 'revoked', ground: { zh: '凭证内容有误' }, certificate: null });
    expect(JSON.stringify(shown)).not.toMatch(/买方|主体名称有误/);
    expect(shown.revokedAt).not.toBeNull();
    const own = await get<{ certificate: { reason: string; contentSha256: string } }>(
      '/certificates/:certificateId',
      people.buyer,
      { params: { certificateId } },
    );
    expect(own.certificate.reason).toBe('主体名称有误');
    // Whoever holds the paper has its hash, and with it the status; with another hash there is nothing.
    const status = (hash: string) =>
      get<Record<string, unknown>>('/certificates/:certificateId/status', ANONYMOUS, {
        params: { certificateId },
        query: { hash },
      });
    expect(await status(own.certificate.contentSha256)).toMatchObject({ state: 'revoked', holder: '买方' });
    await expect(status('0'.repeat(64))).rejects.toThrow('Not found');
    expect((await issue(people.buyer, 'trade', id)).certificateId).not.toBe(certificateId);
  });

  test('whoever holds the id sees the holder, so the public log must not give it away', async () => {
    const { certificateId } = await issue(people.buyer, 'trade', await order());
    expect(
      await refusal('certificate.revoke', people.exchange, { certificateId, ground: 'content-error', reason: '更正' }),
    ).toEqual([]);
    const { rows } = await sql<{ entry: string }>`select convert_from(bytes, 'UTF8') as entry from evidence_entry
      where bytes like ${Buffer.from('%certificate.%')}::bytea`.execute(market.database.db);
    expect(rows.length).toBeGreaterThan(1);
    for (const { entry } of rows) expect(entry).not.toMatch(/cer_[0-9a-z]{26}|买方/);
  });
});

describe('reissuing', () => {
  test('by its holder, from a valid one: the old one is replaced, and each names the other', async () => {
    const id = await order();
    const { certificateId, number } = await issue(people.buyer, 'trade', id);
    expect(await refusal('certificate.reissue', people.seller, { certificateId })).toEqual(['not-found', 'HS-1.4']);
    const outcome = await market.run('certificate.reissue', people.buyer, { certificateId });
    const reissued = outcome.ok ? (outcome.result as { certificateId: string; number: string }) : undefined;
    const file = await json(people.buyer, reissued?.certificateId ?? '');
    expect(parsed(file).supersedes).toBe(number);
    expect(verifyCertificate({ json: file, vkey }).outcome).toBe('proven');
    const old = await get<{ state: string; certificate: { supersededBy: { number: string } } }>(
      '/certificates/:certificateId',
      people.buyer,
      { params: { certificateId } },
    );
    expect(old).toMatchObject({ state: 'superseded', certificate: { supersededBy: { number: reissued?.number } } });
    expect(await refusal('certificate.reissue', people.buyer, { certificateId })).toEqual(['state', 'HS-7.14']);
    expect(await refusal('certificate.issue', people.buyer, { kind: 'trade', subjectId: id })).toEqual([
      'rule',
      'HS-7.13',
    ]);
  });
});

describe('the data asset certificate', () => {
  test('tells registration, rights, opinions, trades and sums of a product; the verifier reckons them again', async () => {
    const { productId, resourceId } = await market.product();
    for (let n = 0; n < 3; n++) await clear(await order({ productId, without: ['product.list'] }));
    await order({ productId, without: ['product.list'] });
    const { certificateId, number } = await issue(people.seller, 'asset', productId);
    expect(number).toMatch(/^ZC-/);
    const bytes = await json(people.seller, certificateId);
    const { asset, events } = parsed(bytes);
    expect(asset?.counts.map((c) => [c.key, c.count])).toEqual([
      ['trades', 4],
      ['deliveries', 4],
      ['cleared', 3],
      ['refunded', 0],
    ]);
    expect(asset?.sums.map((s) => [s.key, s.amount.amountFen])).toEqual([
      ['total', '30003'],
      ['own', '20793'],
      ['fee', '300'],
    ]);
    expect(asset?.accounting).toEqual({ assessed: true, traded: true });
    expect(asset?.opinions.map((o) => [o.kind.zh, o.score])).toEqual([
      ['合规评估', null],
      ['质量评估', 92.5],
    ]);
    expect(events).toHaveLength(1 + 2 + 4 + 4 + 3);
    expect(verifyCertificate({ json: bytes, vkey })).toMatchObject({
      outcome: 'proven',
      proves: expect.arrayContaining([expect.objectContaining({ en: expect.stringContaining('reckoned anew') })]),
    });
    // Who holds the resource behind it sees its own income, and nothing of the price.
    const own = await issue(people.holder, 'asset', resourceId);
    const second = await json(people.holder, own.certificateId);
    expect(parsed(second).asset?.sums.map((s) => [s.key, s.amount.amountFen])).toEqual([['own', '8910']]);
    expect(verifyCertificate({ json: second, vkey }).outcome).toBe('proven');
    expect(await refusal('certificate.issue', people.buyer, { kind: 'asset', subjectId: productId })).toEqual([
      'not-found',
      'HS-1.4',
    ]);
  });

  test('for a period in order; sums that differ from the ledger are refused', async () => {
    const { productId } = await market.product('气象数据集');
    const orderId = await order({ productId, without: ['product.list'] });
    await clear(orderId);
    const ask = (more: object) =>
      refusal('certificate.issue', people.seller, { kind: 'asset', subjectId: productId, ...more });
    expect(await ask({ from: '2026-01-02', until: '2026-01-01' })).toEqual(['rule', 'HS-7.16']);
    expect(await ask({ until: '2999-01-01' })).toEqual(['rule', 'HS-7.16']);
    // Somebody made the evidence say another sum than the ledger.
    await sql`update evidence_entry set sealed = jsonb_set(sealed, '{total,value,amountFen}', '"10002"')
      where id = (select 'rct_' || substr(id, 5) from act_log where subject = ${orderId} and name = 'clearing.clear')`.execute(
      market.database.db,
    );
    expect(await ask({})).toEqual(['rule', 'HS-7.18']);
    const before = await issue(people.seller, 'asset', productId, { from: '2020-01-01', until: '2020-12-31' });
    expect(parsed(await json(people.seller, before.certificateId)).asset?.accounting.traded).toBe(false);
  });
});

/** A run changes one byte in so many, and no two runs need change the same ones: each costs a signature's check. */
const STEP = 5;

describe('a changed file', () => {
  test('is refused, whichever byte of it was changed', async () => {
    const id = await order();
    const { certificateId } = await issue(people.buyer, 'trade', id);
    const bytes = await json(people.buyer, certificateId);
    const fooled: number[] = [];
    for (let at = randomInt(STEP); at < bytes.length; at += STEP) {
      const changed = Uint8Array.from(bytes);
      changed[at] = (changed[at] ?? 0) ^ (1 << (at % 7));
      if (verifyCertificate({ json: changed, vkey }).outcome === 'proven') fooled.push(at);
    }
    expect(fooled).toEqual([]);
    expect(verifyCertificate({ json: Buffer.concat([bytes, Buffer.from('\n')]), vkey }).outcome).toBe('unreadable');
    expect(verifyCertificate({ json: bytes.subarray(0, -1), vkey }).outcome).toBe('unreadable');
  }, 120_000);

  test('is refused as a PDF as well', async () => {
    const id = await order();
    const { certificateId } = await issue(people.buyer, 'trade', id);
    const pdf = await certificatePdf(market.database.db, people.buyer, certificateId, 'https://exchange.example/');
    expect(verifyCertificate({ pdf, vkey })).toMatchObject({ outcome: 'proven', certificate: { form: 'pdf' } });
    const fooled: number[] = [];
    // Close together at the end, where the signature stands; never the same bit.
    for (let at = randomInt(STEP); at < pdf.length; at += at < pdf.length - 600 ? 101 * STEP : STEP) {
      const changed = Uint8Array.from(pdf);
      changed[at] = (changed[at] ?? 0) ^ (1 << (at % 8));
      if (verifyCertificate({ pdf: changed, vkey }).outcome === 'proven') fooled.push(at);
    }
    expect(fooled).toEqual([]);
    // Saved again by another program, or with something added after the end.
    expect(verifyCertificate({ pdf: Buffer.concat([pdf, Buffer.from('\n%%EOF\n')]), vkey }).outcome).toBe('unreadable');
    expect(verifyCertificate({ pdf: Buffer.from('%PDF-1.7\n'), vkey }).outcome).toBe('unreadable');
    // The signature of one file does not go under another.
    const other = await certificatePdf(market.database.db, people.buyer, certificateId, 'https://elsewhere.example');
    const cut = (file: Buffer) => file.lastIndexOf('%shuheng-signature');
    const mixed = Buffer.concat([other.subarray(0, cut(other)), pdf.subarray(cut(pdf))]);
    expect(verifyCertificate({ pdf: mixed, vkey })).toMatchObject({ outcome: 'false', check: 'file' });
  }, 120_000);

  test('a code by another key is no code of ours; the right one is proven by the announced key', async () => {
    const { certificateId } = await issue(people.buyer, 'trade', await order());
    const { signature } = parsed(await json(people.buyer, certificateId));
    const { items: announcements } = await get<{ items: unknown[] }>('/certificate-keys', ANONYMOUS);
    const note = Buffer.from(signature).toString('base64url');
    expect(verifyCertificate({ note, announcements, vkey })).toMatchObject({
      outcome: 'proven',
      certificate: { form: 'note', id: certificateId },
    });
    expect(verifyCertificate({ note: signature, announcements, vkey }).outcome).toBe('proven');
    const changed = signature.replace(/\n[0-9a-f]{64}\n/, `\n${'0'.repeat(64)}\n`);
    expect(verifyCertificate({ note: changed, announcements, vkey })).toMatchObject({
      outcome: 'false',
      check: 'signature',
    });
    expect(verifyCertificate({ note, announcements: [], vkey })).toMatchObject({ outcome: 'false', check: 'key' });
    expect(verifyCertificate({ note: 'nonsense', announcements, vkey }).outcome).toBe('unreadable');
    expect(verifyCertificate({ note, announcements, vkey: 'nonsense' })).toMatchObject({ part: 'key' });
  });

  test('is refused even when whoever changed it has the key that signs certificates', async () => {
    const { db } = market.database;
    const orderId = await order();
    const { certificateId } = await issue(people.buyer, 'trade', orderId);
    const genuine = parsed(await json(people.buyer, certificateId));
    /** Hashed and signed anew, with the genuine key. */
    const forged = async (change: (file: Record<string, unknown>) => void): Promise<Buffer> => {
      const file = JSON.parse(JSON.stringify(genuine)) as Record<string, unknown>;
      change(file);
      const { contentSha256: _, signature: __, evidence, file: ___, ...content } = file;
      const contentSha256 = sha256Hex(canonical(content));
      const signature = await signedBy(
        db,
        'shuheng/certificate/2',
        String(content.id),
        String(content.number),
        contentSha256,
      );
      const unsigned = { ...content, contentSha256, signature, evidence };
      const whole = await signedBy(
        db,
        'shuheng/certificate-json/1',
        String(content.id),
        sha256Hex(canonical(unsigned)),
      );
      return Buffer.from(canonical({ ...unsigned, file: whole }));
    };
    const check = async (change: (file: Record<string, unknown>) => void) => {
      const verdict = verifyCertificate({ json: await forged(change), vkey });
      return verdict.outcome === 'false' ? verdict.check : verdict.outcome;
    };
    expect(await check(() => undefined)).toBe('proven');
    expect(await check((f) => Object.assign(f, { holder: { ...genuine.holder, name: '别人' } }))).toBe('issue');
    expect(await check((f) => Object.assign(f, { number: 'JY-2026-999999' }))).toBe('issue');
    expect(await check((f) => Object.assign(f, { events: [] }))).toBe('issue');
    expect(await check((f) => Object.assign(f, { evidence: genuine.evidence.slice(1) }))).toBe('key');
    expect(await check((f) => Object.assign(f, { evidence: genuine.evidence.slice(0, -1) }))).toBe('events');
    expect(await check((f) => Object.assign(f, { evidence: [...genuine.evidence, genuine.evidence[2]] }))).toBe(
      'evidence',
    );
    const other = parsed(await json(people.seller, (await issue(people.seller, 'delivery', orderId)).certificateId));
    expect(await check((f) => Object.assign(f, { evidence: [...genuine.evidence, other.evidence.at(-1)] }))).toBe(
      'events',
    );
  });
});
