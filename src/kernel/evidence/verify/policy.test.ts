import { describe, expect, it } from 'vitest';
import { ed25519Signer, signNote } from '../note.ts';
import { cosigner } from '../witness/signer.ts';
import { base64, checkCosignatures, type Policy, parseNote, parsePolicy } from './index.ts';
import { formatKey, parseKey } from './note.ts';

/**
 * The cases are those of the Go packages that implement tlog-policy (transparency-dev/formats, policy and witness;
 * sigsum-ts), in our words; keys are our own.
 */
const signers = Array.from({ length: 6 }, (_, i) => cosigner(`wit${i + 1}.example`, Buffer.alloc(32, i + 1)));
const [w1, w2, w3, w4, w5, w6] = signers.map((signer) => signer.vkey) as [
  string,
  string,
  string,
  string,
  string,
  string,
];
const log = ed25519Signer('example.com/log', Buffer.alloc(32, 99)).vkey;
const plain = ed25519Signer('Wit1', Buffer.alloc(32, 50)).vkey;

const binary = (text: string): Buffer => Buffer.from(text, 'latin1');

function policyOf(file: string | Uint8Array): Policy {
  const { policy, trouble } = parsePolicy(file);
  if (!policy) throw new Error(`line ${trouble.line}: ${trouble.says.en}`);
  return policy;
}

const EXAMPLE = `log ${log}

witness X1 ${w1}
witness X2 ${w2}
witness X3 ${w3}
group X-witnesses 2 X1 X2 X3

witness Y1 ${w4}
witness Y2 ${w5}
witness Y3 ${w6}
group Y-witnesses any Y1 Y2 Y3

group X-and-Y all X-witnesses Y-witnesses
quorum X-and-Y
`;

describe('a policy', () => {
  it('is read as the example of the specification means it', () => {
    const policy = policyOf(EXAMPLE);
    expect(policy.logs.map((l) => [l.key.vkey, l.url])).toEqual([[log, null]]);
    expect(policy.witnesses.map((w) => [w.name, w.key.vkey])).toEqual([
      ['X1', w1],
      ['X2', w2],
      ['X3', w3],
      ['Y1', w4],
      ['Y2', w5],
      ['Y3', w6],
    ]);
    const named = (i: number) => ({ witness: policy.witnesses[i] });
    expect(policy.quorum).toEqual({
      group: 'X-and-Y',
      threshold: 2,
      members: [
        { group: 'X-witnesses', threshold: 2, members: [named(0), named(1), named(2)] },
        { group: 'Y-witnesses', threshold: 1, members: [named(3), named(4), named(5)] },
      ],
    });
  });

  const fine: [
    string,
    string | Uint8Array,
    Partial<{ logs: number; witnesses: (string | null)[][]; quorum: unknown }>,
  ][] = [
    ['no more than a quorum', 'quorum none\n', { logs: 0, witnesses: [], quorum: null }],
    [
      'white space, comments and a missing last newline',
      `\n# comment\n\t # another comment\n\twitness \t w1  ${w1}   https://w1.example.com/  \n\n  quorum\tw1`,
      { witnesses: [['w1', 'https://w1.example.com/']] },
    ],
    ['addresses on both', `log ${log} https://log.example.com/\nwitness w ${w1} u\nquorum w\n`, { logs: 1 }],
    ['a comment that is not UTF-8', binary('# \xff\xfe\nquorum none\n'), { quorum: null }],
    [
      'names that are keywords',
      `witness all ${w1}\nwitness any ${w2}\ngroup group 2 all any\nquorum group\n`,
      {
        witnesses: [
          ['all', null],
          ['any', null],
        ],
      },
    ],
    ['a witness nobody counts', `witness w ${w1}\nquorum none\n`, { quorum: null }],
    ['a witness with its file in UTF-8', `witness 公证 ${w1}\nquorum 公证\n`, { witnesses: [['公证', null]] }],
  ];
  it.each(fine)('may have %s', (_, file, expected) => {
    const policy = policyOf(file);
    if (expected.logs !== undefined) expect(policy.logs).toHaveLength(expected.logs);
    if (expected.witnesses) expect(policy.witnesses.map((w) => [w.name, w.url])).toEqual(expected.witnesses);
    if ('quorum' in expected) expect(policy.quorum).toEqual(expected.quorum);
  });

  it('compares names byte by byte: a Kelvin sign is no K, and no byte of it is white space or a comment', () => {
    const { trouble } = parsePolicy(`witness K ${w1}\nquorum \u212a\n`);
    expect(trouble?.line).toBe(2);
    expect(
      policyOf(binary(`witness a\x80b ${w1}\nwitness a\xa0b ${w2}\ngroup g\x85 all a\x80b a\xa0b\nquorum g\x85\n`))
        .quorum,
    ).toMatchObject({ threshold: 2 });
    // 0xa0 and 0x85 alone are not UTF-8; they stay two different names all the same.
    expect(parsePolicy(binary(`witness \xa0 ${w1}\nwitness \x85 ${w2}\nquorum \x85\n`)).policy?.witnesses).toHaveLength(
      2,
    );
  });

  it('holds many of each', () => {
    const keys = Array.from({ length: 200 }, (_, i) => cosigner(`w${i}.example`, Buffer.alloc(32, i)).vkey);
    const logs = Array.from(
      { length: 200 },
      (_, i) => `log ${ed25519Signer(`l${i}.example`, Buffer.alloc(32, i)).vkey}\n`,
    );
    const witnesses = keys.map((key, i) => `witness w${i} ${key}\ngroup g${i} 1 w${i}\n`);
    const policy = policyOf(
      `${logs.join('')}${witnesses.join('')}group all all ${keys.map((_, i) => `g${i}`).join(' ')}\nquorum all\n`,
    );
    expect([policy.logs.length, policy.witnesses.length]).toEqual([200, 200]);
    expect(policy.quorum).toMatchObject({ threshold: 200 });
    // A chain of groups as deep as is allowed is read and counted; more is refused.
    const chain = (depth: number) =>
      `witness g0 ${w1}\n${Array.from({ length: depth }, (_, i) => `group g${i + 1} 1 g${i}\n`).join('')}quorum g${depth}\n`;
    expect(checkCosignatures({ text: 'x\n', signatures: [] }, policyOf(chain(1_000)))).toMatchObject({ met: false });
    expect(parsePolicy(chain(1_001)).trouble?.line).toBe(1_002);
    expect(parsePolicy(`# ${'x'.repeat(1_000_000)}\nquorum none\n`).trouble?.line).toBe(0);
  });
});

