import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../root.ts';

/**
 * The room of the commercial algorithms is the only one that touches SM2. `node:crypto` looks as if it could do it and
 * cannot (docs/decisions/2026-11-25-guomi.md): this test finds the code that would try.
 */
const HOME = `src/kernel/crypto/`;
const VERIFIER = 'src/kernel/evidence/verify/sm2.ts';
/** What names an SM2 key or makes one, in any spelling node:crypto and OpenSSL take. */
const TRAPS: readonly RegExp[] = [
  /namedCurve:\s*['"`]sm2/i,
  /generateKeyPair(Sync)?\(\s*['"`]sm2/i,
  /createECDH\(\s*['"`]sm2/i,
  /create(Sign|Verify)\(\s*['"`][^'"`]*sm3/i,
  /\b(sign|verify)\(\s*['"`][^'"`]*sm3/i,
  /type:\s*['"`]sec1['"`]/i,
  /from ['"`]sm-crypto/,
];

function sources(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((f) => f.isFile() && /\.(ts|tsx|mjs)$/.test(f.name))
    .map((f) => join(f.parentPath, f.name).slice(ROOT.length).split(sep).join('/').replace(/^\//, ''))
    .filter((path) => !path.includes('node_modules') && !path.includes('/dist/'));
}

const trapsIn = (text: string): string[] => TRAPS.filter((trap) => trap.test(text)).map(String);

describe('SM2 elsewhere', () => {
  it('is not to be found', () => {
    const all = ['src', 'web/src', 'bench', 'scripts', 'examples', 'conformance'].flatMap(sources);
    expect(all.length).toBeGreaterThan(200);
    const found = all
      .filter((path) => !path.startsWith(HOME) && path !== VERIFIER)
      .flatMap((path) => trapsIn(readFileSync(join(ROOT, path), 'utf8')).map((trap) => `${path}: ${trap}`));
    expect(found).toEqual([]);
  });
  it('would be found', () => {
    for (const line of [
      "generateKeyPairSync('ec', { namedCurve: 'SM2' })",
      "sign('sm3', bytes, key)",
      "createVerify('RSA-SM3')",
      "key.export({ format: 'der', type: 'sec1' })",
      "import { sm2 } from 'sm-crypto-v2'",
    ]) {
      expect([line, trapsIn(line).length]).toEqual([line, 1]);
    }
  });
});

/** Each line is why node:crypto is not used; a release of Node that changes one is noticed here. */
describe('node:crypto on the SM2 curve', () => {
  const run = (code: string) => spawnSync(process.execPath, ['-e', code], { encoding: 'utf8' });
  const IMPORTED = `
    const c = require('node:crypto');
    const pair = c.generateKeyPairSync('ec', { namedCurve: 'SM2' });
    const key = c.createPrivateKey(pair.privateKey.export({ format: 'pem', type: 'pkcs8' }));`;

  it('aborts the whole process when an imported private key is exported as SEC1', () => {
    const { signal, status, stdout } = run(`${IMPORTED}
      try { key.export({ format: 'der', type: 'sec1' }); } catch { } console.log('alive');`);
    expect(stdout).toBe('');
    expect(signal === 'SIGABRT' || status === 134).toBe(true);
  });
  it('forgets what kind of key it imported, and signs with an id that cannot be set', () => {
    const { stdout } = run(`${IMPORTED}
      const text = Buffer.from('message');
      const pub = c.createPublicKey(key);
      console.log(key.asymmetricKeyType, c.verify('sm3', text, pub, c.sign('sm3', text, key)), c.verify('sm3', text, pub, c.sign('sm3', text, pair.privateKey)));`);
    // Its two signatures are of two kinds: SM2 with the imported key, plain ECDSA with the fresh one.
    expect(stdout.trim()).toBe('undefined true false');
  });
  it('has no SM4-GCM', () => {
    expect(run("console.log(require('node:crypto').getCiphers().includes('sm4-gcm'))").stdout.trim()).toBe('false');
  });
});
