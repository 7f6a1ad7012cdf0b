import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openLocalExecutor } from './local.ts';
import { TEST_LIMITS, testFolder } from './testing.ts';
import { IsolatedFailure, type LentFile, type Limits } from './types.ts';

const place = testFolder();
const executor = await openLocalExecutor({ folder: join(place.folder, 'sandbox'), warm: 0 });
const here = await executor.availability();

afterAll(async () => {
  await executor.stop();
  place.remove();
});

describe.runIf(here.python)('a Python program', { timeout: 60_000 }, () => {
  const run = (code: string, inputs: readonly LentFile[] = [], limits: Limits = TEST_LIMITS) =>
    executor.run({ language: 'python', code, inputs, rowsMax: 0, filesMax: 3 }, limits);
  const failureOf = (code: string, limits?: Limits) =>
    run(code, [], limits).then(
      () => null,
      (error: unknown) => (error instanceof IsolatedFailure ? error : null),
    );

  it('reads lent tables as data frames and leaves its result', async () => {
    const t1 = await place.database(
      't1',
      "select range::BIGINT as id, if(range = 1, null, range) as g, if(range = 1, null, range / 2) as x, if(range = 1, null, '名' || range % 2) as name, date '2024-02-29' as d, if(range = 1, null, timestamptz '2024-02-29 08:00:00+08') as at, if(range = 1, null, range > 1) as b, 0.25::DECIMAL(8,2) as m from range(4)",
    );
    const code = `import shuheng
t = shuheng.tables['t1']
print(list(shuheng.tables), [str(x) for x in t.dtypes])
shuheng.result(t)`;
    const { files, log, memoryPeakBytes } = await run(code, [t1]);
    expect(log.trim()).toBe(
      "['t1'] ['int64', 'Int64', 'float64', 'object', 'datetime64[ns]', 'datetime64[ns, UTC]', 'boolean', 'float64']",
    );
    expect(files.get('result.csv')?.toString().trim().split('\n')).toEqual([
      'id,g,x,name,d,at,b,m',
      '0,0,0.0,名0,2024-02-29,2024-02-29 00:00:00+00:00,False,0.25',
      '1,,,,2024-02-29,,,0.25',
      '2,2,1.0,名0,2024-02-29,2024-02-29 00:00:00+00:00,True,0.25',
      '3,3,1.5,名1,2024-02-29,2024-02-29 00:00:00+00:00,True,0.25',
    ]);
    expect(memoryPeakBytes).toBeGreaterThan(10_000_000);
  });

  it('reads texts that are nearly all different, and empty tables', async () => {
    const names = await place.database(
      'names',
      "select if(range = 5, null, '名-' || range) as name, 1 as one from range(30000)",
    );
    const empty = await place.database('empty', "select 'a' as name, 1 as one from range(0)");
    const code = `from shuheng import tables
n = tables['names'].name
print(n.nunique(), n[4], n[5], n[29999], tables['empty'].shape)`;
    expect((await run(code, [names, empty])).log.trim()).toBe('29999 名-4 None 名-29999 (0, 2)');
  });

  it('fits a model with scikit-learn', async () => {
    const code = `import numpy, shuheng
from sklearn.linear_model import LinearRegression
x = numpy.arange(100).reshape(-1, 1)
shuheng.result({'slope': LinearRegression().fit(x, 3 * x[:, 0]).coef_[0], 'rows': numpy.int64(100)})`;
    const { files } = await run(code);
    expect(JSON.parse(files.get('result.json')?.toString() ?? '')).toEqual({ slope: expect.closeTo(3, 9), rows: 100 });
  });

  it('fails by class; what it printed is kept for the owner', async () => {
    const syntax = await failureOf('print(1');
    expect(syntax?.kind).toBe('syntax');
    const thrown = await failureOf("print('seen'); raise ValueError('secret')");
    expect(thrown?.kind).toBe('data');
    expect(thrown?.detail).toContain('seen');
    expect(thrown?.detail).toContain('ValueError: secret');
    expect(thrown?.message).toBe('data');
    expect((await failureOf('x = bytearray(5 * 2**30)'))?.kind).toBe('resource');
    expect((await failureOf('while True: pass', { ...TEST_LIMITS, cpuSeconds: 1 }))?.kind).toBe('resource');
    expect((await failureOf('import time; time.sleep(50)', { ...TEST_LIMITS, wallMs: 1_000 }))?.kind).toBe('resource');
  });

  it('hands back regular files alone, so many and so large', async () => {
    const code = `import os
os.symlink('/etc/passwd', '/out/link'); os.mkfifo('/out/pipe'); os.mkdir('/out/folder')
open('/out/plain', 'w').write('x')`;
    expect([...(await run(code)).files.keys()]).toEqual(['plain']);
    const many = "for i in range(4): open(f'/out/{i}', 'w')";
    expect((await failureOf(many))?.kind).toBe('resource');
    const large = "open('/out/large', 'wb').write(bytes(5 * 2**20))";
    expect((await failureOf(large))?.kind).toBe('resource');
  });
});
