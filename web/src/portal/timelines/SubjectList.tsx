import { useSay, useWords, words } from '../../app/words.ts';
import { number } from '../../shared/format.ts';
import { SubjectLink } from './SubjectLink.tsx';
import type { LifeStage } from './types.ts';

const WORDS = words({ more: (n: string) => `另有 ${n} 项` }, { more: (n: string) => `${n} more` });

/** What a life runs through, station by station. */
export function SubjectList({ stages }: { readonly stages: readonly LifeStage[] }) {
  const t = useWords(WORDS);
  const say = useSay();
  return (
    <dl className="life-subjects">
      {stages
        .filter((s) => s.subjects.length > 0)
        .map((s) => (
          <div key={s.stage}>
            <dt>{say(s.title)}</dt>
            {s.subjects.map((subject) => (
              <dd key={subject.id}>
                <SubjectLink subject={subject} />
                {subject.state ? <small className="faint"> {say(subject.state)}</small> : null}
              </dd>
            ))}
            {s.subjectsTotal > s.subjects.length ? (
              <dd className="faint small">{t.more(number(s.subjectsTotal - s.subjects.length))}</dd>
            ) : null}
          </div>
        ))}
    </dl>
  );
}
