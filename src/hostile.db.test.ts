import type { FastifyInstance } from 'fastify';
import { type RawBuilder, sql } from 'kysely';
import { Secret, TOTP } from 'otpauth';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SampleAccount } from '../examples/sample.ts';
import { buildApp } from './interfaces/http/app.ts';
import { schemaOf } from './interfaces/http/openapi.ts';
import { actorOf, registerSessions } from './kernel/access/index.ts';
import type { Act, Authority } from './kernel/acts/index.ts';
import { loadRulebook } from './kernel/rulebook/index.ts';
import { platform } from './platform.ts';
import { type SampleExchange, sampleExchange } from './testing.ts';

/**
 * Strangers, wrong roles, wrong parties, expired and revoked credentials against every act and every read of the house:
 * made from the lists, so that a new act cannot be forgotten.
 */
const rulebook = loadRulebook();
const { acts, reads } = platform(rulebook);
const open = acts.filter((a) => a.by.kind !== 'system');

/** Who supervises or settles acts on everybody's subjects; all others only on their own. */
const OVERSEERS = [
  'exchange',
  'regulator',
  'data-authority',
  'price-authority',
  'settlement-officer',
  'system-admin',
  'security-admin',
  'audit-admin',
];
/** Kinds of subjects that belong to parties; products and demands are public, so a stranger may learn of them. */
const OWNED = [
  'res',
  'ord',
  'dlv',
  'asm',
  'dst',
  'aut',
  'wdr',
  'key',
  'ses',
  'cas',
  'apl',
  'agr',
  'scn',
  'gvd',
  'rev',
  'cns',
  'cap',
  'fil',
  'bdl',
  'dim',
  'opa',
  'jns',
  'sbp',
  'sbg',
  'sbq',
  'sbs',
];
/** The directory of resources is public to read, though only its holder may act on an item. */
const READABLE = ['res'];

let sample: SampleExchange;
let app: FastifyInstance;
const tokens = new Map<string, string>();

beforeAll(async () => {
  sample = await sampleExchange('hostile');
  const { database, engine, accounts } = sample;
  app = await buildApp({
    kernel: engine.kernel,
    acts,
    reads,
    version: 'test',
    authenticate: (request) => actorOf(database.db, request),
    extras: [(a) => registerSessions(a, { db: database.db })],
    webRoot: null,
    ready: async () => true,
    rateLimitPerMinute: 1_000_000,
    trustProxy: false,
  });
  for (const account of accounts) tokens.set(account.login, await signIn(account));
}, 600_000);

afterAll(async () => {
  await app?.close();
  await sample?.stop();
});

async function signIn(account: SampleAccount): Promise<string> {
  const totp = account.totpSecret ? new TOTP({ secret: Secret.fromBase32(account.totpSecret) }).generate() : undefined;
  const answer = await app.inject({
    method: 'POST',
    url: '/v1/sessions',
    payload: { login: account.login, password: account.password, ...(totp ? { totp } : {}) },
  });
  if (answer.statusCode !== 200) throw new Error(`${account.login}: ${answer.body}`);
  return (answer.json() as { token: string }).token;
}

const tokenOf = (account: SampleAccount): string => tokens.get(account.login) ?? '';
const rolesOf = (by: Authority): readonly string[] => (by.kind === 'roles' ? by.roles : []);
const mayDo = (by: Authority, account: SampleAccount): boolean =>
  by.kind !== 'roles' || by.roles.some((r) => account.roles.includes(r));
const isAdministrator = (a: SampleAccount): boolean => a.roles.some((r) => OVERSEERS.includes(r));

interface Schema {
  type?: string;
  'x-id'?: string;
  enum?: unknown[];
  const?: unknown;
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  minItems?: number;
  minimum?: number;
  exclusiveMinimum?: number;
  minLength?: number;
  pattern?: string;
  format?: string;
}

const NOBODY = '0'.repeat(26);

