import type { ReactNode } from 'react';

/** Line icons on a grid of 16, drawn for this program. */
const SHAPES = {
  check: <path d="M3.5 8.6l3 3 6-7.2" />,
  arrow: <path d="M4.5 11.5l7-7M6.5 4.5h5v5" />,
  clock: (
    <>
      <circle cx="8" cy="8" r="5.5" />
      <path d="M8 5v3.2l2.2 1.4" />
    </>
  ),
  cross: <path d="M4.5 4.5l7 7M11.5 4.5l-7 7" />,
  question: <path d="M5.9 6.1a2.1 2.1 0 1 1 3 1.9c-.6.3-.9.7-.9 1.4v.3M8 12v.1" />,
  barred: (
    <>
      <circle cx="8" cy="8" r="5.5" />
      <path d="M4.2 11.8l7.6-7.6" />
    </>
  ),
  square: <rect x="4.5" y="4.5" width="7" height="7" rx="1" />,
  dotted: <circle cx="8" cy="8" r="5.3" strokeDasharray="1.7 2.46" />,
  pause: <path d="M6 4.5v7M10 4.5v7" />,
  play: <path d="M5.5 4.2v7.6l6-3.8z" />,
  pencil: <path d="M3.5 12.5l.6-2.6 6.7-6.7 2 2-6.7 6.7zM9.6 4.4l2 2" />,
  campaign: <path d="M2.5 6.5v3h2.5l5.5 3v-9l-5.5 3zM13 6.2c.8.9.8 2.7 0 3.6" />,
  mailbox: <path d="M2.5 4h11v8.5h-11zM2.5 4.5L8 9l5.5-4.5" />,
  moon: <path d="M12.8 9.6A5.3 5.3 0 0 1 6.4 3.2a5.3 5.3 0 1 0 6.4 6.4z" />,
  sun: (
    <>
      <circle cx="8" cy="8" r="2.6" />
      <path d="M8 2v1.2M8 12.8V14M2 8h1.2M12.8 8H14M3.8 3.8l.8.8M11.4 11.4l.8.8M12.2 3.8l-.8.8M4.6 11.4l-.8.8" />
    </>
  ),
  person: (
    <>
      <circle cx="8" cy="5.5" r="2.5" />
      <path d="M3.5 13c.4-2.5 2.2-3.7 4.5-3.7s4.1 1.2 4.5 3.7" />
    </>
  ),
  search: (
    <>
      <circle cx="7" cy="7" r="4" />
      <path d="M10 10l3.2 3.2" />
    </>
  ),
  menu: <path d="M2.5 4.5h11M2.5 8h11M2.5 11.5h11" />,
  keyboard: (
    <>
      <rect x="2" y="4.5" width="12" height="7.5" rx="1.2" />
      <path d="M4.5 7h.01M6.8 7h.01M9.1 7h.01M11.4 7h.01M5 9.6h6" />
    </>
  ),
  download: <path d="M8 3v6.5M5.2 7l2.8 2.7L10.8 7M3 12.5h10" />,
  copy: (
    <>
      <rect x="5.5" y="5.5" width="7.5" height="7.5" rx="1.2" />
      <path d="M10.5 3.5h-6a1 1 0 0 0-1 1v6" />
    </>
  ),
  back: <path d="M9.5 3.5L5 8l4.5 4.5" />,
  warning: <path d="M8 3l5.5 9.8h-11zM8 6.8v2.8M8 11.4v.01" />,
  sliders: <path d="M3 5h5M11 5h2M3 11h2M8 11h5M9.5 3.5v3M6.5 9.5v3" />,
  exit: <path d="M9.5 3.5h-6v9h6M6.5 8h7M11 5.5L13.5 8 11 10.5" />,
  refresh: <path d="M12.8 8a4.8 4.8 0 1 1-1.5-3.5M12.8 2.5v2.7h-2.7" />,
} satisfies Record<string, ReactNode>;

export type IconName = keyof typeof SHAPES;

/** Always beside its word, so it says nothing by itself to a screen reader. */
export function Icon({ name, size = 16, color }: { name: IconName; size?: number; color?: string }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 16 16"
      fill="none"
      stroke={color ?? 'currentColor'}
      strokeWidth="1.5"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
      style={{ flex: 'none' }}
    >
      {SHAPES[name]}
    </svg>
  );
}
