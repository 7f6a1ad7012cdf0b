/** Only addresses of this site: a link must not lead people away after they sign in. */
export const safeNext = (next: string | null): string => (next && /^\/(?![/\\])/.test(next) ? next : '/work');
