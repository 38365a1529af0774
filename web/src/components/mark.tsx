/** The post-horn. */
export function Mark({ size = 20 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 20 20" fill="none" aria-hidden="true" style={{ flex: 'none' }}>
      <g stroke="var(--amber)" strokeWidth="1.7" strokeLinecap="round" strokeLinejoin="round">
        <path d="M1.6 6.4h9.6c2.6 0 4.7-1.2 6.8-3.8v7.6c-2.100-2.6-4.2-3.8-6.8-3.8" />
        <circle cx="8.2" cy="11.6" r="5.2" />
      </g>
    </svg>
  );
}
