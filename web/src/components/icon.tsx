import type { ReactNode } from 'react';

/** Line icons on a grid of 16, drawn for this program. */
const SHAPES = {
  check: <path d="M3.5 8.600l3 3 6-7.200" />,
  arrow: <path d="M4.500 11.500l7-7M6.500 4.500h5v5" />,
  clock: (
    <>
      <circle cx="8" cy="8" r="5.500" />
      <path d="M8 5v3.200l2.200 1.400" />
    </>
  ),
  cross: <path d="M4.500 4.500l7 7M11.500 4.500l-7 7" />,
  question: <path d="M5.900 6.100a2.100 2.100 0 1 1 3 1.900c-.6.300-.9.700-.9 1.400v.300M8 12v.100" />,
  barred: (
    <>
      <circle cx="8" cy="8" r="5.500" />
      <path d="M4.200 11.800l7.600-7.600" />
    </>
  ),
  square: <rect x="4.500" y="4.500" width="7" height="7" rx="1" />,
  dotted: <circle cx="8" cy="8" r="5.300" strokeDasharray="1.700 2.460" />,
  pause: <path d="M6 4.500v7M10 4.500v7" />,
  play: <path d="M5.500 4.200v7.600l6-3.800z" />,
  pencil: <path d="M3.500 12.500l.6-2.600 6.700-6.700 2 2-6.700 6.700zM9.600 4.400l2 2" />,
  campaign: <path d="M2.500 6.500v3h2.500l5.500 3v-9l-5.500 3zM13 6.200c.8.900.8 2.700 0 3.600" />,
  mailbox: <path d="M2.500 4h11v8.500h-11zM2.500 4.500L8 9l5.500-4.500" />,
  moon: <path d="M12.800 9.600A5.300 5.300 0 0 1 6.400 3.200a5.300 5.300 0 1 0 6.400 6.400z" />,
  sun: (
    <>
      <circle cx="8" cy="8" r="2.600" />
      <path d="M8 2v1.200M8 12.800V14M2 8h1.200M12.800 8H14M3.800 3.800l.8.800M11.400 11.400l.8.800M12.200 3.800l-.8.800M4.600 11.400l-.8.800" />
    </>
  ),
  person: (
    <>
      <circle cx="8" cy="5.500" r="2.500" />
      <path d="M3.500 13c.4-2.500 2.200-3.700 4.500-3.700s4.100 1.200 4.500 3.700" />
    </>
  ),
  search: (
    <>
      <circle cx="7" cy="7" r="4" />
      <path d="M10 10l3.200 3.200" />
    </>
  ),
  menu: <path d="M2.500 4.500h11M2.500 8h11M2.500 11.500h11" />,
  keyboard: (
    <>
      <rect x="2" y="4.500" width="12" height="7.500" rx="1.200" />
      <path d="M4.500 7h.010M6.800 7h.010M9.100 7h.010M11.400 7h.010M5 9.600h6" />
    </>
  ),
  download: <path d="M8 3v6.500M5.200 7l2.800 2.700L10.800 7M3 12.500h10" />,
  copy: (
    <>
      <rect x="5.500" y="5.500" width="7.500" height="7.500" rx="1.200" />
      <path d="M10.500 3.500h-6a1 1 0 0 0-1 1v6" />
    </>
  ),
  back: <path d="M9.500 3.500L5 8l4.500 4.500" />,
  warning: <path d="M8 3l5.500 9.800h-11zM8 6.800v2.800M8 11.400v.010" />,
  sliders: <path d="M3 5h5M11 5h2M3 11h2M8 11h5M9.500 3.500v3M6.500 9.500v3" />,
  exit: <path d="M9.500 3.500h-6v9h6M6.500 8h7M11 5.500L13.500 8 11 10.500" />,
  refresh: <path d="M12.800 8a4.800 4.800 0 1 1-1.500-3.500M12.800 2.500v2.700h-2.700" />,
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
