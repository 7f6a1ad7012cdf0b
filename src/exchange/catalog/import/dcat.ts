import { text } from '../../../kernel/text.ts';
import { clipped, words } from './ckan.ts';
import { fetchJson } from './guard.ts';
import { type Found, ImportFailure } from './model.ts';

/**
 * DCAT catalogues as JSON-LD (W3C DCAT 3), in the shapes that are found: expanded, as CKAN writes it; compact with
 * prefixes; and with plain names, as `data.json`. Terms are known by their last part; pages follow hydra.
 */
const PAGES_MAX = 2_000;
const ACCEPT = 'application/ld+json, application/json';
const DEPTH_MAX = 40;

type Node = Readonly<Record<string, unknown>>;
const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && !Array.isArray(value);
const many = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? value : value === undefined ? [] : [value];

/** `http://purl.org/dc/terms/title`, `dct:title` and `title` are one term. */
const termOf = (key: string): string =>
  key.slice(Math.max(key.lastIndexOf('/'), key.lastIndexOf('#'), key.lastIndexOf(':')) + 1);

const of = (node: Node, term: string): readonly unknown[] =>
  Object.entries(node).flatMap(([key, value]) => (!key.startsWith('@') && termOf(key) === term ? many(value) : []));
const typesOf = (node: Node): string[] => [...many(node['@type']), ...many(node.type)].map((t) => termOf(words(t)));

/** The text of a value: Chinese first where there are several languages. */
function textOf(values: readonly unknown[]): string {
  const said = values.flatMap((v): { text: string; language: string }[] => {
    if (typeof v === 'string') return [{ text: v.trim(), language: '' }];
    if (!isNode(v)) return [];
    if (typeof v['@value'] === 'string') return [{ text: v['@value'].trim(), language: words(v['@language']) }];
    // A language map: {"zh": "…", "en": "…"}.
    return Object.entries(v).flatMap(([language, t]) =>
      typeof t === 'string' && !language.startsWith('@') ? [{ text: t.trim(), language }] : [],
    );
  });
  return (said.find((s) => s.language.startsWith('zh')) ?? said[0])?.text ?? '';
}
const idOf = (value: unknown): string => (isNode(value) ? words(value['@id']) || words(value.id) : words(value));

/** @throws ImportFailure */
export async function* dcatEntries(address: string): AsyncGenerator<Found> {
  const seen = new Set<string>();
  const yielded = new Set<string>();
  let next: string | undefined = address;
  let found = false;
  while (next !== undefined) {
    if (seen.has(next))
      throw new ImportFailure(text('对方目录的分页成环。', 'The pages of the catalogue run in a circle.'));
    if (seen.size >= PAGES_MAX)
      throw new ImportFailure(text('对方目录的页数过多。', 'The catalogue has too many pages.'));
    seen.add(next);
    const document = await fetchJson(next, ACCEPT);
    const nodes = [...nodesIn(document, 0)];
    const byId = new Map(nodes.filter((n) => idOf(n) !== '' && Object.keys(n).length > 1).map((n) => [idOf(n), n]));
    for (const node of nodes) {
      if (!typesOf(node).includes('Dataset') && !isPlainDataset(node, document)) continue;
      const entry = ofDataset(node, byId);
      if (!entry || yielded.has(entry.external)) continue;
      yielded.add(entry.external);
      found = true;
      yield entry;
    }
    next = pageAfter(nodes, next);
  }
  if (!found) throw new ImportFailure(text('对方的答复中没有数据集（DCAT）。', 'The answer holds no data set (DCAT).'));
}

/** `data.json` writes data sets without a type, below `dataset`. */
const isPlainDataset = (node: Node, document: unknown): boolean =>
  isNode(document) && typesOf(node).length === 0 && many(document.dataset).includes(node);

function* nodesIn(value: unknown, depth: number): Generator<Node> {
  if (depth > DEPTH_MAX) return;
  if (Array.isArray(value)) for (const v of value) yield* nodesIn(v, depth + 1);
  else if (isNode(value)) {
    yield value;
    for (const [key, v] of Object.entries(value)) if (key !== '@context') yield* nodesIn(v, depth + 1);
  }
}

function pageAfter(nodes: readonly Node[], from: string): string | undefined {
  const pages = nodes.filter((n) => typesOf(n).some((t) => /^(PagedCollection|PartialCollectionView)$/.test(t)));
  const next = pages.flatMap((n) => [...of(n, 'next'), ...of(n, 'nextPage')]).map((v) => idOf(v) || textOf([v]));
  return next[0] ? new URL(next[0], from).href : undefined;
}

function ofDataset(node: Node, byId: ReadonlyMap<string, Node>): Found | undefined {
  const id = idOf(node);
  const identifier = textOf(of(node, 'identifier')) || id;
  const title = textOf(of(node, 'title'));
  if (!identifier && !title) return undefined;
  const external = identifier || title;
  const resolved = (value: unknown): Node | undefined =>
    isNode(value) && Object.keys(value).length > 1 ? value : byId.get(idOf(value));
  const label = (value: unknown) => {
    const other = resolved(value);
    return other ? textOf([...of(other, 'name'), ...of(other, 'prefLabel'), ...of(other, 'title')]) : '';
  };
  const themes = of(node, 'theme').map((v) => label(v) || termOf(textOf([v]) || idOf(v)));
  const frequency = of(node, 'accrualPeriodicity').map((v) => textOf([v]) || idOf(v))[0];
  const publisher = of(node, 'publisher').map(label)[0];
  const summary = textOf(of(node, 'description'));
  const page = of(node, 'landingPage').map((v) => idOf(v) || textOf([v]))[0] || (/^https?:/.test(id) ? id : undefined);
  return {
    external: clipped(external, 300),
    ...(page ? { page } : {}),
    said: {
      number: numberOf(external),
      title: clipped(title.length < 2 ? `数据集 ${title || external}` : title, 120),
      summary: clipped(summary.length < 2 ? title || external : summary, 2_000),
      ...(themes[0] ? { sector: clipped(themes[0], 60) } : {}),
      ...(of(node, 'keyword').length > 0 ? { class: clipped(textOf(of(node, 'keyword')), 60) } : {}),
      ...(frequency ? { updateFrequency: frequency } : {}),
      ...(publisher ? { office: clipped(publisher, 80) } : {}),
    },
  };
}

/** An address is longer than a number may be: its last part names the data set. */
const numberOf = (external: string): string => {
  if (external.length <= 64) return external;
  const last = external.replace(/\/+$/, '').split(/[/#]/).at(-1) ?? external;
  return last.slice(-64);
};