/** A smallest input that fits a schema; ids come from `idFor`. */
function inputFor(schema: Schema, idFor: (prefix: string) => string): unknown {
  // Where several kinds of subject fit, the first.
  if (schema['x-id']) return idFor(schema['x-id'].split('|')[0] ?? '');
  if (schema.const !== undefined) return schema.const;
  if (schema.enum) return schema.enum[0];
  const choice = schema.anyOf?.[0] ?? schema.oneOf?.[0] ?? schema.allOf?.[0];
  if (choice) return inputFor(choice, idFor);
  switch (schema.type) {
    case 'object':
      return Object.fromEntries(
        (schema.required ?? []).map((name) => [name, inputFor(schema.properties?.[name] ?? {}, idFor)]),
      );
    case 'array':
      return Array.from({ length: schema.minItems ?? 0 }, () => inputFor(schema.items ?? {}, idFor));
    case 'integer':
    case 'number':
      return schema.minimum ?? (schema.exclusiveMinimum ?? 0) + 1;
    case 'boolean':
      return true;
    default:
      return textFor(schema);
  }
}

function textFor({ format, pattern, minLength }: Schema): string {
  if (format === 'date-time') return '2030-01-01T00:00:00.000Z';
  if (format === 'date') return '2030-01-01';
  const candidates = [
    '1',
    '100',
    'SH',
    '2030-01-01',
    '91000000MA0000000N',
    'someone',
    `sha256:${'0'.repeat(64)}`,
    '0'.repeat(64),
    '123456',
  ];
  const fits = candidates.filter((c) => (!pattern || new RegExp(pattern, 'u').test(c)) && c.length >= (minLength ?? 0));
  return fits[0] ?? 'text that is long enough for any field'.padEnd(minLength ?? 0, '.');
}

const call = (act: Act, token: string | null, input: unknown) =>
  app.inject({
    method: 'POST',
    url: `/v1/acts/${act.name}`,
    headers: token === null ? {} : { authorization: `Bearer ${token}` },
    payload: input as object,
  });

/** Nobody computes together in the sample: the test of joint computations tells the wrong party the same. */
const NOT_IN_THE_SAMPLE = ['joint.join', 'joint.send', 'joint.contribute', 'joint.end'];

/** Whom the directory is public to may ask for what stands in it: a rule tells them why not, rather than that it is not there. */
const ASKED_OF_THE_PUBLIC = ['opening.apply'];

const nobody = (prefix: string): string => `${prefix}_${NOBODY}`;
const schemaFor = (act: Act): Schema => schemaOf(act.input, 'input') as Schema;
const ownedFieldOf = (act: Act): string | undefined =>
  Object.values(schemaFor(act).properties ?? {})
    .map((s) => s['x-id'])
    .find((prefix) => prefix !== undefined && OWNED.includes(prefix));

/** Kinds whose acts are kept under another subject: an agreement's under its application, a right's under its resource; sessions begin without an act. */
const KEPT_ELSEWHERE: Readonly<Record<string, (partyId: string) => RawBuilder<{ subject: string }>>> = {
  cas: (partyId) => sql`select c.id as subject from case_file c where not exists
    (select from case_part p where p.case_id = c.id and p.party_id = ${partyId}) order by c.id limit 1`,
  agr: (partyId) => sql`select g.id as subject from operation_agreement g where not exists
    (select from case_part p where p.case_id = g.case_id and p.party_id = ${partyId}) limit 1`,
  aut: (partyId) => sql`select a.id as subject from resource_authorisation a join resource r on r.id = a.resource_id
    where a.party_id <> ${partyId} and r.holder_id <> ${partyId} limit 1`,
  sbp: (partyId) => sql`select p.id as subject from sandbox_project p where p.party_id <> ${partyId}
    and not exists (select from sandbox_grant g where g.project_id = p.id and g.holder_id = ${partyId}) limit 1`,
  sbg: (partyId) =>
    sql`select g.id as subject from sandbox_grant g where ${partyId} not in (g.holder_id, g.audience_id) limit 1`,
  sbq: (partyId) => sql`select q.id as subject from sandbox_query q where q.audience_id <> ${partyId}
    and not exists (select from sandbox_grant g where g.project_id = q.project_id and g.holder_id = ${partyId}) limit 1`,
  sbs: (partyId) => sql`select s.id as subject from sandbox_service s where s.party_id <> ${partyId}
    and not exists (select from sandbox_service_review v where v.service_id = s.id and v.holder_id = ${partyId}) limit 1`,
  ses: (partyId) => sql`select s.id as subject from session s join person p on p.id = s.person_id
    where p.party_id <> ${partyId} limit 1`,
};

