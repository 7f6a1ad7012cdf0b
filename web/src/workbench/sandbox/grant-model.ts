import type { ColumnPolicy, ColumnUse, DictionaryColumn, GrantPolicy, Profile } from '../../api.ts';
import { isNumeric, isTime } from './builder-model.ts';

/** A column in the form: what it may be used for, and bounds as they are typed. */
export interface ColumnDraft {
  readonly name: string;
  readonly uses: readonly ColumnUse[];
  readonly lower: string;
  readonly upper: string;
  /** Its values are a public code list. */
  readonly open: boolean;
}

/** The least protection that the house asks for (HS-21.7). */
export interface Floor {
  readonly kMin: number;
  readonly kPersonalMin: number;
  readonly dominanceMax: number;
  readonly ratioMin: number;
}

export interface GrantDraft {
  readonly alias: string;
  readonly validUntil: string;
  readonly interactive: boolean;
  readonly airlock: boolean;
  readonly personal: boolean;
  readonly entityKey: string;
  readonly k: string;
  readonly dominance: string;
  readonly ratio: string;
  readonly noise: boolean;
  readonly epsilonTotal: string;
  readonly epsilonQuery: string;
  readonly cellsMax: string;
  readonly usesMax: string;
  readonly columns: readonly ColumnDraft[];
}

/** Up to so many different values a column makes groups a person can read. */
const GROUPS_MAX = 1_000;
const INTEGER_GROUPS_MAX = 100;
const NAMES_OF_KEYS = /(^|_)(id|no|code|number|tail|card|account|uid|key)($|_)|编号|编码|证件|卡号|机尾|账号/i;
const PERMILLE_OF_PERCENT = 10;
const MICRO = 1_000_000;
const USES_USUAL = 1_000;

const profileOf = (profile: Profile | null, name: string) => profile?.columns.find((c) => c.name === name);

/** The values of a column where the profile lists every one of them; null where it does not. */
export function wholeDomain(profile: Profile | null, name: string): readonly (string | number)[] | null {
  const column = profileOf(profile, name);
  const top = column?.top ?? null;
  if (!column || column.masked || top === null || top.length !== column.distinct) return null;
  const values = top.map((t) => t.value).filter((v): v is string | number => v !== null && typeof v !== 'boolean');
  return values.length === top.length ? values : null;
}

/** Names of columns that may say whom or what a row is about, the likeliest first; sensitive ones before others. */
export function keyCandidates(dictionary: readonly DictionaryColumn[], profile: Profile | null): string[] {
  const score = (c: DictionaryColumn): number => {
    const rows = profile?.rows ?? 0;
    const distinct = profileOf(profile, c.name)?.distinct ?? 0;
    const named = NAMES_OF_KEYS.test(`${c.name} ${c.titleZh}`) ? 4 : 0;
    // A key has many values; one with a value of its own in each row identifies rows as well.
    const many = rows > 0 && distinct > GROUPS_MAX ? 2 : 0;
    return named + many + (c.sensitive && named > 0 ? 1 : 0);
  };
  return dictionary
    .filter((c) => !isTime(c.type) && c.type !== 'double' && score(c) > 2)
    .toSorted((a, b) => score(b) - score(a))
    .map((c) => c.name);
}

/** What a column may be used for unless the holder says otherwise: nothing that identifies, groups that are few, sums of numbers. */
export function usesFor(
  column: DictionaryColumn,
  profile: Profile | null,
  entityKey: string,
  personal: boolean,
): readonly ColumnUse[] {
  if (column.name === entityKey) return ['join'];
  if (column.sensitive) return [];
  const distinct = profileOf(profile, column.name)?.distinct ?? GROUPS_MAX;
  if (isTime(column.type) || column.type === 'boolean') return ['group', 'filter'];
  if (column.type === 'integer' && distinct <= INTEGER_GROUPS_MAX)
    return personal ? ['group', 'filter'] : ['group', 'filter', 'aggregate'];
  // What is added up about people is what is protected: a filter on it would tell by what is withheld.
  if (isNumeric(column.type)) return personal ? ['aggregate'] : ['filter', 'aggregate'];
  return distinct <= GROUPS_MAX ? ['group', 'filter'] : [];
}

/** Bounds as the data have them, for the holder to tighten; sums with noise need some. */
function boundsOf(profile: Profile | null, name: string): { lower: string; upper: string } {
  const column = profileOf(profile, name);
  const said = (v: unknown): string => (typeof v === 'number' && Number.isFinite(v) ? String(v) : '');
  return column && !column.masked ? { lower: said(column.min), upper: said(column.max) } : { lower: '', upper: '' };
}

