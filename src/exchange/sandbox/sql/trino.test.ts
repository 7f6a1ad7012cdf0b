import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { IsolatedFailure } from '../../../kernel/isolation/index.ts';
import { cellsOf } from './cells-read.ts';
import { ALL_USES, type Engine, granted, guardedCells, openTestEngine } from './testing.ts';
import { trinoSql } from './trino.ts';
import { trinoEngine } from './trino-engine.ts';

const columns = {
  sex: ['text', ALL_USES],
  day: ['date', ALL_USES],
  seen: ['timestamp', ALL_USES],
  age: ['integer', ALL_USES],
  fee: ['decimal', ALL_USES],
  ratio: ['double', ALL_USES],
} as const;

let engine: Engine;
beforeAll(async () => {
  engine = await openTestEngine();
  await engine.connection.run(`attach ':memory:' as people`);
  await engine.connection.run(
    `create table people.data as select (range % 40)::ubigint as _e, case when range % 7 = 0 then null when range % 2 = 0 then 'f' else 'm' end as sex,
     date '2024-01-01' + (range % 100)::int as day, timestamp '2024-01-01' + to_hours((range * 5)::int) as seen, (range * 37 % 91 - 30)::bigint as age,
     (range % 13 / 4)::decimal(9, 2) as fee, case when range % 11 = 0 then 'nan'::double else range / 8 end as ratio from range(300)`,
  );
  // What Trino calls by another name, so that its SQL can be run here. It shows that the generated text means the same,
  // not that a Trino takes it.
  for (const macro of ['is_finite(x) as isfinite(x)', 'element_at(l, n) as l[n]', 'day_of_week(d) as isodow(d)'])
    await engine.connection.run(`create macro ${macro}`);
});
afterAll(() => engine.close());

const places = new Map([['sbg_people', { catalog: 'people', schema: 'main', table: 'data' }]]);
const QUERIES = [
  'select count(*), sum(age), avg(ratio) from people',
  'select sex, count(*), avg(age), sum(fee), count(distinct person) from people group by sex',
  `select sex, date_trunc('month', day), dayofweek(day), sum(ratio) from people where age > -5 and fee in (0.5, 1.25) group by all`,
  'select floor(age / 10) * 10, hour(seen), count(*) from people where sex is not null or ratio < 7.5 group by all',
  `select isodow(seen), date_trunc('day', seen), sum(age) from people where seen >= timestamp '2024-01-05 03:00:00' group by all`,
];

describe('SQL for Trino', () => {
  test.each(QUERIES.flatMap((sql) => ['person', null].map((key) => [sql, key] as const)))(
    '%s, entity %s',
    async (sql, entityKey) => {
      const { query, problems } = await engine.check(sql.replace('person', entityKey ?? '_e'), [
        granted('people', columns, { entityKey }),
      ]);
      if (query === null) throw new Error(JSON.stringify(problems));
      const sorted = (list: readonly unknown[]) => list.map((one) => JSON.stringify(one)).sort();
      const text = trinoSql(query, places);
      expect(sorted(cellsOf(query, await engine.rows(text)))).toEqual(sorted(await guardedCells(engine, query)));
      expect(text).not.toMatch(/grouping_id|QUALIFY|MATERIALIZED|isfinite|epoch_us|\[\d\]|dayofweek|isodow/);
    },
  );
});

