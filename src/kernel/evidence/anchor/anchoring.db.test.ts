import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Actor, ANONYMOUS, execute, type Kernel, type Read, Refused, SYSTEM } from '../../acts/index.ts';
import { type TestDatabase, testDatabase } from '../../database/testing.ts';
import { programOf } from '../../programs.ts';
import { loadRulebook } from '../../rulebook/index.ts';
import { receiptReads } from '../reads.ts';
import { logKey, settled } from '../receipts.ts';
import { type Sequencer, startSequencer } from '../sequencer.ts';
import { testLog, writeEntries } from '../testing.ts';
import { verifyAnchor } from '../verify/index.ts';
import { verifyCommand } from '../verify-cli.ts';
import { recordAnchor } from './act.ts';
import { anchor, startAnchoring } from './anchoring.ts';
import { evmChain } from './evm.ts';
import { acts, anchorStatus, reads } from './index.ts';
import type { AnchorChain } from './port.ts';
import { FUNDED_KEY, freePort, type TestChain, testChain } from './testing.ts';

const HOUR = { intervalSeconds: 3_600, confirmations: 1 };
const CHILD = programOf('./testing-child', import.meta.url);

let t: TestDatabase;
let log: Awaited<ReturnType<typeof testLog>>;
let sequencer: Sequencer;
let kernel: Kernel;
let node: TestChain;

beforeAll(async () => {
  t = await testDatabase();
  log = await testLog();
  sequencer = await startSequencer({ url: t.url, store: log.store, keys: log.keys });
  kernel = { db: t.db, rulebook: loadRulebook(), committed: sequencer.nudge };
});
afterAll(async () => {
  await sequencer.stop();
  await t.drop();
  await log.drop();
});
/** Every test but those of one anchor's file begins with none. */
const clean = async () => {
  await sql`delete from log_anchor`.execute(t.db);
  await sql`delete from log_anchoring`.execute(t.db);
};

const evm = (url = node.url): AnchorChain => evmChain({ url, privateKey: FUNDED_KEY, feeMaxGwei: 500 });
const written = async (count = 2): Promise<string[]> => {
  const ids = await writeEntries(t.db, count, 'pty_mine');
  sequencer.nudge();
  await settled(t.db);
  return ids;
};
interface Row {
  id: string;
  state: string;
  size: number;
  digest: string;
  tries: { hash: string }[];
  transaction_hash: string | null;
  block_hash: string | null;
}
const anchors = async (): Promise<Row[]> =>
  (await sql<Row>`select * from log_anchor order by created_at, id`.execute(t.db)).rows;
const states = async (): Promise<string[]> => (await anchors()).map((a) => a.state);
const sizeNow = async (): Promise<number> =>
  (await sql<{ size: number }>`select published_size as size from log_state`.execute(t.db)).rows[0]?.size ?? 0;
/** Looks until nothing waits for a block, as the job does. */
async function anchored(chain = evm()): Promise<void> {
  do await anchor(kernel, { ...HOUR, chain });
  while ((await states()).includes('pending'));
}
/** As if the interval had passed. */
const later = () => sql`update log_anchor set created_at = created_at - interval '2 hours'`.execute(t.db);
/** Transactions on the chain that carry a digest. */
async function onChain(digest: string): Promise<number> {
  const newest = Number(await node.rpc<string>('eth_blockNumber'));
  let found = 0;
  for (let n = 0; n <= newest; n++) {
    const block = await node.rpc<{ transactions: { input: string }[] }>(
      'eth_getBlockByNumber',
      `0x${n.toString(16)}`,
      true,
    );
    found += block.transactions.filter((x) => x.input === `0x${digest}`).length;
  }
  return found;
}
const mine: Actor = { ...ANONYMOUS, kind: 'person', personId: 'psn_1', partyId: 'pty_mine' };
async function get<T>(path: string, actor: Actor, receiptId: string): Promise<T> {
  const found = [...receiptReads(acts), ...reads].find((r) => r.path === path) as Read;
  const context = { db: t.db, actor, params: { receiptId }, query: {}, at: new Date() };
  return found.output.parse(await found.run(context as never)) as T;
}

