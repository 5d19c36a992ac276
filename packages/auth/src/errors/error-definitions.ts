import type { ErrorDefinition } from '@plinth/core';

/** Codes without their prefix, and what each says. */
export type ErrorDefinitions = Readonly<Record<string, ErrorDefinition>>;
