import type { RouteObject } from 'react-router';
import { page } from '../app/page.ts';

/** Pages for signed-in people. Each loads on its own; put a page's words and styles beside it. */
export const workbenchRoutes: RouteObject[] = [{ path: 'workbench', ...page(() => import('./TasksPage.tsx')) }];
