import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Act, type Actor, execute, type Outcome, Refused } from '../../kernel/acts/index.ts';
import { policyFile, type Sequencer, startSequencer } from '../../kernel/evidence/index.ts';
import { testLog } from '../../kernel/evidence/testing.ts';
import { type BundleVerification, verifyBundle } from '../../kernel/evidence/verify/index.ts';
import { jobsOf } from '../../kernel/testing-jobs.ts';
import { kindOf, rulesOf, type TestTrade, testTrade } from '../delivery/testing.ts';
import { refusedKind } from '../testing.ts';
import { acts, BundleContentQuery, configureBundles, reads, serveBundle, tasks } from './index.ts';

let t: TestTrade;
let log: Awaited<ReturnType<typeof testLog>>;
let sequencer: Sequencer;
let orderId: string;
let productId: string;
beforeAll(async () => {
  t = await testTrade();
  log = await testLog();
  sequencer = await startSequencer({
    url: t.database.url,
    store: log.store,
    keys: log.keys,
    origin: 'log.example/test',
  });
  configureBundles({ vault: t.vault, linkKey: randomBytes(32) });
  productId = await t.product();
  ({ orderId } = await t.delivered(productId));
});
afterAll(async () => {
  await sequencer?.stop();
  await t?.close();
  await log?.drop();
});

const attempt = (name: string, actor: Actor, input: unknown): Promise<Outcome> => {
  const act = (acts as readonly Act[]).find((a) => a.name === name);
  if (!act) throw new Error(`no act ${name}`);
  return execute(t.kernel, act, actor, input);
};
async function run<T = Record<string, string>>(name: string, actor: Actor, input: unknown): Promise<T> {
  const outcome = await attempt(name, actor, input);
  if (!outcome.ok) throw new Error(`${name}: ${JSON.stringify(outcome.refusal)}`);
  return outcome.result as T;
}
const jobs = () => jobsOf(t.database.pool, tasks, { kernel: t.kernel, vault: t.vault })();

interface Shown {
  readonly state: string;
  readonly receipts: number;
  readonly done: number;
  readonly bytes: number;
  readonly sha256: string;
  readonly openings: boolean;
}
async function see(actor: Actor, bundleId: string): Promise<Shown> {
  const read = reads.find((r) => r.path === '/evidence/bundles/:bundleId');
  if (!read) throw new Error('there is no read');
  const asked = { db: t.db, actor, params: { bundleId }, query: {}, at: new Date() };
  return read.output.parse(await read.run(asked as never)) as Shown;
}

const made = async (actor: Actor, input: unknown = {}): Promise<string> => {
  const { bundleId } = await run('evidence.export-bundle', actor, input);
  await jobs();
  return String(bundleId);
};

