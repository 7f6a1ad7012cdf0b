import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { checkedRows } from './answers.ts';
import { FrameError, FrameReader } from './frames.ts';
import { IsolatedProcess } from './process.ts';
import { ofFullMemory } from './sessions.ts';
import { testFolder } from './testing.ts';
import { IsolatedFailure } from './types.ts';

const place = testFolder();
afterAll(place.remove);
const filterPath = join(place.folder, 'filter');
writeFileSync(filterPath, '');

const frame = (kind: string, content: string | Buffer, length = Buffer.byteLength(content)) => {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(length, 0);
  head.write(kind, 4, 'latin1');
  return Buffer.concat([head, Buffer.from(content)]);
};
const json = (value: unknown) => frame('J', JSON.stringify(value));

/** A process that answers the first request with these bytes, whatever was asked. */
async function against(bytes: Buffer, repeat = 1): Promise<{ kind: string; detail: string } | 'answered'> {
  const script = `const fs = require('fs'); fs.readSync(4, Buffer.alloc(5));
    const bytes = Buffer.from('${bytes.toString('base64')}', 'base64');
    for (let i = 0; i < ${repeat}; i++) for (let at = 0; at < bytes.length; ) at += fs.writeSync(4, bytes, at);
    setTimeout(() => undefined, 60_000)`;
  const hostile = new IsolatedProcess({
    line: { command: process.execPath, args: ['-e', script], environment: {} },
    filterPath,
    answerBytesMax: 1_000_000,
    memoryBytesMax: 1024 ** 3,
    processesMax: 20,
    scratch: [],
    filesMax: 1,
    logBytes: 0,
  });
  try {
    return await hostile
      .request({ kind: 'rows' }, () => () => undefined)
      .then(
        () => 'answered' as const,
        (error: unknown) => {
          if (!(error instanceof IsolatedFailure)) throw error;
          return { kind: error.kind, detail: error.detail };
        },
      );
  } finally {
    hostile.kill('cancelled');
    await hostile.ended;
  }
}

describe('what a hostile process says', { timeout: 60_000 }, () => {
  const cases: readonly (readonly [name: string, bytes: Buffer, kind: string, repeat?: number])[] = [
    ['an unknown kind of frame', frame('X', 'x'), 'internal'],
    ['no JSON', frame('J', '{'), 'internal'],
    ['an answer of another shape', json({ id: 1, ok: 1, more: 2 }), 'internal'],
    ['a kind of failure of its own', json({ id: 1, failure: 'cancelled', detail: '' }), 'internal'],
    ['a detail without end', json({ id: 1, failure: 'data', detail: 'x'.repeat(5_000) }), 'internal'],
    ['an answer to another question', json({ id: 2, ok: null }), 'internal'],
    ['content that no file has', frame('B', 'x'), 'internal'],
    ['more content than it said', Buffer.concat([json({ id: 1, file: 'a', bytes: 1 }), frame('B', 'xx')]), 'internal'],
    [
      'an answer in the middle of a file',
      Buffer.concat([json({ id: 1, file: 'a', bytes: 9 }), json({ id: 1, ok: 1 })]),
      'internal',
    ],
    ['a length it never sends', frame('J', 'x', 0xffffffff), 'resource'],
    ['frames without end', json({ id: 1, file: 'a', bytes: 0 }), 'resource', 100_000],
  ];
  for (const [name, bytes, kind, repeat] of cases)
    it(name, async () => expect(await against(bytes, repeat)).toMatchObject({ kind }));

  it('is heard when it keeps to the protocol', async () => {
    expect(await against(json({ id: 1, ok: { columns: [], rows: [] } }))).toBe('answered');
    expect(await against(json({ id: 1, failure: 'data', detail: 'of the owner' }))).toEqual({
      kind: 'data',
      detail: 'of the owner',
    });
  });
});

describe('frames', () => {
  it('come whole from pieces of any size', () => {
    const stream = Buffer.concat([json({ id: 1, ok: 'a' }), frame('B', 'bytes'), json({ id: 2, ok: null })]);
    for (const size of [1, 2, 3, 7, stream.length]) {
      const reader = new FrameReader(10_000);
      const frames = [];
      for (let at = 0; at < stream.length; at += size) frames.push(...reader.push(stream.subarray(at, at + size)));
      expect(frames).toEqual([
        { answer: { id: 1, ok: 'a' } },
        { bytes: Buffer.from('bytes') },
        { answer: { id: 2, ok: null } },
      ]);
    }
  });

  it('stop at the cap of all they may be', () => {
    const reader = new FrameReader(100);
    reader.push(frame('B', 'x'.repeat(80)));
    expect(() => reader.push(Buffer.alloc(20))).toThrow(FrameError);
  });
});

describe('rows', () => {
  const columns = [{ name: 'a', type: 'integer' }];
  it.each([
    [null],
    [[]],
    [{ columns }],
    [{ columns: [{ name: 'a', type: 'money' }], rows: [] }],
    [{ columns: [{ name: 1, type: 'text' }], rows: [] }],
    [{ columns: [{ name: 'a', type: 'text', more: 1 }], rows: [] }],
    [{ columns, rows: [[1], [2], [3]] }],
    [{ columns, rows: [[1, 2]] }],
    [{ columns, rows: [[{ a: 1 }]] }],
    [{ columns, rows: [[Number.POSITIVE_INFINITY]] }],
    [{ columns, rows: 'many' }],
    [{ columns: Array.from({ length: 2_001 }, () => columns[0]), rows: [] }],
  ])('of another shape are not taken: %j', (value) => {
    expect(() => checkedRows(value, 2)).toThrow(IsolatedFailure);
  });
  it('are taken as they should be', () => {
    const rows = { columns, rows: [[1], [null]] };
    expect(checkedRows(rows, 2)).toEqual(rows);
  });
});

describe('a process that fails for no other reason', () => {
  const crashed = new IsolatedFailure('internal', 'ended with code 139');
  const limits = { memoryBytes: 1_000 };
  it('failed of its memory where that was nearly full', () => {
    expect(ofFullMemory(crashed, 900, limits)).toMatchObject({ kind: 'resource', ofMemory: true });
    expect(ofFullMemory(crashed, 100, limits)).toBe(crashed);
    const said = new IsolatedFailure('data', 'Conversion Error');
    expect(ofFullMemory(said, 900, limits)).toBe(said);
  });
});