describe('a policy is refused, with the line', () => {
  const w = `witness w1 ${w1}\n`;
  const ecdsa = `ecdsa.example.com+00000000+${base64(Uint8Array.of(2, 1, 2, 3))}`;
  const impostor = formatKey('impostor.example', parseKey(w1)?.publicKey ?? new Uint8Array(), 'cosignature');
  const wrong: [string, string | Uint8Array, number, RegExp][] = [
    ['a control byte', 'quorum none\n\x01', 2, /0x01/],
    ['a carriage return', 'quorum none\r\n', 1, /0x0d/],
    ['a delete', 'quorum none\n# \x7f\n', 2, /0x7f/],
    ['a NUL in a comment', '# \0\nquorum none\n', 1, /0x00/],
    ['a form feed as white space', 'quorum\x0cnone\n', 1, /0x0c/],
    ['an unknown keyword', 'quibble w1\nquorum none\n', 1, /“quibble” is no keyword/],
    ['a keyword in capitals', 'QUORUM none\n', 1, /no keyword/],
    ['a no-break space as white space', 'quorum\u00a0none\n', 1, /no keyword/],
    ['a comment behind a line', `witness w1 ${w1} https://w1.example.com/ # comment\nquorum w1\n`, 1, /should read/],
    ['a log without key', 'log\nquorum none\n', 1, /should read: log/],
    ['a log with a key that is none', 'log garbage\nquorum none\n', 1, /key cannot be read/],
    ['a log with a key of an unknown kind', `log ${ecdsa}\nquorum none\n`, 1, /kind unknown/],
    [
      'a key whose id is not its own',
      `log ${log.replace(/\+......../, '+00000000')}\nquorum none\n`,
      1,
      /cannot be read/,
    ],
    ['a log twice', `log ${log}\nlog ${log} https://log.example.com/\nquorum none\n`, 2, /appears twice/],
    ['a log address with a space', `log ${log} https://log.example.com/ x\nquorum none\n`, 1, /should read/],
    ['a witness without key', 'witness w1\nquorum none\n', 1, /should read: witness/],
    ['a witness with an ECDSA key', `witness w1 ${ecdsa}\nquorum w1\n`, 1, /cannot be read/],
    ['a witness with a key that signs notes', `witness w1 ${plain}\nquorum w1\n`, 1, /0x04/],
    ['a witness named none', `witness none ${w1}\nquorum none\n`, 1, /reserved/],
    ['a name twice', `${w}witness w1 ${w2}\nquorum w1\n`, 2, /is taken/],
    ['a group with the name of a witness', `${w}group w1 any w1\nquorum w1\n`, 2, /is taken/],
    ['a witness with the name of a group', `${w}group g any w1\nwitness g ${w2}\nquorum g\n`, 3, /is taken/],
    ['one key under two names', `${w}witness w2 ${impostor}\nquorum w1\n`, 2, /appears twice/],
    ['a group without members', `${w}group g1 1\nquorum w1\n`, 2, /should read: group/],
    ['a group named none', `${w}group none any w1\nquorum none\n`, 2, /reserved/],
    ['a threshold of nought', `${w}group g1 0 w1\nquorum g1\n`, 2, /between 1 and 1/],
    ['a negative threshold', `${w}group g1 -1 w1\nquorum g1\n`, 2, /neither all, any nor a number/],
    ['a threshold in hexadecimal', `${w}group g1 0x1 w1\nquorum g1\n`, 2, /nor a number/],
    ['a threshold above the members', `${w}group g1 2 w1\nquorum g1\n`, 2, /between 1 and 1/],
    ['a threshold beyond all counting', `${w}group g1 99999999999999999999 w1\nquorum g1\n`, 2, /nor a number/],
    ['an unknown member', `${w}group g1 any w2\nquorum g1\n`, 2, /defines “w2”/],
    ['a reference downwards', `group g1 any w1\n${w}quorum g1\n`, 1, /defines “w1”/],
    ['a group in itself', `${w}group g1 any g1\nquorum g1\n`, 2, /defines “g1”/],
    ['none as a member', `${w}group g1 any none w1\nquorum g1\n`, 2, /defines “none”/],
    ['a member twice in a group', `${w}group g1 all w1 w1\nquorum g1\n`, 2, /already/],
    ['a member of two groups', `${w}witness w2 ${w2}\ngroup g1 any w1 w2\ngroup g2 any w1\nquorum g1\n`, 4, /already/],
    ['no quorum', w, 0, /quorum line is missing/],
    ['an empty file', '', 0, /quorum line is missing/],
    ['two quorums', `${w}quorum w1\nquorum w1\n`, 3, /only one quorum/],
    ['two quorums, the first none', `quorum none\n${w}quorum w1\n`, 3, /only one quorum/],
    ['a quorum of an unknown name', 'quorum unknown\n', 1, /defines “unknown”/],
    ['a quorum before what it names', `quorum w1\n${w}`, 1, /defines “w1”/],
    ['a quorum without name', 'quorum\n', 1, /should read: quorum/],
    ['a quorum of two names', `${w}quorum w1 w1\n`, 2, /should read: quorum/],
    ['a byte order mark', '\ufeffquorum none\n', 1, /no keyword/],
  ];
  it.each(wrong)('%s', (_, file, line, says) => {
    const { trouble } = parsePolicy(file);
    expect(trouble?.says.en).toMatch(says);
    expect(trouble?.line).toBe(line);
    expect(trouble?.says.zh).toMatch(/[一-龥]/);
  });
});

