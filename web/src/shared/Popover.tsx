import { type ReactNode, useId, useRef, useState } from 'react';
import './overlay.css';

const MARGIN_PX = 8;

/** A button with a small panel in the browser's top layer: Escape and a press outside close it. */
export function Popover(props: {
  readonly trigger: ReactNode;
  readonly label: string;
  readonly className?: string;
  readonly children: ReactNode;
}) {
  const id = useId();
  const button = useRef<HTMLButtonElement>(null);
  const panel = useRef<HTMLDivElement>(null);
  const [open, setOpen] = useState(false);

  const place = () => {
    const from = button.current?.getBoundingClientRect();
    const target = panel.current;
    if (!from || !target) return;
    const { width, height } = target.getBoundingClientRect();
    const left = Math.min(Math.max(from.left, MARGIN_PX), innerWidth - width - MARGIN_PX);
    const below = from.bottom + 6 + height <= innerHeight - MARGIN_PX;
    target.style.left = `${left}px`;
    target.style.top = `${below ? from.bottom + 6 : Math.max(MARGIN_PX, from.top - height - 6)}px`;
  };

  return (
    <>
      <button
        ref={button}
        type="button"
        className={props.className}
        popoverTarget={id}
        aria-expanded={open}
        aria-haspopup="dialog"
        title={props.label}
      >
        {props.trigger}
      </button>
      <div
        ref={panel}
        id={id}
        popover="auto"
        role="dialog"
        aria-label={props.label}
        className="popover"
        onToggle={(event) => {
          const now = event.newState === 'open';
          setOpen(now);
          if (now) requestAnimationFrame(place);
        }}
      >
        {open ? props.children : null}
      </div>
    </>
  );
}
