import { Link } from 'react-router';
import type { RulebookDocument } from '../../api.ts';
import { useSay, useWords, words } from '../../app/words.ts';
import { Loaded } from '../../shared/States.tsx';
import { useRead } from '../../shared/use-api.ts';
import { useTerm } from '../../shared/vocabulary.ts';
import { ActDrawer, useDone } from '../shared/acts.tsx';

const WORDS = words(
  {
    note: '草案和暂不具有法律效力的文件，只有决定采用后才拦截办理；未采用时只留痕提示。决定向社会公开，不得溯及既往。',
    asked: '查看规则文件',
    document: '文件',
    status: '效力',
    adoption: '采用',
    notAdopted: '未采用',
    from: (at: string) => `自 ${at} 起`,
    adopt: '采用',
    adoptText: '自所选日期起，该文件的拦截规则对所有办理生效。',
    revoke: '撤销采用',
    articles: (n: number) => `${n} 条`,
  },
  {
    note: 'Drafts and documents without legal force block nothing until their adoption is decided. The decision is public and never reaches back.',
    asked: 'see the documents',
    document: 'Document',
    status: 'Force',
    adoption: 'Adoption',
    notAdopted: 'not adopted',
    from: (at: string) => `from ${at}`,
    adopt: 'Adopt',
    adoptText: 'From the chosen day on its blocking rules hold for every act.',
    revoke: 'Revoke',
    articles: (n: number) => `${n} articles`,
  },
);

/** Drafts the operator may decide to be bound by. */
export function Documents() {
  const t = useWords(WORDS);
  const say = useSay();
  const term = useTerm();
  const { note, tell } = useDone();
  const query = useRead<{ items: readonly RulebookDocument[] }>('/rulebook-documents');
  return (
    <div className="work-gap">
      {note}
      <p className="sub">{t.note}</p>
      <Loaded of={query} asked={t.asked} lines={8}>
        {({ items }) => (
          // biome-ignore lint/a11y/noNoninteractiveTabindex: a table wider than the screen must scroll by keyboard too
          <section className="scroll" aria-label={t.document} tabIndex={0}>
            <table>
              <thead>
                <tr>
                  <th scope="col">{t.document}</th>
                  <th scope="col">{t.status}</th>
                  <th scope="col">{t.adoption}</th>
                  <td />
                </tr>
              </thead>
              <tbody>
                {items
                  .filter((d) => d.status === 'draft' || d.adoption)
                  .map((d) => {
                    const living = d.adoption && !d.adoption.revokedAt;
                    return (
                      <tr key={d.code}>
                        <td>
                          <Link to={`/rules/${d.code}`}>{say(d.title)}</Link>
                          <small className="faint block">
                            {say(d.issuer)} · {t.articles(d.articles)}
                          </small>
                        </td>
                        <td>
                          <span className="tag">{term(d.status === 'draft' ? 'document-draft' : d.status)}</span>
                        </td>
                        <td>
                          <span className={`tag ${living ? 'good' : ''}`}>
                            {living && d.adoption ? t.from(d.adoption.adoptedFrom) : t.notAdopted}
                          </span>
                        </td>
                        <td>
                          {living ? (
                            <ActDrawer
                              act="rulebook.revoke-adoption"
                              label={t.revoke}
                              title={say(d.short)}
                              fixed={{ document: d.code }}
                              danger
                              tell={tell}
                            />
                          ) : (
                            <ActDrawer
                              act="rulebook.adopt"
                              label={t.adopt}
                              title={say(d.short)}
                              explain={t.adoptText}
                              fixed={{ document: d.code }}
                              tell={tell}
                            />
                          )}
                        </td>
                      </tr>
                    );
                  })}
              </tbody>
            </table>
          </section>
        )}
      </Loaded>
    </div>
  );
}
