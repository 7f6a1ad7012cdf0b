import { useSyncExternalStore } from 'react';

export type Language = 'zh' | 'en';
export type Theme = 'system' | 'light' | 'dark';

export interface Preferences {
  readonly language: Language;
  readonly theme: Theme;
}

const LANGUAGE_KEY = 'shuheng.language';
const THEME_KEY = 'shuheng.theme';
const listeners = new Set<() => void>();

function remembered(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function remember(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // Storage may be forbidden; the choice then lasts as long as the page.
  }
}

/** `?lang=en` in the address wins over what was chosen before; Chinese stands first. */
function initial(): Preferences {
  const asked = new URLSearchParams(location.search).get('lang') ?? remembered(LANGUAGE_KEY);
  const theme = remembered(THEME_KEY);
  return { language: asked === 'en' ? 'en' : 'zh', theme: theme === 'light' || theme === 'dark' ? theme : 'system' };
}

let current = initial();

function apply(): void {
  const root = document.documentElement;
  root.lang = current.language === 'en' ? 'en' : 'zh-CN';
  if (current.theme === 'system') delete root.dataset.theme;
  else root.dataset.theme = current.theme;
}
apply();

function change(next: Preferences): void {
  current = next;
  apply();
  for (const listener of listeners) listener();
}

/** Switches the language and keeps the page; an address that named a language names the new one. */
export function setLanguage(language: Language): void {
  remember(LANGUAGE_KEY, language);
  const address = new URL(location.href);
  if (address.searchParams.has('lang')) {
    address.searchParams.set('lang', language);
    history.replaceState(history.state, '', address);
  }
  change({ ...current, language });
}

export function setTheme(theme: Theme): void {
  remember(THEME_KEY, theme);
  change({ ...current, theme });
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export const usePreferences = (): Preferences => useSyncExternalStore(subscribe, () => current);

const darkQuery = matchMedia('(prefers-color-scheme: dark)');

function subscribeDark(listener: () => void): () => void {
  darkQuery.addEventListener('change', listener);
  const leave = subscribe(listener);
  return () => {
    darkQuery.removeEventListener('change', listener);
    leave();
  };
}

/** Whether the dark theme shows now, by choice or by the system. */
export const useDark = (): boolean =>
  useSyncExternalStore(subscribeDark, () =>
    current.theme === 'system' ? darkQuery.matches : current.theme === 'dark',
  );
