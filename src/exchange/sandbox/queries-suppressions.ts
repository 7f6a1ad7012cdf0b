import { z } from 'zod';
import { type Read, read, signedIn } from '../../kernel/acts/index.ts';
import { TextSchema, text } from '../../kernel/text.ts';
import { type Explanation, LEFT_OUT, SUPPRESSIONS, WITH_NOISE } from './sdc/index.ts';

const said = (kind: string, { title, words, articles }: Explanation) => ({
  kind,
  title,
  words,
  articles: [...articles],
});

/** The words for each mark of an answer: the same whatever the data, so that they tell nothing of it. */
const suppressions = read({
  path: '/sandbox-suppressions',
  title: text('不告知的理由', 'Why a cell is not told'),
  by: signedIn(),
  params: z.object({}),
  query: z.object({}),
  output: z.object({
    items: z.array(z.object({ kind: z.string(), title: TextSchema, words: TextSchema, articles: z.array(z.string()) })),
  }),
  run: async () => ({
    items: [
      ...Object.entries(SUPPRESSIONS).map(([kind, explanation]) => said(kind, explanation)),
      said('left-out', LEFT_OUT),
      said('noise', WITH_NOISE),
    ],
  }),
});

export const suppressionReads: readonly Read[] = [suppressions];
