import type { ReactNode } from 'react';

/** One small line drawing for each empty place. */
const SHAPES = {
  letter: <path d="M12 8h48v34H12zM12 12l24 17 24-17M4 18h6M2 25h8M4 32h6" />,
  people: (
    <path d="M32 22a7 7 0 1 0 0-14 7 7 0 0 0 0 14zM18 42c1-9 6-14 14-14s13 5 14 14M12 24a5 5 0 1 0 0-10M3 40c.5-6 3-10 8-11M52 24a5 5 0 1 1 0-10M61 40c-.5-6-3-10-8-11" />
  ),
  list: <path d="M8 8h48v32H8zM16 17h4M16 24h4M16 31h4M26 17h22M26 24h22M26 31h14" />,
  funnel: <path d="M8 8h48L38 26v14l-12 4V26zM20 16h24" />,
  tray: <path d="M32 4v20M24 17l8 8 8-8M6 26h14l4 8h16l4-8h14v16H6z" />,
  stop: <path d="M32 4a20 20 0 1 0 0 40 20 20 0 0 0 0-40zM18 38l28-28" />,
  server: <path d="M10 6h44v14H10zM10 26h44v14H10zM18 13h2M18 33h2M28 13h18M28 33h18" />,
  chart: <path d="M8 4v38h50M16 34l10-12 9 7 16-20" />,
  queue: <path d="M4 14h14v20H4zM24 14h14v20H24zM44 14h10M44 34h10M60 24H48M55 19l5 5-5 5" />,
  bell: <path d="M18 34V22a14 14 0 0 1 28 0v12l4 4H14zM28 42a4 4 0 0 0 8 0" />,
  globe: (
    <path d="M32 4a20 20 0 1 0 0 40 20 20 0 0 0 0-40zM12 24h40M32 4c6 5 9 12 9 20s-3 15-9 20c-6-5-9-12-9-20s3-15 9-20z" />
  ),
  form: <path d="M12 4h40v40H12zM20 13h12M20 18h24v6H20zM20 31h24v6H20z" />,
  page: <path d="M14 4h26l10 10v30H14zM40 4v10h10M22 22h20M22 29h20M22 36h12" />,
  key: <path d="M18 34a10 10 0 1 1 9-14h31v8h-6v7h-8v-7H27a10 10 0 0 1-9 6zM18 24h.01" />,
} satisfies Record<string, ReactNode>;

export function Drawing({ name }: { name: keyof typeof SHAPES }) {
  return (
    <svg
      width="64"
      height="48"
      viewBox="0 0 64 48"
      fill="none"
      stroke="var(--line-strong)"
      strokeWidth="1.5"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      {SHAPES[name]}
    </svg>
  );
}
