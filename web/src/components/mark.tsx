/** The post-horn. */
export function Mark({ size = 20 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 20 20" fill="none" aria-hidden="true" style={{ flex: 'none' }}>
      <g stroke="var(--amber)" strokeWidth="1.7" strokeLinecap="round" strokeLinejoin="round">
        <path d="M1.8 5.2v2.8M1.8 6.6h9.7c2.8 0 4.6-1 6.2-3v6c-1.6-2-3.4-3-6.2-3" />
        <circle cx="8.6" cy="11.4" r="4.8" />
      </g>
    </svg>
  );
}
