import { describe, expect, it } from 'vitest';
import { parsePrivateKey, signNote } from '../note.ts';
import { cosigner } from '../witness/signer.ts';
import {
  checkNote,
  cosignatureTime,
  fromBase64,
  hex,
  linesOf,
  type Note,
  parseCheckpoint,
  parseKey,
  parseNote,
  parseProof,
} from './index.ts';
import type { NoteKey } from './note.ts';

/** Published by others: the examples of C2SP signed-note, and of the tests of Go's sumdb/note and of transparency-dev/formats. */
const SPEC_KEY = 'example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k';
const SPEC_NOTE =
  'This is an example message.\n\n— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n';
const PETER_PRIVATE = 'PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz';
const PETER_KEY = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW';
const ENOCH_KEY = 'EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop';
const TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
const PETER =
  '— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n';
const ENOCH =
  '— EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=\n';

function keyOf(vkey: string): NoteKey {
  const key = parseKey(vkey);
  if (!key) throw new Error(`${vkey} cannot be read`);
  return key;
}

function noteOf(text: string): Note {
  const note = parseNote(text);
  if (!note) throw new Error('the note cannot be read');
  return note;
}

describe('published notes', () => {
  it('the examples of the specification are read, and the one with its key is signed', () => {
    expect(checkNote(noteOf(SPEC_NOTE), keyOf(SPEC_KEY))).toBe('signed');
    const poem = noteOf(
      'Ognuno sta solo sul cuor della terra\ntrafitto da un raggio di sole:\n\ned è subito sera.\n\n— quasimodo.example/salvatore NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFSQU0xMcXxj99ihAQwaqP3ZekRwNtIc=\n',
    );
    expect(poem.text.split('\n')).toHaveLength(5);
    const cosigned = noteOf(
      'example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n',
    );
    expect(parseCheckpoint(cosigned.text)).toMatchObject({ origin: 'example.com/behind-the-sofa', size: 20_852_163n });
    expect(cosignatureTime(cosigned.signatures[1]?.signature ?? new Uint8Array())).toBe(1_679_315_147n);
  });

  it('Go signs the same note byte for byte', async () => {
    const peter = parsePrivateKey(PETER_PRIVATE);
    if (!peter) throw new Error('the private key cannot be read');
    expect(peter.vkey).toBe(PETER_KEY);
    expect(await signNote(TEXT, [peter])).toBe(`${TEXT}\n${PETER}`);
  });

  it('each key finds its own line, and a line that is doubled', () => {
    const note = noteOf(`${TEXT}\n${PETER}${ENOCH}`);
    expect([checkNote(note, keyOf(PETER_KEY)), checkNote(note, keyOf(ENOCH_KEY))]).toEqual(['signed', 'signed']);
    expect(checkNote(note, keyOf(SPEC_KEY))).toBe('unsigned');
    expect(checkNote(noteOf(`${TEXT}\n${PETER}${PETER}${ENOCH}`), keyOf(PETER_KEY))).toBe('signed');
    // Same name and another id, or same id and another name, is an unknown key.
    expect(checkNote(noteOf(`${TEXT}\n${PETER.replace('PeterNeumann', 'CarmenSandiego')}`), keyOf(PETER_KEY))).toBe(
      'unsigned',
    );
    expect(checkNote(noteOf(`${TEXT}\n${PETER.replace('x08g', 'xxxx')}`), keyOf(PETER_KEY))).toBe('unsigned');
  });

  it.each([
    ['letters put into the signature', `${PETER.slice(0, 60)}ABCD${PETER.slice(60)}`],
    ['a right and a wrong line', `${PETER}${PETER.slice(0, 60)}ABCD${PETER.slice(60)}`],
    ['a changed letter', PETER.replace('ZJku', 'ZJkv')],
  ])('%s is forgery', (_, lines) => {
    expect(checkNote(noteOf(`${TEXT}\n${lines}`), keyOf(PETER_KEY))).toBe('forged');
  });

  it.each([
    ['a text alone', TEXT],
    ['no line after the empty one', `${TEXT}\n`],
    ['no newline at the end', `${TEXT}\n${PETER.slice(0, -1)}`],
    ['a control character', `\x01${TEXT}\n${PETER}`],
    ['a tab', `\t${TEXT}\n${PETER}`],
    ['a name with a space', `${TEXT}\n— Bad Name x08go/ZJkuBS9UG=\n`],
    ['a name with a wide space', `${TEXT}\n— Bad\u3000Name ${PETER.split(' ')[2]}`],
    ['a name with a plus', `${TEXT}\n— Bad+Name ${PETER.split(' ')[2]}`],
    ['a line that is none', `${TEXT}\n${PETER}Unexpected line.\n`],
    ['a hyphen for a dash', `${TEXT}\n${PETER.replace('—', '-')}`],
    ['half a surrogate pair', `\ud800${TEXT}\n${PETER}`],
    ['101 lines', `${TEXT}\n${PETER.repeat(101)}`],
  ])('%s is no note', (_, note) => {
    expect(parseNote(note)).toBeUndefined();
  });
  it('at least 16 lines are read, post-quantum ones of 5 kB too', () => {
    const long = `— pq.example ${Buffer.alloc(4 + 4_900, 7).toString('base64')}\n`;
    expect(checkNote(noteOf(`${TEXT}\n${long.repeat(15)}${PETER}`), keyOf(PETER_KEY))).toBe('signed');
  });
});

