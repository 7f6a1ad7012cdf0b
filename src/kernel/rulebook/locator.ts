/** Where an article stands, in English: `第十条第1款(五)` → `art. 10, para. 1, item 5`. Runs in the browser too. */

const DIGITS = '零一二三四五六七八九';
const UNITS: Readonly<Record<string, number>> = { 十: 10, 百: 100, 千: 1_000 };

/** `一百二十三` → 123; Arabic figures stay. */
function numberOf(words: string): string {
  if (/^[\d.]+$/.test(words)) return words;
  let sum = 0;
  let digit = 0;
  for (const sign of words) {
    const unit = UNITS[sign];
    if (unit === undefined) digit = DIGITS.indexOf(sign);
    else {
      sum += (digit || 1) * unit;
      digit = 0;
    }
  }
  return String(sum + digit);
}

/** Parts of documents that carry a name, not a number. */
const NAMED: Readonly<Record<string, string>> = {
  导语: 'preamble',
  附则: 'supplementary provisions',
  来源: 'source',
  本期要目: 'contents',
  文末: 'end',
  封面: 'cover',
  封底: 'back cover',
  声明: 'notice',
  刊头: 'masthead',
  代码构成与校验码: 'structure and check character',
  关于有效期的规定: 'on validity',
};

const N = '[零一二三四五六七八九十百千\\d.]+';
const SHAPES: readonly (readonly [RegExp, (...parts: string[]) => string])[] = [
  [new RegExp(`^第(${N})条`), (n) => `art. ${numberOf(n)}`],
  [new RegExp(`^第(${N})款`), (n) => `para. ${numberOf(n)}`],
  [/^末款/, () => 'last para.'],
  [/^图(\d+)/, (n) => `figure ${n}`],
  [/^附件(\d+)/, (n) => `annex ${n}`],
  [/^注(\d+)/, (n) => `note ${n}`],
  // Policy papers count 一、(一) and 1 without a word between them; the heading after 一、 is left out.
  [new RegExp(`^(${N})、.*`), (n) => `part ${numberOf(n)}`],
  [new RegExp(`^[(（](${N})[)）]`), (n) => `item ${numberOf(n)}`],
  [/^([\d.]+)/, (n) => `no. ${n}`],
  [/^([零一二三四五六七八九十百]+)/, (n) => `part ${numberOf(n)}`],
];

/** @returns the locator itself where its shape is unknown */
export function locatorInEnglish(locator: string): string {
  const named = NAMED[locator];
  if (named) return named;
  const found: string[] = [];
  let rest = locator;
  while (rest !== '') {
    const shape = SHAPES.find(([pattern]) => pattern.test(rest));
    if (!shape) return locator;
    const [pattern, say] = shape;
    const [whole = '', ...parts] = pattern.exec(rest) ?? [];
    found.push(say(...parts));
    rest = rest.slice(whole.length);
  }
  return found.join(', ');
}
