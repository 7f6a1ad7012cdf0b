import { isIP } from 'node:net';
import { isRegion } from './regions.ts';

const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const CHECKS = '10X98765432';
const OLDEST_YEAR = 1890;

/** 公民身份号码 (GB 11643-1999): region, a day of birth that existed and is not ahead, and the check digit (ISO 7064 MOD 11-2). */
export function isIdentityNumber(value: string, today = new Date()): boolean {
  if (!/^\d{17}[\dXx]$/.test(value) || !isRegion(value.slice(0, 6))) return false;
  if (!isDayOfBirth(value.slice(6, 14), today)) return false;
  const sum = WEIGHTS.reduce((n, weight, i) => n + weight * Number(value[i]), 0);
  return CHECKS[sum % CHECKS.length] === value[17]?.toUpperCase();
}

/** Numbers of before 1999 have fifteen digits and no check digit: only the name of the column tells them from others. */
export function isOldIdentityNumber(value: string): boolean {
  return /^\d{15}$/.test(value) && isRegion(value.slice(0, 6)) && isDayOfBirth(`19${value.slice(6, 12)}`, new Date());
}

function isDayOfBirth(digits: string, today: Date): boolean {
  const [year, month, day] = [Number(digits.slice(0, 4)), Number(digits.slice(4, 6)), Number(digits.slice(6, 8))];
  const date = new Date(Date.UTC(year, month - 1, day));
  const exists = date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  return exists && year >= OLDEST_YEAR && date <= today;
}

/** Segments given to carriers: mainland mobile numbers, virtual carriers included (as of 2026). */
const SEGMENTS = /^1(3\d|4[5-9]|5[0-35-9]|6[25-7]|7[0-8]|8\d|9[0-35-9])\d{8}$/;
export const mobileOf = (value: string): string => value.replace(/[\s-]/g, '').replace(/^(\+?86|0086)/, '');
export const isMobile = (value: string): boolean => SEGMENTS.test(mobileOf(value));

/** Luhn (ISO/IEC 7812-1 annex B). */
export function passesLuhn(digits: string): boolean {
  let sum = 0;
  for (let i = 0; i < digits.length; i++) {
    const digit = Number(digits[digits.length - 1 - i]);
    const counted = i % 2 === 1 ? digit * 2 : digit;
    sum += counted > 9 ? counted - 9 : counted;
  }
  return sum % 10 === 0;
}

/** Issuers: UnionPay, the old numbers of the large mainland banks, and the international schemes with their lengths. */
const ISSUERS: readonly (readonly [RegExp, readonly number[]])[] = [
  [/^62/, [16, 17, 18, 19]],
  [/^(9558|9559|9[0-9]{3}8|60138|6038|6029|6858|6888)/, [16, 17, 18, 19]],
  [/^4/, [13, 16]],
  [/^(5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720)/, [16]],
  [/^3[47]/, [15]],
  [/^35(2[89]|[3-8])/, [16]],
  [/^3(0[0-5]|[68])/, [14]],
];
export const cardOf = (value: string): string => value.replace(/[\s-]/g, '');
export function hasIssuer(value: string): boolean {
  return ISSUERS.some(([start, lengths]) => start.test(value) && lengths.includes(value.length));
}
export function isBankCard(value: string): boolean {
  const digits = cardOf(value);
  return /^\d{13,19}$/.test(digits) && hasIssuer(digits) && passesLuhn(digits);
}

const PLACES_OF_PLATES = '京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼';
const SEAT = 'A-HJ-NP-Z0-9';
/** GA 36-2018: ordinary plates, trailers, driving schools, police, cross-border; new energy with six places after the letter. */
export const PLATE = `[${PLACES_OF_PLATES}][A-HJ-NP-Z][·\\s-]?(?:[DABCEFGHJK][${SEAT}]\\d{4}|\\d{5}[DABCEFGHJK]|[${SEAT}]{4}[${SEAT}挂学警港澳])`;
const WHOLE_PLATE = new RegExp(`^${PLATE}$`);
export const isPlate = (value: string): boolean => {
  const plate = value.toUpperCase();
  return WHOLE_PLATE.test(plate) && /\d/.test(plate);
};

export const EMAIL = '[A-Za-z0-9._%+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\\.)+[A-Za-z]{2,24}';
const WHOLE_EMAIL = new RegExp(`^${EMAIL}$`);
export const isEmail = (value: string): boolean => WHOLE_EMAIL.test(value);

/** Ordinary, official and diplomatic passports; permits for Hong Kong, Macao and Taiwan. */
export const PASSPORT = '(?:[EGDSP]\\d{8}|E[A-HJ-NP-Z]\\d{7}|[CHMWTKL]\\d{8}|[CHM]\\d{10}|1[45]\\d{7})';
const WHOLE_PASSPORT = new RegExp(`^${PASSPORT}$`);
export const isPassport = (value: string): boolean => WHOLE_PASSPORT.test(value.toUpperCase());

/** An address down to a house, a building or a room; a street or a district alone is no address of anybody. */
const STREET = '(?:路|街|道|巷|弄|胡同|村|组|小区|花园|家园|新村|公寓|苑|里|广场|大厦)';
export const ADDRESS = `${STREET}.{0,14}?[\\d一二三四五六七八九十百]+(?:号(?:楼|院)?|弄|栋|幢|座|单元|室|户)`;
const DOOR = new RegExp(ADDRESS);
const AREA = /省|市|区|县|旗|镇|乡|街道|自治州/;
const ADDRESS_LENGTH_MAX = 100;
export const isAddress = (value: string): boolean =>
  value.length <= ADDRESS_LENGTH_MAX &&
  DOOR.test(value.replace(/\d+号线/g, '')) &&
  (AREA.test(value) || /[\d一二三四五六七八九十]+(?:室|单元|栋|幢|号楼)/.test(value));

export const isAddressOfNetwork = (value: string): boolean => isIP(value) !== 0;

/** Degrees with at least three decimals (about a hundred metres), length before width or the other way round. */
export function isCoordinatePair(value: string): boolean {
  const found = /^[([]?\s*(-?\d{1,3}\.\d{3,})\s*[,，;\s]\s*(-?\d{1,3}\.\d{3,})\s*[)\]]?$/.exec(value);
  if (!found) return false;
  const [one, other] = [Math.abs(Number(found[1])), Math.abs(Number(found[2]))];
  return (one <= 180 && other <= 90) || (one <= 90 && other <= 180);
}
