/** How a person is recognised in texts: by what names them and nobody else. */
export interface Identifiers {
  readonly login: string;
  readonly email: string | null;
  readonly displayName: string;
  /** Whatever else was named in the request: telephone number, identity number, another spelling. */
  readonly also: readonly string[];
}

/** Regular expressions of PostgreSQL, matched without regard to case; null where there is nothing to look for. */
export interface Patterns {
  /** Names this person wherever it stands. */
  readonly anywhere: string | null;
  /** Also the person's name: others may bear it too, so it is looked for in their own party's records only. */
  readonly own: string | null;
}

export const ERASED = '［已删除］';
const DIGITS_MIN = 7;
const DIGITS = /^[0-9][0-9 -]*[0-9Xx]$/;
const NAME_LENGTH_MIN = 2;
const LATIN_NAME_LENGTH_MIN = 4;

export function patternsOf({ login, email, displayName, also }: Identifiers): Patterns {
  const everywhere = [email, isDistinct(login) ? login : null, ...also].filter((word) => word !== null);
  const name = displayName.trim();
  const named = isName(name) ? [name] : [];
  return { anywhere: anyOf(everywhere), own: anyOf([...everywhere, ...named]) };
}

/** A login such as `buyer` is a word of the trade as well; one with a digit, a mark or a sign is nobody else's. */
const isDistinct = (login: string): boolean => /[0-9._@+-]|[^\p{ASCII}]/u.test(login);

const isName = (name: string): boolean =>
  /[^\p{ASCII}]/u.test(name) ? [...name].length >= NAME_LENGTH_MIN : name.length >= LATIN_NAME_LENGTH_MIN;

function anyOf(words: readonly string[]): string | null {
  const spellings = [...new Set(words.flatMap((word) => [patternOf(word), patternOf(inJson(word))]))];
  return spellings.length === 0 ? null : spellings.join('|');
}

/** As the word stands inside a JSON string. */
const inJson = (word: string): string => JSON.stringify(word).slice(1, -1);

function patternOf(word: string): string {
  if (DIGITS.test(word) && word.replace(/\D/g, '').length >= DIGITS_MIN) return numberPattern(word);
  const escaped = word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  // A Latin word is not looked for inside a longer one; Chinese has no such bounds.
  const before = /^[0-9A-Za-z]/.test(word) ? '(?<![0-9A-Za-z])' : '';
  const after = /[0-9A-Za-z]$/.test(word) ? '(?![0-9A-Za-z])' : '';
  return `${before}${escaped}${after}`;
}

/** A number is found however it is grouped: 139 1234 5678, 139-1234-5678. */
function numberPattern(word: string): string {
  const digits = [...word.replace(/[ -]/g, '')].join('[ -]?');
  return `(?<![0-9])${digits}(?![0-9])`;
}
