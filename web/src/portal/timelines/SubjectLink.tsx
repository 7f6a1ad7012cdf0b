import { Link } from 'react-router';
import { useLanguage } from '../../app/words.ts';
import { useMe } from '../../shared/use-api.ts';
import type { LifeSubject } from './types.ts';

/** Pages of subjects by the prefix of their id; those of the workbench are for people who are signed in. */
const PUBLIC_PAGES: Readonly<Record<string, string>> = { prd: '/products', res: '/resources', cer: '/certificates' };
const WORK_PAGES: Readonly<Record<string, string>> = { ord: '/work/orders', asm: '/work/assessments' };

/** A subject by its name, leading to its page where the reader has one. */
export function SubjectLink({ subject }: { readonly subject: LifeSubject }) {
  const language = useLanguage();
  const me = useMe();
  const title = language === 'en' ? (subject.titleEn ?? subject.title) : subject.title;
  const prefix = subject.id.slice(0, 3);
  const page = PUBLIC_PAGES[prefix] ?? (me ? WORK_PAGES[prefix] : undefined);
  return page ? <Link to={`${page}/${subject.id}`}>{title}</Link> : <span title={subject.id}>{title}</span>;
}
