import { text } from '../../../kernel/text.ts';
import { partOf } from './draft.ts';
import { fetchJson } from './guard.ts';
import { type Found, ImportFailure } from './model.ts';

/** The number of a CKAN page is bounded by the server too; more than so many pages is a loop. */
const PAGE_ROWS = 100;
const PAGES_MAX = 2_000;

type Json = Readonly<Record<string, unknown>>;
const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
export const words = (value: unknown): string => (typeof value === 'string' ? value.trim() : '');
const list = (value: unknown): readonly Json[] => (Array.isArray(value) ? value.filter(isObject) : []);
/** Foreign titles and texts are longer than ours may be. */
export const clipped = (value: string, most: number): string => [...value].slice(0, most).join('');

/** Every public data set of a CKAN site, page by page (`package_search`). @throws ImportFailure */
export async function* ckanEntries(site: string): AsyncGenerator<Found> {
  const base = site.replace(/\/+$/, '').replace(/\/api(\/3?(\/action)?)?$/, '');
  let before = '';
  for (let page = 0; page < PAGES_MAX; page++) {
    const start = page * PAGE_ROWS;
    const address = `${base}/api/3/action/package_search?rows=${PAGE_ROWS}&start=${start}&sort=${encodeURIComponent('id asc')}`;
    const answer = await fetchJson(address, 'application/json');
    const result = isObject(answer) && answer.success === true && isObject(answer.result) ? answer.result : undefined;
    if (!result) throw new ImportFailure(text('对方不是 CKAN 站点。', 'That is no CKAN site.'));
    const packages = list(result.results);
    if (packages.length === 0) return;
    const ids = packages.map((p) => words(p.id)).join();
    if (ids === before) throw new ImportFailure(text('对方两次答复了同一页。', 'The site gave the same page twice.'));
    before = ids;
    for (const one of packages) if (words(one.state) !== 'deleted' && one.private !== true) yield ofPackage(one, base);
    if (start + packages.length >= Number(result.count ?? 0)) return;
  }
  throw new ImportFailure(text('对方目录的页数过多。', 'The catalogue has too many pages.'));
}

function ofPackage(one: Json, base: string): Found {
  const name = words(one.name) || words(one.id);
  const title = words(one.title) || name;
  const extras: Record<string, unknown> = {};
  for (const { key, value } of list(one.extras)) {
    const part = /^(update[_ ]?)?(frequency|accrualperiodicity)$/i.test(words(key))
      ? 'updateFrequency'
      : partOf(words(key));
    if (part && words(value)) extras[part] = words(value);
  }
  const group = list(one.groups)[0];
  const tags = list(one.tags).map((t) => words(t.display_name) || words(t.name));
  const organization = isObject(one.organization) ? words(one.organization.title) : '';
  return {
    external: name,
    page: `${base}/dataset/${encodeURIComponent(name)}`,
    said: {
      number: name.length <= 64 ? name : words(one.id),
      title: clipped(title.length < 2 ? `数据集 ${title}` : title, 120),
      summary: clipped(words(one.notes).length < 2 ? title : words(one.notes), 2_000),
      ...(group ? { sector: clipped(words(group.title) || words(group.display_name) || words(group.name), 60) } : {}),
      ...(tags[0] ? { class: clipped(tags[0], 60) } : {}),
      ...(organization ? { office: clipped(organization, 80) } : {}),
      ...(one.isopen === true ? { opening: 'unconditional' } : {}),
      ...extras,
    },
  };
}
