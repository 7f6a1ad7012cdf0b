import type { CaseDetail } from '../../api.ts';
import { useWords, words } from '../../app/words.ts';
import { ActDrawer, type Done } from '../shared/acts.tsx';

const WORDS = words(
  {
    title: '本单位承办人',
    anybody: '本单位任何人都可以办理。',
    by: (name: string) => `由 ${name} 办理。`,
    give: '交由同事办理',
    text: '交办后，这件事只出现在承办人的待办里；清空即恢复为任何人。',
  },
  {
    title: 'Who handles it here',
    anybody: 'Anybody of your party may act.',
    by: (name: string) => `${name} handles it.`,
    give: 'Give it to a colleague',
    text: 'It then waits for that person alone; empty it for anybody again.',
  },
);

/** Which of one's own people has the case, and a way to give it to another. */
export function CaseHandler({ found, tell }: { readonly found: CaseDetail; readonly tell: (done: Done) => void }) {
  const t = useWords(WORDS);
  if (found.mine.length === 0 || found.closedAt !== null) return null;
  return (
    <>
      <h2>{t.title}</h2>
      <p>{found.handledBy ? t.by(found.handledBy.name) : t.anybody}</p>
      {found.colleagues.length > 0 ? (
        <ActDrawer
          act="case.delegate"
          label={t.give}
          explain={t.text}
          fixed={{ caseId: found.id }}
          initial={{ personId: found.handledBy?.id }}
          options={{ personId: found.colleagues.map((p) => ({ value: p.id, title: p.name })) }}
          tell={tell}
        />
      ) : null}
    </>
  );
}
