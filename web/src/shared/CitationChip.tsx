import { lazy, Suspense, useState } from 'react';
import type { Text } from '../api.ts';
import { useLanguage, useWords, words } from '../app/words.ts';
import { Drawer } from './Drawer.tsx';
import './panels.css';

const ArticleView = lazy(() => import('./ArticleView.tsx').then((m) => ({ default: m.ArticleView })));

const WORDS = words(
  { open: (article: string) => `查看条文：${article}` },
  { open: (article: string) => `Open the article: ${article}` },
);

/** `上海规定（草案） 第十条第1款`: opens the article in own words with its rule and parameters. */
export function CitationChip(props: { readonly rule: string; readonly article: string; readonly citation?: Text }) {
  const t = useWords(WORDS);
  const [open, setOpen] = useState(false);
  const { rule, article, citation } = props;
  const language = useLanguage();
  // Without an English citation the row's number says it in any language.
  const shown = citation?.[language] ?? (language === 'en' && /\p{Script=Han}/u.test(article) ? rule : article || rule);
  return (
    <>
      <button type="button" className="chip" title={t.open(shown)} onClick={() => setOpen(true)}>
        <span>{shown}</span>
      </button>
      {open ? (
        <Drawer title={shown} onClose={() => setOpen(false)}>
          <Suspense>
            <ArticleView ruleId={rule} linked />
          </Suspense>
        </Drawer>
      ) : null}
    </>
  );
}
