// How the console looks: one accent, quiet surfaces, system fonts, so that nothing is fetched before text can be read.
import {
  createTheme,
  type CSSVariablesResolver,
  darken,
  type MantineColorsTuple,
  type MantineThemeOverride,
  mergeThemeOverrides,
} from '@mantine/core';

import type { Language } from '../i18n/i18n';

const plum: MantineColorsTuple = [
  '#f3f0ff',
  '#e4dffc',
  '#c7bdf5',
  '#a898ee',
  '#8d79e7',
  '#7a63e2',
  '#6750d6',
  '#5640bd',
  '#4a3aa7',
  '#3b2e88',
];

/** The themes' own dark greys are almost black; these are a little warmer, and lighter where text stands. */
const dark: MantineColorsTuple = [
  '#d9d7e0',
  '#b8b5c3',
  '#9d99ab',
  '#6b6779',
  '#454253',
  '#34313f',
  '#292733',
  '#201e29',
  '#19171f',
  '#121117',
];

export const FONT = 'Inter, system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", Ubuntu, Cantarell, sans-serif';

const base = createTheme({
  primaryColor: 'plum',
  primaryShade: { light: 7, dark: 6 },
  colors: { plum, dark },
  defaultRadius: 'md',
  autoContrast: true,
  luminanceThreshold: 0.35,
  fontFamily: FONT,
  fontFamilyMonospace: 'ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace',
  headings: {
    fontWeight: '650',
    sizes: { h1: { fontSize: '1.625rem', lineHeight: '1.25' }, h2: { fontSize: '1.25rem' } },
  },
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    Modal: {
      styles: { title: { fontWeight: 600 } },
      defaultProps: { centered: true, overlayProps: { backgroundOpacity: 0.45, blur: 2 } },
    },
    Tooltip: { defaultProps: { withArrow: true, openDelay: 300 } },
    // A list that opens by itself covers what stands below it.
    Select: { defaultProps: { openOnFocus: false } },
    Paper: { defaultProps: { withBorder: true } },
    Card: { defaultProps: { withBorder: true } },
  },
});

/** Either separator may be typed, whichever is shown. */
const SEPARATORS: Record<Language, string> = { en: '.', ru: ',' };

/** The look, with numbers in fields written as they are elsewhere on the page. */
function themeIn(language: Language): MantineThemeOverride {
  const written = { allowedDecimalSeparators: ['.', ','], decimalSeparator: SEPARATORS[language] };
  return mergeThemeOverrides(base, { components: { NumberInput: { defaultProps: written } } });
}

export const THEMES: Record<Language, MantineThemeOverride> = { en: themeIn('en'), ru: themeIn('ru') };

/** How much darker than its darkest shade a colour is where it is text on its own lightest one: enough to be read. */
const TEXT_SHADE = 0.3;

export const legibleColors: CSSVariablesResolver = ({ colors }) => ({
  variables: {},
  light: Object.fromEntries(
    Object.entries(colors).map(([name, shades]) => [
      `--mantine-color-${name}-light-color`,
      darken(shades[9], TEXT_SHADE),
    ]),
  ),
  // Small print is a link too; a quiet surface is not black.
  dark: { '--mantine-color-anchor': plum[3], '--mantine-color-gray-light': dark[5] },
});