describe('anchoring', () => {
  beforeEach(clean);
  beforeAll(async () => {
    node = await testChain();
  });
  afterAll(() => node.stop());

  it('puts the newest checkpoint on the chain, records it in the log, and is then at rest', async () => {
    await written(3);
    const size = await sizeNow();
    await anchored();
    const [row] = await anchors();
    expect(row).toMatchObject({ state: 'confirmed', size });
    expect(await onChain(row?.digest ?? '')).toBe(1);
    await settled(t.db);
    const { rows } = await sql<{ entry: string }>`select convert_from(bytes, 'utf8') as entry from evidence_entry
      order by id desc limit 1`.execute(t.db);
    expect(JSON.parse(rows[0]?.entry ?? '')).toMatchObject({
      act: 'evidence.record-anchor',
      subject: row?.id,
      open: {
        checkpoint: `sha256:${row?.digest}`,
        chainId: '31337',
        transaction: row?.transaction_hash,
        state: 'confirmed',
      },
    });
    // Nothing new but the record itself: however long it waits, an idle log is not anchored again.
    await later();
    for (let i = 0; i < 3; i++) await anchored();
    expect(await states()).toEqual(['confirmed']);
  });

  it('waits for the interval and for news, then covers all that came meanwhile with one anchor', async () => {
    await written(1);
    await anchored();
    // A short interval is not stretched to the watch over the last anchor.
    expect(await anchor(kernel, { ...HOUR, intervalSeconds: 2, chain: evm() })).toBeLessThanOrEqual(2_000);
    await written(5);
    const size = await sizeNow();
    expect(await anchor(kernel, { ...HOUR, chain: evm() })).toBeLessThanOrEqual(60_000);
    expect(await states()).toEqual(['confirmed']);
    await later();
    await anchored();
    expect(await states()).toEqual(['confirmed', 'confirmed']);
    expect((await anchors())[1]?.size).toBe(size);
  });

  it('counts confirmations before it records', async () => {
    await written(1);
    const deep = { intervalSeconds: 3_600, confirmations: 4, chain: evm() };
    for (let i = 0; i < 3; i++) {
      await anchor(kernel, deep);
      expect(await states()).toEqual(['pending']);
      await node.rpc('evm_mine');
    }
    await anchor(kernel, deep);
    expect(await states()).toEqual(['confirmed']);
    expect((await anchors())[0]?.tries).toHaveLength(1);
  });

  it('of two processes lets one do it', async () => {
    await written(1);
    const open = { url: t.url, pool: t.pool, db: t.db, close: async () => undefined };
    const running = [0, 1, 2].map(() =>
      startAnchoring(open, kernel, { ...HOUR, chain: evm() }, (error) => process.stderr.write(`${error}\n`)),
    );
    while (!(await states()).includes('confirmed')) await new Promise((done) => setTimeout(done, 50));
    for (const r of running) await r.stop();
    const rows = await anchors();
    expect(rows).toHaveLength(1);
    expect(await onChain(rows[0]?.digest ?? '')).toBe(1);
  });

  it('publishes again when the chain drops the block: the lost anchor stays told, the new one counts', async () => {
    const [id = ''] = await written(1);
    const before = await node.rpc<string>('evm_snapshot');
    await anchored();
    const first = (await anchors())[0];
    await node.rpc('evm_revert', before);
    await node.rpc('evm_mine');
    expect(
      await evm().verify({
        transactionHash: first?.transaction_hash ?? '',
        blockNumber: 1,
        blockHash: first?.block_hash ?? '',
      }),
    ).toMatchObject({
      found: false,
    });
    await anchored();
    const rows = await anchors();
    expect(rows.map((r) => r.state)).toEqual(['lost', 'confirmed']);
    expect(await onChain(rows[1]?.digest ?? '')).toBe(1);
    await settled(t.db);
    const { anchors: shown } = await get<{ anchors: { transactionHash: string }[] }>('/receipts/:receiptId', mine, id);
    expect(shown.map((a) => a.transactionHash)).toEqual([rows[1]?.transaction_hash]);
    const { rows: said } = await sql<{
      state: string;
    }>`select convert_from(bytes, 'utf8')::jsonb->'open'->>'state' as state
      from evidence_entry where convert_from(bytes, 'utf8')::jsonb->>'subject' = ${first?.id} order by id`.execute(
      t.db,
    );
    expect(said.map((s) => s.state)).toEqual(['confirmed', 'lost']);
  });

  it('records nothing that the chain does not hold, and nothing twice', async () => {
    await written(1);
    await anchored();
    const [row] = await anchors();
    const confirmed = {
      transactionHash: row?.transaction_hash,
      blockNumber: 1,
      blockHash: row?.block_hash,
      blockTime: new Date().toISOString(),
      digest: row?.digest,
    };
    const attempt = (input: unknown, actor = SYSTEM) => execute(kernel, recordAnchor, actor, input);
    expect(await attempt({ anchorId: row?.id, confirmed, proof: null })).toMatchObject({
      refusal: { violations: [{ rule: 'HS-10.40' }] },
    });
    await sql`update log_anchor set state = 'pending'`.execute(t.db);
    const other = { ...confirmed, digest: '00'.repeat(32) };
    expect(await attempt({ anchorId: row?.id, confirmed: other, proof: null })).toMatchObject({
      refusal: { violations: [{ rule: 'HS-10.40' }] },
    });
    expect(await attempt({ anchorId: 'anc_00000000000000000000000000', confirmed, proof: null })).toMatchObject({
      refusal: { kind: 'not-found' },
    });
    expect(await attempt({ anchorId: row?.id, confirmed, proof: null }, mine)).toMatchObject({
      refusal: { kind: 'forbidden' },
    });
  });
});