/** Speaks Trino's protocol: a statement is queued, runs, and answers in pages. */
class FakeTrino {
  readonly #server: Server;
  readonly requests: { method: string; path: string; body: string; headers: IncomingMessage['headers'] }[] = [];
  busy = 0;
  answer: (page: number, base: string) => object = () => ({ data: [] });
  constructor() {
    this.#server = createServer((request, response) => {
      const pieces: Buffer[] = [];
      request.on('data', (piece: Buffer) => pieces.push(piece));
      request.on('end', () => {
        const { method = '', url = '', headers } = request;
        this.requests.push({ method, path: url, body: Buffer.concat(pieces).toString(), headers });
        if (this.busy > 0) {
          this.busy--;
          response.writeHead(503).end();
          return;
        }
        if (method === 'DELETE') {
          response.writeHead(204).end();
          return;
        }
        const page = url === '/v1/statement' ? 0 : Number(url.split('/').at(-1));
        response.writeHead(200, { 'content-type': 'application/json' });
        response.end(
          JSON.stringify({
            id: 'q1',
            infoUri: `${this.url}/ui`,
            stats: { state: 'RUNNING' },
            ...this.answer(page, this.url),
          }),
        );
      });
    });
  }
  async start() {
    await new Promise<void>((done) => this.#server.listen(0, '127.0.0.1', done));
  }
  get url() {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }
  stop() {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

describe('the client of Trino', () => {
  let fake: FakeTrino;
  beforeAll(async () => {
    fake = new FakeTrino();
    await fake.start();
  });
  afterAll(() => fake.stop());
  const open = (wallMs = 5_000) => {
    fake.requests.length = 0;
    return trinoEngine({ server: fake.url, user: 'sandbox', authorization: 'Bearer secret', wallMs });
  };
  const next = (page: number, base: string) => ({ nextUri: `${base}/v1/statement/executing/q1/y/${page}` });
  const failure = (running: Promise<unknown>) =>
    running.then(
      () => 'none',
      (error: unknown) => (error instanceof IsolatedFailure ? error.kind : String(error)),
    );

  test('follows the pages to the end, through a busy server', async () => {
    fake.busy = 2;
    fake.answer = (page, base) => {
      if (page === 0) return next(1, base);
      if (page === 1) return { ...next(2, base), columns: [{ name: 'n', type: 'bigint' }], data: [[1, 'a', null]] };
      return { stats: { state: 'FINISHED' }, data: [[2, 'NaN', true]] };
    };
    expect(await open().rows('select 1', 10)).toEqual([
      [1, 'a', null],
      [2, 'NaN', true],
    ]);
    const last = fake.requests.at(-1);
    expect(fake.requests.map(({ method }) => method)).toEqual(['POST', 'POST', 'POST', 'GET', 'GET']);
    expect(fake.requests[0]?.body).toBe('select 1');
    expect(last?.headers).toMatchObject({
      'x-trino-user': 'sandbox',
      'x-trino-time-zone': 'UTC',
      authorization: 'Bearer secret',
    });
  });

  test('tells the class of a failure, never its text', async () => {
    const error = (errorType: string, errorName: string) => ({
      error: { message: 'Cannot cast Alice to bigint', errorType, errorName },
    });
    for (const [errorType, name, kind] of [
      ['USER_ERROR', 'INVALID_CAST_ARGUMENT', 'data'],
      ['INSUFFICIENT_RESOURCES', 'EXCEEDED_LOCAL_MEMORY_LIMIT', 'resource'],
      ['INSUFFICIENT_RESOURCES', 'EXCEEDED_TIME_LIMIT', 'resource'],
      ['USER_ERROR', 'USER_CANCELED', 'cancelled'],
      ['EXTERNAL', 'HIVE_METASTORE_ERROR', 'unavailable'],
      ['NEW', 'NEW', 'internal'],
    ] as const) {
      fake.answer = () => error(errorType, name);
      const found = await open()
        .rows('select 1', 10)
        .catch((e: unknown) => e);
      expect(found).toMatchObject({ kind });
      expect(JSON.stringify(found)).not.toContain('Alice');
    }
  });

  test('cancels at the server when the caller or the clock ends it, or the answer is too large', async () => {
    fake.answer = (page, base) => ({ ...next(page + 1, base), data: [[page]] });
    expect(await failure(open().rows('select 1', 3))).toBe('resource');
    expect(fake.requests.at(-1)?.method).toBe('DELETE');
    fake.answer = (page, base) => next(page + 1, base);
    expect(await failure(open(200).rows('select 1', 3))).toBe('resource');
    expect(fake.requests.at(-1)?.method).toBe('DELETE');
    const control = new AbortController();
    const running = failure(open().rows('select 1', 3, control.signal));
    setTimeout(() => control.abort(), 100);
    expect(await running).toBe('cancelled');
    expect(fake.requests.at(-1)?.method).toBe('DELETE');
  });

  test('never goes to another server, nor elsewhere on this one', async () => {
    for (const uri of ['http://127.0.0.1:9/v1/statement/executing/q1/y/1', `${fake.url}/v1/node`]) {
      fake.answer = () => ({ nextUri: uri });
      expect(await failure(open().rows('select 1', 3))).toBe('internal');
      expect(fake.requests).toHaveLength(1);
    }
  });

  test('a server that is not there or does not speak the protocol is unavailable', async () => {
    fake.answer = () => ({ id: 5 });
    expect(await failure(open().rows('select 1', 3))).toBe('unavailable');
    const gone = trinoEngine({ server: 'http://127.0.0.1:9', user: 'x', wallMs: 1_000 });
    expect(await failure(gone.rows('select 1', 3))).toBe('unavailable');
  });
});