async function download(actor: Actor, bundleId: string): Promise<Buffer> {
  const { url } = await run('evidence.link-bundle', actor, { bundleId });
  const { pathname, searchParams } = new URL(String(url), 'http://x');
  const query = BundleContentQuery.parse(Object.fromEntries(searchParams));
  const { body } = await serveBundle(t.db, pathname.split('/')[4] ?? '', query);
  const chunks: Buffer[] = [];
  for await (const chunk of body) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

async function proven(bytes: Uint8Array): Promise<Extract<BundleVerification, { outcome: 'proven' }>['bundle']> {
  const verification = await verifyBundle(bytes, { policy: (await policyFile(t.db)) ?? '' });
  if (verification.outcome !== 'proven') throw new Error(JSON.stringify(verification));
  return verification.bundle;
}

describe('a bundle of one’s own', () => {
  it('is made, downloaded, and proven offline, with what the party may show', async () => {
    const bundleId = await made(t.people.buyer, { subjectId: orderId });
    const shown = await see(t.people.buyer, bundleId);
    expect(shown).toMatchObject({ state: 'ready', openings: true });
    expect(shown.done).toBe(shown.receipts);
    const bytes = await download(t.people.buyer, bundleId);
    expect(bytes.length).toBe(shown.bytes);
    const bundle = await proven(bytes);
    expect(bundle).toMatchObject({
      id: bundleId,
      party: { name: '样例保险' },
      scope: { subject: orderId },
      level: 'sequenced',
    });
    const names = bundle.receipts.map((r) => r.entry?.act).sort();
    expect(names).toEqual(['contract.sign', 'contract.sign', 'delivery.deliver', 'order.pay', 'order.place']);
    // Its own input is shown; what the seller typed is not.
    const openedIn = (act: string) =>
      bundle.receipts.filter((r) => r.entry?.act === act).flatMap((r) => r.openings.map((o) => o.name));
    expect(openedIn('order.place')).toEqual(expect.arrayContaining(['input', 'subject', 'party']));
    expect(openedIn('delivery.deliver')).toContain('delivery');
    expect(openedIn('delivery.deliver')).not.toContain('input');
  });

  it('keeps to its period, and to what happened before it was asked for', async () => {
    const whole = await proven(await download(t.people.buyer, await made(t.people.buyer)));
    expect(whole.receipts.map((r) => r.entry?.act)).toContain('evidence.export-bundle');
    const before = new Date(Date.now() - 3 * 86_400_000).toISOString().slice(0, 10);
    expect(rulesOf(await attempt('evidence.export-bundle', t.people.buyer, { until: before }))).toEqual(['HS-10.60']);
    expect(
      rulesOf(await attempt('evidence.export-bundle', t.people.buyer, { from: '2030-01-02', until: '2030-01-01' })),
    ).toEqual(['HS-10.64', 'HS-10.60']);
  });

  it('is sealed in the public log by nothing but a number and a hash', async () => {
    const bundleId = await made(t.people.seller, { subjectId: productId });
    const { rows } = await sql<{ bytes: Buffer }>`select e.bytes from evidence_entry e join evidence_bundle b
      on e.id = 'rct_' || substr(b.sealed_act, 5) where b.id = ${bundleId}`.execute(t.db);
    const entry = JSON.parse(String(rows[0]?.bytes)) as { party: null; subject: null; open: Record<string, string> };
    expect(entry).toMatchObject({ party: null, subject: null });
    expect(Object.keys(entry.open).sort()).toEqual(['bundle', 'manifest']);
  });
});

describe('a bundle of another party', () => {
  it('is for supervisors, auditors and notaries; the notary sees no sealed values', async () => {
    const { partyId } = t.people.buyer;
    for (const actor of [t.people.stranger, t.people.seller, t.people.exchange])
      expect(kindOf(await attempt('evidence.export-bundle', actor, { partyId }))).toBe('not-found');
    const byRegulator = await proven(await download(t.people.regulator, await made(t.people.regulator, { partyId })));
    expect(byRegulator).toMatchObject({ party: { name: '样例保险' }, requestedBy: { name: '样例监管局' } });
    expect(byRegulator.receipts.some((r) => r.openings.length > 0)).toBe(true);
    const notary = await t.party('样例公证处', ['notary']);
    const bundleId = await made(notary, { partyId });
    expect(await see(notary, bundleId)).toMatchObject({ openings: false });
    const byNotary = await proven(await download(notary, bundleId));
    expect(byNotary.receipts.every((r) => r.openings.length === 0)).toBe(true);
  });

  it('is as if not there for whoever did not ask for it', async () => {
    const bundleId = await made(t.people.buyer, { subjectId: orderId });
    for (const actor of [t.people.seller, t.people.regulator]) {
      expect(await refusedKind(see(actor, bundleId))).toBe('not-found');
      for (const name of ['evidence.link-bundle', 'evidence.remove-bundle'])
        expect(kindOf(await attempt(name, actor, { bundleId }))).toBe('not-found');
    }
    for (const subjectId of [orderId, `ord_${'0'.repeat(26)}`])
      expect(kindOf(await attempt('evidence.export-bundle', t.people.stranger, { subjectId }))).toBe('not-found');
  });
});

describe('the life of a bundle', () => {
  it('has so many in the making, and ends when it is removed or its days are over', async () => {
    const ids: string[] = [];
    for (let i = 0; i < 3; i++) ids.push(String((await run('evidence.export-bundle', t.people.buyer, {})).bundleId));
    expect(rulesOf(await attempt('evidence.export-bundle', t.people.buyer, {}))).toEqual(['HS-10.61']);
    const [first = '', second = '', third = ''] = ids;
    expect(rulesOf(await attempt('evidence.link-bundle', t.people.buyer, { bundleId: first }))).toEqual(['HS-10.63']);
    await run('evidence.remove-bundle', t.people.buyer, { bundleId: first });
    await jobs();
    expect(await see(t.people.buyer, first)).toMatchObject({ state: 'removed', bytes: null });
    await run('evidence.remove-bundle', t.people.buyer, { bundleId: second });
    await jobs();
    await tasks
      .find((task) => task.name === 'bundles.remove')
      ?.run({ bundleId: third }, { kernel: t.kernel, vault: t.vault });
    for (const id of [second, third]) {
      expect(await see(t.people.buyer, id)).toMatchObject({ state: 'removed' });
      expect(rulesOf(await attempt('evidence.link-bundle', t.people.buyer, { bundleId: id }))).toEqual(['HS-10.63']);
    }
    const { rows } = await sql<{ objects: number }>`select count(*) as objects from vault_object o
      join evidence_bundle b on b.object_id = o.id where b.state = 'removed'`.execute(t.db);
    expect(rows).toEqual([{ objects: 0 }]);
  });

  it('gives its file to the link alone, for minutes, and to no other', async () => {
    const bundleId = await made(t.people.buyer, { subjectId: orderId });
    const { url } = await run('evidence.link-bundle', t.people.buyer, { bundleId });
    const query = BundleContentQuery.parse(Object.fromEntries(new URL(String(url), 'http://x').searchParams));
    const bad = [
      { ...query, signature: query.signature.replace(/^./, (c) => (c === 'A' ? 'B' : 'A')) },
      { ...query, expires: query.expires + 1 },
    ];
    for (const changed of bad) await expect(serveBundle(t.db, bundleId, changed)).rejects.toThrow(Refused);
    await expect(serveBundle(t.db, 'bdl_none', query)).rejects.toThrow(Refused);
  });
});
