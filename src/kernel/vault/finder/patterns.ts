import {
  ADDRESS,
  cardOf,
  EMAIL,
  hasIssuer,
  isAddress,
  isAddressOfNetwork,
  isBankCard,
  isCoordinatePair,
  isEmail,
  isIdentityNumber,
  isMobile,
  isOldIdentityNumber,
  isPassport,
  isPlate,
  PASSPORT,
  PLATE,
} from './checks.ts';
import { BESIDE } from './hints.ts';
import type { Kind } from './model.ts';
import { checkName } from './names.ts';

export interface Match {
  /** The value itself, or the part of the text that is one. */
  readonly token: string;
  readonly within: boolean;
  /** Of names: made of characters of names alone. */
  readonly strict?: boolean;
}

export interface Pattern {
  readonly kind: Kind;
  /** What a value must look like to be checked; in the engine's syntax (RE2), so that every row is looked at. */
  readonly looks: string;
  /** Also numbers are read as text. */
  readonly ofNumbers: boolean;
  readonly match: (value: string, hinted: boolean) => Match | null;
}

/** In so short a text a number needs no word beside it. */
const SHORT_TEXT = 40;

const whole = (token: string): Match => ({ token, within: false });

/** The first part of a text that passes the check, when nothing of the same kind stands before or behind it. */
function inside(value: string, pattern: RegExp, check: (token: string) => boolean): Match | null {
  for (const [token] of value.matchAll(pattern)) if (check(token)) return { token, within: true };
  return null;
}

const IDENTITY_INSIDE = /(?<![0-9A-Za-z])\d{17}[\dXx](?![0-9A-Za-z])/g;
const MOBILE_INSIDE = /(?<![\w./=&?#-])(?:\+?86[ -]?)?1[3-9]\d[ -]?\d{4}[ -]?\d{4}(?![\w])/g;
const CARD_INSIDE = /(?<![\w./=&?#-])\d{4}[ -]?\d{4}[ -]?\d{4}[ -]?\d{4}(?:[ -]?\d{1,3})?(?![\w])/g;
const EMAIL_INSIDE = new RegExp(`(?<![A-Za-z0-9._%+/:-])${EMAIL}(?![A-Za-z0-9_-])`, 'g');
const PLATE_INSIDE = new RegExp(`${PLATE}(?![A-Z0-9])`, 'g');
const PASSPORT_INSIDE = new RegExp(`(?<![A-Za-z0-9])${PASSPORT}(?![A-Za-z0-9])`, 'g');
const IP_INSIDE = /(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w.])/g;

const beside = (kind: Kind, value: string): boolean => BESIDE[kind]?.test(value) ?? true;

export const PATTERNS: readonly Pattern[] = [
  {
    kind: 'identity-number',
    looks: '[0-9]{17}[0-9Xx]|^[0-9]{15}$',
    ofNumbers: true,
    match: (value, hinted) => {
      if (isIdentityNumber(value) || (hinted && isOldIdentityNumber(value))) return whole(value);
      return value.length > 18 ? inside(value, IDENTITY_INSIDE, isIdentityNumber) : null;
    },
  },
  {
    kind: 'passport',
    looks: `(?i)${PASSPORT}`,
    ofNumbers: false,
    match: (value) => {
      if (isPassport(value)) return whole(value);
      return beside('passport', value) ? inside(value, PASSPORT_INSIDE, isPassport) : null;
    },
  },
  {
    kind: 'bank-card',
    looks: '^[0-9]{13,19}$|[0-9]{4}[ -]?[0-9]{4}[ -]?[0-9]{4}[ -]?[0-9]{4}',
    ofNumbers: true,
    match: (value) => {
      if (isBankCard(value)) return whole(value);
      return /\D/.test(value) && beside('bank-card', value) ? inside(value, CARD_INSIDE, isBankCard) : null;
    },
  },
  {
    kind: 'mobile',
    looks: '1[3-9][0-9][ -]?[0-9]{4}[ -]?[0-9]{4}',
    ofNumbers: true,
    match: (value) => {
      if (isMobile(value)) return whole(value);
      const told = value.length <= SHORT_TEXT || beside('mobile', value);
      return value.length > 11 && told ? inside(value, MOBILE_INSIDE, isMobile) : null;
    },
  },
  {
    kind: 'email',
    looks: '[A-Za-z0-9._%+-]@[A-Za-z0-9-]+[.]',
    ofNumbers: false,
    match: (value) => (isEmail(value) ? whole(value) : inside(value, EMAIL_INSIDE, isEmail)),
  },
  {
    kind: 'name',
    looks: '^[\\p{Han}·]{2,5}$',
    ofNumbers: false,
    match: (value) => {
      const { strict, loose } = checkName(value);
      return loose || strict ? { token: value, within: false, strict } : null;
    },
  },
  {
    kind: 'address',
    looks: ADDRESS,
    ofNumbers: false,
    match: (value) => (isAddress(value) ? whole(value) : null),
  },
  {
    kind: 'plate',
    looks: PLATE,
    ofNumbers: false,
    match: (value) => (isPlate(value) ? whole(value) : inside(value, PLATE_INSIDE, isPlate)),
  },
  {
    kind: 'ip',
    looks: '[0-9]{1,3}([.][0-9]{1,3}){3}|^[0-9A-Fa-f:]{2,39}$',
    ofNumbers: false,
    match: (value) => {
      if (isAddressOfNetwork(value)) return whole(value);
      return value.length > 15 ? inside(value, IP_INSIDE, isAddressOfNetwork) : null;
    },
  },
  {
    kind: 'coordinates',
    looks: '-?[0-9]{1,3}[.][0-9]{3,}[^0-9]+-?[0-9]{1,3}[.][0-9]{3,}',
    ofNumbers: false,
    match: (value) => (isCoordinatePair(value) ? whole(value) : null),
  },
];

/** Of values that look right, how many could be one at all: what the share of valid check digits is measured against. */
export const couldBe = (kind: Kind, value: string): boolean => {
  if (kind !== 'bank-card') return true;
  const [token = ''] = value.match(CARD_INSIDE) ?? [];
  return hasIssuer(cardOf(/\D/.test(value) && token ? token : value));
};
