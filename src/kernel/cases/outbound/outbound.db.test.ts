import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { createParty, useAccessKey } from '../../access/index.ts';
import { type Actor, execute, type Kernel } from '../../acts/index.ts';
import { type TestDatabase, testDatabase } from '../../database/testing.ts';
import { newId } from '../../ids.ts';
import { programOf } from '../../programs.ts';
import { dated, loadRulebook } from '../../rulebook/index.ts';
import { jobsOf } from '../../testing-jobs.ts';
import { text } from '../../text.ts';
import type { Vault } from '../../vault/index.ts';
import { notifyPart } from '../notifications.ts';
import { procedure } from '../procedure.ts';
import { openCase } from '../store.ts';
import { outboundActs, outboundReads } from './acts.ts';
import { configureOutbound, outboundTasks } from './index.ts';
import type { OutboundSetting } from './setting.ts';
import { mailServer, receiver } from './testing.ts';
import { signatureOf } from './webhook.ts';

const licence = procedure({
  name: 'test.licence',
  title: text('试验许可', 'Test licence'),
  rule: 'HS-12.2',
  parts: { authority: text('机关', 'Authority') },
  supervisor: 'authority',
  papers: {},
  clocks: {
    answer: {
      title: text('答复期限', 'Time to answer'),
      rule: 'HS-12.2',
      period: dated({ from: '2020-01-01', value: 48, unit: 'hour', reference: 'HS-12.2' }),
      onDue: 'escalate',
    },
  },
  states: {
    asked: {
      title: text('待审查', 'to be reviewed'),
      waits: { part: 'authority', what: text('请审查', 'Review it') },
      clock: 'answer',
      moves: { grant: { to: 'granted', act: 'test.grant' } },
    },
    granted: { title: text('已许可', 'granted'), moves: {} },
  },
  way: ['asked', 'granted'],
});
/** What somebody typed, and must not leave the platform. */
const TYPED = '王小明的离婚诉讼材料';
const CHILD = programOf('./testing-child', import.meta.url);
const KEY = randomBytes(32);

let database: TestDatabase;
let kernel: Kernel;
let serial = 0;
const closing: (() => unknown)[] = [];

beforeAll(async () => {
  useAccessKey(KEY);
  database = await testDatabase();
  kernel = { db: database.db, rulebook: loadRulebook() };
});
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});
afterAll(() => database?.drop());

const use = (setting: Partial<OutboundSetting>) =>
  configureOutbound({
    mailFrom: 'Shuheng <noreply@exchange.example>',
    privateWebhooks: true,
    site: () => 'https://exchange.example',
    ...setting,
  });
const TASKS = outboundTasks(new Map([[licence.name, licence]]));
const jobs = () => jobsOf(database.pool, TASKS, { kernel, vault: {} as Vault })();
const later = () =>
  sql`update graphile_worker._private_jobs set run_at = now() where run_at > now()`.execute(database.db);

async function party(): Promise<Actor & { partyId: string; personId: string }> {
  const made = await database.db.transaction().execute((tx) =>
    createParty(tx, {
      name: `示例单位${++serial}`,
      uscc: `91370000TEST${String(serial).padStart(6, '0')}`,
      requestedRoles: ['data-authority'],
      roles: ['data-authority'],
      state: 'admitted',
      at: new Date(),
    }),
  );
  const personId = await person(made.id, `manager${serial}@party.example`);
  return {
    kind: 'person',
    partyId: made.id,
    personId,
    roles: ['data-authority', 'party-admin'],
    scopes: null,
    secondFactor: true,
  };
}

async function person(partyId: string, email: string | null, disabled = false): Promise<string> {
  const id = newId('psn');
  await sql`insert into person (id, party_id, login, display_name, email, password, password_at, roles, personal_roles, created_at, disabled_at)
    values (${id}, ${partyId}, ${id}, '某甲', ${email}, 'x', now(), '{}', '{}', now(), ${disabled ? new Date() : null})`.execute(
    database.db,
  );
  return id;
}

/** Tells a party something about a new case. @returns the case */
const tell = (partyId: string): Promise<string> =>
  database.db.transaction().execute(async (tx) => {
    const moment = { at: new Date(), enqueue: () => undefined };
    const row = await openCase(
      tx,
      { procedure: licence, subjectId: newId('lic'), title: text(TYPED, TYPED), parts: { authority: [partyId] } },
      moment,
    );
    await notifyPart(tx, row, 'authority', text(`“${TYPED}”逾期`, `“${TYPED}” is late`), new Date());
    return row.id;
  });

