import type { Kind, Strength } from './model.ts';

/** What was counted of one column for one kind; rows, unless it says otherwise. */
export interface Tally {
  readonly values: number;
  /** Look right. */
  readonly looks: number;
  /** Of these, could be one by their beginning: a tenth of random digits pass Luhn, so the rest must be seen too. */
  readonly could: number;
  readonly whole: number;
  readonly within: number;
  /** Of names: made of characters of names alone. */
  readonly strict: number;
  /** Different values that match. */
  readonly distinct: number;
  /** Of network addresses: different first parts that are no version's. */
  readonly spread: number;
}

type Judge = (tally: Tally, hinted: boolean) => Strength | null;
const share = (part: number, of: number): number => (of > 0 ? part / of : 0);

/**
 * How sure a column holds a kind. The thresholds were chosen on the labelled set of conformance/finder and are a matter of
 * craft, not of law: what a finding leads to is decided by a person.
 */
const JUDGES: Readonly<Record<Kind, Judge>> = {
  // A random number of eighteen digits passes region, day and check digit about once in 80,000.
  'identity-number': ({ looks, whole, within }, hinted) => {
    const found = whole + within;
    if (found === 0 || (!hinted && share(found, looks) < 0.01)) return null;
    return found >= 3 || share(found, looks) >= 0.5 ? 'certain' : 'likely';
  },
  passport: ({ values, whole, within }, hinted) => {
    if (within > 0) return 'likely';
    return hinted && share(whole, values) >= 0.1 ? 'likely' : null;
  },
  'bank-card': ({ values, could, whole, within, distinct }, hinted) => {
    if (hinted && whole >= 2 && share(whole, could) >= 0.5 && share(whole, values) >= 0.05) return 'certain';
    if (distinct >= 8 && share(whole, could) >= 0.8 && share(could, values) >= 0.3) return 'certain';
    return within > 0 && share(within, could) >= 0.5 ? 'likely' : null;
  },
  mobile: ({ values, whole, within, distinct }, hinted) => {
    if (hinted && share(whole, values) >= 0.05) return share(whole, values) >= 0.5 ? 'certain' : 'likely';
    if (distinct >= 5 && share(whole, values) >= 0.6) return 'likely';
    return within > 0 ? 'likely' : null;
  },
  email: ({ whole, within }) => (whole >= 3 ? 'certain' : whole + within > 0 ? 'likely' : null),
  name: ({ values, whole, strict, distinct }, hinted) => {
    if (hinted) return share(whole, values) >= 0.4 && distinct >= 2 ? 'likely' : null;
    return distinct >= 5 && share(strict, values) >= 0.6 ? 'likely' : null;
  },
  address: ({ values, whole }, hinted) => {
    if (hinted) return share(whole, values) >= 0.1 ? 'likely' : null;
    return whole >= 3 && share(whole, values) >= 0.02 ? 'likely' : null;
  },
  plate: ({ values, whole, within }, hinted) => {
    if (hinted && share(whole, values) >= 0.05) return 'certain';
    if (whole >= 3 && share(whole, values) >= 0.3) return 'certain';
    return whole + within >= 2 ? 'likely' : null;
  },
  ip: ({ values, whole, within, spread }, hinted) => {
    if (hinted && share(whole, values) >= 0.1) return 'certain';
    if (share(whole, values) >= 0.6 && spread >= 5) return 'likely';
    return !hinted && within >= 3 && spread >= 5 ? 'likely' : null;
  },
  coordinates: ({ values, whole }) => (share(whole, values) >= 0.5 ? 'likely' : null),
};

export const judge = (kind: Kind, tally: Tally, hinted: boolean): Strength | null => JUDGES[kind](tally, hinted);
