import { ok, rule, violated } from '../../rulebook/index.ts';
import { text } from '../../text.ts';
import type { Barred } from './address.ts';

const WHY = {
  'not-https': text('地址不是 https。', 'The address is not https.'),
  credentials: text('地址中含有用户名或口令。', 'The address holds a user name or password.'),
  private: text('地址指向内部网络。', 'The address leads into a private network.'),
  'unknown-host': text('主机名无法解析。', 'The host name is not known.'),
};

/** 回调地址: on the public internet, over TLS, so that the platform cannot be used to reach what is behind it. */
export const webhookAllowed = rule<{ readonly barred: Barred | null }>({
  id: 'HS-19.8',
  title: text('回调地址为公网 https 地址', 'An address for notifications is public and https'),
  decide: ({ barred }) =>
    barred === null
      ? ok()
      : violated(WHY[barred], text('请填写公网可达的 https 地址。', 'Give an https address on the public internet.')),
  examples: [
    { name: 'public', at: '2026-11-26', facts: { barred: null }, expect: 'ok' },
    ...(['not-https', 'credentials', 'private', 'unknown-host'] as const).map((barred) => ({
      name: barred,
      at: '2026-11-26',
      facts: { barred },
      expect: 'violated' as const,
    })),
  ],
});