/** A subject of that kind which the account's party has nothing to do with. */
async function foreign(prefix: string, account: SampleAccount): Promise<string | undefined> {
  const elsewhere = KEPT_ELSEWHERE[prefix];
  if (elsewhere) return (await elsewhere(account.partyId).execute(sample.database.db)).rows[0]?.subject;
  const { rows } = await sql<{ subject: string }>`select a.subject from act_log a where a.subject like ${`${prefix}_%`}
    and not exists (select 1 from act_log b join act_party p on p.act_id = b.id where b.subject = a.subject
      and p.party_id = (select party_id from person where login = ${account.login})) limit 1`.execute(
    sample.database.db,
  );
  return rows[0]?.subject;
}

describe('every act', () => {
  it('is reachable under its name and in the OpenAPI document', async () => {
    const document = (await app.inject('/openapi.json')).json() as { paths: Record<string, unknown> };
    expect(open.length).toBeGreaterThan(40);
    for (const act of open) expect(document.paths).toHaveProperty([`/v1/acts/${act.name}`]);
  });

  const guarded = open.filter((a) => a.by.kind !== 'anyone');

  it('refuses the stranger, the made-up token, the expired session and the revoked one with the same words', async () => {
    const [expiring, ending] = await Promise.all(
      [0, 1].map(() => signIn(sample.accounts.find((a) => !a.totpSecret) as SampleAccount)),
    );
    const { createHash } = await import('node:crypto');
    const hashed = createHash('sha256')
      .update(expiring ?? '')
      .digest();
    await sql`update session set expires_at = now() - interval '1 second' where token_hash = ${hashed}`.execute(
      sample.database.db,
    );
    await app.inject({ method: 'DELETE', url: '/v1/sessions/current', headers: { authorization: `Bearer ${ending}` } });
    for (const act of guarded) {
      const input = inputFor(schemaFor(act), nobody);
      const answers = await Promise.all(
        [null, 'nonsense', expiring ?? '', ending ?? ''].map((token) => call(act, token, input)),
      );
      expect([act.name, ...answers.map((a) => a.statusCode)]).toEqual([act.name, 401, 401, 401, 401]);
      expect(new Set(answers.map((a) => a.body)).size).toBe(1);
    }
  });

  it('refuses the wrong role before it looks at anything', async () => {
    for (const act of guarded) {
      const wrong = sample.accounts.find((a) => !mayDo(act.by, a));
      if (!wrong) continue;
      const answer = await call(act, tokenOf(wrong), inputFor(schemaFor(act), nobody));
      expect([act.name, answer.statusCode]).toEqual([act.name, 403]);
      expect((answer.json() as { violations: { article: string }[] }).violations[0]?.article).toBeTruthy();
    }
  });

  it('tells the wrong party the same as if the subject did not exist', async () => {
    const tried: string[] = [];
    const concerned: string[] = [];
    for (const act of guarded) {
      const prefix = ownedFieldOf(act);
      if (!prefix || rolesOf(act.by).some((r) => OVERSEERS.includes(r))) continue;
      if (ASKED_OF_THE_PUBLIC.includes(act.name)) continue;
      concerned.push(act.name);
      for (const account of sample.accounts.filter((a) => mayDo(act.by, a) && !isAdministrator(a))) {
        const id = await foreign(prefix, account);
        if (!id) continue;
        const [theirs, none] = await Promise.all(
          [id, nobody(prefix)].map((subject) =>
            call(
              act,
              tokenOf(account),
              inputFor(schemaFor(act), (p) => (p === prefix ? subject : nobody(p))),
            ),
          ),
        );
        expect([act.name, account.login, theirs?.statusCode]).toEqual([act.name, account.login, 404]);
        expect(theirs?.body).toBe(none?.body);
        tried.push(act.name);
        break;
      }
    }
    expect(concerned.filter((name) => !tried.includes(name))).toEqual(NOT_IN_THE_SAMPLE);
    expect(tried.length).toBeGreaterThanOrEqual(12);
  });

  it('answers nonsense with a problem that names the field, never with a fault', async () => {
    for (const act of open) {
      const fit = sample.accounts.find((a) => mayDo(act.by, a));
      for (const input of [
        [],
        'text',
        7,
        { '': null },
        Object.fromEntries(Object.keys(schemaFor(act).properties ?? {}).map((k) => [k, { $ne: null }])),
      ]) {
        const answer = await app.inject({
          method: 'POST',
          url: `/v1/acts/${act.name}`,
          headers: { 'content-type': 'application/json', ...(fit ? { authorization: `Bearer ${tokenOf(fit)}` } : {}) },
          payload: JSON.stringify(input),
        });
        expect([act.name, JSON.stringify(input), answer.statusCode < 500]).toEqual([
          act.name,
          JSON.stringify(input),
          true,
        ]);
        if (answer.statusCode >= 400) expect(answer.headers['content-type']).toContain('application/problem+json');
      }
    }
  });
});

