import { describe, expect, it } from 'vitest';
import { checkPassword, costOf, hashPassword } from './passwords.ts';

const PASSWORD = '正确的马电池订书钉';

describe('a password', () => {
  it('is hashed with scrypt at N = 2^15, r = 8, p = 3, and never twice the same', async () => {
    const cost = costOf({});
    expect(cost).toBe(15);
    const [one, other] = [await hashPassword(PASSWORD, cost), await hashPassword(PASSWORD, cost)];
    expect(one).toMatch(/^scrypt\$15\$8\$3\$[\w-]{22}\$[\w-]{43}$/);
    expect(other).not.toBe(one);
    expect(await checkPassword(PASSWORD, one)).toBe(true);
    expect(await checkPassword(`${PASSWORD} `, one)).toBe(false);
  });

  it('is checked at the cost its hash was made with, and in any of its written forms', async () => {
    const hash = await hashPassword('Fu\u0308nf Stu\u0308hle', 8);
    expect(await checkPassword('F\u00fcnf St\u00fchle', hash)).toBe(true);
  });

  it('of nobody is wrong', async () => {
    expect(await checkPassword(PASSWORD, undefined)).toBe(false);
    expect(await checkPassword('', undefined)).toBe(false);
  });

  it('is hashed cheaply only where the tests say so', () => {
    expect(costOf({ NODE_ENV: 'test', CI: '1', SHUHENG_BUILT: '1', SHUHENG_TEST_PASSWORDS: '0' })).toBe(15);
    expect(costOf({ SHUHENG_TEST_PASSWORDS: '1' })).toBeLessThan(15);
  });
});