describe('the quorum', () => {
  const nested = `witness w1 ${w1}\nwitness w2 ${w2}\nwitness w3 ${w3}\ngroup inner any w2 w3\ngroup outer all w1 inner\nquorum outer\n`;
  const cases: [string, string, number[], boolean][] = [
    ['all witnesses', nested, [0, 1, 2], true],
    ['the least that will do', nested, [0, 2], true],
    ['the outer member without the inner group', nested, [0], false],
    ['the inner group without the outer member', nested, [1, 2], false],
    ['nobody', nested, [], false],
    ['two of X and one of Y', EXAMPLE, [0, 2, 5], true],
    ['one of X and all of Y', EXAMPLE, [0, 3, 4, 5], false],
    ['all of X and none of Y', EXAMPLE, [0, 1, 2], false],
    ['nobody where none is asked for', `witness w1 ${w1}\nquorum none\n`, [], true],
    ['a single witness', `witness w1 ${w1}\nquorum w1\n`, [0], true],
    ['another witness', `witness w1 ${w1}\nquorum w1\n`, [1], false],
  ];
  const text = 'example.com/log\n42\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n';
  it.each(cases)('%s', async (_, file, who, met) => {
    const note = parseNote(
      (await signNote(
        text,
        who.flatMap((i) => signers[i] ?? []),
      )) + (who.length ? '' : '— x AAAAAAAA\n'),
    );
    if (!note) throw new Error('unreadable');
    const result = checkCosignatures(note, policyOf(file));
    expect(result).toMatchObject({ met });
  });

  it('tells who cosigned and when, and takes a wrong line by a known witness as forgery', async () => {
    const policy = policyOf(EXAMPLE);
    const at = (seconds: number) => cosigner('wit1.example', Buffer.alloc(32, 1), () => seconds);
    const signed = await signNote(text, [at(1_700_000_000), at(1_700_000_009), ...signers.slice(4, 5)]);
    const note = parseNote(signed);
    if (!note) throw new Error('unreadable');
    expect(checkCosignatures(note, policy)).toMatchObject({
      cosigners: [{ name: 'X1', seconds: 1_700_000_009n }, { name: 'Y2' }],
    });
    const other = parseNote(signed.replace('\n42\n', '\n43\n'));
    expect(other && checkCosignatures(other, policy)).toEqual({ forged: 'X1' });
    // The key of a witness under the name of another is a key nobody knows.
    const renamed = parseNote(signed.replaceAll('— wit1.example', '— wit9.example'));
    expect(renamed && checkCosignatures(renamed, policy)).toMatchObject({ cosigners: [{ name: 'Y2' }] });
  });
});