describe('published keys', () => {
  it('every shortened or changed key is refused', () => {
    for (let from = 0; from <= PETER_KEY.length; from++)
      for (let to = from + 1; to <= PETER_KEY.length; to++)
        if (from !== 0 || to !== PETER_KEY.length) expect(parseKey(PETER_KEY.slice(from, to))).toBeUndefined();
    for (let at = 0; at < PETER_KEY.length; at++) {
      const changed = Buffer.from(PETER_KEY);
      changed[at] = (changed[at] ?? 0) + 1;
      expect(parseKey(changed.toString()), changed.toString()).toBeUndefined();
    }
    for (let at = 0; at < PETER_PRIVATE.length; at++) {
      const changed = Buffer.from(PETER_PRIVATE);
      changed[at] = (changed[at] ?? 0) + 1;
      expect(parsePrivateKey(changed.toString()), changed.toString()).toBeUndefined();
    }
  });

  it.each([
    ['a note key', 'TEST+7997405c+AQcC+FTVKf0jlTdHDY3rbevmnKxxPjigCXlVtGe6RIr6', 'ed25519'],
    ['a cosigner key', 'remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2', 'cosignature'],
    [
      'a key of the wrong length, with its id',
      'PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY==',
      undefined,
    ],
    [
      'a key of an unknown kind, with its id',
      'PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW',
      undefined,
    ],
    ['two parts', 'bananas.sigstore.dev+12344556', undefined],
    ['base64 that is none', 'rekor.sigstore.dev+12345678+THIS_IS_NOT_BASE64!', undefined],
    ['a short key', 'rekor.sigstore.dev+12345678+AwEB', undefined],
    ['an id that is no number', `PeterNeumann+NOT_A_NU+${PETER_KEY.split('+')[2]}`, undefined],
    ['an id of another key', `PeterNeumann+00000000+${PETER_KEY.split('+')[2]}`, undefined],
    ['an id in capitals', PETER_KEY.replace('c74f20a3', 'C74F20A3'), undefined],
  ])('%s', (_, vkey, type) => {
    expect(parseKey(vkey)?.type).toBe(type);
  });
});

describe('cosignatures', () => {
  it.each([
    [
      'a published one',
      'ZGhGuQAAAABm/qTPeyKXD+R2rzyQsxPiP8mXum7qq/iF0u4vanlqJyocWODBt97w9uL+8qT7S5gxEHWWOworDcFiEBYJXORmnFBOBA==',
      1_727_964_367n,
    ],
    [
      'a signature of a note',
      'eQjRQm6eSKzFoiYalgwCPXu2y3ijtg68is9M46JKxuZB+dRfTmeQeDBoXnvxZx2ugnkyV+MUMLXpWs1hPb/W/4xkNQY=',
      undefined,
    ],
  ])('the time of %s', (_, line, time) => {
    const bytes = fromBase64(line)?.slice(4) ?? new Uint8Array();
    // A note signature has eight bytes less; what its first eight would say as a time is not asked.
    expect(bytes.length === 72 ? cosignatureTime(bytes) : undefined).toBe(time);
  });

  const TREE = 'test\n123\nf+7CoKgXKE/tNys9TTXcr/ad6U/K3xvznmzew9y6SP0=\n';
  const witness = (seconds: number) => cosigner('witness.example', Buffer.alloc(32, 3), () => seconds);

  it('cover time, text and extension lines, and no flipped bit passes', async () => {
    const signer = witness(1_700_000_000);
    const key = keyOf(signer.vkey);
    for (const text of [TREE, `${TREE}Extendo\n`]) {
      const note = await signNote(text, [signer]);
      const [line] = linesOf(noteOf(note), key);
      expect(line?.signature.length).toBe(72);
      expect(hex(line?.signature.slice(0, 8) ?? new Uint8Array())).toBe('000000006553f100');
      expect(checkNote(noteOf(note), key)).toBe('signed');
      const bytes = Buffer.from(note);
      for (let at = 0; at < bytes.length; at++) {
        const changed = Buffer.from(bytes);
        changed[at] = (changed[at] ?? 0) ^ (1 << (at % 8));
        const read = parseNote(changed.toString('utf8'));
        if (read) expect(checkNote(read, key), `byte ${at}`).not.toBe('signed');
      }
    }
  }, 60_000);

  it('of no time, or of a time beyond 2^63, are none', async () => {
    for (const seconds of [0, 2 ** 63]) {
      const signer = witness(seconds);
      expect(checkNote(noteOf(await signNote(TREE, [signer])), keyOf(signer.vkey)), String(seconds)).toBe('forged');
    }
    const far = witness(2 ** 62);
    expect(checkNote(noteOf(await signNote(TREE, [far])), keyOf(far.vkey))).toBe('signed');
  });

  it('are no signature of the log under the same name and key', async () => {
    const signer = witness(1_700_000_000);
    const [name, , encoded] = signer.vkey.split('+');
    const raw = Buffer.from(encoded ?? '', 'base64').subarray(1);
    const { formatKey } = await import('./note.ts');
    const asLog = keyOf(formatKey(name ?? '', raw));
    const note = noteOf(await signNote(TREE, [signer]));
    expect(hex(asLog.id)).not.toBe(hex(signer.keyId));
    expect(checkNote(note, asLog)).toBe('unsigned');
  });
});

