import { PARTY_ROLES } from '../../exchange/parties/index.ts';
import { PERSONAL_ROLE_TITLES } from '../../kernel/access/index.ts';
import type { Authority } from '../../kernel/acts/index.ts';
import type { Text } from '../../kernel/text.ts';

const TITLES: ReadonlyMap<string, Text> = new Map([
  ...PARTY_ROLES.map((r) => [r.name, r.title] as const),
  ...Object.entries(PERSONAL_ROLE_TITLES),
]);

/** Who may do or see something, in words. */
export function authorityText(by: Authority): Text {
  if (by.kind === 'anyone') return { zh: '任何人', en: 'anyone' };
  if (by.kind === 'signed-in') return { zh: '已登录人员', en: 'signed-in people' };
  if (by.kind === 'system') return { zh: '系统', en: 'the system' };
  const titles = by.roles.map((r) => TITLES.get(r) ?? { zh: r, en: r });
  return { zh: titles.map((t) => t.zh).join('、'), en: titles.map((t) => t.en).join(', ') };
}
