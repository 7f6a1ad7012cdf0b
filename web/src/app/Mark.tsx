/** 衡: the scales. */
export function Mark({ size = 26 }: { readonly size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 26 26"
      fill="none"
      stroke="var(--teal)"
      strokeWidth="2"
      aria-hidden="true"
    >
      <path d="M3 7h20M13 3v20M7 23h12" />
      <path d="M3 7l-1 7a4 4 0 0 0 6 0L7 7M19 7l-1 7a4 4 0 0 0 6 0L23 7" strokeWidth="1.5" />
    </svg>
  );
}
