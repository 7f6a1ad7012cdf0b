import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { forgetPrepared, isStalePlan, PREPARE_AFTER } from './prepare.ts';
import { type TestDatabase, testDatabase } from './testing.ts';

let database: TestDatabase;
beforeAll(async () => {
  // Other tests of this process may have prepared as many as it keeps.
  forgetPrepared();
  database = await testDatabase({ max: 1 });
  await sql`create table thing (id int primary key, word text)`.execute(database.db);
  await sql`insert into thing select n, 'w' || n from generate_series(1, 100) n`.execute(database.db);
});
afterAll(() => database.drop());

const thing = async (id: number) => (await sql`select * from thing where id = ${id}`.execute(database.db)).rows[0];
const prepared = async (): Promise<string[]> =>
  (await sql<{ statement: string }>`select statement from pg_prepared_statements`.execute(database.db)).rows.map(
    (r) => r.statement,
  );

describe('statements asked often', () => {
  it('are prepared once, and answer each question for itself', async () => {
    for (let id = 1; id < PREPARE_AFTER; id++) expect(await thing(id)).toEqual({ id, word: `w${id}` });
    expect(await prepared()).toEqual([]);
    for (let id = 1; id <= 3 * PREPARE_AFTER; id++) expect(await thing(id)).toEqual({ id, word: `w${id}` });
    expect(await prepared()).toEqual(['select * from thing where id = $1']);
  });

  it('fail alone: the connection goes on', async () => {
    const word = (id: unknown) => sql`select word from thing where id = ${id}::int`.execute(database.db);
    for (let n = 0; n < 2 * PREPARE_AFTER; n++) await word(1);
    await expect(word('one')).rejects.toThrow('invalid input syntax');
    expect((await word(2)).rows).toEqual([{ word: 'w2' }]);
  });

  it('are prepared anew after a migration changed their table', async () => {
    for (let n = 0; n < 2 * PREPARE_AFTER; n++) await thing(1);
    await sql`alter table thing add column more text default 'm'`.execute(database.db);
    expect(isStalePlan(await thing(1).catch((error: unknown) => error))).toBe(true);
    for (let n = 0; n < 2 * PREPARE_AFTER; n++) expect(await thing(1)).toEqual({ id: 1, word: 'w1', more: 'm' });
  });

  it('are no more than a connection can hold', async () => {
    for (let width = 1; width <= 300; width++) {
      const list = Array.from({ length: width }, (_, n) => n + 1);
      for (let n = 0; n < PREPARE_AFTER; n++)
        await sql`select 1 from thing where id in (${sql.join(list)})`.execute(database.db);
    }
    expect((await prepared()).length).toBeLessThanOrEqual(256 + 2);
  });
});
