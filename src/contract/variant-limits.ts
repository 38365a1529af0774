/** Variants that a campaign may have. In a file of its own: the dashboard reads it without the schemas. */
export const MOST_VARIANTS = 10;
