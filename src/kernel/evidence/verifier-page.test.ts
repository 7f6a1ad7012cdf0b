import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../root.ts';
import { policyOf, verifierPage, writeCarried } from './verifier-page.ts';

const PAGE = '<head><script type="application/json" id="trust">null</script></head><script>run()</script>';

describe('the static verifier', () => {
  it('carries the key of its maker as data that cannot become program', () => {
    const hostile = '</script><script>alert(1)</script> $& $1';
    const page = writeCarried(PAGE, { trust: hostile, announcements: [hostile] }, new Date('2026-11-25T00:00:00Z'));
    expect(page.match(/<\/script>/g)).toHaveLength(2);
    const data = /id="trust">([^<]*)</.exec(page)?.[1] ?? '';
    expect(JSON.parse(data)).toEqual({ text: hostile, at: '2026-11-25T00:00:00.000Z', announcements: [hostile] });
    expect(page).toContain('<script>run()</script>');
  });

  it('names a policy that lets nothing through when a page has none', () => {
    expect(policyOf(PAGE)).toBe("default-src 'none'");
    expect(policyOf('<meta http-equiv="Content-Security-Policy" content="default-src \'self\'">')).toBe(
      "default-src 'self'",
    );
  });

  // Only where the web application was built: the server runs without it too.
  it.skipIf(!existsSync(join(ROOT, 'web', 'dist', 'verify.html')))(
    'is one file whose program is the only one allowed',
    async () => {
      const page = (await verifierPage({ trust: 'log.example/x+00000000+AA==' }, new Date())) ?? '';
      const program = /<script>([\s\S]*?)<\/script>\n<\/body>/.exec(page)?.[1] ?? '';
      const style = /<style>([\s\S]*?)<\/style>/.exec(page)?.[1] ?? '';
      const hash = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
      expect(policyOf(page)).toContain(`script-src ${hash(program)};`);
      expect(policyOf(page)).toContain(`style-src ${hash(style)};`);
      expect(policyOf(page)).toContain("default-src 'none'");
      expect(policyOf(page)).not.toMatch(/connect-src|unsafe|https?:/);
      expect(page).not.toMatch(/<(?:script|link|img)[^>]+(?:src|href)=/);
      expect(page.length).toBeLessThan(400_000);
    },
  );
});