describe('every read', () => {
  const pathOf = (path: string, idFor: (name: string) => string) =>
    `/v1${path.replace(/:(\w+)/g, (_, name: string) => idFor(name))}`;
  const nothing = (name: string) =>
    ({ code: 'SH', kind: 'quality', ruleId: 'SH-10.1' })[name] ?? nobody(name.slice(0, 3));

  it('refuses the stranger unless it is public, and the wrong role', async () => {
    for (const read of reads) {
      const url = pathOf(read.path, nothing);
      const stranger = await app.inject(url);
      if (read.by.kind === 'anyone') expect([read.path, stranger.statusCode < 500]).toEqual([read.path, true]);
      else expect([read.path, stranger.statusCode]).toEqual([read.path, 401]);
      const wrong = sample.accounts.find((a) => !mayDo(read.by, a));
      if (!wrong) continue;
      const answer = await app.inject({ url, headers: { authorization: `Bearer ${tokenOf(wrong)}` } });
      expect([read.path, answer.statusCode]).toEqual([read.path, 403]);
    }
  });

  it('keeps what belongs to others from a party: the same answer as for nothing', async () => {
    const tried: string[] = [];
    for (const read of reads.filter((r) => /:\w+Id/.test(r.path))) {
      const schema = schemaOf(read.params, 'input') as Schema;
      const [name, field] = Object.entries(schema.properties ?? {})[0] ?? [];
      const prefix = field?.['x-id'];
      if (!name || !prefix || !OWNED.includes(prefix) || READABLE.includes(prefix)) continue;
      for (const account of sample.accounts.filter((a) => !isAdministrator(a) && !a.roles.includes('notary'))) {
        const id = await foreign(prefix, account);
        if (!id) continue;
        const headers = { authorization: `Bearer ${tokenOf(account)}` };
        const theirs = await app.inject({ url: pathOf(read.path, () => id), headers });
        const none = await app.inject({ url: pathOf(read.path, () => nobody(prefix)), headers });
        expect([read.path, account.login, theirs.statusCode]).toEqual([read.path, account.login, 404]);
        expect(theirs.body.replaceAll(id, '')).toBe(none.body.replaceAll(nobody(prefix), ''));
        tried.push(read.path);
        break;
      }
    }
    expect(tried.length).toBeGreaterThan(3);
  });
});
