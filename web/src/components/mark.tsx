/** The post-horn. */
export function Mark({ size = 20 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 20 20" fill="none" aria-hidden="true" style={{ flex: 'none' }}>
      <g stroke="var(--amber)" strokeWidth="1.7" strokeLinecap="round" strokeLinejoin="round">
        <path d="M2.5 8.2c3.7 0 5.7-1 8.5-3.7v11.5c-2.8-2.7-4.8-3.7-8.5-3.7z" />
        <path d="M13.8 8c1.2.8 1.2 3.7 0 4.5M16.2 5.7c2.5 2 2.5 7.1 0 9.1" />
      </g>
    </svg>
  );
}
