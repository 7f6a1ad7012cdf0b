import { expect, it } from 'vitest';
import type { DictionaryColumn } from '../catalog/index.ts';
import type { GrantPolicy } from './policy.ts';
import { policyProblems } from './terms.ts';

const column = (name: string, type: DictionaryColumn['type']): DictionaryColumn => ({
  ...{ name, type, titleZh: name, titleEn: null, description: null, unit: null, sensitive: false },
});
const DICTIONARY = [column('card', 'text'), column('line', 'text')];
const policy = (personal: boolean): GrantPolicy => ({
  ...{ lanes: ['interactive'], entityKey: 'card', personal, columns: [{ name: 'line', uses: ['group'] }] },
  ...{ k: 10, dominancePermille: 900, ratioPermille: 100, privacy: { kind: 'exact' } },
  ...{ cellsMax: 1_000, usesMax: 100, codeHashes: null },
});

it('data with personal information are granted as data about people, and only they must be', () => {
  const said = (personal: boolean, contains: boolean) =>
    policyProblems(policy(personal), DICTIONARY, contains).map((p) => p.en);
  expect(said(false, true)).toEqual([expect.stringContaining('protect it as data about people')]);
  expect(said(true, true)).toEqual([]);
  expect(said(false, false)).toEqual([]);
});
