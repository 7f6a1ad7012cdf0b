import { describe, expect, it } from 'vitest';
import type { ColumnProfile, DictionaryColumn, Profile } from '../../api.ts';
import { draftFor, faultsOf, policyOf, wholeDomain } from './grant-model.ts';

const column = (name: string, type: string, sensitive = false): DictionaryColumn => ({
  name,
  type,
  titleZh: name,
  titleEn: null,
  description: null,
  unit: null,
  sensitive,
});
const measured = (name: string, distinct: number, more: Partial<ColumnProfile> = {}): ColumnProfile => ({
  name,
  type: 'text',
  nulls: 0,
  distinct,
  distinctExact: true,
  min: null,
  max: null,
  mean: null,
  histogram: null,
  top: null,
  masked: false,
  ...more,
});
const dictionary = [
  column('card_no', 'text', true),
  column('phone', 'text', true),
  column('district', 'text'),
  column('day', 'date'),
  column('amount', 'decimal'),
  column('remark', 'text'),
];
const profile: Profile = {
  rows: 20_000,
  bytes: 1,
  duplicateRows: 0,
  columns: [
    measured('card_no', 9_000, { masked: true }),
    measured('phone', 9_000, { masked: true }),
    measured('district', 2, {
      top: [
        { value: 'A', count: 1 },
        { value: 'B', count: 2 },
      ],
    }),
    measured('amount', 5_000, { min: 0, max: 900.5 }),
    measured('remark', 15_000),
  ],
};
const floor = { kMin: 5, kPersonalMin: 10, dominanceMax: 900, ratioMin: 100 };
const given = { personal: true, alias: 'customers', validUntil: '2027-01-01', usesLeft: null };
const draft = draftFor(dictionary, profile, floor, given);

describe('a grant from its dictionary', () => {
  it('keeps out what is sensitive, joins by the key and sums numbers', () => {
    expect(draft.entityKey).toBe('card_no');
    expect(Object.fromEntries(draft.columns.map((c) => [c.name, c.uses]))).toEqual({
      card_no: ['join'],
      phone: [],
      district: ['group', 'filter'],
      day: ['group', 'filter'],
      amount: ['aggregate'],
      remark: [],
    });
    expect(faultsOf(draft)).toEqual([]);
  });

  it('protects people by the house’s own floor, and never asks for more uses than the right has', () => {
    expect(policyOf(draft, profile)).toMatchObject({
      k: 10,
      dominancePermille: 900,
      ratioPermille: 100,
      usesMax: 1000,
    });
    expect(draftFor(dictionary, profile, floor, { ...given, usesLeft: 12 }).usesMax).toBe('12');
  });

  it('sends bounds of sums and public lists, and only columns with a use', () => {
    const open = { ...draft, columns: draft.columns.map((c) => ({ ...c, open: true })) };
    const { columns } = policyOf(open, profile);
    expect(columns.map((c) => c.name)).toEqual(['card_no', 'district', 'day', 'amount']);
    expect(columns.find((c) => c.name === 'district')?.domain).toEqual(['A', 'B']);
    expect(columns.find((c) => c.name === 'amount')?.range).toEqual({ lower: 0, upper: 900.5 });
    expect(wholeDomain(profile, 'card_no')).toBeNull();
  });

  it('finds what is missing', () => {
    expect(faultsOf({ ...draft, alias: '1x', entityKey: '', interactive: false, airlock: false })).toEqual([
      'alias',
      'lanes',
      'entityKey',
    ]);
    const bare = draft.columns.map((c) => ({ ...c, lower: '', upper: '' }));
    expect(faultsOf({ ...draft, noise: true, columns: bare })).toEqual(['range']);
  });
});
