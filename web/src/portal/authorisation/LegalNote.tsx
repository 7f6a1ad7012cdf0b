import { Link } from 'react-router';
import type { RulebookDocumentDetail } from '../../api.ts';
import { useWords, words } from '../../app/words.ts';
import { useRead } from '../../shared/use-api.ts';
import './authorisation.css';

const WORDS = words(
  {
    binds: (from: string) => `本所自 ${from} 起采用《济南市公共数据授权运营办法（征求意见稿）》，以下各环节按其执行。`,
    informs:
      '《济南市公共数据授权运营办法》目前是征求意见稿，本所尚未采用：未采用时，其中任何一条都不拦截办理，系统只判定并留存记录。',
    more: '法律依据与程序',
  },
  {
    binds: (from: string) =>
      `The exchange has adopted the draft Jinan measures on authorised operation of public data from ${from}; each step below is held to them.`,
    informs:
      'The Jinan measures on authorised operation of public data are a draft that the exchange has not adopted: without adoption nothing in it blocks; each rule is decided and recorded only.',
    more: 'The law and the procedure',
  },
);

/** The document the procedure follows. */
export const MEASURES = 'JN';

export const useMeasures = () =>
  useRead<RulebookDocumentDetail>(`/rulebook-documents/${MEASURES}`, {}, { staleMs: 60_000 });

/** Says on every page of the procedure whether the measures bind here; a draft that was not adopted blocks nothing. */
export function LegalNote({ linked = true }: { readonly linked?: boolean }) {
  const t = useWords(WORDS);
  const { data } = useMeasures();
  if (!data) return null;
  return (
    <p className={`legal-note ${data.binding ? '' : 'draft'}`}>
      {data.binding ? t.binds(data.adoption?.adoptedFrom ?? data.validFrom ?? '') : t.informs}
      {linked ? (
        <>
          {' '}
          <Link to="/authorisation/law">{t.more}</Link>
        </>
      ) : null}
    </p>
  );
}
