import type { ComponentType } from 'react';
import type { RouteObject } from 'react-router';

/** A page that loads when it is first visited; it exports its component as default. */
export const page = (load: () => Promise<{ default: ComponentType }>): Pick<RouteObject, 'lazy'> => ({
  lazy: async () => ({ Component: (await load()).default }),
});
