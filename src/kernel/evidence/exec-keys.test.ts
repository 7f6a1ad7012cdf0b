import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { OperatorError } from '../operator-error.ts';
import { ROOT } from '../root.ts';
import { execKeyProvider } from './exec-keys.ts';
import { fileKeyProvider, type KeyLabel, type KeyProvider, labelText } from './keys.ts';
import { noteSigner, signNote } from './note.ts';
import { checkNote, parseKey, parseNote } from './verify/index.ts';

const NAME = 'log.example/exec';
const SOFTHSM = '/usr/lib/softhsm/libsofthsm2.so';
const label = (change: Partial<KeyLabel> = {}): KeyLabel => ({
  purpose: 'log',
  algorithm: 'ed25519',
  generation: 1,
  ...change,
});
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'shuheng-exec-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
  for (const name of Object.keys(process.env)) if (name.startsWith('SHUHENG_KEY_')) delete process.env[name];
});

/** Finds nothing, makes a key, finds that one, and signs so that verifiers agree. */
async function works(provider: KeyProvider, wanted: KeyLabel, charactersMax = 10_000): Promise<void> {
  expect(await provider.find(wanted, NAME)).toBeUndefined();
  const made = await provider.create(wanted, NAME);
  const found = await provider.find(wanted, NAME);
  expect(found?.publicKey).toEqual(made.publicKey);
  expect((await provider.create(wanted, NAME)).publicKey).toEqual(made.publicKey);
  for (const text of ['a\n', `${'l'.repeat(charactersMax - 1)}\n`, '中文\u{20000}\n']) {
    const signer = noteSigner(NAME, wanted.algorithm, found ?? made);
    const note = parseNote(await signNote(text, [signer]));
    const key = parseKey(signer.vkey);
    expect(note && key && checkNote(note, key)).toBe('signed');
  }
  const other = await provider.create({ ...wanted, generation: 7 }, NAME);
  expect(other.publicKey).not.toEqual(made.publicKey);
}

describe('the file provider', () => {
  it.each(['ed25519', 'sm2'] as const)('keeps %s keys', async (algorithm) => {
    await works(fileKeyProvider(join(folder, 'files')), label({ algorithm }));
  });
  it('gives both of two that start at once the key that stayed, and leaves nothing else behind', async () => {
    const files = join(folder, 'at-once');
    const made = await Promise.all(Array.from({ length: 8 }, () => fileKeyProvider(files).create(label(), NAME)));
    expect(new Set(made.map((key) => Buffer.from(key.publicKey).toString('hex'))).size).toBe(1);
    expect(readdirSync(files)).toEqual(['log.key']);
  });
  it('refuses a key of another name or kind', async () => {
    const files = join(folder, 'names');
    const provider = fileKeyProvider(files);
    await provider.create(label(), NAME);
    await expect(provider.find(label(), 'log.example/other')).rejects.toThrow(/cannot be renamed/);
    writeFileSync(join(files, 'log-sm2.key'), readFileSync(join(files, 'log.key')));
    await expect(provider.find(label({ algorithm: 'sm2' }), NAME)).rejects.toThrow(/holds no signing key/);
  });
  it('names its files', () => {
    const names = [
      label(),
      label({ algorithm: 'sm2' }),
      label({ generation: 2 }),
      label({ generation: 2, algorithm: 'sm2' }),
    ];
    expect(names.map(labelText)).toEqual(['log', 'log-sm2', 'log-2', 'log-2-sm2']);
  });
});