describe('published proofs and checkpoints', () => {
  const hash = Buffer.alloc(32, 1).toString('base64');
  it.each([
    ['without extra data', `c2sp.org/tlog-proof@v1\nindex 5\n${hash}\n${hash}\n\ntest checkpoint\n`, 5n, 2],
    ['with extra data', `c2sp.org/tlog-proof@v1\nextra ZXh0cmE=\nindex 10\n${hash}\n\ncheckpoint data\n`, 10n, 1],
    ['without hashes', 'c2sp.org/tlog-proof@v1\nindex 0\n\ncheckpoint\n', 0n, 0],
  ])('a proof %s', (_, text, index, hashes) => {
    const proof = parseProof(text);
    expect([proof?.index, proof?.hashes.length]).toEqual([index, hashes]);
  });

  it.each([
    ['another header', 'wrong-header\nindex 0\n\ncheckpoint\n'],
    ['a later version', 'c2sp.org/tlog-proof@v2\nindex 0\n\ncheckpoint\n'],
    ['extra data that is no base64', 'c2sp.org/tlog-proof@v1\nextra !!notbase64!!\nindex 0\n\ncheckpoint\n'],
    ['extra data twice', 'c2sp.org/tlog-proof@v1\nextra AAAA\nextra AAAA\nindex 0\n\ncheckpoint\n'],
    ['extra data after the index', 'c2sp.org/tlog-proof@v1\nindex 0\nextra AAAA\n\ncheckpoint\n'],
    ['no index', 'c2sp.org/tlog-proof@v1\n\n\ncheckpoint\n'],
    ['an index that is no number', 'c2sp.org/tlog-proof@v1\nindex notanumber\n\ncheckpoint\n'],
    ['a negative index', 'c2sp.org/tlog-proof@v1\nindex -5\n\ncheckpoint\n'],
    ['an index with two spaces', 'c2sp.org/tlog-proof@v1\nindex  5\n\ncheckpoint\n'],
    ['an index with a zero in front', 'c2sp.org/tlog-proof@v1\nindex 05\n\ncheckpoint\n'],
    ['a hash that is no base64', 'c2sp.org/tlog-proof@v1\nindex 0\n!!notbase64!!\n\ncheckpoint\n'],
    ['a hash of 64 bytes', `c2sp.org/tlog-proof@v1\nindex 0\n${Buffer.alloc(64).toString('base64')}\n\ncheckpoint\n`],
    ['a line of 65 kB', `c2sp.org/tlog-proof@v1\nindex 0\n${'a'.repeat(65 * 1024)}\n`],
    ['no empty line', `c2sp.org/tlog-proof@v1\nindex 0\n${hash}\n`],
  ])('%s is no proof', (_, text) => {
    expect(parseProof(text)).toBeUndefined();
  });

  const root = Buffer.alloc(32, 9).toString('base64');
  it.each([
    ['one', `Log\n123\n${root}\n`, true],
    ['an empty tree', `Log\n0\n${root}\n`, true],
    ['extension lines', `Log\n9944\n${root}\nlots\nof\nlines\n`, true],
    ['an origin with spaces', `go.sum database tree\n9944\n${root}\n`, true],
    ['too few lines', 'Head\n9944\n', false],
    ['an empty origin', `\n9944\n${root}\n`, false],
    ['no newline at the end', `Log\n123\n${root}`, false],
    ['a size that is no number', `Log\nbananas\n${root}\n`, false],
    ['a negative size', `Log\n-34\n${root}\n`, false],
    ['a size with a plus', `Log\n+34\n${root}\n`, false],
    ['a size with a zero in front', `Log\n034\n${root}\n`, false],
    ['a size beyond counting', `Log\n3438945738945739845734895735\n${root}\n`, false],
    ['a root that is no base64', "Log\n123\nThisIsn'tBase64\n", false],
    ['a short root', 'Log\n123\nYmFuYW5hcw==\n', false],
    ['an empty extension line', `Log\n123\n${root}\n\nx\n`, false],
  ])('a checkpoint with %s', (_, text, read) => {
    expect(parseCheckpoint(text) !== undefined).toBe(read);
  });
});
