/** Which places stand open to which roles. The server decides; this only leaves out what would be refused. */
export const SELLERS: readonly string[] = ['data-provider', 'data-merchant', 'operating-unit'];
export const TRADERS: readonly string[] = ['buyer', 'data-merchant', 'operating-unit', 'data-provider', 'broker'];
export const ASSESSORS: readonly string[] = ['compliance-assessor', 'quality-assessor'];
export const MANAGERS: readonly string[] = ['party-admin', 'system-admin', 'security-admin'];
export const SEEKERS: readonly string[] = [
  'buyer',
  'data-merchant',
  'operating-unit',
  'data-provider',
  'data-authority',
  'broker',
];

export const holdsAny = (mine: readonly string[], roles: readonly string[]): boolean =>
  mine.some((r) => roles.includes(r));

export const mayOpen = {
  resources: (mine: readonly string[]) => holdsAny(mine, SELLERS),
  products: (mine: readonly string[]) => holdsAny(mine, SELLERS),
  assessments: (mine: readonly string[]) => holdsAny(mine, [...ASSESSORS, ...SELLERS, 'exchange', 'regulator']),
  orders: (mine: readonly string[]) =>
    holdsAny(mine, [...TRADERS, 'exchange', 'regulator', 'settlement-officer', 'audit-admin']),
  account: (mine: readonly string[]) => holdsAny(mine, [...TRADERS, ...ASSESSORS, 'exchange', 'settlement-officer']),
  demands: (mine: readonly string[]) => holdsAny(mine, SEEKERS),
  authorisation: (mine: readonly string[]) =>
    holdsAny(mine, [
      'data-authority',
      'price-authority',
      'data-provider',
      'operating-unit',
      'expert',
      'regulator',
      'audit-admin',
    ]),
  sandbox: (mine: readonly string[]) =>
    holdsAny(mine, ['buyer', ...SELLERS, 'exchange', 'regulator', 'data-authority']),
  vault: (mine: readonly string[]) => holdsAny(mine, [...SELLERS, ...ASSESSORS, 'buyer', 'security-admin']),
  counter: (mine: readonly string[]) => holdsAny(mine, ['exchange', 'data-authority', 'settlement-officer']),
  cockpit: (mine: readonly string[]) => holdsAny(mine, ['regulator', 'audit-admin', 'exchange']),
} as const;
