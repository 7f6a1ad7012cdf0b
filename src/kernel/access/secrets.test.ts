import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pathOfOurs } from './oidc-http.ts';
import { newSessionToken, openAccessKey, seal, tokenKind, unseal, useAccessKey } from './secrets.ts';
import { acceptedStep, newTotpSecret, totpCode } from './totp.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'access-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('access key file', () => {
  it('is made once, private, and read by the next starter', async () => {
    const path = join(folder, 'keys', 'access.key');
    await Promise.all([openAccessKey(path), openAccessKey(path), openAccessKey(path)]);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await readdir(join(folder, 'keys'))).toEqual(['access.key']);
    const before = await readFile(path, 'utf8');
    const sealed = seal('test', 'context', 'words');
    await openAccessKey(path);
    expect(await readFile(path, 'utf8')).toBe(before);
    expect(unseal('test', 'context', sealed)).toBe('words');
  });

  it('is refused when others can read it, or when it holds no key', async () => {
    const open = join(folder, 'open.key');
    await writeFile(open, `${'ab'.repeat(32)}\n`);
    await chmod(open, 0o644);
    await expect(openAccessKey(open)).rejects.toThrow(/chmod 600/);
    const broken = join(folder, 'broken.key');
    await writeFile(broken, 'ab', { mode: 0o600 });
    await expect(openAccessKey(broken)).rejects.toThrow(/no valid key/);
  });
});

describe('sealing', () => {
  it('opens only under the same purpose, context and key, and unchanged', () => {
    useAccessKey(randomBytes(32));
    const sealed = seal('totp', 'psn_a', '密钥');
    expect(unseal('totp', 'psn_a', sealed)).toBe('密钥');
    expect(unseal('totp', 'psn_b', sealed)).toBeUndefined();
    expect(unseal('oidc', 'psn_a', sealed)).toBeUndefined();
    for (let i = 0; i < sealed.length; i++) {
      const bent = Buffer.from(sealed);
      bent[i] = (bent[i] ?? 0) ^ 1;
      expect(unseal('totp', 'psn_a', bent)).toBeUndefined();
    }
    expect(unseal('totp', 'psn_a', Buffer.alloc(5))).toBeUndefined();
    useAccessKey(randomBytes(32));
    expect(unseal('totp', 'psn_a', sealed)).toBeUndefined();
  });
});

describe('one-time codes', () => {
  it('agree with RFC 6238 appendix B (last six digits)', () => {
    // The secret of the RFC, "12345678901234567890", in base32.
    const secret = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';
    expect(totpCode(secret, new Date(59_000))).toBe('287082');
    expect(totpCode(secret, new Date(1_111_111_109_000))).toBe('081804');
    expect(totpCode(secret, new Date(20_000_000_000_000))).toBe('353130');
  });

  it('are taken one step early or late, once, and never backwards', () => {
    useAccessKey(randomBytes(32));
    const { secret, sealed, uri } = newTotpSecret('psn_a', '张三');
    expect(uri).toMatch(/^otpauth:\/\/totp\/Shuheng:/);
    const at = new Date('2026-11-23T08:00:10Z');
    const code = (seconds: number) => totpCode(secret, new Date(at.getTime() + seconds * 1000));
    const step = acceptedStep('psn_a', sealed, code(0), at, null);
    expect(step).toBe(Math.floor(at.getTime() / 30_000));
    expect(acceptedStep('psn_a', sealed, code(0), at, step ?? null)).toBeUndefined();
    expect(acceptedStep('psn_a', sealed, code(-30), at, step ?? null)).toBeUndefined();
    expect(acceptedStep('psn_a', sealed, code(30), at, step ?? null)).toBe((step ?? 0) + 1);
    expect(acceptedStep('psn_a', sealed, code(-30), at, null)).toBe((step ?? 0) - 1);
    expect(acceptedStep('psn_a', sealed, code(-60), at, null)).toBeUndefined();
    expect(acceptedStep('psn_b', sealed, code(0), at, null)).toBeUndefined();
    for (const bad of ['', '12345', '1234567', 'abcdef', '１２３４５６']) {
      expect(acceptedStep('psn_a', sealed, bad, at, null)).toBeUndefined();
    }
  });
});

describe('tokens', () => {
  it('are recognised by their form alone', () => {
    expect(tokenKind(newSessionToken())).toBe('session');
    for (const bad of [
      '',
      'shs_',
      `shs_${'a'.repeat(42)}`,
      `shs_${'a'.repeat(44)}`,
      `shx_${'a'.repeat(43)}`,
      `shs_${'a'.repeat(42)}\n`,
    ]) {
      expect(tokenKind(bad)).toBeUndefined();
    }
  });
});

describe('the way back after a sign-in', () => {
  it.each([
    undefined,
    '',
    'https://evil.example/',
    '//evil.example',
    '/\\evil.example',
    'javascript:alert(1)',
    '/a\nb',
    '/a\\b',
  ])('from %j is the front page', (path) => expect(pathOfOurs(path)).toBe('/'));
  it('may be a page of ours', () => expect(pathOfOurs('/orders/ord_1?tab=terms')).toBe('/orders/ord_1?tab=terms'));
});
