import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build, type Plugin } from 'vite';

/**
 * Builds `verify.html`: the verifier as one file without dependencies, opened from disk or hosted anywhere. Its content
 * security policy allows exactly its own program and style, by hash, and no network at all.
 */
export function staticVerifier(): Plugin {
  let root = '';
  let outDir = '';
  return {
    name: 'static-verifier',
    apply: 'build',
    configResolved: (config) => {
      root = config.root;
      outDir = config.build.outDir;
    },
    closeBundle: async () => {
      const { program, style } = await bundle(root);
      const version = (JSON.parse(readFileSync(join(root, '..', 'package.json'), 'utf8')) as { version: string })
        .version;
      writeFileSync(join(root, outDir, 'verify.html'), pageOf(program, style, version));
    },
  };
}

async function bundle(root: string): Promise<{ program: string; style: string }> {
  const built = await build({
    root,
    configFile: false,
    logLevel: 'error',
    build: {
      write: false,
      target: 'es2022',
      cssCodeSplit: false,
      modulePreload: false,
      rollupOptions: {
        input: join(root, 'src/portal/verify/static/main.ts'),
        output: { format: 'iife', codeSplitting: false },
      },
    },
  });
  const outputs = (Array.isArray(built) ? built : [built]).flatMap((b) => ('output' in b ? b.output : []));
  const program = outputs.find((o) => o.type === 'chunk')?.code;
  const style = outputs.find((o) => o.type === 'asset' && o.fileName.endsWith('.css'));
  if (!program || style?.type !== 'asset') throw new Error('the static verifier was not built');
  // The text may not end its own element.
  return { program: program.replaceAll('</script', '<\\/script'), style: String(style.source) };
}

const hashOf = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

function pageOf(program: string, style: string, version: string): string {
  const policy = [
    "default-src 'none'",
    `script-src ${hashOf(program)}`,
    `style-src ${hashOf(style)}`,
    'img-src data: blob:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return `<!doctype html>
<html lang="zh-CN" data-version="${version}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>数衡凭证核验器 Shuheng verifier</title>
<style>${style}</style>
<script type="application/json" id="trust">null</script>
</head>
<body>
<noscript>本页面需要启用 JavaScript。This page needs JavaScript.</noscript>
<script>${program}</script>
</body>
</html>
`;
}
