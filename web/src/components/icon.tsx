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
  letter: <path d="M2.5 5.5L8 2.5l5.5 3v7.5h-11zM2.5 5.5L8 9l5.5-3.5" />,
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
  overview: <path d="M2.5 8L8 3l5.5 5M4.5 6.5v6.5h7V6.5" />,
  template: <path d="M3 2.8h10v10.4H3zM3 6h10M6.5 6v7.2" />,
  people: (
    <path d="M6 7.5a2.3 2.3 0 1 0 0-4.6 2.3 2.3 0 0 0 0 4.6zM2 13c.3-2.4 1.8-3.6 4-3.6s3.7 1.2 4 3.6M10.5 3.2a2.2 2.2 0 0 1 0 4.1M12 9.7c1.2.5 1.8 1.6 2 3.3" />
  ),
  list: <path d="M2.5 4h1M2.5 8h1M2.5 12h1M6 4h7.5M6 8h7.5M6 12h7.5" />,
  segment: <path d="M2.5 3.5h11L9.5 8.5v4l-3 1v-5z" />,
  import: <path d="M8 2.5v7M5.2 7L8 9.7 10.8 7M2.5 10v3h11v-3" />,
  form: <path d="M3 2.8h10v10.4H3zM5.5 5.5H8M5.5 8h5M5.5 10.5h5" />,
  account: <path d="M2.5 3h11v4h-11zM2.5 9h11v4h-11zM5 5h.01M5 11h.01" />,
  globe: (
    <>
      <circle cx="8" cy="8" r="5.5" />
      <path d="M2.5 8h11M8 2.5c2 1.6 2.8 3.4 2.8 5.5S10 11.9 8 13.5C6 11.9 5.2 10.1 5.2 8S6 4.1 8 2.5z" />
    </>
  ),
  chart: <path d="M2.5 2.5v11h11M5 10l2.5-3 2 1.8L13 4.5" />,
  worker: (
    <path d="M4.5 4.5h7v7h-7zM6.5 2.5v2M9.5 2.5v2M6.5 11.5v2M9.5 11.5v2M2.5 6.5h2M2.5 9.5h2M11.5 6.5h2M11.5 9.5h2" />
  ),
  queue: <path d="M2.5 4h11M2.5 8h7M2.5 12h4M12 8.5v4M10.2 10.8L12 12.6l1.8-1.8" />,
  bell: <path d="M4 11.5V7.2a4 4 0 0 1 8 0v4.3l1 1H3zM6.8 14h2.4" />,
  gear: (
    <>
      <circle cx="8" cy="8" r="2.2" />
      <path d="M8 2v1.8M8 12.2V14M2 8h1.8M12.2 8H14M3.8 3.8L5 5M11 11l1.2 1.2M12.2 3.8L11 5M5 11l-1.2 1.2" />
    </>
  ),
  more: <path d="M3.5 8h.01M8 8h.01M12.5 8h.01" strokeWidth="2.2" />,
  plus: <path d="M8 3v10M3 8h10" />,
  minus: <path d="M3 8h10" />,
  trash: <path d="M3 4.5h10M6 4.5V3h4v1.5M4.5 4.5l.6 8.5h5.8l.6-8.5M6.8 7v3.6M9.2 7v3.6" />,
  key: <path d="M6 10.5a2.6 2.6 0 1 1 2.4-3.6h5v2.2h-1.8v1.8H9.8V9.1H8.4A2.6 2.6 0 0 1 6 10.5zM5.6 7.9h.01" />,
  shield: <path d="M8 2.5l4.5 1.6v3.8c0 2.7-1.8 4.7-4.5 5.6-2.7-.9-4.5-2.9-4.5-5.6V4.1z" />,
  book: (
    <path d="M3 3h4a1.5 1.5 0 0 1 1 .5A1.5 1.5 0 0 1 9 3h4v9.5H9a1.5 1.5 0 0 0-1 .5 1.5 1.5 0 0 0-1-.5H3zM8 3.5V13" />
  ),
  up: <path d="M8 12.5v-9M4.5 7L8 3.5 11.5 7" />,
  down: <path d="M8 3.5v9M4.5 9L8 12.5 11.5 9" />,
  unfold: <path d="M5 6.5l3-3 3 3M5 9.5l3 3 3-3" />,
  grip: <path d="M6 4h.01M10 4h.01M6 8h.01M10 8h.01M6 12h.01M10 12h.01" strokeWidth="2.2" />,
  phone: <path d="M5 2h6v12H5zM7.4 12h1.2" />,
  desktop: <path d="M2 3h12v8H2zM6 13.5h4M8 11v2.5" />,
  code: <path d="M5.5 4.5L2 8l3.5 3.5M10.5 4.5L14 8l-3.5 3.5" />,
  eye: (
    <>
      <path d="M1.8 8C3.3 5.2 5.4 3.8 8 3.8s4.7 1.4 6.2 4.2c-1.5 2.8-3.6 4.2-6.2 4.2S3.3 10.8 1.8 8z" />
      <circle cx="8" cy="8" r="1.8" />
    </>
  ),
  send: <path d="M2.5 8L13.5 3 10.5 13 7.5 9zM7.5 9l6-6" />,
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
