import { sql } from 'kysely';
import type { Tx } from '../../database/index.ts';
import { lockErasure } from './gate.ts';
import { ERASED, type Patterns } from './patterns.ts';
import { retained } from './setting.ts';

/** Looking through everything takes its time; an erasure is rare and nobody waits for it. */
const STATEMENT_MS = 600_000;
const HOLDER_COLUMN = /(^|_)party_id$|^holder_id$|^assessor_id$/;

/**
 * Kept as they are. The log, its openings (emptied one by one), the ledger and signing keys hold nothing a person typed;
 * a certificate is signed as a whole and in its holder's hands: one that names a person is revoked and issued anew. The
 * legal representative is a fact of the public register.
 */
const LEFT_OUT: readonly RegExp[] = [
  /^(evidence|log|ledger|signing)_[a-z_]*\./,
  /^certificate(_series|_key)?\./,
  /^(migration|session|api_key|person|person_identity|sign_in)\./,
  /^act_log\.(name|subject|scope|decisions)$/,
  /^(alert|refusal|delivery|upload|case|dataset)[a-z_]*\.(act_name|kind|state|subject|rule_id|outcome)$/,
  /^party\.legal_representative$/,
];

export interface Target {
  readonly personId: string;
  readonly partyId: string;
  readonly patterns: Patterns;
  /** What the person is found by in a search, as a `tsvector` literal. */
  readonly lexemes: string;
  /** Records of trades from here on are kept. */
  readonly keptSince: Date;
}

export interface Erased {
  /** Openings of commitments that were emptied. */
  readonly openings: number;
  /** Rows in which the person was named. */
  readonly texts: number;
  /** Records of trades that name the person and stay until their time is over. */
  readonly kept: number;
}

/** Removes a person's data everywhere but from what the law keeps. Ids stay, as ids of nobody. */
export async function eraseEverywhere(tx: Tx, target: Target, at: Date): Promise<Erased> {
  await sql`select set_config('statement_timeout', ${String(STATEMENT_MS)}, true)`.execute(tx);
  await lockErasure(tx);
  await eraseAccount(tx, target.personId, at);
  await sql`update upload set name = id where person_id = ${target.personId}`.execute(tx);
  const openings = await emptyOpenings(tx, target, at);
  let texts = await eraseJobs(tx, target);
  let kept = openings.kept;
  for (const table of await textColumns(tx)) {
    const { changed, left } = await eraseIn(tx, table, target);
    texts += changed;
    kept += left;
  }
  return { openings: openings.emptied, texts, kept };
}

async function eraseAccount(tx: Tx, personId: string, at: Date): Promise<void> {
  await tx.deleteFrom('session').where('person_id', '=', personId).execute();
  await tx.deleteFrom('api_key').where('person_id', '=', personId).execute();
  await tx.deleteFrom('person_identity').where('person_id', '=', personId).execute();
  await tx
    .updateTable('person')
    .set((e) => ({
      login: personId,
      display_name: ERASED,
      email: null,
      // Matches no password: it is not in the form of a hash.
      password: 'erased',
      roles: [],
      personal_roles: [],
      totp_secret: null,
      totp_pending: null,
      totp_step: null,
      last_sign_in_at: null,
      disabled_at: at,
      erased_at: at,
      version: e('version', '+', 1),
    }))
    .where('id', '=', personId)
    .execute();
}

/**
 * Empties what opens commitments that hold the person's data: what they typed in themselves, the acts that made and
 * changed their account, and every value that names them. The commitments stay, without their salt nobody can tell what
 * they held, and every proof holds. The hash of such an input is made unguessable too.
 */
async function emptyOpenings(
  tx: Tx,
  { personId, partyId, patterns, keptSince }: Target,
  at: Date,
): Promise<{ emptied: number; kept: number }> {
  const { rows } = await sql<{ kept: boolean; n: number }>`
    with hit as materialized (
      select e.id, a.id as act_id, a.name = any (${[...retained().acts]}::text[]) and a.at >= ${keptSince} as kept,
             array_agg(s.key) as names
        from evidence_entry e
        join act_log a on a.id = 'act_' || substr(e.id, 5)
        cross join lateral jsonb_each(e.sealed) s
       where s.value ? 'value'
         and ((s.key = 'input' and (a.person_id = ${personId} or a.result->>'personId' = ${personId}
                                    or e.sealed->'managedPerson'->>'value' = ${personId}))
              or (s.value->'value')::text ~* ${patterns.anywhere}
              or ((s.value->'value')::text ~* ${patterns.own}
                  and exists (select 1 from act_party p where p.act_id = a.id and p.party_id = ${partyId})))
       group by e.id, a.id),
    emptied as (
      update evidence_entry e
         set sealed = (select jsonb_object_agg(s.key, case when s.key = any (hit.names)
                         then jsonb_build_object('erasedAt', ${at.toISOString()}::text) else s.value end)
                         from jsonb_each(e.sealed) s)
        from hit where hit.id = e.id and not hit.kept),
    forgotten as (
      update act_log a set input_hash = sha256(convert_to(gen_random_uuid()::text, 'UTF8')), idempotency_key = null
        from hit where hit.act_id = a.id and not hit.kept and 'input' = any (hit.names))
    select kept, count(*)::int as n from hit group by kept`.execute(tx);
  const count = (kept: boolean) => rows.find((r) => r.kept === kept)?.n ?? 0;
  return { emptied: count(false), kept: count(true) };
}

