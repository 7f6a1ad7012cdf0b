import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { ROOT } from '../root.ts';
import { type Text, TextSchema } from '../text.ts';
import { locatorInEnglish } from './locator.ts';
import { readCopies, readPage } from './pages.ts';
import { beijingDay } from './rule.ts';

const FOLDER = join(ROOT, 'rulebook', 'documents');
const ACTORS = join(ROOT, 'rulebook', 'actors.yaml');
const COPIES = join(ROOT, 'dist', 'rulebook.json');

const nullableText = z.string().nullable();

/** One requirement of a document, in our own words. */
const ArticleSchema = z.object({
  id: z.string(),
  /** Place in the document, such as `第十条第1款`. */
  locator: z.string(),
  kind: z.string(),
  tier: z.enum(['A', 'B', 'C', 'D']),
  /** Who is bound, in English; `rulebook/actors.yaml` holds the Chinese. */
  actor: nullableText,
  /** The requirement in Chinese, in our own words, numbers included. */
  zh: z.string().min(1),
  /** The same in English; its numbers may stand in `numbers` only. */
  requirement: z.string().min(1),
  numbers: nullableText,
  /** Why no rule will stand behind it; absent where one does, or is still to be written. */
  notEncoded: TextSchema.optional(),
});
export type Article = z.infer<typeof ArticleSchema>;

const DocumentSchema = z.object({
  code: z.string(),
  /** Short name for citations, such as `上海规定（草案）`. */
  short: TextSchema,
  title: TextSchema,
  issuer: TextSchema,
  /** One of the ten source documents, the operator's house rules, or a national law cited beside them. */
  group: z.enum(['source', 'house', 'law']),
  level: TextSchema,
  date: nullableText,
  status: z.enum(['draft', 'in force', 'house rules', 'no legal force']),
  statusNote: TextSchema,
  validFrom: nullableText,
  validTo: nullableText,
  scope: TextSchema,
  source: nullableText,
  notes: TextSchema.nullable(),
  articles: z.array(ArticleSchema).min(1),
});
export type RulebookDocument = z.infer<typeof DocumentSchema>;

export interface Rulebook {
  readonly documents: ReadonlyMap<string, RulebookDocument>;
  /** @throws Error for an id that no document has: a rule must never cite what does not exist */
  readonly article: (id: string) => { readonly document: RulebookDocument; readonly article: Article };
  /** Who an article binds, in both languages; null where it names nobody. */
  readonly actor: (article: Article) => Text | null;
  /** As people cite it: `上海规定（草案） 第十条第1款`. */
  readonly cite: (id: string) => string;
  /** The same in both languages. */
  readonly citation: (id: string) => Text;
  /** Whether a document can refuse an act on that day: in force and valid, or a draft the operator adopted. */
  readonly binds: (code: string, adopted: ReadonlySet<string>, at: Date) => boolean;
}

/** Reads all documents. @throws Error naming the file when one is malformed or an id stands twice */
export function loadRulebook(folder = FOLDER): Rulebook {
  const copies = readCopies(COPIES);
  const documents = new Map<string, RulebookDocument>();
  const articles = new Map<string, { document: RulebookDocument; article: Article }>();
  for (const file of readdirSync(folder)
    .filter((f) => f.endsWith('.yaml'))
    .sort()) {
    const parsed = DocumentSchema.safeParse(readPage(join(folder, file), copies));
    if (!parsed.success) throw new Error(`rulebook/documents/${file}: ${z.prettifyError(parsed.error)}`);
    const document = parsed.data;
    documents.set(document.code, document);
    for (const article of document.articles) {
      if (articles.has(article.id)) throw new Error(`rulebook/documents/${file}: ${article.id} stands twice`);
      articles.set(article.id, { document, article });
    }
  }
  const actors = new Map(Object.entries(z.record(z.string(), z.string()).parse(readPage(ACTORS, copies))));
  const find = (id: string) => {
    const found = articles.get(id);
    if (!found) throw new Error(`no article ${id} in the rulebook`);
    return found;
  };
  const citation = (id: string): Text => {
    const { document, article } = find(id);
    return {
      zh: `${document.short.zh} ${article.locator}`,
      en: `${document.short.en}, ${locatorInEnglish(article.locator)}`,
    };
  };
  return {
    documents,
    article: find,
    actor: ({ actor }) => (actor === null ? null : { zh: actors.get(actor) ?? actor, en: actor }),
    cite: (id) => citation(id).zh,
    citation,
    binds: (code, adopted, at) => {
      const document = documents.get(code);
      if (!document) return false;
      const day = beijingDay(at);
      if (document.validFrom && day < document.validFrom) return false;
      if (document.validTo && day > document.validTo) return false;
      return document.status === 'in force' || document.status === 'house rules' || adopted.has(code);
    },
  };
}