describe('a key program', () => {
  it.each(['ed25519', 'sm2'] as const)('on openssl keeps %s keys away from the exchange', async (algorithm) => {
    const keys = join(folder, `openssl-${algorithm}`);
    process.env.SHUHENG_KEY_FOLDER = keys;
    await works(execKeyProvider(join(ROOT, 'examples/keys/openssl.sh')), label({ algorithm }));
    expect(readdirSync(keys).sort()).toEqual([
      `${labelText(label({ algorithm, generation: 7 }))}.pem`,
      `${labelText(label({ algorithm }))}.pem`,
    ]);
  });

  it.skipIf(!existsSync(SOFTHSM))('on a PKCS#11 token signs with keys that cannot be read out', async () => {
    const token = join(folder, 'token');
    mkdirSync(join(token, 'tokens'), { recursive: true });
    writeFileSync(join(token, 'softhsm2.conf'), `directories.tokendir = ${join(token, 'tokens')}\n`);
    const env = { ...process.env, SOFTHSM2_CONF: join(token, 'softhsm2.conf') };
    const init = ['--init-token', '--free', '--label', 'test', '--pin', '1234', '--so-pin', '5678'];
    expect(spawnSync('softhsm2-util', init, { env }).status).toBe(0);
    Object.assign(process.env, {
      SHUHENG_KEY_MODULE: SOFTHSM,
      SHUHENG_KEY_TOKEN: 'test',
      SHUHENG_KEY_PIN: '1234',
      SHUHENG_KEY_SOFTHSM2_CONF: env.SOFTHSM2_CONF,
    });
    const provider = execKeyProvider(join(ROOT, 'examples/keys/pkcs11.sh'));
    // The longest that pkcs11-tool hands over in one piece; checkpoints and certificate notes are shorter.
    await works(provider, label(), 1_024);
    const objects = spawnSync(
      'pkcs11-tool',
      ['--module', SOFTHSM, '--login', '--pin', '1234', '--list-objects', '--type', 'privkey'],
      { env, encoding: 'utf8' },
    );
    expect(objects.stdout.match(/never extractable/g)).toHaveLength(2);
    await expect(provider.create(label({ algorithm: 'sm2' }), NAME)).rejects.toThrow(/Ed25519 keys only/);
    process.env.SHUHENG_KEY_PIN = '4321';
    const held = await provider.find(label(), NAME);
    await expect(held?.sign(Buffer.from('a'))).rejects.toThrow(/CKR_PIN_INCORRECT/);
  });

  describe('that misbehaves', () => {
    let program: string;
    let n = 0;
    beforeEach(() => {
      program = join(folder, `program-${n++}`);
    });
    const saying = (script: string) => {
      writeFileSync(program, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
      return execKeyProvider(program);
    };
    const PEM = 'openssl genpkey -algorithm ED25519 | openssl pkey -pubout';

    it.each<[string, string, RegExp]>([
      ['fails', 'echo out of order >&2; exit 1', /out of order/],
      ['says nothing', 'exit 0', /no ed25519 public key in PEM/],
      [
        'gives another kind of key',
        'openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:SM2 | openssl pkey -pubout',
        /no ed25519 public key/,
      ],
      ['gives a private key', 'openssl genpkey -algorithm ED25519', /no ed25519 public key/],
      ['never stops talking', 'yes', /more than 10000 bytes/],
    ])('when it %s, one sentence says so', async (_, script, words) => {
      const failure = await saying(script)
        .find(label(), NAME)
        .catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(OperatorError);
      expect(String(failure)).toMatch(words);
      expect(String(failure)).toContain(program);
    });
    it('and signs wrongly, its signature is not used', async () => {
      const signing = (answer: string) => saying(`case $1 in public) cat ${program}.pem ;; sign) ${answer} ;; esac`);
      spawnSync('sh', ['-c', `${PEM} > ${program}.pem`]);
      for (const answer of ['cat > /dev/null; head -c 64 /dev/zero', 'cat', 'exit 0', 'head -c 20 /dev/urandom']) {
        const held = await signing(answer).find(label(), NAME);
        await expect(held?.sign(Buffer.from('a'))).rejects.toThrow(/the signature does not verify/);
      }
      const held = await signing('exit 3').find(label(), NAME);
      await expect(held?.sign(Buffer.from('a'))).rejects.toThrow(/exit code 3/);
    });
    it('or is not there, one sentence says so', async () => {
      await expect(execKeyProvider(program).find(label(), NAME)).rejects.toThrow(/ENOENT/);
    });
    it('it sees nothing of the environment but what is meant for it', async () => {
      process.env.DATABASE_URL_OF_TEST = 'secret';
      process.env.SHUHENG_KEY_OF_TEST = 'for it';
      const failure = await saying('env | grep -E "TEST|DATABASE" >&2; exit 1')
        .find(label(), NAME)
        .catch((error: unknown) => String(error));
      delete process.env.DATABASE_URL_OF_TEST;
      expect(failure).toContain('SHUHENG_KEY_OF_TEST=for it');
      expect(failure).not.toContain('secret');
    });
  });
});
