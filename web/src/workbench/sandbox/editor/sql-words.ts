/** The words of the closed grammar of the interactive lane. */
export const KEYWORDS =
  'select from inner join on and or not in is null between where group by having order asc desc limit as distinct true false';
export const FUNCTIONS = 'count sum avg date_trunc extract year month day hour dayofweek floor';

const SIMPLE = /^[a-z_][a-z0-9_]*$/;
const WORDS = new Set(`${KEYWORDS} ${FUNCTIONS}`.split(' '));

/** A name as SQL writes it: quoted where it would be read as something else. */
export const named = (name: string): string =>
  SIMPLE.test(name) && !WORDS.has(name) ? name : `"${name.replaceAll('"', '""')}"`;
