import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from '@mantine/core';

/** Mantine wants ten shades; ours come from tokens.css, and follow the colour scheme by themselves. */
const ink = Array.from({ length: 10 }, () => 'var(--ink)') as unknown as MantineColorsTuple;

/** Mantine's own greys of the dark scheme, from text to the deepest background, in ours. */
const dark: MantineColorsTuple = [
  '#ecedef',
  '#c6cad2',
  '#9aa1ad',
  '#6e7480',
  '#363c47',
  '#2a2e36',
  '#14171c',
  '#171a20',
  '#0f1115',
  '#0b0d10',
];

export const theme = createTheme({
  fontFamily: 'var(--sans)',
  fontFamilyMonospace: 'var(--mono)',
  fontSizes: { xs: '12px', sm: '13px', md: '14px' },
  lineHeights: { xs: '16px', sm: '18px', md: '20px' },
  colors: { ink, dark },
  primaryColor: 'ink',
  defaultRadius: 6,
  respectReducedMotion: true,
  cursorType: 'pointer',
  components: {
    Tooltip: { defaultProps: { openDelay: 120, withArrow: false, transitionProps: { duration: 120 } } },
    Modal: {
      defaultProps: { radius: 8, shadow: 'none', overlayProps: { backgroundOpacity: 0.35 }, centered: true },
      classNames: { content: 'floating', title: 'floating-title' },
    },
    Drawer: {
      defaultProps: { shadow: 'none', overlayProps: { backgroundOpacity: 0.2 } },
      classNames: { content: 'floating', title: 'floating-title' },
    },
    Radio: { defaultProps: { iconColor: 'var(--paper)' } },
    Checkbox: { defaultProps: { iconColor: 'var(--paper)' } },
    SegmentedControl: {
      classNames: { root: 'segments', label: 'segments-label', indicator: 'segments-indicator' },
    },
    Switch: { defaultProps: { withThumbIndicator: false } },
  },
});

export const cssVariables: CSSVariablesResolver = () => {
  const both = {
    '--mantine-color-body': 'var(--surface)',
    '--mantine-color-text': 'var(--ink)',
    '--mantine-color-bright': 'var(--ink)',
    '--mantine-color-dimmed': 'var(--muted)',
    '--mantine-color-placeholder': 'var(--muted)',
    '--mantine-color-default': 'var(--surface)',
    '--mantine-color-default-hover': 'var(--hover)',
    '--mantine-color-default-color': 'var(--ink)',
    '--mantine-color-default-border': 'var(--line-strong)',
    '--mantine-color-error': 'var(--danger)',
    '--mantine-color-anchor': 'var(--ink)',
    '--mantine-primary-color-filled': 'var(--ink)',
    '--mantine-primary-color-contrast': 'var(--paper)',
  };
  return { variables: {}, light: both, dark: both };
};
