import { existsSync } from 'node:fs';
import { defineConfig } from '@playwright/test';

const PORT = 18_080;

/** The shell draws pages and nothing around them; the whole browser draws a window for each person besides. */
const SHELL = '/usr/bin/chromium-headless-shell';
const chromium = process.env.CHROMIUM ?? (existsSync(SHELL) ? SHELL : '/usr/bin/chromium');

const OPERATION = ['authorisation.e2e.ts', 'cases.e2e.ts', 'pricing.e2e.ts'];

/** Journeys in a real Chromium against a whole exchange with the small sample, built anew for each run. */
export default defineConfig({
  testDir: 'e2e',
  testMatch: '*.e2e.ts',
  globalSetup: './e2e/sessions.ts',
  timeout: 300_000,
  expect: { timeout: 30_000 },
  fullyParallel: false,
  workers: 2,
  // Two at a time, each file with its own people: those who meet the data authority's inbox go one after another.
  projects: [
    { name: 'operation', testMatch: OPERATION, workers: 1 },
    { name: 'market', testIgnore: OPERATION, workers: 1 },
  ],
  reporter: [['list'], ['json']],
  use: {
    baseURL: `http://127.0.0.1:${PORT}`,
    locale: 'zh-CN',
    viewport: { width: 1280, height: 880 },
    contextOptions: { reducedMotion: 'reduce' },
    screenshot: 'only-on-failure',
    // A trace films every page: E2E_TRACE=1 asks for one when a failure must be understood.
    trace: process.env.E2E_TRACE === '1' ? 'retain-on-failure' : 'off',
    launchOptions: {
      executablePath: chromium,
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
  webServer: {
    command: `node e2e/server.mjs ${PORT}`,
    url: `http://127.0.0.1:${PORT}/readyz`,
    timeout: 600_000,
    stdout: 'pipe',
    gracefulShutdown: { signal: 'SIGTERM', timeout: 20_000 },
  },
});
