import type { ReactNode } from 'react';

/** Above a list of the sandbox: what it is about, and on the other side what can be done or how fresh it is. */
export function ListHead({ text, children }: { readonly text: ReactNode; readonly children: ReactNode }) {
  return (
    <div className="head-row desk-head work-gap">
      <p className="sub">{text}</p>
      {children}
    </div>
  );
}
