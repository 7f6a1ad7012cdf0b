/**
 * Chinese full-text search on a plain PostgreSQL: no extension, no dictionary, no locale. The application cuts text
 * into two-character pieces with positions and hands PostgreSQL finished lexemes, so every substring is found,
 * also of words invented yesterday. The same cutting serves both sides.
 */

/** Kept with each row; a row with another number must be indexed anew. */
export const SEARCH_VERSION = 1;

const FIELD_CHARACTERS_MAX = 4_000;
/** PostgreSQL takes lexemes below 2 KiB; a longer word is known by its beginning. */
const WORD_CHARACTERS_MAX = 60;
const QUERY_CHARACTERS_MAX = 100;
const QUERY_TERMS_MAX = 8;
/** PostgreSQL clamps positions at 16383; what stands behind is not found rather than found wrongly. */
const POSITION_MAX = 16_000;
/** Keeps a phrase from running from one field into the next. */
const FIELD_GAP = 20;

export interface SearchField {
  readonly text: string | null | undefined;
  /** Importance, A highest. */
  readonly weight: 'A' | 'B' | 'C' | 'D';
}

interface Piece {
  readonly lexeme: string;
  readonly position: number;
  /** The piece is the start of an indexed lexeme, not the whole of it. */
  readonly prefix: boolean;
}

/** Widths and case folded: `ＡＢ` finds `ab`. Traditional and simplified characters stay apart. */
const fold = (text: string): string => text.normalize('NFKC').toLowerCase();

/** Runs of Han characters and of letters or digits; all else only separates. */
const RUNS = /\p{Script=Han}+|(?:(?!\p{Script=Han})[\p{L}\p{N}])+/gu;
const HAN = /^\p{Script=Han}/u;

/** A finished `tsvector` literal, to be cast with `::tsvector`. */
export function searchVector(fields: readonly SearchField[]): string {
  const lexemes: string[] = [];
  let position = 1;
  for (const { text, weight } of fields) {
    for (const run of fold([...(text ?? '')].slice(0, FIELD_CHARACTERS_MAX).join('')).match(RUNS) ?? []) {
      for (const lexeme of HAN.test(run) ? pairs(run) : [word(run)]) {
        if (position > POSITION_MAX) return lexemes.join(' ');
        lexemes.push(`'${lexeme}':${position++}${weight}`);
      }
    }
    position += FIELD_GAP;
  }
  return lexemes.join(' ');
}

const word = (run: string): string => [...run].slice(0, WORD_CHARACTERS_MAX).join('');

/** Two-character pieces, and the last character alone: so each character begins one piece and can be found by it. */
function pairs(run: string): string[] {
  const characters = [...run];
  return characters.map((c, i) => c + (characters[i + 1] ?? ''));
}

/**
 * A finished `tsquery` literal, to be cast with `::tsquery`: what stands together must stand together, what a space
 * divides must all occur. Undefined when nothing searchable was typed. Operators in the input have no effect.
 * @param weight finds only what stands in fields of this weight, such as titles
 */
export function searchQuery(typed: string, weight: SearchField['weight'] | '' = ''): string | undefined {
  const terms = fold([...typed].slice(0, QUERY_CHARACTERS_MAX).join(''))
    .split(/\s+/)
    .slice(0, QUERY_TERMS_MAX);
  const parts = terms.map((term) => queryTerm(term, weight)).filter((t) => t !== '');
  return parts.length > 0 ? parts.join(' & ') : undefined;
}

function queryTerm(term: string, weight: string): string {
  const runs = term.match(RUNS) ?? [];
  const pieces: Piece[] = [];
  let position = 0;
  for (const [i, run] of runs.entries()) {
    const length = [...run].length;
    if (HAN.test(run) && length > 1) {
      // The last character alone is a lexeme only where a run ends; inside a longer word the pair before it covers it.
      pieces.push(
        ...pairs(run)
          .slice(0, -1)
          .map((lexeme, at) => ({ lexeme, position: position + at, prefix: false })),
      );
      position += length;
    } else {
      pieces.push({ lexeme: word(run), position, prefix: i === runs.length - 1 });
      position += 1;
    }
  }
  return pieces
    .map(({ lexeme, position: at, prefix }, i) => {
      const before = pieces[i - 1];
      const mark = `${prefix ? '*' : ''}${weight}`;
      return `${before ? `<${at - before.position}> ` : ''}'${lexeme}'${mark ? `:${mark}` : ''}`;
    })
    .join(' ');
}