const run = async (name: string, actor: Actor, input: unknown = {}) => {
  const act = outboundActs.find((a) => a.name === name);
  if (!act) throw new Error(`no act ${name}`);
  return execute(kernel, act, actor, input);
};
async function hook(actor: Actor, url: string): Promise<string> {
  const outcome = await run('webhook.set', actor, { url });
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.refusal));
  return (outcome.result as { secret: string }).secret;
}
interface Settings {
  readonly webhook: { url: string | null; deliveries: { state: string; attempts: number; outcome: string | null }[] };
}
async function settings(actor: Actor): Promise<Settings> {
  const [read] = outboundReads;
  return (await read?.run({ db: database.db, actor, params: {}, query: {}, at: new Date() } as never)) as Settings;
}

it('calls the party’s address, signed, and again under the same id until it is taken', async () => {
  let tries = 0;
  const other = await receiver(() => (++tries === 1 ? 500 : tries === 2 ? 302 : 204));
  closing.push(other.close);
  use({});
  const actor = await party();
  const secret = await hook(actor, other.url);
  const caseId = await tell(actor.partyId);
  await jobs();
  expect((await settings(actor)).webhook.deliveries).toMatchObject([
    { state: 'waiting', attempts: 1, outcome: 'http-500' },
  ]);
  await later();
  await jobs();
  expect((await settings(actor)).webhook.deliveries).toMatchObject([
    { state: 'waiting', attempts: 2, outcome: 'http-302' },
  ]);
  await later();
  await jobs();
  await later();
  await jobs();
  expect((await settings(actor)).webhook.deliveries).toMatchObject([{ state: 'sent', attempts: 3, outcome: 'ok' }]);
  expect(other.received).toHaveLength(3);
  expect(new Set(other.received.map((r) => r.headers['x-shuheng-delivery'])).size).toBe(1);
  for (const { headers, body } of other.received) {
    const seconds = Number(headers['x-shuheng-timestamp']);
    expect(Math.abs(Date.now() / 1_000 - seconds)).toBeLessThan(60);
    expect(headers['x-shuheng-signature']).toBe(signatureOf(secret, seconds, body));
    expect(headers['x-shuheng-signature']).not.toBe(signatureOf(`${secret}x`, seconds, body));
    expect(JSON.parse(body)).toMatchObject({
      id: headers['x-shuheng-delivery'],
      caseId,
      link: `https://exchange.example/work/cases/${caseId}`,
      text: { zh: expect.stringContaining('试验许可：请审查，期限至') },
    });
    expect(body).not.toContain(TYPED);
  }
});

it('gives up after as many attempts as the rule says, and shows it', async () => {
  const other = await receiver(() => 503);
  closing.push(other.close);
  use({});
  const actor = await party();
  await hook(actor, other.url);
  await tell(actor.partyId);
  await jobs();
  await sql`update notification_delivery set attempts = 11 where party_id = ${actor.partyId}`.execute(database.db);
  await later();
  await jobs();
  await later();
  await jobs();
  expect((await settings(actor)).webhook.deliveries).toMatchObject([
    { state: 'failed', attempts: 12, outcome: 'http-503' },
  ]);
  expect(other.received).toHaveLength(2);
});

it('mails everybody of the party who wants it, in their language, with nothing that was typed', async () => {
  const server = await mailServer();
  closing.push(server.close);
  use({ smtpUrl: server.wrongUrl });
  const actor = await party();
  const english = await person(actor.partyId, 'english@party.example');
  const silent = await person(actor.partyId, 'silent@party.example');
  await person(actor.partyId, 'left@party.example', true);
  await person(actor.partyId, null);
  const prefer = (personId: string, input: unknown) => run('notification.prefer', { ...actor, personId }, input);
  expect(await prefer(english, { email: true, language: 'en' })).toMatchObject({ ok: true });
  expect(await prefer(silent, { email: false, language: 'zh' })).toMatchObject({ ok: true });
  await tell(actor.partyId);
  await jobs();
  expect(server.mails).toEqual([]);
  use({ smtpUrl: server.url });
  await later();
  await jobs();
  expect(server.mails.flatMap((m) => m.to).sort()).toEqual(['english@party.example', `manager${serial}@party.example`]);
  const { source } = server.mails.find((m) => m.to.includes('english@party.example')) ?? { source: '' };
  expect(source).toContain('Subject: Shuheng: Test licence: Review it');
  expect(source).toMatch(/Message-ID: <ntd_[0-9a-z]{26}@exchange\.example>/);
  expect(source).toContain('Auto-Submitted: auto-generated');
  const decoded = server.mails.map(
    (m) => m.source + Buffer.from(m.source.split('\r\n\r\n')[1] ?? '', 'base64').toString(),
  );
  expect(decoded.join()).not.toContain(TYPED);
  expect(decoded.join()).not.toContain('离婚');
});