describe('a chain that is away', () => {
  beforeEach(clean);
  it('leaves acts alone, is told as trouble once, and afterwards only the newest checkpoint is anchored', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'chain-'));
    const options = ['--port', String(await freePort()), '--state', join(folder, 'state.json')];
    node = await testChain(...options);
    await written(1);
    await anchored();
    await node.stop();
    await later();

    const troubles: unknown[] = [];
    const open = { url: t.url, pool: t.pool, db: t.db, close: async () => undefined };
    const away = { intervalSeconds: 1, confirmations: 1, chain: evm() };
    const running = startAnchoring(open, kernel, away, (error) => troubles.push(error));
    for (let i = 0; i < 4; i++) await written(3);
    while ((await anchorStatus(t.db))?.trouble === null) await new Promise((done) => setTimeout(done, 20));
    await running.stop();
    expect(troubles).toHaveLength(1);
    const trouble = await anchorStatus(t.db);
    expect(trouble?.trouble).toMatch(/HTTP request failed/);
    expect(trouble?.trouble).not.toContain('127.0.0.1');
    expect(await states()).toEqual(['confirmed']);

    node = await testChain(...options);
    const size = await sizeNow();
    const again = startAnchoring(open, kernel, away, (error) => troubles.push(error));
    while ((await states()).length < 2 || (await states()).includes('pending'))
      await new Promise((done) => setTimeout(done, 20));
    await again.stop();
    expect(await states()).toEqual(['confirmed', 'confirmed']);
    expect((await anchors())[1]?.size).toBe(size);
    expect(await anchorStatus(t.db)).toMatchObject({
      trouble: null,
      troubleSince: null,
      chainId: '31337',
      last: { size },
    });
    await node.stop();
    await rm(folder, { recursive: true, force: true });
  });
});

describe('kill -9', () => {
  beforeEach(clean);
  it.each(['before it is kept', 'kept, not sent', 'sent, place unknown', 'proven, not recorded', 'recorded'])(
    'when it is %s: one transaction, one anchor, one entry',
    async (step) => {
      node = await testChain();
      await written(1);
      const child = spawn(process.execPath, [...CHILD, t.url, node.url, FUNDED_KEY, step], {
        stdio: 'inherit',
      });
      expect(await new Promise((done) => child.once('exit', (_, signal) => done(signal)))).toBe('SIGKILL');
      await anchored();
      await anchored();
      const rows = await anchors();
      expect(rows.map((r) => r.state)).toEqual(['confirmed']);
      expect(await onChain(rows[0]?.digest ?? '')).toBe(1);
      const { rows: entries } =
        await sql`select 1 from act_log where name = 'evidence.record-anchor' and subject = ${rows[0]?.id}`.execute(
          t.db,
        );
      expect(entries).toHaveLength(1);
      await node.stop();
    },
  );
});