/** Waiting jobs hold ids; one that should hold more is no place to keep it. */
async function eraseJobs(tx: Tx, { patterns }: Target): Promise<number> {
  const { numAffectedRows } = await sql`update graphile_worker._private_jobs
      set payload = regexp_replace(payload::text, ${patterns.anywhere}, ${ERASED}, 'gi')::json
    where payload::text ~* ${patterns.anywhere}`.execute(tx);
  return Number(numAffectedRows ?? 0);
}

interface TextTable {
  readonly table: string;
  readonly columns: readonly { readonly name: string; readonly type: 'text' | 'text[]' | 'jsonb' }[];
  /** Columns that say whose row it is. */
  readonly holders: readonly string[];
  readonly searched: boolean;
}

/** Every column somebody's words may stand in: all text and JSON but keys, references and what {@link LEFT_OUT} names. */
async function textColumns(tx: Tx): Promise<TextTable[]> {
  const { rows } = await sql<{ table: string; name: string; type: TextTable['columns'][number]['type']; key: boolean }>`
    select c.relname as table, a.attname as name, format_type(a.atttypid, null) as type,
           exists (select 1 from pg_index i where i.indrelid = c.oid and i.indisunique and a.attnum = any (i.indkey))
           or exists (select 1 from pg_constraint k where k.conrelid = c.oid and k.contype in ('f', 'c')
                        and k.conkey = array[a.attnum]) as key
      from pg_class c join pg_namespace n on n.oid = c.relnamespace
      join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
     where n.nspname = 'public' and c.relkind in ('r', 'p') and not c.relispartition
       and format_type(a.atttypid, null) in ('text', 'text[]', 'jsonb', 'tsvector')
     order by c.relname, a.attnum`.execute(tx);
  return [...new Set(rows.map((r) => r.table))].flatMap((table) => {
    const all = rows.filter((r) => r.table === table);
    const columns = all.filter(
      ({ name, type, key }) =>
        !key && type !== ('tsvector' as string) && !LEFT_OUT.some((out) => out.test(`${table}.${name}`)),
    );
    if (columns.length === 0) return [];
    const holders = all.filter((c) => HOLDER_COLUMN.test(c.name) && c.type === 'text').map((c) => c.name);
    return [
      { table, columns, holders, searched: all.some((c) => c.name === 'search' && c.type === ('tsvector' as string)) },
    ];
  });
}

/** Puts {@link ERASED} where a table names the person; of the person's name only in rows of their own party. */
async function eraseIn(
  tx: Tx,
  { table, columns, holders, searched }: TextTable,
  { partyId, patterns, lexemes, keptSince }: Target,
): Promise<{ changed: number; left: number }> {
  const own =
    holders.length > 0
      ? sql`(${sql.join(
          holders.map((h) => sql`coalesce(${sql.ref(h)} = ${partyId}, false)`),
          sql` or `,
        )})`
      : sql`false`;
  const pattern = sql`(case when ${own} then ${patterns.own}::text else ${patterns.anywhere}::text end)`;
  const names = (name: string) => sql`coalesce(${sql.ref(name)}::text ~* ${pattern}, false)`;
  const without = (name: string, type: string) =>
    sql`${sql.ref(name)} = regexp_replace(${sql.ref(name)}::text, ${pattern}, ${ERASED}, 'gi')::${sql.raw(type)}`;
  const found = sql`(${sql.join(
    columns.map((c) => names(c.name)),
    sql` or `,
  )})`;
  const since = retained().tables.find((t) => t.table === table)?.since;
  const kept = since ? sql`${sql.ref(since)} >= ${keptSince}` : sql`false`;
  const sets = columns.map((c) => without(c.name, c.type));
  if (searched) sets.push(sql`search = ts_delete(search, tsvector_to_array(${lexemes}::tsvector))`);
  const { numAffectedRows } = await sql`update ${sql.table(table)} set ${sql.join(sets)}
    where ${found} and not (${kept})`.execute(tx);
  if (!since) return { changed: Number(numAffectedRows ?? 0), left: 0 };
  const { rows } = await sql<{
    n: number;
  }>`select count(*)::int as n from ${sql.table(table)} where ${found} and (${kept})`.execute(tx);
  return { changed: Number(numAffectedRows ?? 0), left: rows[0]?.n ?? 0 };
}