it('shows the secret once, keeps it sealed, and follows what the party changes', async () => {
  const other = await receiver(() => 200);
  closing.push(other.close);
  use({});
  const actor = await party();
  const first = await hook(actor, other.url);
  const rotated = await run('webhook.rotate', actor);
  const second = rotated.ok ? (rotated.result as { secret: string }).secret : '';
  expect(second).not.toBe(first);
  await tell(actor.partyId);
  await jobs();
  const [got] = other.received;
  const seconds = Number(got?.headers['x-shuheng-timestamp']);
  expect(got?.headers['x-shuheng-signature']).toBe(signatureOf(second, seconds, got?.body ?? ''));
  const { rows } = await sql<{ everything: string }>`select (select string_agg(t::text, '') from act_log t)
    || (select string_agg(encode(secret, 'escape'), '') from party_webhook)
    || (select string_agg(encode(bytes, 'escape'), '') from evidence_entry) as everything`.execute(database.db);
  for (const secret of [first, second]) expect(rows[0]?.everything).not.toContain(secret.slice(4));
  await tell(actor.partyId);
  expect(await run('webhook.remove', actor)).toMatchObject({ ok: true });
  expect(await run('webhook.remove', actor)).toMatchObject({ ok: false, refusal: { kind: 'not-found' } });
  await jobs();
  expect(other.received).toHaveLength(1);
  expect((await settings(actor)).webhook.url).toBeNull();
});

it('sets no address within the network, and none for people who do not manage the party', async () => {
  use({ privateWebhooks: false });
  const actor = await party();
  for (const url of ['http://8.8.8.8/x', 'https://127.0.0.1/x', 'https://localhost:8080/x', 'https://[::1]/x']) {
    const outcome = await run('webhook.set', actor, { url });
    expect([url, !outcome.ok && outcome.refusal.violations[0]?.rule]).toEqual([url, 'HS-19.8']);
  }
  const member = { ...actor, roles: ['data-authority'] };
  expect(await run('webhook.set', member, { url: 'https://example.org/x' })).toMatchObject({
    ok: false,
    refusal: { kind: 'forbidden' },
  });
  expect((await settings(member)).webhook).toBeNull();
});

it('refuses at the call what was allowed when it was set', async () => {
  const other = await receiver(() => 200);
  closing.push(other.close);
  use({});
  const actor = await party();
  await hook(actor, other.url);
  await tell(actor.partyId);
  use({ privateWebhooks: false });
  await jobs();
  expect(other.received).toEqual([]);
  expect((await settings(actor)).webhook.deliveries).toMatchObject([{ state: 'waiting', outcome: 'not-https' }]);
});

it('sends again after kill -9 in the middle of a call, under the same id, and then no more', async () => {
  let child: ChildProcess | undefined;
  const other = await receiver(() => {
    if (other.received.length > 1) return 200;
    child?.kill('SIGKILL');
    return null;
  });
  closing.push(other.close, () => child?.kill('SIGKILL'));
  use({});
  const actor = await party();
  await hook(actor, other.url);
  await tell(actor.partyId);
  const start = () =>
    spawn(process.execPath, [...CHILD, database.url, KEY.toString('hex')], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
  child = start();
  await new Promise((gone) => child?.once('exit', gone));
  expect(other.received).toHaveLength(1);
  child = start();
  await expect
    .poll(async () => (await settings(actor)).webhook.deliveries[0]?.state, { timeout: 60_000, interval: 200 })
    .toBe('sent');
  expect(other.received).toHaveLength(2);
  expect(new Set(other.received.map((r) => r.headers['x-shuheng-delivery'])).size).toBe(1);
}, 120_000);
