import type { Kind } from './model.ts';

const stars = (n: number): string => '*'.repeat(Math.max(2, Math.min(n, 12)));
const ends = (value: string, head: number, tail: number): string =>
  value.length > head + tail
    ? `${value.slice(0, head)}${stars(value.length - head - tail)}${tail > 0 ? value.slice(-tail) : ''}`
    : stars(value.length);

/** Enough to recognise the kind, too little to recognise the person. */
export function mask(kind: Kind, value: string): string {
  switch (kind) {
    case 'identity-number':
      return ends(value, 2, 1);
    case 'bank-card':
      return ends(value, 2, 2);
    case 'mobile':
      return ends(value, 3, 1);
    case 'passport':
      return ends(value, 1, 0);
    case 'email':
      return `${value.slice(0, 1)}***@***${value.slice(value.lastIndexOf('.'))}`;
    case 'name':
      return ends(value, 1, 0).slice(0, 3);
    case 'address':
      return `${value.slice(0, 3)}${stars(8)}`;
    case 'plate':
      return ends(value, 2, 0);
    case 'ip':
      return value.includes('.') ? `${value.split('.')[0]}.*.*.*` : `${value.split(':')[0]}:*`;
    case 'coordinates':
      return value.replace(/\.\d+/g, '.***');
  }
}
