import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestDatabase, testDatabase } from './kernel/database/testing.ts';
import { fileKeyProvider, logFile, openTileStore, startSequencer } from './kernel/evidence/index.ts';
import { parsePolicy } from './kernel/evidence/verify/index.ts';
import { readSettings } from './kernel/settings.ts';
import { arrangeWitnesses } from './witnesses.ts';

/** Who witnesses the log, by the settings alone. */
let t: TestDatabase;
let folder: string;
beforeAll(async () => {
  t = await testDatabase();
  folder = await mkdtemp(join(tmpdir(), 'shuheng-arranged-'));
  const keys = fileKeyProvider(join(folder, 'keys'));
  const sequencer = await startSequencer({ url: t.url, store: await openTileStore(folder), keys });
  await sequencer.stop();
});
afterAll(async () => {
  await t.drop();
  await rm(folder, { recursive: true, force: true });
});

const VKEY = 'remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2';
const arrange = (environment: Record<string, string>, leading = () => true) =>
  arrangeWitnesses(readSettings({ SHUHENG_DATA: folder, ...environment }), t, leading);
const served = async (): Promise<string> =>
  (await logFile(t.db, await openTileStore(folder), 'policy'))?.bytes.toString() ?? '';

describe('witnesses by the settings', () => {
  it('are those of LOG_POLICY', async () => {
    const file = join(folder, 'policy');
    await writeFile(file, `witness remora ${VKEY} https://example.com/remora\nquorum remora\n`);
    await (await arrange({ LOG_POLICY: file }))();
    const { policy } = parsePolicy(await served());
    expect(policy?.witnesses.map((w) => [w.name, w.url])).toEqual([['remora', 'https://example.com/remora']]);
    expect(policy?.logs).toHaveLength(1);
  });

  it('are none of an exchange without sample, at its first start and, by the file of its first accounts, ever after', async () => {
    await (await arrange({ SHUHENG_SAMPLE: 'none' }))();
    expect(await served()).toMatch(/^log \S+\nquorum none\n$/);
    const accounts = join(folder, 'first-accounts.json');
    await writeFile(accounts, '[]');
    await (await arrange({}))();
    await rm(accounts);
    expect(await served()).toMatch(/quorum none\n$/);
  });

  it('are two of its own of the sample, in the process that sequences only', async () => {
    const idle = await arrange({}, () => false);
    await idle();
    expect(await served()).toMatch(/quorum none\n$/);
    const stop = await arrange({});
    while (!(await served()).includes('quorum both')) await new Promise((resolve) => setTimeout(resolve, 100));
    const { policy } = parsePolicy(await served());
    expect(policy?.witnesses.map((w) => w.name)).toEqual(['regulator', 'notary']);
    expect(policy?.quorum).toMatchObject({ group: 'both', threshold: 2 });
    await stop();
  });

  it('stop the start where the policy cannot be used', async () => {
    await expect(arrange({ LOG_POLICY: join(folder, 'none') })).rejects.toThrow('cannot be read');
    const file = join(folder, 'wrong');
    await writeFile(file, `witness remora ${VKEY} https://example.com/remora\nquorum rem\n`);
    await expect(arrange({ LOG_POLICY: file })).rejects.toThrow('line 2');
    await writeFile(file, `witness remora ${VKEY}\nquorum remora\n`);
    await expect(arrange({ LOG_POLICY: file })).rejects.toThrow('cannot be asked');
  });
});