describe('the anchor of a receipt', () => {
  let file: Record<string, unknown>;
  let vkey: string;
  let id: string;
  beforeAll(async () => {
    node = await testChain();
    vkey = (await logKey(t.db)) ?? '';
    await clean();
    [id = ''] = await written(3);
    await anchored();
    // The log moved on since: the file still leads to the checkpoint that was anchored.
    await written(300);
    file = await get('/receipts/:receiptId/anchor', mine, id);
  });
  afterAll(() => node.stop());
  const check = (changed: Record<string, unknown>, key = vkey) =>
    verifyAnchor({ file: JSON.stringify({ ...file, ...changed }), vkey: key });

  it('is one file that is checked offline, down to the hash of the block, and says what is left to trust', async () => {
    const result = check({});
    const [row] = await anchors();
    expect(result).toMatchObject({
      outcome: 'proven',
      proven: {
        level: 'block',
        digest: row?.digest,
        receipt: { entry: { id } },
        block: { chain: 'evm', chainId: '31337', hash: row?.block_hash, transactionHash: row?.transaction_hash },
      },
    });
    expect(result.details.map((d) => d.zh).join()).toContain('须信任或自行查询');
    expect(result.details.map((d) => d.en).join()).toContain('taken on trust');
    expect(result.details.map((d) => d.en).join()).toContain(row?.block_hash);
    // What it takes on trust is true here.
    const block = await node.rpc<{ hash: string }>(
      'eth_getBlockByNumber',
      `0x${Number(file.blockNumber).toString(16)}`,
      false,
    );
    expect(block.hash).toBe(row?.block_hash);
  });

  it('is named in the receipt', async () => {
    const [row] = await anchors();
    expect(await get('/receipts/:receiptId', mine, id)).toMatchObject({
      anchors: [
        {
          chainId: '31337',
          size: row?.size,
          transactionHash: row?.transaction_hash,
          receiptId: expect.stringMatching(/^rct_/),
        },
      ],
    });
  });

  it('is there for those who may see the receipt, and only once it is anchored', async () => {
    const stranger: Actor = { ...mine, partyId: 'pty_other' };
    await expect(get('/receipts/:receiptId/anchor', stranger, id)).rejects.toThrow(Refused);
    const [fresh = ''] = await written(1);
    await expect(get('/receipts/:receiptId/anchor', mine, fresh)).rejects.toThrow(Refused);
    expect(await get('/receipts/:receiptId', mine, fresh)).toMatchObject({ anchors: [] });
  });

  it('is verified on the command line, offline and against a node of the chain', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'anchor-'));
    const path = join(folder, 'anchor.json');
    await writeFile(path, JSON.stringify(file));
    let said = '';
    const say = (text: string) => {
      said += text;
    };
    const run = async (...args: string[]) => {
      said = '';
      return verifyCommand(['--anchor', path, '--key', vkey, ...args], { out: say, error: say });
    };
    expect(await run()).toBe(0);
    expect(said).toContain('核验通过：这条记录所在的检查点已写入该区块。');
    expect(await run('--rpc', node.url)).toBe(0);
    expect(said).toMatch(/已向节点查询.*至今 \d+ 块确认/);
    const other = await testChain();
    expect(await run('--rpc', other.url)).toBe(1);
    expect(said).toContain('chain does not hold this anchor');
    await other.stop();
    const foreign = await testChain('--chain-id', '5');
    expect(await run('--rpc', foreign.url)).toBe(1);
    expect(said).toContain('The node is of chain 5');
    await foreign.stop();
    expect(await run('--rpc', foreign.url)).toBe(2);
    expect(said).toContain('the offline check passed');
    await writeFile(path, JSON.stringify({ ...file, blockHash: `0x${'0'.repeat(64)}` }));
    expect(await run()).toBe(1);
    expect(await run('--anchor', join(folder, 'none.json'))).toBe(2);
    expect(await verifyCommand(['--anchor', path], { out: say, error: say })).toBe(2);
    await rm(folder, { recursive: true });
  });

  it('without a proof of the block proves the transaction only, and says so', () => {
    const result = check({ header: null, trie: null });
    expect(result).toMatchObject({ outcome: 'proven', proven: { level: 'transaction', block: { at: null } } });
    expect(result.says.zh).toContain('部分');
  });

  it.each<[string, (f: Record<string, unknown>) => Record<string, unknown>, string]>([
    [
      'another entry',
      (f) => ({ entry: Buffer.from(`${Buffer.from(String(f.entry), 'base64')} `).toString('base64') }),
      'receipt',
    ],
    ['another checkpoint', (f) => ({ checkpoint: `${f.checkpoint}\n` }), 'checkpoint'],
    ['another block hash', () => ({ blockHash: `0x${'ab'.repeat(32)}` }), 'block'],
    ['another block number', (f) => ({ blockNumber: String(Number(f.blockNumber) + 1) }), 'block'],
    ['another chain', () => ({ chainId: '1' }), 'transaction'],
    ['another transaction hash', () => ({ transactionHash: `0x${'ab'.repeat(32)}` }), 'transaction'],
    ['another place in the block', () => ({ index: 1 }), 'block'],
    ['a node too few', () => ({ trie: [] }), 'block'],
    ['a node too many', (f) => ({ trie: [...(f.trie as string[]), '0xc0'] }), 'block'],
  ])('with %s is false', (_, change, failed) => {
    expect(check(change(file))).toMatchObject({ outcome: 'false', check: failed });
  });

  it('with any one byte changed in what the chain gave is never proven', () => {
    const hexOf = (name: string) => String(file[name]);
    for (const name of ['transaction', 'header']) {
      for (let at = 2; at < hexOf(name).length; at += 2) {
        const byte = (Number.parseInt(hexOf(name).slice(at, at + 2), 16) ^ 1).toString(16).padStart(2, '0');
        const bent = hexOf(name).slice(0, at) + byte + hexOf(name).slice(at + 2);
        expect([name, at, check({ [name]: bent }).outcome]).not.toEqual([name, at, 'proven']);
      }
    }
  });

  it.each<[string, string | Uint8Array]>([
    ['nothing', ''],
    ['a list', '[]'],
    ['another type', '{"type":"shuheng/anchor/2"}'],
    ['bytes that are no text', Buffer.from([0xff, 0xfe])],
  ])('that is %s is unreadable', (_, whole) => {
    expect(verifyAnchor({ file: whole, vkey })).toMatchObject({ outcome: 'unreadable', part: 'file' });
  });

  it.each<[string, Record<string, unknown>]>([
    ['no entry', { entry: null }],
    ['a number for a hash', { blockHash: 7 }],
    ['half a proof', { header: null }],
    ['a trie without end', { trie: Array.from({ length: 1_000 }, () => '0xc0') }],
    ['odd hex', { header: '0xabc' }],
    ['a negative place', { index: -1 }],
  ])('with %s is unreadable', (_, changed) => {
    expect(check(changed)).toMatchObject({ outcome: 'unreadable', part: 'file' });
  });

  it('under the key of another log is false', () => {
    expect(check({}, vkey.replace('shuheng.example/log', 'other.example/log'))).not.toMatchObject({
      outcome: 'proven',
    });
  });

  it('of another anchor is false: a true transaction with another digest', async () => {
    const checkpoint = file.checkpoint;
    await sql`delete from log_anchor`.execute(t.db);
    await anchored();
    const other = await get<Record<string, unknown>>('/receipts/:receiptId/anchor', mine, id);
    expect(other.checkpoint).not.toBe(checkpoint);
    const { transaction, transactionHash, header, trie, index, blockHash, blockNumber } = other;
    expect(check({ transaction, transactionHash, header, trie, index, blockHash, blockNumber })).toMatchObject({
      outcome: 'false',
      check: 'digest',
    });
  });
});