export function draftFor(
  dictionary: readonly DictionaryColumn[],
  profile: Profile | null,
  floor: Floor,
  {
    personal,
    alias,
    validUntil,
    usesLeft,
  }: {
    readonly personal: boolean;
    readonly alias: string;
    readonly validUntil: string;
    /** Of the right it rests on; null: not counted. */
    readonly usesLeft: number | null;
  },
): GrantDraft {
  const [entityKey = ''] = keyCandidates(dictionary, profile);
  return {
    alias,
    validUntil,
    interactive: true,
    airlock: true,
    personal,
    entityKey,
    k: String(personal ? floor.kPersonalMin : floor.kMin),
    dominance: String(floor.dominanceMax / PERMILLE_OF_PERCENT),
    ratio: String(floor.ratioMin / PERMILLE_OF_PERCENT),
    noise: false,
    epsilonTotal: '10',
    epsilonQuery: '0.5',
    cellsMax: '100000',
    usesMax: String(Math.max(1, Math.min(USES_USUAL, usesLeft ?? USES_USUAL))),
    columns: dictionary.map((c) => ({
      name: c.name,
      uses: usesFor(c, profile, entityKey, personal),
      ...boundsOf(profile, c.name),
      open: false,
    })),
  };
}

export type GrantFault =
  | 'alias'
  | 'validUntil'
  | 'lanes'
  | 'entityKey'
  | 'k'
  | 'dominance'
  | 'ratio'
  | 'epsilonTotal'
  | 'epsilonQuery'
  | 'cellsMax'
  | 'usesMax'
  | 'columns'
  | 'range';

const whole = (typed: string): number | null => (/^\d{1,9}$/.test(typed.trim()) ? Number(typed) : null);
const positive = (typed: string): number | null => {
  const n = Number(typed.trim());
  return typed.trim() !== '' && Number.isFinite(n) && n > 0 ? n : null;
};

/** What the form cannot send; what the house asks for besides is refused by its rules, with the article. */
export function faultsOf(d: GrantDraft): GrantFault[] {
  const faults: GrantFault[] = [];
  const add = (bad: boolean, fault: GrantFault) => bad && faults.push(fault);
  add(!/^[a-z][a-z0-9_]{0,39}$/.test(d.alias), 'alias');
  add(!d.validUntil, 'validUntil');
  add(!d.interactive && !d.airlock, 'lanes');
  add(d.personal && d.entityKey === '', 'entityKey');
  add((whole(d.k) ?? 0) < 1, 'k');
  add(positive(d.dominance) === null, 'dominance');
  add(!Number.isFinite(Number(d.ratio)) || Number(d.ratio) < 0, 'ratio');
  add((whole(d.cellsMax) ?? 0) < 1, 'cellsMax');
  add((whole(d.usesMax) ?? 0) < 1, 'usesMax');
  add(d.noise && positive(d.epsilonTotal) === null, 'epsilonTotal');
  add(d.noise && positive(d.epsilonQuery) === null, 'epsilonQuery');
  add(!d.columns.some((c) => c.uses.length > 0), 'columns');
  add(
    d.columns.some((c) => c.uses.includes('aggregate') && !boundsFit(c, d.noise)),
    'range',
  );
  return faults;
}

function boundsFit(c: ColumnDraft, needed: boolean): boolean {
  if (c.lower.trim() === '' && c.upper.trim() === '') return !needed;
  const lower = Number(c.lower);
  const upper = Number(c.upper);
  return c.lower.trim() !== '' && c.upper.trim() !== '' && Number.isFinite(lower) && lower < upper;
}

/** The policy that a draft says; columns without a use stay out of the sandbox. */
export function policyOf(d: GrantDraft, profile: Profile | null): GrantPolicy {
  return {
    lanes: [...(d.interactive ? (['interactive'] as const) : []), ...(d.airlock ? (['airlock'] as const) : [])],
    entityKey: d.entityKey || null,
    personal: d.personal,
    columns: d.columns.filter((c) => c.uses.length > 0).map((c) => columnOf(c, profile)),
    k: whole(d.k) ?? 0,
    dominancePermille: Math.round(Number(d.dominance) * PERMILLE_OF_PERCENT),
    ratioPermille: Math.round(Number(d.ratio) * PERMILLE_OF_PERCENT),
    privacy: d.noise
      ? {
          kind: 'noise',
          epsilonTotal: Math.round(Number(d.epsilonTotal) * MICRO),
          epsilonQuery: Math.round(Number(d.epsilonQuery) * MICRO),
        }
      : { kind: 'exact' },
    cellsMax: whole(d.cellsMax) ?? 0,
    usesMax: whole(d.usesMax) ?? 0,
    codeHashes: null,
  };
}

function columnOf(c: ColumnDraft, profile: Profile | null): ColumnPolicy {
  const domain = c.open && c.uses.includes('group') ? wholeDomain(profile, c.name) : null;
  const bounded = c.uses.includes('aggregate') && c.lower.trim() !== '' && c.upper.trim() !== '';
  return {
    name: c.name,
    uses: c.uses,
    ...(bounded ? { range: { lower: Number(c.lower), upper: Number(c.upper) } } : {}),
    ...(domain ? { domain } : {}),
  };
}
