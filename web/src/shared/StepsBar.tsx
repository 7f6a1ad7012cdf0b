import './panels.css';
import { useWords, words } from '../app/words.ts';

const WORDS = words(
  { done: '已完成', now: '进行中', next: '未开始', stopped: '已终止', label: '进度' },
  { done: 'done', now: 'now', next: 'to come', stopped: 'stopped', label: 'Progress' },
);

export interface Step {
  readonly title: string;
  readonly note?: string;
  readonly state: 'done' | 'now' | 'next' | 'stopped';
}

/** Where a case stands. */
export function StepsBar({ steps }: { readonly steps: readonly Step[] }) {
  const t = useWords(WORDS);
  return (
    <ol className="steps" aria-label={t.label}>
      {steps.map((step) => (
        <li
          key={step.title}
          className={step.state}
          {...(step.state === 'now' ? { 'aria-current': 'step' as const } : {})}
        >
          {step.title}
          <span className="hidden-visually"> ({t[step.state]})</span>
          {step.note ? <small>{step.note}</small> : null}
        </li>
      ))}
    </ol>
  );
}
