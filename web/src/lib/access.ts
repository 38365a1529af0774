import { createContext, useContext } from 'react';

const ROLES = ['viewer', 'editor', 'admin', 'owner'] as const;
export type Role = (typeof ROLES)[number];

/** The role of whoever reads the page. The server decides what they may do; this decides what they are offered. */
export const RoleContext = createContext<Role>('viewer');

/** Whether the reader has this role or a higher one. */
export function useCan(least: Role): boolean {
  return isAtLeast(useContext(RoleContext), least);
}

/** Whether the reader may see to what belongs to the installation: workers and queues. */
export const OperatorContext = createContext(false);

export function useIsOperator(): boolean {
  return useContext(OperatorContext);
}

export function isAtLeast(role: Role, least: Role): boolean {
  return ROLES.indexOf(role) >= ROLES.indexOf(least);
}

export function roleOf(text: string): Role {
  return ROLES.find((role) => role === text) ?? 'viewer';
}
