import type { Text } from '../../../src/kernel/text.ts';
import { type Language, usePreferences } from './preferences.ts';

type Phrase = string | ((...args: never[]) => string);

/** A page's words in both languages; the compiler asks for every key in each. */
export interface Words<T> {
  readonly zh: T;
  readonly en: T;
}

/** Declares a dictionary beside its page: `const WORDS = words({ title: '市场' }, { title: 'Market' })`. */
export function words<T extends Record<string, Phrase>>(zh: T, en: NoInfer<T>): Words<T> {
  return { zh, en };
}

export const useLanguage = (): Language => usePreferences().language;

/** The dictionary in the language of the page. */
export function useWords<T>(dictionary: Words<T>): T {
  return dictionary[useLanguage()];
}

/** Joins words as the language lists them: `、` or a comma. */
export function useJoin(): (list: readonly string[]) => string {
  const separator = useLanguage() === 'zh' ? '、' : ', ';
  return (list) => list.join(separator);
}

/** Says a text of the server in the language of the page. */
export function useSay(): (text: Text | null | undefined) => string {
  const language = useLanguage();
  return (text) => text?.[language] ?? '';
}
