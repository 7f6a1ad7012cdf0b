import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { createParty, usccCheckCharacter } from '../kernel/access/index.ts';
import {
  type Act,
  type Actor,
  ANONYMOUS,
  execute,
  type Kernel,
  type Read,
  type Refusal,
  Refused,
} from '../kernel/acts/index.ts';
import type { Database } from '../kernel/database/index.ts';
import { testDatabase } from '../kernel/database/testing.ts';
import { newId } from '../kernel/ids.ts';
import type { Task } from '../kernel/jobs.ts';
import { loadRulebook } from '../kernel/rulebook/index.ts';
import { jobsOf } from '../kernel/testing-jobs.ts';
import { openVault, stageFile, type Vault, acts as vaultActs, tasks as vaultTasks } from '../kernel/vault/index.ts';

export interface TestExchange {
  readonly kernel: Kernel;
  readonly db: Database;
  /** Address of its database, for processes of their own. */
  readonly url: string;
  readonly vault: Vault;
  /** Where its vault lies. */
  readonly folder: string;
  /** An admitted party and a person of it who holds all its roles. */
  readonly party: (
    name: string,
    roles: readonly string[],
    providerClass?: string,
  ) => Promise<Actor & { readonly partyId: string }>;
  /** @throws Error with the refusal when the act does not go through */
  readonly run: (act: Act, actor: Actor, input: unknown) => Promise<Record<string, unknown>>;
  /** The refusal. @throws Error when the act goes through */
  readonly refusal: (act: Act, actor: Actor, input: unknown) => Promise<Refusal>;
  readonly read: (
    reads: readonly Read[],
    path: string,
    actor: Actor,
    params?: unknown,
    query?: unknown,
  ) => Promise<unknown>;
  /** A ready dataset of the party, from CSV text, through upload, act and job. */
  readonly dataset: (actor: Actor & { readonly partyId: string }, csv: string) => Promise<string>;
  /** A paper of the party, kept in the vault. @returns its id */
  readonly paper: (
    actor: Actor & { readonly partyId: string },
    name: string,
    content: string | Uint8Array,
  ) => Promise<string>;
  /** Runs every job that waits. */
  readonly jobs: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/** A whole exchange for one test file: real database, real vault, real jobs, the drafts SH and JN adopted. */
export async function testExchange(tasks: readonly Task[]): Promise<TestExchange> {
  const database = await testDatabase();
  const folder = await mkdtemp(join(tmpdir(), 'exchange-'));
  const { db } = database;
  const kernel: Kernel = { db, rulebook: loadRulebook() };
  const vault = await openVault({ db, dataFolder: folder });
  for (const code of ['SH', 'JN']) {
    await sql`insert into document_adoption (document, adopted_from, reason, act_id) values (${code}, '2020-01-01', 'test', 'act_test')`.execute(
      db,
    );
  }
  const context = { kernel, vault };
  const attempt = (act: Act, actor: Actor, input: unknown) => execute(kernel, act, actor, input);
  const run: TestExchange['run'] = async (act, actor, input) => {
    const outcome = await attempt(act, actor, input);
    if (!outcome.ok) throw new Error(`${act.name}: ${JSON.stringify(outcome.refusal.violations)}`);
    return outcome.result as Record<string, unknown>;
  };
  const jobs = jobsOf(database.pool, [...vaultTasks, ...tasks], context);
  let count = 0;
  return {
    folder,
    kernel,
    db,
    url: database.url,
    vault,
    run,
    jobs,
    party: async (name, roles, providerClass) => {
      const body = `91370100TEST${String(++count).padStart(5, '0')}`.replace('S', '5');
      const uscc = `${body}${usccCheckCharacter(body) ?? ''}`;
      const party = await db
        .transaction()
        .execute((tx) =>
          createParty(tx, { name, uscc, requestedRoles: roles, roles, state: 'admitted', at: new Date() }),
        );
      if (providerClass) {
        await db
          .insertInto('party_register')
          .values({
            party_id: party.id,
            business_types: [],
            provider_class: providerClass,
            maintains_platform: false,
            identity_checked_at: null,
            identity_checked_by: null,
          })
          .execute();
      }
      return { kind: 'person', personId: newId('psn'), partyId: party.id, roles, scopes: null, secondFactor: true };
    },
    refusal: async (act, actor, input) => {
      const outcome = await attempt(act, actor, input);
      if (outcome.ok) throw new Error(`${act.name} went through: ${JSON.stringify(outcome.result)}`);
      return outcome.refusal;
    },
    read: async (reads, path, actor, params = {}, query = {}) => {
      const read = reads.find((r) => r.path === path);
      if (!read) throw new Error(`no read ${path}`);
      const answer = await read.run({
        db,
        actor,
        params: read.params.parse(params),
        query: read.query.parse(query),
        at: new Date(),
      } as never);
      return read.output.parse(answer);
    },
    dataset: async (actor, csv) => {
      const path = join(folder, `${newId('csv')}.csv`);
      await writeFile(path, csv);
      const uploadId = await stageFile(db, vault, { path, partyId: actor.partyId });
      const ingest = vaultActs.find((a) => a.name === 'dataset.ingest');
      if (!ingest) throw new Error('there is no dataset.ingest');
      const { datasetId } = await run(ingest, actor, { uploadId });
      await jobs();
      return String(datasetId);
    },
    paper: async (actor, name, content) => {
      const path = join(folder, newId('pap'));
      await writeFile(path, content);
      const uploadId = await stageFile(db, vault, { path, partyId: actor.partyId, name });
      const keep = vaultActs.find((a) => a.name === 'file.keep');
      if (!keep) throw new Error('there is no file.keep');
      const { fileId } = await run(keep, actor, { uploadId });
      await jobs();
      return String(fileId);
    },
    close: async () => {
      await database.drop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The rules a refusal names, for comparing. */
export const rulesOf = (refusal: Refusal): string[] => refusal.violations.map((v) => v.rule);

/** What a refused read answers. */
export async function refusedKind(attempt: Promise<unknown>): Promise<string> {
  try {
    await attempt;
  } catch (error) {
    if (error instanceof Refused) return error.refusal.kind;
    throw error;
  }
  throw new Error('it was not refused');
}

export { ANONYMOUS };
