import { useMemo } from 'react';
import { useDark } from './preferences.ts';

const NAMES = [
  'ink',
  'ink-2',
  'ink-3',
  'line',
  'edge',
  'paper',
  'ground',
  'hover',
  'teal',
  'teal-strong',
  'teal-soft',
  'on-teal',
  'amber',
  'amber-fill',
  'amber-soft',
  'red',
  'red-soft',
  'blue',
  'violet',
] as const;

export type Palette = Readonly<Record<(typeof NAMES)[number], string>> & { readonly dark: boolean };

/** The colours of theme.css as they hold now: for charts and Ant Design, which cannot read CSS variables. */
export function usePalette(): Palette {
  const dark = useDark();
  return useMemo(() => {
    const style = getComputedStyle(document.documentElement);
    const colours = Object.fromEntries(NAMES.map((name) => [name, style.getPropertyValue(`--${name}`).trim()]));
    return { ...(colours as Record<(typeof NAMES)[number], string>), dark };
  }, [dark]);
}
