import { describe, expect, it } from 'vitest';
import { barredByItself, destinationOf } from './address.ts';

describe('addresses of webhooks', () => {
  it.each([
    ['ftp://example.org/x', 'not-https'],
    ['http://example.org/x', 'not-https'],
    ['file:///etc/passwd', 'not-https'],
    ['nonsense', 'not-https'],
    ['https://user:secret@example.org/', 'credentials'],
    ['https://127.0.0.1/', 'private'],
    ['https://2130706433/', 'private'],
    ['https://0x7f.1/', 'private'],
    ['https://0177.0.0.1/', 'private'],
    ['https://[::1]/', 'private'],
    ['https://[::ffff:127.0.0.1]/', 'private'],
    ['https://169.254.169.254/latest/meta-data/', 'private'],
  ])('%s: %s', async (url, why) => {
    expect(barredByItself(url, false)).toBe(why);
    expect(await destinationOf(url, false)).toBe(why);
  });

  it('looks a name up, and refuses one that leads home or nowhere', async () => {
    expect(await destinationOf('https://localhost/', false)).toBe('private');
    expect(await destinationOf('https://no-such-host.invalid/', false)).toBe('unknown-host');
  });

  it('calls within the network where the operator says so', async () => {
    expect(await destinationOf('http://127.0.0.1:9/x', true)).toMatchObject({ address: '127.0.0.1', family: 4 });
    expect(await destinationOf('http://user:secret@127.0.0.1:9/x', true)).toBe('credentials');
  });
});
