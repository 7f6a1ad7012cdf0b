import { lazy, Suspense } from 'react';
import { Skeleton } from '../States.tsx';
import type { ActFormProps } from './ActForm.tsx';

const Inner = lazy(() => import('./ActForm.tsx').then((m) => ({ default: m.ActForm })));

export type { ActFormProps, FieldOptions } from './ActForm.tsx';

/** The form of any act, made from its JSON schema; the form library loads when it first shows. */
export function ActForm<R>(props: ActFormProps<R>) {
  return (
    <Suspense fallback={<Skeleton lines={5} height={20} />}>
      <Inner {...(props as unknown as ActFormProps<unknown>)} />
    </Suspense>
  );
}
