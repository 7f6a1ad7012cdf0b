import type { Page, Resource } from '../../api.ts';
import { useWords, words } from '../../app/words.ts';
import { dateTime } from '../../shared/format.ts';
import { useRead } from '../../shared/use-api.ts';
import { useEventTerm, usePartTerm } from './data-terms.ts';

const WORDS = words(
  { title: '版本', version: (n: number) => `第 ${n} 版` },
  { title: 'Versions', version: (n: number) => `Version ${n}` },
);

interface Version {
  readonly version: number;
  readonly at: string;
  readonly event: string;
  readonly changed: readonly string[];
}

/** What was said of a resource and when it changed; one version is no history. */
export function Versions({ resource }: { readonly resource: Resource }) {
  const t = useWords(WORDS);
  const event = useEventTerm();
  const part = usePartTerm();
  const { data } = useRead<Page<Version>>(
    resource.version > 1 ? `/resources/${encodeURIComponent(resource.id)}/versions` : null,
  );
  if (!data || data.items.length < 2) return null;
  return (
    <>
      <h2>{t.title}</h2>
      <ul className="plain-list">
        {data.items.map((v) => (
          <li key={v.version}>
            {t.version(v.version)} · {event(v.event)}
            {v.changed.length > 0 ? `：${v.changed.map(part).join('、')}` : ''}
            <small className="faint block">{dateTime(v.at)}</small>
          </li>
        ))}
      </ul>
    </>
  );
}
