import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Tx } from './database.ts';
import { runLast, send } from './driver.ts';
import { type TestDatabase, testDatabase } from './testing.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
  await sql`create table thing (id int primary key)`.execute(database.db);
  await sql`create table part (thing_id int references thing (id) deferrable initially deferred)`.execute(database.db);
});
afterAll(() => database.drop());
beforeEach(() => sql`truncate thing, part`.execute(database.db));

const things = async () =>
  (await sql<{ id: number }>`select id from thing order by id`.execute(database.db)).rows.map((r) => r.id);
const parts = async () => (await sql`select from part`.execute(database.db)).rows.length;
const insert = (id: number) => sql`insert into thing values (${id})`;

describe('a transaction', () => {
  it('begins with its first statement, whether that reads or writes, and is one', async () => {
    const { db } = database;
    const failed = new Error('on purpose');
    const attempts = [
      db.transaction().execute(async (tx) => {
        await insert(1).execute(tx);
        await insert(2).execute(tx);
        throw failed;
      }),
      db.transaction().execute(async (tx) => {
        await sql`select pg_current_xact_id()`.execute(tx);
        await insert(3).execute(tx);
        throw failed;
      }),
    ];
    const rejected = { status: 'rejected', reason: failed };
    expect(await Promise.allSettled(attempts)).toEqual([rejected, rejected]);
    expect(await things()).toEqual([]);
    await db.transaction().execute(async (tx) => {
      const same = sql<{ id: string }>`select pg_current_xact_id()::text as id`;
      const [first, second] = [await same.execute(tx), await same.execute(tx)];
      expect(first.rows).toEqual(second.rows);
      await insert(4).execute(tx);
    });
    expect(await things()).toEqual([4]);
  });

  it('keeps its isolation level and access mode', async () => {
    const level = await database.db
      .transaction()
      .setIsolationLevel('repeatable read')
      .setAccessMode('read only')
      .execute(async (tx) => {
        const { rows } = await sql`select current_setting('transaction_isolation') as level,
          current_setting('transaction_read_only') as only`.execute(tx);
        return rows[0];
      });
    expect(level).toEqual({ level: 'repeatable read', only: 'on' });
  });

  it('in which nothing is asked asks nothing', async () => {
    expect(await database.db.transaction().execute(async () => 'done')).toBe('done');
  });

  it('does not pretend to have committed when a failure in it was swallowed', async () => {
    const attempt = database.db.transaction().execute(async (tx) => {
      await insert(1).execute(tx);
      await insert(1)
        .execute(tx)
        .catch(() => undefined);
    });
    await expect(attempt).rejects.toThrow('rolled back');
    expect(await things()).toEqual([]);
  });
});

describe('the last statement', () => {
  it('commits with everything before it, and nothing can follow', async () => {
    await database.db.transaction().execute(async (tx) => {
      await insert(1).execute(tx);
      await runLast(tx, insert(2));
      expect(await things()).toEqual([1, 2]);
      await expect(insert(3).execute(tx)).rejects.toThrow('the transaction is over');
    });
    expect(await things()).toEqual([1, 2]);
  });

  it('may be the only one', async () => {
    await database.db.transaction().execute((tx) => runLast(tx, insert(1)));
    expect(await things()).toEqual([1]);
  });

  it('takes everything back when it fails, and the connection goes on', async () => {
    for (let round = 0; round < 3; round++) {
      const attempt = database.db.transaction().execute(async (tx) => {
        await insert(1).execute(tx);
        await runLast(tx, insert(1));
      });
      await expect(attempt).rejects.toThrow('duplicate key');
      expect(await things()).toEqual([]);
    }
  });

  it('takes everything back when the commit fails', async () => {
    const attempt = database.db.transaction().execute(async (tx) => {
      await insert(1).execute(tx);
      await runLast(tx, sql`insert into part values (7)`);
    });
    await expect(attempt).rejects.toThrow('foreign key');
    expect([await things(), await parts()]).toEqual([[], 0]);
  });

  it('of a connection that is cut fails, and the next transaction finds another', async () => {
    const attempt = database.db.transaction().execute(async (tx) => {
      await insert(1).execute(tx);
      await runLast(tx, sql`select pg_terminate_backend(pg_backend_pid())`);
    });
    await expect(attempt).rejects.toThrow();
    expect(await things()).toEqual([]);
    await database.db.transaction().execute((tx) => runLast(tx, insert(2)));
    expect(await things()).toEqual([2]);
  });
});

describe('a statement that is sent', () => {
  const meant = new Error('what it means');
  const twice = async (tx: Tx) => {
    await send(tx, insert(1).compile(tx));
    await send(tx, insert(1).compile(tx), () => meant);
  };

  it('is seen by those after it, and committed', async () => {
    await database.db.transaction().execute(async (tx) => {
      await send(tx, insert(1).compile(tx));
      expect((await sql`select id from thing`.execute(tx)).rows).toEqual([{ id: 1 }]);
      await send(tx, insert(2).compile(tx));
      await runLast(tx, insert(3));
    });
    await database.db.transaction().execute((tx) => send(tx, insert(4).compile(tx)));
    expect(await things()).toEqual([1, 2, 3, 4]);
  });

  it('fails the next statement, the last one or the commit, in its own words, and nothing stays', async () => {
    const endings: ((tx: Tx) => Promise<unknown>)[] = [
      async (tx) => {
        await twice(tx);
        await sql`select 1`.execute(tx);
      },
      async (tx) => {
        await twice(tx);
        await runLast(tx, insert(2));
      },
      twice,
    ];
    for (const ending of endings) {
      await expect(database.db.transaction().execute(ending)).rejects.toBe(meant);
      expect(await things()).toEqual([]);
    }
  });

  it('is taken back with the rest when the work itself fails', async () => {
    const failed = new Error('on purpose');
    const attempt = database.db.transaction().execute(async (tx) => {
      await send(tx, insert(1).compile(tx));
      throw failed;
    });
    await expect(attempt).rejects.toBe(failed);
    expect(await things()).toEqual([]);
  });
});
