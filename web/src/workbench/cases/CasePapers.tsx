import { useState } from 'react';
import { address, type CaseDetail } from '../../api.ts';
import { useJoin, useSay, useWords, words } from '../../app/words.ts';
import { Drawer } from '../../shared/Drawer.tsx';
import { bytes, dateTime } from '../../shared/format.ts';
import { Icon } from '../../shared/Icon.tsx';
import type { Done } from '../shared/acts.tsx';
import { AddPaper } from './AddPaper.tsx';

const WORDS = words(
  {
    title: '材料',
    none: '还没有提交材料。',
    needed: (kinds: string) => `下一步需要：${kinds}`,
    add: '提交材料',
    download: (name: string) => `下载 ${name}`,
    digest: (sha: string) => `SHA-256 ${sha}`,
  },
  {
    title: 'Documents',
    none: 'No document was added yet.',
    needed: (kinds: string) => `Needed for the next step: ${kinds}`,
    add: 'Add a document',
    download: (name: string) => `Download ${name}`,
    digest: (sha: string) => `SHA-256 ${sha}`,
  },
);

const DIGEST_SHOWN = 12;

/** The papers of a case, who handed each in and its digest; those who take part add to them while it is open. */
export function CasePapers({ found, tell }: { readonly found: CaseDetail; readonly tell: (done: Done) => void }) {
  const t = useWords(WORDS);
  const say = useSay();
  const join = useJoin();
  const [adding, setAdding] = useState(false);
  const { papers, kinds, moves } = found;
  if (papers.length === 0 && kinds.length === 0) return null;
  const there = new Set(papers.map((p) => p.kind));
  const events = new Set(moves.map((m) => m.event));
  const missing = kinds.filter((k) => !there.has(k.kind) && k.neededFor.some((event) => events.has(event)));
  return (
    <>
      <div className="case-head">
        <h2>{t.title}</h2>
        {found.mine.length > 0 && found.closedAt === null && kinds.length > 0 ? (
          <button type="button" className="button" onClick={() => setAdding(true)}>
            <Icon name="upload" />
            {t.add}
          </button>
        ) : null}
      </div>
      {missing.length > 0 ? <p className="missing-papers">{t.needed(join(missing.map((k) => say(k.title))))}</p> : null}
      {papers.length === 0 ? <p className="faint">{t.none}</p> : null}
      <ul className="papers">
        {papers.map((paper) => (
          <li key={paper.id}>
            <div>
              <b>{say(paper.kindTitle)}</b> <span className="paper-name">{paper.name}</span>
              <small className="faint block">
                {paper.party} · {dateTime(paper.attachedAt)}
                {paper.bytes === null ? '' : ` · ${bytes(paper.bytes)}`}
                {paper.sha256 ? (
                  <>
                    {' · '}
                    <span className="mono" title={paper.sha256}>
                      {t.digest(`${paper.sha256.slice(0, DIGEST_SHOWN)}…`)}
                    </span>
                  </>
                ) : null}
              </small>
            </div>
            <a
              className="icon-button"
              href={address(`/files/${paper.fileId}/content`)}
              download={paper.name}
              aria-label={t.download(paper.name)}
              title={t.download(paper.name)}
            >
              <Icon name="download" />
            </a>
          </li>
        ))}
      </ul>
      {adding ? (
        <Drawer title={t.add} onClose={() => setAdding(false)}>
          <AddPaper
            found={found}
            suggested={missing[0]?.kind}
            onDone={(done) => {
              setAdding(false);
              tell(done);
            }}
          />
        </Drawer>
      ) : null}
    </>
  );
}
